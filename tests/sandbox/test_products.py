"""Publishing, audits, stock and prices, feeds."""

import copy
import json
from decimal import Decimal

import pytest

POST = "aliexpress.solution.product.post"
EDIT = "aliexpress.solution.product.edit"
INFO = "aliexpress.solution.product.info.get"
LIST = "aliexpress.solution.product.list.get"
STOCK = "aliexpress.solution.batch.product.inventory.update"
PRICE = "aliexpress.solution.batch.product.price.update"
INSTANCE = "aliexpress.solution.schema.product.instance.post"
UPDATE = "aliexpress.solution.schema.product.full.update"
SUBMIT = "aliexpress.solution.feed.submit"
QUERY = "aliexpress.solution.feed.query"
SHIRT = 1005001234567890
MUG = 1005001234567895


def detail(text="Texto"):
    return json.dumps({"version": "2.0.0", "moduleList": [{"type": "html", "html": {"content": f"<p>{text}</p>"}}]})


def sku(code, color, size=361386, **more):
    return {
        "sku_code": code,
        "price": "19.95",
        "inventory": "10",
        "sku_attributes_list": [
            {"sku_attribute_name_id": "14", "sku_attribute_value_id": color, "sku_attribute_value": "Marino"},
            {"sku_attribute_name_id": "5", "sku_attribute_value_id": size},
        ],
        **more,
    }


@pytest.fixture
def request_data():
    return {
        "language": "es",
        "aliexpress_category_id": "200000346",
        "multi_language_subject_list": [{"language": "es", "subject": "Camiseta nueva"}],
        "multi_language_description_list": [{"language": "es", "web_detail": detail()}],
        "main_image_urls_list": ["https://shop.example.com/1.jpg"],
        "attribute_list": [
            {"aliexpress_attribute_name_id": 2, "aliexpress_attribute_value_id": 200010868},
            {"aliexpress_attribute_name_id": 219, "aliexpress_attribute_value_id": 204148206},
            {"aliexpress_attribute_name_id": 10, "aliexpress_attribute_value_id": 47},
            {"aliexpress_attribute_name_id": 10, "aliexpress_attribute_value_id": 48},
            {"aliexpress_attribute_name_id": 284, "aliexpress_attribute_value_id": 200003892},
            {"attribute_name": "EAN13", "attribute_value": "8400000000000"},
        ],
        "sku_info_list": [sku("NEW-BLU-M", 173), sku("NEW-RED-M", 10, discount_price="9.95", ean_code="8400000000901")],
        "inventory_deduction_strategy": "payment_success_deduct",
        "weight": "0.3",
        "package_length": "30",
        "package_width": "20",
        "package_height": "4",
        "shipping_lead_time": "3",
        "freight_template_id": "714844311",
        "service_policy_id": "0",
        "group_id": "262007002",
    }


@pytest.fixture
def instance():
    return {
        "category_id": 348,
        "title_multi_language_list": [{"locale": "es_ES", "title": "Camisa de hombre"}],
        "description_multi_language_list": [
            {"locale": "es_ES", "module_list": [{"type": "html", "html": {"content": "<p>Texto</p>"}}]}
        ],
        "locale": "es_ES",
        "product_units_type": "100000015",
        "image_url_list": ["https://shop.example.com/img/1.jpg"],
        "category_attributes": {
            "Brand Name": {"value": "200010868"},
            "Origin": {"value": "204148206"},
            "Material": {"value": ["567", "4"], "customValue": "Hemp"},
            "Gender": {"value": "100006041"},
        },
        "user_defined_attribute_list": [{"attribute_name": "EAN13", "attribute_value": "8400000000000"}],
        "sku_info_list": [
            {
                "sku_code": "INST-1",
                "inventory": 3,
                "price": 99.00,
                "discount_price": 89.00,
                "sku_attributes": {
                    "Size": {"alias": "Uni", "value": "200003528"},
                    "Color": {"value": "771", "alias": "arena", "sku_image_url": "https://shop.example.com/c.jpg"},
                },
            }
        ],
        "inventory_deduction_strategy": "payment_success_deduct",
        "package_weight": 1.5,
        "package_length": 10,
        "package_height": 20,
        "package_width": 30,
        "shipping_preparation_time": 3,
        "shipping_template_id": "714844311",
        "service_template_id": "0",
        "size_chart_id": "100",
        "product_group_id": "262007002",
    }


