"""An app of somebody else gets what its customer agrees to, and no more (requirements 27, 28 and 48)."""

from browser import clear, query_of
from world import PASSWORD, World, main, named, same

tests = []
test = named(tests)
world = World(sourceSendsAnHour=100000)
world.mfa(False)


def app_of(third=True, **more):
    return world.register('Recipe <Box>', 'http://127.0.0.1:8096/back', thirdParty=third, **more)


def asks(page, *words):
    same((page.status, page.heading, clear(page)), (200, 'Let Recipe <Box> in?', None), page)
    for word in ('127.0.0.1:8096', 'Recipe <Box>', *words):
        assert word in page.text, (word, page.text)
    return page


def grants(user):
    return world.must('GET', f'/users/{user}/oauth2PermissionGrants')['value']


@test('req27', 'whoever signs in is asked once: by name, by where it goes, in words, and for how long')
def first_time():
    app = app_of()
    address, user = world.customer()
    browser, _, page = world.sign_in(address, app=app)
    asks(page, 'Your mail address', 'Your name and language', 'Know that it is you', 'Only while you are signed in')
    same(grants(user), [])
    page = browser.fill(page, 'agree')
    same(app.redeem(browser, app.code(page)).status, 200)
    granted, = grants(user)
    same((granted['clientId'], granted['principalId'], granted['consentType'], set(granted['scope'].split())),
         (app.client_id, user, 'Principal', {'openid', 'profile', 'email'}))
    app.code(app.begin(browser))                                    # remembered
    app.code(world.sign_in(address, app=app)[2])                    # in another browser, too
    told = [entry for entry in world.must('GET', '/auditLogs/directoryAudits')['value']
            if entry['activityDisplayName'] == 'Consent to application']
    same(len([entry for entry in told if user in str(entry['initiatedBy'])]), 1, told)


@test('req239', 'who agrees again to what he has agreed to changes nothing: no customer writes the audit full')
def again():
    app = app_of()
    address, user = world.customer()
    browser, _, page = world.sign_in(address, app=app)
    for _ in range(4):
        app.code(browser.fill(page, 'agree'))
        page = app.begin(browser, prompt='consent')
    told = world.must('GET', '/auditLogs/directoryAudits?$top=200')['value']
    same(len([entry for entry in told if user in str(entry['initiatedBy'])]), 1, told)


@test('req27', 'who asks for more is asked for what is new, and prompt=consent asks for all')
def wider():
    app = app_of()
    address, _ = world.customer()
    browser, _, page = world.sign_in(address, app=app, scope='openid')
    app.code(browser.fill(asks(page), 'agree'))
    app.code(app.begin(browser, scope='openid'))
    page = asks(app.begin(browser, scope='openid email offline_access'), 'Your mail address', 'For up to 180 days',
                'Keep access when you are not there')
    assert 'Know that it is you' not in page.text and 'Your name' not in page.text, page.text
    app.code(browser.fill(page, 'agree'))
    app.code(app.begin(browser, scope='email openid'))
    page = asks(app.begin(browser, scope='openid email', prompt='consent'), 'Know that it is you', 'Your mail address')
    app.code(browser.fill(page, 'agree'))
    ours = world.app()
    ours.code(ours.begin(browser, prompt='consent'))                # asks nothing


@test('req28 req22', 'who declines is told to the app, with state and iss, and asked again the next time')
def declined():
    app = app_of()
    address, user = world.customer()
    browser, _, page = world.sign_in(address, app=app)
    page = browser.fill(asks(page), 'decline')
    told = query_of(page.location)
    same((page.location.split('?')[0], told['error'], told['state']), (app.redirect_uri, 'access_denied', app.state))
    assert told['iss'].startswith(world.base) and 'code' not in told, told
    same(grants(user), [])
    asks(app.begin(browser))
    page = app.begin(browser, prompt='none', response_mode='fragment')
    told = query_of(page.location.replace('#', '?'))
    same((told['error'], told['state']), ('consent_required', app.state))


