"""What answers tell: no code, no secret, no place in another tenant's list, no door for debugging."""
import base64
import json
import os
import re
import tempfile

from browser import Browser, base64url, clear
from world import PASSWORD, World, main, named, same, wrong_code

tests = []
test = named(tests)
RELAY = 'canary-password-of-the-relay'
SECRET = 'canary-secret-of-an-app-0123456789'
secret_file = tempfile.NamedTemporaryFile('w', prefix='sallyport-secret-')
os.chmod(secret_file.name, 0o600)
secret_file.write(RELAY)
secret_file.flush()
world = World(sourceSendsAnHour=100000, sourcePasswords=100000, more=f'''  relay:
    {{ file: smtp.so, host: mail.example.com, username: "canary-name", password_file: "{secret_file.name}" }}
''', change=lambda text: text.replace('mail: [spool]', 'mail: [spool, relay]'))
world.canaries.update((RELAY, SECRET))
FABRIKAM = {'tenant': {'id': '5f0cd3a1-5b0e-4e5c-9d43-7a1c2f6b8e99', 'name': 'fabrikam', 'displayName': 'Fabrikam',
                       'defaultLocale': 'en', 'mailFrom': 'a@fabrikam.example'}}
APP = {'displayName': 'Portal', 'web': {'redirectUris': ['http://127.0.0.1:8091/back']},
       'passwordCredentials': [{'displayName': 'one', 'secretText': SECRET}]}
portal = world.must('POST', '/applications', APP)
world.must('POST', '/apply', FABRIKAM, tenant=None)


def reads():
    """Every list and object that the admin API has to read: (path, text)."""
    _, user = world.customer()
    group = world.must('GET', '/groups')['value'][0]['id']
    flow = world.must('GET', '/identity/authenticationEventsFlows')['value'][0]['id']
    methods = '/policies/authenticationMethodsPolicy/authenticationMethodConfigurations'
    for path in ('/applications', '/applications/' + portal['id'], '/users', '/users/' + user, '/groups', '/groups/' + group,
                 f'/groups/{group}/members', '/identity/authenticationEventsFlows', '/identity/authenticationEventsFlows/' + flow,
                 '/identity/conditionalAccess/policies', methods, methods + '/Email', '/auditLogs/signIns', '/tenants', '/tenant',
                 '/mail/queue', '/plugins', '/version'):
        status, answer, headers = world.ask('GET', path)
        same(status, 200, path, answer)
        yield path, json.dumps(answer) + str(headers)


@test('attackB5', 'no answer holds the code, whatever the request asks for')
def returned():
    address, _ = world.customer()
    world.mfa()
    browser, app, page = world.sign_in(address)
    code = world.code(address)
    pages = [page]
    for more in ({'returnCode': 'true'}, {'return_code': '1'}, {'challenge_type': 'oob'}, {'debug': '1'}, {'test': 'true'}):
        for kind in ('text/html', 'application/json', '*/*'):
            pages.append(browser.twin().send('POST', '/woodgrove/flow?returnCode=true', '&'.join(
                f'{name}={value}' for name, value in {**page.form().fields, 'do': 'resend', **more}.items()),
                {'Accept': kind, 'X-Return-Code': 'true'}))
    pages.append(browser.get('/woodgrove/flow/' + page.form().fields['journey'] + '?returnCode=true'))
    pages.append(browser.fill(page, 'code', code=wrong_code(code)))
    world.mfa(False)
    for one in pages:
        assert code not in one.body and code not in str(one.headers), one
    same(len(world.codes(address)), 1)


@test('attackB12 attackE16', 'nothing that may be read holds a secret, or what is kept of one')
def secrets():
    world.customer()
    for path, text in reads():
        for word in (RELAY, SECRET, PASSWORD, 'canary-name', 'secretHash', 'secretText', '$argon2', '"d":', '"p":'):
            assert word not in text, (path, word)
        assert not re.search(r'verifier|password_file|passwordProfile', text), path
    for path in ('/healthz', '/readyz', '/metrics'):
        body = Browser(world.private).send('GET', path).body
        assert RELAY not in body and SECRET not in body, path


