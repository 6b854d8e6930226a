"""A scripted browser: cookies, forms and redirects as a browser has them, and no library between.

It keeps cookies by host, sends forms as they stand on the page, and follows redirects only within
the server, so that a test sees what goes back to the app.
"""
import base64
import hashlib
import http.client
import html.parser
import json
import re
import secrets
import urllib.parse

REDIRECTS = 5


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b'=').decode()


def query_of(url):
    return {name: values[0] for name, values in
            urllib.parse.parse_qs(urllib.parse.urlsplit(url).query, keep_blank_values=True).items()}


class Form:
    def __init__(self, action):
        self.action, self.fields, self.buttons = action, {}, []


class Reader(html.parser.HTMLParser):
    """Forms, title, headings, language; raises on nothing, as browsers do."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.forms, self.words, self.lang, self.tags = [], {'title': '', 'h1': ''}, None, set()
        self.links, self.text, self.form, self.inside = [], [], None, None

    def handle_starttag(self, tag, pairs):
        held = dict(pairs)
        self.tags.add(tag)
        if tag == 'html':
            self.lang = held.get('lang')
        if tag in self.words:
            self.inside = tag
        if tag == 'a':
            self.links.append(held.get('href'))
        if tag == 'form':
            self.form = Form(held.get('action', ''))
            self.forms.append(self.form)
        if self.form is None or not held.get('name'):
            return
        if tag == 'button':
            self.form.buttons.append((held['name'], held.get('value', '')))
        elif tag == 'input' and (held.get('type') != 'checkbox' or 'checked' in held):
            self.form.fields[held['name']] = held.get('value') or ''

    def handle_endtag(self, tag):
        if tag == 'form':
            self.form = None
        if tag == self.inside:
            self.inside = None

    def handle_data(self, data):
        self.text.append(data)
        if self.inside:
            self.words[self.inside] += data


class Page:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.raw = status, headers, body
        self.body = body.decode(errors='replace')
        self.reader = Reader()
        if 'html' in self.header('Content-Type', ''):
            self.reader.feed(self.body)

    def header(self, name, other=None):
        found = [value for key, value in self.headers if key.lower() == name.lower()]
        return found[0] if found else other

    def all(self, name):
        return [value for key, value in self.headers if key.lower() == name.lower()]

    @property
    def heading(self):
        return ' '.join(self.reader.words['h1'].split())

    @property
    def title(self):
        return ' '.join(self.reader.words['title'].split())

    @property
    def text(self):
        return ' '.join(' '.join(self.reader.text).split())

    @property
    def location(self):
        return self.header('Location')

    @property
    def forms(self):
        return self.reader.forms

    def form(self, do=None):
        for form in self.forms:
            if do is None or ('do', do) in form.buttons:
                return form
        raise AssertionError(f'no form with {do!r} on page {self.status} {self.heading!r}')

    def json(self):
        return json.loads(self.raw)

    def __repr__(self):
        return f'<{self.status} {self.heading or self.body[:160]!r} {self.location or ""}>'


def clear(page):
    """What every page of ours is, right or wrong: None, or what is missing (accessible, req229)."""
    if not page.title or not page.heading:
        return 'no title or heading'
    if not page.reader.lang:
        return 'no language'
    if not re.search(r'[0-9a-f]{16}', page.text):
        return 'no request number'
    body = re.sub(r'value="[\w-]{36,}"', '', page.body)      # sealed: any letters at all
    if re.search(r'/(core|build|usr)/|\.c:\d|Traceback|lmdb|jansson|openssl|0x[0-9a-f]{6}', body, re.I):
        return 'tells of the inside'
    if "frame-ancestors 'none'" not in page.header('Content-Security-Policy', ''):
        return 'no content security policy'
    if 'no-store' not in page.header('Cache-Control', ''):
        return 'may be cached'
    if page.reader.tags & {'script', 'iframe', 'object', 'embed'}:
        return 'holds a script'
    return None


class Browser:
    """One browser. `source` is the loopback address that it connects from."""

    def __init__(self, base, source='127.0.0.1'):
        self.base, self.source, self.cookies = base, source, {}
        self.host = urllib.parse.urlsplit(base).netloc

    def twin(self, source=None):
        """The same cookies, in a jar of its own: a race, or a thief."""
        twin = Browser(self.base, source or self.source)
        twin.cookies = dict(self.cookies)
        return twin

    def connect(self):
        return http.client.HTTPConnection(self.host, timeout=60, source_address=(self.source, 0))

    def send(self, method, path, body=None, headers=()):
        """One request, nothing followed; cookies are kept."""
        connection = self.connect()
        sent = {'Host': self.host, 'Accept': 'text/html', 'Accept-Language': 'en'}
        if self.cookies:
            sent['Cookie'] = '; '.join(f'{name}={value}' for name, value in self.cookies.items())
        if body is not None:
            sent['Content-Type'] = 'application/x-www-form-urlencoded'
        sent.update(headers)
        sent = {name: value for name, value in sent.items() if value is not None}
        try:
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            page = Page(answer.status, answer.getheaders(), answer.read())
        finally:
            connection.close()
        for line in page.all('Set-Cookie'):
            self.keep(line)
        return page

    def keep(self, line):
        name, value = line.split(';')[0].split('=', 1)
        if re.search(r';\s*max-age=0\b', line, re.I):
            self.cookies.pop(name, None)
        else:
            self.cookies[name] = value

    def follow(self, page):
        for _ in range(REDIRECTS):
            if page.status not in (302, 303) or not page.location:
                return page
            target = urllib.parse.urljoin(self.base + '/', page.location)
            if not target.startswith(self.base + '/'):
                return page
            page = self.send('GET', target[len(self.base):])
        raise AssertionError('redirects without end')

    def get(self, path, **headers):
        return self.follow(self.send('GET', path, headers=headers))

    def post(self, path, fields, follow=True, **headers):
        body = fields if isinstance(fields, (str, bytes)) else urllib.parse.urlencode(fields)
        page = self.send('POST', path, body, headers)
        return self.follow(page) if follow else page

    def fill(self, page, do, follow=True, **fields):
        """The form of `page` that has the button `do`, filled in and sent."""
        form = page.form(do)
        return self.post(form.action, {**form.fields, 'do': do, **fields}, follow)


class App:
    """A client application: makes authorize requests, trades codes."""

    def __init__(self, tenant, client_id, redirect_uri, secret=None):
        self.tenant, self.client_id, self.redirect_uri = tenant, client_id, redirect_uri
        self.secret = secret
        self.verifier = self.state = self.nonce = None

    def request(self, **more):
        """Parameters of a good request; None leaves one out."""
        self.verifier, self.state = secrets.token_urlsafe(40), secrets.token_urlsafe(8)
        self.nonce = secrets.token_urlsafe(8)
        query = {
            'client_id': self.client_id, 'redirect_uri': self.redirect_uri, 'response_type': 'code',
            'scope': 'openid profile email', 'state': self.state, 'nonce': self.nonce,
            'code_challenge': base64url(hashlib.sha256(self.verifier.encode()).digest()),
            'code_challenge_method': 'S256',
        }
        query.update(more)
        return {name: value for name, value in query.items() if value is not None}

    def path(self, what):
        return f'/{self.tenant}/oauth2/v2.0/{what}'

    def begin(self, browser, **more):
        return browser.get(self.path('authorize') + '?' + urllib.parse.urlencode(self.request(**more)))

    def code(self, page):
        """The code on its way back to the app; the answer is checked as any app must."""
        assert page.status == 303 and page.location, page
        assert page.location.split('?')[0] == self.redirect_uri, page
        answer = query_of(page.location)
        assert 'code' in answer and answer['state'] == self.state and answer['iss'], page
        return answer['code']

    def redeem(self, browser, code, **more):
        fields = {'grant_type': 'authorization_code', 'code': code, 'redirect_uri': self.redirect_uri,
                  'client_id': self.client_id, 'code_verifier': self.verifier}
        if self.secret:
            fields['client_secret'] = self.secret
        fields.update(more)
        fields = {name: value for name, value in fields.items() if value is not None}
        return browser.twin().post(self.path('token'), fields, Accept='application/json', Cookie=None)

    def ask(self, browser, what, **fields):
        """A request of the app itself: to token, revoke, introspect; None leaves a field out."""
        fields = {'client_id': self.client_id, 'client_secret': self.secret, **fields}
        fields = {name: value for name, value in fields.items() if value is not None}
        return browser.twin().post(self.path(what), fields, Accept='application/json', Cookie=None)

    def refresh(self, browser, token, **more):
        return self.ask(browser, 'token', grant_type='refresh_token', refresh_token=token, **more)

    def userinfo(self, browser, token, **headers):
        if token is not None:
            headers['Authorization'] = 'Bearer ' + token
        return browser.twin().send('GET', self.path('userinfo'), headers={'Cookie': None, **headers})


def claims(token):
    part = token.split('.')[1]
    return json.loads(base64.urlsafe_b64decode(part + '=' * (-len(part) % 4)))
