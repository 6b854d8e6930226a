"""Policies that ask for a new password, are about applications by their attributes, or block (entra.md 1.2, 1.3)."""
import contextlib
import json

import policies
from policies import POLICIES, stored
from world import PASSWORD, World, main, named, same

tests = []
test = named(tests)
world = World(sourceSendsAnHour=100000, sourcePasswords=100000, mfaSends=100)
NEW = 'Another battery 7 staple'
SECOND = 'Yet another battery 8 staple'
world.canaries |= {NEW, SECOND}
RENEW = {'operator': 'AND', 'builtInControls': ['mfa', 'passwordChange']}
SINCE = '@sallyport.passwordSince'


@contextlib.contextmanager
def policy(grant=RENEW, state='enabled', apps=('All',)):
    with stored(world, policies.policy(grant=grant, state=state, apps=apps)) as (made,):
        yield made


def second(browser, page, address, known=()):
    return browser.fill(page, 'code', code=world.new_code(address, known))


def reason(address):
    rows = world.must('GET', '/auditLogs/signIns?$top=999')['value']
    return rows[0]['status']


# A new password

@test('entra1.2', 'whoever has not changed his password since is asked for the second door, then for a new one, and goes on; once')
def renew():
    address, user = world.customer()
    other = world.signed_in(scope='openid offline_access')
    with policy() as made:
        assert made[SINCE], made
        browser, app, page = world.sign_in(address)
        page = second(browser, page, address)
        assert 'no longer accepted' in page.text and page.form('new-password'), page
        for wrong, told in ((PASSWORD, 'that is to be changed'), ('short', 'at least'), (address, 'too close')):
            page = browser.fill(page, 'new-password', password=wrong)
            same((page.status, page.form('new-password') is not None), (400, True), wrong)
            assert told.lower() in page.text.lower(), (wrong, page.text)
        page = browser.fill(page, 'new-password', password=NEW)
        tokens = app.redeem(browser, app.code(page)).json()
        assert 'id_token' in tokens, tokens
        same([letter.subject for letter in world.letters(address) if 'password' in letter.subject.lower()] != [], True)
        # The old one opens nothing, the new one is good: the second door alone is asked for.
        known = world.codes(address)
        _, _, page = world.sign_in(address)
        same(page.status, 400)
        browser, app, page = world.sign_in(address, password=NEW)
        page = second(browser, page, address, known)
        assert 'id_token' in app.redeem(browser, app.code(page)).json()
        # And no session or token goes on without it.
        address, _, browser, app, tokens = other
        page = app.begin(browser)
        assert page.form('password'), page
        answer = app.refresh(browser, tokens['refresh_token'])
        same((answer.status, answer.json()['error'], answer.json()['suberror']), (400, 'invalid_grant', 'user_password_expired'))
        assert made['id'] in answer.json()['claims'], answer.json()
    same(app.refresh(browser, tokens['refresh_token']).status, 200)


@test('attackC17', 'the page for a new password is nobody\'s before both doors, and no form of it is good twice')
def no_way_around():
    address, _ = world.customer()
    with policy():
        browser, _, page = world.sign_in(address)
        form = page.form('code')
        told = browser.post(form.action, {**form.fields, 'do': 'new-password', 'password': NEW})
        same((told.status, told.form('new-password') is not None if told.forms and told.status == 200 else False), (409, False))
        browser, app, page = world.sign_in(address, browser=world.browser())
        page = second(browser, page, address, world.codes(address)[:1])
        twin = browser.twin()
        first = browser.fill(page, 'new-password', password=NEW)
        assert app.code(first)
        again = twin.fill(page, 'new-password', password=SECOND)
        same(again.status, 409, again)
        _, _, page = world.sign_in(address, password=SECOND)
        same(page.status, 400)


@test('entra1.2', 'since when: the last time that it was switched on, or as the operator says; a sign-up has a new one')
def since():
    with policy(state='disabled') as made:
        path = f'{POLICIES}/{made["id"]}'
        assert not made.get(SINCE), made
        world.advance(2000)
        on = world.must('PATCH', path, {'state': 'enabledForReportingButNotEnforced'})[SINCE]
        world.advance(2000)
        same(world.must('PATCH', path, {'state': 'enabled'})[SINCE], on)
        same(world.must('PATCH', path, {'displayName': 'Other'})[SINCE], on)
        assert not world.must('PATCH', path, {'state': 'disabled'}).get(SINCE)
        world.advance(2000)
        assert world.must('PATCH', path, {'state': 'enabled'})[SINCE] > on
        same(world.must('PATCH', path, {SINCE: '2020-01-01T00:00:00Z'})[SINCE], '2020-01-01T00:00:00Z')
        assert SINCE not in world.must('PATCH', path, {'grantControls': {'operator': 'OR', 'builtInControls': ['mfa']}})