def changed(data, path, value):
    """A copy of nested data with one place changed; None takes it out."""
    data = copy.deepcopy(data)
    *parents, last = path
    place = data
    for part in parents:
        place = place[part]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return data


def refusal(client, method, name, data):
    error = client.call(method, **{name: data})["error_response"]
    assert "type" not in error or error["type"] == "ISV"
    return error.get("sub_code") or error["code"], error.get("sub_msg", "")


def test_post_audit_and_read(sandbox, client, request_data):
    product_id = client.call(POST, post_product_request=request_data)["result"]["product_id"]
    status = "aliexpress.postproduct.redefining.findaeproductstatusbyid"
    assert client.call(status, product_id=product_id)["result"]["status"] == "auditing"
    code, _text = refusal(client, EDIT, "edit_product_request", {"product_id": product_id, "weight": "2"})
    assert code == "PRODUCT_IN_AUDIT_PENDING"
    sandbox.advance(seconds=30)
    assert client.call(status, product_id=product_id)["result"]["status"] == "approved"
    info = client.call(INFO, product_id=product_id)["result"]
    assert info["product_status_type"] == "onSelling"
    assert (info["delivery_time"], info["gross_weight"], info["reduce_strategy"]) == (
        3,
        "0.3",
        "payment_success_deduct",
    )
    first, second = info["aeop_ae_product_s_k_us"]
    assert first["id"] == "14:173#Marino;5:361386"
    assert "sku_discount_price" not in first and second["sku_discount_price"] == "9.95"
    assert info["multi_language_subject_list"] == [{"locale": "es_ES", "subject": "Camiseta nueva"}]
    assert len(info["aeop_ae_product_propertys"]) == 6


def test_rejected_audits(sandbox, client, request_data):
    bad = changed(request_data, ["multi_language_subject_list", 0, "subject"], "A forbidden thing")
    product_id = client.call(POST, post_product_request=bad)["result"]["product_id"]
    sandbox.advance(seconds=30)
    query = {"product_status_type": "editingRequired", "current_page": 1, "page_size": 20}
    rows = client.call(LIST, aeop_a_e_product_list_query=query)["result"]["aeop_a_e_product_display_d_t_o_list"]
    assert product_id in [row["product_id"] for row in rows]
    better = {"product_id": product_id, "multi_language_subject_list": [{"language": "es", "subject": "Good"}]}
    client.call(EDIT, edit_product_request=better)
    sandbox.advance(seconds=30)
    assert client.call(INFO, product_id=product_id)["result"]["product_status_type"] == "onSelling"


