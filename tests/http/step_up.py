"""Step-up: authentication contexts, wishes about acr, claims by name; and the session controls of policies."""
import contextlib
import json
import urllib.parse

from browser import App, claims, clear
from world import CLIENTS, MFA, PASSWORD, World, main, named, same

tests = []
test = named(tests)
world = World(sourceSendsAnHour=100000, sourcePasswords=100000, unprovenSends=100, unprovenSendsADay=200,
              mfaSends=100)
MINUTE, HOUR, DAY = 60000, 3600 * 1000, 24 * 3600 * 1000
SENSITIVE = 'b4f1a2c3-5d7e-4f38-ad49-708192a3b405'
POLICIES = '/identity/conditionalAccess/policies'
CONTEXTS = '/identity/conditionalAccess/authenticationContextClassReferences'
SCOPE = 'openid profile email offline_access'
GRACE = 'e7a4b1c2-3d5f-4a60-8b91-c0d1e2f3a402'
ACR, SINGLE = 'urn:sallyport:acr:mfa', 'urn:sallyport:acr:single'
world.policy_state(SENSITIVE, 'enabled')
for number in (2, 3, 99):
    world.must('POST', CONTEXTS, {'id': f'c{number}', 'displayName': f'Number {number}'})
SECRET = 'canary-secret-of-the-stepper-0123456789'
world.canaries.add(SECRET)
world.must('POST', '/applications', {'appId': CLIENTS + 'b', 'displayName': 'Pusher',
                                     'web': {'redirectUris': ['http://127.0.0.1:8092/back']},
                                     'passwordCredentials': [{'displayName': 'one', 'secretText': SECRET}]})
pusher = App('woodgrove', CLIENTS + 'b', 'http://127.0.0.1:8092/back', SECRET)


def wanted(*contexts, essential=True, where='access_token', **more):
    one = {'value': contexts[0]} if len(contexts) == 1 else {'values': list(contexts)}
    return json.dumps({where: {'acrs': {'essential': essential, **one}}, **more})


@contextlib.contextmanager
def policy(**more):
    """A policy of this test alone, which goes at the end of the with."""
    controls = {'operator': 'OR', 'builtInControls': more['grant']} if more.get('grant') else None
    made = world.must('POST', POLICIES, {
        'displayName': 'Of a test', 'state': more.get('state', 'enabled'),
        'conditions': {'clientAppTypes': ['all'], 'users': more.get('users', {'includeUsers': ['All']}),
                       'applications': more.get('apps', {'includeApplications': ['All']})},
        'grantControls': controls, 'sessionControls': more.get('session')})
    try:
        yield
    finally:
        world.must('DELETE', f'{POLICIES}/{made["id"]}')


def on(*contexts):
    return {'includeAuthenticationContextClassReferences': list(contexts)}


def tokens(browser, app, page):
    answer = app.redeem(browser, app.code(page)).json()
    return claims(answer['id_token']), claims(answer['access_token'])


def step(browser, page, address, known=()):
    """Through the second door that is asked for, and nothing else is."""
    same([form for form in page.forms if ('do', 'password') in form.buttons], [])
    page = browser.fill(page, 'send')
    return browser.fill(page, 'code', code=world.new_code(address, known))


@test('entra4.3', 'an app asks for c1, and gets it in both tokens once the policies on it are met; without claims, without')
def contexts():
    address, _, browser, app, answer = world.signed_in()
    assert 'acrs' not in claims(answer['id_token']) and 'acrs' not in claims(answer['access_token'])
    page = app.begin(browser, claims=wanted('c1'))
    identity, access = tokens(browser, app, step(browser, page, address))
    for said in (identity, access):
        same((said['acrs'], said['acr'], sorted(said['amr'])), (['c1'], ACR, ['emailotp', 'mfa', 'pwd']))
    for more in ({}, {'claims': '{}'}, {'claims': wanted('c2', essential=False, where='userinfo')}):
        for said in tokens(browser, app, app.begin(browser, **more)):
            assert 'acrs' not in said and said['acr'] == ACR, said
    for more in (wanted('c1'), wanted('c1', where='id_token'), wanted('c1', essential=False)):
        same(tokens(browser, app, app.begin(browser, claims=more, prompt='none'))[1]['acrs'], ['c1'])
    same(tokens(browser, app, app.begin(browser, acr_values='c1', prompt='none'))[0]['acrs'], ['c1'])