@test('attackC15', 'what is chosen and still not good enough is told as blocked, not asked for again')
def no_loop():
    address, _ = world.customer()
    with policy() as made:
        world.must('PATCH', f'{POLICIES}/{made["id"]}', {SINCE: '2999-01-01T00:00:00Z'})
        browser, _, page = world.sign_in(address)
        page = second(browser, page, address)
        page = browser.fill(page, 'new-password', password=NEW)
        same((page.status, [form for form in page.forms if ('do', 'new-password') in form.buttons]), (403, []))


@test('entra1.2', 'only with mfa, and both of them')
def together():
    for operator, controls in (('OR', ['mfa', 'passwordChange']), ('AND', ['passwordChange'])):
        status, answer, _ = world.ask('POST', POLICIES, policies.policy(
            'x', 'disabled', {'operator': operator, 'builtInControls': controls}))
        same((status, answer['error']['details'][0]['target']), (400, 'grantControls.builtInControls'))


# Block

@test('entra1.3', 'block: told after the right password alone, before any second door, on a page of its own and in the log')
def block():
    address, _ = world.customer()
    with policy('block'), policy('mfa'):
        _, _, page = world.sign_in(address, password='Wrong battery 7')
        same(page.status, 400)
        assert page.form('password'), page
        _, _, page = world.sign_in(address)
        same((page.status, page.forms and [form for form in page.forms if ('do', 'code') in form.buttons]), (403, []))
        same(world.letters(address), [])
        same(reason(address)['errorCode'], 53003)


# Applications by their attributes

def mark(number, attributes):
    app = next(one for one in world.must('GET', '/applications')['value'] if one['appId'].endswith(f'50{number}'))
    return world.must('PATCH', '/applications/' + app['id'], {'customSecurityAttributes': attributes})


def asked(number):
    address, _ = world.customer()
    _, app, page = world.sign_in(address, app=world.app(number))
    return page.status == 403


def by(rule, mode='include', **more):
    return {'applicationFilter': {'mode': mode, 'rule': rule}, **more}


@test('entra1.2', 'a rule names the applications that are marked by now, and a change of the marks counts at once')
def filtered():
    marked = mark(1, {'Audience': {'level': 'high', 'regions@odata.type': '#Collection(String)', 'regions': ['eu', 'us']}})
    same(marked['customSecurityAttributes'], {'Audience': {'level': 'high', 'regions': ['eu', 'us']}})
    high = 'CustomSecurityAttribute.Audience_level -eq "high"'
    with policy('block', apps=by(high)) as made:
        same([asked(1), asked(2)], [True, False])
        mark(2, {'Audience': {'level': 'high'}})
        mark(1, {'Audience': {'level': 'low'}})
        same([asked(1), asked(2)], [False, True])
        status, answer, _ = world.ask('PATCH', f'{POLICIES}/{made["id"]}', {'conditions': {'applications': by('CustomSecurityAttribute.Audience_level -is "x"')}})
        same((status, answer['error']['details'][0]['target']), (400, 'conditions.applications.applicationFilter.rule'))
        assert answer['error']['details'][0]['message'].startswith('at 40: an operator expected'), answer
    with policy('block', apps=by(high, 'exclude', includeApplications=['All'])):
        same([asked(1), asked(2), asked(4)], [True, False, True])
    with policy('block', apps=by('CustomSecurityAttribute.Audience_regions -contains "eu" -and -not (' + high + ')')):
        same([asked(1), asked(2)], [True, False])
    same(mark(1, {'Audience': None})['customSecurityAttributes'], None)
    mark(2, None)


@test('entra1.5', 'a context that is not available is for policies, and for no application; only c1 to c99 are')
def contexts():
    path = '/identity/conditionalAccess/authenticationContextClassReferences'
    world.must('POST', path, {'id': 'c42', 'displayName': 'Later', 'isAvailable': False})
    on = {'includeAuthenticationContextClassReferences': ['c42']}
    address, _, browser, app, _ = world.signed_in()
    wanted = json.dumps({'access_token': {'acrs': {'essential': True, 'value': 'c42'}}})
    with policy('mfa', apps=on) as made:
        assert not any('c42' in one for one in made.get('@sallyport.warnings', [])), made
        same(world.told(app, app.begin(browser, claims=wanted)), 'unmet_authentication_requirements')
        world.must('PATCH', path + '/c42', {'isAvailable': True})
        assert app.begin(browser, claims=wanted).form('send')
    for bad in ('c0', 'c100', 'c', '42', 'c01'):
        same(world.ask('POST', path, {'id': bad, 'displayName': 'x'})[0], 400)


main(tests, [('world', world)])
