"""What is sent for products, offers and feeds, and what is made of the outcomes."""

import json
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest
from lib_catalogue import ANSWERS, OTHER_PRODUCT, PRODUCT, content, feed_content, shop, simple

from aliexpress_connector.lib import errors
from aliexpress_connector.lib.catalogue_rules import NOT_IN_FEEDS
from aliexpress_connector.lib.catalogue_values import (
    CountryPrice,
    Description,
    MarketingImages,
    PriceChange,
    ProductContent,
    SkuContent,
    SkuPrice,
    SkuQuantity,
    StockChange,
    UploadedImage,
)
from aliexpress_connector.lib.feed_values import FEED_CREATE, FEED_PRICE, FEED_STOCK, FEED_UPDATE, FeedItem

ONE_SKU = (SkuQuantity("TSHIRT-BLU-M", 12),)


def stock(*refs):
    return [StockChange(ref, ONE_SKU) for ref in refs or (PRODUCT, OTHER_PRODUCT)]


# === PRODUCTS === #


def test_creation_sends_everything():
    family, gateway = shop("created")
    assert family.create_product(content()) == PRODUCT
    request = gateway.calls[0].json("post_product_request")
    descriptions = request.pop("multi_language_description_list")
    assert request == {
        "language": "es",
        "aliexpress_category_id": 200000346,
        "product_unit": 100000015,
        "main_image_urls_list": ["https://shop.example.com/1.jpg"],
        "marketing_images": [{"image_type": 1, "image_url": "https://ae01.alicdn.com/kf/P.jpg"}],
        "inventory_deduction_strategy": "place_order_withhold",
        "weight": "0.250",
        "package_length": 30,
        "package_width": 20,
        "package_height": 4,
        "shipping_lead_time": 3,
        "freight_template_id": 714844311,
        "service_policy_id": 0,
        "group_id": 262007001,
        "size_chart_id": 100,
        "brand_name": "Acme",
        "multi_language_subject_list": [
            {"language": "es", "subject": "Camiseta de algodón"},
            {"language": "iw", "subject": "חולצה"},
        ],
        "attribute_list": [
            {"aliexpress_attribute_name_id": 10, "aliexpress_attribute_value_id": 47},
            {"aliexpress_attribute_name_id": 10, "aliexpress_attribute_value_id": 49},
            {"aliexpress_attribute_name_id": 284, "attribute_value": "70 cm"},
            {"aliexpress_attribute_name_id": 3, "aliexpress_attribute_value_id": 4, "attribute_value": "X-1"},
            {"attribute_name": "EAN13", "attribute_value": "8400000000000"},
        ],
        "sku_info_list": [
            {
                "sku_code": "TSHIRT-BLU-M",
                "price": "19.90",
                "discount_price": "15.95",
                "inventory": 12,
                "ean_code": "8400000000000",
                "sku_attributes_list": [
                    {
                        "sku_attribute_name_id": 14,
                        "sku_attribute_value_id": 173,
                        "sku_attribute_value": "Navy",
                        "sku_image_url": "https://shop.example.com/blue.jpg",
                    },
                    {"sku_attribute_name_id": 5, "sku_attribute_value_id": 361386},
                ],
            }
        ],
        "multi_country_price_configuration": {
            "price_type": "absolute",
            "country_price_list": [
                {
                    "ship_to_country": "UK",
                    "sku_price_by_country_list": [{"sku_code": "TSHIRT-BLU-M", "price": "21.00"}],
                }
            ],
        },
    }
    [description] = descriptions
    assert description["language"] == "es"
    assert json.loads(description["web_detail"]) == {
        "version": "2.0.0",
        "moduleList": [{"type": "html", "html": {"content": "<p>Texto <b>bueno</b></p>"}}],
    }
    assert json.loads(description["mobile_detail"]) == {
        "version": "2.0.0",
        "moduleList": [{"type": "text", "texts": [{"content": "Texto bueno", "class": "body"}]}],
    }


