"""The walk of a catalogue manager: a shirt of four colours and three sizes goes from an empty form to AliExpress."""

import os
import struct
import zlib

import pytest

pytest.importorskip("playwright")

from demo import JOB_SECONDS, Demo, Person, chromium  # noqa: E402

pytestmark = pytest.mark.browser

COLORS = ("Blue", "Red", "Sunset", "Moss")
SIZES = ("S", "M", "L")
TITLES = {"en_US": "Organic cotton shirt", "es_ES": "Camisa de algodón", "fr_FR": "Chemise en coton"}
# What AliExpress' list of colours does not have keeps its own name on one of its values.
OWN_NAMES = {"Sunset": "Black", "Moss": "White"}


def make_picture(red, green, blue, side=800):
    """The bytes of a PNG of one colour."""
    row = b"\0" + bytes((red, green, blue)) * side
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(row * side)),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """A fresh `./dev demo`."""
    running = Demo(f"aliexpress_shirt_{os.getpid()}", tmp_path_factory.mktemp("demo") / "demo.log")
    yield running
    assert "Traceback" not in running.stop()


def test_from_an_empty_form_to_the_shelf(demo):
    with chromium() as browser:
        boss = Person(browser, demo.url, "admin")
        install_languages(boss)
        write_product(boss)
        add_pictures(boss)
        list_product(boss)
        name_colors(boss)
        listing = wait_until_online(boss)
        page = browser.new_context().new_page()
        page.goto(f"{demo.gateway_url}/listings")
        assert TITLES["es_ES"] in page.inner_text("body") or TITLES["en_US"] in page.inner_text("body")
        assert listing.count("14:") == len(COLORS) * len(SIZES)


def call(boss, model, method, args, **kwargs):
    """What a public method of Odoo answers, asked from the page that is open."""
    return boss.page.evaluate(
        """async ([model, method, args, kwargs]) => {
            const response = await fetch(`/web/dataset/call_kw/${model}/${method}`, {
                method: "POST", headers: {"Content-Type": "application/json"},
                body: JSON.stringify({jsonrpc: "2.0", params: {model, method, args, kwargs}}),
            });
            const answer = await response.json();
            if (answer.error) throw new Error(JSON.stringify(answer.error));
            return answer.result;
        }""",
        [model, method, args, kwargs],
    )


def install_languages(boss):
    """An administrator's work, done once: the languages of the shop."""
    boss.open("aliexpress-shops")
    domain = [["code", "in", list(TITLES)]]
    found = call(boss, "res.lang", "search", [domain], context={"active_test": False})
    wizard = call(boss, "base.language.install", "create", [{"lang_ids": [[6, 0, found]], "overwrite": False}])
    call(boss, "base.language.install", "lang_install", [[wizard]])
    boss.open("aliexpress-shops")
    boss.open_row("AliExpress Spain")
    boss.tab("Catalogue")
    choose(boss, "lang_id", "English (US)")
    choose(boss, "lang_ids", "Spanish")
    choose(boss, "lang_ids", "French")
    save(boss)


def choose(boss, name, text):
    """Choose a record in a field of the form by its name."""
    field = boss.page.locator(f"[name={name}] input").locator("visible=true").first
    field.fill(text)
    boss.page.locator(".o-autocomplete--dropdown-item", has_text=text).first.click()
    boss.settle()


def save(boss):
    """Save the form."""
    boss.page.locator(".o_form_button_save").click()
    boss.settle()


def write_product(boss):
    """Name, variants, category, titles, weight and mandatory attributes: each typed once."""
    boss.open("aliexpress-products/new")
    boss.fill("name", TITLES["en_US"])
    boss.tab("Attributes & Variants")
    for attribute, values in (("Color", COLORS), ("Size", SIZES)):
        lines = boss.page.locator("[name=attribute_line_ids]")
        lines.locator("a:has-text('Add a line')").click()
        row = lines.locator("tr.o_selected_row")
        row.locator("[name=attribute_id] input").fill(attribute)
        boss.page.locator(".o-autocomplete--dropdown-item", has_text=attribute).first.click()
        for value in values:
            row.locator("[name=value_ids] input").fill(value)
            boss.page.locator(".o-autocomplete--dropdown-item", has_text=value).first.click()
    boss.tab("AliExpress")
    choose(boss, "aliexpress_category_id", "T-Shirts")
    boss.fill("aliexpress_title", TITLES["en_US"])
    boss.fill("aliexpress_package_weight", "0.3")
    save(boss)
    boss.page.locator("[name=aliexpress_title] .o_field_translate").click()
    dialog = boss.page.locator(".o_translation_dialog")
    for code, label in (("es_ES", "Spanish"), ("fr_FR", "French")):
        dialog.locator(".row", has_text=label).locator("textarea, input").first.fill(TITLES[code])
    dialog.locator("footer button.btn-primary").click()
    boss.settle()
    boss.press("Load Attributes")
    fill_attributes(boss)
    save(boss)


