#!/usr/bin/env python3
"""The article's story, played against running servers over HTTP.

    story.py --state DIR --cli build/core/sallyport

Customers are browsers without JavaScript, the operator is the CLI, mail is read from the spool.
Each step begins with every policy off, makes the customers that it needs, and stands alone.
Exit status 0 only if every step held; a step that failed says what was expected and what was seen.
"""
import argparse
import json
import pathlib
import secrets
import sys
import time

from browser import Arrived, Unexpected
from world import LOYALTY, World, Customer, expect

STEPS = []


def step(number, title):
    def add(play):
        STEPS.append((number, title, play))
        return play
    return add


def sign_up(world, customer, page):
    """The sign-up page is there: through code, password and attributes, to where it ends."""
    expect(page.asks('email') and page.offers('address'), 'the sign-up page', page)
    page = page.submit('address', email=customer.address)
    expect(page.asks('code'), 'the page that asks for the code', page)
    wrong = page.submit('code', code='00000000')
    expect(wrong.asks('code') and wrong.status == 400, 'a wrong code refused', wrong)
    page = world.code(wrong, customer)
    expect(page.asks('password') and page.offers('new-password'), 'the choice of a password', page)
    page = page.submit('new-password', password=customer.password)
    expect(page.offers('attributes'), 'the page about attributes', page)
    return page.submit('attributes', displayName='Quince Quill')


@step('1', 'sign up with email and password, the address proven by a code')
def plain_sign_up(world):
    customer = Customer(world.address('quince'), secrets.token_urlsafe(12))
    browser = world.browser()
    page = sign_up(world, customer, world.shop(browser, '/signin?app=shop&create=1'))
    claims = world.claims(page)
    world.say(f'the shop greets {claims["name"]}, amr {" ".join(claims["amr"])}')
    expect(claims['email'] == customer.address and claims['email_verified'] is True,
           f'{customer.address}, verified', claims)
    client, page = world.sign_in(customer)
    expect(client.finish(page)['sub'] == claims['sub'], 'the same customer at the next sign-in',
           claims)


@step('1b', 'sign up under an MFA policy: one code, and amr says mfa')
def sign_up_under_policy(world):
    world.policy('mfa')
    customer = Customer(world.address('olive'), secrets.token_urlsafe(12))
    page = sign_up(world, customer, world.shop(world.browser(), '/signin?app=shop&create=1'))
    claims = world.claims(page)
    world.say(f'signed up with one code, amr {" ".join(claims["amr"])}')
    expect({'pwd', 'emailotp', 'mfa'} <= set(claims['amr']), 'amr with pwd, emailotp and mfa',
           claims['amr'])
    result = world.result(customer, 'mfa')
    expect(result == 'success', 'success of the policy in the sign-in record', result)
    count = len(world.mails(customer.address))
    expect(count == 1, 'one mail in all', f'{count} mails')


@step('2', 'sign in with MFA off: no second door')
def no_second_door(world):
    customer = world.customer('basil')
    client, page = world.sign_in(customer)
    world.not_asked(client, page, customer)
    world.say('over http: no code asked for, amr pwd')
    client = world.client(https=True)
    page = client.begin(world.browser())
    expect(page.asks('password'), 'the sign-in page over https', page)
    page = page.submit('password', email=customer.address, password=customer.password)
    world.not_asked(client, page, customer)
    world.say('over https, with the local CA: the same')


@step('3', 'turn the policy on: the next sign-in asks for a code, and amr says so')
def second_door(world):
    customer = world.customer('dill')
    client, page = world.sign_in(customer)
    world.not_asked(client, page, customer)
    world.say('before: no code asked for')
    world.policy('mfa')
    client, page = world.sign_in(customer)
    expect(page.asks('code'), 'a code asked for at the next sign-in', page)
    right = world.mail(customer.address).code
    wrong = f'{(int(right) + 1) % 10**8:08}'
    page = page.submit('code', code=wrong)
    expect(page.asks('code') and page.status == 400, 'a wrong code refused', page)
    world.say(f'a wrong code is refused: {page.mark("wrong")}')
    claims = client.finish(page.submit('code', code=right))
    expect({'pwd', 'emailotp', 'mfa'} <= set(claims['amr']), 'amr with pwd, emailotp and mfa',
           claims['amr'])
    world.say(f'the mailed one passes; the ID token is signed and says {" ".join(claims["amr"])}')
    tries_are_limited(world, customer)


def tries_are_limited(world, customer):
    _, page = world.sign_in(customer)
    expect(page.asks('code'), 'a code asked for at every sign-in', page)
    right = world.mail(customer.address).code
    kept = page
    for number in range(1, 6):
        page = kept.submit('code', code=f'{(int(right) + number) % 10**8:08}')
        expect(not isinstance(page, Arrived), 'a wrong code refused', page)
    expect(not page.asks('code'), 'five wrong codes to end the tries', page)
    page = kept.submit('code', code=right)
    expect(not isinstance(page, Arrived), 'the right code refused after five wrong ones', page)
    world.say(f'after five wrong codes the right one is worth nothing: {page.mark("h1")}')


