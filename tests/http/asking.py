"""What apps ask of a sign-in: prompt, max_age, hints; one session for several apps (requirements G)."""
import base64
import json
import urllib.parse

from browser import App, claims, clear
from world import PASSWORD, World, main, named, same, shape

tests = []
test = named(tests)
world = World(sourceSendsAnHour=100000, sourcePasswords=100000, unprovenSends=100, unprovenSendsADay=200)
MINUTE, DAY = 60000, 24 * 3600 * 1000


@test('req83 req84', 'prompt none never shows a page, and never gives a token that policy would not')
def silent():
    app, browser = world.app(), world.browser()
    same(world.told(app, app.begin(browser, prompt='none')), 'login_required')
    address, user, browser, app, _ = world.signed_in()
    page = app.begin(browser, prompt='none')
    same(app.redeem(browser, app.code(page)).status, 200)
    for more in ({'max_age': '0'}, {'max_age': '1'}):
        world.advance(2000)
        same(world.told(app, app.begin(browser, prompt='none', **more)), 'login_required', more)
    world.mfa()
    same(world.told(app, app.begin(browser, prompt='none')), 'interaction_required')
    same(world.letters(address), [])
    excluded = world.app(2)         # policy leaves it out
    same(excluded.redeem(browser, excluded.code(excluded.begin(browser, prompt='none'))).status, 200)
    world.mfa(False)
    same(app.begin(browser, prompt='none').status, 303)
    world.must('PATCH', '/users/' + user, {'accountEnabled': False})
    same(world.told(app, app.begin(browser, prompt='none')), 'login_required')


@test('req83 req29', 'prompt none in a frame of a stranger: nothing of it may be framed, whatever comes')
def framed():
    address, _, browser, app, _ = world.signed_in()
    for headers in ({'Sec-Fetch-Dest': 'iframe', 'Sec-Fetch-Site': 'cross-site'}, {}):
        for where, more in ((browser, {}), (world.browser(), {}), (browser, {'redirect_uri': 'https://evil.example'})):
            path = app.path('authorize') + '?' + urllib.parse.urlencode(app.request(prompt='none', **more))
            page = where.send('GET', path, headers=headers)
            same(page.location is None or page.location.startswith(app.redirect_uri), True, page)
            assert "frame-ancestors 'none'" in page.header('Content-Security-Policy'), page.headers


@test('req85 req194', 'prompt login asks anew, and auth_time is later; the old session is over')
def login():
    address, _, browser, app, tokens = world.signed_in()
    before = claims(tokens['id_token'])['auth_time']
    old = browser.twin()
    world.advance(5000)
    page = app.begin(browser, prompt='login')
    same((page.status, page.heading), (200, 'Sign in'))
    page = browser.fill(page, 'password', email=address, password=PASSWORD)
    after = claims(app.redeem(browser, app.code(page)).json()['id_token'])
    assert after['auth_time'] >= before + 5, (before, after)
    same(world.told(app, app.begin(old, prompt='none')), 'login_required')
    for prompt in ('login consent', 'consent login', 'select_account', 'select_account login'):
        same(app.begin(browser, prompt=prompt).status, 200, prompt)


@test('req86 req87', 'values that contradict each other, and those that nobody knows, are refused; create is sign-up')
def combinations():
    address, _, browser, app, _ = world.signed_in()
    for prompt in ('none login', 'login none', 'none consent', 'none select_account', 'none create', 'none none',
                   'create login', 'create select_account', 'Login', 'logout', 'none,login', 'login\tnone'):
        same(world.told(app, app.begin(browser, prompt=prompt)), 'invalid_request', prompt)
    for where in (browser, world.browser()):
        page = app.begin(where, prompt='create')
        same((page.status, page.heading, clear(page)), (200, 'Create an account', None))
    partners = world.app(4)     # in no user flow: nobody signs up
    same(partners.begin(world.browser(), prompt='create').status, 403)
    same(app.begin(browser, prompt='').status, 303)


@test('req88', 'max_age asks anew whoever signed in too long ago; 0 is login; auth_time says when it was')
def ages():
    address, _, browser, app, tokens = world.signed_in()
    world.advance(100000)
    same(app.begin(browser, max_age='3600').status, 303)
    for age in ('99', '1', '0'):
        page = app.begin(browser, max_age=age)
        same((page.status, page.heading), (200, 'Sign in'), age)
    page = browser.fill(page, 'password', email=address, password=PASSWORD)
    said = claims(app.redeem(browser, app.code(page)).json()['id_token'])
    assert said['auth_time'] >= claims(tokens['id_token'])['auth_time'] + 100, said
    assert said['iat'] - said['auth_time'] <= 5, said
    for age in ('-1', '1.5', '1e3', ' 1', '0x10', '99999999999', 'soon'):
        same(world.told(app, app.begin(browser, max_age=age)), 'invalid_request', age)


