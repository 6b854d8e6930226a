"""The admin API against bad input: typed errors with a request id, and nothing half done (req227, 228)."""
import json

from browser import Browser
from world import PASSWORD, SOURCE, Unix, World, main, named, same

tests = []
test = named(tests)
world = World()
USERS, APPS = '/users', '/applications'


def typed(status, answer, headers, *why):
    """Is this an error as it must be?"""
    error = (answer or {}).get('error', {})
    assert error.get('code') and error.get('message'), (status, answer, why)
    assert error['innerError']['request-id'] == headers['X-Request-Id'], (answer, headers)
    assert 'Sallyport-Tenant' not in headers and 'no-store' in headers['Cache-Control'], headers
    for word in (SOURCE, '.c:', 'jansson', 'lmdb', 'MDB_'):
        assert word not in json.dumps(answer), answer


def refused(expect, method, path, *why, **more):
    status, answer, headers = world.ask(method, path, **more)
    assert status == expect if isinstance(expect, int) else status in expect, (expect, status, answer, why)
    typed(status, answer, headers, *why)
    return answer['error']


def user_text(**more):
    return json.dumps({'displayName': 'x', 'mail': 'x@example.net', 'identities': [
        {'signInType': 'emailAddress', 'issuer': 'woodgrove', 'issuerAssignedId': 'x@example.net'}],
        'passwordProfile': {'password': PASSWORD}, **more})


def count():
    return len(world.must('GET', USERS + '?$top=500')['value'])


@test('req227', 'JSON that is none, or more than one thing, is refused whole')
def not_json():
    before = count()
    good = user_text()
    for text in ('', ' ', '{', good[:-1], good + 'x', good + good, '[]', '"x"', '1', 'null', 'true', '{"a":1,"a":2}',
                 good[:-1] + ',"displayName":"y"}', '{"displayName":"a\\u0000b"}', '{"displayName":"a\x00b"}',
                 '{"displayName":"\\ud800"}', "{'a':1}", '{"a":NaN}', '{"a":1e999}', '{"a":99999999999999999999}',
                 '{"a":01}', '{"a":+1}', '{"a":1,}', '// x\n{}', '\ufeff{}', '{"a":"\t"}',
                 '{"a":' + '[' * 32 + ']' * 32 + '}', '[' * 100000, '{"a":' * 40 + '1' + '}' * 40):
        refused(400, 'POST', USERS, text[:60], raw=text.encode())
    for raw in (b'\xff\xfe{}', b'{"displayName":"\xc0\x80"}', b'{"displayName":"\xed\xa0\x80"}', b'{"displayName":"\xff"}'):
        refused(400, 'POST', USERS, raw, raw=raw)
    deep = '{"displayName":' + '[' * 31 + ']' * 31 + '}'        # 32 deep: JSON, but no user
    assert 'deeper' not in refused(400, 'POST', USERS, raw=deep)['message']
    same(count(), before)


@test('req224', 'what is too large is refused before it is read')
def too_large():
    refused(413, 'POST', USERS, raw=b" " * (390 << 10))
    refused(413, 'POST', '/apply', raw=b' ' * (9 << 20), tenant=None)
    refused(413, 'POST', '/clock', raw=b' ' * (20 << 10), tenant=None)
    refused(400, 'POST', USERS, raw=json.dumps({'displayName': 'x' * 100000}))


