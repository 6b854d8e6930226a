"""The shop in Chromium: shop.py BUILD SOURCE

Sign-up, the second door, the excluded app, step-up and the dead ends, as a person would: at a
desktop by keyboard, at 320 px in the dark, and without JavaScript. Each page is held to what the
pages promise (conf/pages/README.md) and is left as a picture in BUILD/screenshots.
"""
import base64
import pathlib
import secrets
import shutil
import sys

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

import chromium

BUILD, SOURCE = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
sys.path[:0] = [str(SOURCE / 'tests/story'), str(SOURCE / 'contrib/story')]
import running                                          # noqa: E402
from world import APPS, TENANT, Customer, World         # noqa: E402

PICTURES = BUILD / 'screenshots'
# Name, width, height, dark, scripts allowed.
VIEWS = [('desktop', 1280, 900, False, True), ('narrow', 320, 640, True, True),
         ('noscript', 1024, 768, False, False)]
# What can be typed into or chosen, and has no name that a screen reader could say.
NAMELESS = '''return [...document.querySelectorAll("input:not([type=hidden]), select, textarea")]
    .filter(e => !(e.labels && e.labels.length) && !e.getAttribute("aria-label") &&
            e.getAttribute("aria-hidden") !== "true").map(e => e.name)'''
# aria-describedby that leads nowhere.
LOST = '''return [...document.querySelectorAll("[aria-describedby]")].flatMap(e =>
    e.getAttribute("aria-describedby").split(/\\s+/)).filter(i => i && !document.getElementById(i))'''
HEADINGS = 'return [...document.querySelectorAll("h1")].map(e => e.innerText)'
WIDER = 'return document.documentElement.scrollWidth - document.documentElement.clientWidth'


def check(what, *why):
    if not what:
        raise AssertionError(' '.join(str(part) for part in why))


class View:
    """One browser, looking at one page after another."""

    def __init__(self, name, width, height, dark, scripts):
        self.name, self.count = name, 0
        self.driver = chromium.started(width, height, scripts)
        self.wait = chromium.waiting(self.driver)
        self.driver.execute_cdp_cmd('Emulation.setDeviceMetricsOverride', {
            'width': width, 'height': height, 'deviceScaleFactor': 1, 'mobile': False})
        self.driver.execute_cdp_cmd('Emulation.setEmulatedMedia', {'features': [
            {'name': 'prefers-color-scheme', 'value': 'dark' if dark else 'light'}]})

    def picture(self, name, status=200):
        """Holds the page to its promises; a page with an error status logs that and no more."""
        driver = self.driver
        check(driver.execute_script(NAMELESS) == [], name, driver.execute_script(NAMELESS))
        check(driver.execute_script(LOST) == [], name, driver.execute_script(LOST))
        check(driver.execute_script(WIDER) <= 0, name, 'is wider than the window by',
              driver.execute_script(WIDER))
        check(len(driver.find_elements(By.TAG_NAME, 'h1')) == 1, name, 'has not one heading')
        for line in driver.get_log('browser'):
            told = line['level'] == 'INFO' or f'status of {status}' in line['message'] or 'favicon' in line['message']
            check(told, name, line)
        self.count += 1
        self.whole(PICTURES / f'{self.name}-{self.count:02}-{name}.png')

    def whole(self, path):
        """All of the page, not what fits the window alone."""
        size = self.driver.execute_cdp_cmd('Page.getLayoutMetrics', {})['cssContentSize']
        picture = self.driver.execute_cdp_cmd('Page.captureScreenshot', {
            'captureBeyondViewport': True, 'clip': {'x': 0, 'y': 0, 'scale': 1,
            'width': size['width'], 'height': size['height']}})
        path.write_bytes(base64.b64decode(picture['data']))

    def heading(self, *words):
        """Waits until the page says one of these: asked in one go, or it may change in between."""
        self.wait.until(lambda driver: any(one in words for one in driver.execute_script(HEADINGS)),
                        f'{self.name}: no page headed {words}')

    def focused(self, name):
        self.wait.until(lambda driver: driver.execute_script('return document.activeElement.id') == name,
                        f'{self.name}: the focus is not at {name}')

    def type(self, *words):
        """As somebody at the keyboard: from the focus on, Tab between fields, Enter at the end."""
        self.wait.until(lambda driver: driver.switch_to.active_element.tag_name == 'input',
                        f'{self.name}: no field has the focus')
        for number, word in enumerate(words):
            last = number == len(words) - 1
            self.driver.switch_to.active_element.send_keys(word + (Keys.ENTER if last else Keys.TAB))

    def press(self, do):
        self.driver.find_element(By.CSS_SELECTOR, f'button[value={do}]').click()

    def card(self, shop, name):
        self.driver.get(shop + '/')
        self.driver.find_element(By.ID, name).click()

    def sign_out(self, shop):
        self.driver.get(shop + '/')
        self.driver.find_element(By.CSS_SELECTOR, 'header form button').click()
        self.heading('Sign out?')
        self.picture('sign-out')
        self.press('sign-out')
        self.heading('Signed out', 'You are signed out')


