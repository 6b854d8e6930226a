"""The authorize and token endpoints against apps and thieves (requirements B, C, E, F)."""
import base64
import hashlib
import hmac
import json
import re
import urllib.parse

from browser import App, Browser, base64url, claims, clear, query_of
from world import CLIENTS, PASSWORD, World, main, named, same

tests = []
test = named(tests)
world = World(sourceSendsAnHour=100000)
address, user = world.customer()
SECRET = 'canary-secret-of-the-portal-0123456789'
world.canaries.add(SECRET)
world.must('POST', '/applications', {
    'appId': '0a8f6a52-7c1e-4b39-9a57-1f20c3d4e5aa', 'displayName': 'Portal',
    'web': {'redirectUris': ['http://127.0.0.1:8091/back?from=us']},
    'passwordCredentials': [{'displayName': 'one', 'secretText': SECRET}]})
portal = App('woodgrove', '0a8f6a52-7c1e-4b39-9a57-1f20c3d4e5aa', 'http://127.0.0.1:8091/back?from=us', SECRET)
app = world.app()
browser = world.sign_in(address)[0]      # has a session: a good request is answered at once


def authorize(query, method='GET', where=None):
    text = query if isinstance(query, str) else urllib.parse.urlencode(query)
    if method == 'GET':
        return (where or browser).send('GET', app.path('authorize') + '?' + text)
    return (where or browser).send('POST', app.path('authorize'), text)


def fresh_code(of=app):
    page = authorize(of.request())
    assert page.status == 303, page
    return query_of(page.location)['code']


@test('req17 req18 attackD6', 'a redirect_uri is compared byte by byte, and nobody is sent elsewhere')
def redirect_uris():
    good = app.redirect_uri
    same(authorize(app.request()).status, 303)
    for uri in (good.upper(), good + '/', good + '%2F', good + '?x=1', good + '#x', good.replace('callback', 'Callback'),
                good.replace('http://', 'http://a@'), good.replace('/callback', '/x/../callback'),
                good.replace('/callback', '/./callback'), good.replace('/callback', '\\callback'),
                good.replace('127.0.0.1', 'localhost'), good.replace('127.0.0.1', '127.0.0.1.evil.example'),
                good.replace(':8090', ''), good.replace(':8090', ':80900'), 'https' + good[4:],
                '//evil.example/callback', 'javascript:alert(1)//callback', good + '\r\nSet-Cookie: a=b',
                good + '\0', ' ' + good, good.replace('127.0.0.1', '１27.0.0.1'), '', None,
                good.replace('http://127.0.0.1:8090', 'http://127.0.0.1:8090@evil.example')):
        page = authorize(app.request(redirect_uri=uri))
        same((page.status, page.location), (400, None), uri)
        same(clear(page), None, uri)
        page = authorize(app.request(redirect_uri=uri, response_type='token', prompt='none'), 'POST')
        same((page.status, page.location), (400, None), uri)


@test('req18', 'an unknown app or tenant gets a page of ours')
def unknown():
    for client in ('0a8f6a52-7c1e-4b39-9a57-1f20c3d4e599', '', None, 'x', CLIENTS + '1 ', "' or 1=1"):
        page = authorize(app.request(client_id=client))
        same((page.status, page.location, clear(page)), (400, None, None), client)
    for tenant in ('nobody', '5f0cd3a1-5b0e-4e5c-9d43-7a1c2f6b8e11', 'woodgrove%00', 'WOODGROVE%2f..', '%ff'):
        page = browser.send('GET', f'/{tenant}/oauth2/v2.0/authorize?' + urllib.parse.urlencode(app.request()))
        assert page.status in (400, 404) and not page.location, (tenant, page)
        same(clear(page), None, tenant)
        page = browser.send('POST', f'/{tenant}/oauth2/v2.0/token', 'grant_type=authorization_code')
        assert page.status in (400, 404), (tenant, page)


