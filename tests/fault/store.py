"""What lies in the store and no API shows: read by the program look (look.c), and what must hold of it."""
import collections
import json
import subprocess

from world import same, until

INTENT, OUTBOX, ACCOUNT, CHALLENGE, SESSION = 7, 8, 35, 51, 52
AUDIT_NEW, SERVER_CHAIN, CHAIN = 13, 14, 72


class Store:
    def __init__(self, look, folder):
        text = subprocess.run([look, folder], check=True, capture_output=True, text=True).stdout
        self.records, self.users, self.names = collections.defaultdict(dict), {}, {}
        for line in text.splitlines():
            kind, *words = line.split(' ', 4)
            if kind == 'record':
                self.records[int(words[0])][words[1], words[2]] = words[3] if len(words) > 3 else None
            elif kind == 'user':
                self.users[words[0], words[1]] = words[2] == '1'
            else:
                self.names[words[0], words[2]] = words[1]

    def of(self, kind, scope=None):
        return {key: text for (at, key), text in self.records[kind].items() if scope in (None, at)}

    def audits(self):
        """(tenant, id) -> entry."""
        entries = {(key[:32], key[32:]): text for (_, key), text in self.records[AUDIT_NEW].items()}
        for kind in (SERVER_CHAIN, CHAIN):
            entries |= {(scope, text[:32]): text[33:] for (scope, _), text in self.records[kind].items()}
        return {where: json.loads(text) for where, text in entries.items()}

    def wrong(self):
        """What is there by halves, once nothing is under way: [] when all is well."""
        return ([f'intent {key} is open' for _, key in self.records[INTENT]] +
                [f'audit {entry["activityDisplayName"]} of {entry["target"]} is {entry["result"]}'
                 for entry in self.audits().values() if entry['result'] == 'begun'] +
                [f'account {where[1]} has no user' for where, gone in self.records[ACCOUNT].items()
                 if not gone and where not in self.users] +
                [f'user {where[1]} has no account' for where in self.users if self.records[ACCOUNT].get(where, 'gone')] +
                [f'{name} names {owner}, who is not there' for (tenant, name), owner in self.names.items()
                 if (tenant, owner) not in self.users] +
                [f'user {where[1]} has no name' for where in self.users
                 if where[1] not in {owner for (tenant, _), owner in self.names.items() if tenant == where[0]}])


def settled(look, folder):
    """No change is open any more, once the sweeper has gone round; and nothing is there by halves."""
    until(lambda: not Store(look, folder).of(INTENT), 'the end of the open changes')
    same(Store(look, folder).wrong(), [])
