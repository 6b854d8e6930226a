"""Administrators: a tenant of their own, who may do what, and the way in when all else fails (SEMANTICS 5)."""
import json
import re

from admins import SYSTEM, TOOLS
from browser import App, Browser, claims
from world import PASSWORD, World, counts, main, named, same, source, together

tests = []
test = named(tests)
world = World()
POLICIES = '/identity/conditionalAccess/policies'
METHODS = '/policies/authenticationMethodsPolicy/authenticationMethodConfigurations'


def system(method, path, body=None, **more):
    return world.ask(method, path, body, tenant='system', **more)


# The tenant

@test('SEMANTICS 5.1', 'the tenant of administrators is there from the start, and says what it is')
def there():
    told = {one['name']: (one['id'], one['builtIn']) for one in world.must('GET', '/tenants', tenant=None)['value']}
    same(told['system'], (SYSTEM, True))
    same(told['woodgrove'][1], False)
    policy, = system('GET', POLICIES)[1]['value']
    same((policy['state'], policy['grantControls']['builtInControls'], policy['conditions']['users']['includeUsers']),
         ('enabled', ['mfa'], ['All']))
    same([one['state'] for one in system('GET', METHODS)[1]['value']], ['enabled'])
    same(system('GET', '/identity/authenticationEventsFlows')[1]['value'], [])       # nobody signs up


@test('SEMANTICS 5.1', 'what makes it safe is not to be changed, switched off, added to, renamed or removed')
def built_in():
    def refused(method, path, body=None):
        status, answer, _ = system(method, path, body)
        same((status, answer['error']['details'][0]['code']), (400, 'BuiltIn'), method, path)
    before = [json.dumps(system('GET', path)[1]) for path in ('/tenant', POLICIES, METHODS, '/applications', '/groups')]
    policy, = system('GET', POLICIES)[1]['value']
    for change in ({'state': 'disabled'}, {'state': 'enabledForReportingButNotEnforced'}, {'displayName': 'x'}):
        refused('PATCH', f'{POLICIES}/{policy["id"]}', change)
    refused('DELETE', f'{POLICIES}/{policy["id"]}')
    refused('POST', POLICIES, {'displayName': 'Nobody', 'state': 'enabled', 'grantControls': {'operator': 'OR', 'builtInControls': ['block']},
                               'conditions': {'clientAppTypes': ['all'], 'users': {'includeUsers': ['All']}, 'applications': {'includeApplications': ['All']}}})
    refused('PATCH', METHODS + '/Email', {'state': 'disabled'})
    for app in system('GET', '/applications')[1]['value']:
        refused('PATCH', f'/applications/{app["id"]}', {'accountEnabled': False})
        refused('DELETE', f'/applications/{app["id"]}')
    refused('POST', '/applications', {'displayName': 'Mine'})
    refused('POST', '/groups', {'displayName': 'Mine'})
    refused('PATCH', '/tenant', {'name': 'mine'})
    for more in ('', '?prune=true'):
        for document in ({'conditionalAccessPolicies': [{**policy, 'state': 'disabled'}]}, {'groups': [{'displayName': 'x'}]}):
            refused('POST', '/apply' + more, {'tenant': {'id': SYSTEM}, **document})
    refused('POST', '/apply?prune=true', {'tenant': {'id': SYSTEM}, 'conditionalAccessPolicies': []})
    same([json.dumps(system('GET', path)[1]) for path in ('/tenant', POLICIES, METHODS, '/applications', '/groups')], before)
    same(system('PATCH', '/tenant', {'settings': {'passcodeTries': 3}})[0], 200)     # settings are an operator's


# Links

def link(**body):
    """The link's page and its secret."""
    status, answer, _ = world.ask('POST', '/signInLinks', body or {'first': True}, tenant=None)
    same(status, 201, answer)
    page, secret = answer['link'].split('#')
    assert page == world.base + '/system/link' and re.fullmatch(r'[\w-]{22}\.[\w-]{43}', secret), answer
    world.canaries.add(secret)
    return secret


def visit(browser=None):
    browser = browser or world.browser()
    return browser, browser.get('/system/link')


def use(secret, browser=None):
    browser, page = visit(browser)
    return browser, browser.fill(page, 'link', link=secret)