@test('entra4.3 rfc9470', 'acr_values of a challenge work as well, with max_age')
def challenged():
    address, _, browser, app, answer = world.signed_in()
    page = app.begin(browser, acr_values='urn:unknown c1')
    same(tokens(browser, app, step(browser, page, address))[1]['acrs'], ['c1'])
    world.advance(2 * MINUTE)
    page = app.begin(browser, acr_values='c1', max_age='60')
    known = world.codes(address)
    page = browser.fill(page, 'password', email=address, password=PASSWORD)
    page = browser.fill(page, 'code', code=world.new_code(address, known))
    said = tokens(browser, app, page)[1]
    same(said['acrs'], ['c1'])
    assert said['auth_time'] > claims(answer['access_token'])['auth_time'], said


@test('req84', 'prompt none with an essential context that the session lacks is interaction_required; a voluntary one, a token without')
def silent():
    address, _, browser, app, _ = world.signed_in()
    same(world.told(app, app.begin(browser, claims=wanted('c1'), prompt='none')), 'interaction_required')
    for more in ({'claims': wanted('c1', essential=False)}, {'acr_values': 'c1'}, {'acr_values': ACR}):
        said = tokens(browser, app, app.begin(browser, prompt='none', **more))[1]
        same(('acrs' in said, said['acr']), (False, SINGLE))
    same(world.letters(address), [])


@test('req92 req93', 'acr: met, or, when it is essential and cannot be, no token; the truth in any case')
def acr():
    address, _, browser, app, _ = world.signed_in()
    essential = json.dumps({'id_token': {'acr': {'essential': True, 'value': ACR}}})
    same(world.told(app, app.begin(browser, claims=essential, prompt='none')), 'interaction_required')
    page = app.begin(browser, claims=essential)
    same(tokens(browser, app, step(browser, page, address))[0]['acr'], ACR)
    known = world.codes(address)
    page = app.begin(browser, acr_values=ACR, prompt='login')
    page = browser.fill(page, 'password', email=address, password=PASSWORD)
    page = browser.fill(page, 'code', code=world.new_code(address, known))
    same(tokens(browser, app, page)[0]['acr'], ACR)
    for bad in ({'id_token': {'acr': {'essential': True, 'value': 'urn:gold'}}},
                {'access_token': {'acrs': {'essential': True, 'value': 'c7'}}},
                {'access_token': {'acrs': {'essential': True, 'values': ['c100', 'x']}}}):
        for prompt in (None, 'none'):
            same(world.told(app, app.begin(browser, claims=json.dumps(bad), prompt=prompt)),
                 'unmet_authentication_requirements', bad)
    club, browser = world.app(3), world.browser()       # a code first, and no other method: it never can be
    for more, met in (({'claims': essential}, False), ({'acr_values': ACR}, True), ({'claims': wanted('c1')}, False),
                      ({'acr_values': 'c1'}, True)):
        address, _ = world.customer()
        page = browser.fill(club.begin(browser, prompt='login', **more), 'address', email=address)
        page = browser.fill(page, 'code', code=world.code(address))
        if met:
            same((tokens(browser, club, page)[0]['acr'], len(world.codes(address))), (SINGLE, 1))
        else:
            same(world.told(club, page), 'unmet_authentication_requirements')


@test('req22', 'claims beyond the limits, or not of its shape, is refused, and told to the app')
def limits():
    app, browser = world.app(), world.browser()
    for bad in ('{', '[]', '7', 'null', '{"id_token":7}', '{"id_token":{"acr":7}}', '{"id_token":{"acr":{"essential":1}}}',
                '{"id_token":{"email":null,"email":null}}', '{"id_token":{},"id_token":{}}', '{"a":' * 40 + '1' + '}' * 40,
                json.dumps({'id_token': {f'c{n}': None for n in range(65)}}), '{"x":"' + 'y' * 4096 + '"}', '{"x":"\\ud800"}',
                json.dumps({'id_token': {'acr': {'values': ['x'] * 17}}})):
        same(world.told(app, app.begin(browser, claims=bad)), 'invalid_request', bad[:60])
    for fine in ('{}', '{"x":[1,2]}', '{"id_token":null}', '{"id_token":{"\\u0000x":null}}'):
        page = app.begin(browser, claims=fine)
        assert page.status in (200, 303), (fine, page)


