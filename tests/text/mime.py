"""Messages as a mail program reads them (req154-157 167, attackB6)."""
import email
import email.header
import email.policy
import email.utils
import subprocess
import sys

COMPOSE = sys.argv[1]
bad = 0


def wrong(where, what):
    global bad
    print(f'{where}: {what}')
    bad = 1


def compose(*words):
    return subprocess.run([COMPOSE, *words], capture_output=True, timeout=60)


LONG = 'Ein sehr langer Name für einen Laden, dessen Inhaber nicht aufhören wollte, ihn zu benennen'
# From name, to name, subject, text, html
GOOD = [
    ('Woodgrove', '', 'Your code', 'Hello\n', '<p>Hello</p>\n'),
    ('Wood, "Grove" \\ <Sons>', 'Casey; Jones', 'a' * 60, 'x' * 5000, ''),
    ('Bücher & Söhne', 'Ünal Ölmez', 'Ihr Code für Bücher & Söhne ' + 'ä' * 90, 'Grüße\n\nÄ', '<p>ü</p>'),
    (LONG, LONG, LONG * 3, 'tail \nspace\t\n.\n..dots\nFrom me\n=3D=\n', '<b>.</b>\n.'),
    ('日本語の名前' * 8, '😀' * 40, '😀' * 60, '😀' * 3000, '<p>日本語</p>'),
    ('=?utf-8?B?eA==?=', 'a  b', ' =?utf-8?Q?x?= two  spaces ', '--=_sallyport--\n', '--=_sallyport\n'),
    ('x' * 70, 'y' * 78, 'word ' * 60 + 'end', 'a\n' * 200, '<p>' + 'a ' * 900 + '</p>'),
]
BAD = [
    {2: 'a@x.example,b@y.example'}, {2: 'a@x.example\r\nBcc: v@y.example'}, {2: 'a@x.example\n'},
    {2: 'a b@x.example'}, {2: '<a@x.example>'}, {2: 'a@x.example;'}, {2: 'a@@x.example'}, {2: ''},
    {2: '"a b"@x.example'}, {2: 'a@[127.0.0.1]'}, {2: '@r.example:a@x.example'}, {2: 'ä@x.example'},
    {2: 'a@x.example (c)'}, {2: 'a' * 65 + '@x.example'}, {0: 'a@x.example\rX: y'},
    {1: 'Shop\r\nBcc: v@y.example'}, {1: 'Shop\n'}, {1: 'Shop\x1b[2J'}, {1: 'Sh\x7fop'},
    {1: 'Sh\u0085op'}, {3: 'Casey\rX: y'}, {4: 'Hi\r\n\r\nbody'}, {4: 'Hi\nX: y'},
    {4: 'Hi\u2028X: y'}, {4: 'x' * 513}, {5: 'a\rb'}, {5: 'a\x0bb'}, {5: 'x' * 70000},
]


def check_wire(where, raw):
    if raw.replace(b'\r\n', b'').count(b'\n') or raw.replace(b'\r\n', b'').count(b'\r'):
        wrong(where, 'a bare CR or LF')
    if not raw.endswith(b'\r\n'):
        wrong(where, 'does not end in CRLF')
    for line in raw.split(b'\r\n'):
        if len(line) > 78:
            wrong(where, f'a line of {len(line)} bytes (req154)')
        if any(byte > 126 or (byte < 32 and byte != 9) for byte in line):
            wrong(where, f'not 7 bit: {line!r}')


def mailbox(raw, name):
    """By RFC 2047 6.2: the policy of email.policy.default keeps spaces between encoded words."""
    fields = email.message_from_bytes(raw).get_all(name)
    pairs = email.utils.getaddresses([field.replace('\r\n', '') for field in fields])
    return [(str(email.header.make_header(email.header.decode_header(display))), address)
            for display, address in pairs]


def check_good(case):
    from_name, to_name, subject, text, html = case
    run = compose('no-reply@shop.example', from_name, 'casey@fabrikam.example', to_name, subject, text,
                  *([html] if html else []))
    where = repr(subject[:20])
    if run.returncode:
        return wrong(where, run.stderr)
    check_wire(where, run.stdout)
    mail = email.message_from_bytes(run.stdout, policy=email.policy.default)
    for part in mail.walk():
        if part.defects:
            wrong(where, part.defects)
    want = {'Subject': subject, 'Auto-Submitted': 'auto-generated', 'MIME-Version': '1.0',
            'Date': 'Tue, 24 Nov 2026 07:51:33 +0000'}
    for name, value in want.items():
        if mail.get_all(name) is None or len(mail.get_all(name)) != 1 or mail[name] != value:
            wrong(where, f'{name} is {mail.get_all(name)!r}, not {value!r}')
    for name, display, address in (('From', from_name, 'no-reply@shop.example'),
                                   ('To', to_name, 'casey@fabrikam.example')):
        found = mailbox(run.stdout, name)
        if found != [(display, address)]:
            wrong(where, f'{name} is {found!r}')
    if not mail['Message-ID'].endswith('@shop.example>') or mail['Precedence'] or mail['Bcc']:
        wrong(where, 'Message-ID of another, or more headers than there should be')
    check_parts(where, mail, text, html)


def check_parts(where, mail, text, html):
    kinds = [part.get_content_type() for part in mail.walk()]
    if kinds != (['multipart/alternative', 'text/plain', 'text/html'] if html else ['text/plain']):
        return wrong(where, f'parts {kinds} (req155)')
    parts = [part for part in mail.walk() if not part.is_multipart()]
    for part, body in zip(parts, (text, html)):
        if part.get_content_charset() != 'utf-8':
            wrong(where, 'charset')
        if part.get_content().replace('\r\n', '\n').rstrip('\n') != body.rstrip('\n'):
            wrong(where, f'{part.get_content()[:60]!r} is not {body[:60]!r}')


def check_bad(change):
    words = ['no-reply@shop.example', 'Shop', 'casey@fabrikam.example', '', 'Code', 'Hello\n']
    for place, word in change.items():
        words[place] = word
    run = compose(*words)
    if run.returncode != 1 or run.stdout:
        wrong(change, 'was not refused (req157, attackB6)')
    if not run.stderr.startswith(b'mail: ') or b'Bcc' in run.stderr:
        wrong(change, f'error is {run.stderr!r}')


for case in GOOD:
    check_good(case)
for change in BAD:
    check_bad(change)
sys.exit(bad)
