#!/usr/bin/env python3
"""Take the documentation's pictures anew, from a fresh `./dev demo`:

    .dev/venv/bin/python docs/take_pictures.py [NAME …]

Walks through the first run as `docs/first-run.rst` tells it, and writes `docs/pictures/NAME.png`. So the pictures show
what there is.
"""

import os
import pathlib
import sys
import tempfile

from PIL import Image

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "system"))

from demo import CHINA, PHONE, Demo, Person, chromium, place_order  # noqa: E402
from guided_setup import CHINESE_SHOP, rehearse, set_up  # noqa: E402

PICTURES = ROOT / "docs" / "pictures"
# The picture of each step of the guided set-up.
STEPS = {
    "application": "setup-1-application",
    "connect": "setup-2-connect",
    "login": "sandbox-login",
    "shop data": "setup-3-shop-data",
    "choices": "setup-4-choices",
    "listings": "setup-5-listings",
    "rehearsal": "setup-6-rehearsal",
    "switch on": "setup-7-switch-on",
}


class Photographer:
    """Takes the pictures that were asked for, all of them where none was named."""

    def __init__(self, names):
        self.names = names

    def take(self, page, name):
        """A picture of what `page` shows now."""
        if self.names and name not in self.names:
            return
        path = PICTURES / f"{name}.png"
        page.mouse.move(0, 0)
        page.wait_for_timeout(500)
        page.screenshot(path=path)
        # Screens have few colours: a palette makes the file a third of the size.
        Image.open(path).convert("P", palette=Image.Palette.ADAPTIVE, colors=128).save(path, optimize=True)
        print(path.relative_to(ROOT))


def main(names):
    """Start a demo, walk, and take the pictures."""
    camera = Photographer(names)
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        demo = Demo(f"aliexpress_pictures_{os.getpid()}", pathlib.Path(folder) / "demo.log")
        try:
            with chromium() as browser:
                walk(browser, demo, camera)
        finally:
            demo.stop()


def walk(browser, demo, camera):
    """The first run, then the daily work."""
    boss = Person(browser, demo.url, "admin")
    # Nothing is worth a picture before the jobs have worked on what the connected shop has.
    boss.wait_for("aliexpress-orders?view_type=list", ".o_data_row", "TOWEL-BLU")
    take_set_up(boss, camera)
    buyer = browser.new_page(viewport={"width": 1100, "height": 700})
    number = place_order(buyer, demo.gateway_url, CHINA, "TMUG-01", 2)
    camera.take(buyer, "sandbox-order")
    daily_work(boss, camera)
    with Person(browser, demo.url, "admin", PHONE) as passenger:
        passenger.open("aliexpress-overview")
        # Odoo's own greeting covers a small screen.
        greeting = passenger.page.locator(".o-mail-ChatWindow-header [title*='Close Chat Window']")
        if greeting.count():
            greeting.first.click()
        camera.take(passenger.page, "phone-overview")
    with Person(browser, demo.url, "warehouse") as packer:
        packer.open("deliveries")
        camera.take(packer.page, "deliveries")
        packer.page.locator(".o_data_row").first.locator(".o_data_cell").nth(1).click()
        packer.page.wait_for_selector(".o_form_view")
        packer.tab("Additional Info")
        camera.take(packer.page, "delivery")
    return number


def take_set_up(boss, camera):
    """Every step of the guided set-up."""
    for step in set_up(boss, CHINESE_SHOP):
        if step == "rehearsal":
            rehearse(boss)
        camera.take(boss.page, STEPS[step])
        if step == "rehearsal":
            boss.press("Close", within=".modal")
    boss.press("Finish")


def daily_work(boss, camera):
    """What people look at every day."""
    boss.open("aliexpress-overview")
    camera.take(boss.page, "overview")
    boss.open("aliexpress-orders")
    camera.take(boss.page, "orders")
    boss.search("SKU Code", "TOWEL-BLU")
    boss.page.locator(".o_data_row").first.locator(".o_data_cell").nth(1).click()
    boss.page.wait_for_selector(".o_form_view")
    boss.settle()
    camera.take(boss.page, "order-on-hold")
    boss.open("aliexpress-listings")
    camera.take(boss.page, "listings")
    boss.open_row("Forbidden Rucksack")
    camera.take(boss.page, "listing-rejected")
    boss.open("aliexpress-to-mend")
    camera.take(boss.page, "to-mend")
    boss.open("aliexpress-offers")
    camera.take(boss.page, "prices-and-stock")
    boss.open("aliexpress-products")
    boss.page.locator(".o_kanban_record, .o_data_row", has_text="Cotton T-Shirt").first.click()
    boss.page.wait_for_selector(".o_form_view")
    boss.tab("AliExpress")
    camera.take(boss.page, "product")


if __name__ == "__main__":
    main(set(sys.argv[1:]))