def administrator(address):
    """In the tenant of administrators, without a password."""
    return system('POST', '/users', {'displayName': 'Boss', 'mail': address, 'identities': [
        {'signInType': 'emailAddress', 'issuer': 'system', 'issuerAssignedId': address}]})[1]['id']


def sessions(browser):
    return [name for name in browser.cookies if name.endswith('.session')]


@test('SEMANTICS 5.2 req128', 'the first administrator names himself by a link, and is told so; there is no second first one')
def first():
    secret, unused = link(), link()
    late, waiting = use(link())
    browser, page = use(secret)
    same((page.status, page.heading), (200, 'Choose a password'))
    page = browser.fill(page, 'new-password', email='no address', password=PASSWORD)
    assert 'not an email address' in page.text and not sessions(browser), page.text
    page = browser.fill(page, 'new-password', email='Boss@Example.com', password='short')
    assert 'at least 12 characters' in page.text.lower(), page.text
    page = browser.fill(page, 'new-password', email='Boss@Example.com', password=PASSWORD)
    same((page.status, page.heading), (200, 'You are signed in as an administrator'))
    same(len(sessions(browser)), 1)
    boss, = system('GET', '/users')[1]['value']
    same((boss['mail'], boss['accountEnabled']), ('Boss@example.com', True))
    told = system('GET', '/auditLogs/directoryAudits')[1]['value']
    same(sorted(one['activityDisplayName'] for one in told[:2]), ['Add member to role', 'Sign in by link'])    # one batch
    same(told[2]['activityDisplayName'], 'Create sign-in link')
    same(told[2]['initiatedBy']['user']['displayName'].split()[0], 'uid')
    status, answer, _ = world.ask('POST', '/signInLinks', {'first': True}, tenant=None)
    same((status, answer['error']['code']), (409, 'ObjectConflict'))
    # Links that were made before there was one: whoever bears them still becomes none.
    browser, page = use(unused)
    for where, form in ((late, waiting), (browser, page)):
        page = where.fill(form, 'new-password', email='late@example.com', password=PASSWORD)
        same((page.status, sessions(where)), (409, []), page)
    same(len(world.must('GET', '/roleManagement/directory/roleAssignments', tenant=None)['value']), 1)


@test('SEMANTICS 5.1', 'by password an administrator passes the second door; what a link opened says that it was a link')
def doors():
    record = system('GET', '/auditLogs/signIns')[1]['value'][0]
    same([one['authenticationMethod'] for one in record['authenticationDetails']], ['Sign-in link of an operator'])
    same((record['journeyKind'], record['status']['errorCode']), ('signInLink', 0))
    tools = App('system', TOOLS, 'http://127.0.0.1:8099/signed-in')
    browser = world.browser()
    begun = tools.begin(browser)
    # Who reads his mail gets his codes: a new password comes by an operator's link, not by the same mailbox (3.5).
    assert 'to-reset' not in begun.body and 'to-sign-up' not in begun.body, begun.body
    for do in ('to-reset', 'to-sign-up'):
        same(browser.post('/system/flow', {'do': do, 'journey': begun.form('password').fields['journey']}).status in (403, 409), True, do)
    same(world.letters('Boss@example.com'), [])
    page = browser.fill(begun, 'password', email='boss@example.com', password=PASSWORD)
    page = browser.fill(page, 'code', code=world.code('Boss@example.com'))
    same(claims(tools.redeem(browser, tools.code(page)).json()['id_token'])['amr'], ['pwd', 'emailotp', 'mfa'])
    browser, page = use(link(user='boss@example.com'))
    same(page.heading, 'You are signed in as an administrator')
    said = claims(tools.redeem(browser, tools.code(tools.begin(browser))).json()['id_token'])
    same(said['amr'], ['link'])


@test('req128', 'looking at the page spends nothing, whoever looks; the secret is in no URL that is sent or logged')
def looking():
    user = administrator('looking@example.com')
    secret = link(user='looking@example.com')
    for method in ('GET', 'HEAD', 'GET', 'HEAD'):
        page = world.browser().send(method, '/system/link')
        same(page.status, 200)
        same(page.header('Referrer-Policy'), 'no-referrer')
        assert 'no-store' in page.header('Cache-Control') and secret not in page.body
    # Without scripts it is pasted, whole or as it is, with the blanks that mails add.
    browser, page = use(f'  {world.base}/system/link#{secret} ')
    same(page.heading, 'Choose a password')
    page = browser.fill(page, 'new-password', password=PASSWORD)
    same(page.heading, 'You are signed in as an administrator')
    same(system('GET', '/auditLogs/signIns')[1]['value'][0]['userId'], user)
    same(world.browser().send('GET', '/woodgrove/link').status, 404)


