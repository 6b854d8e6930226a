"""What If: the engine's own word on a sign-in that nobody makes, and on a policy that nobody has saved (entra.md 1.6)."""
import json

from browser import Browser
from policies import POLICIES, policy, stored
from world import CLIENTS, GHOST, MFA, World, main, named, same

tests = []
test = named(tests)
world = World()
CA = '/identity/conditionalAccess'
EVALUATE = CA + '/evaluate'
SHOP, RECIPES, CLUB = (CLIENTS + str(number) for number in (1, 2, 3))


def question(user, *apps, context=None, drafts=(), **conditions):
    body = {'signInIdentity': {'@odata.type': '#microsoft.graph.userSignIn', 'userId': user},
            'signInContext': {'@odata.type': '#microsoft.graph.applicationContext', 'includeApplications': list(apps)},
            'signInConditions': conditions}
    if context:
        body['signInContext']['authenticationContextValue'] = context
    if drafts:
        body['@sallyport.policies'] = list(drafts)
    return body


def evaluate(*words, **more):
    return world.must('POST', EVALUATE, question(*words, **more))


def refused(body, target, status=400):
    got, answer, _ = world.ask('POST', EVALUATE, body)
    same(got, status, answer)
    if target:
        same([one['target'] for one in answer['error']['details']], [target], answer)


def by_name(answer):
    return {one['displayName']: one for one in answer['value']}


def conditions(one):
    return {row['condition']: row['result'] for row in one['@sallyport.conditions']}


@test('req191', 'the answer is that of the sign-in: nothing, a second door, a block')
def same_as_real():
    address, user = world.customer()
    answer = evaluate(user, SHOP)
    same((answer['value'], answer['@sallyport.decision']['decision'], answer['@sallyport.decision']['next']), ([], 'allow', 'signedIn'))
    same(world.sign_in(address)[2].status, 303)
    world.mfa()
    answer = evaluate(user, SHOP, devicePlatform='linux', clientAppType='browser')
    one, decision = answer['value'][0], answer['@sallyport.decision']
    same((one['id'], one['policyApplies'], one['analysisReasons'], one['@sallyport.result']), (MFA, True, 'notSet', 'failure'))
    same(conditions(one), {'state': 'met', 'users': 'met', 'application': 'met'})
    same((decision['decision'], decision['controls'], decision['next'], decision['satisfiable'], decision['firstFactor']),
         ('ask', ['mfa'], 'codeByEmail', True, 'password'))
    assert 'code' in world.sign_in(address)[2].body
    one = evaluate(user, RECIPES)['value'][0]
    same((one['policyApplies'], one['analysisReasons'], conditions(one)['application']), (False, 'application', 'missed'))
    with stored(world, policy('Shut', grant='block', apps=[SHOP])):
        decision = evaluate(user, SHOP)['@sallyport.decision']
        same((decision['decision'], decision['controls'], decision['satisfiable'], [one['code'] for one in decision['reasons']]),
             ('block', ['block'], False, ['blocked']))
        # Over several targets the strictest counts (SEMANTICS 4.2).
        same(evaluate(user, RECIPES, SHOP)['@sallyport.decision']['decision'], 'block')
        same(evaluate(user, RECIPES)['@sallyport.decision']['decision'], 'allow')
    world.mfa(False)


@test('req191', 'groups, exclusions and who is asked by address: as a sign-in sees him')
def who():
    address, user = world.customer()
    group = world.must('POST', '/groups', {'displayName': 'Asked'})['id']
    with stored(world, policy('Of a group', users={'includeGroups': [group]})):
        same(by_name(evaluate(user, SHOP))['Of a group']['analysisReasons'], 'users')
        world.must('POST', f'/groups/{group}/members/$ref', {'@odata.id': 'http://localhost/v1.0/users/' + user})
        same(by_name(evaluate(address, SHOP))['Of a group']['policyApplies'], True)
        body = question(user, SHOP)
        same(world.must('POST', EVALUATE, {**body, 'appliedPoliciesOnly': True})['value'][0]['displayName'], 'Of a group')
    same(world.must('POST', EVALUATE, {**body, 'appliedPoliciesOnly': True})['value'], [])


