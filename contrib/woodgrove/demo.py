#!/usr/bin/env python3
"""The demo's tenant, with the ports and passwords of one state folder.

    demo.py STATE HTTP HTTPS SHOP FILE

Writes into STATE, for its owner alone: tenant.json (FILE, to be applied), welcome.txt, and
demo.json.new, which becomes demo.json when the tenant is in the server. Passwords that were drawn
before are kept: they act at an account's creation only.
"""
import json
import os
import pathlib
import secrets
import sys

LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789'     # none that is taken for another
NOTES = {
    'ann@woodgrove.example': 'a customer',
    'grace@woodgrove.example': 'break-glass: no policy asks her',
    'lou@woodgrove.example': 'member of "Loyalty members"',
}


def password():
    return '-'.join(''.join(secrets.choice(LETTERS) for _ in range(5)) for _ in range(3))


def passwords_kept(state):
    for name in ('demo.json', 'demo.json.new'):
        if (state / name).exists():
            demo = json.loads((state / name).read_text())
            return {one['email']: one['password'] for one in demo['accounts']}
    return {}


def write_private(path, text):
    path.unlink(missing_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), 'w') as file:
        file.write(text)


def moved(value, base):
    if isinstance(value, list):
        return [moved(one, base) for one in value]
    return value.replace('http://127.0.0.1:8090', base)


def make(state, http, https, shop, document):
    base = f'http://127.0.0.1:{shop}'
    for app in document['applications']:
        for key in ('redirectUris', 'logoutUrl'):
            app['web'][key] = moved(app['web'][key], base)
    kept, accounts = passwords_kept(state), []
    for user in document['users']:
        word = kept.get(user['mail']) or password()
        user['passwordProfile'] = {'password': word}
        accounts.append({'email': user['mail'], 'password': word,
                         'displayName': user['displayName'], 'note': NOTES.get(user['mail'], '')})
    return document, {'tenant': document['tenant']['name'],
                      'addresses': {'server': f'http://127.0.0.1:{http}',
                                    'https': f'https://127.0.0.1:{https}', 'shop': base},
                      'accounts': accounts}


def welcome(state, demo):
    at = demo['addresses']
    lines = [f'The shop:   {at["shop"]}', f'The server: {at["server"]}   {at["https"]}',
             f'Mail:       {state}/spool, a file for each; to read it: {at["shop"]}/inbox',
             'Accounts, with passwords that were drawn for this folder:']
    for one in demo['accounts']:
        lines.append(f'  {one["email"]:<24} {one["password"]:<18} {one["note"]}')
    return '\n'.join(lines) + '\n'


def main():
    if len(sys.argv) != 6:
        sys.exit(__doc__)
    state, (http, https, shop, file) = pathlib.Path(sys.argv[1]), sys.argv[2:]
    document, demo = make(state, http, https, shop, json.loads(pathlib.Path(file).read_text()))
    write_private(state / 'tenant.json', json.dumps(document, indent=2) + '\n')
    write_private(state / 'demo.json.new', json.dumps(demo, indent=2) + '\n')
    write_private(state / 'welcome.txt', welcome(state, demo))


if __name__ == '__main__':
    main()
