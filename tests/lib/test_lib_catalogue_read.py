"""Reading shop data and products, in both forms of answer."""

import json
from datetime import datetime
from decimal import Decimal

import pytest
from lib_catalogue import ANSWERS, OTHER_PRODUCT, PRODUCT, shop, simple
from lib_gateway import Gateway

from aliexpress_connector.lib import errors
from aliexpress_connector.lib.catalogue_values import (
    AUDITING,
    ONLINE,
    STATUSES,
    AttributeChoice,
    CountryPrice,
    Description,
    SkuAttribute,
    SkuPrice,
)
from aliexpress_connector.lib.families import GeneralFamily
from aliexpress_connector.lib.shop_values import (
    Brand,
    CategorySuggestion,
    FreightTemplate,
    MerchantProfile,
    ProductGroup,
    ResponsiblePerson,
    ServiceTemplate,
    SizeChart,
)

READS = {
    "categories": lambda family: family.list_categories("509"),
    "attributes": lambda family: family.get_attributes("348"),
    "suggestions": lambda family: family.suggest_categories("Camiseta", "es"),
    "freight_templates": lambda family: family.list_freight_templates(),
    "service_templates": lambda family: family.list_service_templates(),
    "groups": lambda family: family.list_product_groups(),
    "brands": lambda family: family.list_brands(),
    "size_charts": lambda family: family.list_size_charts("348"),
    "persons": lambda family: family.list_responsible_persons("348"),
    "products": lambda family: family.list_products(ONLINE),
    "product": lambda family: family.get_product(PRODUCT),
    "feed": lambda family: family.get_feed("200000000060024475"),
    "feeds": lambda family: family.list_feeds(),
}


@pytest.mark.parametrize("name", READS)
def test_both_forms_of_answer_mean_the_same(name):
    family, _gateway = shop(name)
    simple_family, _gateway = shop(simple(ANSWERS[name]))
    # Errors compare by identity; their texts say the same.
    assert repr(READS[name](family)) == repr(READS[name](simple_family))
    assert READS[name](family)


@pytest.mark.parametrize("name", set(READS) - {"feeds", "feed", "suggestions"})
def test_a_failure_inside_a_success_envelope_is_an_error(name):
    answer = {"result": {"success": False, "error_code": "16009999", "error_message": "oops"}}
    family, _gateway = shop(answer)
    with pytest.raises(errors.AliexpressError) as caught:
        READS[name](family)
    assert caught.value.reason == errors.BUSY


def test_categories():
    family, gateway = shop("categories")
    phones, clothes = family.list_categories("509")
    assert gateway.calls[0].params == {"category_id": "509", "filter_no_permission": "true"}
    assert (phones.ref, phones.parent_ref, phones.is_leaf) == ("5090301", "509", True)
    assert phones.names == {"en": "Mobile Phones", "es": "Smartphones", "he": "טלפונים"}
    assert (clothes.name, clothes.is_leaf) == ("Ropa", False)


def test_nothing_below_a_leaf():
    family, gateway = shop({"is_success": True, "children_category_list": {}})
    assert family.list_categories("348") == ()
    assert gateway.calls[0].params["category_id"] == "348"


def test_a_tree_without_any_category_is_no_answer():
    family, gateway = shop({"is_success": True, "children_category_list": {}})
    with pytest.raises(errors.FixError) as caught:
        family.list_categories()
    assert caught.value.reason == errors.UNREADABLE
    assert gateway.calls[0].params["category_id"] == "0"


@pytest.mark.parametrize(
    "answer", [{"result": {"datas": {}}}, {"result": {}}, {"datas": []}, {"result": {"success": True}}]
)
def test_an_empty_list_is_no_failure(answer):
    assert shop(answer)[0].list_brands() == ()


@pytest.mark.parametrize("answer", [{}, {"request_id": "1"}, {"result": {"success": False, "datas": {}}}])
def test_nothing_at_all_is_no_empty_list(answer):
    with pytest.raises(errors.FixError):
        shop(answer)[0].list_brands()


def test_names_that_are_no_json_are_the_name():
    answer = {
        "is_success": True,
        "children_category_list": [{"children_category_id": 7, "multi_language_names": "Toys"}],
    }
    family, _gateway = shop(answer)
    [category] = family.list_categories()
    assert (category.name, category.names) == ("Toys", {})


def test_attributes():
    family, gateway = shop("attributes")
    brand, colour, length = family.get_attributes("348", "es", [("219", "9441741844")])
    assert gateway.calls[0].params["locale"] == "es_ES"
    assert gateway.calls[0].json("parent_attrvalue_list") == ["219=9441741844"]
    assert brand.is_required and brand.is_key and not brand.is_text and not brand.is_sku
    assert [value.ref for value in brand.values] == ["200010868", "4"]
    assert colour.is_sku and colour.has_custom_name and colour.has_custom_image and colour.position == 1
    assert colour.values[0].has_children
    assert colour.values[0].names == {"en": "Blue", "es": "Azul"}
    assert length.is_text and length.is_number and length.units == ("cm", "m")


