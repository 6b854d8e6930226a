"""Ways past a step that was asked for: unanswered, by name, by cookie, by a backend, by an address of nobody."""
import shutil
import tempfile

from browser import claims, query_of
from world import MFA, PASSWORD, TEST_PLUGINS, World, main, named, same, with_test_plugins

tests = []
test = named(tests)
world = World(sourceSendsAnHour=100000, sourcePasswords=100000)
POLICIES = '/identity/conditionalAccess/policies'
FLOW = '/woodgrove/flow'


def at_door(address=None, **more):
    address = address or world.customer()[0]
    world.mfa()
    browser, app, page = world.sign_in(address, **more)
    world.mfa(False)
    return address, browser, app, page


@test('attackC2', 'to have been asked for the code, however often, is not to have given it')
def asked():
    address, browser, app, page = at_door()
    code = world.code(address)
    world.mfa()
    where = FLOW + '/' + page.form().fields['journey']
    for _ in range(3):
        same(browser.get(where).heading, 'Enter your code')
        browser.fill(page, 'resend')
        same(browser.fill(page, 'code', code='').status, 400)
        same(query_of(app.begin(browser, prompt='none').location)['error'], 'login_required')
        assert not any('.session' in name for name in browser.cookies), browser.cookies
    world.mfa(False)
    same(browser.fill(page, 'code', code=code).status, 303)


@test('attackC5', 'what a sign-up demands cannot be left out')
def demanded():
    app, browser, who = world.app(), world.browser(), 'hasty@example.net'
    page = browser.fill(app.begin(browser), 'to-sign-up')
    page = browser.fill(page, 'address', email=who)
    fields = page.form().fields
    early = {'attributes': {'displayName': 'x'}, 'new-password': {'password': 'a fine long password'},
             'password': {'email': who, 'password': 'a fine long password'}}
    for do, more in early.items():
        same(browser.post(FLOW, {**fields, 'do': do, **more}, follow=False).status, 409, do)
    page = browser.fill(page, 'code', code=world.code(who))
    fields = page.form().fields
    same(browser.post(FLOW, {**fields, 'do': 'attributes', 'displayName': 'x'}, follow=False).status, 409)
    for word in ('', 'short', 'password123', who):
        same(browser.fill(page, 'new-password', password=word).status, 400, word)
    same(world.ask('GET', '/users/' + who)[0], 404)
    page = browser.fill(page, 'new-password', password='a fine long password')
    same(world.ask('GET', '/users/' + who)[0], 404)
    same(browser.fill(page, 'attributes').status, 303)
    same(world.ask('GET', '/users/' + who)[0], 200)


@test('attackC10 attackC25', 'tokens say what was done, whatever acr was asked for')
def told():
    address, _ = world.customer()
    browser, app, page = world.sign_in(address, acr_values='urn:mace:mfa mfa http://schemas.openid.net/pape/policies/2007/06/multi-factor')
    token = app.redeem(browser, app.code(page)).json()
    for one in (token['id_token'], token['access_token']):
        same(claims(one)['amr'], ['pwd'])
        assert 'mfa' not in str(claims(one).get('acr')), claims(one)
    less = claims(token['id_token']).get('acr')
    page = app.begin(browser, claims='{"id_token":{"acr":{"essential":true,"values":["mfa"]}}}', acr_values='mfa')
    if page.status == 303 and 'code' in query_of(page.location):
        told = claims(app.redeem(browser, app.code(page)).json()['id_token'])
        same((told['amr'], told.get('acr')), (['pwd'], less))
    world.mfa()
    browser, app, page = world.sign_in(address)
    page = browser.fill(page, 'code', code=world.code(address))
    token = app.redeem(browser, app.code(page)).json()
    again = app.begin(browser)          # the second door is behind him: he is not asked again
    world.mfa(False)
    same((again.status, set(claims(token['id_token'])['amr'])), (303, {'pwd', 'emailotp', 'mfa'}))


@test('attackD9', 'a nonce comes back as it was sent, and none where none was')
def nonces():
    address, _ = world.customer()
    browser, app, page = world.sign_in(address)
    app.redeem(browser, app.code(page))
    for nonce in ('n' * 300, '0', 'ü &=', None):
        page = app.begin(browser, nonce=nonce)
        same(claims(app.redeem(browser, app.code(page)).json()['id_token']).get('nonce'), nonce)


@test('attackC20', 'a cookie of a known browser that is forged, cut or of another customer knows nobody')
def forged():
    (address, _), (other, _) = world.customer(), world.customer()
    known, neighbour = world.sign_in(address)[0], world.sign_in(other)[0]
    name = next(name for name in known.cookies if name.endswith('.known'))
    for number in range(10):
        world.sign_in(address, password=f'wrong password {number}')
    value = known.cookies[name]
    middle = len(value) // 2
    for cookie in (value[:-1], value + 'A', value[:middle] + ('A' if value[middle] != 'A' else 'B') + value[middle + 1:],
                   'A' * len(value), '', neighbour.cookies[name], value * 2):
        thief = world.browser()
        thief.cookies[name] = cookie
        same(world.sign_in(address, thief)[2].status, 429, cookie)
    thief = known.twin()
    thief.cookies.pop(next(name for name in thief.cookies if name.endswith('.session')))
    same(world.sign_in(address, thief)[2].status, 303)