@test('req182', 'report-only is judged and asks for nothing; what is off is told where it is asked for')
def states():
    _, user = world.customer()
    with stored(world, policy('Pilot', state='enabledForReportingButNotEnforced')):
        answer = evaluate(user, SHOP)
        one = by_name(answer)['Pilot']
        same((one['policyApplies'], one['@sallyport.result'], answer['@sallyport.decision']['decision']),
             (True, 'reportOnlyInterrupted', 'allow'))
    same(evaluate(user, SHOP)['value'], [])
    answer = world.must('POST', EVALUATE, {**question(user, SHOP), '@sallyport.includeDisabled': True})
    one = next(one for one in answer['value'] if one['id'] == MFA)
    same((one['policyApplies'], one['analysisReasons'], conditions(one)['state'], conditions(one)['users']),
         (False, 'policyNotEnabled', 'missed', 'met'))


@test('entra 1.6', 'what the question does not say is unknown, and such a policy does not apply')
def unknown():
    _, user = world.customer()
    document = policy('But phones', grant='block', platforms={'includePlatforms': ['all'], 'excludePlatforms': ['iOS', 'android']})
    document['conditions']['clientAppTypes'] = ['browser']
    with stored(world, document):
        answer = evaluate(user, SHOP)
        one = by_name(answer)['But phones']
        same((one['policyApplies'], one['analysisReasons'], answer['@sallyport.decision']['decision']), (False, 'notEnoughInformation', 'allow'))
        same((conditions(one)['devicePlatform'], conditions(one)['clientApps']), ('unknown', 'unknown'))
        one = by_name(evaluate(user, SHOP, devicePlatform='windows', clientAppType='all'))['But phones']
        same((conditions(one)['devicePlatform'], conditions(one)['clientApps'], one['policyApplies']), ('met', 'unknown', False))
        answer = evaluate(user, SHOP, devicePlatform='windows', clientAppType='browser')
        same((by_name(answer)['But phones']['policyApplies'], answer['@sallyport.decision']['decision']), (True, 'block'))
        one = by_name(evaluate(user, SHOP, devicePlatform='iOS', clientAppType='other'))['But phones']
        same((one['analysisReasons'], conditions(one)['devicePlatform'], conditions(one)['clientApps']), ('devicePlatform', 'missed', 'missed'))
        # What is missed for sure needs nothing that is unknown.
        same(by_name(evaluate(user, SHOP, devicePlatform='iOS'))['But phones']['analysisReasons'], 'devicePlatform')


@test('entra 1.6', 'an authentication context alone, with an application, and one that nobody offers')
def contexts():
    _, user = world.customer()
    document = policy('Of a context', apps={'includeAuthenticationContextClassReferences': ['c1']})
    world.mfa()
    with stored(world, document):
        one = by_name(evaluate(user, RECIPES))['Of a context']
        same((one['analysisReasons'], 'application' in conditions(one)), ('authenticationContext', False))
        answer = evaluate(user, RECIPES, context='c1')
        same((by_name(answer)['Of a context']['policyApplies'], answer['@sallyport.decision']['controls']), (True, ['mfa']))
        answer = evaluate(user, context='c1')
        mfa = next(one for one in answer['value'] if one['id'] == MFA)
        same((by_name(answer)['Of a context']['policyApplies'], mfa['analysisReasons'], conditions(mfa)['application']),
             (True, 'notEnoughInformation', 'unknown'))
        assert 'c77 is not offered' in evaluate(user, RECIPES, context='c77')['@sallyport.warnings'][0]
    world.mfa(False)


