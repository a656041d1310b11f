"""The schema route: the JSON schema of a category for one seller, and its instances."""

import json
from decimal import Decimal

from ..answers import refused_product
from ..product import Description, Property, Sku, SkuProperty
from . import terms
from .json_schema import complaints
from .rules import SCHEMA
from .schema_attributes import category_attributes, sku_attributes

FIRST_LEVEL = [
    "title_multi_language_list", "description_multi_language_list", "locale",
    "product_units_type", "category_id", "image_url_list", "category_attributes",
    "sku_info_list", "inventory_deduction_strategy", "package_weight", "package_length",
    "package_height", "package_width", "shipping_preparation_time",
    "shipping_template_id", "service_template_id",
]  # fmt: skip
MODULES = {"type": "array", "minItems": 1, "items": {"type": "object", "required": ["type"]}}


def schema_of(world, shop, category):
    """JSON Schema draft-07 of new products, with this seller's templates and groups."""
    locales = list(terms.LOCALES)
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "AE product schema",
        "type": "object",
        "required": FIRST_LEVEL + ["size_chart_id"] * category.size_chart_required,
        "properties": {
            "category_id": {
                "title": "category id",
                "type": "number",
                "const": category.category_id,
                "default": category.category_id,
            },
            "title_multi_language_list": _multi("title", locales, {"type": "string", **_length(terms.MAX_TITLE)}),
            "description_multi_language_list": _multi("module_list", locales, MODULES),
            "locale": {"title": "locale", "type": "string", "enum": locales},
            "product_units_type": one_of("unit", [(str(key), name) for key, name in terms.UNITS.items()]),
            "image_url_list": {"type": "array", "minItems": 1, "maxItems": 6, "items": {"type": "string"}},
            "category_attributes": category_attributes(category),
            "user_defined_attribute_list": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["attribute_name", "attribute_value"],
                    "properties": {
                        "attribute_name": {"type": "string", **_length(40)},
                        "attribute_value": {"type": "string", **_length(70)},
                    },
                },
            },
            "sku_info_list": _sku_list(category),
            "inventory_deduction_strategy": {"type": "string", "enum": list(terms.DEDUCTIONS)},
            "package_weight": {"type": "number", "minimum": 0.001, "maximum": 500},
            **{
                f"package_{side}": {"type": "integer", "minimum": 1, "maximum": 700}
                for side in ("length", "width", "height")
            },
            "shipping_preparation_time": {"type": "integer", "minimum": 1, "maximum": category.max_prepare_days},
            "shipping_template_id": one_of("shipping template", _templates(shop.freight_templates)),
            "service_template_id": one_of("service template", _templates(shop.promise_templates)),
            "product_group_id": one_of("group", _groups(shop)),
            "size_chart_id": one_of("size chart", _charts(shop, category)),
        },
    }


def read(world, shop, data):
    """Fields of a Product from an instance; raises F00-00-10020-002 with every
    violation on a line of its own."""
    category = world.categories.get(data.get("category_id"))
    if not category:
        raise refused_product(SCHEMA, f"#/category_id: {data.get('category_id')} is not a valid const value")
    found = complaints(schema_of(world, shop, category), data)
    if found:
        raise refused_product(SCHEMA, "\n".join(found))
    fields = {
        "category_id": category.category_id,
        "locale": data["locale"],
        "subjects": {item["locale"]: item["title"] for item in data["title_multi_language_list"]},
        "descriptions": {
            item["locale"]: _description(item["module_list"]) for item in data["description_multi_language_list"]
        },
        "unit": int(data["product_units_type"]),
        "images": data["image_url_list"],
        "properties": _properties(category, data),
        "skus": [_sku(category, item) for item in data["sku_info_list"]],
        "deduction": data["inventory_deduction_strategy"],
        "weight": Decimal(str(data["package_weight"])),
        "length": data["package_length"],
        "width": data["package_width"],
        "height": data["package_height"],
        "prepare_days": data["shipping_preparation_time"],
        "freight_template_id": int(data["shipping_template_id"]),
        "promise_template_id": int(data["service_template_id"]),
    }
    if data.get("product_group_id"):
        fields["group_ids"] = [int(data["product_group_id"])]
    if data.get("size_chart_id"):
        fields["size_chart_id"] = int(data["size_chart_id"])
    return fields