@test('req82', 'claims by name, where scope does not give them: in the ID token, from userinfo, and nowhere else')
def by_name():
    address, user = world.customer(givenName='Canary')
    ask = json.dumps({'id_token': {'given_name': {'essential': True}, 'nonsense': None, 'sub': None},
                      'userinfo': {'email': None, 'auth_time': None}})
    browser, app, page = world.sign_in(address, scope='openid', claims=ask)
    answer = app.redeem(browser, app.code(page)).json()
    said, access = claims(answer['id_token']), claims(answer['access_token'])
    same((said.get('given_name'), 'email' in said, 'name' in said, 'nonsense' in said), ('Canary', False, False, False))
    same(('given_name' in access, 'email' in access), (False, False))
    info = app.userinfo(browser, answer['access_token']).json()
    same((info.get('email'), 'given_name' in info, 'name' in info), (address, False, False))
    answer = app.redeem(browser, app.code(app.begin(browser, scope='openid'))).json()
    same('given_name' in claims(answer['id_token']), False)
    same('email' in app.userinfo(browser, answer['access_token']).json(), False)


@test('entra4.3', 'acrs only when all policies on the context are met; a block on it denies that alone')
def all_policies():
    address, _, browser, app, _ = world.signed_in()
    with policy(apps=on('c2'), grant=['block']):
        same(world.told(app, app.begin(browser, claims=wanted('c2'))), 'unmet_authentication_requirements')
        same(app.begin(browser, acr_values='c2').status, 303)
        assert 'acrs' not in tokens(browser, app, app.begin(browser, acr_values='c2'))[0]
        with policy(apps=on('c1'), grant=['block']):
            same(world.told(app, app.begin(browser, claims=wanted('c1'))), 'unmet_authentication_requirements')
        page = app.begin(browser, claims=wanted('c2', 'c1'))        # the first that can be met
        same(tokens(browser, app, step(browser, page, address))[1]['acrs'], ['c1'])
    same(tokens(browser, app, app.begin(browser, claims=wanted('c2')))[1]['acrs'], ['c2'])
    same(tokens(browser, app, app.begin(browser, claims=wanted('c2', 'c1')))[1]['acrs'], ['c1', 'c2'])
    world.must('PATCH', f'{CONTEXTS}/c2', {'isAvailable': False})
    same(world.told(app, app.begin(browser, claims=wanted('c2'))), 'unmet_authentication_requirements')
    world.must('PATCH', f'{CONTEXTS}/c2', {'isAvailable': True})
    with policy(apps=on('c2'), grant=['mfa'], state='enabledForReportingButNotEnforced'):
        fresh = world.browser()
        page = app.begin(fresh, claims=wanted('c2'))
        page = fresh.fill(page, 'password', email=address, password=PASSWORD)
        same(tokens(fresh, app, page)[1]['acrs'], ['c2'])
    signin = world.must('GET', '/auditLogs/signIns?$top=1')['value'][0]
    same([one['result'] for one in signin['appliedConditionalAccessPolicies'] if one['displayName'] == 'Of a test'], [])


@test('req93 entra4.3', 'a context that was withdrawn since is in no token any more: of a journey, a code or a refresh')
def withdrawn():
    address, _, browser, app, _ = world.signed_in()
    world.must('POST', CONTEXTS, {'id': 'c7', 'displayName': 'Withdrawn'})
    kept = app.redeem(browser, app.code(app.begin(browser, scope=SCOPE, claims=wanted('c7')))).json()
    same(claims(kept['access_token'])['acrs'], ['c7'])
    code = app.code(app.begin(browser, claims=wanted('c7')))
    late, other = world.browser(), world.app()
    page = other.begin(late, claims=wanted('c7'))
    world.must('DELETE', f'{CONTEXTS}/c7')
    for answer in (app.redeem(browser, code), app.refresh(browser, kept['refresh_token'])):
        same([claims(answer.json()[name]).get('acrs') for name in ('id_token', 'access_token')], [None, None])
    page = late.fill(page, 'password', email=address, password=PASSWORD)
    same(world.told(other, page), 'unmet_authentication_requirements')


