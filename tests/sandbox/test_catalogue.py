"""Categories, attributes, the seller's own data, schemas, pictures."""

import io
import json
import struct
import zlib

import pytest
import requests

from aliexpress_sandbox import Sandbox
from aliexpress_sandbox.catalogue.json_schema import complaints

TREE = "aliexpress.solution.seller.category.tree.query"
ATTRIBUTES = "aliexpress.category.redefining.getallchildattributesresult"
SCHEMA = "aliexpress.solution.product.schema.get"
UPLOAD = "aliexpress.photobank.redefining.uploadimageforsdk"
SHIRTS = 200000346


def png(width, height):
    """A PNG of that size, with nothing in it worth seeing."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IEND", b"")


def test_category_trees(sandbox, client):
    roots = client.call(TREE, category_id=0)["children_category_list"]
    assert {row["children_category_id"] for row in roots} == {3, 509, 44, 13}
    phones = client.call(TREE, category_id=509)["children_category_list"]
    assert [(row["is_leaf_category"], row["level"]) for row in phones] == [(True, 2)] * 2
    allowed = client.call(TREE, category_id=509, filter_no_permission=True)["children_category_list"]
    assert [row["children_category_id"] for row in allowed] == [380230]
    assert json.loads(allowed[0]["multi_language_names"])["es"] == "Fundas"
    old = client.call("aliexpress.category.redefining.getchildrenpostcategorybyid", param0=3)["result"]
    assert [row["isleaf"] for row in old["aeop_post_category_list"]] == [False, True, True]
    assert client.error(TREE, category_id=99)[0] == "15"


def test_attributes(client):
    body = client.call(ATTRIBUTES, cate_id=SHIRTS, common={"simplify": "false"})
    result = body["aliexpress_category_redefining_getallchildattributesresult_response"]["result"]
    found = {row["id"]: row for row in result["attributes"]["aeop_attribute_dto"]}
    assert found[14]["sku"] and found[14]["customized_pic"]
    assert found[10]["attribute_show_type_value"] == "check_box"
    assert found[219]["values"]["aeop_attr_value_dto"][0]["has_sub_attr"] is True
    assert 266081643 not in found
    parents = ["219=9441741844"]
    dependent = client.call(ATTRIBUTES, cate_id=SHIRTS, parent_attrvalue_list=parents)["result"]["attributes"]
    assert [row["id"] for row in dependent] == [266081643]
    simple = client.call(
        "aliexpress.solution.sku.attribute.query", query_sku_attribute_info_request={"aliexpress_category_id": SHIRTS}
    )
    assert [x["aliexpress_sku_name"] for x in simple["result"]["supporting_sku_attribute_list"]] == [
        "Color",
        "Size",
        "Ships From",
    ]


def test_guesses(client):
    found = client.call("aliexpress.solution.product.category.suggest", title="Camiseta roja", language="es")
    assert found["suggest_category_list"][0]["name_path"].endswith("Men's Clothing/T-Shirts")
    forecast = client.call(
        "aliexpress.postproduct.redefining.categoryforecast", subject="smartphone case", locale="en_US"
    )
    assert len(forecast["result"]["category_suitability_list"]) == 2
    nothing = client.call("aliexpress.postproduct.redefining.categoryforecast", subject="xyz")["result"]
    assert nothing["error_code"] == 24000011


def test_the_sellers_data(client, general):
    freight = client.call("aliexpress.freight.redefining.listfreighttemplate")
    assert [x["template_id"] for x in freight["aeop_freight_template_d_t_o_list"]] == [714844311, 714844312]
    one = client.call("aliexpress.freight.redefining.getfreightsettingbytemplatequery", template_id=714844311)
    assert one["is_success"] is True
    promise = client.call("aliexpress.postproduct.redefining.querypromisetemplatebyid", template_id=-1)
    assert promise["result"]["template_list"][0]["id"] == 0
    groups = client.call("aliexpress.product.productgroups.get")["result"]["target_list"]
    assert groups[0]["child_group_list"][0]["group_name"] == "Shirts"
    charts = client.call("aliexpress.postproduct.redefining.getsizechartinfobycategoryid", category_id=348)
    assert len(charts["result"]["sizechart_d_t_o_list"]) == 2
    assert client.call("aliexpress.merchant.oversea.brand.get")["result"]["datas"][0]["brand_name"] == "NONE"
    persons = client.call("aliexpress.category.eu.responsible.persons.list")["result"]
    assert persons["eu_responsible_person_list"][0]["msr_eu_id"] == 88001
    assert client.call("aliexpress.solution.merchant.profile.get")["shop_name"] == "Tienda Ejemplo"
    assert general.call("aliexpress.merchant.profile.get")["profile"]["quotation_currency"] == "USD"
    assert client.call("aliexpress.category.qualifications.list", category_id=63705)["result"]["qualification_list"]
    assert client.call("aliexpress.solution.hscode.query", country_code="ES", category_id=348)["hs_code"]
    assert client.call("global.seller.relation.query", business_type="ONE_STOP_SERVICE")["seller_relation_list"]


def test_groups_and_charts_of_a_product(sandbox, client):
    groups = "aliexpress.postproduct.redefining.setgroups"
    assert client.call(groups, product_id=1005001234567895, group_ids="262007002,262007010")["result"]["success"]
    assert sandbox.shop.products[1005001234567895].group_ids == [262007002, 262007010]
    assert not client.call(groups, product_id=1005001234567895, group_ids="262007001")["result"]["success"]
    chart = "aliexpress.postproduct.redefining.setsizechart"
    assert client.call(chart, product_id=1005001234567892, sizechart_id=101)["result"]["success"]
    assert not client.call(chart, product_id=1005001234567895, sizechart_id=101)["result"]["success"]


def test_schema_is_draft_07_text(client):
    result = client.call(SCHEMA, aliexpress_category_id=348)["result"]
    schema = json.loads(result["schema"])
    assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert schema["properties"]["category_id"]["const"] == 348
    assert {"title_multi_language_list", "shipping_template_id", "size_chart_id"} <= set(schema["required"])
    templates = schema["properties"]["shipping_template_id"]["oneOf"]
    assert {"const": "714844311", "title": "Free shipping ES"} in templates
    sku = schema["properties"]["sku_info_list"]["items"]["properties"]["sku_attributes"]["properties"]["Color"]
    assert set(sku["properties"]) == {"value", "alias", "sku_image_url"}
    assert client.call(SCHEMA, aliexpress_category_id=3)["result"]["success"] is False


@pytest.mark.parametrize(
    ("schema", "data", "expected"),
    [
        ({"type": "string", "maxLength": 3}, "four", "#: expected maxLength: 3, actual: 4"),
        ({"type": "number", "minimum": 1}, 0, "#: 0 is not greater or equal to 1"),
        ({"type": "integer"}, True, "#: expected type: Integer, found: Boolean"),
        ({"required": ["a"]}, {}, "#: required key [a] not found"),
        ({"properties": {"a": {"enum": [1]}}}, {"a": 2}, "#/a: 2 is not a valid enum value"),
        ({"oneOf": [{"const": "1"}]}, "2", "#: #: 0 subschemas matched instead of one"),
        ({"items": {"type": "string"}}, ["a", 1], "#/1: expected type: String, found: Integer"),
        ({"minItems": 1}, [], "#: expected minimum item count: 1, found: 0"),
        (
            {"if": {"properties": {"value": {"const": "4"}}}, "then": {"required": ["customValue"]}},
            {"value": "4"},
            "#: required key [customValue] not found",
        ),
    ],
)
def test_schema_complaints(schema, data, expected):
    assert complaints(schema, data) == [expected]


def test_pictures(sandbox, client):
    file = {"image_bytes": ("p1.png", io.BytesIO(png(1000, 800)), "image/png")}
    result = client.send(UPLOAD, files=file, file_name="p1.png").json()["result"]
    assert (result["status"], result["width"], result["height"]) == ("SUCCESS", 1000, 800)
    served = requests.get(result["photobank_url"], timeout=5)
    assert served.content == png(1000, 800) and served.headers["Content-Type"] == "image/png"
    for content in (b"no picture", png(6000, 10), b"\xff\xd8" + b"0" * 4_000_000):
        file = {"image_bytes": ("x.png", io.BytesIO(content), "image/png")}
        assert client.send(UPLOAD, files=file, file_name="x.png").json()["result"]["is_success"] is False
    assert client.error(UPLOAD, file_name="x.png")[0] == "MissingParameter"
    file = {"file_data": ("t.gif", io.BytesIO(b"GIF89a\x05\x00\x06\x00"), "image/gif")}
    temporary = client.send("aliexpress.image.redefining.uploadtempimageforsdk", files=file, src_file_name="t.gif")
    assert (temporary.json()["result"]["width"], temporary.json()["result"]["height"]) == (5, 6)
    placeholder = requests.get(f"{sandbox.url}/kf/unknown.jpg", timeout=5)
    assert placeholder.headers["Content-Type"].startswith("image/svg+xml")


def test_the_built_in_listings_obey_the_rules():
    from aliexpress_sandbox.catalogue import rules

    sandbox = Sandbox("empty")
    for shop in sandbox.world.shops.values():
        for product in shop.products.values():
            if product.product_id != 1005001234567899:  # an old one without a code
                rules.check(sandbox.world, shop, product)
