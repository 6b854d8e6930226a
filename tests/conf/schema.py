"""conf/tenant.schema.json, conf/woodgrove.json and the model's own check tell the same."""
import copy
import json
import pathlib
import subprocess
import sys

import jsonschema

canonical, root = sys.argv[1], pathlib.Path(sys.argv[2])
schema = json.loads((root / 'conf/tenant.schema.json').read_text())
demo = json.loads((root / 'conf/woodgrove.json').read_text())
validator = jsonschema.Draft202012Validator(schema)
validator.check_schema(schema)
bad = 0


def complain(what):
    global bad
    print(what)
    bad = 1


def model(document):
    run = subprocess.run([canonical], input=json.dumps(document), capture_output=True, text=True)
    return run.returncode == 0, run.stdout, run.stderr


def same(what, document, wanted, also=True):
    """Both take it, or both refuse it. With `also` false the model alone can know."""
    taken, _, told = model(document)
    valid = validator.is_valid(document)
    if taken != wanted:
        complain(f'{what}: the model {"takes" if taken else "refuses"} it: {told}')
    if also and valid != wanted:
        complain(f'{what}: the schema {"takes" if valid else "refuses"} it')
    if not also and not valid:
        complain(f'{what}: the schema refuses it already')


same('woodgrove.json', demo, True)
whole = json.loads(model(demo)[1])
for error in validator.iter_errors(whole):
    complain(f'canonical: {error.json_path}: {error.message}')
if json.loads(model(whole)[1]) != whole:
    complain('the canonical form of the canonical form is another')


def change(path, value):
    """A copy with one member set; the value DROP takes it away, "x[]" appends."""
    document = copy.deepcopy(demo)
    *way, last = path.split('/')
    at = document
    for step in way:
        at = at[int(step)] if isinstance(at, list) else at.setdefault(step, {})
    if value is DROP:
        del at[last]
    elif isinstance(at, list):
        at.append(value)
    else:
        at[last] = value
    return document


DROP = object()
A_SCOPE = '6b1f7a52-7c1e-4b39-9a57-1f20c3d4e5f6'
POLICY = 'conditionalAccessPolicies/0/'


def office(*ranges):
    return {'@odata.type': '#microsoft.graph.ipNamedLocation', 'id': A_SCOPE, 'displayName': 'Office', 'isTrusted': True,
            'ipRanges': list(ranges)}


def near(*countries):
    return {'@odata.type': '#microsoft.graph.countryNamedLocation', 'id': demo['tenant']['id'], 'displayName': 'Near',
            'countriesAndRegions': list(countries)}