@step('4', 'the break-glass account is not asked')
def break_glass(world):
    world.policy('mfa')
    grace = world.account('grace@woodgrove.example')
    client, page = world.sign_in(grace)
    world.not_asked(client, page, grace)
    world.say(f'{grace.address} signs in with the password alone')


@step('5', 'the excluded app does not ask')
def excluded_app(world):
    customer = world.customer('sage')
    world.policy('mfa')
    client, page = world.sign_in(customer, 'recipes')
    world.not_asked(client, page, customer)
    world.say('Recipes: no code asked for, amr pwd')


def by_password(world, customer, app):
    """A browser that is signed in to the app by the password alone."""
    browser = world.browser()
    page = world.shop(browser, '/signin?app=' + app)
    expect(page.asks('password'), 'the sign-in page', page)
    page = page.submit('password', email=customer.address, password=customer.password)
    expect(world.claims(page)['amr'] == ['pwd'], f'{app} signed in by password alone', page)
    return browser


@step('5b', "from the excluded app's session into a protected app: asked")
def step_up(world):
    customer = world.customer('thyme')
    world.policy('mfa')
    browser = by_password(world, customer, 'recipes')
    page = world.shop(browser, '/signin?app=shop')
    expect(page.offers('send'), 'the second door before the shop opens', page)
    expect(not world.unread(customer.address), 'no mail before it is asked for', page)
    page = world.code(page.submit('send'), customer)
    claims = world.claims(page)
    expect('mfa' in claims['amr'], 'amr with mfa', claims['amr'])
    world.say('Recipes opened by password; the shop asked for a code, amr ' +
              ' '.join(claims['amr']))


@step('5c', 'checkout above 50 and the profile: asked for a code, and for nothing else')
def sensitive_steps(world):
    customer = world.customer('mint')
    world.policy('sensitive')
    browser = by_password(world, customer, 'shop')
    page = world.shop(browser, '/checkout?total=20')
    expect(page.mark('paid') == '20', 'a small basket paid', page)
    page = world.shop(browser, '/checkout?total=80')
    expect(page.offers('send') and not page.asks('password'), 'the second door before checkout', page)
    page = world.code(page.submit('send'), customer)
    expect(page.mark('paid') == '80', 'the large basket paid', page)
    page = world.shop(browser, '/profile')
    expect(page.mark('address') == customer.address, 'the profile, without another code', page)
    claims = world.claims(world.shop(browser, '/token'))
    expect(claims['acrs'] == ['c1'] and 'mfa' in claims['amr'], 'acrs c1 and amr with mfa', claims)
    world.say('20 paid at once; 80 and the profile after a code: acrs c1, amr ' + ' '.join(claims['amr']))


@step('6', 'a member of an included group is asked, a non-member not')
def group(world):
    member, other = world.customer('fennel'), world.customer('caraway')
    world.tell('group', 'add-member', LOYALTY, member.address)
    world.policy('loyalty')
    client, page = world.sign_in(member)
    world.asked(client, page, member)
    client, page = world.sign_in(other)
    world.not_asked(client, page, other)
    world.say('the member was asked, the other not')


@step('7', 'report-only asks nobody, and the record says who would have been')
def report_only(world):
    customer, grace = world.customer('anise'), world.account('grace@woodgrove.example')
    world.policy('report', 'report-only')
    for who, wanted in ((customer, 'reportOnlyInterrupted'), (grace, 'reportOnlyNotApplied')):
        client, page = world.sign_in(who)
        world.not_asked(client, page, who)
        result = world.result(who, 'report')
        expect(result == wanted, f'{wanted} in the record of {who.address}', result)
        world.say(f'{who.address}: not asked, recorded as {result}')


@step('8', 'a block policy blocks')
def block(world):
    customer = world.customer('rue')
    world.policy('block')
    _, page = world.sign_in(customer, 'partners')
    expect(not isinstance(page, Arrived) and page.status == 403, 'Partners blocked', page)
    world.say(f'Partners: {page}')
    result = world.result(customer, 'block')
    expect(result == 'failure', 'failure in the sign-in record', result)
    client, page = world.sign_in(customer)
    world.not_asked(client, page, customer)
    world.say('the shop still opens')


def dead_end(world, page, words):
    """A page that says so, has no form that goes on, and stays what it is."""
    expect(not isinstance(page, Arrived) and page.status == 403, 'a page that says no', page)
    expect(words in page.text, f'words about it: "{words}"', page.text)
    expect(not any(page.asks(field) for field in ('code', 'password')) and not page.offers('send'),
           'nothing to fill in on the page', page)
    expect('Start again' not in page.text, 'no invitation to a loop', page.text)
    world.say(f'told: {page}')


@step('9', 'Email method off: the honest page, and no loop')
def method_off(world):
    customer = world.customer('sorrel')
    world.policy('mfa')
    world.tell('method', 'set-state', 'email', 'off')
    browser = world.browser()
    for _ in range(2):
        _, page = world.sign_in(customer, browser=browser)
        dead_end(world, page, 'switched that off')
    expect(not world.unread(customer.address), 'no mail', world.unread(customer.address))


