"""The walk of a catalogue manager: a shirt of four colours and three sizes goes from an empty form to AliExpress."""

import contextlib
import re
import struct
import time
import zlib

import pytest

pytest.importorskip("playwright")

from demo import JOB_SECONDS, SPAIN, Person  # noqa: E402
from playwright.sync_api import TimeoutError as PlaywrightTimeout  # noqa: E402
from servers import control

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


def test_from_an_empty_form_to_the_shelf(demo, browser):
    control(demo.gateway_url, "PATCH", "settings", audit_seconds=2)  # AliExpress' review, which takes minutes there
    with Person(browser, demo.url, "admin") as boss:
        install_languages(boss)
        write_product(boss)
        add_pictures(boss)
        list_product(boss)
        name_colors(boss)
        choose_templates(boss)
        check_published(demo, send_and_wait(boss))


def check_published(demo, product_ref):
    """AliExpress has everything that was typed, as the gateway itself tells it."""
    products = control(demo.gateway_url, "GET", f"products?shop={SPAIN}")["products"]
    [product] = [product for product in products if str(product["product_id"]) == product_ref]
    assert product["status"] == "onSelling"
    assert sorted(product["subjects"].values()) == sorted(TITLES.values())
    assert (product["freight_template_id"], product["promise_template_id"]) == (714844312, 100123)
    assert len(product["skus"]) == len(COLORS) * len(SIZES)
    colors = [one for sku in product["skus"] for one in sku["properties"] if one["property_id"] == 14]
    assert {one["name"] for one in colors if one["name"]} == set(OWN_NAMES)
    assert len({one["image"] for one in colors}) == len({one["value_id"] for one in colors}) == len(COLORS)


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
    """An administrator's work, done once: the languages of the shop, without Odoo's own texts, which take long."""
    boss.open("aliexpress-shops")
    found = call(boss, "res.lang", "search", [[["code", "in", list(TITLES)]]], context={"active_test": False})
    call(boss, "res.lang", "write", [found, {"active": True}])
    boss.open("aliexpress-shops")
    boss.open_row("AliExpress Spain")
    boss.tab("Catalogue")
    choose(boss, "lang_id", "English (US)")
    choose(boss, "lang_ids", "Spanish")
    choose(boss, "lang_ids", "French")
    save(boss)


def choose(boss, name, text):
    """Choose a record in a field of the form by its name."""
    pick(boss, boss.page.locator(f"[name={name}] input").locator("visible=true").first, text)


def pick(boss, field, text):
    """Write `text` into the input `field` and take the first proposal that shows it as a word."""
    word = re.compile(rf"(^|\W){re.escape(text)}(\W|$)")
    proposal = boss.page.locator(".o-autocomplete--dropdown-item", has_text=word).first
    for _attempt in range(3):  # a form that is drawn anew meanwhile forgets what was written
        field.fill("")
        field.fill(text)
        with contextlib.suppress(PlaywrightTimeout):
            proposal.wait_for(timeout=15000)
            break
    proposal.click()
    boss.page.mouse.move(0, 0)  # a tooltip would cover what comes next
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
    for number, (attribute, values) in enumerate((("Color", COLORS), ("Size", SIZES))):
        lines = boss.page.locator("[name=attribute_line_ids]")
        lines.locator("a:has-text('Add a line')").click()
        row = lines.locator("tr.o_data_row").nth(number)
        pick(boss, row.locator("[name=attribute_id] input"), attribute)
        for value in values:
            pick(boss, row.locator("[name=value_ids] input"), value)
    boss.tab("AliExpress")
    choose(boss, "aliexpress_category_id", "T-Shirts")
    boss.fill("aliexpress_title", TITLES["en_US"])
    boss.fill("aliexpress_package_weight", "0.3")
    save(boss)
    variants = boss.page.locator("button.oe_stat_button", has_text="Variants")
    assert str(len(COLORS) * len(SIZES)) in variants.inner_text()
    translate_title(boss)
    fill_attributes(boss)