@pytest.mark.parametrize(
    "field", ["language", "titles", "skus", "image_urls", "weight", "package_size", "category_ref"]
)
def test_a_creation_that_lacks_something_is_not_sent(field):
    family, gateway = shop("created")
    with pytest.raises(ValueError, match=field):
        family.create_product(content(**{field: None}))
    with pytest.raises(ValueError):
        family.create_product(content(lot_size=10))
    assert not gateway.calls


def test_no_country_prices_at_creation_are_not_mentioned():
    family, gateway = shop("created")
    family.create_product(content(country_prices=(), brand=""))
    request = gateway.calls[0].json("post_product_request")
    assert "multi_country_price_configuration" not in request
    assert request["brand_name"] == ""


def test_an_update_sends_what_it_tells():
    family, gateway = shop({"result": {"product_id": PRODUCT}})
    family.update_product(PRODUCT, ProductContent(titles={"en": "Shirt"}, country_prices=()))
    assert gateway.calls[0].json("edit_product_request") == {
        "product_id": int(PRODUCT),
        "multi_language_subject_list": [{"language": "en", "subject": "Shirt"}],
        "multi_country_price_configuration": {"price_type": "delete"},
    }


def test_an_update_names_the_picture_of_a_sku_differently():
    family, gateway = shop({"result": {"product_id": PRODUCT}})
    family.update_product(PRODUCT, ProductContent(skus=content().skus))
    request = gateway.calls[0].json("edit_product_request")
    assert set(request) == {"product_id", "sku_info_list"}
    blue = request["sku_info_list"][0]["sku_attributes_list"][0]
    assert blue["sku_image"] == "https://shop.example.com/blue.jpg"
    assert "sku_image_url" not in blue


def test_a_product_without_attributes():
    family, gateway = shop("created")
    family.create_product(content(skus=(SkuContent("ONE", Decimal(5), 1),), attributes=()))
    request = gateway.calls[0].json("post_product_request")
    assert request["attribute_list"] == []
    assert request["sku_info_list"] == [{"sku_code": "ONE", "price": "5.00", "inventory": 1, "sku_attributes_list": []}]


@pytest.mark.parametrize(
    "code, text, reason",
    [
        ("PRODUCT_IN_AUDIT_PENDING", "", errors.IN_AUDIT),
        ("F00-00-10020-004", "PRODUCT_IN_AUDIT_PENDING:...", errors.IN_AUDIT),
        ("PRODUCT_IN_LOCK_MODE", "", errors.LOCKED),
        ("F00-00-10001-002", "product does not exist", errors.NOT_FOUND),
        ("F00-10-10000-001", "system error, please try again later", errors.BUSY),
        ("F00-00-10020-004", "系统错误", errors.BUSY),
        ("13250015", "", errors.BUSY),
        ("F00-00-10020-004", "7250004:translation failed", errors.BUSY),
        ("F00-00-10003-005", "Attribute key:Screen Size; Category:200001086", errors.REFUSED),
        ("F00-00-10020-004", "GPF.CHK_CATEGORY_ID_NOT_LEAF_CATEGORY", errors.REFUSED),
        ("10006008", "photobank could not fetch the image", errors.REFUSED),
    ],
)
def test_refusals_of_products(code, text, reason):
    refusal = {"error_response": {"code": 15, "msg": "Remote service error", "sub_code": code, "sub_msg": text}}
    family, gateway = shop(refusal)
    for act in (
        lambda: family.create_product(content()),
        lambda: family.update_product(PRODUCT, ProductContent(brand="")),
    ):
        with pytest.raises(errors.AliexpressError) as caught:
            act()
        assert (caught.value.reason, caught.value.code) == (reason, code)
    # Nothing that may have taken effect is repeated.
    assert len(gateway.calls) == 2


def test_a_creation_without_a_number_is_no_creation():
    family, _gateway = shop({"result": {"success": True}})
    with pytest.raises(errors.FixError) as caught:
        family.create_product(content())
    assert caught.value.reason == errors.UNREADABLE


