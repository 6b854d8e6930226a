"""What operators change is checked, told, and written down."""
from world import World, main, named, same, wrong_code

tests = []
test = named(tests)
world = World()


@test('req224', 'a customer larger than a record is told so')
def too_large():
    body = {'identities': [{'signInType': 'emailAddress', 'issuer': 'woodgrove',
                            'issuerAssignedId': 'large@example.com'}], 'city': 'x' * 70000}
    same(world.ask('POST', '/users', body)[0], 400)
    _, user = world.customer()
    same(world.ask('PATCH', '/users/' + user, {'city': 'x' * 70000})[0], 400)
    many = {f'extension_{number}': 'x' for number in range(1000)}
    same(world.ask('PATCH', '/users/' + user, many)[0], 400)


@test('req55', 'a secret that apply makes is shown, once')
def secret_shown():
    app = {'displayName': 'Made by apply', 'passwordCredentials': [{'displayName': 'one'}],
           'web': {'redirectUris': ['http://127.0.0.1:8090/made/callback']}}
    answer = world.must('POST', '/apply', {'applications': [app]})
    assert len(answer.get('@sallyport.secrets', [])) == 1, answer
    again = world.must('POST', '/apply', {'applications': [app]})
    same(again.get('@sallyport.secrets'), None)


@test('req239', 'a member added or removed is on record')
def member_audit():
    _, user = world.customer()
    group = world.must('POST', '/groups', {'displayName': 'Audited'})['id']
    world.must('POST', f'/groups/{group}/members/$ref', {'@odata.id': '/users/' + user})
    world.must('DELETE', f'/groups/{group}/members/{user}/$ref')
    store = b''.join(path.read_bytes() for path in world.folder.rglob('data.mdb'))
    assert b'Add member' in store and b'Remove member' in store


@test('req239', 'many members, some named twice: each is added once, and told once')
def many_members():
    users = [f'{number:08x}-0000-4000-8000-000000000001' for number in range(10000)]
    document = {'groups': [{'displayName': 'Large', 'members': users + users[:10]}]}
    answer = world.must('POST', '/apply', document)
    same(len([line for line in answer['differences'] if 'member' in line]), 10000)
    answer = world.must('POST', '/apply', document)
    same(answer['differences'], [])
    document['groups'][0]['members'] = users[:9999]
    answer = world.must('POST', '/apply?prune=true', document)
    same(len([line for line in answer['differences'] if users[9999] in line]), 1)


def signed(user):
    """Sign-in records of a customer, oldest first."""
    return [one for one in reversed(world.must('GET', '/auditLogs/signIns?$top=999')['value']) if one['userId'] == user]


def wrong_codes(address, count):
    """A browser of its own at the second door: so many wrong codes, each at a time of its own."""
    known = world.codes(address)
    browser, app, page = world.sign_in(address, prompt='login')
    code = world.new_code(address, known)
    pages = []
    for number in range(count):
        pages.append(browser.fill(page, 'code', code=wrong_code(code, number)))
        world.advance(10)
    return browser, page, code, pages


@test('sem4.5 sem8 req237', 'a wrong code at the second door is on record, as is that which ends the challenge')
def wrong_second_door():
    world.mfa()
    address, user = world.customer()
    browser, page, code, pages = wrong_codes(address, 1)
    same([one.status for one in pages], [400])
    one, = signed(user)
    same((one['status']['errorCode'], one['status']['additionalDetails']), (50181, 'code'), one)
    same((one['authenticationRequirement'], one['ipAddress'] != '', one['appDisplayName'], one['signInIdentifier']),
         ('multiFactorAuthentication', True, 'Woodgrove Groceries', 'c***@e***.com'), one)
    same([(step['authenticationMethod'], step['authenticationStepRequirement'], step['succeeded'])
          for step in one['authenticationDetails']],
         [('Password', 'primaryAuthentication', True), ('Email one-time passcode', 'multiFactorAuthentication', False)])
    same(browser.fill(page, 'code', code=code).status, 303)
    first, last = signed(user)
    same((first, last['status']['errorCode'], last['correlationId']), (one, 0, one['correlationId']))
    browser, page, code, pages = wrong_codes(address, 5)
    same([one.status for one in pages], [400, 400, 400, 400, 429])
    same([one['status']['errorCode'] for one in signed(user)[2:]], [50181] * 4 + [500121])
    world.mfa(False)


@test('sem8', 'wrong codes beyond ten a minute from one source are counted, not stored')
def wrong_codes_flood():
    world.mfa()
    address, user = world.customer()
    other, stranger = world.customer()
    counted = world.metric('sallyport_sign_ins_total')
    browser = world.browser()
    for who in (address, other, address):
        known = world.codes(who)
        page = world.sign_in(who, browser, prompt='login')[2]
        code = world.new_code(who, known)
        for number in range(5):
            browser.fill(page, 'code', code=wrong_code(code, number))
    same(len(signed(user) + signed(stranger)), 10)
    assert world.metric('sallyport_sign_ins_total') >= counted + 15
    world.mfa(False)


main(tests, [('on record', world)])