def one_of(title, pairs):
    return {"title": title, "type": "string", "oneOf": [{"const": const, "title": text} for const, text in pairs]}


def _length(longest):
    return {"minLength": 1, "maxLength": longest}


def _multi(name, locales, value):
    return {
        "type": "array",
        "minItems": 1,
        "items": {
            "type": "object",
            "required": ["locale", name],
            "properties": {"locale": {"type": "string", "enum": locales}, name: value},
        },
    }


def _templates(templates):
    return [(str(x.template_id), x.name) for x in templates if x.template_id != terms.DEFAULT_FREIGHT_TEMPLATE]


def _groups(shop):
    return [(str(leaf.group_id), leaf.name) for group in shop.groups for leaf in group.children or [group]]


def _charts(shop, category):
    return [(str(x.chart_id), x.name) for x in shop.size_charts if category.category_id in x.category_ids]


def _sku_list(category):
    price = {"type": "number", "minimum": 0.01, "maximum": 999999}
    return {
        "type": "array",
        "minItems": 1,
        "maxItems": terms.MAX_SKUS,
        "items": {
            "type": "object",
            "required": ["sku_code", "inventory", "price"],
            "properties": {
                "sku_code": {"type": "string", **_length(terms.MAX_SKU_CODE)},
                "inventory": {"type": "integer", "minimum": 0, "maximum": 999999},
                "price": price,
                "discount_price": price,
                "ean_code": {"type": "string", "maxLength": 14},
                "sku_attributes": sku_attributes(category),
            },
        },
    }


def _description(modules):
    text = json.dumps({"version": "2.0.0", "moduleList": modules}, ensure_ascii=False)
    return Description(text)


def _properties(category, data):
    found = []
    for name, item in data["category_attributes"].items():
        attribute = next((x for x in category.attributes if x.name == name and not x.sku), None)
        if not attribute or not isinstance(item, dict):
            raise refused_product("F00-00-10003-005", f"Attribute key:{name}; Category:{category.category_id}")
        values = item["value"] if isinstance(item["value"], list) else [item["value"]]
        for value in values:
            found.append(_property(attribute, value, item))
    for item in data.get("user_defined_attribute_list", ()):
        found.append(Property(None, item["attribute_name"], None, item["attribute_value"]))
    return found


def _property(attribute, value, item):
    if not attribute.values:
        unit = item.get("unit")
        return Property(attribute.attribute_id, attribute.name, None, f"{value} {unit}" if unit else value)
    value_id = int(value)
    text = next(x.name for x in attribute.values if x.value_id == value_id)
    if value_id == terms.OTHER_VALUE:
        text = item.get("customValue", "")
    return Property(attribute.attribute_id, attribute.name, value_id, text)


def _sku(category, item):
    properties = []
    for name, value in item.get("sku_attributes", {}).items():
        attribute = next((x for x in category.attributes if x.name == name and x.sku), None)
        if not attribute:
            raise refused_product("F00-00-10007-015", f"sku attribute {name} is not in category {category.category_id}")
        properties.append(
            SkuProperty(
                attribute.attribute_id, int(value["value"]), value.get("alias", ""), value.get("sku_image_url", "")
            )
        )
    order = [x.attribute_id for x in category.attributes if x.sku]
    properties.sort(key=lambda prop: order.index(prop.property_id))
    sale_price = item.get("discount_price")
    return Sku(
        item["sku_code"],
        Decimal(str(item["price"])),
        item["inventory"],
        None if sale_price is None else Decimal(str(sale_price)),
        item.get("ean_code", ""),
        properties=properties,
    )
