"""The second door: what policy demands cannot be had another way (attacks C)."""
from browser import App, clear, query_of
from world import CLIENTS, PASSWORD, World, main, named, same

tests = []
test = named(tests)
world = World(sourceSendsAnHour=100000, sourcePasswords=100000)
METHOD = '/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/Email'
BLOCK = {'displayName': 'Block all', 'state': 'disabled', 'grantControls': {'operator': 'OR', 'builtInControls': ['block']},
         'conditions': {'users': {'includeUsers': ['All']}, 'applications': {'includeApplications': ['All']},
                        'clientAppTypes': ['all']}}
block = world.must('POST', '/identity/conditionalAccess/policies', BLOCK)['id']


def at_door():
    """Password passed, the code is asked for: (address, user, browser, app, page, code)."""
    address, user = world.customer()
    world.mfa()
    browser, app, page = world.sign_in(address)
    return address, user, browser, app, page, world.code(address)


@test('attackC8 attackC15 attackC19 attackC24', 'no other tab, link or old session goes round the second door')
def round_it():
    address, user = world.customer()
    browser, app, page = world.sign_in(address)     # a session from before the policy
    world.mfa()
    same(app.begin(browser).heading, 'One more step')
    page = world.sign_in(address, browser, prompt='login')[2]
    same(page.heading, 'Enter your code')
    again = world.sign_in(address, browser, prompt='login')[2]
    same(again.heading, 'Enter your code')
    same(app.begin(browser).heading, 'One more step')
    where = '/woodgrove/flow/' + page.form().fields['journey']
    for method in ('GET', 'HEAD'):
        same(browser.send(method, where).status, 200)
    page = app.begin(browser, prompt='none')
    same(query_of(page.location).get('error'), 'interaction_required')
    begin = browser.fill(again, 'to-sign-in')       # back to the start counts for nothing
    same((begin.heading, browser.fill(begin, 'password', email=address, password='wrong').status), ('Sign in', 400))
    world.mfa(False)


@test('attackC1 attackC27 attackC17', 'nothing but the code passes')
def nothing_else():
    address, user, browser, app, page, code = at_door()
    fields = page.form().fields
    for more in ({'do': 'code'}, {'do': 'code', 'code': ''}, {'do': 'code', 'code': '0'}, {'do': 'code', 'code': code[:7]}):
        same(browser.post('/woodgrove/flow', {**fields, **more}, follow=False).status, 400, more)
    fresh = app.begin(browser, prompt='login')
    same(browser.fill(fresh, 'password', follow=False, email=address, password=PASSWORD, code=code).status in (200, 303), True)
    same(browser.post('/woodgrove/flow', {**fresh.form().fields, 'do': 'code', 'code': code}).status, 409)
    same(browser.fill(page, 'code', code=code).status, 303)
    world.mfa(False)


@test('sem3.4 sem3.5 attackC11 req145 req205', 'a code of a reset or of a first factor is never the second')
def one_mailbox():
    address, user, browser, app, page, code = at_door()
    other = world.browser()
    forgot = other.fill(app.begin(other), 'to-reset')
    forgot = other.fill(forgot, 'address', email=address)
    same(other.fill(forgot, 'code', code=code).status, 400)
    same(browser.fill(page, 'code', code=world.code(address, 2)).status, 400)
    world.mfa(False)
    club, member = world.app(3), world.browser()
    known = world.codes(address)
    page = member.fill(club.begin(member), 'address', email=address)
    same(member.fill(page, 'code', code=world.new_code(address, known)).status, 303)
    world.mfa()
    page = world.app().begin(member)                # a session by email code alone
    same((page.status, clear(page)), (403, None), page)
    world.mfa(False)


@test('sem2.5 attackC26 req197', 'who is disabled, deleted or reset on the way goes no further')
def stopped_midway():
    for what in ('disable', 'delete', 'reset', 'revoke'):
        address, user, browser, app, page, code = at_door()
        if what == 'disable':
            world.must('PATCH', '/users/' + user, {'accountEnabled': False})
        elif what == 'delete':
            world.must('DELETE', '/users/' + user)
        else:
            world.must('POST', f'/users/{user}/' + {'reset': 'resetPassword', 'revoke': 'revokeSignInSessions'}[what], {})
        answer = browser.fill(page, 'code', code=code)
        assert answer.status in (400, 403) and not answer.location, (what, answer)
        same(clear(answer), None)
    world.mfa(False)