@test('req229', 'what HTTP itself refuses at a page is a page too')
def refused_by_http():
    big = 'state=' + 'x' * 40000
    for path in (app.path('authorize'), app.path('logout'), '/woodgrove/flow'):
        same(browser.send('POST', path, big).status, 413)
        same(clear(browser.send('POST', path, big)), None, path)
        answer = browser.send('PUT', path, 'x=1')
        same((answer.status, clear(answer)), (405, None), path)
    answer = browser.send('POST', app.path('token'), big, {'Accept': 'application/json'})
    assert answer.status == 413 and answer.json()['error']['requestId'], answer


@test('req22 req16 req21 req6 req33 req86 req88', 'each refusal goes back with state, iss and its error')
def refusals():
    for changed, error in (
            ({'response_type': 'token'}, 'unsupported_response_type'),
            ({'response_type': 'id_token token'}, 'unsupported_response_type'),
            ({'response_type': None}, 'invalid_request'),
            ({'code_challenge': None, 'code_challenge_method': None}, 'invalid_request'),
            ({'code_challenge': None}, 'invalid_request'),
            ({'code_challenge_method': 'plain'}, 'invalid_request'),
            ({'code_challenge_method': None}, 'invalid_request'),
            ({'code_challenge': 'short'}, 'invalid_request'),
            ({'code_challenge': 'a' * 42 + '='}, 'invalid_request'),
            ({'response_mode': 'web_message'}, 'invalid_request'),
            ({'request': 'ey'}, 'request_not_supported'),
            ({'request_uri': 'https://evil.example'}, 'request_uri_not_supported'),
            ({'prompt': 'none login'}, 'invalid_request'), ({'prompt': 'nonsense'}, 'invalid_request'),
            ({'max_age': '-1'}, 'invalid_request'), ({'max_age': 'soon'}, 'invalid_request'),
            ({'max_age': '99999999999999999999'}, 'invalid_request'),
            ({'scope': 'openid "'}, 'invalid_scope'), ({'scope': 'x' * 5000}, 'invalid_scope'),
            ({'scope': 'api://0a8f6a52-7c1e-4b39-9a57-1f20c3d4e599/read'}, 'invalid_scope'),
            ({'resource': 'https://nobody.example'}, 'invalid_target'),
            ({'nonce': 'n' * 5000}, 'invalid_request')):
        for method in ('GET', 'POST'):
            page = authorize(app.request(**changed), method)
            same(page.status, 303, changed, page)
            assert page.location.startswith(app.redirect_uri + '?'), page
            answer = query_of(page.location)
            same((answer.get('error'), answer.get('state')), (error, app.state), changed)
            assert answer['iss'].startswith(world.base + '/') and 'code' not in answer, answer
    page = authorize(app.request(prompt='none'), where=world.browser())
    same(query_of(page.location)['error'], 'login_required')
    for name in app.request():
        query = app.request()
        page = authorize(urllib.parse.urlencode(query) + '&' + urllib.parse.urlencode({name: query[name]}))
        if name in ('client_id', 'redirect_uri'):
            same((page.status, page.location), (400, None), name)
        else:
            same(query_of(page.location)['error'], 'invalid_request', name)
    same(authorize(app.request(unheard='of', claims_locales='de', display='wap', acr_values='9')).status, 303)


@test('req22 attackD10', 'state comes back as it was, whatever it holds')
def states():
    for state in ('"><script>alert(1)</script>', 'a&b=c#d?e', '\r\nX-Injected: yes', 'ü €', '%00', ' ', '+'):
        page = authorize(app.request(state=state))
        assert page.header('X-Injected') is None and '\n' not in page.location, page
        same(query_of(page.location)['state'], state)
    page = authorize(app.request(state='s' * 5000))
    assert page.status in (303, 400, 414) and 'code=' not in (page.location or ''), page


@test('attackD1', 'a redirect after the password is 303, and only the app gets the code')
def see_other():
    page = portal.begin(browser)
    code = query_of(page.location)
    assert page.location.startswith('http://127.0.0.1:8091/back?from=us&') and code['from'] == 'us', page
    same(portal.redeem(browser, code['code']).status, 200)