REFUSED = [     # path, value, whether a schema can know
    ('tenant/name', 'Woodgrove', True), ('tenant/name', 'admin', False),
    ('tenant/name', '5f0cd3a1-5b0e-4e5c-9d43-7a1c2f6b8e10', False), ('tenant/name', DROP, True),
    ('tenant/nope', 1, True), ('tenant/mailFrom', 'x', True),
    ('settings/passcodeTries', 0, True), ('settings/passcodeTries', '5', True),
    ('settings/deletedItemLifetime', 86399, True), ('settings/codeLifetime', 601, True), ('settings/nope', 1, True),
    ('settings/codeInSubject', 1, True),
    ('applications/0/web/redirectUris/-', 'http://shop.example/', False),
    ('applications/0/web/redirectUris/-', 'https://shop.example/#x', True),
    ('applications/0/idTokenSignedResponseAlg', 'none', True),
    ('applications/0/nativeAuthenticationApisEnabled', True, True),
    ('applications/0/appId', 'x', True), ('applications/0/extra', {}, True),
    ('applications/0/allowWithoutPkce', True, False), ('applications/0/allowRefreshTokens', 1, True),
    ('applications/0/identifierUris', ['shop'], True), ('applications/0/identifierUris', ['api://shop/'], True),
    ('applications/0/api', {'requestedAccessTokenVersion': 1}, True),
    ('applications/0/api', {'oauth2PermissionScopes': [{'id': A_SCOPE, 'value': 'a b'}]}, True),
    ('applications/0/api', {'oauth2PermissionScopes': [{'id': A_SCOPE, 'value': 'openid'}]}, False),
    ('applications/0/api', {'preAuthorizedApplications': [{'appId': A_SCOPE}]}, True),
    ('applications/0/appRoles', [{'id': A_SCOPE, 'value': 'x', 'allowedMemberTypes': []}], True),
    ('applications/0/appRoleAssignedTo', [{'principalId': A_SCOPE, 'appRoleId': A_SCOPE}], False),
    ('applications/0/requiredResourceAccess', [{'resourceAppId': A_SCOPE, 'resourceAccess': []}], True),
    ('applications/0/groupMembershipClaims', 'DirectoryRole', True), ('applications/0/subjectType', 'private', True),
    ('applications/0/optionalClaims', {'idToken': [{'name': 'shoe_size'}]}, True),
    ('userFlows/0/displayName', '', True), ('userFlows/0/onUserCreateStart', {}, True),
    ('userFlows/0/onAuthenticationMethodLoadStart/identityProviders/-',
     {'id': 'EmailOtpSignup-OAUTH'}, True),
    ('userFlows/0/conditions/applications/includeAllApplications', True, True),
    (POLICY + 'state', 'on', True), (POLICY + 'grantControls', None, True),
    (POLICY + 'grantControls/builtInControls/-', 'compliantDevice', True),
    (POLICY + 'grantControls/builtInControls/-', 'block', False),
    (POLICY + 'grantControls/operator', DROP, True),
    (POLICY + 'grantControls', {'operator': 'OR', 'builtInControls': ['mfa', 'passwordChange']}, False),
    (POLICY + 'conditions/applications', {'applicationFilter': {'mode': 'include', 'rule': 'A_b -eq 1'}}, False),
    (POLICY + 'conditions/applications', {'applicationFilter': {'mode': 'some', 'rule': 'x'}}, True),
    ('applications/0/customSecurityAttributes', {'A_B': {'c': 1}}, True), ('applications/0/customSecurityAttributes', {'A': {'b': []}}, True),
    (POLICY + 'conditions/signInRiskLevels', ['high'], True),
    (POLICY + 'conditions/users', {}, False), (POLICY + 'conditions/users', DROP, True),
    (POLICY + 'conditions/applications/includeUserActions', ['urn:user:registerdevice'], True),
    (POLICY + 'conditions/applications/includeAuthenticationContextClassReferences', ['c1'], False),
    (POLICY + 'conditions/clientAppTypes', [], True),
    (POLICY + 'conditions/locations', {'includeLocations': ['Office']}, True),
    ('namedLocations', [office('203.0.113.0/33')], False), ('namedLocations', [office('203.0.113.1/24')], False),
    ('namedLocations', [office('fritz.box')], True), ('namedLocations', [{**office(), 'ipRanges': []}], True),
    ('namedLocations', [{**office(), '@odata.type': '#microsoft.graph.countryNamedLocation'}], True),
    ('namedLocations', [near('Deutschland')], True), ('namedLocations', [near()], True),
    ('namedLocations', [{**near('DE'), 'countryLookupMethod': 'authenticatorAppGps'}], True),
    ('authenticationMethodConfigurations/0/id', 'Sms', True),
    ('authenticationMethodConfigurations/0/state', 'on', True),
    ('groups/0/parentGroups', ['x'], True), ('groups/0/displayName', DROP, True),
]
TAKEN = [
    ('tenant/mailFrom', None), ('settings/passcodeTries', None), ('settings/passcodeDigits', 6),
    ('applications/0/publicClient', {'redirectUris': ['com.example.app:/callback']}),
    ('applications/0/identifierUris', ['api://shop', 'https://shop.example/api']),
    ('applications/0/api', {'oauth2PermissionScopes': [{'id': A_SCOPE, 'value': 'Shop.Read', 'isEnabled': False}]}),
    ('applications/0/appRoleAssignedTo', [{'principalId': A_SCOPE, 'principalType': 'Group'}]),
    ('applications/0/groupMembershipClaims', 'SecurityGroup'),
    ('applications/0/optionalClaims', {'accessToken': [{'name': 'email', 'essential': True}]}),
    ('userFlows/0/onAttributeCollection', None),
    (POLICY + 'conditions/platforms', {'includePlatforms': ['all'], 'excludePlatforms': ['iOS']}),
    (POLICY + 'conditions/locations', {'includeLocations': ['AllTrusted', demo['tenant']['id']]}),
    ('namedLocations', [office('203.0.113.0/24', {'@odata.type': '#microsoft.graph.iPv6CidrRange', 'cidrAddress': '2001:db8::/32'}),
                        {**near('DE', 'at'), 'includeUnknownCountriesAndRegions': True}]),
    (POLICY + 'sessionControls', {'signInFrequency': {'isEnabled': True, 'type': 'days', 'value': 1}}),
    (POLICY + 'grantControls', {'operator': 'AND', 'builtInControls': ['mfa', 'passwordChange']}),
    (POLICY + '@sallyport.passwordSince', '2026-11-24T00:00:00Z'),
    (POLICY + 'conditions/applications', {'applicationFilter': {'mode': 'include', 'rule': 'CustomSecurityAttribute.A_b -eq 1'}}),
    ('applications/0/customSecurityAttributes', {'A': {'b': 'x', 'c': [ 'x', 'y'], 'd': 7, 'e': True, 'b@odata.type': '#x'}}),
    ('authenticationMethodConfigurations/0/includeTargets', []),
    ('groups/0/parentGroups', [demo['groups'][1]['id']]),
]
for path, value, also in REFUSED:
    same(f'{path} = {"gone" if value is DROP else value}', change(path, value), False, also)
