"""Where a customer is, and on what: named locations, countries, platforms (entra.md 1.2, 1.5)."""
import contextlib
import ipaddress
import json
import pathlib
import tempfile

import policies
from browser import Browser
from policies import POLICIES, stored
from world import MFA, PASSWORD, World, main, named, same, source

tests = []
test = named(tests)
LOCATIONS = '/identity/conditionalAccess/namedLocations'
IP, COUNTRY = ('#microsoft.graph.' + name for name in ('ipNamedLocation', 'countryNamedLocation'))
GERMAN, FRENCH, NOBODYS = '203.0.113.9', '2001:db8:f::9', '198.51.100.7'
WINDOWS, LINUX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64)', 'Mozilla/5.0 (X11; Linux x86_64)'
PHONE = 'Mozilla/5.0 (Linux; Android 10; K)'


# A file of MaxMind's format, as small as can be: https://maxmind.github.io/MaxMind-DB/

def item(kind, size, body=b''):
    """Kinds 8 and up are written as 0 and a second byte."""
    assert size < 29
    return (bytes([kind << 5 | size]) if kind < 8 else bytes([size, kind - 7])) + body


def data(value):
    if isinstance(value, dict):
        return item(7, len(value)) + b''.join(data(name) + data(one) for name, one in value.items())
    if isinstance(value, list):
        return item(11, len(value)) + b''.join(map(data, value))
    if isinstance(value, tuple):    # a number, and which kind: 5, 6, 9 for 16, 32, 64 bits
        body = value[0].to_bytes(8, 'big').lstrip(b'\0')
        return item(value[1], len(body), body)
    return item(2, len(value.encode()), value.encode())


def database(networks):
    """networks: {cidr: country}, IPv4 as ::/96."""
    nodes, section, places = [[None, None]], b'', {}
    for network, country in networks.items():
        network = ipaddress.ip_network(network)
        bits = format(int(network.network_address), '0128b')[:network.prefixlen + (96 if network.version == 4 else 0)]
        if country not in places:
            places[country] = len(section)
            section += data({'country': {'iso_code': country}} if country != '??' else {'registered_country': {'iso_code': 'JP'}})
        at = 0
        for bit in bits[:-1]:
            if nodes[at][int(bit)] is None:
                nodes.append([None, None])
                nodes[at][int(bit)] = len(nodes) - 1
            at = nodes[at][int(bit)]
        nodes[at][int(bits[-1])] = ('data', places[country])
    count, tree = len(nodes), b''
    for node in nodes:
        for one in node:
            tree += (count if one is None else count + 16 + one[1] if isinstance(one, tuple) else one).to_bytes(3, 'big')
    about = {'node_count': (count, 6), 'record_size': (24, 5), 'ip_version': (6, 5), 'database_type': 'Test-Country', 'languages': ['en'],
             'binary_format_major_version': (2, 5), 'binary_format_minor_version': (0, 5), 'build_epoch': (1790000000, 9),
             'description': {'en': 'Of a test'}}
    return tree + bytes(16) + section + b'\xab\xcd\xefMaxMind.com' + data(about)


folder = pathlib.Path(tempfile.mkdtemp(prefix='sallyport-countries-'))
file = folder / 'countries.mmdb'
file.write_bytes(database({'203.0.113.0/24': 'DE', '2001:db8:f::/48': 'FR', '192.0.2.0/24': '??'}))
BUDGETS = {'sourceSendsAnHour': 100000, 'sourcePasswords': 100000, 'mfaSends': 100}
world = World(keys=('trusted_proxies: [127.0.0.0/8]', f'country_database: {file}'), **BUDGETS)
plain = World(**BUDGETS)
SECRET = 'canary-secret-of-places-0123456789'
world.canaries.add(SECRET)


class Visitor(Browser):
    """A browser behind a proxy: where it says it is, and on what."""

    def __init__(self, base, address=None, agent=None, hint=None):
        super().__init__(base, source())
        sent = {'X-Forwarded-For': address, 'User-Agent': agent, 'Sec-CH-UA-Platform': hint}
        self.sent = {name: value for name, value in sent.items() if value is not None}

    def send(self, method, path, body=None, headers=()):
        return super().send(method, path, body, {**self.sent, **dict(headers)})


def visitor(**where):
    return Visitor(world.base, **where)


def location(kind=IP, where=world, **more):
    body = {'@odata.type': kind, 'displayName': 'Of a test', **more}
    return where.must('POST', LOCATIONS, body)


@contextlib.contextmanager
def policy(where=world, grant='block', **conditions):
    with stored(where, policies.policy(grant=grant, **conditions)) as (made,):
        yield made