@test('req27 req32', 'nobody agrees for another: not by his form, his browser, a session that is over, or twice')
def forms():
    app = app_of()
    (address, user), (other, _) = world.customer(), world.customer()
    browser, _, page = world.sign_in(address, app=app)
    form = page.form('agree')
    stranger = world.sign_in(other, app=app)[0]
    same(stranger.post(form.action, {**form.fields, 'do': 'agree'}).status, 403)
    thief = browser.twin()
    thief.cookies = {name: value for name, value in thief.cookies.items() if '.session' not in name}
    same(thief.fill(page, 'agree').status, 400)
    same(browser.twin().post(form.action, {**form.fields, 'do': 'agree'}, **{'Sec-Fetch-Site': 'cross-site'}).status, 403)
    for do in ('code', 'send', 'attributes', 'password'):
        assert browser.twin().post(form.action, {**form.fields, 'do': do, 'code': '1'}).status >= 400
    same(grants(user), [])
    old = browser.twin()
    browser.post(app.path('logout'), {'do': 'out'})
    same(old.fill(page, 'agree').status, 400)
    browser, _, page = world.sign_in(address, app=app)
    assert browser.twin().fill(page, 'agree').location
    same(browser.twin().fill(page, 'agree').status, 409)
    browser, _, page = world.sign_in(address, app=app_of())
    world.must('POST', f'/users/{user}/revokeSignInSessions')
    same(browser.fill(page, 'agree').status, 400)
    same(len(grants(user)), 1)


@test('req27 req48 req53', 'what is taken back ends what stood on it, and new consent does not bring it back')
def revoked():
    app = app_of()
    address, user = world.customer()
    browser, _, page = world.sign_in(address, app=app, scope='openid offline_access')
    tokens = app.redeem(browser, app.code(browser.fill(asks(page), 'agree'))).json()
    tokens = app.refresh(browser, tokens['refresh_token']).json()
    granted, = grants(user)
    same(world.ask('DELETE', '/oauth2PermissionGrants/' + granted['id'])[0], 204)
    same(world.ask('DELETE', '/oauth2PermissionGrants/' + granted['id'])[0], 404)
    same(world.ask('DELETE', '/oauth2PermissionGrants/nonsense')[0], 404)
    same(grants(user), [])
    answer = app.refresh(browser, tokens['refresh_token'])
    same((answer.status, answer.json()['error']), (400, 'invalid_grant'))
    world.advance(2000)
    page = browser.fill(asks(app.begin(browser, scope='openid offline_access')), 'agree')
    fresh = app.redeem(browser, app.code(page)).json()
    same(app.refresh(browser, tokens['refresh_token']).status, 400)
    same(app.refresh(browser, fresh['refresh_token']).status, 200)


@test('req27', 'a code that is on its way when it is taken back brings nothing, whatever is agreed to after that')
def outstanding():
    for offline in ('', ' offline_access'):
        app = app_of()
        address, user = world.customer()
        browser, _, page = world.sign_in(address, app=app, scope='openid' + offline)
        old, verifier = app.code(browser.fill(asks(page), 'agree')), app.verifier
        same(world.ask('DELETE', '/oauth2PermissionGrants/' + grants(user)[0]['id'])[0], 204)
        for again in (False, True):
            answer = app.redeem(browser, old, code_verifier=verifier)
            same((answer.status, answer.json()['error']), (400, 'invalid_grant'), again)
            if not again:
                world.advance(1000)
                fresh = app.code(browser.fill(asks(app.begin(browser, scope='openid' + offline)), 'agree'))
        same(app.redeem(browser, fresh).status, 200)


@test('req27', 'an app that becomes somebody else\'s asks from then on, and one of ours never')
def switched():
    app = app_of(third=False)
    address, user = world.customer()
    browser, _, page = world.sign_in(address, app=app, scope='openid offline_access')
    tokens = app.redeem(browser, app.code(page)).json()
    world.must('PATCH', '/applications/' + app.id, {'thirdParty': True})
    asks(app.begin(browser))
    same(app.refresh(browser, tokens['refresh_token']).status, 400)
    world.must('PATCH', '/applications/' + app.id, {'thirdParty': False})
    app.code(app.begin(browser))
    same(app.refresh(browser, tokens['refresh_token']).status, 200)