def forged(token, header=None, **payload):
    """The token with other words, and the signature that it had."""
    head, body, signature = token.split('.')
    said = {**claims(token), **payload}
    parts = [json.dumps(part).encode() for part in (header, said) if part is not None]
    text = [base64.urlsafe_b64encode(part).rstrip(b'=').decode() for part in parts]
    return '.'.join([text[0] if header else head, text[-1], '' if header else signature])


@test('req89', 'a hint of the customer who is signed in lets him pass: old, expired, from before a rotation')
def own_hint():
    address, user, browser, app, tokens = world.signed_in()
    hint = tokens['id_token']
    for more in ({}, {'prompt': 'none'}, {'prompt': 'none', 'login_hint': 'somebody@else.example'}):
        same(app.begin(browser, id_token_hint=hint, **more).status, 303, more)
    other = world.app(2)
    same(other.redeem(browser, other.code(other.begin(browser, id_token_hint=hint, prompt='none'))).status, 200)
    page = app.begin(browser, id_token_hint=hint, prompt='login')
    page = browser.fill(page, 'password', email=address, password=PASSWORD)
    same(app.redeem(browser, app.code(page)).status, 200)
    world.must('POST', '/keys/rotate', {})
    world.advance(3 * 3600 * 1000)
    assert claims(hint)['exp'] * 1000 < world.move(1), hint
    same(app.begin(browser, id_token_hint=hint, prompt='none').status, 303)


@test('req89 attackC18', "somebody else's hint never gives a token: login_required, or a sign-in as that one")
def other_hint():
    mine, _, browser, app, tokens = world.signed_in()
    theirs, _, _, _, others = world.signed_in()
    hint = others['id_token']
    same(world.told(app, app.begin(browser, id_token_hint=hint, prompt='none')), 'login_required')
    page = app.begin(browser, id_token_hint=hint)
    same((page.status, page.heading), (200, 'Sign in'))
    assert theirs not in page.body and mine not in page.body, page.body
    before = browser.twin()
    answer = browser.fill(page, 'password', email=mine, password=PASSWORD)
    same(world.told(app, answer), 'login_required')
    same([line for line in answer.all('Set-Cookie') if '.session=' in line], [])
    same(app.begin(before, prompt='none').status, 303)      # nothing has happened to the session
    answer = browser.fill(page, 'password', email=mine, password=PASSWORD)      # posted again
    same((answer.status, answer.location), (409, None))
    page = app.begin(browser, id_token_hint=hint)
    page = browser.fill(page, 'password', email=theirs, password=PASSWORD)
    same(claims(app.redeem(browser, app.code(page)).json()['id_token'])['sub'], claims(hint)['sub'])
    page = browser.fill(app.begin(world.browser(), id_token_hint=hint), 'to-sign-up')
    same(page.status, 403)      # of another browser: no way round it


@test('req89', 'a hint of somebody else is told before any code is mailed, and makes no account')
def hint_before_code():
    mine, _, browser, app, tokens = world.signed_in()
    theirs = world.signed_in()[4]['id_token']
    world.mfa()
    page = app.begin(browser, id_token_hint=theirs)
    same(world.told(app, browser.fill(page, 'password', email=mine, password=PASSWORD)), 'login_required')
    world.mfa(False)
    same(world.letters(mine), [])
    newcomer = 'hinted.newcomer@example.com'
    browser = world.browser()
    page = browser.fill(app.begin(browser, id_token_hint=theirs), 'to-sign-up')
    page = browser.fill(page, 'address', email=newcomer)
    page = browser.fill(page, 'code', code=world.code(newcomer))
    page = browser.fill(page, 'new-password', password='a good long password')
    same(world.told(app, browser.fill(page, 'attributes', displayName='New')), 'login_required')
    found = world.must('GET', "/users?$filter=" + urllib.parse.quote(f"startswith(mail,'{newcomer}')"))
    assert newcomer not in json.dumps(found), found


@test('req89 req69', 'what is no ID token of this issuer names nobody')
def false_hints():
    address, user, browser, app, tokens = world.signed_in()
    hint = tokens['id_token']
    document = world.woodgrove()
    document['tenant'] = {'name': 'neighbour', 'displayName': 'Neighbour'}
    for section in ('users', 'groups', 'conditionalAccessPolicies', 'userFlows'):
        document.pop(section, None)
    for one in document['applications']:
        one.pop('id', None)
    world.must('POST', '/apply', document, tenant=None)
    neighbour, _ = world.customer(tenant='neighbour')
    there, elsewhere = App('neighbour', app.client_id, app.redirect_uri), world.browser()
    page = elsewhere.fill(there.begin(elsewhere), 'password', email=neighbour, password=PASSWORD)
    foreign = there.redeem(elsewhere, there.code(page)).json()['id_token']
    head, body, signature = hint.split('.')
    for bad in (foreign, tokens['access_token'], forged(hint, sub=user[:-1] + '0'), forged(hint, {'alg': 'none'}),
                forged(hint, {'alg': 'HS256', 'typ': 'JWT'}), f'{head}.{body}.', f'{head}.{body}', 'x', '...',
                'x' * 5000, hint + 'A', hint + '.A', 'é', '\u0001'):
        same(world.told(app, app.begin(browser, id_token_hint=bad, prompt='none')), 'login_required', bad[:60])
        page = app.begin(browser, id_token_hint=bad)
        same((page.status, page.heading, clear(page)), (200, 'Sign in', None), bad[:60])
    same(app.begin(browser, id_token_hint='').status, 303)


