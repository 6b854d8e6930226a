"""Administrators from the server's own shell: admins.py SALLYPORT SALLYPORTD PLUGINS SOURCE

The first one; back in when no mail goes out and all is blocked (SEMANTICS 5.2).
"""
import os
import pathlib
import pty
import re
import sys

from tool import SOURCE, Tool, check, run, server, woodgrove

sys.path.insert(0, str(pathlib.Path(SOURCE) / 'tests/http'))
from browser import Browser     # noqa: E402
from server import free_port, until     # noqa: E402

PASSWORD = 'Canary-battery 7 staple'
IN = 'You are signed in as an administrator'


def sign_in(running, told, **fields):
    """By a link, as a browser does; the page that it ends on."""
    link = re.search(r'(http\S+)/system/link#(\S+)', told)
    check(link and link[1] == running.url, told)
    browser = Browser(running.url)
    page = browser.fill(browser.get('/system/link'), 'link', link=link[2])
    return browser.fill(page, 'new-password', **fields) if fields else page


def terminal():
    """A first start at a terminal shows a link, once; into a log goes none."""
    with server(store='lmdb') as running:
        until(lambda: 'admin link --first' in running.log.read_text(), 'the hint in the log')
        log = running.log.read_text()
        check('/link#' not in log, log)
    with_terminal = server(store='lmdb')
    main, other = pty.openpty()
    start = with_terminal.start
    out, saved = os.fdopen(other, 'wb', 0), os.dup(1)
    try:
        os.dup2(out.fileno(), 1)
        start()
        os.dup2(saved, 1)
        told = ''
        while not re.search(r'/link#\S+\s', told):      # it is written piece by piece
            told += os.read(main, 65536).decode()
        check(told.count('/link#') == 1, told)
        check(sign_in(with_terminal, told, email='boss@example.com', password=PASSWORD).heading == IN)
        check('/link#' not in with_terminal.log.read_text(), 'the log has the link')
        with_terminal.stop()
        os.dup2(out.fileno(), 1)
        start()
        os.dup2(saved, 1)
        os.set_blocking(main, False)
        try:
            check(b'/link#' not in os.read(main, 65536), 'a second one')
        except BlockingIOError:
            pass
    finally:
        os.dup2(saved, 1)
        with_terminal.__exit__(None, None, None)


def two_commands():
    """No mail goes out, strangers have spent every budget, a colleague has disabled him: back in by two commands."""
    dead = free_port()
    with server(store='lmdb', more=f'  relay: {{ file: smtp.so, host: 127.0.0.1, port: {dead}, tls: "off" }}\n') as running:
        text = running.conf.read_text().replace('mail: [spool]', 'mail: [relay]')
        running.stop()
        running.conf.write_text(text)
        running.start()
        tool = Tool(running.socket)
        told = tool.fine('admin', 'link', '--first')
        check(sign_in(running, told, email='boss@example.com', password=PASSWORD).heading == IN, told)
        boss = tool.json('user', 'show', 'boss@example.com', '--tenant', 'system')['id']
        for _ in range(30):     # wrong ones from here: the account and the source are paused
            browser = Browser(running.url)
            page = browser.get('/system/oauth2/v2.0/authorize?client_id=5a119047-7e0d-4a5e-8c1b-0000000000a2&response_type=code'
                               '&redirect_uri=http://127.0.0.1:1/signed-in&scope=openid&code_challenge_method=S256'
                               '&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM')
            page = browser.fill(page, 'password', email='boss@example.com', password='wrong ' + PASSWORD)
        check(page.status == 429, page)
        words = tool.refused(1, 'user', 'disable', 'boss@example.com', '--tenant', 'system')
        check('Nobody would be left' in words, words)
        told = tool.fine('admin', 'add', 'colleague@example.com', '--role', 'global-administrator', '--all')
        check(sign_in(running, told, password=PASSWORD).heading == IN, told)
        tool.fine('user', 'disable', 'boss@example.com', '--tenant', 'system')
        words = tool.refused(1, 'admin', 'link', 'boss@example.com')
        check('disabled' in words, words)
        tool.fine('user', 'enable', 'boss@example.com', '--tenant', 'system')      # one
        told = tool.fine('admin', 'link', boss)                                    # two
        check(sign_in(running, told).heading == IN, told)
        for line in ('"sign-in link made"', '"signed in by link"'):        # it is written a moment later
            until(lambda: running.log.read_text().count(line) == 3, f'{line} in the log, three times')
        check(tool.json('admin', 'link', boss)['link'].startswith(running.url + '/system/link#'))


def roles_and_tokens():
    """Administrators and tokens, made, listed and taken away; the tokens open what they say."""
    with server() as running:
        tool = Tool(running.socket)
        tool.apply(woodgrove())
        told = tool.fine('admin', 'add', 'eve@example.com', '--role', 'Security Administrator', '--tenant', 'woodgrove', '--name', 'Eve')
        check(sign_in(running, told, password=PASSWORD).heading == IN, told)
        tool.fine('admin', 'add', 'eve@example.com', '--role', 'reports-reader', '--all')     # one role more
        table = tool.fine('admin', 'list')
        check(table.count('eve@example.com') == 2 and 'Security Administrator' in table and '/tenants/' in table, table)
        check('already' in tool.refused(1, 'admin', 'add', 'eve@example.com', '--role', 'reports-reader', '--all'))
        words = tool.refused(2, 'admin', 'add', 'eve@example.com', '--role', 'King', '--all')
        check('Global Administrator' in words and 'Reports Reader' in words, words)
        for scope in ((), ('--all', '--tenant', 'woodgrove')):
            tool.refused(2, 'token', 'create', '--role', 'global-reader', *scope)
        for days in ('0d', '367d', 'x', '10y', '-1d', ''):
            tool.refused(2, 'token', 'create', '--all', '--role', 'global-reader', '--expires', days)
        made = tool.json('token', 'create', '--tenant', 'woodgrove', '--role', 'Global Reader', '--name', 'deploy', '--expires', '30d')
        plain = tool.fine('token', 'create', '--all', '--role', 'global-reader').strip()
        for token, path, status in ((made['secretText'], '/users', 200), (made['secretText'], '/tenants', 403), (plain, '/tenants', 200)):
            page = Browser(running.private).send('GET', '/v1.0' + path, None, {'Authorization': 'Bearer ' + token})
            check(page.status == status, path, page)
        table = tool.fine('token', 'list')
        check('deploy' in table and made['secretText'] not in table and 'Global Reader' in table, table)
        tool.fine('token', 'revoke', made['id'])
        check('no such' in tool.refused(1, 'token', 'revoke', made['id']))
        check('deploy' not in tool.fine('token', 'list'))
        tool.refused(3, 'admin', 'remove', 'eve@example.com')
        tool.fine('admin', 'remove', 'eve@example.com', '--yes')
        check('eve@' not in tool.fine('admin', 'list'))


def told():
    """What is asked wrongly is told."""
    with server() as running:
        tool = Tool(running.socket)
        tool.refused(2, 'admin', 'link')
        tool.refused(2, 'admin', 'link', '--first', 'boss@example.com')
        check('no such administrator' in tool.refused(1, 'admin', 'link', 'nobody@example.com'))
        table = tool.fine('tenant', 'list')
        check('administrators, built in' in table, table)
        check('there is no tenant yet' in tool.refused(1, 'app', 'list'))      # it is none of customers


run(terminal, two_commands, roles_and_tokens, told)
