"""Budgets (SEMANTICS 1.3): they hold against everybody, and shut no customer out."""
import re

from world import PASSWORD, World, main, named, same, shape, until

tests = []
test = named(tests)
world = World(sourceSendsAnHour=100000, sourcePasswords=100000)
WRONG = 'wrong password'
PAUSE = 60000
SLACK = 20      # seconds that a slow machine may need between two posts


def wrong(address, number, browser=None):
    """Another wrong password each time: a repeated one is free."""
    return world.sign_in(address, browser, password=f'{WRONG} {number}')[2]


@test('sem1.3 attackA16', 'a stranger pauses strangers; the customer signs in from his known browser')
def strangers():
    address, _ = world.customer()
    known = world.sign_in(address)[0]
    same([wrong(address, number).status for number in range(9)], [400] * 9)
    same(wrong(address, 9).status, 429)
    page = world.sign_in(address)[2]
    same((page.status, page.header('Retry-After')), (429, '60'))
    assert 'Try again in 1 minute' in page.text, page.text
    known.cookies = {name: value for name, value in known.cookies.items() if 'session' not in name}
    same(world.sign_in(address, known)[2].status, 303)
    world.advance(PAUSE)
    same(world.sign_in(address)[2].status, 303)


@test('sem1.3 sem1.4 attackA16', 'pauses double, up to a quarter of an hour')
def doubling():
    address, _ = world.customer()
    for number in range(10):
        page = wrong(address, number)
    for number, seconds in enumerate((60, 120, 240, 480, 900, 900)):
        same(page.header('Retry-After'), str(seconds))
        world.advance((seconds - SLACK) * 1000)
        same(world.sign_in(address)[2].status, 429)
        world.advance(SLACK * 1000)
        page = wrong(address, 100 + number)
    world.advance(900000)
    same(world.sign_in(address)[2].status, 303)
    same(wrong(address, 200).status, 400)       # success ends the row


@test('sem1.3 attackA6', 'variants of an address share its budget')
def variants():
    address, _ = world.customer('variants.of.me@example.com')
    world.customer('vvv@bücher.example')
    spellings = ['VARIANTS.of.me@example.com', ' variants.of.me@EXAMPLE.com ', 'Variants.Of.Me@Example.Com',
                 'variants.of.me@example。com', 'variants.of.me@ｅxample.com']
    pages = [wrong(spellings[number % len(spellings)], number) for number in range(10)]
    same([page.status for page in pages], [400] * 9 + [429])
    same(world.sign_in(address)[2].status, 429)
    for number in range(10):
        wrong(('vvv@bücher.example', 'vvv@xn--bcher-kva.example', 'VVV@BÜCHER.example')[number % 3], number)
    same(world.sign_in('vvv@bücher.example')[2].status, 429)


@test('attackE1 req127', 'plus-tags do not tell who has an account')
def plus_oracle():
    address, _ = world.customer('tagged.one@example.com')
    for victim in (address, 'nobody.there@example.com'):
        name, domain = victim.split('@')
        for number in range(10):
            wrong(f'{name}+t{number % 2}@{domain}', number)
        same(wrong(victim, 50).status, 400, victim)


@test('sem3.1 req143 attackE1', 'unknown, wrong and disabled are one answer, and cost the same')
def uniform():
    address, _ = world.customer()
    disabled, user = world.customer()
    world.must('PATCH', '/users/' + user, {'accountEnabled': False})
    shapes = []
    for who, password in ((address, WRONG), ('nobody.at.all@example.com', WRONG), (disabled, WRONG),
                          (disabled, PASSWORD), (address.upper(), WRONG)):
        page = world.sign_in(who, password=password)[2]
        status, headers, body = shape(page)
        shapes.append((status, headers, body.replace(f'value="{who}"', 'value="WHO"')))
    for one in shapes[1:]:
        same(one, shapes[0])
    for who, password in ((address, WRONG), ('nobody.again@example.com', WRONG), (disabled, PASSWORD)):
        pages = [world.sign_in(who, password=f'{password} {number}')[2] for number in range(12)]
        same(pages[-1].status, 429, who)


