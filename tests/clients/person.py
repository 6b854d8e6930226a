"""Somebody at Chromium, before a page of an app."""
import sys

from installed import HERE
from world import PASSWORD

sys.path.insert(0, str(HERE.parent / 'browser'))
import chromium                                                     # noqa: E402
from selenium.webdriver.common.by import By                         # noqa: E402


class Person:
    """A customer whom no page knows yet; `driver` is everybody's."""

    driver = None

    def __init__(self, house, url):
        Person.driver = Person.driver or chromium.started(strangers=True)
        self.house, self.url, self.wait = house, url, chromium.waiting(self.driver)
        self.address, self.id = house.customer()
        self.driver.execute_cdp_cmd('Network.clearBrowserCookies', {})
        before = self.driver.current_window_handle       # what apps keep, they keep for a tab
        self.driver.switch_to.new_window('tab')
        after = self.driver.current_window_handle
        self.driver.switch_to.window(before)
        self.driver.close()
        self.driver.switch_to.window(after)
        self.driver.get_log('browser')

    @classmethod
    def gone(cls):
        """At the end, Chromium."""
        if cls.driver is not None:
            cls.driver.quit()

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if error is not None:
            print(self.driver.current_url, self.body())
            print(*(line['message'] for line in self.driver.get_log('browser')), sep='\n')

    def body(self):
        return self.driver.find_element(By.TAG_NAME, 'body').text

    def see(self, words):
        self.wait.until(lambda driver: words in self.body(), f'no page says {words!r}')

    def press(self, name):
        """A button or link of the app."""
        self.wait.until(lambda driver: driver.find_elements(By.ID, name), name)
        self.driver.find_element(By.ID, name).click()

    def fill(self, do, **fields):
        """A form of the server's pages."""
        self.wait.until(lambda driver: driver.find_elements(By.CSS_SELECTOR, f'button[value={do}]'), do)
        for name, text in fields.items():
            self.driver.find_element(By.NAME, name).send_keys(text)
        self.driver.find_element(By.CSS_SELECTOR, f'button[value={do}]').click()

    def pass_doors(self):
        """Both of them."""
        self.fill('password', email=self.address, password=PASSWORD)
        self.fill('code', code=self.house.code(self.address))

    def see_door(self):
        self.wait.until(lambda driver: driver.find_elements(By.CSS_SELECTOR, 'button[value=password]'), 'the door')