def fill_attributes(boss):
    """Choose the first value of each mandatory attribute."""
    block = boss.page.locator("[name=aliexpress_required_line_ids]")
    for number in range(block.locator(".o_data_row").count()):
        block.locator(".o_data_row").nth(number).locator("[name=value_ids]").click()
        block.locator("tr.o_selected_row [name=value_ids] input").click()
        boss.page.locator(".o-autocomplete--dropdown-item").first.click()
        boss.settle()


def add_pictures(boss):
    """The product's picture, and one for each colour at one of its variants."""
    upload(boss, "product.png", make_picture(200, 200, 200))
    save(boss)
    for number, color in enumerate(COLORS):
        boss.page.locator("button.oe_stat_button", has_text="Variants").click()
        boss.page.wait_for_selector(".o_list_view")
        boss.settle()
        boss.page.locator(".o_data_row", has_text=color).first.locator(".o_data_cell").nth(1).click()
        boss.page.wait_for_selector(".o_form_view")
        upload(boss, f"{color}.png", make_picture(40 * number, 120, 200 - 40 * number))
        save(boss)
        boss.page.locator(".breadcrumb-item a, .o_breadcrumb a", has_text=TITLES["en_US"]).first.click()
        boss.page.wait_for_selector(".o_form_view")
        boss.settle()


def upload(boss, name, content):
    """Give the form in front its picture."""
    chooser = boss.page.locator(".o_field_image input[type=file]").first
    chooser.set_input_files({"name": name, "mimeType": "image/png", "buffer": content})
    boss.page.wait_for_timeout(2000)
    boss.settle()


def list_product(boss):
    """Press List on AliExpress, choose the shop, confirm."""
    boss.tab("AliExpress")
    boss.press("List on AliExpress")
    if not boss.page.locator(".modal [name=account_ids] .badge").count():
        choose(boss, "account_ids", "AliExpress Spain")
    boss.press("List", within=".modal")
    boss.settle()


def name_colors(boss):
    """The job says which colours AliExpress does not know; map them once for the category."""
    boss.wait_for("aliexpress-to-mend", "body", "Sunset")
    boss.open("aliexpress-attribute-mapping")
    boss.page.locator(".o_data_row", has_text="T-Shirts").filter(has_text="Color").first.locator("td").nth(1).click()
    boss.page.wait_for_selector(".o_form_view")
    for color, value in OWN_NAMES.items():
        row = boss.page.locator("[name=line_ids] .o_data_row", has_text=color)
        row.locator("[name=value_id]").click()
        boss.page.locator("tr.o_selected_row [name=value_id] input").fill(value)
        boss.page.locator(".o-autocomplete--dropdown-item", has_text=value).first.click()
        boss.settle()
    save(boss)


def wait_until_online(boss):
    """Read the listing back until AliExpress' review is over; what its SKUs are called."""
    deadline = JOB_SECONDS
    while True:
        boss.open("aliexpress-listings")
        boss.page.locator(".o_data_row", has_text=TITLES["en_US"]).first.locator(".o_data_cell").nth(1).click()
        boss.page.wait_for_selector(".o_form_view")
        if boss.page.locator(".o_statusbar_status .o_arrow_button_current:has-text('Online')").count():
            break
        assert deadline > 0, boss.text
        if boss.page.locator("button:visible", has_text="Read Back").count():
            boss.press("Read Back")
        boss.page.wait_for_timeout(5000)
        deadline -= 5
    domain = [["listing_id.product_tmpl_id.name", "=", TITLES["en_US"]]]
    skus = call(boss, "aliexpress.listing.sku", "search_read", [domain, ["sku_ref"]])
    return " ".join(sku["sku_ref"] or "" for sku in skus)
