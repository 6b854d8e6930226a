"""The right password and no second door: its owner hears of it, once a day (SEMANTICS 1.3)."""
import re
import signal

from world import World, main, named, same, until

tests = []
test = named(tests)
world = World(sourceSendsAnHour=100000, sourcePasswords=100000)
JOURNEY = 30 * 60 * 1000
DAY = 24 * 3600 * 1000


def notices(address):
    return [letter for letter in world.letters(address) if 'stopped at the second step' in letter.subject]


def notice(address):
    until(lambda: notices(address), f'a notice to {address}')
    return notices(address)


def swept():
    """Whatever was due before now has been sent or dropped: a later one was."""
    address, _ = world.customer()
    leave(address)
    world.advance(JOURNEY + 1000)
    notice(address)


def leave(address):
    """The right password; the code comes and nobody types it."""
    before = len([letter for letter in world.letters(address) if letter.code])
    way = world.sign_in(address)
    world.code(address, before + 1)
    return way


@test('sem1.3', 'a second door that is left is told of when the journey is over, and not before')
def abandoned():
    address, _ = world.customer()
    leave(address)
    until(lambda: world.must('GET', '/mail/queue', tenant=None)['value'] == [], 'an empty queue')
    world.advance(JOURNEY - 120000)
    same(notices(address), [])
    world.restart(signal.SIGKILL)
    same(notices(address), [])
    world.advance(JOURNEY + 1000)      # its clock may have gone back to its last mark
    told = notice(address)
    same(len(told), 1)
    assert 'did not get past the code' in told[0].text, told[0].text


@test('req167', 'a notice tells its time as people write it, in their language, and is from whom it says')
def readable():
    for tongue, month, words in (('en', r'[A-Z][a-z]+', r'on \d{1,2} MONTH \d{4}, \d\d:\d\d UTC, somebody'),
                                 ('de', r'[A-ZÄ][a-zä]+', r'am \d{1,2}\. MONTH \d{4} um \d\d:\d\d UTC hat jemand')):
        address, _ = world.customer()
        known = len(world.codes(address))
        world.sign_in(address, ui_locales=tongue)
        world.code(address, known + 1)
        world.advance(JOURNEY + 1000)
        letter, = until(lambda: [one for one in world.letters(address) if not one.code], 'the notice')
        flat = ' '.join(letter.text.split())
        assert re.search(words.replace('MONTH', month), flat), flat
        assert not re.search(r'\d\dT\d\d', flat + letter.html), flat
        for one in world.letters(address):
            same(one.message['Message-ID'].strip('<>').partition('@')[2],
                 one.message['From'].addresses[0].domain)


@test('sem1.3', 'one notice a day, however often it is left; the next day another')
def once_a_day():
    address, _ = world.customer()
    for _ in range(3):
        leave(address)
    world.advance(JOURNEY + 1000)
    first = notice(address)
    leave(address)
    swept()
    same(len(notices(address)), 1)
    world.advance(DAY)
    leave(address)
    world.advance(JOURNEY + 1000)
    until(lambda: [one for one in notices(address) if one.message['Message-ID'] != first[0].message['Message-ID']],
          'the notice of the next day')


@test('sem1.3', 'who passes the second door hears nothing, then or later, whatever slips were before')
def passed():
    address, _ = world.customer()
    browser, app, page = leave(address)
    for slip in ('00000000', '00000001'):
        if slip != world.code(address):
            same(browser.fill(page, 'code', code=slip).status, 400)
    page = browser.fill(page, 'code', code=world.code(address))
    same(page.status, 303, page)
    world.advance(JOURNEY + 1000)
    swept()
    same(notices(address), [])


@test('sem1.3', 'five wrong codes are told of at once, and not a second time')
def failed():
    address, _ = world.customer()
    browser, app, page = leave(address)
    wrong = '00000000' if world.code(address) != '00000000' else '00000001'
    for _ in range(5):
        last = browser.fill(page, 'code', code=wrong)
    same(last.status, 429, last)
    same(len(notice(address)), 1)
    world.advance(JOURNEY + 1000)
    swept()
    same(len(notices(address)), 1)


@test('sem1.3', 'a wrong password tells nobody')
def stranger():
    address, _ = world.customer()
    world.sign_in(address, password='wrong password 1')
    world.advance(JOURNEY + 1000)
    swept()
    same(world.letters(address), [])


world.mfa()
main(tests, [('notices', world)])
