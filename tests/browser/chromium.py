"""Chromium as tests have it: Debian's, without a window, in English."""
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.support.ui import WebDriverWait

PATIENCE = 20


def started(width=1024, height=768, scripts=True, strangers=False):
    """`strangers` lets it take certificates of authorities that it doesn't know."""
    options = webdriver.ChromeOptions()
    options.binary_location = '/usr/bin/chromium'
    for argument in ('--headless=new', '--no-sandbox', '--disable-gpu', '--lang=en',
                     '--disable-dev-shm-usage', '--hide-scrollbars', f'--window-size={max(width, 500)},{height}'):
        options.add_argument(argument)
    if not scripts:
        options.add_experimental_option('prefs', {
            'profile.managed_default_content_settings.javascript': 2})
    options.set_capability('goog:loggingPrefs', {'browser': 'ALL'})
    options.accept_insecure_certs = strangers
    return webdriver.Chrome(service=Service('/usr/bin/chromedriver'), options=options)


def waiting(driver):
    """A page may change under the eyes of whoever waits."""
    return WebDriverWait(driver, PATIENCE, ignored_exceptions=[StaleElementReferenceException])