@pytest.mark.parametrize(
    ("path", "value", "code", "words"),
    [
        (
            ["multi_language_subject_list", 0, "subject"],
            "x" * 129,
            "F00-00-10020-002",
            "expected maxLength: 128, actual: 129",
        ),
        (["multi_language_subject_list", 0, "language"], "en", "F00-00-10020-002", "main language"),
        (["multi_language_subject_list", 0, "subject"], "Counterfeit bag", "S00-10-10000-001", "7090001"),
        (["aliexpress_category_id"], 3, "F00-00-10020-004", "CHK_CATEGORY_ID_NOT_LEAF_CATEGORY"),
        (["aliexpress_category_id"], 5090301, "CHK_CATEGORY_ID_NO_PERMISSION", "restricted"),
        (["main_image_urls_list"], ["https://host.invalid/1.jpg"], "10006008", "fetched"),
        (["main_image_urls_list"], ["https://a.b/1.jpg"] * 7, "F00-00-10020-002", "found: 7"),
        (["weight"], "501", "F00-00-10020-002", "weight"),
        (["package_length"], "0", "F00-00-10020-002", "package_length"),
        (["package_length"], "12.5", "InvalidParameter", ""),
        (["shipping_lead_time"], "8", "F00-00-10020-002", "less or equal to 7"),
        (["freight_template_id"], "1000", "F00-00-10020-002", "0 subschemas matched"),
        (["service_policy_id"], "5", "F00-00-10020-002", "0 subschemas matched"),
        (["group_id"], "262007001", "F00-00-10020-002", "group_id"),
        (["brand_name"], "Unknown", "F00-00-10020-002", "approved brand"),
        (["inventory_deduction_strategy"], "never", "F00-00-10020-002", "enum"),
        (["attribute_list", 0, "aliexpress_attribute_name_id"], 999, "F00-00-10003-005", "Attribute key:999"),
        (["attribute_list", 0, "aliexpress_attribute_value_id"], 1, "F00-00-10020-002", "subschemas"),
        (["attribute_list", 4], None, "F00-00-10020-002", "required key [Gender]"),
        (["attribute_list", 1, "aliexpress_attribute_value_id"], 9441741844, "F00-00-10020-002", "required key [CN]"),
        (["sku_info_list", 1, "sku_code"], "NEW-BLU-M", "F00-00-10007-007", "duplicate"),
        (["sku_info_list", 1, "sku_code"], None, "F00-00-10007-009", "empty"),
        (["sku_info_list", 1, "price"], "0", "F00-00-10020-002", "price"),
        (["sku_info_list", 1, "discount_price"], "19.95", "F00-00-10020-002", "discount_price"),
        (["sku_info_list", 1, "inventory"], "0", "F00-00-10020-002", "inventory"),
        (["sku_info_list", 1, "ean_code"], "123", "F00-00-10020-002", "ean_code"),
        (["sku_info_list", 1, "sku_attributes_list", 0, "sku_attribute_value_id"], 173, "F00-00-10020-002", "twice"),
        (["sku_info_list", 1, "sku_attributes_list", 0, "sku_attribute_value"], "a:b", "F00-00-10020-002", "pattern"),
        (["sku_info_list", 1, "sku_attributes_list", 0, "sku_attribute_name_id"], 77, "F00-00-10007-015", "77"),
        (["sku_info_list", 1, "sku_attributes_list"], None, "F00-00-10020-002", "several skus"),
        (["weight"], None, "MissingParameter", ""),
    ],
)
def test_rules(client, sandbox, request_data, path, value, code, words):
    before = len(sandbox.shop.products)
    found, text = refusal(client, POST, "post_product_request", changed(request_data, path, value))
    assert found == code
    assert words in text
    assert len(sandbox.shop.products) == before


@pytest.mark.parametrize(
    ("web", "mobile"),
    [
        ("<p>no json</p>", None),
        ('{"version":"1","moduleList":[]}', None),
        ('{"version":"2.0.0","moduleList":[{"type":"video"}]}', None),
        (detail(), detail()),
    ],
)
def test_description_rules(client, request_data, web, mobile):
    text = {"language": "es", "web_detail": web}
    if mobile:
        text["mobile_detail"] = mobile
    data = changed(request_data, ["multi_language_description_list"], [text])
    assert refusal(client, POST, "post_product_request", data)[0] == "F00-00-10020-002"


def test_country_prices(sandbox, client, request_data):
    def country(price, **more):
        entry = {"sku_code": "NEW-BLU-M", "price": price, **more}
        prices = {"ship_to_country": "UK", "sku_price_by_country_list": [entry]}
        return {"price_type": "absolute", "country_price_list": [prices]}

    good = changed(request_data, ["multi_country_price_configuration"], country("14.00"))
    product_id = client.call(POST, post_product_request=good)["result"]["product_id"]
    shown = client.call(INFO, product_id=product_id)["result"]["multi_country_price_configuration"]
    assert shown["country_price_list"][0]["ship_to_country"] == "UK"
    for wrong in (country("13.90"), country("14.00", discount_price="14.00"), country("14", discount_price="1")):
        data = changed(request_data, ["multi_country_price_configuration"], wrong)
        assert refusal(client, POST, "post_product_request", data)[0] == "F00-00-10020-002"
    wrong = changed(good, ["multi_country_price_configuration", "country_price_list", 0, "ship_to_country"], "GB")
    assert refusal(client, POST, "post_product_request", wrong)[0] == "F00-00-10020-002"