def test_upload():
    family, gateway = shop("upload")
    image = family.upload_image("p1.jpg", b"\xff\xd8 picture")
    assert image == UploadedImage("https://ae01.alicdn.com/kf/Sexample.jpg", 1000, 1000)
    body = gateway.calls[0].request.body
    assert b'name="image_bytes"; filename="p1.jpg"' in body and b"\xff\xd8 picture" in body
    refusal = {"result": {"is_success": False, "error_code": "10006008", "error_message": "full"}}
    family, _gateway = shop(refusal)
    with pytest.raises(errors.FixError) as caught:
        family.upload_image("p1.jpg", b"picture")
    assert caught.value.detail == "full"


@pytest.mark.parametrize("answer", ["deleted", {"request_id": "1"}])
def test_delete(answer):
    family, gateway = shop(answer)
    family.delete_products([PRODUCT, OTHER_PRODUCT])
    assert gateway.calls[0].params == {"product_ids": f"{PRODUCT},{OTHER_PRODUCT}"}


def test_delete_refused():
    family, _gateway = shop({"success": "false", "error_code": "1", "error_message": "no"})
    with pytest.raises(errors.FixError):
        family.delete_products([PRODUCT])
    with pytest.raises(ValueError):
        family.delete_products([])
    with pytest.raises(ValueError):
        family.delete_products(range(1, 102))


# === BATCHES === #


@pytest.mark.parametrize("form", [lambda answer: answer, simple])
def test_stock_partially_accepted(form):
    family, gateway = shop(form(ANSWERS["stock_partial"]))
    result = family.set_stock(stock())
    assert gateway.calls[0].json("mutiple_product_update_list") == [
        {"product_id": int(ref), "multiple_sku_update_list": [{"sku_code": "TSHIRT-BLU-M", "inventory": "12"}]}
        for ref in (PRODUCT, OTHER_PRODUCT)
    ]
    assert result.accepted == (PRODUCT,)
    assert set(result.refused) == {OTHER_PRODUCT}
    assert result.refused[OTHER_PRODUCT].code == "F00-00-10007-024"
    assert not result.unclear


def offer_answer(success, accepted=(), failed=()):
    return {
        "update_success": success,
        "update_successful_list": [{"product_id": ref} for ref in accepted],
        "update_failed_list": [{"product_id": ref, "error_code": code, "error_message": ""} for ref, code in failed],
    }


@pytest.mark.parametrize(
    "answer, accepted, refused, unclear",
    [
        # both lists: some of its SKUs may have been changed
        (offer_answer(False, [PRODUCT, OTHER_PRODUCT], [(PRODUCT, "X")]), [OTHER_PRODUCT], [], [PRODUCT]),
        # neither list
        (offer_answer(False, [PRODUCT]), [PRODUCT], [], [OTHER_PRODUCT]),
        (offer_answer(True, [PRODUCT]), [PRODUCT], [], [OTHER_PRODUCT]),
        # the flag alone
        (offer_answer(True), [PRODUCT, OTHER_PRODUCT], [], []),
        ({"update_success": "true"}, [PRODUCT, OTHER_PRODUCT], [], []),
        # the flag says yes, the list no: the list is more precise
        (offer_answer(True, [PRODUCT], [(OTHER_PRODUCT, "X")]), [PRODUCT], [OTHER_PRODUCT], []),
        # a product that nobody sent
        (offer_answer(True, [PRODUCT, OTHER_PRODUCT, "77"], [("78", "X")]), [PRODUCT, OTHER_PRODUCT], [], []),
        # nothing, or nothing that can be read
        ({"request_id": "1"}, [], [], [PRODUCT, OTHER_PRODUCT]),
        ({"update_success": "perhaps"}, [], [], [PRODUCT, OTHER_PRODUCT]),
        ({"update_success": True, "update_failed_list": "none"}, [], [], [PRODUCT, OTHER_PRODUCT]),
    ],
)
def test_every_product_has_exactly_one_outcome(answer, accepted, refused, unclear):
    family, _gateway = shop(answer)
    result = family.set_stock(stock())
    assert sorted(result.accepted) == sorted(accepted)
    assert sorted(result.refused) == sorted(refused)
    assert sorted(result.unclear) == sorted(unclear)
    assert all(
        isinstance(error, errors.AliexpressError) for error in [*result.refused.values(), *result.unclear.values()]
    )