@test('req227 req228', 'wrong types, unknown and read-only properties name their place')
def wrong_types():
    before = count()
    for more in ({'displayName': 1}, {'displayName': ['x']}, {'displayName': {}}, {'accountEnabled': 'yes'},
                 {'accountEnabled': 1}, {'identities': {}}, {'identities': []}, {'identities': ['x']}, {'identities': None},
                 {'identities': [{'signInType': 'emailAddress'}]},
                 {'identities': [{'signInType': 1, 'issuer': 'woodgrove', 'issuerAssignedId': 'x@example.net'}]},
                 {'identities': [{'signInType': 'emailAddress', 'issuer': 'woodgrove', 'issuerAssignedId': 'no address'}]},
                 {'identities': [{'signInType': 'emailAddress', 'issuer': 'woodgrove',
                                  'issuerAssignedId': 'a@example.net,b@example.net'}]},
                 {'passwordProfile': 'x'}, {'passwordProfile': {'password': 1}}, {'passwordProfile': {'password': 'short'}},
                 {'id': 'x'}, {'id': 1}, {'id': '00000000-0000-0000-0000-000000000000'}, {'mail': 'nothing'}, {'mail': 5},
                 {'mail': 'x@example.net\r\nBcc: y@example.net'}, {'city': 'a\u0000b'}):
        refused(400, 'POST', USERS, more, raw=user_text(**more))
    same(count(), before)
    for more in ({'displayName': 5}, {'web': []}, {'web': {'redirectUris': 'x'}}, {'web': {'redirectUris': [5]}},
                 {'web': {'redirectUris': ['http://evil.example/cb']}}, {'web': {'redirectUris': ['https://x.example/#f']}},
                 {'web': {'redirectUris': ['javascript:alert(1)']}}, {'web': {'redirectUris': ['/callback']}},
                 {'appId': 'x'}, {'passwordCredentials': 'x'}, {'nativeAuthenticationApisEnabled': 7}):
        refused(400, 'POST', APPS, more, body={'displayName': 'x', **more})
    policies = '/identity/conditionalAccess/policies'
    for more in ({'state': 'on'}, {'state': 1}, {'conditions': []}, {'grantControls': {'operator': 'XOR', 'builtInControls': ['mfa']}},
                 {'grantControls': {'operator': 'OR', 'builtInControls': ['magic']}},
                 {'conditions': {'users': {'includeUsers': 'All'}, 'applications': {'includeApplications': ['All']}}}):
        refused(400, 'POST', policies, more, body={
            'displayName': 'x', 'state': 'enabled', 'grantControls': {'operator': 'OR', 'builtInControls': ['mfa']},
            'conditions': {'users': {'includeUsers': ['All']}, 'applications': {'includeApplications': ['All']}}, **more})


@test('req232', 'an unknown tenant, object, route or method is a typed error')
def unknown():
    refused(404, 'GET', USERS, tenant='nobody')
    refused(404, 'GET', USERS, tenant='5f0cd3a1-5b0e-4e5c-9d43-7a1c2f6b8e11')
    refused(404, 'GET', USERS, tenant='n\xfcbody\xff')      # as bytes that are no UTF-8
    refused(400, 'GET', USERS, tenant=None)
    for path in (USERS + '/e7a4b1c2-3d5f-4a60-8b91-c0d1e2f3afff', USERS + '/nobody@example.net', APPS + '/x',
                 '/groups/d2e8f1a3-4b6c-4e27-9c38-6f7081a2bfff', '/groups/x/members', '/identity/conditionalAccess/policies/x',
                 '/nothing', '/users/a/b/c', '/', '', '/users/%00', '/users/..%2f..'):
        refused((400, 404), 'GET', path, path)
    for method, path in (('PUT', USERS), ('DELETE', USERS), ('PATCH', '/apply'), ('GET', '/apply'), ('TRACE', USERS),
                         ('POST', '/version'), ('BREW', USERS)):
        refused((405, 501), method, path, method, path)
    for query in ('?$top=0', '?$top=-1', '?$top=x', '?$top=100000', '?$top=99999999999999999999', '?after=zzz'):
        refused(400, 'GET', '/auditLogs/signIns' + query, query)
    for body in ({'advance': -1}, {'advance': 0}, {'advance': 'x'}, {'advance': 1.5}, {}):
        refused(400, 'POST', '/clock', body, body=body, tenant=None)


@test('req227', 'a body of another type is refused')
def media():
    for kind in ('text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', None):
        refused(415, 'POST', USERS, kind, raw=user_text(), headers={'Content-Type': kind})


