"""The form of `offer.product.post` and `edit`: request data → fields of a Product."""

import json
from decimal import Decimal

from ..answers import invalid_parameter, missing_parameter
from ..product import CountryPrice, Description, Property, Sku, SkuProperty
from ..reading import field
from .rules import broken

REQUIRED = (
    "category_id", "locale", "subject_list", "detail_source_list", "image_u_r_ls",
    "aeop_ae_product_s_k_us", "delivery_time", "gross_weight", "package_length",
    "package_width", "package_height", "freight_template_id", "promise_template_id",
    "reduce_strategy", "product_unit",
)  # fmt: skip
PLAIN = {
    "category_id": ("category_id", int),
    "product_unit": ("unit", int),
    "gross_weight": ("weight", Decimal),
    "package_length": ("length", int),
    "package_width": ("width", int),
    "package_height": ("height", int),
    "delivery_time": ("prepare_days", int),
    "freight_template_id": ("freight_template_id", int),
    "promise_template_id": ("promise_template_id", int),
    "reduce_strategy": ("deduction", str),
    "sizechart_id": ("size_chart_id", int),
    "locale": ("locale", str),
    "lot_num": ("lot_num", int),
    "package_type": ("sold_in_lots", bool),
    "msr_eu_id": ("responsible_person_id", int),
}


def read(data, shop, new):
    """Fields of a Product; raises MissingParameter for what a new one must have."""
    if new:
        for name in REQUIRED:
            if data.get(name) in (None, "", []):
                raise missing_parameter(name)
    if field(data, "currency_code") not in (None, shop.currency):
        raise broken("currency_code", f"{data['currency_code']} is not the currency of the shop")
    fields = {}
    for name, (target, kind) in PLAIN.items():
        value = field(data, name, kind)
        if value is not None:
            fields[target] = value
    if data.get("subject_list"):
        fields["subjects"] = {
            field(item, "locale", required=True): field(item, "value", required=True)
            for item in field(data, "subject_list", list)
        }
    if data.get("detail_source_list"):
        fields["descriptions"] = {
            field(item, "locale", required=True): Description(
                field(item, "web_detail", required=True), field(item, "mobile_detail") or ""
            )
            for item in field(data, "detail_source_list", list)
        }
    if data.get("image_u_r_ls"):
        fields["images"] = [url for url in data["image_u_r_ls"].split(";") if url]
    if data.get("group_id"):
        fields["group_ids"] = [field(data, "group_id", int)]
    if data.get("market_images"):
        fields["marketing_images"] = field(data, "market_images", list)
    if data.get("aeop_qualification_struct_list"):
        fields["qualifications"] = field(data, "aeop_qualification_struct_list", list)
    _lists(data, fields)
    return fields


def national_prices(data, skus):
    """`aeop_national_quote_configuration` as CountryPrice rows. Absolute prices only;
    keys are SKU ids."""
    kind = field(data, "configuration_type", required=True)
    if kind == "delete":
        return []
    if kind != "absolute":
        raise broken("aeop_national_quote_configuration", f"{kind} is not supported here")
    rows = []
    try:
        entries = json.loads(field(data, "configuration_data", required=True))
        for entry in entries:
            for sku_id, price in entry["absoluteQuoteMap"].items():
                code = next((x.sku_code for x in skus if _same_sku(x.sku_id, sku_id)), sku_id)
                rows.append(CountryPrice(entry["shiptoCountry"], code, Decimal(str(price))))
    except (ValueError, KeyError, TypeError, ArithmeticError) as error:
        raise invalid_parameter("configuration_data") from error
    return rows


def _lists(data, fields):
    if data.get("aeop_ae_product_propertys") is not None:
        fields["properties"] = [_property(x) for x in field(data, "aeop_ae_product_propertys", list)]
    if data.get("aeop_ae_product_s_k_us"):
        fields["skus"] = [_sku(item) for item in field(data, "aeop_ae_product_s_k_us", list)]
    quotes = field(data, "aeop_national_quote_configuration", dict)
    if quotes is not None:
        fields["country_prices"] = national_prices(quotes, fields.get("skus", ()))


def _property(data):
    value = field(data, "attr_value") or ""
    unit = field(data, "attr_value_unit")
    return Property(
        field(data, "attr_name_id", int),
        field(data, "attr_name") or "",
        field(data, "attr_value_id", int),
        f"{value} {unit}" if unit else value,
    )


def _sku(data):
    return Sku(
        field(data, "sku_code") or "",
        field(data, "sku_price", Decimal, required=True),
        field(data, "ipm_sku_stock", int) or 0,
        field(data, "sku_discount_price", Decimal),
        field(data, "ean_code") or "",
        field(data, "barcode") or "",
        [
            SkuProperty(
                field(item, "sku_property_id", int, required=True),
                field(item, "property_value_id", int, required=True),
                field(item, "property_value_definition_name") or "",
                field(item, "sku_image") or "",
            )
            for item in field(data, "aeop_s_k_u_property", list) or field(data, "aeop_s_k_u_property_list", list) or []
        ],
    )


def _same_sku(full, given):
    """`14:173#Navy;5:361386` and `14:173;5:361386` name the same SKU."""
    return [part.split("#")[0] for part in full.split(";")] == [part.split("#")[0] for part in given.split(";")]