@test('entra4.3 sem4.5', 'what was asked of a context is on record: the policy that applied, by its result')
def on_record():
    address, user, browser, app, _ = world.signed_in()
    tokens(browser, app, step(browser, app.begin(browser, claims=wanted('c1')), address))
    rows = [one for one in world.must('GET', '/auditLogs/signIns?$top=50')['value'] if one['userId'] == user]
    results = [one['result'] for row in rows for one in row['appliedConditionalAccessPolicies'] if one['id'] == SENSITIVE]
    assert 'success' in results and 'notApplied' in results, results
    same([row['authenticationContextClassReferences'] for row in rows if row['authenticationContextClassReferences']],
         [[{'id': 'c1', 'detail': 'required'}]])


@test('entra4.3 sem4.4', 'over refreshes acrs stays as long as it is met; claims with a refresh ask for more')
def refreshed():
    address, user, browser, app, _ = world.signed_in()
    page = app.begin(browser, scope=SCOPE, claims=wanted('c1'))
    answer = app.redeem(browser, app.code(step(browser, page, address))).json()
    answer = app.refresh(browser, answer['refresh_token']).json()
    same((claims(answer['access_token'])['acrs'], claims(answer['id_token'])['acrs']), (['c1'], ['c1']))
    with policy(apps=on('c1'), grant=['block']):
        answer = app.refresh(browser, answer['refresh_token']).json()
        same(('acrs' in claims(answer['access_token']), 'acrs' in claims(answer['id_token'])), (False, False))
    answer = app.refresh(browser, answer['refresh_token']).json()
    same(claims(answer['access_token'])['acrs'], ['c1'])
    answer = app.refresh(browser, answer['refresh_token'], claims=wanted('c3')).json()
    same(claims(answer['access_token'])['acrs'], ['c3'])
    for bad in ('{', '[1]', '{"id_token":7}'):
        same(app.refresh(browser, answer['refresh_token'], claims=bad).json()['error'], 'invalid_request', bad)
    plain = world.signed_in(scope=SCOPE)[4]
    refused = app.refresh(browser, plain['refresh_token'], claims=wanted('c1'))
    same((refused.status, refused.json()['error'], refused.json()['suberror']), (400, 'invalid_grant', 'basic_action'))
    same(json.loads(refused.json()['claims']), json.loads(wanted('c1')))
    refused = app.refresh(browser, plain['refresh_token'], claims=wanted('c77'))
    same(refused.json()['error'], 'invalid_grant')
    plain = app.refresh(browser, plain['refresh_token'], claims=wanted('c1', essential=False))
    same('acrs' in claims(plain.json()['access_token']), False)
    same(app.refresh(browser, plain.json()['refresh_token'], claims='{"access_token":{"xms_cc":{"values":["cp1"]}}}').status, 200)


@test('sem4.4', 'a policy that a refresh no longer meets says which, and the token is kept')
def refused():
    address, user, browser, app, answer = world.signed_in(scope=SCOPE)
    world.mfa()
    for _ in range(2):
        refusal = app.refresh(browser, answer['refresh_token'])
        body = refusal.json()
        same((refusal.status, body['error'], body['suberror']), (400, 'invalid_grant', 'basic_action'))
        same(json.loads(body['claims']), {'access_token': {'capolids': {'essential': True, 'values': [MFA]}}})
    page = app.begin(browser, claims=body['claims'], scope=SCOPE)       # as the app is told to
    fresh = app.redeem(browser, app.code(step(browser, page, address))).json()
    same(app.refresh(browser, fresh['refresh_token']).status, 200)
    world.mfa(False)
    same(app.refresh(browser, answer['refresh_token']).status, 200)


@test('entra2.4', 'sign-in frequency: after those hours the password again, and the code where one is asked for')
def frequency():
    session = {'signInFrequency': {'isEnabled': True, 'type': 'hours', 'value': 2}}
    apps = {'includeApplications': [CLIENTS + '1']}
    address, user, browser, app, answer = world.signed_in(scope=SCOPE)
    with policy(apps=apps, session=session):
        world.advance(2 * HOUR - MINUTE)
        same(app.begin(browser, prompt='none').status, 303)
        answer = app.refresh(browser, answer['refresh_token']).json()
        world.advance(MINUTE)
        same(world.told(app, app.begin(browser, prompt='none')), 'login_required')
        same(app.refresh(browser, answer['refresh_token']).json()['suberror'], 'basic_action')
        same(world.app(2).begin(browser, prompt='none').status, 303)      # of that app alone
        page = app.begin(browser)
        same(page.heading, 'Sign in')
        page = browser.fill(page, 'password', email=address, password=PASSWORD)
        same(app.redeem(browser, app.code(page)).status, 200)
        same(app.begin(browser, prompt='none').status, 303)
    same(app.refresh(browser, answer['refresh_token']).status, 200)
    session['signInFrequency'].update(type='days', value=3)
    with policy(apps=apps, session=session):
        world.advance(DAY - MINUTE)
        same(app.begin(browser, prompt='none').status, 303)