@test('attackA16', 'right passwords that lead nowhere, for want of sends, shut nobody out')
def right_but_refused():
    address, _ = world.customer()
    world.mfa()
    pages = [world.sign_in(address)[2] for _ in range(24)]
    same([page.status for page in pages[10:]], [429] * 14)
    assert 'codes' in pages[10].text.lower(), pages[10].text
    world.code(address, 10)
    known = world.codes(address)
    world.advance(601000)
    browser, app, page = world.sign_in(address)
    same(page.status, 200, page)
    page = browser.fill(page, 'code', code=world.new_code(address, known))
    world.mfa(False)
    same(page.status, 303, page)


@test('sem1.3 attackA3 req135', 'ten wrong codes of an account in a row pause its second door; the pause doubles')
def second_door():
    address, _ = world.customer()
    world.mfa()
    for _ in range(2):
        browser, app, page = world.sign_in(address)
        for number in range(5):
            last = browser.fill(page, 'code', code=f'1111111{number}')
    browser, app, page = world.sign_in(address)
    code = world.code(address, 3)
    refused = browser.fill(page, 'code', code=code)
    same((refused.status, refused.header('Retry-After')), (429, '60'), refused)
    world.advance(PAUSE)
    same(browser.fill(page, 'code', code='22222222').header('Retry-After'), '120')
    world.advance(2 * PAUSE - SLACK * 1000)
    same(browser.fill(page, 'code', code=code).status, 429)
    world.advance(SLACK * 1000)
    page = browser.fill(page, 'code', code=code)
    world.mfa(False)
    same(page.status, 303, page)


@test('sem1.3 req137', 'a stranger without the password cannot touch the second door')
def untouched():
    address, _ = world.customer()
    world.mfa()
    app = world.app()
    for number in range(3):         # a reset and its codes are budgets of their own
        browser = world.browser()
        page = browser.fill(app.begin(browser), 'to-reset')
        page = browser.fill(page, 'address', email=address)
        for guess in range(5):
            browser.fill(page, 'code', code=f'3333333{guess}')
    browser, app, page = world.sign_in(address)
    page = browser.fill(page, 'code', code=world.code(address, 4))
    world.mfa(False)
    same(page.status, 303)


@test('sem1.3 req134 attackA13', 'thirty wrong codes a day at an address end resets and not sign-ins')
def unproven():
    address, _ = world.customer()
    app, pages = world.app(), []
    for _ in range(7):
        browser = world.browser()
        page = browser.fill(app.begin(browser), 'to-reset')
        page = browser.fill(page, 'address', email=address)
        pages += [browser.fill(page, 'code', code=f'4444444{guess}') for guess in range(5)]
        world.advance(310000)
    same([page.status for page in pages[30:]], [429] * 5)
    same(world.sign_in(address)[2].status, 303)
    known = world.codes(address)
    world.advance(24 * 3600 * 1000)
    page = browser.fill(app.begin(browser, prompt='login'), 'to-reset')
    page = browser.fill(page, 'address', email=address)
    page = browser.fill(page, 'code', code=world.new_code(address, known))
    same(page.heading, 'Choose a password')


@test('sem1.3 req141 attackB14 attackE2', 'sends to an address end at three, without a sign of it; and at ten a day')
def sends():
    address, _ = world.customer()
    app = world.app()
    shapes = {}
    for who in (address, 'unknown.soul@example.com'):
        shapes[who] = []
        for number in range(5):
            browser = world.browser()
            page = browser.fill(app.begin(browser), 'to-reset')
            page = browser.fill(page, 'address', email=who)
            status, headers, body = shape(page)
            shapes[who].append((status, headers, body.replace('c***@e***.com', 'M').replace('u***@e***.com', 'M')))
    for one in shapes[address][1:] + shapes['unknown.soul@example.com']:
        same(one, shapes[address][0])
    same((len(world.letters(address)), len(world.letters('unknown.soul@example.com'))), (3, 0))
    for _ in range(6):
        world.advance(901000)
        for number in range(3):
            browser = world.browser()
            page = browser.fill(app.begin(browser), 'to-reset')
            browser.fill(page, 'address', email=address.replace('@', f'+{number}@'))
    world.code(address)
    sent = world.letters(address)
    assert len(sent) <= 10, len(sent)