def test_edit_replaces_skus_and_keeps_the_rest(sandbox, client):
    sandbox.shop.audits = False
    product = sandbox.shop.products[SHIRT]
    images = list(product.images)
    request = {"product_id": SHIRT, "sku_info_list": [sku("TSHIRT-BLU-M", 173, sku_image="https://a.b/i.jpg")]}
    assert client.call(EDIT, edit_product_request=request)["result"]["product_id"] == SHIRT
    assert [x.sku_code for x in product.skus] == ["TSHIRT-BLU-M"]
    assert (product.images, product.status) == (images, "onSelling")
    assert refusal(client, EDIT, "edit_product_request", {"product_id": 5})[0] == "F00-00-10001-002"
    product.locked = True
    assert refusal(client, EDIT, "edit_product_request", request)[0] == "PRODUCT_IN_LOCK_MODE"


def test_schema_route(sandbox, client, instance):
    product_id = client.call(INSTANCE, product_instance_request=instance)["result"]["product_id"]
    product = sandbox.shop.products[product_id]
    assert product.skus[0].sku_id == "14:771#arena;5:200003528#Uni"
    assert product.skus[0].sale_price == Decimal("89.0")
    assert [x.value for x in product.properties if x.name_id == 10] == ["Linen", "Hemp"]
    sandbox.advance(seconds=30)
    update = {**instance, "aliexpress_product_id": product_id, "package_weight": 2}
    assert client.call(UPDATE, schema_full_update_request=update)["product_id"] == product_id
    assert product.weight == 2


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (
            ["title_multi_language_list", 0, "title"],
            "x" * 130,
            "#/title_multi_language_list/0/title: expected maxLength: 128, actual: 130",
        ),
        (["shipping_template_id"], "1", "#/shipping_template_id: #: 0 subschemas matched instead of one"),
        (["category_attributes", "Gender"], None, "#/category_attributes: required key [Gender] not found"),
        (["category_attributes", "Material"], {"value": ["4"]}, "required key [customValue] not found"),
        (["package_weight"], "1.5", "#/package_weight: expected type: Number, found: String"),
        (["sku_info_list", 0, "sku_attributes", "Color", "value"], "1", "0 subschemas matched"),
        (["locale"], None, "#: required key [locale] not found"),
    ],
)
def test_schema_refusals(client, instance, path, value, words):
    code, text = refusal(client, INSTANCE, "product_instance_request", changed(instance, path, value))
    assert code == "F00-00-10020-002"
    assert words in text


def test_lists(sandbox, client):
    def rows(**query):
        query = {"product_status_type": "onSelling", "current_page": 1, "page_size": 99, **query}
        return client.call(LIST, aeop_a_e_product_list_query=query)["result"]

    everything = rows()
    assert everything["product_count"] == 9
    row = next(x for x in everything["aeop_a_e_product_display_d_t_o_list"] if x["product_id"] == SHIRT)
    assert (row["product_min_price"], row["product_max_price"]) == ("15.95", "19.95")
    assert rows(sku_code="MUG-01")["product_count"] == 1
    assert rows(subject="camiseta", excepted_product_ids=[SHIRT])["product_count"] == 1
    assert rows(page_size=2, current_page=2)["total_page"] == 5
    assert rows(product_status_type="offline", ws_display="user_offline")["product_count"] == 1
    assert client.error(LIST, aeop_a_e_product_list_query={"current_page": 1}) == ("MissingParameter", None)
    big = {"product_status_type": "onSelling", "current_page": 1, "page_size": 100}
    assert client.error(LIST, aeop_a_e_product_list_query=big) == ("InvalidParameter", None)


def test_sporadic_and_vanished(sandbox, client):
    sandbox.shop.products[MUG].read_failures = 2
    assert [client.call(INFO, product_id=MUG).get("error_response", {}).get("sub_code") for _i in range(3)] == [
        "F00-10-10000-001",
        "F00-10-10000-001",
        None,
    ]
    del sandbox.shop.products[MUG]
    assert client.error(INFO, product_id=MUG) == ("15", "F00-00-10001-002")