@test('req128 attackA8', 'a link opens once: of many at once one is in, then nobody, and a wrong or old one opens nothing')
def once():
    user = administrator('once@example.com')
    browser, page = use(link(user=user))
    browser.fill(page, 'new-password', password=PASSWORD)
    secret = link(user=user)                     # he has a password now: nothing is asked
    ready = [visit(Browser(world.base, source())) for _ in range(16)]
    pages = together(16, lambda number: ready[number][0].fill(ready[number][1], 'link', link=secret))
    same([page.heading for page in pages].count('You are signed in as an administrator'), 1, counts(pages))
    same(sum(len(sessions(browser)) for browser, _ in ready), 1)
    for wrong in (secret, secret[:-1] + ('A' if secret[-1] != 'A' else 'B'), secret[:22] + secret[22:][::-1], '', 'x', '#', secret + secret):
        browser, page = use(wrong)
        same(page.status, 400, wrong, page.heading)
        assert 'does not work' in page.text and not sessions(browser), page.text
    late, void = link(user=user), link(user=user)
    world.advance(299_000)
    same(use(late)[1].heading, 'You are signed in as an administrator')
    world.advance(1_001)
    assert 'does not work' in use(void)[1].text


@test('req128 attackD1', 'the page, the browser and the form belong together, and a link is for nothing but signing in')
def together_only():
    user = administrator('bound@example.com')
    secret = link(user=user)
    browser, page = visit()
    stranger = world.browser()
    stranger.get('/system/link')
    same(stranger.fill(page, 'link', link=secret).status, 403)       # the thief's form in another browser
    same(browser.send('POST', '/system/flow', 'do=link&link=' + secret, {
        'Content-Type': 'application/x-www-form-urlencoded', 'Sec-Fetch-Site': 'cross-site'}).status, 403)
    form = page.form('link').fields['journey']
    for do in ('to-sign-in', 'to-sign-up', 'to-reset', 'password', 'address', 'code', 'send', 'new-password', 'attributes'):
        answer = browser.post('/system/flow', {'do': do, 'journey': form, 'email': 'bound@example.com',
                                               'password': PASSWORD, 'code': '12345678'})
        same((answer.status, sessions(browser)), (409, []), do)
    same(browser.fill(page, 'link', link=secret).heading, 'Choose a password')


@test('req128 attackC26', 'a link of who was disabled, revoked or removed meanwhile opens nothing')
def gone():
    user = administrator('gone@example.com')
    first, second = link(user=user), link(user=user)
    system('POST', f'/users/{user}/revokeSignInSessions', {})
    same(use(first)[1].status, 400)
    third = link(user=user)
    system('PATCH', f'/users/{user}', {'accountEnabled': False})
    for secret in (second, third):
        browser, page = use(secret)
        assert page.status >= 400 and not sessions(browser), page
    status, answer, _ = world.ask('POST', '/signInLinks', {'user': user}, tenant=None)
    same((status, answer['error']['code']), (409, 'AccountDisabled'))
    system('DELETE', f'/users/{user}')
    same(world.ask('POST', '/signInLinks', {'user': user}, tenant=None)[0], 404)


@test('SEMANTICS 5.2', 'who may ask for a link, and for what')
def asking():
    for body in ({}, {'first': False}, {'user': ''}, {'user': 'boss@example.com', 'first': True}, {'user': 7}, {'first': 'yes'},
                 {'user': 'boss@example.com', 'tenant': 'woodgrove'}):
        same(world.ask('POST', '/signInLinks', body, tenant=None)[0], 400, body)
    same(world.ask('POST', '/signInLinks', {'user': 'nobody@example.com'}, tenant=None)[0], 404)
    answer = Browser(world.private).send('POST', '/v1.0/signInLinks', '{"first": true}', {'Content-Type': 'application/json'})
    same(answer.status, 401)


main(tests, [('administrators', world)])
