"""The server as other people's clients find it: over http and https, with the second door shut.

	/usr/bin/python3 TEST.py SALLYPORTD PLUGINS SOURCE

The clients are those of package.json, which install.sh has put outside the tree. Without them a test says
that it was skipped; where CI is true, that is a failure.
"""
import http.client
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / 'http'))

from authority import Authority                                     # noqa: E402
from browser import Browser                                         # noqa: E402
from world import CLIENTS, PASSWORD, World                          # noqa: E402
from server import free_port                                        # noqa: E402

SCOPE = 'openid profile email offline_access'
SKIPPED = 77


def skip(why):
    print('skipped: ' + why)
    sys.exit(1 if os.environ.get('CI') == 'true' else SKIPPED)


def installed():
    """The folder that the clients are in."""
    node = shutil.which('node')
    folder = pathlib.Path(subprocess.run([HERE / 'install.sh', '--where'], check=True, capture_output=True,
                                         text=True).stdout.strip(), 'node_modules')
    if node is None or not folder.is_dir():
        skip('the clients are not here; tests/clients/install.sh installs them')
    return folder


class Secure(Browser):
    """The scripted browser over https."""

    def __init__(self, base, source, context):
        super().__init__(base, source)
        self.context = context

    def connect(self):
        return http.client.HTTPSConnection(self.host, timeout=60, source_address=(self.source, 0),
                                           context=self.context)


class House(World):
    """A World with an https listener, `safe`, and MFA demanded of everybody."""

    def __init__(self, **settings):
        self.place = pathlib.Path(tempfile.mkdtemp(prefix='sallyport-clients-'))
        self.authority, self.safe = Authority(self.place), f'https://127.0.0.1:{free_port()}'
        super().__init__(change=self.listen, sourceSendsAnHour=100000, sourcePasswords=100000, **settings)
        self.tenant = self.must('GET', '/tenant')['id']
        self.mfa()

    def listen(self, text):
        return text.replace('plugin:\n', f'''  safe:
    address: "{self.safe[8:]}"
    base_url: {self.safe}
    surfaces: [pages, oidc, native]
    tls_certificate: {self.authority.chain}
    tls_key: {self.authority.key}
plugin:
''', 1)

    def issuer(self, scheme):
        return f'{self.base if scheme == "http" else self.safe}/{self.tenant}/v2.0'

    def surfer(self, scheme):
        """A scripted browser that nobody has used."""
        plain = self.browser()
        return plain if scheme == 'http' else Secure(self.safe, plain.source, self.authority.trusted())

    def register(self, number, name, platform, *uris, **more):
        """An application; its client_id."""
        client = CLIENTS + f'{number:x}'[-1]
        self.must('POST', '/applications', {
            'appId': client, 'displayName': name, platform: {'redirectUris': list(uris)}, **more})
        return client

    def end(self):
        try:
            super().end()
        finally:
            shutil.rmtree(self.place)


class User:
    """A customer in a scripted browser, who signs in with both doors, and out."""

    def __init__(self, house, scheme):
        self.house, self.browser = house, house.surfer(scheme)
        self.address, self.id = house.customer()

    def visit(self, url):
        """Goes to a URL of the server's, does what the pages ask; where it all ends, and what was posted there."""
        browser = self.browser
        page = browser.get(url[len(browser.base):])
        asked = {button for form in page.forms for button in form.buttons}
        if ('do', 'password') in asked:
            page = browser.fill(page, 'password', email=self.address, password=PASSWORD)
            page = browser.fill(page, 'code', code=self.house.code(self.address))
        if ('do', 'sign-out') in asked:
            page = browser.fill(page, 'sign-out')
        if page.location:
            return {'url': urllib.parse.urljoin(browser.base, page.location)}
        if page.forms and not page.forms[0].action.startswith('/'):
            return {'url': page.forms[0].action, 'body': urllib.parse.urlencode(page.forms[0].fields)}
        raise AssertionError(f'{url} ends at {page}')
