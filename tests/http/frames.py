"""Apps hear in frames of a page that their customer has signed out (Front-Channel Logout; requirement 102)."""
import html
import re
import urllib.parse

from browser import claims, clear, query_of
from world import PASSWORD, World, main, named, same, until

tests = []
test = named(tests)
world = World(sourceSendsAnHour=100000)
world.mfa(False)
enter = world.enter
BACK = 'http://127.0.0.1:8095/back'


def app_of(uri='http://127.0.0.1:8095/frame', back=BACK, **more):
    """A new app that is told in a frame."""
    return world.register('App', back, frontchannelLogoutUri=uri, **more)


def out(app, browser, token, **more):
    query = {'id_token_hint': token, 'post_logout_redirect_uri': app.redirect_uri, 'state': 's&"<t', **more}
    return browser.send('GET', app.path('logout') + '?' + urllib.parse.urlencode(
        {name: value for name, value in query.items() if value is not None}))


def frames(page):
    """The addresses in the frames of the page, which is one of ours and shows nothing else."""
    same((page.status, page.heading), (200, 'You are signed out'), page)
    same(clear(page), 'holds a script')         # the frames, at least
    found = [html.unescape(one) for one in re.findall(r'<iframe hidden sandbox="allow-scripts allow-same-origin" src="([^"]*)"></iframe>',
                                                      page.raw.decode())]
    same(len(found), page.raw.decode().count('<iframe'))
    policy = dict(part.strip().split(' ', 1) for part in page.header('Content-Security-Policy').split(';'))
    same(set(policy['frame-src'].split()), {'/'.join(one.split('/')[:3]) for one in found})
    same((policy['default-src'], policy['frame-ancestors'], policy['form-action']), ("'none'", "'none'", "'self'"))
    return found, policy


def told(app, uri, token):
    said = claims(token)
    return uri + ('&' if '?' in uri else '?') + urllib.parse.urlencode({'iss': said['iss'], 'sid': said['sid']})


@test('req102 req8 oidcc-frontchannel-logout-discovery-endpoint-verification', 'the metadata says so')
def metadata():
    found = world.metadata()
    same((found['frontchannel_logout_supported'], found['frontchannel_logout_session_supported']), (True, True))


@test('req102 oidcc-frontchannel-rp-initiated-logout', 'every app of the session has its frame, with iss and sid, and the page goes on')
def every_app():
    uris = ['http://127.0.0.1:8095/frame', 'https://shop.example/out?from=us&x=1', 'https://shop.example/again', None]
    apps = [app_of(uris[0]), app_of(uris[1], 'https://shop.example/cb'), app_of(uris[2], 'https://shop.example/cb'), app_of(None)]
    browser, first, customer = enter(apps[0])
    tokens = [first] + [enter(app, browser, customer)[1] for app in apps[1:]]
    stranger = enter(apps[0])
    page = out(apps[0], browser, first)
    found, policy = frames(page)
    same(sorted(found), sorted(told(app, uri, token) for app, uri, token in zip(apps, uris[:3], tokens)))
    onward = apps[0].redirect_uri + '?state=s%26%22%3Ct'
    text = page.raw.decode()
    same([html.unescape(one) for one in re.findall(r'href="(http[^"]*)"', text)], [onward, onward])
    assert re.search(r"^'sha256-[\w+/]{43}='$", policy['script-src']) and text.count('<script>') == 1, policy
    assert '.session' not in ''.join(browser.cookies), browser.cookies
    same(query_of(apps[1].begin(browser, prompt='none').location)['error'], 'login_required')
    page = out(apps[0], browser, first)         # idempotent: nobody is told twice
    same((page.status, page.location), (303, onward))
    same(frames(out(apps[0], stranger[0], stranger[1]))[0], [told(apps[0], uris[0], stranger[1])])