def places(include=('All',), exclude=()):
    return {'locations': {'includeLocations': list(include), 'excludeLocations': list(exclude)}}


def outcome(where=world, browser=None, password=PASSWORD, **more):
    """What a customer meets there: in, asked, blocked; and that it is the same at the token endpoint."""
    address, _ = where.customer()
    browser = browser or visitor(**more)
    browser, app, page = where.sign_in(address, browser=browser, password=password)
    if page.status == 403:
        return 'blocked'
    if page.status != 303:
        return 'asked' if page.form('code') else page
    assert 'id_token' in app.redeem(browser, app.code(page)).json()
    return 'in'


# Networks

@test('entra1.5', 'a named location is made, read, changed and listed in the shapes of Graph')
def shapes():
    ranges = [{'@odata.type': '#microsoft.graph.iPv4CidrRange', 'cidrAddress': '198.51.100.0/24'},
              {'@odata.type': '#microsoft.graph.iPv6CidrRange', 'cidrAddress': '2001:DB8:a::/48'}]
    made = location(displayName='Head office', isTrusted=True, ipRanges=ranges)
    ranges[1]['cidrAddress'] = '2001:db8:a::/48'
    same((made['@odata.type'], made['ipRanges'], made['isTrusted'], made['modifiedDateTime']), (IP, ranges, True, None))
    path = f'{LOCATIONS}/{made["id"]}'
    made = {name: value for name, value in made.items() if not name.startswith('@odata.context')}
    for again in (world.must('GET', path), *(one for one in world.must('GET', LOCATIONS)['value'] if one['id'] == made['id'])):
        same({name: value for name, value in again.items() if name in made}, made)
    changed = world.must('PATCH', path, {'ipRanges': ['192.0.2.8/30']})
    same((changed['displayName'], changed['ipRanges'][0]['cidrAddress'], changed['isTrusted']),
         ('Head office', '192.0.2.8/30', True))
    same(world.ask('PATCH', path, {'@odata.type': COUNTRY, 'countriesAndRegions': ['DE']})[0], 400)
    for wrong, target in ((['192.0.2.1/24'], 'ipRanges[0]'), ([], 'ipRanges'), ([{'cidrAddress': 'x'}], 'ipRanges[0].cidrAddress')):
        status, answer, _ = world.ask('PATCH', path, {'ipRanges': wrong})
        same((status, answer['error']['details'][0]['target']), (400, target))
    audited = world.must('GET', '/auditLogs/directoryAudits?$top=999')['value']
    told = next(one for one in audited if one['activityDisplayName'] == 'Update named location')
    assert '192.0.2.8/30' in json.dumps(told), told
    same(world.ask('DELETE', path)[0], 204)
    same(world.ask('GET', path)[0], 404)


@test('entra1.3', 'a policy blocks a network, and nobody outside it; the log says why')
def networks():
    office = location(ipRanges=['198.51.100.0/24', '2001:db8:a::/48'])['id']
    with policy(**places([office])) as made:
        for address, wanted in (('198.51.100.7', 'blocked'), ('2001:db8:a::7', 'blocked'), ('198.51.101.7', 'in'),
                                ('2001:db8:b::7', 'in'), (None, 'in')):
            same(outcome(address=address), wanted, address)
        rows = world.must('GET', '/auditLogs/signIns?$top=999')['value']
        results = [one['result'] for row in rows for one in row['appliedConditionalAccessPolicies'] if one['id'] == made['id']]
        same({result: results.count(result) for result in results}, {'failure': 2, 'notApplied': 3})
    with policy(**places(['All'], [office])):
        same([outcome(address=address) for address in ('198.51.100.7', '203.0.113.1')], ['in', 'blocked'])
    world.must('DELETE', f'{LOCATIONS}/{office}')


@test('entra1.2', 'AllTrusted is whatever is trusted by now')
def trusted():
    office = location(ipRanges=['198.51.100.0/24'], isTrusted=True)['id']
    with policy(grant='mfa', **places(['All'], ['AllTrusted'])):
        same([outcome(address=address) for address in ('198.51.100.7', '203.0.113.1')], ['in', 'asked'])
        world.must('PATCH', f'{LOCATIONS}/{office}', {'isTrusted': False})
        same(outcome(address='198.51.100.7'), 'asked')
    world.must('DELETE', f'{LOCATIONS}/{office}')


@test('entra1.3', 'a wrong password tells nothing of what policy would say')
def first():
    office = location(ipRanges=['198.51.100.0/24'])['id']
    with policy(**places([office])):
        address, _ = world.customer()
        _, _, page = world.sign_in(address, browser=visitor(address='198.51.100.7'), password='Wrong battery 7')
        same((page.status, page.form('password') is not None), (400, True))
        page = world.sign_in(address, browser=visitor(address='198.51.100.7'))[2]
        same(page.status, 403)
        assert 'Required' not in page.text and page.form('to-sign-in'), page.text
    world.must('DELETE', f'{LOCATIONS}/{office}')


