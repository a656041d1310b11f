"""The life of a product, from its creation to its end."""

from dataclasses import replace
from decimal import Decimal

import pytest
from lib_catalogue import content, feed_content

from aliexpress_connector.lib import errors
from aliexpress_connector.lib.catalogue_values import (
    AUDITING,
    OFFLINE,
    ONLINE,
    AttributeChoice,
    Description,
    PriceChange,
    ProductContent,
    SkuAttribute,
    SkuContent,
    SkuPrice,
    SkuQuantity,
    StockChange,
)
from aliexpress_connector.lib.families import SolutionFamily
from aliexpress_connector.lib.feed_values import FEED_CREATE, FEED_PRICE, FEED_STOCK, FEED_UPDATE, FeedItem
from aliexpress_connector.lib.transport import Transport

KNOWN = "1005001234567890"
ATTRIBUTES = (
    AttributeChoice("2", "Brand Name", ("200010868",)),
    AttributeChoice("219", "Origin", ("204148206",)),
    AttributeChoice("10", "Material", ("47", "48"), is_multiple=True),
    AttributeChoice("284", "Gender", ("200003892",)),
    AttributeChoice("3", "Model Number", text="X-1"),
    AttributeChoice("20258", "Pattern Type", ("4",), "Dots"),
    AttributeChoice(name="EAN13", text="8400000000000"),
)
SKUS = tuple(
    SkuContent(
        f"NEW-{colour}-{size}",
        Decimal("19.95"),
        5,
        Decimal("15.95"),
        "",
        (
            SkuAttribute("14", colour, f"My {colour}", "https://shop.example.com/a.jpg", "Color"),
            SkuAttribute("5", size, name="Size"),
        ),
    )
    for colour in ("173", "10")
    for size in ("100014064", "361386")
)
SHIRT = {"attributes": ATTRIBUTES, "skus": SKUS, "group_ref": "262007002", "country_prices": None}


@pytest.fixture
def family(sandbox):
    # Reviews and feeds end by the clock of the gateway.
    sandbox.world.settings.timestamp_skew_seconds = 10**9
    token = sandbox.issue_token().access_token
    return SolutionFamily(Transport(sandbox.app.key, sandbox.app.secret, token, gateway_url=sandbox.url))


def test_what_is_published_comes_back(sandbox, family):
    sent = content(**SHIRT | {"brand": ""})
    ref = family.create_product(replace(sent, marketing_images=None))
    assert family.get_review_state(ref).status == AUDITING
    with pytest.raises(errors.TransientError) as caught:
        family.update_product(ref, ProductContent(titles={"es": "Otra"}))
    assert caught.value.reason == errors.IN_AUDIT
    sandbox.advance(hours=1)
    product = family.get_product(ref)
    assert product.status == ONLINE
    assert product.titles == sent.titles
    assert product.descriptions["es"] == Description("<p>Texto <b>bueno</b></p>", "Texto bueno")
    assert [(one.attribute_ref, one.value_refs, one.text) for one in product.attributes] == [
        (one.attribute_ref, one.value_refs, one.text) for one in ATTRIBUTES
    ]
    assert [(sku.sku_code, sku.price, sku.sale_price, sku.quantity) for sku in product.skus] == [
        (sku.sku_code, sku.price, sku.sale_price, sku.quantity) for sku in SKUS
    ]
    assert product.skus[0].attributes[0].custom_name == "My 173"
    told = (product.category_ref, product.group_refs, product.size_chart_ref, product.package_size, product.weight)
    assert told == ("200000346", ("262007002",), "100", (30, 20, 4), Decimal("0.25"))
    assert [row.product_ref for row in family.find_products_by_sku("NEW-173-361386")] == [ref]


