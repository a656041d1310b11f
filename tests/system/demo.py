"""`./dev demo` as a person meets it: started as a process, looked at in a real browser."""

import contextlib
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time

from playwright.sync_api import sync_playwright
from servers import free_port

ROOT = pathlib.Path(__file__).resolve().parents[2]
# The sellers of the local gateway.
SPAIN, CHINA, FRANCE = "2671514005", "2671514006", "2671514007"
DESKTOP = {"viewport": {"width": 1400, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
START_SECONDS = 900  # also on a machine that prepares its database for the first time
CLICK_SECONDS = 60  # the first page of a new database compiles its parts
JOB_SECONDS = 240  # jobs run every minute, one after the other


class Demo:
    """`./dev demo` in a process of its own, on a database that is dropped at the end."""

    def __init__(self, database, log):
        self.database = database
        ports = [str(free_port()) for _name in ("odoo", "gateway")]
        options = ["--fresh", "--database", database, "--port", ports[0], "--sandbox-port", ports[1]]
        self.log = log
        with open(log, "wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, str(ROOT / "dev"), "demo", *options],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self.url, self.gateway_url = (f"http://127.0.0.1:{port}" for port in ports)
        try:
            self._wait()
        except BaseException:
            self.stop()
            raise

    def _wait(self):
        """Until the command says that everything runs."""
        deadline = time.monotonic() + START_SECONDS
        while "Ctrl-C" not in self.log.read_text():
            assert self.process.poll() is None and time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.2)

    def stop(self):
        """Press Ctrl-C, wait, and drop the database; what the command said."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(60)
        subprocess.run(["dropdb", "--force", "--if-exists", self.database], check=False, stderr=subprocess.DEVNULL)
        for path in (ROOT / ".dev" / "demo").glob(f"{self.database}.*"):
            path.unlink()
        return self.log.read_text()


@contextlib.contextmanager
def chromium():
    """A headless browser."""
    path = next(filter(None, map(shutil.which, ("chromium", "google-chrome", "chromium-browser"))))
    # Chromium's own sandbox does not work for root, who runs tests in containers.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()


class Person:
    """Somebody in front of a browser of their own, logged in to Odoo."""

    def __init__(self, browser, url, login, device=DESKTOP):
        self.url = url
        self.context = browser.new_context(**device)
        self.page = self.context.new_page()
        self.page.set_default_timeout(CLICK_SECONDS * 1000)
        self.asked = set()  # what the page asked Odoo for and has no answer to yet
        self.page.on("request", lambda request: request.resource_type in ("xhr", "fetch") and self.asked.add(request))
        for event in ("requestfinished", "requestfailed"):
            self.page.on(event, lambda request: self.asked.discard(request))
        self.page.goto(f"{url}/web/login")
        self.page.fill("input[name=login]", login)
        self.page.fill("input[name=password]", login)
        self.page.click("button[type=submit]")
        self.page.wait_for_selector(".o_main_navbar")

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.context.close()

    def open(self, path):
        """Open a page of Odoo and wait until it is shown."""
        self.page.goto(f"{self.url}/odoo/{path}")
        self.page.wait_for_selector(".o_view_controller")
        self.settle()

    def settle(self):
        """Wait until the page asks Odoo for nothing more; fail when it shows that something broke."""
        deadline = time.monotonic() + CLICK_SECONDS
        quiet = 0
        while quiet < 3 and time.monotonic() < deadline:
            self.page.wait_for_timeout(100)
            quiet = 0 if self.asked else quiet + 1
        self.asked.clear()
        self.page.wait_for_function("() => !document.querySelector('.o_loading_indicator, .o_blockUI')")
        broken = self.page.locator(".o_error_dialog")
        assert not broken.count(), broken.first.inner_text()

    def press(self, label, within=""):
        """Press a button by its label."""
        self.page.locator(f"{within} button:visible".strip(), has_text=exactly(label)).first.click()
        self.settle()

    def tab(self, label):
        """Open a tab of the form."""
        self.page.locator(".o_notebook a.nav-link", has_text=exactly(label)).click()
        self.settle()

    def fill(self, name, value):
        """Fill the field `name` of the form in front: a text, or a choice by its first letters."""
        field = self.page.locator(f"[name={name}] input, [name={name}] textarea").locator("visible=true").first
        field.fill(value)
        if self.page.locator(f"[name={name}] .o_input_dropdown").count():
            self.page.locator(".o-autocomplete--dropdown-item", has_text=value).first.click()
        self.settle()

    def open_row(self, text):
        """Open the line of a list that shows `text`."""
        self.page.locator(".o_data_row", has_text=text).first.locator(".o_data_cell").nth(1).click()
        self.page.wait_for_selector(".o_form_view")
        self.settle()

    def search(self, field, text):
        """Search the list for `text` in the field labelled so."""
        self.page.fill(".o_searchview_input", text)
        self.page.locator(".o-dropdown-item", has_text=f"Search {field} for").first.click()
        self.settle()

    def choose_in_row(self, text, name, value, within=""):
        """Choose `value` for the field `name` in the line of an editable list that shows `text`."""
        row = self.page.locator(f"{within} .o_data_row".strip(), has_text=text).first
        row.locator(f"[name={name}]").click()
        field = row.locator(f"[name={name}] input")
        field.fill(value)
        self.page.locator(".o-autocomplete--dropdown-item", has_text=value).first.click()
        self.settle()

    def wait_until(self, condition, seconds=JOB_SECONDS):
        """Show the page anew until `condition()` is true."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, self.text
            self.page.wait_for_timeout(2000)
            self.page.reload()
            self.page.wait_for_selector(".o_view_controller")
            self.settle()

    def wait_for(self, path, selector, has_text, seconds=JOB_SECONDS):
        """Look at a page again and again until an element shows a text; the element."""
        deadline = time.monotonic() + seconds
        while True:
            self.open(path)
            found = self.page.locator(selector, has_text=has_text)
            if found.count():
                return found.first
            assert time.monotonic() < deadline, f"{path} never showed {has_text}:\n{self.page.inner_text('body')}"
            self.page.wait_for_timeout(2000)

    @property
    def text(self):
        """What the page shows."""
        return self.page.inner_text("body")


def exactly(label):
    """A pattern that finds `label` and no longer label."""
    return re.compile(rf"^\s*{re.escape(label)}\s*$")


def place_order(page, gateway_url, seller, sku, quantity=1):
    """Order and pay `quantity` of the code `sku` on the gateway's own page, as a buyer would; the order's number."""
    page.goto(f"{gateway_url}/place?shop={seller}")
    option = page.locator("select[name=sku1] option", has_text=f" {sku} ").get_attribute("value")
    page.select_option("select[name=sku1]", option)
    page.fill("input[name=quantity1]", str(quantity))
    page.check("input[name=pay]")
    page.click("button.main")
    page.wait_for_url("**/orders/*")
    return page.url.rsplit("/", 1)[1]