def translate_title(boss):
    """Write the titles of the further languages into Odoo's own dialog."""
    boss.page.locator("[name=aliexpress_title] input").click()  # the button shows once the field is in use
    boss.page.locator("[name=aliexpress_title] button.o_field_translate").click()
    dialog = boss.page.locator(".o_translation_dialog")
    for code, label in (("es_ES", "Spanish"), ("fr_FR", "French")):
        dialog.locator(".row", has_text=label).locator("textarea, input").first.fill(TITLES[code])
    boss.press("Save", within=".modal")
    boss.settle()


def fill_attributes(boss):
    """Have the attributes asked for, and choose the first value of each mandatory one; one opens another."""
    block = boss.page.locator("[name=aliexpress_required_line_ids]")
    number = 0
    for _look in range(2):
        boss.press("Load Attributes")
        block.locator(".o_data_row").nth(number).wait_for()
        while number < block.locator(".o_data_row").count():
            block.locator(".o_data_row").nth(number).locator("td[name=value_ids]").click()
            block.locator("tr.o_selected_row [name=value_ids] input").click()
            # The first that is no sign of loading.
            boss.page.locator(".o-autocomplete--dropdown-item:not(:has([id$=_loading]))").first.click()
            boss.settle()
            number += 1
        save(boss)
        boss.page.locator(".o_form_button_save").wait_for(state="hidden")


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
    boss.page.locator(".o_form_button_save").wait_for()  # the picture has changed the form


def list_product(boss):
    """List the product in the shop, as a draft first: what is to be mended shows at once."""
    boss.tab("AliExpress")
    boss.press("List on AliExpress")
    if not boss.page.locator(".modal [name=account_ids] .badge").count():
        choose(boss, "account_ids", "AliExpress Spain")
    boss.page.locator(".modal [name=is_sent] input").press("Space")
    assert not boss.page.locator(".modal [name=is_sent] input").is_checked()
    boss.press("List", within=".modal")
    boss.page.wait_for_selector(".o_list_view")
    boss.open_row(TITLES["en_US"])
    assert all(color in boss.text for color in OWN_NAMES), boss.text


def choose_templates(boss):
    """What delivery costs and what returns are promised, for this listing alone."""
    boss.wait_for("aliexpress-freight-templates", ".o_data_row", "Correos + abroad")  # a job reads them
    boss.open("aliexpress-listings")
    boss.open_row(TITLES["en_US"])
    choose(boss, "freight_template_id", "Correos + abroad")
    choose(boss, "service_template_id", "30 days return")
    save(boss)


def name_colors(boss):
    """Two of the colours are none of AliExpress': map them once for the category."""
    boss.open("aliexpress-attribute-mapping")
    boss.page.locator(".o_data_row", has_text="T-Shirts").filter(has_text="Color").first.locator("td").nth(1).click()
    boss.page.wait_for_selector(".o_form_view")
    for color, value in OWN_NAMES.items():
        row = boss.page.locator("[name=line_ids] .o_data_row", has_text=color)
        row.locator("td[name=value_id]").click()
        boss.page.locator("tr.o_selected_row [name=value_id] input").fill(value)
        boss.page.locator(".o-autocomplete--dropdown-item", has_text=value).first.click()
        boss.settle()
    save(boss)


def send_and_wait(boss):
    """Send the listing in front and read it back until AliExpress' review is over; its number there."""
    boss.press("Send")
    deadline = time.monotonic() + JOB_SECONDS
    while True:
        boss.page.reload()
        boss.page.wait_for_selector(".o_form_view")
        boss.settle()
        if boss.page.locator(".o_statusbar_status .o_arrow_button_current:has-text('Online')").count():
            break
        assert time.monotonic() < deadline, boss.text
        if boss.page.locator("button:visible", has_text="Read Back").count():
            boss.press("Read Back")
        boss.page.wait_for_timeout(1000)
    return boss.page.locator("[name=product_ref]").inner_text().strip()