@test('entra2.4', 'every time, but not oftener than in five minutes; of the second door alone where it says so')
def every_time():
    apps = {'includeApplications': [CLIENTS + '1']}
    every = {'isEnabled': True, 'frequencyInterval': 'everyTime'}
    address, user, browser, app, answer = world.signed_in(scope=SCOPE)
    with policy(apps=apps, session={'signInFrequency': every}):
        world.advance(4 * MINUTE)
        same(app.begin(browser, prompt='none').status, 303)
        answer = app.refresh(browser, answer['refresh_token']).json()
        world.advance(MINUTE + 1000)
        same(world.told(app, app.begin(browser, prompt='none')), 'login_required')
        same(app.refresh(browser, answer['refresh_token']).json()['suberror'], 'basic_action')
        page = browser.fill(app.begin(browser), 'password', email=address, password=PASSWORD)
        same(app.redeem(browser, app.code(page)).status, 200)       # and no loop
        same(app.begin(browser).status, 303)
    every['authenticationType'] = 'secondaryAuthentication'
    with policy(apps=apps, grant=['mfa'], session={'signInFrequency': every}):
        for _ in range(2):
            known = world.codes(address)
            same(tokens(browser, app, step(browser, app.begin(browser), address, known))[0]['acr'], ACR)
            same(app.begin(browser, prompt='none').status, 303)
            world.advance(5 * MINUTE + 1000)
            same(world.told(app, app.begin(browser, prompt='none')), 'interaction_required')


@test('entra4.3 entra2.4', 'a context with a frequency asks again for the context, and for nothing else')
def fresh_context():
    address, user, browser, app, answer = world.signed_in()
    once = {'signInFrequency': {'isEnabled': True, 'type': 'hours', 'value': 1, 'authenticationType': 'secondaryAuthentication'}}
    with policy(apps=on('c99'), grant=['mfa'], session=once):
        page = app.begin(browser, claims=wanted('c99'), scope=SCOPE)
        answer = app.redeem(browser, app.code(step(browser, page, address))).json()
        world.advance(HOUR)
        same(tokens(browser, app, app.begin(browser, prompt='none'))[0]['acr'], ACR)
        same(world.told(app, app.begin(browser, claims=wanted('c99'), prompt='none')), 'interaction_required')
        answer = app.refresh(browser, answer['refresh_token']).json()
        same('acrs' in claims(answer['access_token']), False)
        known = world.codes(address)
        page = app.begin(browser, claims=wanted('c99'))
        same(tokens(browser, app, step(browser, page, address, known))[1]['acrs'], ['c99'])


def lasts(page):
    lines = [line for line in page.all('Set-Cookie') if '.session=' in line]
    return None if not lines else 'Max-Age' in lines[-1]


@test('req195 entra2.4', 'a policy on the browser session decides, and then nobody is asked to stay')
def persistent():
    address, user = world.customer()
    app = world.app()
    for mode, stays in (('always', True), ('never', False)):
        with policy(session={'persistentBrowser': {'isEnabled': True, 'mode': mode}}):
            browser = world.browser()
            page = app.begin(browser)
            same(('stay' in page.body, clear(page)), (False, None))
            for more in ({}, {'stay': '1'}):
                page = browser.fill(app.begin(browser, prompt='login'), 'password', email=address, password=PASSWORD, **more)
                same(lasts(page), stays, mode, more)
    def staying(browser):
        return browser.fill(app.begin(browser), 'password', email=address, password=PASSWORD, stay='1')
    browser = world.browser()
    page = staying(browser)
    same((lasts(page), app.redeem(browser, app.code(page)).status), (True, 200))
    with policy(session={'persistentBrowser': {'isEnabled': True, 'mode': 'never'}}):
        page = app.begin(browser)       # the next answer takes the cookie's date away
        same((lasts(page), app.redeem(browser, app.code(page)).status), (False, 200))
        same(lasts(app.begin(browser)), None)
        world.advance(DAY + MINUTE)     # a day without use: the record knows it too
        same(world.told(app, app.begin(browser, prompt='none')), 'login_required')
    with policy(users={'includeUsers': [user]}, session={'persistentBrowser': {'isEnabled': True, 'mode': 'never'}}):
        page = app.begin(world.browser())       # not for everybody: the box is there
        assert 'name="stay"' in page.body, page.body
        same(lasts(staying(world.browser())), False)


