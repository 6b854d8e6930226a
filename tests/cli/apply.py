"""A tenant becomes what a document says: apply.py SALLYPORT SALLYPORTD PLUGINS SOURCE

Twice is once, a dry run is none, what isn't named is kept or pruned, everything wrong is told.
"""
import copy
import json

from tool import Tool, check, run, server, woodgrove

LOYAL = 'conditionalAccessPolicies'


def everything(running):
    """All that the tenant holds, as the server tells it."""
    paths = ('tenant', 'applications', 'identity/authenticationEventsFlows', 'groups', 'users',
             'identity/conditionalAccess/policies', 'groups/Loyalty%20members/members',
             'policies/authenticationMethodsPolicy/authenticationMethodConfigurations')
    return {path: running.admin('GET', f'/v1.0/{path}', tenant='woodgrove') for path in paths}


def customers(running):
    """The tenants but for that of administrators, which is there from the start."""
    return [one for one in running.admin('GET', '/v1.0/tenants')[1]['value'] if not one['builtIn']]


def twice():
    with server() as running:
        tool = Tool(running.socket)
        told = tool.apply(woodgrove(), '--dry-run')
        check("applications 'Woodgrove Club': added" in told, told)
        check("users 'ann@woodgrove.example': added" in told, told)
        check('21 changes would be made; nothing was changed' in told, told)
        check(customers(running) == [], 'a dry run changed things')
        told = tool.apply(woodgrove())
        check('21 changes made' in told, told)
        before = everything(running)
        check(before['users'][1]['value'][0]['displayName'] == 'Ann Archer', before)
        check(tool.apply(woodgrove()) == 'no change\n')
        check(everything(running) == before, 'a second apply changed things')


BACKEND = {'tenant': {'name': 'woodgrove', 'displayName': 'W'}, 'applications': [
    {'displayName': 'Backend', 'web': {'redirectUris': ['https://app.example/cb']},
     'passwordCredentials': [{'secretText': 'a secret that the app knows'}]}]}


def named():
    """Without ids all is found by its name; two that could be meant are both named (req224)."""
    with server() as running:
        tool = Tool(running.socket)
        document = copy.deepcopy(BACKEND)
        document[LOYAL] = [{**woodgrove()[LOYAL][0], 'displayName': 'Two'}]
        document['userFlows'] = [{**woodgrove()['userFlows'][0], 'displayName': 'In'}]
        document['groups'] = [{'displayName': 'Loyal'}]
        document['authenticationMethodConfigurations'] = [{'id': 'Email', 'state': 'enabled'}]
        document['users'] = [{'identities': woodgrove()['users'][0]['identities'],
                              'mail': woodgrove()['users'][0]['mail']}]
        for one in document[LOYAL] + document['userFlows']:
            one.pop('id')
        document['userFlows'][0].pop('conditions', None)
        tool.apply(document)
        before = everything(running)
        check(len(before['applications'][1]['value']) == 1, before)
        for _ in range(2):
            check(tool.apply(document) == 'no change\n')
        document['applications'][0]['web']['redirectUris'] = ['https://app.example/other']
        tool.apply(document)
        app = tool.json('app', 'list')['value'][0]
        was = before['applications'][1]['value'][0]
        check((app['id'], app['appId'], app['passwordCredentials']) ==
              (was['id'], was['appId'], was['passwordCredentials']), app, was)
        check(app['web']['redirectUris'] == ['https://app.example/other'], app)
        for kind in ('application', 'group', 'policy'):
            rivals(tool, running, document, kind)


def rivals(tool, running, document, kind):
    """A second one of the same name, and one of that name is told from neither."""
    section, path = {'application': ('applications', 'applications'), 'group': 2 * ('groups',),
                     'policy': (LOYAL, 'identity/conditionalAccess/policies')}[kind]
    name = document[section][0]['displayName']
    made = running.admin('POST', f'/v1.0/{path}', document[section][0], tenant='woodgrove')
    check(made[0] == 201, made)
    told = tool.not_applied(1, {'tenant': document['tenant'], section: document[section]}, '--yes')
    check(f"{section}[0]: more than one stored {kind} is called '{name}'" in told, told)
    for one in running.admin('GET', f'/v1.0/{path}', tenant='woodgrove')[1]['value']:
        check(one['id'] in told, one['id'], told)