@test('entra1.3', 'an app redeems from a server of its own: what counts is where the customer signed in; an app in his hands renews from where he is')
def redeemed():
    office = location(ipRanges=['198.51.100.0/24'])['id']
    inside, outside = (visitor(address=address) for address in ('198.51.100.7', '203.0.113.1'))
    server = visitor(address='192.0.2.200', agent='python-requests/2.28')
    app = world.app()
    scope = 'openid offline_access'

    def renew(browser, token):
        answer = browser.post(app.path('token'), {'grant_type': 'refresh_token', 'client_id': app.client_id,
                                                  'refresh_token': token})
        return answer.status, answer.json()
    address, _ = world.customer()
    with policy(**places(['All'], [office])):
        _, _, page = world.sign_in(address, browser=inside, app=app, scope=scope)
        answer = app.redeem(server, app.code(page)).json()
        status, renewed = renew(inside, answer['refresh_token'])
        same(status, 200, renewed)
        status, told = renew(outside, renewed['refresh_token'])
        same((status, told['error'], told['suberror']), (400, 'invalid_grant', 'message_only'))
        status, renewed = renew(inside, renewed['refresh_token'])
        same(status, 200, renewed)
        web = world.must('POST', '/applications', {
            'displayName': 'Back office', 'web': {'redirectUris': ['http://127.0.0.1:8093/back']},
            'passwordCredentials': [{'displayName': 'one', 'secretText': SECRET}]})
        app = type(app)('woodgrove', web['appId'], 'http://127.0.0.1:8093/back', SECRET)
        _, _, page = world.sign_in(address, browser=visitor(address='198.51.100.8'), app=app, scope=scope)
        answer = app.redeem(server, app.code(page)).json()
        again = server.post(app.path('token'), {'grant_type': 'refresh_token', 'client_id': app.client_id,
                                                'client_secret': SECRET, 'refresh_token': answer['refresh_token']})
        same(again.status, 200, again)
    world.must('DELETE', f'{LOCATIONS}/{office}')


@test('req228', 'a location that a policy names stays, or both go at once; an id that is none is warned of')
def named_by():
    office = location(ipRanges=['198.51.100.0/24'])
    with policy(**places(['All'], [office['id']])) as made:
        assert '@sallyport.warnings' not in made or 'location' not in json.dumps(made['@sallyport.warnings']), made
        status, answer, _ = world.ask('DELETE', f'{LOCATIONS}/{office["id"]}')
        same((status, answer['error']['details'][0]['code']), (400, 'InUse'))
        answer = world.must('PATCH', f'{POLICIES}/{made["id"]}', {'conditions': places([MFA])})
        assert any('there is no named location ' + MFA in one for one in answer['@sallyport.warnings']), answer
    same(world.ask('DELETE', f'{LOCATIONS}/{office["id"]}')[0], 204)
    office = location(ipRanges=['198.51.100.0/24'])
    whole = world.must('POST', '/apply?dryRun=true', {'namedLocations': []}, tenant='woodgrove')
    assert any('is kept' in one for one in whole['kept']), whole
    world.must('DELETE', f'{LOCATIONS}/{office["id"]}')


@test('entra1.5', 'a tenant has 195 locations of 2,000 networks, and no more; a sign-in among many is one')
def many():
    ranges = [f'10.{number // 256}.{number % 256}.0/24' for number in range(2000)]
    full = location(ipRanges=ranges, displayName='Full')
    same(len(full['ipRanges']), 2000)
    status, answer, _ = world.ask('PATCH', f'{LOCATIONS}/{full["id"]}', {'ipRanges': ranges + ['10.200.0.0/16']})
    same((status, answer['error']['details'][0]['code']), (400, 'TooMany'))
    long = [f'2001:db8:{number:x}:1111:2222:3333:4444:5555' for number in range(4096, 6096)]
    status, answer, _ = world.ask('PATCH', f'{LOCATIONS}/{full["id"]}', {'ipRanges': long})
    same((status, answer['error']['details'][0]['code']), (400, 'TooLong'))
    world.must('PATCH', f'{LOCATIONS}/{full["id"]}', {'ipRanges': [f'172.{number // 256}.{number % 256}.0/24' for number in range(2000)]})
    world.must('PATCH', f'{LOCATIONS}/{full["id"]}', {'ipRanges': ranges})
    few = [{'@odata.type': IP, 'displayName': f'Few {number}', 'ipRanges': [f'10.0.{number}.0/25']} for number in range(194)]
    world.must('POST', '/apply', {'namedLocations': few})
    status, answer, _ = world.ask('POST', LOCATIONS, {'@odata.type': IP, 'displayName': 'Beyond', 'ipRanges': ['10.0.0.0/8']})
    same((status, answer['error']['details'][0]['code']), (400, 'QuotaExceeded'))
    with policy(**places([full['id']])):
        same([outcome(address=address) for address in ('10.0.9.7', '10.7.207.255', '10.7.208.0')], ['blocked', 'blocked', 'in'])
    world.must('POST', '/apply?prune=true', {'namedLocations': []})