def stock(*products):
    return [
        {"product_id": x, "multiple_sku_update_list": [{"sku_code": c, "inventory": str(n)}]} for x, c, n in products
    ]


def test_batch_stock(sandbox, client):
    answer = client.call(STOCK, mutiple_product_update_list=stock((MUG, "MUG-01", 0), (SHIRT, "TSHIRT-BLU-M", 7)))
    assert answer["update_success"] is True and answer["update_failed_list"] == []
    assert sandbox.shop.find_sku("MUG-01")[1].stock == 0
    assert sandbox.shop.find_sku("TSHIRT-BLU-S")[1].stock == 10
    part = stock((MUG, "MUG-01", 5), (SHIRT, "NOPE", 7), (99, "X", 1), (1005001234567900, "BACK-GRN", 1))
    body = client.call(STOCK, mutiple_product_update_list=part, common={"simplify": "false"})
    answer = body["aliexpress_solution_batch_product_inventory_update_response"]
    assert answer["update_success"] is False
    assert answer["update_successful_list"] == {"synchronize_product_response_dto": [{"product_id": MUG}]}
    codes = [x["error_code"] for x in answer["update_failed_list"]["synchronize_product_response_dto"]]
    assert codes == ["F00-00-10007-024", "F00-00-10001-002", "PRODUCT_IN_AUDIT_PENDING"]
    assert sandbox.shop.find_sku("MUG-01")[1].stock == 5
    bare = stock((MUG, "MUG-01", 9))[0]
    assert client.call(STOCK, mutiple_product_update_list=bare)["update_success"] is True
    assert client.error(STOCK, mutiple_product_update_list=stock(*[(MUG, "MUG-01", 1)] * 21))[0] == "15"


def test_batch_trouble(sandbox, client):
    sandbox.add_fault("item_failed", count=1, rows=1)
    answer = client.call(STOCK, mutiple_product_update_list=stock((MUG, "MUG-01", 1), (SHIRT, "TSHIRT-BLU-M", 1)))
    assert [x["product_id"] for x in answer["update_failed_list"]] == [MUG]
    assert [x["product_id"] for x in answer["update_successful_list"]] == [SHIRT]
    sandbox.add_fault("both_lists", count=1)
    answer = client.call(STOCK, mutiple_product_update_list=stock((MUG, "MUG-01", 2)))
    assert answer["update_failed_list"][0]["product_id"] == answer["update_successful_list"][0]["product_id"]
    assert sandbox.shop.find_sku("MUG-01")[1].stock == 2


def price(product_id, code, amount, sale=None, **more):
    item = {"sku_code": code, "price": amount}
    if sale:
        item["discount_price"] = sale
    return {"product_id": product_id, "multiple_sku_update_list": [item], **more}


def test_batch_price(sandbox, client):
    shirt = sandbox.shop.find_sku("TSHIRT-BLU-M")[1]
    client.call(PRICE, mutiple_product_update_list=[price(SHIRT, "TSHIRT-BLU-M", "21.00", "17.00")])
    assert (shirt.price, shirt.sale_price) == (Decimal("21.00"), Decimal("17.00"))
    client.call(PRICE, mutiple_product_update_list=[price(SHIRT, "TSHIRT-BLU-M", "22.00")])
    assert (shirt.price, shirt.sale_price) == (Decimal("22.00"), None)
    low = {"ship_to_country": "FR", "sku_price_by_country_list": [{"sku_code": "TSHIRT-BLU-M", "price": "10"}]}
    countries = {"price_type": "absolute", "country_price_list": [low]}
    wrong = [
        price(SHIRT, "NOPE", "5"),
        price(MUG, "MUG-01", "5", "6"),
        price(SHIRT, "TSHIRT-BLU-M", "30", multi_country_price_configuration=countries),
    ]
    failed = client.call(PRICE, mutiple_product_update_list=wrong)["update_failed_list"]
    assert [x["error_code"] for x in failed] == ["F00-00-10014-015", "F00-00-10020-002", "F00-00-10020-002"]
    assert shirt.price == Decimal("22.00")
    sandbox.shop.products[SHIRT].promotion_fields = ["price"]
    failed = client.call(PRICE, mutiple_product_update_list=[price(SHIRT, "TSHIRT-BLU-M", "23")])
    assert failed["update_failed_list"][0]["error_code"] == "PRODUCT_IN_PROMOTION"


