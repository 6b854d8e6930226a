"""What an operator is warned of before it is done: warned.py SALLYPORT SALLYPORTD PLUGINS SOURCE

Ids in policies that stand for nothing, what policies name and goes, and a second door that shuts
under a policy that asks for it (SEMANTICS 3.4, 3.6, 5.3). A warning is asked about; without a
terminal --yes says yes, and exit 3 is no.
"""
import json

from tool import Tool, check, run, server, woodgrove

POLICIES, METHODS = 'conditionalAccessPolicies', 'authenticationMethodConfigurations'
NOBODY = '99999999-0000-4000-8000-0000000000{:02}'


def policy(**conditions):
    """One that only blocks, so that no second door is missing."""
    one = woodgrove()[POLICIES][0]
    one.pop('id')
    users = {'includeUsers': ['All'], **conditions.get('users', {})}
    return {**one, 'displayName': 'Door', 'state': 'enabled', 'grantControls': {
        'operator': 'OR', 'builtInControls': ['block']}, 'conditions': {
            'clientAppTypes': ['all'], 'applications': conditions.get('applications', {'includeApplications': ['All']}),
            'users': users}}


def named(*users):
    return {'users': {'excludeUsers': list(users)}}


def where(field):
    return f"warning: {POLICIES} 'Door': conditions.{field}: "


def warnings(told):
    return [line for line in told.split('\n') if line.startswith('warning: ')]


def unknown():
    """A typo in the id of the break-glass account is told before it locks somebody out."""
    with server() as running:
        tool = Tool(running.socket)
        document = woodgrove()
        ann = document['users'][0]['id']
        club, loyal = document['applications'][0]['appId'], document['groups'][0]['id']
        tool.apply({**document, 'users': document['users'][1:]})
        fine = policy(users={'excludeUsers': [ann], 'excludeGroups': [loyal]},
                      applications={'includeApplications': [club]})
        # She is in the same document, though made after the policy.
        coming = {'tenant': document['tenant'], POLICIES: [fine], 'users': document['users']}
        tool.fine('apply', '-f', '-', given=json.dumps(coming))
        wrong = policy(users={'excludeUsers': [ann, NOBODY.format(1)],
                              'excludeGroups': [NOBODY.format(2)]},
                       applications={'includeApplications': ['All'],
                                     'excludeApplications': [NOBODY.format(3)]})
        told = tool.not_applied(3, {'tenant': document['tenant'], POLICIES: [wrong]})
        check(warnings(told) == [
            where('users.excludeGroups[0]') + f'there is no group {NOBODY.format(2)}',
            where('applications.excludeApplications[0]') +
            f'there is no application {NOBODY.format(3)}',
            where('users.excludeUsers[1]') + f'there is no user {NOBODY.format(1)}'], told)
        status, answer = running.admin('POST', '/v1.0/identity/conditionalAccess/policies',
                                       {**wrong, 'displayName': 'Other'}, tenant='woodgrove')
        check(status == 201 and len(answer['@sallyport.warnings']) == 3, answer)
        many = policy(**named(*(NOBODY.format(number) for number in range(30))))
        told = warnings(tool.not_applied(3, {'tenant': document['tenant'], POLICIES: [many]}))
        check(len(told) == 11 and 'only the first 10' in told[-1], told)