# Countries

@test('entra1.5', 'countries: by the file of the conf, unknown ones where they are included')
def countries():
    near = location(COUNTRY, countriesAndRegions=['de', 'AT'])
    same((near['countriesAndRegions'], near['countryLookupMethod']), (['DE', 'AT'], 'clientIpAddress'))
    assert '@sallyport.warnings' not in near, near
    with policy(**places([near['id']])):
        same([outcome(address=address) for address in (GERMAN, FRENCH, NOBODYS, None)], ['blocked', 'in', 'in', 'in'])
        world.must('PATCH', f'{LOCATIONS}/{near["id"]}', {'includeUnknownCountriesAndRegions': True})
        same([outcome(address=address) for address in (GERMAN, FRENCH, NOBODYS)], ['blocked', 'in', 'blocked'])
        world.must('PATCH', f'{LOCATIONS}/{near["id"]}', {'countriesAndRegions': ['FR', 'JP']})
        same([outcome(address=address) for address in (GERMAN, FRENCH, '192.0.2.1')], ['in', 'blocked', 'blocked'])
    rows = world.must('GET', '/auditLogs/signIns?$top=999')['value']
    assert {'DE', 'FR', 'JP', None} <= {row['location']['countryOrRegion'] for row in rows}, rows[-1]
    world.must('DELETE', f'{LOCATIONS}/{near["id"]}')


@test('entra1.5', 'without a file an address is in no country, and whoever makes a location of some is told')
def no_countries():
    near = location(COUNTRY, where=plain, countriesAndRegions=['DE'])
    assert 'server.country_database' in near['@sallyport.warnings'][0], near
    with policy(where=plain, **places([near['id']])):
        same(outcome(where=plain, browser=plain.browser()), 'in')
    plain.must('PATCH', f'{LOCATIONS}/{near["id"]}', {'includeUnknownCountriesAndRegions': True})
    with policy(where=plain, **places([near['id']])):
        same(outcome(where=plain, browser=plain.browser()), 'blocked')


@test('DESIGN 3', 'a file that is none keeps the server from starting; one that is overwritten is no end of it')
def broken():
    whole = file.read_bytes()
    near = location(COUNTRY, countriesAndRegions=['DE'])
    file.write_bytes(b'')
    with policy(**places([near['id']])):
        same(outcome(address=GERMAN), 'blocked')
    world.must('DELETE', f'{LOCATIONS}/{near["id"]}')
    same(world.stop(), 0)
    try:
        world.start()
    except Exception:
        pass
    else:
        raise AssertionError('started')
    assert str(file) in world.log.read_text()
    file.write_bytes(whole)
    world.start()
    same(outcome(address=GERMAN), 'in')


# Platforms

@test('entra1.2', 'platforms: by what the browser says of itself, at the token endpoint too')
def platforms():
    with policy(platforms={'includePlatforms': ['windows']}):
        for more, wanted in (({'agent': WINDOWS}, 'blocked'), ({'agent': LINUX}, 'in'), ({'agent': PHONE}, 'in'), ({}, 'in'),
                             ({'agent': LINUX, 'hint': '"Windows"'}, 'blocked'), ({'agent': WINDOWS, 'hint': '"macOS"'}, 'in')):
            same(outcome(**more), wanted, more)
    with policy(platforms={'includePlatforms': ['all'], 'excludePlatforms': ['windows', 'linux']}):
        for agent, wanted in ((WINDOWS, 'in'), (LINUX, 'in'), (PHONE, 'blocked'), (None, 'blocked'), ('curl/8', 'blocked')):
            same(outcome(agent=agent), wanted, agent)
        address, _ = world.customer()
        browser, app, page = world.sign_in(address, browser=visitor(agent=WINDOWS), scope='openid offline_access')
        server = visitor(agent='python-requests/2.28')
        answer = app.redeem(server, app.code(page)).json()
        again = server.post(app.path('token'), {'grant_type': 'refresh_token', 'client_id': app.client_id,
                                                'refresh_token': answer['refresh_token']})
        same(again.status, 200, again)


main(tests, [('world', world), ('plain', plain)])