@test('req36', 'a code works once: the second use kills the tokens of the first')
def reuse():
    code = fresh_code()
    first = app.redeem(browser, code)
    same(first.status, 200, first)
    token = first.json()['access_token']
    same(app.userinfo(browser, token).status, 200)
    world.advance(1000)
    again = app.redeem(browser, code)
    same((again.status, again.json()['error']), (400, 'invalid_grant'))
    same(app.userinfo(browser, token).status, 401)
    code = fresh_code()
    token = app.redeem(browser, code).json()['access_token']
    world.advance(30000)
    same(app.redeem(browser, code).json()['error'], 'invalid_grant')
    same(app.userinfo(browser, token).status, 401)


@test('req35 attackD7 attackD8', 'a code with the wrong client, redirect_uri or verifier is refused, and dead')
def bindings():
    for changed, status, error in (
            ({'code_verifier': 'w' * 43}, 400, 'invalid_grant'), ({'code_verifier': None}, 400, 'invalid_request'),
            ({'code_verifier': ''}, 400, 'invalid_request'),
            ({'redirect_uri': app.redirect_uri + '/'}, 400, 'invalid_grant'),
            ({'redirect_uri': None}, 400, 'invalid_request'),
            ({'client_id': CLIENTS + '2'}, 400, 'invalid_grant'),
            ({'client_id': portal.client_id, 'client_secret': SECRET}, 400, 'invalid_grant')):
        code = fresh_code()
        answer = app.redeem(browser, code, **changed)
        same((answer.status, answer.json()['error']), (status, error), changed)
        same(app.redeem(browser, code).json().get('error'), 'invalid_grant', changed)
    code = fresh_code(portal)
    for secret in ('wrong', None, SECRET + ' '):
        answer = portal.redeem(browser, code, client_secret=secret)
        same((answer.status, answer.json()['error']), (401, 'invalid_client'), secret)
    same(portal.redeem(browser, code).status, 200)      # who is nobody kills nothing


@test('req25 attackB1', 'a code ends after sixty seconds')
def code_expiry():
    code = fresh_code()
    world.advance(40000)
    same(app.redeem(browser, code).status, 200)
    code = fresh_code()
    world.advance(60000)
    same(app.redeem(browser, code).json()['error'], 'invalid_grant')


@test('req34 req38 req41 req42 req53', 'the token endpoint is strict, and says so in JSON')
def token_endpoint():
    path = app.path('token')
    same(browser.send('GET', path).status, 405)
    good = {'grant_type': 'authorization_code', 'client_id': app.client_id, 'code': 'x'}
    form = urllib.parse.urlencode
    basic = 'Basic ' + base64.b64encode(f'{portal.client_id}:{SECRET}'.encode()).decode()
    unfit = 'Basic ' + base64.b64encode(f'{portal.client_id}:wrong'.encode()).decode()
    rows = [
        (json.dumps(good), {'Content-Type': 'application/json'}, (400, 415), 'invalid_request'),
        (form({**good, 'grant_type': 'password'}), {}, (400,), 'unsupported_grant_type'),
        (form({**good, 'grant_type': 'client_credentials'}), {}, (400,), 'unauthorized_client'),
        (form({'client_id': app.client_id}), {}, (400,), 'invalid_request'),
        (form(good) + '&code=y', {}, (400,), 'invalid_request'),
        (form(good) + '&x=1&x=2', {}, (400,), 'invalid_request'),
        (form(good), {}, (400,), 'invalid_grant'),
        (form({**good, 'code': ''}), {}, (400,), 'invalid_request'),
        (form({'grant_type': 'authorization_code', 'code': 'x'}), {}, (400,), 'invalid_request'),
        (form({**good, 'client_id': 'nobody'}), {}, (401,), 'invalid_client'),
        (form({**good, 'client_secret': 'x'}), {}, (401,), 'invalid_client'),
        (form({**good, 'client_id': portal.client_id, 'client_secret': SECRET}), {'Authorization': basic}, (400,),
         'invalid_request'),
        (form(good), {'Authorization': basic}, (400,), 'invalid_request'),
        (form(good), {'Authorization': 'Basic !!!'}, (400, 401), None),
        (form({'grant_type': 'authorization_code', 'code': 'x'}), {'Authorization': unfit}, (401,),
         'invalid_client'),
        ('%zz=1', {}, (400,), 'invalid_request'), ('code=%00', {}, (400,), 'invalid_request'),
        ('', {}, (400,), 'invalid_request'), ('&'.join(f'a{n}=1' for n in range(65)), {}, (400,), 'invalid_request'),
        ('code=' + 'x' * 40000, {}, (413,), None)]
    for body, headers, statuses, error in rows:
        answer = browser.send('POST', path, body, {'Accept': '*/*', **headers})
        assert answer.status in statuses, (body[:80], answer)
        told = answer.json()
        if error:
            same(told['error'], error, body[:80])
        assert set(json.dumps(told.get('error_description', ''), ensure_ascii=False)[1:-1]) <= \
            set(map(chr, range(0x20, 0x7f))) - {'"', '\\'}, told
        same(answer.header('Cache-Control'), 'no-store', body[:80])
        if answer.status == 401 and 'Authorization' in headers:
            assert answer.header('WWW-Authenticate'), answer