def signed_in(view, second):
    view.heading('What my token says')
    said = view.driver.find_element(By.TAG_NAME, 'main').text
    words = 'The second door was passed.' if second else 'No second door was asked for.'
    check(words in said, view.name, said)


def sign_up(view, world, shop, customer):
    view.driver.get(shop + '/')
    view.picture('shop')
    view.card(shop, 'sign-up')
    view.heading('Create an account')
    view.focused('email')
    view.picture('sign-up')
    view.type(customer.address)
    view.heading('Enter your code')
    view.focused('code')
    view.picture('sign-up-code')
    right = world.mail(customer.address).code
    view.type(f'{(int(right) + 1) % 10**8:08}')
    view.wait.until(lambda driver: driver.find_elements(By.ID, 'code-wrong'))
    view.picture('wrong-code', status=400)
    field = view.driver.find_element(By.ID, 'code')
    check(field.get_attribute('aria-invalid') == 'true', 'the wrong field is not marked')
    view.focused('code')
    view.type(right)
    view.heading('Choose a password')
    view.focused('password')
    view.picture('password')
    view.type(customer.password)
    view.heading('About you')
    view.picture('attributes')
    view.driver.find_element(By.CSS_SELECTOR, 'input[name=displayName]').send_keys('Quince Quill')
    view.press('attributes')
    view.heading('What my token says')
    view.picture('token')


def second_door(view, world, shop, customer):
    view.card(shop, 'mfa')
    view.heading('Sign in')
    view.focused('email')
    view.picture('sign-in')
    view.type(customer.address, customer.password + 'x')
    view.wait.until(lambda driver: driver.find_elements(By.ID, 'problem'))
    view.picture('wrong-password', status=400)
    view.driver.find_element(By.ID, 'password').send_keys(customer.password + Keys.ENTER)
    view.heading('Enter your code')
    view.focused('code')
    view.picture('second-door')
    view.type(world.mail(customer.address).code)
    signed_in(view, True)


def excluded_then_protected(view, world, shop, customer):
    view.card(shop, 'recipes')
    view.heading('Sign in')
    view.type(customer.address, customer.password)
    signed_in(view, False)
    view.card(shop, 'sign-in')
    view.heading('One more step')
    view.picture('step-up')
    view.press('send')
    view.heading('Enter your code')
    view.type(world.mail(customer.address).code)
    signed_in(view, True)
    view.driver.get(shop + '/inbox')
    view.picture('inbox')


def dead_ends(view, world, shop, customer):
    """Each needs a browser that nobody is signed in with."""
    world.cli('policy', 'set-state', 'Block Partners', 'on', '--yes')
    view.card(shop, 'partners')
    view.type(customer.address, customer.password)
    view.heading('Access is blocked')
    view.picture('blocked', status=403)
    world.cli('method', 'set-state', 'email', 'off', '--yes')
    view.card(shop, 'sign-in')
    view.type(customer.address, customer.password)
    view.heading('A second step is needed, and it is switched off')
    view.picture('method-off', status=403)
    world.cli('method', 'set-state', 'email', 'on')
    view.card(shop, 'sign-in')
    view.press('to-reset')
    view.heading('Reset your password')
    view.picture('forgot')
    client_id, _ = APPS['shop']
    view.driver.get(f'{world.demo["addresses"]["server"]}/{TENANT}/oauth2/v2.0/authorize?'
                    f'client_id={client_id}&redirect_uri=http://127.0.0.1:1/&response_type=code')
    view.heading('Something is wrong with this request')
    view.picture('error', status=400)
    view.card(shop, 'club')
    view.heading('Sign in')
    view.picture('identify')


def walk(view, world):
    shop = world.demo['addresses']['shop']
    customer = Customer(world.address('quince'), secrets.token_urlsafe(12))
    world.calm()
    sign_up(view, world, shop, customer)
    view.sign_out(shop)
    world.cli('policy', 'set-state', 'Require MFA for customers', 'on', '--yes')
    second_door(view, world, shop, customer)
    view.sign_out(shop)
    excluded_then_protected(view, world, shop, customer)
    view.sign_out(shop)
    dead_ends(view, world, shop, customer)


def main():
    shutil.rmtree(PICTURES, ignore_errors=True)
    PICTURES.mkdir()
    with running.scratch() as folder:
        build = running.copied(BUILD, folder)
        base = running.free_base(16011)
        with running.quickstart(SOURCE, build, folder, base) as state:
            world = World(state, build / 'core/sallyport', 20, print)
            for name, *kind in VIEWS:
                view = View(name, *kind)
                try:
                    walk(view, world)
                except Exception:
                    view.driver.save_screenshot(str(PICTURES / f'{name}-failed.png'))
                    print(view.driver.find_element(By.TAG_NAME, 'body').text)
                    raise
                finally:
                    view.driver.quit()
                print(f'{name}: {view.count} pages')


main()