def gone():
    """What a policy names goes: group and application by --prune or DELETE, a user by his own."""
    with server() as running:
        tool = Tool(running.socket)
        document = woodgrove()
        ann, app = document['users'][0]['id'], document['applications'][3]
        group = {'displayName': 'Spare'}
        tool.apply({**document, 'groups': [*document['groups'], group]})
        group = next(one for one in tool.json('group', 'list')['value']
                     if one['displayName'] == 'Spare')
        tool.apply({'tenant': document['tenant'], POLICIES: [policy(
            users={'excludeUsers': [ann], 'excludeGroups': [group['id']]},
            applications={'includeApplications': ['All'],
                          'excludeApplications': [app['appId']]})]})
        pruned = {'tenant': document['tenant'], 'groups': document['groups']}
        told = tool.refused(3, 'apply', '-f', '-', '--prune', given=json.dumps(pruned))
        group_told = f"the group 'Spare', {group['id']}, is removed, and still named here"
        check(warnings(told) == [where('users.excludeGroups[0]') + group_told], told)
        status, answer = running.admin('DELETE', f"/v1.0/groups/{group['id']}", tenant='woodgrove')
        check(status == 200 and len(answer['@sallyport.warnings']) == 1 and
              group_told in answer['@sallyport.warnings'][0], answer)
        status, answer = running.admin('DELETE', f"/v1.0/applications/{app['id']}",
                                       tenant='woodgrove')
        check(status == 200 and any('excludeApplications[0]' in one
                                    for one in answer['@sallyport.warnings']), answer)
        told = tool.refused(3, 'user', 'delete', 'ann@woodgrove.example')
        check("'Door': conditions.users: the user 'ann@woodgrove.example'" in told, told)
        tool.fine('user', 'show', 'ann@woodgrove.example')
        told = tool.refused(3, 'user', 'delete', 'lou@woodgrove.example')
        check(not warnings(told), told)
        tool.fine('user', 'delete', 'ann@woodgrove.example', '--yes')


def second_door():
    """Email goes off, or away from some, while a policy asks for it."""
    with server() as running:
        tool = Tool(running.socket)
        document = woodgrove()
        tool.apply(document)
        tool.fine('method', 'set-state', 'email', 'off')
        tool.fine('method', 'set-state', 'email', 'on')
        mfa = document[POLICIES][0]['displayName']
        tool.fine('policy', 'set-state', mfa, 'on', '--yes')
        told = tool.refused(3, 'method', 'set-state', 'email', 'off')
        check(warnings(told) == [f"warning: {POLICIES} '{mfa}': Nobody whom this policy is for can "
                                 'sign in: the authentication method Email is disabled, and there '
                                 'is no other second factor.'], told)
        check(tool.json('method', 'get', 'Email')['state'] == 'enabled')
        narrow = {'id': 'Email', 'includeTargets': [
            {'targetType': 'group', 'id': document['groups'][0]['id']}]}
        told = tool.not_applied(3, {'tenant': document['tenant'], METHODS: [narrow]})
        check(len(warnings(told)) == 1 and 'no targets' in told and mfa in told, told)
        tool.apply({'tenant': document['tenant'], METHODS: [narrow]})
        told = tool.refused(3, 'policy', 'set-state', mfa, 'report-only')
        check('no targets' in told, told)
        status, answer = running.admin(
            'PATCH', '/v1.0/policies/authenticationMethodsPolicy/'
            'authenticationMethodConfigurations/Email', {'state': 'disabled'}, tenant='woodgrove')
        check(status == 200 and 'Nobody' in answer['@sallyport.warnings'][0], answer)
        tool.fine('method', 'set-state', 'email', 'on', '--yes')


def told():
    """Numbers that agree, in good grammar; names first, ids where they help."""
    with server() as running:
        tool = Tool(running.socket)
        document = woodgrove()
        tool.apply(document)
        user, group = document['users'][0], document['groups'][1]
        group['members'].append(user['id'])
        change = {'tenant': document['tenant'], 'groups': [{**group, 'description': 'Other'}]}
        out = tool.apply(change, '--dry-run')
        check(f"groups '{group['displayName']}': member ann@woodgrove.example ({user['id']}) added"
              in out, out)
        check('\n2 changes would be made; ' in out, out)
        check(json.loads(tool.apply(change, '--dry-run', '--json'))['changes'] == 2)
        several = {'tenant': document['tenant'], 'groups': [
            {**group, 'members': [user['id']], 'description': 'Other'}]}
        out = tool.apply({**several, 'users': [{**user, 'city': 'Ulm', 'displayName': 'A'}]},
                         '--json')
        check(json.loads(out)['changes'] == 3, out)
        user['city'] = 'Bonn'
        out = tool.apply({'tenant': document['tenant'], 'users': [{**user, 'displayName': 'A'}]})
        check('\n1 change made\n' in out, out)


run(unknown, gone, second_door, told)
