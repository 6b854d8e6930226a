"""Pages and mails: contract, language, markup and size, as rendered (req143 231 250 252 254 255 167)."""
import html.parser
import pathlib
import re
import subprocess
import sys

RENDER, ROOT = sys.argv[1], pathlib.Path(sys.argv[2])
CONF = ROOT / 'conf'
COMMON = ['style=/style.css', 'brand.name={}', 'brand.initial=W', 'brand.help=/help', 'app={}',
          'request_id=77aa', 'action=/t/flow/post', 'journey={}', 'problem={}',
          'problem_field=#email', 'notice={}']
INPUTS = ['inputs+', '\tline!', '\tid=a-0', '\tname=givenName', '\tlabel={}', '\thint={}',
          '\tvalue={}', '\tflaw={}', '\tmax=64', '\tautocomplete=given-name', '\tnumber!', 'inputs+',
          '\tchoice!', '\tid=a-1', '\tname=color', '\tlabel={}', '\toptions+', '\t\toption_value={}',
          '\t\toption_label={}', '\t\tchosen!', 'inputs+', '\tyes_no!', '\tid=a-2', '\tname=news',
          '\tlabel={}', '\thint={}', '\tflaw={}']
PAGES = {
    'sign-in': ['email={}', 'wrong.email={}', 'wrong.password={}', 'stay_offered!', 'stay!',
                'reset_offered!', 'sign_up_offered!', 'second_door!'],
    'identify': ['email={}', 'wrong.email={}', 'stay_offered!', 'sign_up_offered!'],
    'sign-up': ['email={}', 'wrong.email={}'],
    'forgot': ['email={}', 'wrong.email={}'],
    'code': ['purpose.second=1', 'target={}', 'reference={}', 'digits=8', 'minutes_left=1',
             'tries_told!', 'tries_left=2', 'wrong.code={}', 'resend!', 'resend_wait=60', 'back={}'],
    'send-code': ['target={}', 'back=to-sign-in'],
    'new-password': ['password_min=8', 'wrong.password={}', 'wrong.email={}', 'email={}', 'purpose.reset=1', 'purpose.renew=1', 'founds!'],
    'link': ['wrong.link={}'],
    'linked': ['target={}', 'sign_out=/t/oauth2/v2.0/logout'],
    'attributes': INPUTS,
    'reset-done': ['restart!'],
    'denied': ['title={}', 'message={}', 'advice={}', 'restart!', 'somebody_else!',
               'back_to_app={}'],
    'account': ['accounts+', '\taccount=x', '\taddress={}', 'email={}'],
    'consent': ['host={}', 'scopes+', '\twhat={}', '\tof={}', '\tmore={}', 'offline!', 'days=90', 'back=to-sign-in'],
    'sign-out': ['developer.code={}', 'developer.what={}'],
    'device': ['user_code={}', 'problem={}'],
    'device-confirm': ['app={}', 'account={}', 'place={}', 'minutes=3', 'code=x'],
    'device-done': ['allowed!'],
    'signed-out': ['back_to_app={}', 'developer.code={}', 'developer.what={}'],
    'to-app': ['target=https://app.example/back', 'fields+', '\tfield=code', '\tvalue={}'],
    'error': ['title={}', 'message={}', 'developer.code={}', 'developer.what={}',
              'developer.mend={}', 'back_to_app={}'],
}
MAILS = {
    'code': ['purpose.second=1', 'code=01234567', 'reference=KLMPR', 'minutes=10',
             'bind_host=id.example'],
    'account-exists': [], 'failed-second-door': ['time={}', 'place={}'],
    'password-changed': ['time={}', 'place={}'],
}
# req231: names, app name, error_description, state, login_hint, ui_locales.
HOSTILE = ['<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', "' autofocus onfocus=alert(1) '",
           'javascript:alert(1)', 'data:text/html,<script>alert(1)</script>', '</title><svg onload=alert(1)>',
           '{{journey}}{{{x}}}', '//evil.example/', '\\\\evil.example', '&lt;script&gt;',
           '\u202egnihsihp', 'a`b=c', 'JaVaScRiPt:alert(1)', ' javascript:alert(1)']
PARTS = {'begin', 'open', 'close', 'developer', 'problem', 'app'}
VOID = {'meta', 'link', 'input', 'img', 'br'}
bad = 0