def sign(header, payload, key=b''):
    parts = [base64url(json.dumps(part).encode()) for part in (header, payload)]
    mac = base64url(hmac.digest(key, '.'.join(parts).encode(), 'sha256')) if key else ''
    return '.'.join(parts + [mac])


@test('req69 req80 req81', 'userinfo takes one kind of token only')
def tokens():
    answer = app.redeem(browser, fresh_code()).json()
    token, told = answer['access_token'], claims(answer['access_token'])
    same(app.userinfo(browser, token).json()['sub'], claims(answer['id_token'])['sub'])
    keys = browser.send('GET', '/woodgrove/discovery/v2.0/keys').json()['keys']
    head = json.loads(base64.urlsafe_b64decode(token.split('.')[0] + '=='))
    name, body, signature = token.split('.')
    public = json.dumps(next(key for key in keys if key['kid'] == head['kid'])).encode()
    bad = {
        'alg none': sign({**head, 'alg': 'none'}, told), 'alg None': sign({**head, 'alg': 'None'}, told),
        'HS256 with the public key': sign({**head, 'alg': 'HS256'}, told, public),
        'the ID token': answer['id_token'], 'no signature': f'{name}.{body}.', 'two parts': f'{name}.{body}',
        'five parts': token + '..', 'trailing dot': token + '.', 'trailing space': token + ' x',
        'other payload': '.'.join([name, base64url(json.dumps({**told, 'sub': user}).encode() + b' '), signature]),
        'unknown kid': '.'.join([base64url(json.dumps({**head, 'kid': 'x'}).encode()), body, signature]),
        **{f'{member} {str(value)[:20]} in the head': '.'.join([base64url(json.dumps({**head, member: value}).encode()), body, signature])
           for member, value in (('jwk', keys[0]), ('jku', 'https://evil.example/keys'), ('kid', None),
                                 ('x5u', 'https://evil.example/cert'), ('crit', ['exp']), ('typ', 'logout+jwt'),
                                 ('typ', 'JWT'), ('alg', 'RS256'), ('alg', ['ES256']), ('b64', False))},
        'a member twice': '.'.join([base64url(b'{"alg":"none",' + json.dumps(head).encode()[1:]), body, signature]),
        'not UTF-8': '.'.join([base64url(json.dumps(head)[:-1].encode() + b',"x":"\xff"}'), body, signature]),
        'no object': '.'.join([base64url(b'[]'), body, signature]), 'empty parts': '..', 'four parts': token + '.x',
        'one bit': token[:-3] + ('A' if token[-3] != 'A' else 'B') + token[-2:],
        'padding': token + '=', 'garbage': 'x', 'NUL': 'a%00', 'a code': fresh_code(), 'long': 'a.' * 3000}
    for what, one in bad.items():
        answer = portal.ask(browser, 'introspect', token=one)
        same((answer.status, answer.raw), (200, b'{"active":false}'), what)
        page = app.userinfo(browser, one)
        same(page.status, 401, what, page)
        assert 'error="invalid_token"' in page.header('WWW-Authenticate'), (what, page.headers)
    page = app.userinfo(browser, None)
    same((page.status, page.header('WWW-Authenticate'), page.raw), (401, 'Bearer', b''))
    same(browser.send('GET', app.path('userinfo') + '?access_token=' + token).status, 401)
    page = browser.send('POST', app.path('userinfo'), 'access_token=' + token)
    same(page.status, 200)
    page = app.userinfo(browser, app.redeem(browser, fresh_code_scope('profile')).json()['access_token'])
    same(page.status, 403)
    assert 'insufficient_scope' in page.header('WWW-Authenticate')
    world.advance(601000)
    same(app.userinfo(browser, token).status, 401)


