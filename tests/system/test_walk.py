"""What people do in the browser, on a fresh `./dev demo`: the first walk of a new user, then the daily ones."""

import pytest

pytest.importorskip("playwright")

from demo import CHINA, FRANCE, JOB_SECONDS, SPAIN, Person, exactly, place_order  # noqa: E402
from guided_setup import CHINESE_SHOP, go_to_login, log_in, rehearse, set_up  # noqa: E402

RUCKSACK = "1005001234567901"

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def boss(browser, demo):
    """The administrator in front of Odoo, the whole day."""
    with person(browser, demo, "admin") as boss:
        yield boss


@pytest.fixture
def buyer(browser):
    """A page for what happens on AliExpress."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


def person(browser, demo, login):
    return Person(browser, demo.url, login)


def test_from_connecting_to_a_declared_parcel(browser, demo, boss, buyer):
    numbers = [place_order(buyer, demo.gateway_url, FRANCE, sku) for sku in ("TSHIRT-BLU-M", "CAP-BLK")]
    connect(boss)
    # Nothing more is pressed: jobs bring the orders in, read the carriers, and give the deliveries theirs.
    sale_orders = [find_sale_order(boss, number) for number in numbers]
    assert len(set(sale_orders)) == 2
    with person(browser, demo, "warehouse") as packer:
        ship(packer, numbers[0], "8R12345678901")
    assert "8R12345678901" in gateway_shows(buyer, f"{demo.gateway_url}/orders/{numbers[0]}", "8R12345678901")


def test_an_unknown_code_is_linked_once_and_the_order_goes_on(boss):
    open_order(boss, "TOWEL-BLU")
    assert "No product has the SKU code TOWEL-BLU" in boss.text
    boss.press("Link Products")
    boss.choose_in_row("TOWEL-BLU", "product_id", "Beach Towel", within=".modal")
    boss.press("Link Products", within=".modal")
    boss.wait_until(lambda: "On hold, do not ship" not in boss.text)
    assert boss.page.locator(".o_statusbar_status .o_arrow_button_current", has_text="Done").count()


def test_a_cancellation_is_accepted(demo, boss, buyer):
    number = open_order(boss, "TSHIRT-BLK-S")
    assert "The buyer asked to cancel" in boss.text
    boss.press("Accept Cancellation")
    boss.press("Ok", within=".modal")
    page = gateway_shows(buyer, f"{demo.gateway_url}/orders/{number}", "FINISH")
    assert "FINISH" in page
    boss.wait_until(lambda: "Cancelled" in boss.page.locator("[name=stage]").first.inner_text())


def test_a_cancellation_is_refused(demo, boss, buyer):
    number = place_order(buyer, demo.gateway_url, SPAIN, "CAP-RED")
    buyer.click("text=Buyer asks for cancellation")
    import_order(boss, "AliExpress Spain", number)
    boss.open_row(number)
    boss.press("Refuse Cancellation")
    boss.page.fill(".modal [name=memo] textarea", "The parcel has already left.")
    boss.press("Refuse Cancellation", within=".modal")
    # The buyer may ask again: the order is to be shipped.
    asks = "Buyer asks for cancellation"
    assert asks in gateway_shows(buyer, f"{demo.gateway_url}/orders/{number}", asks)


def test_a_rejected_product_is_mended_and_sent(demo, boss, buyer):
    boss.open("aliexpress-listings")
    boss.open_row("Forbidden Rucksack")
    assert "AliExpress rejected the product" in boss.text
    boss.page.locator("[name=product_tmpl_id] .o_external_button, [name=product_tmpl_id] a").first.click()
    boss.page.wait_for_selector(".o_form_view .o_field_widget[name=list_price]")
    boss.tab("AliExpress")
    boss.fill("aliexpress_title", "City Rucksack Red 20 L")
    boss.page.click(".o_form_button_save")
    boss.settle()
    # It would be sent by itself, within ten minutes.
    boss.page.locator(".o_breadcrumb a", has_text="Forbidden Rucksack").click()
    boss.page.wait_for_selector(".o_form_view [name=product_ref]")
    boss.press("Send")
    page = gateway_shows(buyer, f"{demo.gateway_url}/listings/{RUCKSACK}", "City Rucksack Red 20 L")
    assert "City Rucksack Red 20 L" in page


def test_a_shop_is_set_up_step_by_step(demo, boss, buyer):
    for step in set_up(boss, CHINESE_SHOP):
        if step == "connect":
            assert "Press Connect with AliExpress" in boss.text
        elif step == "choices":
            leave_and_come_back(boss)
        elif step == "rehearsal":
            rehearse(boss)
            shown = boss.page.locator(".modal").inner_text()
            assert "Waits on hold" in shown and "No product has the SKU code" in shown
            boss.press("Close", within=".modal")
    # What was ordered before the shop was set up is not imported, unless Orders From says so.
    place_order(buyer, demo.gateway_url, CHINA, "TMUG-01")
    boss.press("Finish")
    assert boss.wait_for("aliexpress-orders", ".o_data_row", "AliExpress China")


def leave_and_come_back(boss):
    """The set-up is left, and taken up again where it was."""
    boss.press("Go on Later")
    boss.page.locator(".o_kanban_record", has_text="AliExpress China").locator("text=Continue the set-up").click()
    boss.page.wait_for_selector("text=How Odoo works for this shop")


def connect(boss):
    """Connect a shop by the button on its page."""
    boss.open("aliexpress-shops")
    boss.open_row("AliExpress France")
    go_to_login(boss)
    log_in(boss, "Boutique Exemple")
    boss.page.wait_for_selector(".o_statusbar_status .o_arrow_button_current:has-text('Connected')")


def import_order(boss, shop, number):
    """Import one order by its number, and be in the list that shows it."""
    boss.open("aliexpress-orders")
    boss.page.click(".o_menu_sections button:has-text('Orders')")
    boss.page.click(".o-dropdown--menu >> text=Import Orders")
    boss.page.wait_for_selector(".modal [name=account_id]")
    boss.fill("account_id", shop)
    boss.fill("numbers", number)
    boss.press("Import", within=".modal")
    boss.page.wait_for_selector(f".o_data_row:has-text('{number}')")


def open_order(boss, sku_code):
    """Open the order of the code, once the job has looked at it; its number."""
    boss.open("aliexpress-orders")
    boss.search("SKU Code", sku_code)
    boss.wait_until(lambda: boss.page.locator(".o_data_row [name=state]", has_text=exactly("On hold")).count())
    number = boss.page.locator(".o_data_row [name=order_ref]").first.inner_text().strip()
    boss.open_row(number)
    return number


def find_sale_order(boss, number):
    """The name of the sale order that the job made of the AliExpress order."""
    boss.wait_for("aliexpress-orders", ".o_data_row", number)
    cell = boss.page.locator(".o_data_row", has_text=number).locator("[name=sale_order_id]")
    boss.wait_until(lambda: cell.inner_text().strip())
    return cell.inner_text().strip()


def ship(packer, number, tracking_ref):
    """Validate the delivery as a person without any AliExpress right does."""
    assert "AliExpress" not in packer.page.locator(".o_main_navbar").inner_text()
    packer.open("deliveries")
    packer.search("AliExpress Order Number", number)
    packer.page.locator(".o_data_row").first.locator(".o_data_cell").nth(1).click()
    packer.page.wait_for_selector(".o_form_view")

    def has_carrier():
        packer.tab("Additional Info")
        return packer.page.locator("[name=carrier_id] input").input_value()

    packer.wait_until(has_carrier)
    packer.fill("carrier_tracking_ref", tracking_ref)
    packer.press("Validate")
    packer.page.wait_for_selector(".o_statusbar_status .o_arrow_button_current:has-text('Done')")


def gateway_shows(page, url, text):
    """What a page of the gateway says, as soon as it shows `text` or the jobs had time enough."""
    for _attempt in range(JOB_SECONDS // 2):
        page.goto(url)
        if text in page.inner_text("body"):
            break
        page.wait_for_timeout(2000)
    return page.inner_text("body")