@test('attackE20', 'a credential sent back as it was shown is neither the old secret nor a new one')
def masked():
    shown = world.must('GET', '/applications/' + portal['id'])
    same(len(shown['passwordCredentials']), 1, shown)
    app = world.app()
    app.client_id, app.redirect_uri, app.secret = portal['appId'], 'http://127.0.0.1:8091/back', SECRET

    def judged(secret):
        return app.redeem(world.browser(), 'x', client_secret=secret).json()['error']
    same(judged(SECRET), 'invalid_grant')       # the secret is right, the code is not
    hint = shown['passwordCredentials'][0].get('hint', 'can')
    for sent in (shown['passwordCredentials'], [{**shown['passwordCredentials'][0], 'secretText': None}],
                 [{'displayName': 'x', 'secretText': hint + '*' * 20, 'secretHash': 'A' * 43}],
                 [{'displayName': 'x', 'keyId': shown['passwordCredentials'][0]['keyId'], 'secretHash': 'A' * 43}],
                 [{'displayName': 'x', 'keyId': '5f0cd3a1-5b0e-4e5c-9d43-7a1c2f6b8e11'}]):
        status, answer, _ = world.ask('PATCH', '/applications/' + portal['id'], {'passwordCredentials': sent})
        assert status in (200, 400), (sent, answer)
        assert '@sallyport.secrets' not in answer, answer
        same(judged(SECRET), 'invalid_grant', sent)
        for wrong in ('', hint, hint + '*' * 20, 'A' * 43, None):
            same(judged(wrong), 'invalid_client', sent, wrong)


@test('attackE17', 'there is no door for debugging, on any listener')
def debugging():
    for base in (world.base, world.other, world.private):
        for path in ('/debug/pprof/', '/debug', '/test/outbox', '/test/clock', '/actuator/env', '/.env', '/server-status', '/clock',
                     '/console', '/v1.0/clock', '/admin/clock', '/dump', '/trace', '/.git/config', '/conf/sallyport.yaml'):
            for method in ('GET', 'POST'):
                page = Browser(base).send(method, path, '' if method == 'POST' else None)
                assert page.status in (400, 401, 403, 404, 405, 413, 415), (base, method, path, page)
    page = Browser(world.base).send('GET', '/debug')
    same((page.status, clear(page)), (404, None))


@test('attackE18 attackE19', 'a forged place in a list is refused or harmless, and shows nothing of another tenant')
def cursors():
    for number in range(3):
        world.customer(f'fab{number}@fabrikam.example', tenant='fabrikam')
        world.customer(f'wood{number}@woodgrove.example')
    first = world.must('GET', '/users?$top=1')
    link = first['@odata.nextLink'].split('$skiptoken=')[1]
    raw = base64.urlsafe_b64decode(link + '=' * (-len(link) % 4))
    same(len(first['value']), 1)
    forged = [link[:-2], link + 'AA', link * 20, '!', '', 'AAAA', '%00', '%ff', base64url(b'\xff' * 400)]
    forged += [base64url(raw[:at] + bytes([raw[at] ^ bit]) + raw[at + 1:])
               for at in range(len(raw)) for bit in (1, 0x80, 0xff)]
    for token in forged:
        for tenant, other in (('woodgrove', 'fabrikam'), ('fabrikam', 'woodgrove')):
            status, answer, _ = world.ask('GET', f'/users?$top=999&$skiptoken={token}', tenant=tenant)
            assert status in (200, 400), (status, answer)
            assert f'@{other}.example' not in json.dumps(answer), (token, tenant)
    for top in ('0', '-1', '1000000', '9223372036854775808', 'x', '', '1e3', '0x10', ' 1'):
        same(world.ask('GET', f'/users?$top={top}'.replace(' ', '%20'))[0], 400, top)
        same(world.ask('GET', f'/auditLogs/signIns?$top={top}'.replace(' ', '%20'))[0], 400, top)


@test('req237', 'whoever calls himself what is no text is on record all the same')
def agents():
    address, user = world.customer()
    for agent in (b'\xff\xfe', b'a\xc0\x80b', b'\xed\xa0\x80' + b'x' * 300, b'', b'x' * 4000):
        browser, app = world.browser(), world.app()
        page = app.begin(browser)
        form = page.form('password')
        answer = browser.post(form.action, {**form.fields, 'do': 'password', 'email': address, 'password': PASSWORD},
                              follow=False, **{'User-Agent': agent})
        same(answer.status, 303, agent, answer)
    found = [one for one in world.must('GET', '/auditLogs/signIns')['value'] if one['userId'] == user]
    same(len(found), 5)
    assert all('userAgent' in one and one['status']['errorCode'] == 0 for one in found), found


main(tests, [('told', world)])
