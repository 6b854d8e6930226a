"""Several customers in one browser: who of them it is to be (OpenID Connect Core 3.1.2.1, requirements G)."""
import html
import re
import urllib.parse

from browser import claims
from world import PASSWORD, World, main, named, same

tests = []
test = named(tests)
world = World(sourceSendsAnHour=100000, sourcePasswords=100000, unprovenSends=100, unprovenSendsADay=200)
TITLE = 'Who are you?'


def who(browser, app, page):
    """The id of whoever this answer is about."""
    return claims(app.redeem(browser, app.code(page)).json()['id_token'])['oid']


def enter(browser, app, customer, **more):
    """He signs in with his password, whoever is signed in."""
    page = app.begin(browser, prompt='login')
    same((page.status, page.heading), (200, 'Sign in'))
    return browser.fill(page, 'password', email=customer[0], password=PASSWORD, **more)


def sharing(count=2):
    """As many customers, all signed in here: (browser, app, [(address, id)]), the last one last."""
    browser, app, people = world.browser(), world.app(), []
    for _ in range(count):
        people.append(world.customer())
        same(who(browser, app, enter(browser, app, people[-1])), people[-1][1])
    return browser, app, people


def offered(page):
    """Who may be picked: address -> what the form says."""
    same((page.status, page.heading), (200, TITLE), page)
    found = re.findall(r'name="account" value="([^"]+)"><bdi>([^<]+)</bdi>', page.body)
    return {html.unescape(address): value for value, address in found}


def pick(browser, page, address, value=None):
    form = page.forms[0]
    return browser.post(form.action, {**form.fields, 'account': value or offered(page)[address]}, follow=False)


def cookies(browser):
    return sorted(name for name in browser.cookies if '.session' in name)


@test('req89', 'two customers share a browser: neither evicts the other, and who it is to be is asked')
def two():
    browser, app, people = sharing()
    same(len(cookies(browser)), 2)
    page = app.begin(browser)
    same(set(offered(page)), {address for address, _ in people})
    for address, user in people + people[::-1]:
        page = pick(browser, app.begin(browser), address)
        same(who(browser, app, page), user)
        same(len(cookies(browser)), 2)
    page = browser.fill(app.begin(browser), 'to-sign-in')
    same(page.heading, 'Sign in')
    stranger = world.customer()
    page = browser.fill(page, 'password', email=stranger[0], password=PASSWORD)
    same(who(browser, app, page), stranger[1])
    same(len(offered(app.begin(browser))), 3)


@test('req83 req89', 'in silence: of several only whom the app names, else account_selection_required; nobody gets '
      'the tokens of who came later')
def silent():
    browser, app, people = sharing()
    same(world.told(app, app.begin(browser, prompt='none')), 'account_selection_required')
    for address, user in people:
        same(who(browser, app, app.begin(browser, prompt='none', login_hint=address)), user)
        same(who(browser, app, app.begin(browser, prompt='none', login_hint=address.upper())), user)
        token = app.redeem(browser, app.code(app.begin(browser, login_hint=address))).json()['id_token']
        for prompt in ({'prompt': 'none'}, {}):
            same(who(browser, app, app.begin(browser, id_token_hint=token, **prompt)), user)
    theirs = world.signed_in()[4]['id_token']
    same(world.told(app, app.begin(browser, prompt='none', id_token_hint=theirs)), 'login_required')
    same(world.told(app, app.begin(browser, prompt='none', login_hint='nobody@example.com')),
         'account_selection_required')


@test('req85', 'select_account asks also where there is one; without any it is a sign-in')
def selected():
    address, user, browser, app, _ = world.signed_in()
    for hint in ({}, {'login_hint': address}):
        page = app.begin(browser, prompt='select_account', **hint)
        same(list(offered(page)), [address])
        same(who(browser, app, pick(browser, page, address)), user)
    same(app.begin(world.browser(), prompt='select_account').heading, 'Sign in')
    same(app.begin(browser, prompt='select_account login').heading, 'Sign in')


@test('sem2.5 req196', 'who was signed out, disabled or deleted elsewhere is not offered, and picked late is nobody')
def gone():
    ends = (lambda user: world.must('POST', f'/users/{user}/revokeSignInSessions', {}),
            lambda user: world.must('PATCH', '/users/' + user, {'accountEnabled': False}),
            lambda user: world.must('DELETE', '/users/' + user))
    for end in ends:
        browser, app, people = sharing(3)
        page = app.begin(browser)
        end(people[1][1])
        same(set(offered(app.begin(browser))), {people[0][0], people[2][0]})
        same(pick(browser, page, people[1][0]).heading, 'Sign in')


@test('attackD3 req194', 'the one who signs in again has one session, and the cookie of before opens nothing')
def again():
    browser, app, people = sharing()
    first = people[0]
    thief = browser.twin()
    same(who(browser, app, enter(browser, app, first)), first[1])
    same(len(cookies(browser)), 2)
    same(set(offered(app.begin(browser))), {address for address, _ in people})
    same(who(thief, app, app.begin(thief)), people[1][1])       # of two cookies one still opens