def test_single_edits(sandbox, client, general):
    one = "aliexpress.postproduct.redefining.editsingleskustock"
    assert client.call(one, product_id=MUG, sku_id="<none>", ipm_sku_stock=4)["result"]["modify_count"] == 1
    several = "aliexpress.postproduct.redefining.editmutilpleskustocks"
    stocks = {"14:173#Navy;5:361386": 3, "14:10;5:361386": 2}
    assert client.call(several, product_id=SHIRT, sku_stocks=stocks)["result"]["modify_count"] == 2
    assert sandbox.shop.find_sku("TSHIRT-RED-M")[1].stock == 2
    wrong = client.call(several, product_id=SHIRT, sku_stocks={"<none>": 1})["result"]
    assert (wrong["success"], wrong["error_code"]) == (False, "F00-00-10007-024")
    single = "aliexpress.postproduct.redefining.editsingleskuprice"
    client.call(single, product_id=MUG, sku_id="<none>", sku_price="8.00", sale_price="7.00")
    assert sandbox.shop.find_sku("MUG-01")[1].sale_price == 7
    prices = "aliexpress.offer.product.skuprices.edit"
    done = general.call(prices, product_id=1005007000000001, sku_id_price_map={"<none>": "13.00"})["result"]
    assert done["success"]


def test_shelf_and_delete(sandbox, client):
    offline = "aliexpress.postproduct.redefining.offlineaeproduct"
    online = "aliexpress.postproduct.redefining.onlineaeproduct"
    result = client.call(offline, product_ids=f"{MUG};99")["result"]
    assert (result["modify_count"], result["error_details"][0]["product_ids"]) == (1, [99])
    assert sandbox.shop.products[MUG].status == "offline"
    assert client.call(online, product_ids=str(MUG))["result"]["modify_count"] == 1
    assert client.call(online, product_ids="1005001234567901")["result"]["success"] is False
    delete = "aliexpress.solution.batch.product.delete"
    assert client.call(delete, product_ids=f"{MUG},{SHIRT}")["success"] == "true"
    assert not {MUG, SHIRT} & set(sandbox.shop.products)
    assert client.error(delete, product_ids=",".join(["1"] * 101))[0] == "15"


def test_offer_family(sandbox, general, request_data):
    query = "aliexpress.offer.product.query"
    known = general.call(query, product_id=1005007000000002)["result"]
    assert known["aeop_ae_product_sku_list"][0]["sku_Id"] == 0
    product = {
        "category_id": 100004814,
        "locale": "en_US",
        "subject_list": [{"locale": "en_US", "value": "Big mug"}],
        "detail_source_list": [{"locale": "en_US", "web_detail": detail()}],
        "image_u_r_ls": "https://a.example.com/1.jpg;https://a.example.com/2.jpg",
        "aeop_ae_product_propertys": [
            {"attr_name_id": 2, "attr_value_id": 200010868},
            {"attr_name_id": 219, "attr_value_id": 204148206},
            {"attr_name_id": 10, "attr_value_id": 60},
            {"attr_name_id": 1187, "attr_value": "12", "attr_value_unit": "cm"},
        ],
        "aeop_ae_product_s_k_us": [
            {"sku_code": "BIG", "sku_price": "9.00", "ipm_sku_stock": 5, "currency_code": "USD"}
        ],
        "delivery_time": 3,
        "gross_weight": "0.5",
        "package_length": 10,
        "package_width": 10,
        "package_height": 10,
        "freight_template_id": 714900001,
        "promise_template_id": 0,
        "reduce_strategy": "place_order_withhold",
        "product_unit": 100000015,
        "msr_eu_id": 88001,
    }
    product_id = general.call("aliexpress.offer.product.post", aeop_a_e_product=product)["result"]["product_id"]
    sandbox.advance(seconds=30)
    quote = {
        "configuration_type": "absolute",
        "configuration_data": json.dumps([{"shiptoCountry": "FR", "absoluteQuoteMap": {"<none>": "8.50"}}]),
    }
    edit = {"product_id": product_id, "aeop_ae_product_s_k_us": product["aeop_ae_product_s_k_us"]}
    edit["aeop_national_quote_configuration"] = quote
    general.call("aliexpress.offer.product.edit", aeop_a_e_product=edit)
    created = sandbox.world.shop("2671514006").products[product_id]
    assert created.country_prices[0].price == Decimal("8.50")
    shown = general.call(query, product_id=product_id)["result"]
    assert shown["aeop_ae_product_sku_list"][0]["sku_Id"] > 0 and shown["msr_eu_id"] == 88001
    wrong = changed(product, ["aeop_ae_product_propertys", 3, "attr_value_unit"], "stone")
    assert refusal(general, "aliexpress.offer.product.post", "aeop_a_e_product", wrong)[0] == "F00-00-10020-002"
    lists = "aliexpress.postproduct.redefining.findproductinfolistquery"
    listed = general.call(lists, aeop_a_e_product_list_query={"product_status_type": "onSelling"})
    assert listed["result"]["product_count"] == 4
    assert general.call("aliexpress.offer.product.delete", product_id=1005007000000001)["result"]["success"]