for path, value in TAKEN:
    same(f'{path} = {value}', change(path, value), True)

# A setting is described once in the model: the schema repeats it, and this sees to that.
rows = schema['$defs']['settings']['properties']
stored = whole['tenant']['settings']
if list(rows) != list(stored):
    complain(f'settings differ: {set(rows) ^ set(stored)}')
for name, row in rows.items():
    if name not in demo['settings'] and row['default'] != stored[name]:
        complain(f'settings.{name}: {row["default"]} is not {stored[name]}')
    for bound, step in ('minimum', -1), ('maximum', 1):
        if bound in row:
            same(f'settings.{name} {bound}', change(f'settings/{name}', row[bound]), True)
            same(f'settings.{name} past it', change(f'settings/{name}', row[bound] + step), False)

# The demo itself: what it names exists, every id is a random UUID, no secret is in it.
ids = {one['id'] for section in demo.values() if isinstance(section, list) for one in section}
ids |= {app['appId'] for app in demo['applications']} | {demo['tenant']['id'], 'all_users'}
text = json.dumps(demo)
for policy in demo['conditionalAccessPolicies']:
    if policy['state'] != 'disabled':
        complain(f'{policy["displayName"]} is on')
    named = [id for part in policy['conditions'].values() if isinstance(part, dict)
             for list in part.values() for id in list if id != 'All']
    for id in named:
        if id not in ids:
            complain(f'{policy["displayName"]} names {id}, which is not there')
for group in demo['groups']:
    for id in group['members']:
        if id not in ids:
            complain(f'{group["displayName"]} has {id}, who is not there')
for id in ids - {'Email', 'all_users', 'c1'}:
    if id[14] != '4' or id[19] not in '89ab' or id != id.lower():
        complain(f'{id} is no random UUID')
if 'assword":' in text or 'secret' in text:
    complain('a password or secret is in the demo')
sys.exit(bad)