@test('entra 1.5 1.6', 'places: networks by the address, countries by what is said; without an address they are unknown')
def places():
    _, user = world.customer()
    office = world.must('POST', CA + '/namedLocations', {'@odata.type': '#microsoft.graph.ipNamedLocation', 'displayName': 'Office',
                                                         'isTrusted': True, 'ipRanges': ['203.0.113.0/24', '2001:db8::/32']})['id']
    france = world.must('POST', CA + '/namedLocations', {'@odata.type': '#microsoft.graph.countryNamedLocation', 'displayName': 'France',
                                                         'countriesAndRegions': ['FR']})['id']
    outside = policy('Outside', locations={'includeLocations': ['All'], 'excludeLocations': ['AllTrusted']})
    abroad = policy('France', grant='block', locations={'includeLocations': [france]})
    inside = policy('Inside', grant='block', apps=[RECIPES], locations={'includeLocations': [office]})

    def asked(*apps, **where):
        answer = evaluate(user, *(apps or [SHOP]), drafts=[outside, abroad, inside], **where)
        return answer['@sallyport.decision']['decision'], {name: one['analysisReasons'] for name, one in by_name(answer).items()}
    same(asked(), ('allow', {'Outside': 'notEnoughInformation', 'France': 'notEnoughInformation', 'Inside': 'application'}))
    same(asked(ipAddress='203.0.113.7'), ('allow', {'Outside': 'location', 'France': 'location', 'Inside': 'application'}))
    same(asked(ipAddress='2001:db8::7')[1]['Outside'], 'location')
    same(asked(ipAddress='198.51.100.7'), ('ask', {'Outside': 'notSet', 'France': 'location', 'Inside': 'application'}))
    same(asked(ipAddress='198.51.100.7', country='FR'), ('block', {'Outside': 'notSet', 'France': 'notSet', 'Inside': 'application'}))
    same(asked(RECIPES, ipAddress='203.0.113.7')[0], 'block')
    for where, target in (({'country': 'FR'}, 'ipAddress'), ({'ipAddress': '203.0.113.0/24'}, 'ipAddress'), ({'ipAddress': 'here'}, 'ipAddress'),
                          ({'ipAddress': '203.0.113.7', 'country': 'fr'}, 'country')):
        refused(question(user, SHOP, **where), 'signInConditions.' + target)
    for location in (office, france):
        world.must('DELETE', f'{CA}/namedLocations/{location}')


@test('req186 SEMANTICS 3.4', 'a draft is judged beside what is stored, or in its place, and nothing is saved')
def drafts():
    address, user = world.customer()
    before = world.must('GET', POLICIES)
    entries = len(world.must('GET', '/auditLogs/directoryAudits?$top=999')['value'])
    answer = evaluate(user, SHOP, drafts=[policy('New', grant='block')])
    one = by_name(answer)['New']
    same((one['@sallyport.draft'], one['policyApplies'], answer['@sallyport.decision']['decision']), (True, True, 'block'))
    assert any('lock yourself out' in one for one in answer['@sallyport.warnings']), answer
    answer = evaluate(user, SHOP, drafts=[{'id': MFA, 'state': 'enabled'}])          # over the stored one
    same((len(answer['value']), answer['value'][0]['@sallyport.draft'], answer['@sallyport.decision']['decision']), (1, True, 'ask'))
    with stored(world, policy('Saved', grant='block')) as (saved,):
        same(evaluate(user, SHOP, drafts=[{'id': saved['id'], 'state': 'disabled'}])['@sallyport.decision']['decision'], 'allow')
        same(evaluate(user, SHOP)['@sallyport.decision']['decision'], 'block')
    same(world.must('GET', POLICIES), before)
    same(world.sign_in(address)[2].status, 303)
    same(len(world.must('GET', '/auditLogs/directoryAudits?$top=999')['value']), entries + 2)     # of `saved`
    refused(question(user, SHOP, drafts=[policy('Fine'), policy('Bad', state='on')]), '@sallyport.policies[1].state')
    refused(question(user, SHOP, drafts=[policy('Bad', grant='compliantDevice')]), '@sallyport.policies[0].grantControls.builtInControls')