@test('attackC20', 'the word of a form is no proof: whoever has not the cookie picks nobody')
def forged():
    browser, app, people = sharing()
    page = app.begin(browser)
    value = offered(page)[people[0][0]]
    other = world.browser()
    sealed = app.begin(other, prompt='login')
    fields = {'journey': sealed.form('password').fields['journey'], 'do': 'pick', 'account': value}
    same(other.post('/woodgrove/flow', fields, follow=False).heading, 'Sign in')
    for wrong in ('x', '0' * 36, value[:-1] + ('0' if value[-1] != '0' else '1')):
        answer = pick(browser, page, None, wrong)
        same((answer.status, answer.heading), (200, 'Sign in'), wrong)
    same(pick(other, page, None, value).status, 403)
    cookie = next(name for name in browser.cookies if name.endswith('.session-2'))
    good = browser.cookies[cookie]
    browser.cookies[cookie] = good[:-1] + ('A' if good[-1] != 'A' else 'B')
    same(who(browser, app, app.begin(browser)), people[1][1])


@test('req88 sem4.2', 'who is picked passes what policy asks of him, and nothing of the other counts')
def judged():
    browser, app, people = sharing()
    world.mfa()
    for address, user in people:
        page = pick(browser, app.begin(browser), address)
        same(page.heading, 'One more step', page)
        before = world.codes(address)
        page = browser.fill(page, 'send')
        page = browser.fill(page, 'code', code=world.new_code(address, before))
        same(who(browser, app, page), user)
    for address, user in people:        # both have passed it now
        same(who(browser, app, pick(browser, app.begin(browser), address)), user)
    world.mfa(False)
    world.advance(3000)
    same(pick(browser, app.begin(browser, max_age='1'), people[0][0]).heading, 'Sign in')


@test('sem2.2', 'two tabs step up as two customers, and neither ends the other')
def tabs():
    browser, app, people = sharing()
    world.mfa()
    apps = [world.app(), world.app()]
    pages = [pick(browser, app.begin(browser), address) for app, (address, _) in zip(apps, people)]
    for app, (address, user), page in zip(apps, people, pages):
        before = world.codes(address)
        page = browser.fill(page, 'send')
        same(who(browser, app, browser.fill(page, 'code', code=world.new_code(address, before))), user)
    world.mfa(False)
    same(len(cookies(browser)), 2)


@test('sem2.4', 'of five the one who was here longest ago has to go, and is signed out')
def full():
    browser, app, people = sharing(3)
    world.advance(60000)
    before = browser.twin()
    for _ in range(2):
        people.append(world.customer())
        same(who(browser, app, enter(browser, app, people[-1])), people[-1][1])
        world.advance(60000)
    same(len(cookies(browser)), 4)
    left = set(offered(app.begin(browser)))
    same((len(left), people[-1][0] in left), (4, True))
    (lost,) = {address for address, _ in people} - left
    assert lost in {address for address, _ in people[:3]}, lost
    same(set(offered(app.begin(before))), {address for address, _ in people[:3]} - {lost})


@test('sem2.4 req98', 'a cookie that is there twice, as tabs leave it, or beside what its session went on as, counts once')
def twice():
    browser, app, people = sharing()
    first = next(name for name in browser.cookies if name.endswith('.session'))
    browser.cookies[first + '-3'] = browser.cookies[first + '-4'] = browser.cookies[first]
    page = app.begin(browser)
    same(page.body.count('name="account"'), 2)
    same(len(cookies(browser)), 2)
    before = browser.twin()
    same(who(browser, app, enter(browser, app, people[1])), people[1][1])
    alike = browser.twin()
    for number, value in enumerate((browser.cookies[first], before.cookies[first], browser.cookies[first])):
        alike.cookies[f'{first}-{number + 2}'] = value
    same(alike.fill(browser.get(app.path('logout')), 'sign-out').heading, 'You are signed out')
    same(cookies(alike), [])
    same(set(offered(app.begin(browser, prompt='select_account'))), {people[0][0]})


@test('req96 req98', 'an app signs out its own customer and no other; whoever says so himself leaves nobody behind')
def out():
    browser, app, people = sharing(3)
    address, user = people[0]
    token = app.redeem(browser, app.code(app.begin(browser, login_hint=address))).json()['id_token']
    path = app.path('logout') + '?' + urllib.parse.urlencode({'id_token_hint': token})
    same(browser.get(path).heading, 'You are signed out')
    same(set(offered(app.begin(browser))), {people[1][0], people[2][0]})
    same(browser.get(path).heading, 'Sign out?')        # a hint of nobody here
    page = browser.fill(browser.get(app.path('logout')), 'sign-out')
    same((page.heading, cookies(browser)), ('You are signed out', []))
    same(app.begin(browser).heading, 'Sign in')


@test('sem2.4', 'each keeps his own answer to "stay signed in", wherever his cookie is')
def stays():
    browser, app, people = sharing(1)
    second = world.customer()
    page = enter(browser, app, second, stay='1')

    def lasting(page):
        return {line.split('=')[0].rsplit('.', 1)[1]: 'Max-Age=7776000' in line for line in page.all('Set-Cookie')
                if '.session' in line}
    same(lasting(page), {'session': True, 'session-2': False})
    same(lasting(pick(browser, app.begin(browser), people[0][0])), {'session': False, 'session-2': True})


main(tests, [('picking', world)])
