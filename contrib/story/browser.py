"""A browser without JavaScript: cookies, redirects, forms as they stand on the page.

It posts what the page's form holds and the customer typed, and nothing else: a field or button
that is not there can't be used. Each browser has a loopback address of its own, as customers have.
"""
import html.parser
import http.client
import http.cookiejar
import itertools
import ssl
import urllib.parse
import urllib.request

MOST_REDIRECTS = 12
ADDRESSES = itertools.count(2)
VOID = {'input', 'meta', 'link', 'br', 'img', 'hr', 'path'}


class Unexpected(Exception):
    """What was expected, and what was seen instead."""

    def __init__(self, expected, seen):
        super().__init__(expected, seen)
        self.expected, self.seen = expected, seen


class Parser(html.parser.HTMLParser):
    """Forms, headings and texts of a page."""

    def __init__(self):
        super().__init__()
        self.forms, self.marks, self.words, self.links, self.scripts = [], {}, [], [], 0
        self.open = []

    def handle_starttag(self, tag, attributes):
        at = dict(attributes)
        if tag not in VOID:
            self.open.append((tag, at))
        if tag == 'script' or any(name.startswith('on') for name in at):
            self.scripts += 1
        if tag == 'a':
            self.links.append(at.get('href', ''))
        if tag == 'form':
            self.forms.append({'action': at.get('action', ''), 'fields': {}, 'buttons': []})
        if self.forms and tag == 'button':
            self.forms[-1]['buttons'].append(at.get('value'))
        if self.forms and tag == 'input' and at.get('name'):
            ticked = at.get('type') not in ('checkbox', 'radio') or 'checked' in at
            self.forms[-1]['fields'][at['name']] = at.get('value') or '' if ticked else None

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if any(tag in ('style', 'title', 'head') for tag, _ in self.open):
            return
        self.words.append(data)
        for tag, at in self.open:
            for name in [tag, at.get('id'), *at.get('class', '').split()]:
                if name:
                    self.marks[name] = self.marks.get(name, '') + data


class Page:
    def __init__(self, browser, url, status, headers, body):
        self.browser, self.url, self.status = browser, url, status
        self.policy = headers.get('Content-Security-Policy', '')
        parser = Parser()
        parser.feed(body)
        self.forms, self.marks, self.links = parser.forms, parser.marks, parser.links
        self.text = ' '.join(' '.join(parser.words).split())
        if parser.scripts:
            raise Unexpected(f'a page without scripts at {url}', f'{parser.scripts} of them')

    def may_send_to(self, url):
        """Browsers hold form-action against the form's target and all that it redirects to."""
        rule = next((part.split()[1:] for part in self.policy.split(';')
                     if part.split()[:1] == ['form-action']), [])
        own, to = urllib.parse.urlsplit(self.url), urllib.parse.urlsplit(url)
        return f'{to.scheme}://{to.netloc}' in rule or \
            ("'self'" in rule and (own.scheme, own.netloc) == (to.scheme, to.netloc))

    def __str__(self):
        wrong = self.mark('wrong') or self.mark('problem')
        return f'"{self.mark("h1")}" ({self.status}){": " + wrong if wrong else ""}'

    def mark(self, name):
        """The text inside elements of that tag, id or class."""
        return ' '.join(self.marks.get(name, '').split())

    def asks(self, field):
        return any(form['fields'].get(field) is not None for form in self.forms)

    def offers(self, do):
        return any(do in form['buttons'] for form in self.forms)

    def submit(self, do, **typed):
        for form in self.forms:
            if do in form['buttons'] and typed.keys() <= form['fields'].keys():
                fields = {k: v for k, v in form['fields'].items() if v is not None}
                return self.browser.post(self, urllib.parse.urljoin(self.url, form['action']),
                                         {**fields, **typed, 'do': do})
        wanted = f'a form with {" and ".join(typed) or "nothing to fill in"}, and a button {do}'
        raise Unexpected(wanted, f'the page {self}')


class Arrived:
    """The browser was sent back to an app that isn't a web server here: a plain client's."""

    def __init__(self, url):
        self.url = url
        self.query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query))
        self.text = ''

    def __str__(self):
        return 'back at the app with ' + (self.query.get('error') or 'a code')

    def asks(self, _field):
        return False

    offers = asks


class Browser:
    def __init__(self, ca):
        self.jar = http.cookiejar.CookieJar()
        self.context = ssl.create_default_context(cafile=ca)
        number = next(ADDRESSES)
        self.address = f'127.0.{number // 250}.{number % 250 + 1}'
        self.home = None        # where a plain client takes its answers

    def get(self, url):
        return self.visit('GET', url, None)

    def post(self, page, url, fields):
        return self.visit('POST', url, urllib.parse.urlencode(fields), page)

    def visit(self, method, url, body, page=None):
        for _ in range(MOST_REDIRECTS):
            if page is not None and not page.may_send_to(url):
                raise Unexpected(f'form-action of {page.url} to allow {url}', page.policy)
            if self.home and url.startswith(self.home + '?'):
                return Arrived(url)
            status, headers, text = self.request(method, url, body)
            if status not in (301, 302, 303, 307):
                return Page(self, url, status, headers, text)
            url = urllib.parse.urljoin(url, headers['Location'])
            method, body = 'GET', None
        raise Unexpected('a page', f'{MOST_REDIRECTS} redirects in a row, the last to {url}')

    def request(self, method, url, body):
        at = urllib.parse.urlsplit(url)
        kind = http.client.HTTPConnection
        more = {}
        if at.scheme == 'https':
            kind, more = http.client.HTTPSConnection, {'context': self.context}
        line = kind(at.hostname, at.port, timeout=30, source_address=(self.address, 0), **more)
        headers = {'Accept': 'text/html', 'Accept-Language': 'en',
                   'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64) story', 'Connection': 'close'}
        if body is not None:
            headers['Content-Type'] = 'application/x-www-form-urlencoded'
            headers['Sec-Fetch-Site'] = 'same-origin'
        question = urllib.request.Request(url)
        self.jar.add_cookie_header(question)
        if question.has_header('Cookie'):
            headers['Cookie'] = question.get_header('Cookie')
        try:
            line.request(method, at.path + ('?' + at.query if at.query else ''), body, headers)
            answer = line.getresponse()
            self.jar.extract_cookies(answer, question)
            return answer.status, answer.headers, answer.read().decode()
        finally:
            line.close()
