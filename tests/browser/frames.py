"""Signed out in Chromium, and apps hear of it in frames (Front-Channel Logout): frames.py SALLYPORTD PLUGINS SOURCE

One app is well, one never answers, one tries to lead the page away. With scripts the browser goes on
by itself; without them, by the page's link.
"""
import http.server
import pathlib
import sys
import threading
import urllib.parse

SOURCE = pathlib.Path(sys.argv[3])
sys.path[:0] = [str(SOURCE / 'tests/http')]

from selenium.webdriver.common.by import By         # noqa: E402

import chromium                                     # noqa: E402
from browser import claims                     # noqa: E402
from world import PASSWORD, World, main, named, same, until      # noqa: E402

tests = []
test = named(tests)
world = World(sourceSendsAnHour=100000)
world.mfa(False)
AWAY = b'<!DOCTYPE html><title>x</title><script>try{top.location="/away"}catch(e){fetch("/tried")}</script>'


class Place:
    """An app's web server."""

    def __init__(self):
        self.heard, self.wake = [], threading.Event()
        place = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                place.heard.append(self.path)
                if self.path.startswith('/hang'):
                    place.wake.wait(60)
                    return
                self.send_response(200)
                self.send_header('Content-Type', 'text/html')
                self.end_headers()
                self.wfile.write(AWAY if self.path.startswith('/hostile') else b'<!DOCTYPE html><title>App</title><h1>App</h1>')

            def log_message(self, *arguments):
                pass
        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        self.url = f'http://127.0.0.1:{self.server.server_address[1]}'
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def app(self, what):
        return world.register(what, self.url + '/back', frontchannelLogoutUri=f'{self.url}/{what}')


def leave(driver, apps):
    """Signs a new customer in to all, and out of the first: ID tokens."""
    address, _ = world.customer()
    wait, tokens = chromium.waiting(driver), []
    for app in apps:
        driver.get(world.base + app.path('authorize') + '?' + urllib.parse.urlencode(app.request()))
        if not driver.current_url.startswith(app.redirect_uri):
            driver.find_element(By.NAME, 'email').send_keys(address)
            driver.find_element(By.NAME, 'password').send_keys(PASSWORD)
            driver.find_element(By.CSS_SELECTOR, 'button.main').click()
        wait.until(lambda it, app=app: it.current_url.startswith(app.redirect_uri + '?'))
        code = urllib.parse.parse_qs(urllib.parse.urlsplit(driver.current_url).query)['code'][0]
        tokens.append(app.redeem(world.browser(), code).json()['id_token'])
    driver.get(world.base + apps[0].path('logout') + '?' + urllib.parse.urlencode({
        'id_token_hint': tokens[0], 'post_logout_redirect_uri': apps[0].redirect_uri, 'state': 'over'}))
    return tokens


def told(place, what, token):
    said = claims(token)
    query = urllib.parse.urlencode({'iss': said['iss'], 'sid': said['sid']})
    until(lambda: f'/{what}?{query}' in place.heard, f'the frame of {what}')


@test('req102 req100', 'all apps are told, and the browser goes on, whatever one of them does')
def scripts():
    places = [Place() for _ in range(3)]
    apps = [place.app(what) for place, what in zip(places, ('well', 'hang', 'hostile'))]
    driver = chromium.started()
    try:
        tokens = leave(driver, apps)
        chromium.waiting(driver).until(lambda it: it.current_url == apps[0].redirect_uri + '?state=over')
        for place, what, token in zip(places, ('well', 'hang', 'hostile'), tokens):
            told(place, what, token)
        same([path for path in places[2].heard if path == '/away'], [])
        refused = [line for line in driver.get_log('browser') if 'Content Security Policy' in line['message']]
        same(refused, [])
    finally:
        for place in places:
            place.wake.set()
        driver.quit()


@test('req102 req219', 'without scripts the apps are told as well, and a link goes back')
def no_scripts():
    place = Place()
    app = place.app('well')
    driver = chromium.started(scripts=False)
    try:
        token, = leave(driver, [app])
        told(place, 'well', token)
        same(driver.find_element(By.TAG_NAME, 'h1').text, 'You are signed out')
        driver.find_element(By.CSS_SELECTOR, 'a.main').click()
        chromium.waiting(driver).until(lambda it: it.current_url == app.redirect_uri + '?state=over')
    finally:
        driver.quit()


main(tests, [('frames', world)])