def test_templates_groups_and_the_rest():
    def read(name):
        return READS[name](shop(name)[0])

    assert read("suggestions") == (CategorySuggestion("200000346", "T-Shirts", ("Apparel", "T-Shirts")),)
    assert read("freight_templates") == (FreightTemplate("714844311", "free shipping ES", False),)
    assert read("service_templates") == (ServiceTemplate("0", "Service Template for New Sellers"),)
    assert read("groups") == (ProductGroup("262007001", "Men", ""), ProductGroup("262007002", "Shirts", "262007001"))
    assert read("brands") == (Brand("203062806", "Acme", datetime(2025, 1, 31, 8)), Brand("5", "Beta", None))
    assert read("size_charts") == (SizeChart("100", "Shirts (T-Shirts)", True),)
    assert read("persons") == (ResponsiblePerson("77", "Example GmbH"),)


def test_what_no_database_stores_is_left_out_of_paths():
    answer = {
        "suggest_category_list": [{"id": 3, "name": "Shirts\0", "name_path": ["Apparel\0", "\0", "Shirts\ud83d"]}]
    }
    family, _gateway = shop(answer)
    assert family.suggest_categories("?") == (CategorySuggestion("3", "Shirts", ("Apparel", "Shirts?")),)


def test_no_idea_of_a_category():
    refusal = {"error_response": {"code": "15", "sub_code": "24000011", "sub_msg": "empty"}}
    for answer in ({"request_id": "1"}, refusal):
        family, _gateway = shop(answer)
        assert family.suggest_categories("?") == ()


def test_profile():
    family, gateway = shop("profile", "quota")
    url = "https://es.aliexpress.com/store/912345678"
    assert family.get_profile() == MerchantProfile(url, "ES", "EUR", True, 12, 100000)
    refusal = {"error_response": {"code": "InsufficientPermission", "msg": "no"}}
    family, gateway = shop("profile", refusal)
    assert family.get_profile() == MerchantProfile(url, "ES", "", True, None, None)


def test_product():
    product = READS["product"](shop("product")[0])
    assert (product.product_ref, product.status, product.currency) == (PRODUCT, ONLINE, "EUR")
    assert product.titles == {"es": "Camiseta de algodón"}
    assert product.descriptions == {"es": Description("<p>Texto</p>", "Texto")}
    assert product.attributes == (
        AttributeChoice("2", "Brand Name", ("200010868",)),
        AttributeChoice("10", "Material", ("47", "4"), "Hemp"),
        AttributeChoice("", "EAN13", (), "8400000000000"),
    )
    [sku] = product.skus
    assert (sku.sku_ref, sku.sku_code, sku.quantity) == ("14:173#Navy;5:361386", "TSHIRT-BLU-M", 12)
    assert (sku.price, sku.sale_price, sku.ean) == (Decimal("19.95"), Decimal("15.95"), "8400000000000")
    blue = SkuAttribute("14", "173", "Navy", "https://ae01.alicdn.com/kf/Ablue.jpg")
    assert sku.attributes == (blue, SkuAttribute("5", "361386"))
    assert (product.weight, product.package_size, product.lot_size) == (Decimal("0.25"), (30, 20, 4), 1)
    assert (product.freight_template_ref, product.service_template_ref) == ("714844311", "0")
    assert (product.group_refs, product.size_chart_ref) == (("262007001",), "100")
    price = SkuPrice("TSHIRT-BLU-M", Decimal("20.95"), Decimal("16.95"))
    assert product.country_prices == (CountryPrice("GB", (price,)),)


def test_a_bare_product():
    answer = {"result": {"product_id": PRODUCT, "aeop_ae_product_s_k_us": [{"id": "<none>", "sku_price": "1"}]}}
    product = READS["product"](shop(answer)[0])
    assert (product.status, product.currency, product.weight, product.package_size) == ("", "", None, None)
    [sku] = product.skus
    assert (sku.sku_ref, sku.sku_code, sku.quantity, sku.sale_price) == ("<none>", "", None, None)


@pytest.mark.parametrize("none", [0, "0", -1])
def test_a_product_without_size_chart_and_group(none):
    sku = {"id": "<none>", "sku_price": "1"}
    told = {"sizechart_id": none, "group_id": none, "group_ids": {"number": [none]}}
    answer = {"result": {"product_id": PRODUCT, "aeop_ae_product_s_k_us": [sku], **told}}
    product = READS["product"](shop(answer)[0])
    assert (product.size_chart_ref, product.group_refs) == ("", ())


def test_descriptions_of_old_products():
    described = {"locale": "en_US", "web_detail": "<b>Old</b>", "mobile_detail": "{"}
    answer = {"result": {"product_id": PRODUCT, "multi_language_description_list": [described]}}
    assert READS["product"](shop(answer)[0]).descriptions == {"en": Description("<b>Old</b>", "")}


@pytest.mark.parametrize("is_text", [True, False])
def test_descriptions_keep_what_aliexpress_has(is_text):
    told = {"version": "2.0.0", "moduleList": [{"type": "image", "images": [{"url": "https://p"}]}]}
    source = json.dumps(told)
    described = {"locale": "fr_FR", "web_detail": source if is_text else told, "mobile_detail": "<b>Old</b>"}
    answer = {"result": {"product_id": PRODUCT, "multi_language_description_list": [described]}}
    description = READS["product"](shop(answer)[0]).descriptions["fr"]
    assert (description.web_source, description.mobile_source) == (source, "")


