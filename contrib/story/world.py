"""What the story plays in: the running servers, the operator's CLI, the spool of mails."""
import email
import email.policy
import json
import os
import pathlib
import re
import secrets
import subprocess
import time
import urllib.parse

from browser import Browser, Page, Unexpected
from client import Client

TENANT = 'woodgrove'
APPS = {
    'shop': ('0a8f6a52-7c1e-4b39-9a57-1f20c3d4e501', '/callback'),
    'recipes': ('0a8f6a52-7c1e-4b39-9a57-1f20c3d4e502', '/recipes/callback'),
    'club': ('0a8f6a52-7c1e-4b39-9a57-1f20c3d4e503', '/club/callback'),
    'partners': ('0a8f6a52-7c1e-4b39-9a57-1f20c3d4e504', '/partners/callback'),
}
POLICIES = {
    'mfa': 'Require MFA for customers',
    'loyalty': 'Require MFA for loyalty members',
    'report': 'Report only: MFA everywhere',
    'block': 'Block Partners',
    'sensitive': 'Require MFA for sensitive steps',
}
LOYALTY = 'Loyalty members'


def expect(holds, expected, seen):
    if not holds:
        raise Unexpected(expected, str(seen))


class Mail:
    def __init__(self, path):
        letter = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        self.name, self.to, self.subject = path.name, letter['To'].strip(), letter['Subject']
        self.text = letter.get_body(('plain',)).get_content()
        codes = re.findall(r'(?m)^\s*(\d{8})\s*$', self.text)
        self.code = codes[0] if len(codes) == 1 else None


class Customer:
    def __init__(self, address, password=None):
        self.address, self.password = address, password


class World:
    def __init__(self, state, cli, patience, say):
        self.state, self.command, self.patience, self.say = pathlib.Path(state), cli, patience, say
        self.demo = json.loads((self.state / 'demo.json').read_text())
        self.ca = str(self.state / 'tls/ca.pem')
        self.read = set()       # names of mails that a step has used
        self.started = set()    # policies that are not off
        self.calm()

    # The operator.

    def cli(self, *words, given=None, fine=(0,)):
        environment = {**os.environ, 'SALLYPORT_SOCKET': str(self.state / 'admin.sock')}
        done = subprocess.run([self.command, *words], input=given, text=True, timeout=60,
                              capture_output=True, env=environment)
        expect(done.returncode in fine, f'`sallyport {" ".join(words)}` to work',
               f'exit status {done.returncode}: {done.stderr.strip()}')
        return done

    def tell(self, *words):
        """A command that the story is about: shown."""
        self.say('$ sallyport ' + ' '.join(f'"{w}"' if ' ' in w else w for w in words))
        return self.cli(*words, '--yes') if words[0] in ('policy', 'method') else self.cli(*words)

    def policy(self, name, state='on'):
        self.tell('policy', 'set-state', POLICIES[name], state)

    def calm(self):
        """Every policy off, the Email method on: what each step begins with."""
        for name in POLICIES.values():
            self.cli('policy', 'set-state', name, 'off')
        self.cli('method', 'set-state', 'email', 'on')

    def customer(self, name):
        """A new account with a password, made by the operator."""
        customer = Customer(self.address(name), secrets.token_urlsafe(12))
        self.cli('user', 'add', customer.address, '--name', name.capitalize(),
                 '--password-file', '-', given=customer.password + '\n')
        self.say(f'{customer.address} has an account')
        return customer

    def account(self, address):
        """The demo account of that address."""
        found = next(a for a in self.demo['accounts'] if a['email'] == address)
        return Customer(found['email'], found['password'])

    def exists(self, address):
        return self.cli('user', 'show', address, fine=(0, 1)).returncode == 0

    def last_signin(self, customer):
        """The newest record of a sign-in of that customer: by id, since addresses are masked."""
        user = json.loads(self.cli('user', 'show', customer.address, '--json').stdout)
        for record in json.loads(self.cli('signins', '--json', '--top', '100').stdout)['value']:
            if record['userId'] == user['id']:
                return record
        raise Unexpected(f'a sign-in record of {customer.address}', 'none')

    def result(self, customer, policy):
        record = self.last_signin(customer)
        for one in record['appliedConditionalAccessPolicies']:
            if one['displayName'] == POLICIES[policy]:
                return one['result']
        raise Unexpected(f'a result of "{POLICIES[policy]}" in the sign-in record', record)

    # The mail.

    @staticmethod
    def address(name):
        return f'{name}-{secrets.token_hex(4)}@example.net'

    def mails(self, address):
        """All that lies in the spool for an address, in the order of sending."""
        found = []
        for path in sorted((self.state / 'spool').glob('*.eml')):
            try:
                found.append(Mail(path))
            except FileNotFoundError:
                continue        # its code had expired
        return [mail for mail in found if mail.to == address]

    def mail(self, address, wanted=lambda mail: mail.code):
        """The next mail to the address that no step has used: waits for it."""
        until = time.monotonic() + self.patience
        while True:
            for mail in self.mails(address):
                if mail.name not in self.read and wanted(mail):
                    self.read.add(mail.name)
                    return mail
            if time.monotonic() > until:
                raise Unexpected(f'a mail to {address} in the spool', f'none in {self.patience} s')
            time.sleep(0.02)

    def unread(self, address):
        return [mail.subject for mail in self.mails(address) if mail.name not in self.read]

    # The customer.

    def browser(self):
        return Browser(self.ca)

    def client(self, app='shop', https=False):
        """A plain app, registered as the shop's app is."""
        client_id, callback = APPS[app]
        base = self.demo['addresses']['https' if https else 'server']
        return Client(f'{base}/{TENANT}', client_id, self.demo['addresses']['shop'] + callback,
                      self.ca)

    def shop(self, browser, path):
        browser.home = None
        return browser.get(self.demo['addresses']['shop'] + path)

    def claims(self, page):
        """From "What my token says": the shop has checked them."""
        at_shop = isinstance(page, Page) and page.url == self.demo['addresses']['shop'] + '/token'
        expect(at_shop and page.mark('claims'), 'the shop, signed in', page)
        return json.loads(page.mark('claims'))

    def sign_in(self, customer, app='shop', browser=None, **more):
        """Address and password typed: what comes next."""
        browser, client = browser or self.browser(), self.client(app)
        page = client.begin(browser, **more)
        expect(page.asks('password'), 'the sign-in page', page)
        return client, page.submit('password', email=customer.address, password=customer.password)

    def code(self, page, customer):
        """The mailed code, typed."""
        expect(page.asks('code'), 'the page that asks for the code', page)
        return page.submit('code', code=self.mail(customer.address).code)

    def not_asked(self, client, page, customer):
        """Back at the app with a password alone, and no mail was sent."""
        claims = client.finish(page)
        expect(claims['amr'] == ['pwd'], "amr ['pwd']", claims['amr'])
        expect(not self.unread(customer.address), 'no mail', self.unread(customer.address))
        return claims

    def asked(self, client, page, customer):
        claims = client.finish(self.code(page, customer))
        expect({'pwd', 'emailotp', 'mfa'} <= set(claims['amr']), 'amr with pwd, emailotp and mfa',
               claims['amr'])
        return claims


def path_of(url):
    return urllib.parse.urlsplit(url).path