def test_a_call_that_failed_as_a_whole():
    answer = {"update_success": False, "update_error_code": "F00-10-10000-001", "update_error_message": "system error"}
    family, gateway = shop(answer)
    with pytest.raises(errors.TransientError) as caught:
        family.set_stock(stock())
    assert caught.value.reason == errors.BUSY
    assert len(gateway.calls) == 1


def test_refused_products_wait_or_not_by_their_own_code():
    failed = [(PRODUCT, "F00-00-10014-017"), (OTHER_PRODUCT, "PRODUCT_IN_AUDIT_PENDING"), ("3", "F00-00-10014-015")]
    family, _gateway = shop(offer_answer(False, [], failed))
    result = family.set_prices(
        [PriceChange(ref, (SkuPrice("A", Decimal(1)),)) for ref in (PRODUCT, OTHER_PRODUCT, "3")]
    )
    reasons = {ref: error.reason for ref, error in result.refused.items()}
    assert reasons == {PRODUCT: errors.BUSY, OTHER_PRODUCT: errors.IN_AUDIT, "3": errors.REFUSED}


def test_prices():
    family, gateway = shop("prices_done")
    prices = (SkuPrice("A", Decimal("19.999"), Decimal(15)), SkuPrice("B", Decimal("0.1")))
    countries = (CountryPrice("GB", (SkuPrice("A", Decimal(21), Decimal(20)),)),)
    result = family.set_prices([PriceChange(PRODUCT, prices, countries)])
    assert result.accepted == (PRODUCT,)
    assert gateway.calls[0].json("mutiple_product_update_list") == [
        {
            "product_id": int(PRODUCT),
            "multiple_sku_update_list": [
                {"sku_code": "A", "price": "20.00", "discount_price": "15.00"},
                {"sku_code": "B", "price": "0.10"},
            ],
            "multi_country_price_configuration": {
                "price_type": "absolute",
                "country_price_list": [
                    {
                        "ship_to_country": "UK",
                        "sku_price_by_country_list": [{"sku_code": "A", "price": "21.00", "discount_price": "20.00"}],
                    }
                ],
            },
        }
    ]


@pytest.mark.parametrize(
    "changes",
    [
        [],
        stock(PRODUCT, PRODUCT),
        stock(*map(str, range(1, 22))),
        [StockChange(PRODUCT, tuple(SkuQuantity(str(number), 1) for number in range(201)))],
        [StockChange(PRODUCT, ())],
    ],
)
def test_what_one_call_does_not_take(changes):
    family, gateway = shop("prices_done")
    with pytest.raises(ValueError):
        family.set_stock(changes)
    with pytest.raises(ValueError):
        family.set_prices([PriceChange(PRODUCT, (SkuPrice("A", Decimal(1)),), ())])
    assert not gateway.calls


@pytest.mark.parametrize("form", [lambda answer: answer, simple])
def test_off_the_shelf(form):
    family, gateway = shop(form(ANSWERS["offline"]))
    result = family.take_off_shelf([PRODUCT, OTHER_PRODUCT])
    assert gateway.calls[0].params == {"product_ids": f"{PRODUCT};{OTHER_PRODUCT}"}
    assert result.accepted == (PRODUCT,)
    assert set(result.refused) == {OTHER_PRODUCT}


def test_on_the_shelf_counts():
    family, _gateway = shop(
        {"result": {"success": True, "modify_count": 2}}, {"result": {"success": True, "modify_count": 1}}
    )
    assert family.put_on_shelf([PRODUCT, OTHER_PRODUCT]).accepted == (PRODUCT, OTHER_PRODUCT)
    # One of them was not changed, and nobody says which.
    assert set(family.put_on_shelf([PRODUCT, OTHER_PRODUCT]).unclear) == {PRODUCT, OTHER_PRODUCT}


