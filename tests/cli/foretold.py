"""Policies before they are switched on: what-if and lint. foretold.py SALLYPORT SALLYPORTD PLUGINS SOURCE

What is printed can be read without a manual, a draft is tried from a file, and scripts go by the
exit status (entra.md 1.6, SEMANTICS 3.4, 5.3).
"""
import json
import pathlib
import tempfile

from tool import Tool, check, run, server, woodgrove

ANN, SHOP = 'ann@example.com', 'Woodgrove Groceries'


def ask(tool, *words):
    return tool.fine('what-if', '--user', ANN, *words)


def answer():
    with server() as running, tempfile.TemporaryDirectory() as folder:
        tool = Tool(running.socket)
        document = woodgrove()
        tool.apply(document)
        told = tool.fine('what-if', '--user', 'lou@woodgrove.example', '--app', SHOP)      # made without a password
        check('Can he pass:  no. The customer has no password' in told, told)
        tool.fine('user', 'add', ANN, '--password-file', '-', given='correct horse battery staple\n')
        told = ask(tool, '--app', SHOP)
        check(f'Customer:     {ANN}\nApplication:  {SHOP}\nFirst factor: password\nThen:         signed in, with nothing more asked\n'
              'Can he pass:  yes\n' in told, told)
        tool.fine('policy', 'set-state', 'Require MFA for customers', 'on', '--yes')
        told = ask(tool, '--app', SHOP, '--platform', 'iOS')
        check('Then:         asked for: mfa\nCan he pass:  yes, by a code by email\n' in told, told)
        row = next(line for line in told.splitlines() if line.startswith('Require MFA for customers'))
        check(row.split('  ')[-1] == 'state met, users met, application met' and 'yes' in row and 'asks: mfa' in row, row)
        told = ask(tool, '--app', 'Woodgrove Club')
        check('Can he pass:  no. A second factor is demanded.' in told and 'a code by email' in told, told)
        block = pathlib.Path(folder, 'block.json')
        policy = {**document['conditionalAccessPolicies'][0], 'displayName': 'Block phones', 'state': 'enabled',
                  'grantControls': {'operator': 'OR', 'builtInControls': ['block']}}
        policy.pop('id')
        policy['conditions']['platforms'] = {'includePlatforms': ['iOS', 'android']}
        block.write_text(json.dumps(policy))
        told = ask(tool, '--app', SHOP, '--draft', str(block))
        check('Block phones (draft)' in told and 'not enough is said' in told and 'devicePlatform unknown' in told, told)
        told = ask(tool, '--app', SHOP, '--platform', 'iOS', '--draft', str(block))
        check('Then:         blocked\nCan he pass:  no. A policy blocks this sign-in.' in told and 'blocks' in told, told)
        block.write_text(json.dumps({'conditionalAccessPolicies': [policy]}))
        value = tool.json('what-if', '--user', ANN, '--app', SHOP, '--platform', 'iOS', '--draft', str(block))
        check(value['@sallyport.decision']['decision'] == 'block', value)
        block.write_text(json.dumps({**policy, 'state': 'on'}))
        words = tool.refused(1, 'what-if', '--user', ANN, '--app', SHOP, '--draft', str(block))
        check('@sallyport.policies[0].state: not one of' in words, words)
        check('Block phones' not in tool.fine('policy', 'list'))
        for words, wanted in ((('--app', SHOP), 'who?'), (('--user', ANN), 'to what?')):
            check(wanted in tool.refused(2, 'what-if', *words), words)


def lint():
    with server() as running:
        tool = Tool(running.socket)
        tool.apply(woodgrove())
        check(tool.fine('lint') == 'nothing found\n')
        check(tool.json('lint')['value'] == [])
        tool.fine('policy', 'set-state', 'Require MFA for customers', 'on', '--yes')
        status, told, _ = tool('lint')
        check(status == 3 and told.split()[:4] == ['CODE', 'POLICY', 'WHERE', 'WHAT'] and 'firstFactorTrap' in told, told)
        status, told, _ = tool('lint', '--json')
        check(status == 3 and [one['code'] for one in json.loads(told)['value']] == ['firstFactorTrap'], told)


def backtest():
    with server() as running, tempfile.TemporaryDirectory() as folder:
        tool = Tool(running.socket)
        tool.apply(woodgrove())
        draft = pathlib.Path(folder, 'draft.json')
        draft.write_text(json.dumps({'id': woodgrove()['conditionalAccessPolicies'][0]['id'], 'state': 'enabled'}))
        told = tool.fine('backtest', '--draft', str(draft))
        check(told == 'Sign-ins:      0; 0 more are no policy\'s affair\nAs it was:     0\nNewly asked:   0\nLocked out:    0\n'
              'Newly blocked: 0\nLess is asked: 0\nBreak-glass:   not touched\n', told)
        check(tool.json('backtest', '--days', '7')['totals']['newlyAsked'] == 0)
        draft.write_text('{"displayName": "x"}')
        check('policies[0].' in tool.refused(1, 'backtest', '--draft', str(draft)))
        check('wants a number' in tool.refused(2, 'backtest', '--days', 'some'))


run(answer, lint, backtest)