def test_updates_offers_shelf_and_end(sandbox, family):
    family.update_product(KNOWN, ProductContent(titles={"es": "Nuevo título"}))
    sandbox.advance(hours=1)
    assert family.get_product(KNOWN).titles["es"] == "Nuevo título"
    changes = [
        StockChange(KNOWN, (SkuQuantity("TSHIRT-BLU-M", 0),)),
        StockChange("1005001234567896", (SkuQuantity("NOPE", 1),)),
        StockChange("99", (SkuQuantity("A", 1),)),
    ]
    result = family.set_stock(changes)
    assert (result.accepted, result.unclear) == ((KNOWN,), {})
    assert {ref: error.reason for ref, error in result.refused.items()} == {
        "1005001234567896": errors.REFUSED,
        "99": errors.NOT_FOUND,
    }
    prices = (SkuPrice("TSHIRT-BLU-M", Decimal(25), Decimal(20)), SkuPrice("TSHIRT-BLU-S", Decimal(26)))
    assert family.set_prices([PriceChange(KNOWN, prices)]).accepted == (KNOWN,)
    skus = {sku.sku_code: sku for sku in family.get_product(KNOWN).skus}
    assert (skus["TSHIRT-BLU-M"].quantity, skus["TSHIRT-BLU-M"].sale_price) == (0, Decimal(20))
    assert (skus["TSHIRT-BLU-S"].price, skus["TSHIRT-BLU-S"].sale_price) == (Decimal(26), None)
    result = family.take_off_shelf([KNOWN, "99"])
    assert (result.accepted, list(result.refused)) == ((KNOWN,), ["99"])
    assert family.get_review_state(KNOWN).status == OFFLINE
    assert family.put_on_shelf([KNOWN]).accepted == (KNOWN,)
    family.delete_products([KNOWN])
    with pytest.raises(errors.FixError) as caught:
        family.get_product(KNOWN)
    assert caught.value.reason == errors.NOT_FOUND


def test_feeds(sandbox, family):
    good = feed_content(**SHIRT)
    bad = replace(good, titles={"es": "x" * 200})
    feed = family.submit_feed(FEED_CREATE, [FeedItem("A1", good), FeedItem("A2", bad)])
    assert not family.get_feed(feed).is_finished
    assert [row.is_finished for row in family.list_feeds(kind=FEED_CREATE).rows] == [False]
    sandbox.advance(hours=1)
    result = family.get_feed(feed)
    assert (result.is_finished, result.total) == (True, 2)
    created, refused = sorted(result.results, key=lambda one: one.item_ref)
    assert created.error is None and refused.error.reason == errors.REFUSED
    ref = created.product_ref
    assert family.get_product(ref).skus[0].attributes[0].custom_name == "My 173"
    sandbox.advance(hours=1)
    feeds = [
        (FEED_UPDATE, FeedItem("U", replace(good, titles={"es": "Nuevo"}), ref)),
        (FEED_STOCK, FeedItem("S", StockChange(ref, (SkuQuantity("NEW-10-361386", 9),)))),
        (FEED_PRICE, FeedItem("P", PriceChange(ref, (SkuPrice("NEW-10-361386", Decimal(9), Decimal(8)),)))),
    ]
    for kind, item in feeds:
        feed = family.submit_feed(kind, [item])
        sandbox.advance(hours=1)
        [outcome] = family.get_feed(feed).results
        assert (kind, outcome.error) == (kind, None)
    product = family.get_product(ref)
    changed = next(sku for sku in product.skus if sku.sku_code == "NEW-10-361386")
    assert (product.titles["es"], changed.quantity, changed.price) == ("Nuevo", 9, Decimal(9))


def test_shop_data(sandbox, family):
    assert family.get_profile().currency == "EUR"
    seen, parents = set(), [""]
    while parents:
        for category in family.list_categories(parents.pop()):
            seen.add(category.ref)
            parents += [] if category.is_leaf else [category.ref]
    assert {"200000346", "39050501"} <= seen
    attributes = {attribute.ref: attribute for attribute in family.get_attributes("200000346", "es")}
    assert attributes["14"].is_sku and attributes["2"].is_required and attributes["3"].is_text
    opener = next(value for value in attributes["219"].values if value.has_children)
    assert family.get_attributes("200000346", "es", [("219", opener.ref)])
    assert family.suggest_categories("T-shirt cotton")[0].ref == "200000346"
    for read in (
        family.list_freight_templates,
        family.list_service_templates,
        family.list_product_groups,
        family.list_brands,
    ):
        assert read()