@test('attackE12', 'whom a policy leaves out is said by ids: a name, or a group of the same name, leaves out nobody')
def by_name():
    (address, user), (spared, friend) = world.customer(), world.customer()
    groups = []
    for name in ('Partners', 'Partners EU', 'partners'):
        status, answer, _ = world.ask('POST', '/groups', {'displayName': name})
        assert status in (201, 409), answer
        groups += [answer['id']] if status == 201 else []
    world.must('POST', f'/groups/{groups[0]}/members/$ref', {'@odata.id': '/users/' + friend})
    for group in groups[1:]:
        world.must('POST', f'/groups/{group}/members/$ref', {'@odata.id': '/users/' + user})
    policy = {'displayName': 'All but partners', 'state': 'enabled',
              'grantControls': {'operator': 'OR', 'builtInControls': ['mfa']},
              'conditions': {'users': {'includeUsers': ['All'], 'excludeGroups': [groups[0]]}, 'clientAppTypes': ['all'],
                             'applications': {'includeApplications': ['All']}}}
    for names in (['Partners'], ['partners'], [groups[0].upper() + ' '], ['*']):
        users = {**policy['conditions']['users'], 'excludeGroups': names}
        status, answer, _ = world.ask('POST', POLICIES, {**policy, 'conditions': {**policy['conditions'], 'users': users}})
        same(status, 400, names, answer)
    made = world.must('POST', POLICIES, policy)['id']
    try:
        same(world.sign_in(spared)[2].status, 303)
        same(world.sign_in(address)[2].heading, 'Enter your code')
    finally:
        world.must('DELETE', f'{POLICIES}/{made}')


@test('attackE14 attackE15', 'there is no account before its address is proved, and what a stranger chose is not in it')
def unproved():
    who = 'owner.of.it@example.net'
    thief, app = world.browser(), world.app()
    page = thief.fill(app.begin(thief), 'to-sign-up')
    page = thief.fill(page, 'address', email=who)
    fields = page.form().fields
    for do, more in (('new-password', {'password': 'the password of the thief'}), ('code', {'code': '00000000'}),
                     ('attributes', {'displayName': 'Thief'})):
        thief.post(FLOW, {**fields, 'do': do, **more}, follow=False)
    same(world.ask('GET', '/users/' + who)[0], 404)
    owner, mine = world.browser(), world.app()
    page = owner.fill(mine.begin(owner), 'to-sign-up')
    page = owner.fill(page, 'address', email=who)
    page = owner.fill(page, 'code', code=world.code(who, 2))
    page = owner.fill(page, 'new-password', password='the password of the owner')
    page = owner.fill(page, 'attributes', displayName='Owner')
    token = mine.redeem(owner, mine.code(page)).json()
    same(claims(token['id_token'])['email_verified'], True)
    same(world.must('GET', '/users/' + who)['displayName'], 'Owner')
    same(world.sign_in(who, password='the password of the thief')[2].status, 400)
    page = thief.post(FLOW, {**fields, 'do': 'code', 'code': world.code(who, 1)})    # his own mail came to the owner
    assert page.status != 303, page
    known, _ = world.customer()     # an operator's word is no proof
    browser, app, page = world.sign_in(known)
    same(claims(app.redeem(browser, app.code(page)).json()['id_token'])['email_verified'], False)


@test('attackC14', 'a backend that checks passwords itself opens the first door alone')
def keeper():
    if TEST_PLUGINS is None:
        return 'no test plugins given'
    folder = tempfile.mkdtemp(prefix='sallyport-plugins-')
    other = World(keys=('users: keeper', 'records: main'), seed=False, change=with_test_plugins(folder),
                  more=f'  keeper: {{ file: keeper.so, password: "{PASSWORD}" }}\n')
    try:
        kept_door(other, 'kept@example.com')
    finally:
        other.end()
        shutil.rmtree(folder)


def kept_door(other, who):
    document = other.woodgrove()
    for section in ('users', 'groups'):
        document.pop(section)
    for flow in document['userFlows']:
        flow['onInteractiveAuthFlowStart']['isSignUpAllowed'] = False
    for policy in document['conditionalAccessPolicies']:
        policy['conditions']['users'].pop('excludeGroups', None)
        policy['state'] = 'enabled' if policy['id'] == MFA else 'disabled'
    other.must('POST', '/apply', document, tenant=None)
    same(other.sign_in(who, password='another password')[2].status, 400)
    browser, app, page = other.sign_in(who)
    same(page.heading, 'Enter your code', page)
    assert not any('.session' in name for name in browser.cookies), browser.cookies
    same(query_of(app.begin(browser, prompt='none').location)['error'], 'login_required')
    same(browser.fill(page, 'code', code=other.code(who)).status, 303)


main(tests, [('secondhand', world)])