@test('sem1.2 req133', 'a resend over the cap leaves the last code that was mailed good')
def muted_resend():
    address, _ = world.customer()
    app, browser = world.app(), world.browser()
    page = browser.fill(app.begin(browser), 'to-reset')
    page = browser.fill(page, 'address', email=address)
    for number in range(2):
        world.advance(61000)
        page = browser.fill(page, 'resend')
    code = world.code(address, 3)
    world.advance(61000)
    page = browser.fill(page, 'resend')
    same((page.status, len(world.letters(address))), (200, 3), page)
    twin = browser.fill(page, 'code', code=code)
    same(twin.heading, 'Choose a password')


@test('req133 sem1.2', 'who asks again too soon is told when, and that the code he has is good')
def too_soon():
    address, _ = world.customer()
    world.mfa()
    browser, app, page = world.sign_in(address)
    code = world.code(address)
    reference = re.search('<code>([A-Z]{5})</code>', page.body)[1]
    page = browser.fill(page, 'resend')
    same(page.status, 429, page)
    assert 'Too many codes' not in page.body and 'The last code is still good' in page.body, page.body
    assert re.search(r'A new one can be sent in \d+ seconds', page.body) and reference in page.body, page.body
    same(browser.fill(page, 'code', code=code).status, 303)
    world.mfa(False)


@test('req133', 'after a resend over the cap, a later one is mailed again')
def muted_then_sent():
    address, _ = world.customer()
    app, browser = world.app(), world.browser()
    page = browser.fill(app.begin(browser), 'to-reset')
    page = browser.fill(page, 'address', email=address)
    for number in range(3):
        world.advance(61000)
        page = browser.fill(page, 'resend')
    known = [world.code(address, number) for number in (1, 2, 3)]
    world.advance(901000)
    page = browser.fill(page, 'resend')
    page = browser.fill(page, 'code', code=world.new_code(address, known))
    same(page.heading, 'Choose a password')


def numbers(to):
    return {letter.message['Message-ID'] for letter in world.letters(to)}


def spent_sends(do, address):
    """Three browsers have all of the window sent to the address; the mail of a fourth is muted."""
    app = world.app(3) if do == 'address' else world.app()
    for _ in range(4):
        browser = world.browser()
        page = app.begin(browser)
        page = page if do == 'address' else browser.fill(page, do)
        page = browser.fill(page, 'address', email=address)
        same(page.heading, 'Enter your code')
    until(lambda: len(numbers(address)) == 3, 'three letters')
    return browser, page


@test('req133 req141', 'a first mail that was muted is made up for by a resend in the next window')
def muted_first():
    rows = (('to-reset', world.customer()[0], 'Choose a password'),
            ('to-sign-up', 'muted.newcomer@example.com', 'Choose a password'),
            ('address', world.customer()[0], None))
    for do, address, heading in rows:
        browser, page = spent_sends(do, address)
        known = world.codes(address)
        world.advance(61000)
        page = browser.fill(page, 'resend')         # still the same window
        same((page.heading, world.codes(address)), ('Enter your code', known), do)
        world.advance(901000)
        page = browser.fill(page, 'resend')
        page = browser.fill(page, 'code', code=world.new_code(address, known))
        same(page.heading if heading else page.status, heading or 303, do, page)


@test('req133 req127', 'who signs up with an address that has an account is told so by each resend')
def muted_exists():
    address, _ = world.customer()
    browser, page = spent_sends('to-sign-up', address)
    known = numbers(address)
    for wait in (901000, 61000):
        world.advance(wait)
        page = browser.fill(page, 'resend')
        same(page.heading, 'Enter your code')
        letter = until(lambda: next((one for one in world.letters(address) if one.message['Message-ID'] not in known), None),
                       'the word that there is an account')
        known |= numbers(address)
        same((letter.code, 'account' in letter.subject.lower()), (None, True), letter.subject)


main(tests, [('budgets', world)])
