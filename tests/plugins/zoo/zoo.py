"""Each broken plugin is red, for the reason that it was broken for: zoo.py CHECK FOLDER [NAME]...

A row says which checks must fail, and what one of them must say. Others may fail with them only
if the row says so, so that a suite that is red for everything is red here.
"""
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

check, folder, *only = sys.argv[1:]
SANITIZED = b'__asan_init' in pathlib.Path(check).read_bytes() or b'__tsan_init' in pathlib.Path(check).read_bytes()

# name: (checks that must fail, what one says, others that may)
ZOO = {
    'allows': ('policy.table policy.random', r'decides allow, not deny', 'policy.parallel'),
    'blocks_submit': ('records.blocks', r'records\.get: submit takes \d+ ms to return', 'records.keeps records.churn records.race'),
    'crashes_list': ('records.limits', r'died of SIGABRT \(Aborted\) in: records\.list', ''),
    'crashes_open': ('plugin.open', r'died of SIGSEGV|status \d+ in: open\(\)', ''),
    'delivers_none': ('mail.send', r'OK, and it isn\'t there', ''),
    'delivers_twice': ('mail.send', r'was delivered 2 times', ''),
    'delivers_unavailable': ('mail.send', r'ended UNAVAILABLE, and it was delivered', ''),
    'ends_late': ('records.list', r'records\.list ended \d+ ms after its deadline', 'records.limits'),
    'ends_twice': ('records.expect records.expiry records.add records.race records.count', r'times it ended, or queued, an operation that it had ended', '*'),
    'exits': ('records.limits', r'ended itself with status 3 in: records\.commit', ''),
    'folds_errors': ('users.find users.create users.unique', r'ended UNAVAILABLE, not NOT_FOUND', '*'),
    'forgets_all': ('records.restart records.kill', r'the next process', ''),
    'forgets_platform': ('policy.table policy.random', r'platforms and clients', 'policy.parallel'),
    'forgets_update': ('users.update', r"not 'off cy@example\.com cyrus \$argon2id", ''),
    'half_commit': ('records.batch', r'put in a commit that ended CONFLICT finds it', 'records.list records.limits records.churn'),
    'hangs_close': ('plugin.open', r'hung, and was killed, in: detach\(\) and close\(\)', ''),
    'hangs_submit': ('records.limits', r'records\.list: submit has not returned for \d+ ms', ''),
    'holds_detach': ('records.drop', r'still holds operations after detach', ''),
    'ignores_expiry': ('records.expiry records.churn', r'whose expiry is op->now finds it', ''),
    'ignores_revision': ('users.update', r'update with an older revision: ended OK, not CONFLICT', ''),
    'keeps_sets': ('policy.keeps', r'heap grows by \d+ bytes for each|status \d+', '*'),
    'leaks_files': ('users.keeps', r'file descriptors grow without end', ''),
    'leaks_memory': ('records.keeps', r'heap grows by \d+ bytes for each', '*'),
    'leaks_open': ('plugin.again', r'file descriptors grow without end', ''),
    'loses_write': ('records.race', r'64 writers wrote 768 times OK', 'records.churn'),
    'miscounts': ('records.count', r'64 at once add 1', 'records.drop'),
    'mixes_tenants': ('records.apart', r"found in another scope: one tenant's in another's", ''),
    'never_ends': ('records.expect records.expiry', r'records\.get never ended', '*'),
    'no_results': ('policy.table policy.random', r'left a policy without a result', '*'),
    'own_clock': ('records.expiry', r'expir', 'records.churn'),
    'passes_limit': ('records.add', r'1 above the limit: ended OK, not REJECTED', 'records.drop'),
    'repeats_page': ('records.list', r"beyond 'aa'", ''),
    'sends_expired': ('mail.expired', r'has expired: ended OK, not UNAVAILABLE', ''),
    'shares_name': ('users.unique users.race', r"another user's identifier: ended OK, not CONFLICT", 'users.create'),
    'stores_nothing': ('records.expect records.race records.count', r'ended OK, not CONFLICT', '*'),
    'unordered': ('records.list records.limits', r"forwards .*not 'a,aa,ab", ''),
    'wrong_abi': ('plugin.load', r'built for API 2\.0, this is 1\.0', ''),
    'wrong_role': ('plugin.load', r'role records has ABI 2', ''),
    'wrong_words': ('mail.send', r'ended NOT_FOUND', ''),
}


def look(name):
    must, says, may = ZOO[name]
    with tempfile.TemporaryDirectory() as place:
        words = ['--json', '--limit', '12' if name == 'hangs_close' else '90']
        keys = ['deadline=6s' if SANITIZED else 'deadline=2s']
        if name in ('delivers_none', 'delivers_twice', 'delivers_unavailable', 'sends_expired', 'wrong_words'):
            pathlib.Path(place, 'mails').touch()
            words += ['--delivered', f'{place}/mails']
            keys.append(f'path={place}/mails')
        run = subprocess.run([os.path.abspath(check), *words, f'{folder}/{name}.so', *keys], capture_output=True, text=True)
    if run.returncode != 1:
        return f'{name}: exit status {run.returncode}\n{run.stdout}{run.stderr}'
    red = {row['name']: row for row in json.loads(run.stdout)['checks'] if row['result'] not in ('ok', 'skipped')}
    texts = '\n'.join(f"    {row['name']}: {row['result']}: {row['text']} [{row['clause']}]" for row in red.values())
    missed = set(must.split()) - set(red)
    strange = set(red) - set(must.split()) - set(may.split())
    if missed or (strange and may != '*') or not re.search(says, texts) or not all(row['clause'] for row in red.values()):
        return f'{name}: missed {missed}, beyond {strange}, wanted /{says}/ in\n{texts}'
    return f'  {name}: ' + ' '.join(sorted(red)) + '\n' + next(line for line in texts.split('\n') if re.search(says, line))


built = {path.stem for path in pathlib.Path(folder).glob('*.so')}
assert built == set(ZOO), f'without a row, or not built: {built ^ set(ZOO)}'
with concurrent.futures.ThreadPoolExecutor(3) as pool:
    told = list(pool.map(look, only or ZOO))
print('\n'.join(told))
bad = [text for text in told if not text.startswith('  ')]
print(f'{len(told)} broken plugins, {len(bad)} not seen as they should be')
sys.exit(bool(bad))