def wrong(where, what):
    global bad
    print(f'{where}: {what}')
    bad = 1


def render(folder, name, language, lines):
    run = subprocess.run([RENDER, CONF / folder, CONF / 'text', language, name],
                         input='\n'.join(lines) + '\n', capture_output=True, text=True, timeout=60)
    if run.returncode:
        wrong(name, f'exit {run.returncode} {run.stderr}')
    return run.stdout


class Page(html.parser.HTMLParser):
    """Elements, and what a browser would do with them."""

    def __init__(self, text):
        super().__init__()
        self.open, self.all, self.wrong, self.words = [], [], [], []
        self.feed(text)
        if self.open:
            self.wrong.append(f'not closed: {self.open}')

    def handle_starttag(self, tag, pairs):
        names = [name for name, _ in pairs]
        if len(names) != len(set(names)):
            self.wrong.append(f'double attribute in {tag}')
        self.all.append((tag, dict(pairs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, pairs):
        self.all.append((tag, dict(pairs)))

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f'</{tag}> out of place')

    def handle_data(self, data):
        self.words.append(data)

    def find(self, tag):
        return [pairs for name, pairs in self.all if name == tag]


def check_safe(where, page, inline):
    """Nothing that runs, nothing from elsewhere."""
    for tag, pairs in page.all:
        if tag in ('script', 'iframe', 'object', 'base', 'style'):
            wrong(where, f'<{tag}>')
        for name, value in pairs.items():
            if name.startswith('on') or (name == 'style' and not inline):
                wrong(where, f'{tag} {name}')
            if name in ('src', 'href', 'action') and not re.match(r'/[^/\\]|#|https://', value or '#'):
                wrong(where, f'{tag} {name}={value}')
    for what in page.wrong:
        wrong(where, what)


def check_forms(where, page):
    ids = [pairs['id'] for _, pairs in page.all if 'id' in pairs]
    if len(ids) != len(set(ids)):
        wrong(where, f'an id twice: {ids}')
    labels = {pairs.get('for') for pairs in page.find('label')}
    for pairs in page.find('input'):
        if pairs['type'] in ('hidden', 'checkbox', 'radio') or pairs.get('aria-hidden'):
            continue
        if pairs['id'] not in labels:
            wrong(where, f"{pairs['id']} has no label")
        if pairs.get('aria-invalid') and not pairs.get('aria-describedby'):
            wrong(where, f"the error of {pairs['id']} is not tied to it")
    for _, pairs in page.all:
        for one in (pairs.get('aria-describedby') or '').split():
            if one not in ids:
                wrong(where, f'aria-describedby names {one}, which is not there')
    for pairs in page.find('form'):
        if pairs.get('method') != 'post' or not pairs.get('action'):
            wrong(where, 'a form that does not post')
    forms = sum(bool(pairs.get('action', '').startswith('/')) for pairs in page.find('form'))    # our own
    proof = {'device': 'user_code', 'device-confirm': 'code'}.get(where.split()[0], 'journey')
    if sum(p.get('name') == proof for p in page.find('input')) != forms:
        wrong(where, 'a form without journey')
    if len(page.find('h1')) != 1 or len(page.find('title')) != 1:
        wrong(where, 'not one h1 and one title')


def fill(lines, text):
    return [line.replace('{}', text) for line in lines]


def check_page(name, language):
    lines = fill(COMMON + PAGES[name], 'ok')
    text = render('pages', name + '.html', language, lines)
    page, where = Page(text), f'{name} {language}'
    check_safe(where, page, False)
    check_forms(where, page)
    if page.find('html')[0].get('lang') != language:
        wrong(where, 'lang (req254)')
    if len(text.encode()) + (CONF / 'pages/style.css').stat().st_size > 50 * 1024:
        wrong(where, 'over 50 KiB (req255)')
    if '{{' in text or '}}' in text:
        wrong(where, 'a hole was left')
    bare = Page(render('pages', name + '.html', language, COMMON[:7]))
    check_safe(where + ' bare', bare, False)
    check_forms(where + ' bare', bare)


def check_code():
    page = Page(render('pages', 'code.html', 'en', COMMON[:8] + PAGES['code']))
    fields = [p for p in page.find('input') if p.get('name') == 'code']
    if len(fields) != 1 or fields[0].get('inputmode') != 'numeric' \
            or fields[0].get('autocomplete') != 'one-time-code':
        wrong('code', 'not one numeric one-time-code field (req250)')


def check_hostile(name, plain, text):
    page = Page(render('pages', name + '.html', 'en', fill(COMMON + PAGES[name], text)))
    where = f'{name} with {text!r} (req231)'
    check_safe(where, page, False)
    if [tag for tag, _ in page.all] != [tag for tag, _ in plain.all]:
        wrong(where, 'other elements than with harmless text')
    if [sorted(p) for _, p in page.all] != [sorted(p) for _, p in plain.all]:
        wrong(where, 'other attributes than with harmless text')


def check_mail(name, language):
    lines = fill(['brand.name=Wood & Grove', 'app=Shop'] + MAILS[name], 'ok')
    text = render('mail', name + '.txt', language, lines)
    page = Page(render('mail', name + '.html', language, lines))
    check_safe(name, page, True)
    if page.find('a') or page.find('img') or re.search(r'https?://', text):
        wrong(name, 'a mail with links or pictures')
    if 'Wood & Grove' not in text or 'Wood & Grove' not in ''.join(page.words):
        wrong(name, 'brand is missing or wrongly escaped (req167)')
    if name == 'code' and (text.count('01234567') != 2 or not text.endswith('@id.example #01234567\n')):
        wrong(name, 'code in the body and bound to the host (req164, req165)')
    if '\n\n\n' in text or '{{' in text:
        wrong(name, 'empty lines or holes were left')


def names_used(folder):
    """name -> templates that use it, less what the messages say."""
    used = {}
    for path in sorted((CONF / folder).glob('*.*')):
        if path.suffix in ('.html', '.txt'):
            for name in re.findall(r'{{[#^]?([a-z_.]+)}}', path.read_text()):
                used.setdefault(name, set()).add(path.name)
    return {name: where for name, where in used.items() if not name.startswith('text.')}


def check_contract(folder):
    told = set(re.findall(r'`([a-z_.]+)`', (CONF / folder / 'README.md').read_text()))
    for name, where in names_used(folder).items():
        if name not in told and name + '.code' not in told:
            wrong(folder, f'README.md does not tell of {name}, used in {sorted(where)}')


def keys(language):
    lines = (CONF / 'text' / f'{language}.txt').read_text().splitlines()
    return dict(line.split(' =', 1) for line in lines if line and line[0] != '#')


def check_words():
    english, german = keys('en'), keys('de')
    for key in english.keys() ^ german.keys():
        wrong('text', f'{key} is in one language only (req254)')
    for key in english.keys() & german.keys():
        holes = [sorted(set(re.findall(r'{([a-z_.]+)', words[key]))) for words in (english, german)]
        if holes[0] != holes[1]:
            wrong('text', f'{key}: other values in German: {holes}')


def check_title(name):
    """Whoever doesn't see the page hears in its title, once, that something is to be mended (req252)."""
    flaws = [line for line in PAGES[name] if line.startswith('wrong.')]
    plain = [line for line in COMMON + PAGES[name] if line not in flaws and not line.startswith('problem')]
    for more in ([flaw] for flaw in flaws):
        page = render('pages', name + '.html', 'en', fill(plain + more, 'ok'))
        if page.partition('<title>')[2].partition('</title>')[0].count('Error: ') != 1:
            # Which of the two was wrong is not told at a sign-in: that is a problem of the page.
            if (name, more[0]) != ('sign-in', 'wrong.password={}'):
                wrong(name, f'the title tells nothing of {more[0]}')


html_files = {path.stem for path in (CONF / 'pages').glob('*.html')} - PARTS
if html_files != set(PAGES):
    wrong('pages', f'not tested: {html_files ^ set(PAGES)}')
for language in ('en', 'de'):
    for name in PAGES:
        check_page(name, language)
    for name in MAILS:
        check_mail(name, language)
check_code()
for name in PAGES:
    check_title(name)
    calm = Page(render('pages', name + '.html', 'en', fill(COMMON + PAGES[name], 'ok')))
    for text in HOSTILE:
        check_hostile(name, calm, text)
for folder in ('pages', 'mail'):
    check_contract(folder)
check_words()
sys.exit(bad)