@test('SEMANTICS 3.4 3.6', 'whether he can pass with what he has, and why not')
def ways():
    def way(who, *apps, **more):
        decision = evaluate(who, *apps, **more)['@sallyport.decision']
        return decision['satisfiable'], [one['code'] for one in decision['reasons']]
    address, user = world.customer()
    world.mfa()
    same(way(user, SHOP), (True, []))
    flow = next(one for one in world.must('GET', '/identity/authenticationEventsFlows')['value'] if CLUB in json.dumps(one))
    first = flow['onAuthenticationMethodLoadStart']['identityProviders'][0]['id']
    if first == 'EmailOtpSignup-OAUTH':
        same(way(user, CLUB), (False, ['noMethod']))
    email = '/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/Email'
    world.must('PATCH', email, {'excludeTargets': [{'targetType': 'user', 'id': user}]})
    same(way(user, SHOP), (False, ['methodOff']))
    world.must('PATCH', email, {'excludeTargets': []})
    bare = world.must('POST', '/users', {'displayName': 'Bare', 'identities': [
        {'signInType': 'emailAddress', 'issuer': 'woodgrove', 'issuerAssignedId': 'bare@example.com'}]})['id']
    same(way(bare, SHOP), (False, ['noPassword']))
    world.must('PATCH', f'/users/{user}', {'accountEnabled': False})
    same(way(user, SHOP), (False, ['accountDisabled']))
    world.mfa(False)
    same(way(user, SHOP), (False, ['accountDisabled']))


@test('req228', 'a question that is not right is refused, each with its place')
def wrong():
    _, user = world.customer()
    good = question(user, SHOP)
    refused({**good, 'signInIdentity': {}}, 'signInIdentity.userId')
    refused({**good, 'signInIdentity': {'userId': user, 'servicePrincipalId': GHOST}}, 'signInIdentity.servicePrincipalId')
    refused({**good, 'signInContext': {}}, 'signInContext')
    refused({**good, 'signInContext': {'userAction': 'registerSecurityInformation'}}, 'signInContext.userAction')
    refused(question(user, GHOST), 'signInContext.includeApplications[0]')
    refused(question(user, SHOP, context='c0'), 'signInContext.authenticationContextValue')
    refused(question(user, SHOP, devicePlatform='beos'), 'signInConditions.devicePlatform')
    refused(question(user, SHOP, clientAppType='gopher'), 'signInConditions.clientAppType')
    refused({**good, 'more': 1}, 'more')
    refused({**good, '@sallyport.policies': {}}, '@sallyport.policies')
    refused({**good, '@sallyport.includeDisabled': 1}, '@sallyport.includeDisabled')
    refused(question(GHOST, SHOP), None, 404)
    refused(question('nobody', SHOP), None, 404)
    for body in ([], 'x', {}, {'signInIdentity': []}, {'signInContext': 7}, {**good, 'signInConditions': 'x'}):
        assert world.ask('POST', EVALUATE, body)[0] == 400, body


@test('req233', 'whoever reads policies may ask, also under /beta as in the original, and nobody else')
def callers():
    _, user = world.customer()
    for role, status in (('Security Reader', 200), ('Conditional Access Administrator', 200), ('Reports Reader', 403),
                         ('User Administrator', 403)):
        token = world.api_token(role)
        for root in ('/v1.0', '/beta'):
            page = Browser(world.private).send('POST', root + EVALUATE, json.dumps(question(user, SHOP)), {
                'Content-Type': 'application/json', 'Authorization': 'Bearer ' + token, 'Sallyport-Tenant': 'woodgrove'})
            same(page.status, status, role, root, page.body)


main(tests, [('the world', world)])
