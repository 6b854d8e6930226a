"""An operator who disables, resets or removes a customer is not stopped by whoever writes to him at the same moment."""
import threading

from world import World, main, named, same, together

tests = []
test = named(tests)
world = World()


def pestered(user, work):
    """work(), while two others write the customer's attributes without a pause."""
    over = threading.Event()

    def write(number):
        if number == 0:
            try:
                return work()
            finally:
                over.set()
        wrote = []
        while not over.is_set():
            wrote.append(world.ask('PATCH', f'/users/{user}', {'city': f'{number} {len(wrote)}'})[0])
        return wrote
    done, *others = together(3, write)
    assert {status for wrote in others for status in wrote} <= {200, 404, 409}, others
    return done


def enabled(user):
    return world.must('GET', f'/users/{user}')['accountEnabled']


@test('DESIGN 5', 'disabled means disabled: it wins, or leaves him as he was')
def disabling():
    _, user = world.customer()
    for turn in range(12):
        status = pestered(user, lambda: world.ask('PATCH', f'/users/{user}', {'accountEnabled': False})[0])
        same((status, enabled(user)), (204, False), turn)
        world.must('PATCH', f'/users/{user}', {'accountEnabled': True})
        same(enabled(user), True)


@test('DESIGN 5', 'who says how he was is told that he is not; and what was taken first is given back')
def giving_back():
    _, user = world.customer()
    seen = set()
    for turn in range(12):
        status = pestered(user, lambda: world.ask('PATCH', f'/users/{user}', {'accountEnabled': False}, headers={'If-Match': '*'})[0])
        assert (status, enabled(user)) in ((204, False), (409, True)), (status, enabled(user), turn)
        seen.add(status)
        world.must('PATCH', f'/users/{user}', {'accountEnabled': True})
    assert 409 in seen, seen


@test('DESIGN 5', 'so are removing him and voiding his password')
def removing():
    for turn in range(8):
        address, user = world.customer()
        same(pestered(user, lambda: world.ask('POST', f'/users/{user}/resetPassword', {})[0]), 204, turn)
        browser, _, page = world.sign_in(address)
        assert page.form('password') and page.status == 400, page
        same(pestered(user, lambda: world.ask('DELETE', f'/users/{user}')[0]), 204, turn)
        same(world.ask('GET', f'/users/{user}')[0], 404)


main(tests, [('insisting', world)])