def fresh_code_scope(scope):
    return query_of(authorize(app.request(scope=scope)).location)['code']


@test('req232 attackC18', 'codes and tokens of one issuer or tenant are worth nothing at another')
def issuers():
    other = Browser(world.other, browser.source)
    other.cookies = dict(browser.cookies)
    code = fresh_code()
    same(app.redeem(other, code).json()['error'], 'invalid_grant')
    token = app.redeem(browser, fresh_code()).json()['access_token']
    same(app.userinfo(other, token).status, 401)
    same(app.userinfo(browser, token).status, 200)
    document = world.seed()
    document['tenant'].update(id='5f0cd3a1-5b0e-4e5c-9d43-7a1c2f6b8e99', name='fabrikam')
    for section in ('users', 'groups', 'conditionalAccessPolicies'):
        document.pop(section)
    world.must('POST', '/apply', document, tenant=None)
    foreign = App('fabrikam', app.client_id, app.redirect_uri)
    foreign.verifier = app.verifier
    same(foreign.redeem(browser, fresh_code()).json()['error'], 'invalid_grant')
    same(foreign.userinfo(browser, token).status, 401)
    page = foreign.begin(browser)
    same((page.status, page.heading), (200, 'Sign in'), page)


def posted(page):
    """The fields that the page posts to the app by itself, and what may run there."""
    same(page.status, 200, page)
    form = page.forms[0]
    policy = page.header('Content-Security-Policy')
    script = re.search(r'<script>(.*?)</script>', page.body).group(1)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy and "'unsafe" not in policy, policy
    assert "frame-ancestors 'none'" in policy and 'no-store' in page.header('Cache-Control'), page.headers
    return form.action, form.fields


@test('req26', 'the answer comes in the query, in the fragment, or is posted, as it was asked for')
def modes():
    page = authorize(app.request(response_mode='fragment'))
    target, answer = page.location.split('#')
    told = dict(urllib.parse.parse_qsl(answer))
    same((page.status, target, told['state']), (303, app.redirect_uri, app.state))
    same(app.redeem(browser, told['code']).status, 200)
    target, told = posted(authorize(app.request(response_mode='form_post', state='"><script>x</script>')))
    same((target, told['state'], sorted(told)), (app.redirect_uri, '"><script>x</script>', ['code', 'iss', 'state']))
    same(app.redeem(browser, told['code']).status, 200)
    where = world.browser()
    page = app.begin(where, response_mode='form_post')
    target, told = posted(where.fill(page, 'password', email=address, password=PASSWORD))
    same((target, told['state']), (app.redirect_uri, app.state))
    same(app.redeem(where, told['code']).status, 200)
    page = portal.begin(browser, response_mode='form_post')
    target, told = posted(page)
    same((target, portal.redeem(browser, told['code']).status), (portal.redirect_uri, 200))


@test('req26 req22', 'refusals go the way that was asked for as well')
def refused_modes():
    page = authorize(app.request(response_mode='fragment', scope='api://nowhere/x'))
    told = dict(urllib.parse.parse_qsl(page.location.split('#')[1]))
    same((told['error'], told['state']), ('invalid_scope', app.state))
    target, told = posted(authorize(app.request(response_mode='form_post', code_challenge=None)))
    same((target, told['error'], told['state']), (app.redirect_uri, 'invalid_request', app.state))
    target, told = posted(authorize(app.request(response_mode='form_post', prompt='none'), where=world.browser()))
    same((told['error'], told['state'], bool(told['iss'])), ('login_required', app.state, True))


@test('req36', 'nothing of this has ended the session')
def session_lives():
    same(authorize(app.request()).status, 303)
    same(world.sign_in(address, password=PASSWORD)[2].status, 303)


main(tests, [('oidc', world)])
