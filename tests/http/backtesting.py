"""A draft over the sign-ins on record: who would newly be asked, locked out, blocked; by app and group (SEMANTICS 4.5)."""
from policies import POLICIES, policy
from world import CLIENTS, MFA, World, main, named, same

tests = []
test = named(tests)
world = World()
CA = '/identity/conditionalAccess'
BACKTEST = CA + '/backtest'
SHOP, RECIPES = CLIENTS + '1', CLIENTS + '2'


def backtest(*drafts, **more):
    """All parts, added up: (totals, byApplication, byGroup, breakGlass)."""
    body, parts = {'policies': list(drafts), **more}, []
    while True:
        parts.append(world.must('POST', BACKTEST, body))
        if parts[-1]['after'] is None:
            break
        body = {'policies': list(drafts), 'after': parts[-1]['after']}

    def table(name):
        found = {}
        for part in parts:
            for row in part[name]:
                for key in ('newlyAsked', 'newlyLockedOut', 'newlyBlocked', 'eased'):
                    found[row['displayName'], key] = found.get((row['displayName'], key), 0) + row[key]
        return {key: count for key, count in found.items() if count}
    totals = {key: sum(part['totals'][key] for part in parts) for key in parts[0]['totals']}
    same(sum(totals.values()), sum(part['judged'] for part in parts))
    return totals, table('byApplication'), table('byGroup'), sorted({one for part in parts for one in part['breakGlass']})


def counts(**wanted):
    return {'same': 0, 'eased': 0, 'newlyAsked': 0, 'newlyLockedOut': 0, 'newlyBlocked': 0, **wanted}


@test('SEMANTICS 4.5', 'nobody has signed in: nothing is judged, and nothing fails')
def empty():
    same(backtest(policy('Any'))[:3], (counts(), {}, {}))


@test('SEMANTICS 4.5 req191', 'newly asked, newly blocked, less asked, as before; by application, by group')
def changes():
    group = world.must('POST', '/groups', {'displayName': 'Seen'})['id']
    plain = [world.customer() for _ in range(3)]
    world.must('POST', f'/groups/{group}/members/$ref', {'@odata.id': 'http://localhost/v1.0/users/' + plain[0][1]})
    for address, _ in plain:
        same(world.sign_in(address)[2].status, 303)
    address = world.customer()[0]
    same(world.sign_in(address, app=world.app(2))[2].status, 303)
    world.sign_in(address, password='not it')                # no policy had a word
    world.must('DELETE', f'/groups/{group}/members/{plain[0][1]}/$ref')     # since then: he was in it
    same(backtest(), (counts(same=4), {}, {}, []))
    same(backtest(policy('Shop', apps=[SHOP])),
         (counts(same=1, newlyAsked=3), {('Woodgrove Groceries', 'newlyAsked'): 3}, {('Seen', 'newlyAsked'): 1}, []))
    same(backtest(policy('Block', grant='block', users={'includeGroups': [group]}))[:3],
         (counts(same=3, newlyBlocked=1), {('Woodgrove Groceries', 'newlyBlocked'): 1}, {('Seen', 'newlyBlocked'): 1}))
    same(backtest(policy('Pilot', state='enabledForReportingButNotEnforced', grant='block'))[0], counts(same=4))
    same(backtest({'id': MFA, 'state': 'enabled'})[0], counts(same=1, newlyAsked=3))        # Recipes is excluded by it
    world.mfa()
    address, _ = world.customer()
    browser, _, page = world.sign_in(address)
    same(browser.fill(page, 'code', code=world.code(address)).status, 303)
    same(backtest()[0], counts(same=2, newlyAsked=3))         # by what is stored now
    same(backtest({'id': MFA, 'state': 'disabled'})[:2], (counts(same=4, eased=1), {('Woodgrove Groceries', 'eased'): 1}))
    world.mfa(False)


@test('SEMANTICS 3.6', 'locked out for want of a method, and break-glass accounts among them')
def locked():
    address, user = world.customer()
    same(world.sign_in(address)[2].status, 303)
    email = '/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/Email'
    world.must('PATCH', email, {'excludeTargets': [{'targetType': 'user', 'id': user}]})
    of_him = policy('Him', users={'includeUsers': [user]})
    totals, apps, _, glass = backtest(of_him)
    same((totals['newlyLockedOut'], totals['newlyAsked'], apps['Woodgrove Groceries', 'newlyLockedOut'], glass), (1, 0, 1, []))
    world.must('PATCH', email, {'excludeTargets': []})
    same(backtest(of_him)[0]['newlyAsked'], 1)
    spares = world.must('POST', POLICIES, policy('Spares him', grant='block', apps=[RECIPES], users={
        'includeUsers': ['All'], 'excludeUsers': [user]}))['id']
    same(backtest(of_him)[3], [user])
    world.must('DELETE', f'{POLICIES}/{spares}')


@test('SEMANTICS 4.5', 'so many days back and no more; what is wrong is told with its place')
def days():
    before = sum(backtest()[0].values())
    world.advance(3 * 86_400_000)
    same(sum(backtest(days=2)[0].values()), 0)
    same(sum(backtest(days=4)[0].values()), before)
    for body, target in (({'days': 0}, 'days'), ({'days': 'x'}, 'days'), ({'after': 'x'}, 'after'), ({'policies': [1]}, 'policies[0]'),
                         ({'policies': [{**policy('Bad'), 'state': 'on'}]}, 'policies[0].state'), ({'more': 1}, 'more')):
        status, answer, _ = world.ask('POST', BACKTEST, body)
        same((status, [one['target'] for one in answer['error']['details']]), (400, [target]), body, answer)


@test('req233', 'whoever reads policies and sign-ins may, it changes nothing, and nobody waits for it')
def callers():
    saved = world.must('GET', POLICIES)
    for role, status in (('Conditional Access Administrator', 200), ('Helpdesk Administrator', 403),
                         ('Authentication Policy Administrator', 403)):
        page = world.call(world.api_token(role), 'POST', BACKTEST, {}, Sallyport_Tenant='woodgrove')
        same(page.status, status, role, page.body)
    same(world.must('GET', POLICIES), saved)


main(tests, [('the world', world)])