@test('req102 req96', 'a customer who is asked and signs out himself stays on the page, whose frames need no script')
def asked():
    app = app_of()
    browser, token, _ = enter(app)
    page = browser.send('GET', app.path('logout'))
    assert b'<iframe' not in page.raw
    page = browser.fill(page, 'sign-out')
    found, policy = frames(page)
    same((found, 'script-src' in policy, page.raw.count(b'<script')), ([told(app, 'http://127.0.0.1:8095/frame', token)], False, 0))


@test('req102', 'where several customers share the browser, the page that signs them all out tells the apps of each')
def several():
    app = app_of()
    browser, first, _ = enter(app)
    other, _ = world.customer()
    tokens = [first]
    for _ in range(2):
        page = browser.fill(app.begin(browser, prompt='login', login_hint=other), 'password', email=other, password=PASSWORD)
        tokens.append(app.redeem(browser, app.code(page)).json()['id_token'])
        other, _ = world.customer()
    same(len({claims(token)['sub'] for token in tokens}), 3)
    found, _ = frames(out(app, browser, tokens[1]))
    same(found, [told(app, 'http://127.0.0.1:8095/frame', tokens[1])])        # whose token was shown, alone
    found, _ = frames(browser.fill(browser.send('GET', app.path('logout')), 'sign-out'))
    same(sorted(found), sorted(told(app, 'http://127.0.0.1:8095/frame', token) for token in (tokens[0], tokens[2])))


@test('req102 req97', 'what is wrong with the request is told, and the apps hear of the sign-out all the same')
def wrong():
    app = app_of()
    browser, token, _ = enter(app)
    page = browser.fill(out(app, browser, token, post_logout_redirect_uri='https://evil.example/'), 'sign-out')
    same((page.status, page.raw.count(b'<iframe'), b'evil.example' in page.raw, page.raw.count(b'<script')), (400, 1, False, 0))


@test('req102', 'after a step-up an app hears of the session that it knows; one that is switched off, gone or was never in it, nothing')
def known():
    apps = [app_of() for _ in range(4)]
    browser, first, customer = enter(apps[0])
    for app in apps[1:3]:
        enter(app, browser, customer)
    page = apps[1].begin(browser, prompt='login')
    page = browser.fill(page, 'password', email=customer[0], password=PASSWORD)
    second = apps[1].redeem(browser, apps[1].code(page)).json()['id_token']
    assert claims(first)['sid'] != claims(second)['sid']
    world.must('PATCH', '/applications/' + apps[2].id, {'accountEnabled': False})
    found, _ = frames(out(apps[1], browser, second))
    same(sorted(found), sorted(told(app, 'http://127.0.0.1:8095/frame', token) for app, token in zip(apps, (first, second))))


@test('req102 req99', 'an app that wants both is told by both')
def both():
    app = app_of(backchannelLogoutUri='https://unreachable.invalid/out')
    browser, token, _ = enter(app)
    before = world.metric('sallyport_logouts_told_total')
    same(len(frames(out(app, browser, token))[0]), 1)
    until(lambda: world.metric('sallyport_logouts_told_total') > before, 'the other way')


@test('req102', 'an address must be of the scheme, host and port of a redirect URI')
def registered():
    for uri in ('ftp://app.example/x', 'http://app.example/x', 'https://app.example:444/x', 'https://app.example.evil.example/x',
                'https://app.exampl/x', 'https://a@app.example/x', 'https://app.example/x#y', 'com.app:/x', 'https://app.example"/'):
        status, answer, _ = world.ask('POST', '/applications', {'displayName': 'Bad', 'frontchannelLogoutUri': uri,
                                                                'web': {'redirectUris': ['https://app.example/cb']}})
        same((status, answer['error']['details'][0]['target']), (400, 'frontchannelLogoutUri'), uri)
    made = app_of('https://app.example/bye?x', 'https://app.example/cb')
    status, answer, _ = world.ask('PATCH', '/applications/' + made.id, {'web': {'redirectUris': ['https://other.example/cb']}})
    same((status, answer['error']['details'][0]['target']), (400, 'frontchannelLogoutUri'))


main(tests, [('frames', world)])
