"""The admin API as OpenAPI 3.1 tells it, and every operation of it with right, wrong and hostile bodies (requirements 226 to 228)."""
import json
import re
import urllib.parse

import jsonschema
from browser import Browser
from routes import routes
from world import GHOST as MISSING, Unix, World, main, named, same, together

tests = []
test = named(tests)
world = World()
METHODS = {'get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'}


def fetch(path='/openapi.json'):
    connection = Unix(world.socket)
    connection.request('GET', path)
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    same(answer.status, 200, text)
    return json.loads(text)


DOCUMENT = fetch()
OPERATIONS = [(path, method, operation) for path, item in DOCUMENT['paths'].items() for method, operation in item.items()]


def resolve(reference):
    at = DOCUMENT
    assert reference.startswith('#/'), reference
    for step in reference[2:].split('/'):
        at = at[step.replace('~1', '/').replace('~0', '~')]
    return at


def walk(at):
    yield at
    for one in at.values() if isinstance(at, dict) else at if isinstance(at, list) else ():
        yield from walk(one)


def schema_of(schema):
    return {'$schema': 'https://json-schema.org/draft/2020-12/schema', 'components': DOCUMENT['components'], **schema}


@test('req226', 'the description keeps the rules of OpenAPI 3.1')
def linted():
    assert re.fullmatch(r'3\.1\.\d+', DOCUMENT['openapi']) and DOCUMENT['info']['title'] and DOCUMENT['info']['version']
    assert all(urllib.parse.urlsplit(server['url']).scheme for server in DOCUMENT['servers'])
    for one in walk(DOCUMENT):
        if isinstance(one, dict) and isinstance(one.get('$ref'), str):
            resolve(one['$ref'])
    ids = [operation['operationId'] for _, _, operation in OPERATIONS]
    same(len(ids), len(set(ids)), sorted(ids))
    assert all(re.fullmatch(r'[A-Za-z0-9_]+', one) for one in ids), ids
    for path, method, operation in OPERATIONS:
        assert path.startswith('/') and '?' not in path and method in METHODS, path
        parameters = [resolve(one['$ref']) if '$ref' in one else one for one in operation['parameters']]
        same(sorted(one['name'] for one in parameters if one['in'] == 'path'), sorted(re.findall(r'{(\w+)}', path)), path)
        assert all(one['required'] for one in parameters if one['in'] == 'path')
        assert all('schema' in one for one in parameters), path
        same(len(parameters), len({(one['in'], one['name']) for one in parameters}), path)
        assert operation['summary'] and 'default' in operation['responses'], path
        assert all(re.fullmatch(r'[1-5]\d\d|default', status) for status in operation['responses'])
        assert any(status[0] == '2' for status in operation['responses']), path
        for answer in operation['responses'].values():
            assert (resolve(answer['$ref']) if '$ref' in answer else answer)['description'], path
        assert method in ('post', 'patch') or 'requestBody' not in operation, path
        for name in operation.get('security', DOCUMENT['security']):
            assert set(name) <= set(DOCUMENT['components']['securitySchemes'])
    for one in walk(DOCUMENT['paths']):
        if isinstance(one, dict) and 'schema' in one:
            jsonschema.Draft202012Validator.check_schema(schema_of(one['schema']))
    for schema in DOCUMENT['components']['schemas'].values():
        jsonschema.Draft202012Validator.check_schema(schema)


@test('req226', 'it tells of each route of the table, and of no other; anybody who comes to the surface may read it')
def complete():
    told = {(method.upper(), path.removeprefix('/v1.0')) for path, method, _ in OPERATIONS if path.startswith('/v1.0')}
    same(told - {('POST', '/$batch')}, {(method, path) for method, path, _, _ in routes() if not path.startswith('/beta')} | {
        one for one in told if one[1].startswith('/identity/conditionalAccess/evaluate')})
    page = Browser(world.private, '127.0.0.1').send('GET', '/openapi.json')
    same((page.status, page.json()['paths']), (200, DOCUMENT['paths']))
    same(page.json()['servers'][0]['url'], world.private)
    same(Browser(world.base).send('GET', '/openapi.json').status, 404)


@test('req226', 'documents are as the description says')
def true_to_it():
    checked = 0
    for path, method, operation in OPERATIONS:
        if method != 'get' or '{' in path or not path.startswith('/v1.0'):
            continue
        status, answer, _ = world.ask('GET', path.removeprefix('/v1.0'))
        same(status, 200, path, answer)
        schema = operation['responses']['200']['content']['application/json']['schema']
        for error in jsonschema.Draft202012Validator(schema_of(schema)).iter_errors(answer):
            raise AssertionError(f'{path}: {error.json_path}: {error.message}')
        checked += len(answer.get('value', [1]))
    assert checked > 20, checked
    schema = schema_of({'$ref': '#/components/schemas/error'})
    jsonschema.Draft202012Validator(schema).validate(world.ask('GET', '/users/nobody@example.com')[1])