def test_feeds(sandbox, client, instance):
    bad = changed(instance, ["title_multi_language_list", 0, "title"], "x" * 130)
    items = [
        {"item_content_id": "A1", "item_content": json.dumps(instance)},
        {"item_content_id": "A2", "item_content": json.dumps(bad)},
        {"item_content_id": "A3", "item_content": "no json"},
    ]
    job_id = client.call(SUBMIT, operation_type="PRODUCT_CREATE", item_list=items)["job_id"]
    assert job_id > 2**53
    assert "total_item_count" not in client.call(QUERY, job_id=job_id)
    sandbox.advance(seconds=3)
    answer = client.call(QUERY, job_id=job_id)
    assert (answer["total_item_count"], answer["success_item_count"]) == (3, 1)
    results = {x["item_content_id"]: json.loads(x["item_execution_result"]) for x in answer["result_list"]}
    assert results["A1"]["productId"] in sandbox.shop.products
    assert results["A2"]["errorMessage"].endswith("expected maxLength: 128, actual: 130")
    assert results["A3"]["success"] is False
    listed = client.call("aliexpress.solution.feed.list.get", current_page=1, page_size=20)
    assert [(x["job_id"], x["status"]) for x in listed["job_list"]] == [(job_id, "FINISH")]


def test_stock_and_price_feeds_and_calling_off(sandbox, client):
    stocks = {"aliexpress_product_id": MUG, "multiple_sku_update_list": [{"sku_code": "MUG-01", "inventory": 5}]}
    prices = {"aliexpress_product_id": MUG, "multiple_sku_update_list": [{"sku_code": "MUG-01", "price": "7"}]}
    jobs = [
        client.call(SUBMIT, operation_type=kind, item_list=[{"item_content_id": "1", "item_content": data}])["job_id"]
        for kind, data in (("PRODUCT_STOCKS_UPDATE", stocks), ("PRODUCT_PRICES_UPDATE", prices))
    ]
    sandbox.advance(seconds=3)
    mug = sandbox.shop.find_sku("MUG-01")[1]
    assert (mug.stock, mug.price) == (5, 7)
    waiting = client.call(
        SUBMIT, operation_type="PRODUCT_STOCKS_UPDATE", item_list=[{"item_content_id": "1", "item_content": stocks}]
    )["job_id"]
    answer = client.call("aliexpress.solution.feed.invalidate", job_id_list=f"{jobs[0]};{waiting};5")
    assert (answer["successful_list"], answer["no_need_invalidation_list"]) == ([waiting], [jobs[0]])
    assert answer["failed_list"] == [5]
    twice = [{"item_content_id": "1", "item_content": stocks}] * 2
    assert client.error(SUBMIT, operation_type="PRODUCT_STOCKS_UPDATE", item_list=twice)[0] == "InvalidParameter"