@test('sem3.6 req146 attackC22', 'a method or policy that changes on the way counts from then on')
def changed_midway():
    address, user, browser, app, page, code = at_door()
    world.must('PATCH', METHOD, {'state': 'disabled'})
    answer = browser.fill(page, 'code', code=code)
    same((answer.status, answer.location, clear(answer)), (403, None, None), answer)
    world.must('PATCH', METHOD, {'state': 'enabled'})
    address, user, browser, app, page, code = at_door()
    world.policy_state(block, 'enabled')
    answer = browser.fill(page, 'code', code=code)
    same((answer.status, answer.heading), (403, 'Access is blocked'))
    world.policy_state(block, 'disabled')
    world.mfa(False)


@test('req185 attackC23', 'policy is asked again when the code is redeemed, and for each app')
def at_token():
    address, user = world.customer()
    browser, app, page = world.sign_in(address)
    code = app.code(page)
    world.mfa()
    answer = app.redeem(browser, code)
    same((answer.status, answer.json()['error'], answer.json().get('suberror')), (400, 'invalid_grant', 'basic_action'))
    recipes = world.app(2)
    same(recipes.redeem(browser, recipes.code(recipes.begin(browser))).status, 200)     # excluded
    world.publish(CLIENTS + '1', 'read')
    world.grant(CLIENTS + '2', CLIENTS + '1', 'read')
    page = recipes.begin(browser, scope=f'openid api://{CLIENTS}1/read')      # but not for this resource
    same(page.heading, 'One more step')
    world.mfa(False)
    code = app.code(app.begin(browser))
    world.policy_state(block, 'enabled')
    answer = app.redeem(browser, code)
    same((answer.json()['error'], answer.json().get('suberror')), ('invalid_grant', 'message_only'))
    same(app.begin(browser).status, 403)
    world.policy_state(block, 'disabled')


@test('req85 req88 req84', 'prompt and max_age ask anew, and never for less')
def asked_anew():
    address, user = world.customer()
    browser, app, page = world.sign_in(address)
    same(app.begin(browser).status, 303)
    for more in ({'prompt': 'login'}, {'max_age': '0'}, {'prompt': 'select_account login'}):
        same(app.begin(browser, **more).heading, 'Sign in', more)
    same(query_of(app.begin(browser, prompt='none', max_age='0').location)['error'], 'login_required')
    world.advance(100000)
    same(app.begin(browser, max_age='99').heading, 'Sign in')
    same(app.begin(browser, max_age='1000').status, 303)


@test('attackE13', 'an app that is disabled or gone, or has no user flow, begins nothing')
def apps():
    address, _ = world.customer()
    made = world.must('POST', '/applications', {'displayName': 'Short', 'web': {'redirectUris': ['http://127.0.0.1:8099/x']}})
    app, browser = App('woodgrove', made['appId'], 'http://127.0.0.1:8099/x'), world.browser()
    page = app.begin(browser)
    assert 'to-sign-up' not in page.body, page.body
    same(browser.fill(page, 'to-reset').status, 200)
    for do in ('to-sign-up', 'address'):
        answer = browser.post('/woodgrove/flow', {**page.form().fields, 'do': do, 'email': 'new@example.net'})
        assert answer.status in (403, 409), answer
    done = browser.fill(page, 'password', email=address, password=PASSWORD)
    code = app.code(done)
    verifier, other = app.verifier, world.browser()
    same(app.begin(other, prompt='create').status, 403)
    half = app.begin(other)
    world.must('DELETE', '/applications/' + made['id'])
    same(app.redeem(browser, code, code_verifier=verifier).json()['error'], 'invalid_client')
    answer = other.fill(half, 'password', email=address, password=PASSWORD)
    assert answer.status in (400, 403) and clear(answer) is None, answer
    same((app.begin(browser).status, app.begin(browser).location), (400, None))


main(tests, [('doors', world)])