def example(schema, deep=0):
    """What fits, made of the schema alone."""
    if '$ref' in schema:
        return example(resolve(schema['$ref']), deep)
    if 'allOf' in schema:
        whole = example(schema['allOf'][0], deep)
        return {name: whole[name] for name in schema['allOf'][1]['required'] if name in whole}
    if 'anyOf' in schema:
        return example(schema['anyOf'][0], deep)
    if 'enum' in schema:
        return schema['enum'][0]
    kind = schema.get('type')
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == 'object':
        return {name: example(one, deep + 1) for name, one in schema.get('properties', {}).items()} if deep < 6 else {}
    if kind == 'array':
        return [example(schema['items'], deep + 1)]
    if schema.get('format') == 'uuid':
        return MISSING
    if schema.get('format') == 'date-time':
        return '2026-11-24T00:00:00Z'
    return {'string': 'x' * max(1, schema.get('minLength', 1)), 'integer': schema.get('minimum', 1), 'boolean': True}.get(kind)


def hostile(fit):
    """Bodies that nobody means well with: wrong types at each place, extremes, and what is no JSON."""
    values = (None, True, -1, 2 ** 63 - 1, 1e308, '', 'x' * 5000, '\u0000', '\ud83d\ude00' * 100, "'; --", '../../etc', [], [[]] * 50,
              {}, {'$ref': 'x'}, ['x'] * 1100)
    for number, name in enumerate(fit):
        yield json.dumps({**fit, name: values[number % len(values)]})
        yield json.dumps({**fit, name: values[(number * 7 + 3) % len(values)]})
    for value in values:
        yield json.dumps(value)
    yield json.dumps({name: [one] for name, one in fit.items()})
    yield json.dumps({**fit, 'nonsense': 1, '__proto__': {}, '@odata.type': 7})
    yield from ('', '{', '[' * 5000, '{"a":' * 40 + '1' + '}' * 40, '{"a":1,"a":2}', 'null null', '\ufeff{}', '{"a":1e999}', '{"\\u0000":1}')
    yield b'\xff\xfe\x00'
    yield b'{"a":"\xc3\x28"}'


IDS = ('%00', '..', '%2e%2e', 'x' * 300, '%F0%9F%98%80', "'", '*', '{id}', '-1', '%20')


def send(method, path, body=None, tenant='woodgrove', kind='application/json'):
    connection = Unix(world.socket)
    connection.request(method, path, body.encode('utf-8', 'surrogatepass') if isinstance(body, str) else body,
                       {'Content-Type': kind, 'Sallyport-Tenant': tenant})
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    assert answer.status < 500, (method, path, body if body is None or len(body) < 300 else body[:300], answer.status, text)
    if answer.status >= 400 and method != 'HEAD':
        error = json.loads(text)['error']
        assert error['code'] and error['message'], (method, path, text)
    return answer.status


def real_id(path):
    """Of the first object of the list that the path is about."""
    head = path.split('{')[0].rstrip('/')
    if ('get', head) not in {(method, one) for one, method, _ in OPERATIONS}:
        return MISSING
    value = world.ask('GET', head.removeprefix('/v1.0'))[1].get('value') or [{}]
    return value[-1].get('id', MISSING)


world.customer()


@test('req227 req228', 'each operation, with what fits, what is wrong and what is hostile: a 4xx with a reason, never a 500')
def never_500():
    # No body of theirs is read as anything; and who is erased may be there no more.
    left_out = {'/v1.0/clock', '/v1.0/keys/rotate', '/v1.0/users/{id}/erase'}
    counted = []

    def work(number):
        for path, method, operation in OPERATIONS[number::4]:
            if path in left_out:
                continue
            here = re.sub(r'{\w+}', real_id(path) if method in ('get', 'patch') else MISSING, path)
            schema = operation.get('requestBody', {}).get('content', {}).get('application/json', {}).get('schema')
            fit = example(schema) if schema else None
            bodies = [json.dumps(fit), *hostile(fit or {})] if schema else [None]
            counted.extend(send(method.upper(), here, body) for body in bodies)
            if schema:
                status = send(method.upper(), here, json.dumps(fit), kind='text/plain')
                assert status in (400, 401, 404, 409, 415) or path == '/v1.0/backups', (method, path, status)    # that reads no body
            for one in IDS if '{' in path else ():
                counted.append(send(method.upper(), re.sub(r'{\w+}', one, path), json.dumps(fit) if schema else None))
            for tenant in ('nowhere', "x' or 1", MISSING):
                counted.append(send(method.upper(), here, bodies[0], tenant=tenant))
    together(4, work)
    assert len(counted) > 1000 and {200, 400, 404} <= set(counted), sorted(set(counted))
    same(world.ask('GET', '/version', tenant=None)[0], 200)


@test('req226', 'a tenant as a document: without secrets, and taken back as no change')
def exported():
    world.must('POST', '/applications', {'displayName': 'Secretive', 'passwordCredentials': [{}]})
    document = world.must('GET', '/export')
    assert 'secret' not in json.dumps(document).lower().replace('secretive', '') and 'passwordCredentials' not in json.dumps(document)
    assert {'tenant', 'settings', 'applications', 'userFlows', 'conditionalAccessPolicies', 'groups'} <= set(document), document.keys()
    for query in ('?dryRun=true', '?dryRun=true&prune=true', ''):
        answer = world.must('POST', '/apply' + query, document, tenant=None)
        same((answer['changes'], answer['differences'], answer['kept']), (0, [], []), query)
    same(world.must('GET', '/export'), document)


main(tests, [('described', world)])
