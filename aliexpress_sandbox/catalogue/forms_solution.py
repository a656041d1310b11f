"""The form of `solution.product.post` and `edit`: request data → fields of a Product.

Only what was given is in the result, so that an edit leaves the rest alone.
"""

from decimal import Decimal

from ..answers import missing_parameter
from ..product import CountryPrice, Description, Property, Sku, SkuProperty
from ..reading import cast, field
from . import terms
from .rules import broken

REQUIRED = (
    "language", "main_image_urls_list", "sku_info_list", "inventory_deduction_strategy",
    "weight", "package_length", "package_width", "package_height", "shipping_lead_time",
    "freight_template_id", "service_policy_id",
)  # fmt: skip
PLAIN = {
    "product_unit": ("unit", int),
    "weight": ("weight", Decimal),
    "package_length": ("length", int),
    "package_width": ("width", int),
    "package_height": ("height", int),
    "shipping_lead_time": ("prepare_days", int),
    "freight_template_id": ("freight_template_id", int),
    "service_policy_id": ("promise_template_id", int),
    "inventory_deduction_strategy": ("deduction", str),
    "size_chart_id": ("size_chart_id", int),
    "aliexpress_category_id": ("category_id", int),
}


def read(data, shop, new, known=()):
    """Fields of a Product, which has the properties `known`; raises MissingParameter for what a new one must have."""
    if new:
        for name in REQUIRED:
            if data.get(name) in (None, "", []):
                raise missing_parameter(name)
        for name in ("multi_language_subject_list", "multi_language_description_list", "aliexpress_category_id"):
            if not data.get(name):
                raise missing_parameter(name)
    fields = {}
    for name, (target, kind) in PLAIN.items():
        value = field(data, name, kind)
        if value is not None:
            fields[target] = value
    if data.get("language"):
        fields["locale"] = _locale("language", data["language"])
    _texts(data, fields)
    if data.get("main_image_urls_list"):
        fields["images"] = [str(url) for url in field(data, "main_image_urls_list", list)]
    if data.get("marketing_images"):
        fields["marketing_images"] = field(data, "marketing_images", list)
    if data.get("group_id"):
        fields["group_ids"] = [field(data, "group_id", int)]
    _properties(data, shop, fields, known)
    if data.get("sku_info_list"):
        fields["skus"] = [_sku(item) for item in field(data, "sku_info_list", list)]
    prices = field(data, "multi_country_price_configuration", dict)
    if prices is not None:
        fields["country_prices"] = country_prices(prices)
    return fields


def country_prices(data):
    """`multi_country_price_configuration` as CountryPrice rows; `delete` gives none."""
    kind = field(data, "price_type", required=True)
    if kind == "delete":
        return []
    if kind != "absolute":
        raise broken("multi_country_price_configuration/price_type", f"{kind} is not a valid enum value")
    rows = []
    for country in field(data, "country_price_list", list, required=True):
        code = field(country, "ship_to_country", required=True)
        for item in field(country, "sku_price_by_country_list", list, required=True):
            rows.append(
                CountryPrice(
                    code,
                    field(item, "sku_code", required=True),
                    field(item, "price", Decimal, required=True),
                    field(item, "discount_price", Decimal),
                )
            )
    return rows


def _locale(pointer, code):
    locale = terms.locale_of(code)
    if not locale:
        raise broken(pointer, f"{code} is not a valid enum value")
    return locale


def _texts(data, fields):
    if data.get("multi_language_subject_list"):
        fields["subjects"] = {
            _locale("multi_language_subject_list", field(item, "language", required=True)): field(
                item, "subject", required=True
            )
            for item in field(data, "multi_language_subject_list", list)
        }
    if data.get("multi_language_description_list"):
        fields["descriptions"] = {
            _locale("multi_language_description_list", field(item, "language", required=True)): Description(
                field(item, "web_detail", required=True), field(item, "mobile_detail") or ""
            )
            for item in field(data, "multi_language_description_list", list)
        }


def _properties(data, shop, fields, known):
    if data.get("attribute_list") is not None:
        fields["properties"] = [
            Property(
                field(item, "aliexpress_attribute_name_id", int),
                field(item, "attribute_name") or "",
                field(item, "aliexpress_attribute_value_id", int),
                field(item, "attribute_value") or "",
            )
            for item in field(data, "attribute_list", list)
        ]
    if data.get("brand_name"):
        brand = next((x for x in shop.brands if x.name == data["brand_name"]), None)
        if not brand:
            raise broken("brand_name", f"{data['brand_name']} is not an approved brand")
        fields.setdefault("properties", [x for x in known if x.name_id != 2]).append(
            Property(2, "Brand Name", brand.brand_id, brand.name)
        )


def _sku(data):
    attributes = field(data, "sku_attributes_list", list) or []
    return Sku(
        field(data, "sku_code") or "",
        cast("price", data.get("price", ""), Decimal),
        field(data, "inventory", int, required=True),
        field(data, "discount_price", Decimal),
        field(data, "ean_code") or "",
        field(data, "bar_code") or "",
        [
            SkuProperty(
                field(item, "sku_attribute_name_id", int, required=True),
                field(item, "sku_attribute_value_id", int, required=True),
                field(item, "sku_attribute_value") or "",
                field(item, "sku_image_url") or field(item, "sku_image") or "",
            )
            for item in attributes
        ],
    )