@step('10', 'email code first plus MFA: the dead-end page')
def otp_first(world):
    customer = Customer(world.address('clove'))
    browser = world.browser()
    page = world.shop(browser, '/signin?app=club&create=1')
    page = world.code(page.submit('address', email=customer.address), customer)
    claims = world.claims(page)
    expect(claims['amr'] == ['emailotp'], "amr ['emailotp']", claims['amr'])
    world.say('signed up at the Club by a code, amr emailotp')
    world.policy('mfa')
    browser = world.browser()
    page = world.client('club').begin(browser)
    expect(page.asks('email') and not page.asks('password'), 'a page without a password', page)
    page = world.code(page.submit('address', email=customer.address), customer)
    dead_end(world, page, 'would prove nothing more')


@step('10b', 'sign-up by code first under MFA: told, and no account is made')
def otp_first_sign_up(world):
    address = world.address('mace')
    world.policy('mfa')
    page = world.client('club').begin(world.browser(), prompt='create')
    expect(page.offers('address'), 'the sign-up page', page)
    page = world.code(page.submit('address', email=address), Customer(address))
    dead_end(world, page, 'would prove nothing more')
    expect(not world.exists(address), 'no account', f'an account {address}')


@step('11', "an app in no user flow: sign-in works, sign-up doesn't")
def no_flow(world):
    customer = world.customer('lovage')
    client, page = world.sign_in(customer, 'partners')
    world.not_asked(client, page, customer)
    page = world.client('partners').begin(world.browser())
    expect(page.asks('password') and not page.offers('to-sign-up'), 'no offer to sign up', page)
    page = world.client('partners').begin(world.browser(), prompt='create')
    expect(not page.offers('address'), 'no sign-up page', page)
    world.say(f'a known customer signs in; a new one is told: {page}')


@step('12', 'forgot password, and the old sessions are gone')
def forgot(world):
    customer = world.customer('savory')
    old = world.browser()
    client, page = world.sign_in(customer, browser=old)
    world.not_asked(client, page, customer)
    access = client.access
    expect(client.userinfo(access)[0] == 200, 'the access token to work', client.userinfo(access))
    expect('code' in client.begin(old, prompt='none').query, 'the session to work', old)
    world.say('signed in elsewhere: session and access token work')

    page = world.client().begin(world.browser()).submit('to-reset')
    expect(page.asks('email') and page.offers('address'), 'the page for a new password', page)
    page = world.code(page.submit('address', email=customer.address), customer)
    expect(page.offers('new-password'), 'the choice of a password', page)
    lost, customer.password = customer.password, secrets.token_urlsafe(12)
    page = page.submit('new-password', password=customer.password)
    world.say(f'reset by a code: {page.mark("h1")}')
    world.mail(customer.address, lambda mail: 'was changed' in mail.subject)

    arrived = client.begin(old, prompt='none')
    expect(arrived.query.get('error') == 'login_required', 'the old session gone', arrived)
    status, _ = client.userinfo(access)
    expect(status == 401, 'the old access token refused', status)
    _, page = world.sign_in(Customer(customer.address, lost))
    expect(page.asks('password'), 'the old password refused', page)
    client, page = world.sign_in(customer)
    world.not_asked(client, page, customer)
    world.say('old session, old token, old password: refused; the new password works')


def play(world, number, title, act, say):
    print(f'({number}) {title}', flush=True)
    begun = time.monotonic()
    try:
        world.calm()
        act(world)
    except Unexpected as wrong:
        print(f'     FAILED ({number}) {title}\n       expected: {wrong.expected}\n'
              f'       seen:     {wrong.seen}', flush=True)
        return False
    except (OSError, ValueError, LookupError, AttributeError) as error:
        print(f'     FAILED ({number}) {title}\n       expected: a server that answers as the '
              f'step reads it\n       seen:     {type(error).__name__}: {error}', flush=True)
        return False
    say(f'held ({time.monotonic() - begun:.1f} s)')
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n', 1)[0])
    parser.add_argument('--state', required=True, type=pathlib.Path, help='of the quickstart')
    parser.add_argument('--cli', required=True, help='the program sallyport')
    parser.add_argument('--patience', type=float, default=10, help='seconds to wait for a mail')
    parser.add_argument('--only', help='comma-separated numbers of steps')
    parser.add_argument('--result', type=pathlib.Path, help='file for the result, as JSON')
    options = parser.parse_args()

    def say(text):
        print('     ' + text, flush=True)
    world = World(options.state, options.cli, options.patience, say)
    wanted = options.only.split(',') if options.only else [number for number, _, _ in STEPS]
    failed, count = [], 0
    try:
        for number, title, act in STEPS:
            if number in wanted:
                count += 1
                if not play(world, number, title, act, say):
                    failed.append(number)
    finally:
        world.calm()
    if options.result:
        options.result.write_text(json.dumps({'passed': count - len(failed), 'failed': failed}))
    told = f'; failed: {" ".join(f"({number})" for number in failed)}' if failed else ''
    print(f'{count - len(failed)} of {count} steps held{told}')
    return 1 if failed or count == 0 else 0


if __name__ == '__main__':
    sys.exit(main())