@test('req90 attackD10', 'a login_hint fills the form in, as text, and tells of nobody')
def hints():
    address, _ = world.customer()
    app = world.app()
    pages = [app.begin(world.browser(), login_hint=hint) for hint in (address, 'no.such.person@example.com')]
    for page, hint in zip(pages, (address, 'no.such.person@example.com')):
        same(page.form('password').fields.get('email'), hint)
    left, right = (shape(page)[2].replace(hint, 'H') for page, hint in zip(pages, (address, 'no.such.person@example.com')))
    same(len(left), len(right))
    for evil in ('"><script>alert(1)</script>', "' onfocus='alert(1)", '{{=<% %>=}}', '{brand.name}', '&lt;b&gt;', '</title>'):
        page = app.begin(world.browser(), login_hint=evil)
        same((page.status, clear(page)), (200, None), evil)
        same(page.form('password').fields.get('email'), evil)
    for long in ('a' * 400, 'a\r\nSet-Cookie: x=y', 'a\0b', '\u0007'):
        page = app.begin(world.browser(), login_hint=long)
        assert page.status in (200, 400) and clear(page) is None and not page.location, (long, page)


@test('req91', 'locales, display and acr_values never are an error')
def never_wrong():
    address, _, browser, app, _ = world.signed_in()
    for name in ('ui_locales', 'claims_locales', 'display', 'acr_values', 'login_hint', 'unheard_of'):
        for value in ('', 'de en', 'xx-not-a-language', 'touch', '<script>', 'urn:nothing:here', 'x' * 2000, '{{', 'é ü'):
            page = app.begin(browser, **{name: value})
            same(app.redeem(browser, app.code(page)).status, 200, name, value)
            same(app.begin(world.browser(), **{name: value}).status, 200, name, value)
    same(app.begin(world.browser(), ui_locales='fr de').reader.lang, 'de')


@test('issue4.1', 'a second app signs in without a question; policy asks for what is missing, and for nothing more')
def several_apps():
    address, _, browser, one, tokens = world.signed_in()
    two = world.app(2)
    page = two.begin(browser)
    same(claims(two.redeem(browser, two.code(page)).json()['id_token'])['amr'], ['pwd'])
    world.mfa()
    same(two.begin(browser).status, 303)        # excluded: as it was
    page = one.begin(browser)                   # protected: the code, and no password
    same([form.buttons for form in page.forms if ('do', 'password') in form.buttons], [])
    page = browser.fill(page, 'send')
    page = browser.fill(page, 'code', code=world.code(address))
    said = claims(one.redeem(browser, one.code(page)).json()['id_token'])
    same(sorted(said['amr']), ['emailotp', 'mfa', 'pwd'])
    same(said['auth_time'], claims(tokens['id_token'])['auth_time'])
    for app in (one, two):                      # and now nothing, anywhere
        same(app.redeem(browser, app.code(app.begin(browser, prompt='none'))).status, 200)
    world.mfa(False)


@test('sem4.2', "an excluded app's session opens no protected one, by whatever way")
def excluded_session():
    address, _ = world.customer()
    world.mfa()
    browser, two, page = world.sign_in(address, app=world.app(2))
    same(two.redeem(browser, two.code(page)).status, 200)
    one = world.app(1)
    same(world.told(one, one.begin(browser, prompt='none')), 'interaction_required')
    for more in ({}, {'prompt': 'consent'}, {'acr_values': 'urn:sallyport:acr:single'}, {'max_age': '3600'}):
        page = one.begin(browser, **more)
        same((page.status, page.location), (200, None), more)
        page.form('send')
    world.mfa(False)


@test('req31 attackC15', 'two tabs: the form of one that began before the other stepped up is worth what it was')
def tabs():
    address, _ = world.customer()
    browser, app, page = world.sign_in(address)
    one, two = world.app(1), world.app(1)
    world.mfa()
    left, right = one.begin(browser), two.begin(browser)
    step = browser.fill(left, 'send')
    left = browser.fill(step, 'code', code=world.code(address))
    said = claims(one.redeem(browser, one.code(left)).json()['id_token'])
    assert 'mfa' in said['amr'], said
    again = browser.fill(step, 'code', code=world.code(address))       # the back button
    same((again.status, again.location), (409, None), again)
    page = browser.fill(right, 'send')      # its own code, though the session would do now
    page = browser.fill(page, 'code', code=world.code(address, 2))
    same(two.redeem(browser, two.code(page)).status, 200)
    thief = world.browser()
    one.begin(thief)
    same(thief.fill(right, 'send').status, 403)
    world.mfa(False)


main(tests, [('asking', world)])
