"""What operators change is checked, told, and written down."""
from world import World, main, named, same

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


main(tests, [('on record', world)])