def namesakes():
    """Two of a document that the next run could not tell apart, and ids that would change."""
    with server() as running:
        tool = Tool(running.socket)
        twins = copy.deepcopy(BACKEND)
        twins['applications'] *= 2
        told = tool.not_applied(1, twins)
        check('applications[0] and applications[1] have one name' in told, told)
        check(customers(running) == [], 'something was made')
        tool.apply(BACKEND)
        app = tool.json('app', 'list')['value'][0]
        for ids, words in (((app['id'], app['id']), f"appId: stays '{app['appId']}' for good"),
                           ((app['appId'], app['appId']), f"'Backend', {app['id']}")):
            changed = {**BACKEND['applications'][0], 'id': ids[0], 'appId': ids[1]}
            told = tool.not_applied(1, {**BACKEND, 'applications': [changed]})
            check(words in told, told)
        status, answer = running.admin('PATCH', f"/v1.0/applications/{app['id']}",
                                       {'appId': app['id']}, tenant='woodgrove')
        check(status == 400 and 'for good' in str(answer), answer)
        check(tool.json('app', 'list')['value'] == [app])


def differences():
    with server() as running:
        tool = Tool(running.socket)
        tool.apply(woodgrove())
        before = everything(running)
        document = woodgrove()
        document[LOYAL][0]['state'] = 'enabled'
        document['users'][0].update(displayName='Ann Other', accountEnabled=False, city='Ulm')
        document['groups'][0]['members'].append(document['users'][0]['id'])
        told = tool.apply(document, '--dry-run')
        for words in ("'Require MFA for customers': state: \"disabled\" -> \"enabled\"",
                      "users 'ann@woodgrove.example': displayName: \"Ann Archer\" -> \"Ann Other\"",
                      "users 'ann@woodgrove.example': accountEnabled: true -> false",
                      "users 'ann@woodgrove.example': city: \"\" -> \"Ulm\"", 'member', '3 changes'):
            check(words in told, words, told)
        check(everything(running) == before, 'a dry run changed things')
        answer = json.loads(tool.apply(document, '--json'))
        check(answer['users'] == {'added': 0, 'changed': 1, 'same': 2, 'wrong': 0}, answer)
        ann = tool.json('user', 'show', 'ann@woodgrove.example')
        check((ann['displayName'], ann['accountEnabled'], ann['city']) ==
              ('Ann Other', False, 'Ulm'), ann)
        check(tool.apply(document) == 'no change\n')
        document['groups'][0]['members'].pop()
        check('kept' in tool.apply(document) and 'no change' in tool.apply(document))
        check('1 change made' in tool.apply(document, '--prune'), 'a change of members alone')
        check(tool.apply(document, '--prune') == 'no change\n')


def kept_and_pruned():
    with server() as running:
        tool = Tool(running.socket)
        tool.apply(woodgrove())
        document = woodgrove(users=[])
        gone = document[LOYAL].pop()['displayName']
        del document['groups']
        told = tool.apply(document)
        check(f"'{gone}' is not in the document and is kept (--prune removes it)" in told, told)
        check('no change' in told and 'groups' not in told, told)
        told = tool.apply(document, '--prune', '--dry-run')
        check(f"'{gone}': removed" in told, told)
        check(len(tool.json('policy', 'list')['value']) == 5, 'a dry run pruned')
        tool.apply(document, '--prune')
        check(len(tool.json('policy', 'list')['value']) == 4)
        check(len(tool.json('group', 'list')['value']) == 2, 'an absent section was pruned')
        check(len(tool.json('user', 'list')['value']) == 3, 'users were pruned')