@test('attackC15 attackC18', 'a step-up is worth something for its own request, browser and tenant')
def replayed():
    address, _, browser, app, _ = world.signed_in()
    page = app.begin(browser, claims=wanted('c1'))
    form = browser.fill(page, 'send')
    code = world.code(address)
    thief = browser.twin()
    thief.cookies = {name: value for name, value in thief.cookies.items() if '.session' not in name}
    same(thief.fill(form, 'code', code=code).status, 400)        # the session that it stands on isn't there
    done = browser.fill(form, 'code', code=code)
    same(tokens(browser, app, done)[1]['acrs'], ['c1'])
    again = browser.fill(form, 'code', code=code)
    same((again.status, again.location), (409, None))
    page = app.begin(browser.twin(), prompt='none', claims=wanted('c1'))
    same(tokens(browser, app, page)[1]['acrs'], ['c1'])


@test('req57', 'what is asked for in a pushed request is asked for')
def pushed():
    address, _, browser, app, _ = world.signed_in(pusher)
    theirs = world.signed_in()[4]['id_token']

    def use(**more):
        answer = app.ask(browser, 'par', **app.request(**more))
        same(answer.status, 201, answer)
        return browser.get(app.path('authorize') + '?' + urllib.parse.urlencode(
            {'client_id': app.client_id, 'request_uri': answer.json()['request_uri']}))
    same(world.told(app, use(claims=wanted('c1'), prompt='none')), 'interaction_required')
    same(world.told(app, use(id_token_hint=theirs, prompt='none')), 'login_required')
    same(use(prompt='select_account').heading, 'Who are you?')
    same(use(max_age='0').heading, 'Sign in')
    same(tokens(browser, app, step(browser, use(claims=wanted('c1')), address))[1]['acrs'], ['c1'])
    same(tokens(browser, app, use(acr_values='c1', prompt='none'))[1]['acrs'], ['c1'])
    for bad, error in (({'claims': '{'}, 'invalid_request'), ({'claims': wanted('c7')}, 'unmet_authentication_requirements'),
                       ({'prompt': 'none login'}, 'invalid_request')):
        same(app.ask(browser, 'par', **app.request(**bad)).json()['error'], error, bad)


@test('sem4.5 req8', 'contexts are documents; metadata tells those that may be asked for')
def documents():
    same(world.metadata()['acr_values_supported'], [SINGLE, ACR, 'c1', 'c2', 'c3', 'c99'])
    same(world.metadata()['claims_parameter_supported'], True)
    world.must('POST', CONTEXTS, {'id': 'c4', 'displayName': 'Hidden', 'isAvailable': False})
    assert 'c4' not in world.metadata()['acr_values_supported']
    shown = world.must('GET', f'{CONTEXTS}/c4')
    same({name: value for name, value in shown.items() if '@' not in name}, {'id': 'c4', 'displayName': 'Hidden', 'description': None, 'isAvailable': False})
    same(world.ask('POST', CONTEXTS, {'id': 'c4', 'displayName': 'Twice'})[0], 409)
    for bad in ('c0', 'c100', 'C1', 'x', '', 'c01'):
        same(world.ask('POST', CONTEXTS, {'id': bad, 'displayName': 'Bad'})[0], 400, bad)
    same([one['id'] for one in world.must('GET', CONTEXTS)['value']], ['c1', 'c2', 'c3', 'c4', 'c99'])
    with policy(apps=on('c4'), grant=['mfa'], state='disabled'):
        status, answer, _ = world.ask('DELETE', f'{CONTEXTS}/c4')
        same(status, 200)
        assert 'is removed, and still named here' in str(answer), answer
    same(world.ask('GET', f'{CONTEXTS}/c4')[0], 404)


main(tests, [('step_up', world)])