def test_the_shelf_as_a_whole_refused():
    family, _gateway = shop({"result": {"success": False, "error_code": "16009999", "error_message": "oops"}})
    with pytest.raises(errors.TransientError):
        family.put_on_shelf([PRODUCT])


def test_the_shelf_refused_without_naming_products():
    details = [{"error_code": "13004001", "error_message": "product not found"}]
    family, _gateway = shop({"result": {"success": False, "error_details": details}})
    with pytest.raises(errors.AliexpressError, match="13004001 product not found"):
        family.put_on_shelf([PRODUCT])


# === FEEDS === #


def test_a_feed_of_new_products():
    family, gateway = shop("feed_submitted")
    assert family.submit_feed(FEED_CREATE, [FeedItem("A1", feed_content())]) == "200000000060024475"
    assert gateway.calls[0].params["operation_type"] == "PRODUCT_CREATE"
    [item] = gateway.calls[0].json("item_list")
    assert item["item_content_id"] == "A1"
    assert json.loads(item["item_content"]) == {
        "category_id": 200000346,
        "locale": "es_ES",
        "title_multi_language_list": [
            {"locale": "es_ES", "title": "Camiseta de algodón"},
            {"locale": "iw_IL", "title": "חולצה"},
        ],
        "description_multi_language_list": [
            {"locale": "es_ES", "module_list": [{"type": "html", "html": {"content": "<p>Texto <b>bueno</b></p>"}}]}
        ],
        "product_units_type": "100000015",
        "image_url_list": ["https://shop.example.com/1.jpg"],
        "category_attributes": {
            "Material": {"value": ["47", "49"]},
            "Length": {"value": "70", "unit": "cm"},
            "Model": {"value": "4", "customValue": "X-1"},
        },
        "user_defined_attribute_list": [{"attribute_name": "EAN13", "attribute_value": "8400000000000"}],
        "sku_info_list": [
            {
                "sku_code": "TSHIRT-BLU-M",
                "inventory": 12,
                "price": 19.9,
                "discount_price": 15.95,
                "ean_code": "8400000000000",
                "sku_attributes": {
                    "Color": {"value": "173", "alias": "Navy", "sku_image_url": "https://shop.example.com/blue.jpg"},
                    "Size": {"value": "361386"},
                },
            }
        ],
        "inventory_deduction_strategy": "place_order_withhold",
        "package_weight": 0.25,
        "package_length": 30,
        "package_width": 20,
        "package_height": 4,
        "shipping_preparation_time": 3,
        "shipping_template_id": "714844311",
        "service_template_id": "0",
        "product_group_id": "262007001",
    }


def test_other_feeds():
    family, gateway = shop("feed_submitted")
    family.submit_feed(FEED_UPDATE, [FeedItem("A", feed_content(), PRODUCT)])
    family.submit_feed(FEED_STOCK, [FeedItem("A", stock(PRODUCT)[0])])
    family.submit_feed(FEED_PRICE, [FeedItem("A", PriceChange(PRODUCT, (SkuPrice("A", Decimal(9), Decimal(8)),)))])
    kinds = [call.params["operation_type"] for call in gateway.calls]
    assert kinds == ["PRODUCT_FULL_UPDATE", "PRODUCT_STOCKS_UPDATE", "PRODUCT_PRICES_UPDATE"]
    update, quantities, prices = (json.loads(call.json("item_list")[0]["item_content"]) for call in gateway.calls)
    assert update["aliexpress_product_id"] == int(PRODUCT)
    sku = {"sku_code": "TSHIRT-BLU-M", "inventory": 12}
    assert quantities == {"aliexpress_product_id": int(PRODUCT), "multiple_sku_update_list": [sku]}
    price = {"sku_code": "A", "price": "9.00", "discount_price": "8.00"}
    assert prices == {"aliexpress_product_id": int(PRODUCT), "multiple_sku_update_list": [price]}