def wrong():
    with server() as running:
        tool = Tool(running.socket)
        document = woodgrove()
        document[LOYAL][0]['state'] = 'sometimes'
        document[LOYAL][1]['conditions']['users'] = {'includeUsers': ['ann']}
        document['applications'][0]['colour'] = 'green'
        document['users'][1]['identities'] = []
        document['users'][2]['city'] = 7
        told = tool.not_applied(1, document)
        lines = json.dumps(document, indent=1).split('\n')
        for path in (LOYAL + '[0].state', LOYAL + '[1].conditions.users.includeUsers[0]',
                     'applications[0].colour', 'users[1]: identities', 'users[2]: must be a text'):
            check(path in told, path, told)
        line = lines.index('   "state": "sometimes",') + 1
        check(f'standard input:{line}: {LOYAL}[0].state' in told, told)
        check(customers(running) == [], 'something was made')
        check('line 1, column ' in tool.not_applied(1, '{"tenant": }'))
        check('duplicate' in tool.not_applied(1, '{"tenant": {}, "tenant": {}}').lower())
        check('an object' in tool.not_applied(1, '[]'))
        check('No such file' in tool.refused(2, 'apply', '-f', '/nowhere.json'))
        check('-f FILE.json' in tool.refused(2, 'apply'))
        tool.apply(woodgrove())
        twins = woodgrove(users=woodgrove()['users'] * 2)
        check('users[3]: stands there twice: ann@' in tool.not_applied(1, twins))
        taken = woodgrove()
        taken['users'][0]['id'] = '00000000-0000-4000-8000-000000000001'
        told = tool.not_applied(1, taken, '--dry-run')
        check('is there already, with the id e7a4b1c2' in told, told)
        told = tool.refused(2, 'apply', '-f', '-', '--tenant', 'other',
                            given=json.dumps(woodgrove()))
        check("of the tenant 'woodgrove'" in told, told)


def refused_users():
    """One is refused, the others are made all the same, and the next run says what is left."""
    with server() as running:
        tool = Tool(running.socket)
        document = woodgrove()
        document['users'][1]['passwordProfile'] = {'password': 'password1'}
        told = tool.not_applied(1, document, '--yes')
        check('users[1]: passwordProfile.password' in told and 'goes on' in told, told)
        check(len(tool.json('user', 'list')['value']) == 2)
        document['users'][1]['passwordProfile'] = {'password': 'a better one, for grace'}
        check('1 change made' in tool.apply(document))
        check(tool.apply(document) == 'no change\n')


def advice():
    """Told of the tenant as it will be: the email method comes with the policies (3.4)."""
    with server() as running:
        tool = Tool(running.socket)
        told = tool.refused(3, 'apply', '-f', '-', given=json.dumps(woodgrove()))
        check(told.count('to "Woodgrove Club"') == 3, told)
        check('disabled' not in told, told)
        document = woodgrove(applications=woodgrove()['applications'][:2], userFlows=[])
        for policy in document[LOYAL]:
            policy['conditions']['applications'] = {'includeApplications': ['All']}
        document['authenticationMethodConfigurations'][0]['state'] = 'disabled'
        del document[LOYAL][3:]
        told = tool.refused(3, 'apply', '-f', '-', given=json.dumps(document))
        check(told.count('Email is disabled') == 3, told)
        document['authenticationMethodConfigurations'][0]['state'] = 'enabled'
        tool.fine('apply', '-f', '-', given=json.dumps(document))


def confirmation():
    """A policy over all users and all apps without exclusion wants a yes (SEMANTICS 5.3)."""
    with server() as running:
        tool = Tool(running.socket)
        tool.apply(woodgrove())
        document = woodgrove()
        policy = document[LOYAL][2]
        policy['conditions']['users'] = {'includeUsers': ['All'], 'excludeGroups': []}
        policy['state'] = 'enabled'
        before = everything(running)
        told = tool.not_applied(3, document)
        check('lock yourself out' in told and '--yes' in told, told)
        check(everything(running) == before, 'it was saved without a yes')
        tool.apply(document, '--yes')
        tool.fine('policy', 'set-state', policy['displayName'], 'off')
        told = tool.refused(3, 'policy', 'set-state', policy['displayName'], 'on')
        check('lock yourself out' in told, told)
        check(tool.json('policy', 'get', policy['id'])['state'] == 'disabled')
        tool.fine('policy', 'set-state', policy['displayName'], 'on', '--yes')
        check(tool.json('policy', 'get', policy['id'])['state'] == 'enabled')


run(twice, named, namesakes, differences, kept_and_pruned, wrong, refused_users, advice,
    confirmation)