@pytest.mark.parametrize("mobile", ["{}", '{"version":"2.0.0","moduleList":[]}', '[{"type":"text"}]', None, "html"])
def test_descriptions_that_aliexpress_refuses_are_not_kept(mobile):
    html = json.dumps({"version": "2.0.0", "moduleList": [{"type": "html", "html": {"content": "<b>Old</b>"}}]})
    mobile = html if mobile == "html" else mobile
    described = {"locale": "fr_FR", "web_detail": html, "mobile_detail": mobile}
    empty = {"locale": "de_DE", "web_detail": '{"version":"2.0.0","moduleList":[]}', "mobile_detail": mobile}
    answer = {"result": {"product_id": PRODUCT, "multi_language_description_list": [described, empty]}}
    descriptions = READS["product"](shop(answer)[0]).descriptions
    assert set(descriptions) == {"fr"}
    assert (descriptions["fr"].web_source, descriptions["fr"].mobile_source) == (html, "")


def test_an_unknown_product_is_not_found():
    refusal = {"code": 15, "sub_code": "F00-00-10001-002", "sub_msg": "product does not exist"}
    family, _gateway = shop({"error_response": refusal})
    with pytest.raises(errors.FixError) as caught:
        family.get_product(PRODUCT)
    assert caught.value.reason == errors.NOT_FOUND


@pytest.mark.parametrize("answer", [{"request_id": "1"}, {"result": {}, "request_id": "1"}])
def test_an_answer_without_a_product_does_not_say_that_there_is_none(answer):
    family, gateway = shop(answer)
    with pytest.raises(errors.FixError) as caught:
        family.get_product(PRODUCT)
    assert (caught.value.reason, caught.value.detail) == (errors.UNREADABLE, "result: no product in it")
    assert (caught.value.is_empty, len(gateway.calls), caught.value.request_id) == (True, 3, "1")


def test_a_product_that_shows_at_the_third_look():
    family, gateway = shop({"request_id": "1"}, {"request_id": "2"}, "product")
    pauses = []
    family.transport.sleep = pauses.append
    assert family.get_product(PRODUCT).product_ref == PRODUCT
    assert (len(gateway.calls), pauses) == (3, [2, 2])


def test_another_product_than_asked_for():
    family, _gateway = shop("product")
    with pytest.raises(errors.FixError) as caught:
        family.get_product(OTHER_PRODUCT)
    assert caught.value.reason == errors.UNREADABLE


def test_review_state():
    family, _gateway = shop({"result": {"product_id": PRODUCT, "product_status_type": "auditing"}})
    assert family.get_review_state(PRODUCT).status == AUDITING


def test_product_list():
    family, gateway = shop("products")
    page = family.list_products(ONLINE, page=2, page_size=200)
    query = gateway.calls[0].json("aeop_a_e_product_list_query")
    assert query == {"product_status_type": "onSelling", "current_page": 2, "page_size": 99}
    [row] = page.rows
    assert (row.product_ref, row.name, row.status, row.currency) == (PRODUCT, "Cotton T-shirt", ONLINE, "EUR")
    assert row.image_url == "https://ae01.alicdn.com/kf/A1.jpg"
    assert (page.page_count, page.total, page.unreadable) == (1, 1, ())


def test_one_bad_row_costs_one_row():
    rows = [{"subject": "no number"}, {"product_id": PRODUCT}]
    answer = {"result": {"success": True, "product_count": 2, "aeop_a_e_product_display_d_t_o_list": rows}}
    page = shop(answer)[0].list_products(ONLINE)
    assert [row.product_ref for row in page.rows] == [PRODUCT]
    assert len(page.unreadable) == 1


def test_an_empty_list():
    family, _gateway = shop({"result": {"success": True, "product_count": 0, "current_page": 1, "total_page": 0}})
    page = family.list_products(AUDITING)
    assert (page.rows, page.page_count, page.total) == ((), 0, 0)


def test_products_by_sku_code():
    family, gateway = shop("products")
    assert [row.product_ref for row in family.find_products_by_sku("TSHIRT-BLU-M")] == [PRODUCT]
    queries = [call.json("aeop_a_e_product_list_query") for call in gateway.calls]
    assert [query["sku_code"] for query in queries] == ["TSHIRT-BLU-M"] * len(STATUSES)
    assert len({query["product_status_type"] for query in queries}) == len(STATUSES)


def test_general_sellers_have_no_catalogue():
    family = GeneralFamily(Gateway({}).transport())
    assert not family.has_catalogue
    for act in (
        lambda: family.list_categories(),
        lambda: family.get_product(PRODUCT),
        lambda: family.set_stock([]),
        lambda: family.submit_feed("create", []),
    ):
        with pytest.raises(errors.FixError) as caught:
            act()
        assert caught.value.reason == errors.NOT_OFFERED