@pytest.mark.parametrize("field", NOT_IN_FEEDS)
def test_what_a_feed_cannot_carry_is_not_lost_in_silence(field):
    family, gateway = shop("feed_submitted")
    lost = FeedItem("A", replace(feed_content(), **{field: getattr(content(), field)}))
    with pytest.raises(ValueError, match=field):
        family.submit_feed(FEED_CREATE, [lost])
    for items in ([], [FeedItem("A", feed_content())] * 2, [FeedItem("A", ProductContent())]):
        with pytest.raises(ValueError):
            family.submit_feed(FEED_CREATE, items)
    assert not gateway.calls


def test_result_of_a_feed():
    result = shop("feed")[0].get_feed("200000000060024475")
    assert (result.feed_ref, result.is_finished, result.total) == ("200000000060024475", True, 2)
    good, bad = result.results
    assert (good.item_ref, good.product_ref, good.error) == ("A1", PRODUCT, None)
    assert (bad.item_ref, bad.product_ref, bad.error.code) == ("A2", "", "F00-00-10020-002")
    assert "maxLength" in bad.error.detail


def test_a_feed_under_way():
    assert not shop({"job_id": 1, "total_item_count": 0, "success_item_count": 0})[0].get_feed("1").is_finished
    result = shop({"job_id": 1})[0].get_feed("1")
    assert (result.is_finished, result.total, result.results) == (False, None, ())
    part = {"job_id": 1, "total_item_count": 2, "result_list": [{"item_content_id": "A", "item_execution_result": "x"}]}
    result = shop(part)[0].get_feed("1")
    assert not result.is_finished
    assert result.results[0].error.reason == errors.UNREADABLE


def test_list_of_feeds():
    family, gateway = shop("feeds")
    moment = datetime(2024, 3, 19, 5, 10, 9)
    [row] = family.list_feeds(kind=FEED_CREATE, submitted_from=moment).rows
    assert (row.feed_ref, row.kind, row.is_finished) == ("200000000060024475", FEED_CREATE, False)
    assert gateway.calls[0].params == {
        "current_page": "1",
        "page_size": "20",
        "feed_type": "PRODUCT_CREATE",
        "submitted_time_start": "2024-03-18 22:10:09",
    }


def test_marketing_images_in_both_shapes():
    family, gateway = shop({"result": {"product_id": PRODUCT}})
    family.update_product(PRODUCT, ProductContent(marketing_images=MarketingImages("https://p", "https://s")))
    assert gateway.calls[0].json("edit_product_request")["marketing_images"] == [
        {"image_type": 1, "image_url": "https://p"},
        {"image_type": 2, "image_url": "https://s"},
    ]


def test_text_alone_makes_both_descriptions():
    family, gateway = shop({"result": {"product_id": PRODUCT}})
    family.update_product(PRODUCT, ProductContent(descriptions={"en": Description("", "A & B\nC")}))
    [sent] = gateway.calls[0].json("edit_product_request")["multi_language_description_list"]
    assert "<p>A &amp; B</p><p>C</p>" in sent["web_detail"]
    assert json.loads(sent["mobile_detail"])["moduleList"][0]["texts"][0]["content"] == "A & B\nC"


def test_a_description_that_was_read_is_sent_as_it_came():
    family, gateway = shop({"result": {"product_id": PRODUCT}})
    web = '{"version": "2.0.0", "moduleList": [{"type": "image", "images": [{"url": "https://p"}]}]}'
    mobile = web.replace("p", "q")
    descriptions = {
        "fr": Description("", "", web, mobile),
        "it": Description("", "", web),
        "es": Description("<p>A</p>"),
    }
    family.update_product(PRODUCT, ProductContent(descriptions=descriptions))
    french, italian, spanish = gateway.calls[0].json("edit_product_request")["multi_language_description_list"]
    assert french == {"language": "fr", "web_detail": web, "mobile_detail": mobile}
    assert italian == {"language": "it", "web_detail": web}
    assert "<p>A</p>" in spanish["web_detail"]