@test('req232', 'the admin API is not on the network')
def network():
    for base in (world.base, world.other, world.private):
        for path in ('/v1.0/users', '/v1.0/tenants', '/v1.0/apply', '/v1.0/clock', '/v1.0/mail/queue'):
            for method in ('GET', 'POST'):
                page = Browser(base).send(method, path, '{}' if method == 'POST' else None,
                                          {'Content-Type': 'application/json', 'Sallyport-Tenant': 'woodgrove',
                                           'Accept': 'application/json'})
                assert page.status in (401, 404, 405), (base, path, page)
    for path in ('/metrics', '/readyz', '/healthz'):
        assert Browser(world.other).send('GET', path).status == 404


@test('req232 attackE11', 'one tenant sees and changes nothing of another')
def tenants():
    document = {'tenant': {'id': '5f0cd3a1-5b0e-4e5c-9d43-7a1c2f6b8e99', 'name': 'fabrikam', 'displayName': 'Fabrikam',
                           'defaultLocale': 'en', 'mailFrom': 'a@fabrikam.example'}}
    world.must('POST', '/apply', document, tenant=None)
    address, user = world.customer()
    for path in (USERS + '/' + user, USERS + '/' + address, APPS + '/a1b0c6de-0c55-4c7b-8f1d-2d3f4a5b6c01',
                 '/groups/d2e8f1a3-4b6c-4e27-9c38-6f7081a2b301',
                 '/identity/conditionalAccess/policies/b4f1a2c3-5d7e-4f38-ad49-708192a3b401'):
        refused(404, 'GET', path, path, tenant='fabrikam')
        refused(404, 'DELETE', path, path, tenant='fabrikam')
        refused(404, 'PATCH', path, path, tenant='fabrikam', body={'displayName': 'mine'})
    refused(404, 'POST', f'{USERS}/{user}/revokeSignInSessions', body={}, tenant='fabrikam')
    refused(404, 'POST', f'{USERS}/{user}/resetPassword', body={'newPassword': PASSWORD + '2'}, tenant='fabrikam')
    same(world.must('GET', USERS, tenant='fabrikam')['value'], [])
    same(world.must('GET', '/auditLogs/signIns', tenant='fabrikam')['value'], [])
    same(world.sign_in(address)[2].status, 303)


@test('req228', 'an apply that is wrong anywhere changes nothing')
def apply():
    before = world.must('GET', APPS)
    for change in ({'applications': [{'displayName': 'New', 'web': {'redirectUris': ['http://evil.example/']}}]},
                   {'applications': [{'displayName': 'Fine', 'web': {'redirectUris': ['https://fine.example/']}}],
                    'conditionalAccessPolicies': [{'displayName': 'x', 'state': 'perhaps'}]},
                   {'applications': [{'displayName': 'Fine'}], 'nonsense': 1}, {'settings': {'passcodeTries': 1000}},
                   {'settings': {'unheardOf': 1}}, {'tenant': {'name': 'woodgrove', 'id': 'x'}}, {'tenant': None}, {'tenant': []},
                   {'groups': [{'displayName': 5}]}):
        document = {'tenant': {'name': 'woodgrove', 'id': '5f0cd3a1-5b0e-4e5c-9d43-7a1c2f6b8e10', 'displayName': 'W',
                               'defaultLocale': 'en', 'mailFrom': 'a@woodgrove.example'}, **change}
        refused((400, 404), 'POST', '/apply', change, body=document, tenant=None)
    same(world.must('GET', APPS), before)


@test('req53', 'many requests on one connection, good and bad, are answered in order')
def connection():
    line = Unix(world.socket)
    for number in range(20):
        line.request('POST' if number % 2 else 'GET', '/v1.0/users', '{' if number % 2 else None,
                     {'Sallyport-Tenant': 'woodgrove', 'Content-Type': 'application/json'})
        answer = line.getresponse()
        same((answer.status, answer.read() != b''), (400 if number % 2 else 200, True))
    line.close()


main(tests, [('operators', world)])
