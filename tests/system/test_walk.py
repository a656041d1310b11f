"""The first walk of a new user: from one command to a parcel that AliExpress knows, all in the browser."""

import os

import pytest

pytest.importorskip("playwright")

from demo import JOB_SECONDS, Demo, Person, chromium, place_order  # noqa: E402

FRANCE = "2671514007"

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """A fresh `./dev demo`."""
    running = Demo(f"aliexpress_walk_{os.getpid()}", tmp_path_factory.mktemp("demo") / "demo.log")
    yield running
    assert "Traceback" not in running.stop()


def test_from_connecting_to_a_declared_parcel(demo):
    with chromium() as browser:
        boss = Person(browser, demo.url, "admin")
        connect(boss)
        buyer = browser.new_context().new_page()
        numbers = [place_order(buyer, demo.gateway_url, FRANCE, sku) for sku in ("TSHIRT-BLU-M", "CAP-BLK")]
        # Nothing is pressed: a job brings them in.
        sale_orders = [find_sale_order(boss, number) for number in numbers]
        assert len(set(sale_orders)) == 2
        ship(Person(browser, demo.url, "warehouse"), numbers[0], "8R12345678901")
        assert "8R12345678901" in find_parcel(buyer, demo.gateway_url, numbers[0])


def connect(boss):
    """Press Connect with AliExpress, log in there, and be back."""
    boss.open("aliexpress-shops")
    boss.open_row("AliExpress France")
    boss.press("Connect with AliExpress")
    boss.page.wait_for_url("**/oauth/authorize**")
    boss.page.click("text=Log in as Boutique Exemple")
    boss.page.wait_for_url("**/odoo/**")
    boss.page.wait_for_selector(".o_statusbar_status .o_arrow_button_current:has-text('Connected')")


def find_sale_order(boss, number):
    """The name of the sale order that the job made of the AliExpress order."""
    row = boss.wait_for("aliexpress-orders", ".o_data_row", number)
    cell = row.locator("[name=sale_order_id]")
    deadline = JOB_SECONDS
    while not cell.inner_text().strip() and deadline > 0:  # stored, and to be taken up by the next job
        boss.page.wait_for_timeout(2000)
        deadline -= 2
        row = boss.wait_for("aliexpress-orders", ".o_data_row", number)
        cell = row.locator("[name=sale_order_id]")
    return cell.inner_text().strip()


def ship(packer, number, tracking_ref):
    """Validate the delivery as a person without any AliExpress right does."""
    assert "AliExpress" not in packer.page.locator(".o_main_navbar").inner_text()
    packer.open("deliveries")
    packer.search("AliExpress Order", number)
    packer.page.locator(".o_data_row").first.locator(".o_data_cell").nth(1).click()
    packer.page.wait_for_selector(".o_form_view")
    packer.tab("Additional Info")
    packer.fill("carrier_tracking_ref", tracking_ref)
    packer.press("Validate")
    packer.page.wait_for_selector(".o_statusbar_status .o_arrow_button_current:has-text('Done')")


def find_parcel(page, gateway_url, number):
    """What the gateway's page of the order says, once a parcel is declared there."""
    for _attempt in range(JOB_SECONDS // 2):
        page.goto(f"{gateway_url}/orders/{number}")
        if "Nothing declared yet" not in page.inner_text("body"):
            break
        page.wait_for_timeout(2000)
    return page.inner_text("body")