@test('req27', 'an app of somebody else has no way around the page: no device code')
def devices():
    for there, then in (({'thirdParty': True}, {'allowDeviceCode': True}), ({'allowDeviceCode': True}, {'thirdParty': True})):
        made = world.must('POST', '/applications', {'displayName': 'Device', 'isFallbackPublicClient': True,
                                                    'publicClient': {'redirectUris': ['http://127.0.0.1/cb']}, **there})
        status, answer, _ = world.ask('PATCH', '/applications/' + made['id'], then)
        same((status, answer['error']['details'][0]['target']), (400, 'allowDeviceCode'), there)


@test('req27 sem4.2', 'policy comes first: who needs a second door is asked after it')
def after_policy():
    app = app_of()
    address, _ = world.customer()
    world.mfa()
    try:
        browser, _, page = world.sign_in(address, app=app)
        page = asks(browser.fill(page, 'code', code=world.code(address)))
        page = browser.fill(page, 'agree')
        answer = app.redeem(browser, app.code(page))
        same(answer.status, 200, answer)
    finally:
        world.mfa(False)


@test('req27 req249', 'in German, after a sign-up, and with a way to somebody else')
def elsewhere():
    app = app_of()
    address, _ = world.customer()
    browser, _, page = world.sign_in(address, app=app, ui_locales='de')
    same((page.heading, page.reader.lang), ('Recipe <Box> hereinlassen?', 'de'))
    page = browser.fill(page, 'to-sign-in')
    same(page.status, 200, page)
    other, _ = world.customer()
    page = browser.fill(page, 'password', email=other, password=PASSWORD)
    app.code(browser.fill(page, 'agree'))


@test('req27 req70', 'a word of one API is not the same word of another, nor is an API without a word nothing')
def two_apis():
    apis = [app_of(False, displayName=name) for name in ('Shop', 'Bank')]
    app = app_of()
    for api in apis:
        world.publish(api.client_id, 'read')
        world.grant(app.client_id, api.client_id, 'read')
    shop, bank = (api.client_id for api in apis)
    address, user = world.customer()
    browser, _, page = world.sign_in(address, app=app, scope='openid read', resource=shop)
    app.code(browser.fill(asks(page, 'Shop'), 'agree'))
    app.code(app.begin(browser, scope=f'openid {shop}/read'))
    for more in ({'scope': 'openid read', 'resource': bank}, {'scope': 'openid', 'resource': bank},
                 {'scope': f'openid api://{bank}/read'}):
        page = app.begin(browser, **more)
        assert 'Shop' not in asks(page, 'Bank').text, page.text
    app.code(browser.fill(app.begin(browser, scope='openid', resource=bank), 'agree'))
    asks(app.begin(browser, scope='openid read', resource=bank), 'Bank')
    same(set(grants(user)[0]['scope'].split()), {'openid', f'{shop}/read', bank})


@test('req27', 'who asks for nothing learns who it is all the same, so that is asked for')
def nothing():
    app = app_of()
    browser, _, page = world.sign_in(world.customer()[0], app=app, scope='')
    asks(page, 'Know that it is you')
    same(query_of(app.begin(browser, scope='', prompt='none').location)['error'], 'consent_required')
    app.code(browser.fill(app.begin(browser, scope=''), 'agree'))
    app.code(app.begin(browser, scope='', prompt='none'))


@test('req27 sem4.5', 'a sign-in is on record once, whether its customer was asked or not; and no page asks without a list')
def on_record():
    app = app_of()
    address, user = world.customer()

    def records():
        return len([one for one in world.must('GET', '/auditLogs/signIns?$top=100')['value'] if one['userId'] == user])
    browser, _, page = world.sign_in(address, app=app)
    asks(page)
    sealed = page.form('agree').fields['journey']
    assert browser.send('GET', '/woodgrove/flow/' + sealed).heading != page.heading
    same(app.redeem(browser, app.code(browser.fill(page, 'agree'))).status, 200)
    same(records(), 1)
    browser, _, page = world.sign_in(address, app=app)
    same(app.redeem(browser, app.code(page)).status, 200)
    same(records(), 2)
    same(app.redeem(browser, app.code(app.begin(browser))).status, 200)
    same(records(), 3)


main(tests, [('World', world)])
