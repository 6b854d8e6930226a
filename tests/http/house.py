"""A World over http and https, as apps and their customers find it.

	house = House()
	user = User(house, 'https')
	user.visit(url)		# signs in by both doors, says where it all ended
"""
import http.client
import pathlib
import shutil
import tempfile
import urllib.parse

from authority import Authority
from browser import Browser
from world import CLIENTS, PASSWORD, World, free_port

SCOPE = 'openid profile email offline_access'


class Secure(Browser):
    """The scripted browser over https."""

    def __init__(self, base, source, context):
        super().__init__(base, source)
        self.context = context

    def twin(self, source=None):
        twin = Secure(self.base, source or self.source, self.context)
        twin.cookies = dict(self.cookies)
        return twin

    def connect(self):
        return http.client.HTTPSConnection(self.host, timeout=60, source_address=(self.source, 0),
                                           context=self.context)


class House(World):
    """A World with an https listener, `safe`."""

    def __init__(self, **settings):
        self.place = pathlib.Path(tempfile.mkdtemp(prefix='sallyport-house-'))
        self.authority, self.safe = Authority(self.place), f'https://127.0.0.1:{free_port()}'
        super().__init__(change=self.listen, sourceSendsAnHour=100000, sourcePasswords=100000, **settings)
        self.tenant = self.must('GET', '/tenant')['id']

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
    """A customer in a scripted browser, who signs in, by the second door if there is one, and out."""

    def __init__(self, house, scheme):
        self.house, self.browser = house, house.surfer(scheme)
        self.address, self.id = house.customer(city='Wien')
        self.asked, self.agreed = [], False

    def visit(self, url):
        """Goes to a URL of the server's and does what the pages ask: see answer()."""
        return self.answer(self.browser.get(url[len(self.browser.base):]))

    def answer(self, page):
        """Does what the page asks, and the next: where it all ends, {url}, or {url, body} if it was posted there.

        `asked` is then what was asked for.
        """
        self.asked = []
        while (do := self.next(page)) is not None:
            self.asked.append(do)
            self.agreed = self.agreed or do == 'agree'
            page = self.browser.fill(page, do, **self.words(do))
        if page.location:
            return {'url': urllib.parse.urljoin(self.browser.base, page.location)}
        if page.forms and not page.forms[0].action.startswith('/'):
            return {'url': page.forms[0].action, 'body': urllib.parse.urlencode(page.forms[0].fields)}
        return {'page': page}

    def next(self, page):
        offered = {value for form in page.forms for name, value in form.buttons if name == 'do'} - set(self.asked)
        return next((do for do in ('password', 'code', 'agree', 'sign-out') if do in offered), None)

    def words(self, do):
        if do == 'password':
            return {'email': self.address, 'password': PASSWORD}
        return {'code': self.house.code(self.address)} if do == 'code' else {}
