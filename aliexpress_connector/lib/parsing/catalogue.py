"""Products as AliExpress has them."""

import json

from ..catalogue_rules import OTHER_VALUE
from ..catalogue_values import (
    AUDITING,
    OFFLINE,
    ONLINE,
    REJECTED,
    AttributeChoice,
    CountryPrice,
    Description,
    ProductDetail,
    ProductPage,
    ProductRow,
    ProductSku,
    SkuAttribute,
    SkuPrice,
    UploadedImage,
)
from ..errors import FixError
from ..html_text import text_to_html
from ..languages import read_language
from .details import parse_decimal, parse_number_ref
from .reader import Reader

STATUS_NAMES = {ONLINE: "onSelling", OFFLINE: "offline", AUDITING: "auditing", REJECTED: "editingRequired"}
# Modules that a description for telephones must not have.
WEB_ONLY = ("html", "dynamic")
_STATUSES = {name.lower(): status for status, name in STATUS_NAMES.items()}


def parse_status(row):
    """One of `STATUSES`, "" for any other."""
    return _STATUSES.get(row.text("product_status_type").lower(), "")


def parse_product_page(result, status, page_size, page=1):
    """The `ProductPage` of the list call's `result` object (a `Reader`), asked for one `status` and page number."""
    items = result.items("aeop_a_e_product_display_d_t_o_list")
    rows, unreadable = [], []
    for index, item in enumerate(items):
        try:
            rows.append(_parse_row(Reader(item, "", f"row[{index}]"), status))
        except FixError as error:
            unreadable.append(error.detail)
    total = result.integer("product_count", default=len(items))
    if not items and total > (page - 1) * page_size:
        raise result.error("aeop_a_e_product_display_d_t_o_list", "no products where some are counted")
    page_count = result.integer("total_page", default=-(-total // page_size))
    # Rows are what counts: a page that holds some is a page, whatever the counters say.
    page_count = max(page_count, 1) if items else page_count if total else 0
    return ProductPage(tuple(rows), page_count, total, tuple(unreadable))


def _parse_row(row, status):
    return ProductRow(
        product_ref=row.ref("product_id", required=True),
        name=row.text("subject"),
        status=status,
        currency=row.text("currency_code"),
        image_url=next(iter(_image_urls(row)), ""),
        created_at=row.time("gmt_create"),
    )


def parse_product(data):
    """The `ProductDetail` of a detail (a `Reader`)."""
    skus = tuple(_parse_sku(row) for row in data.children("aeop_ae_product_s_k_us"))
    currency = data.text("currency_code") or _sku_currency(data)
    return ProductDetail(
        product_ref=data.ref("product_id", required=True),
        status=parse_status(data),
        category_ref=data.ref("category_id"),
        currency=currency,
        name=data.text("subject"),
        titles=_titles(data),
        descriptions=_descriptions(data),
        attributes=_attributes(data),
        skus=skus,
        image_urls=_image_urls(data),
        unit_code=data.ref("product_unit"),
        lot_size=data.integer("lot_num") if data.has("lot_num") else None,
        weight=parse_decimal(data, "gross_weight"),
        package_size=_package_size(data),
        lead_time_days=data.integer("delivery_time") if data.has("delivery_time") else None,
        deduction=data.text("reduce_strategy"),
        freight_template_ref=parse_number_ref(data, "freight_template_id"),
        service_template_ref=parse_number_ref(data, "promise_template_id"),
        group_refs=_group_refs(data),
        size_chart_ref=_ref_or_none(data, "sizechart_id"),
        country_prices=_country_prices(data.child("multi_country_price_configuration")),
    )


def parse_uploaded_image(result):
    """The `UploadedImage` of an upload's `result` (a `Reader`)."""
    url = result.text("photobank_url")
    if not url:
        raise result.error("photobank_url", "a picture without address")
    width, height = (result.integer(key) if result.has(key) else None for key in ("width", "height"))
    return UploadedImage(url, width, height)


def _parse_sku(row):
    quantity = row.integer("ipm_sku_stock", minimum=-(2**31)) if row.has("ipm_sku_stock") else None
    return ProductSku(
        sku_ref=row.text("id"),
        sku_code=row.text("sku_code"),
        price=parse_decimal(row, "sku_price", required=True),
        sale_price=parse_decimal(row, "sku_discount_price"),
        quantity=None if quantity is None else max(quantity, 0),
        ean=row.text("ean_code"),
        attributes=tuple(
            SkuAttribute(
                attribute_ref=parse_number_ref(one, "sku_property_id", required=True),
                value_ref=parse_number_ref(one, "property_value_id"),
                custom_name=one.text("property_value_definition_name"),
                image_url=one.text("sku_image"),
            )
            for one in row.children("aeop_s_k_u_property_list")
        ),
    )


def _sku_currency(data):
    currencies = {row.text("currency_code") for row in data.children("aeop_ae_product_s_k_us")} - {""}
    if len(currencies) > 1:
        raise data.error("aeop_ae_product_s_k_us", "several currencies")
    return next(iter(currencies), "")


def _attributes(data):
    """The `AttributeChoice`s: several values of one attribute come as several rows."""
    found = {}
    for position, row in enumerate(data.children("aeop_ae_product_propertys")):
        attribute_ref, value_ref = _ref_or_none(row, "attr_name_id"), _ref_or_none(row, "attr_value_id")
        # AliExpress adds the name of a value from a list: only what the seller wrote is a text.
        text = row.text("attr_value") if value_ref in ("", OTHER_VALUE) else ""
        # Attributes of the seller's own have no number and may bear the same name.
        key = attribute_ref or position
        before = found.get(key, AttributeChoice())
        found[key] = AttributeChoice(
            attribute_ref=attribute_ref,
            name=before.name or row.text("attr_name"),
            value_refs=before.value_refs + ((value_ref,) if value_ref else ()),
            text=before.text or text,
        )
    return tuple(found.values())


def _ref_or_none(row, key):
    """An id as text of digits, "" where there is none: 0 and less stand for no size chart, no group, and attributes and
    values of the seller's own.
    """
    try:
        return row.ref(key)
    except FixError:
        return ""


def _titles(data):
    rows = data.children("multi_language_subject_list")
    return {read_language(row.text("locale")): row.text("subject") for row in rows if row.has("locale")}


def _descriptions(data):
    """{language: Description}, without those that are empty."""
    found = {
        read_language(row.text("locale")): Description(
            _web_html(row), _mobile_text(row), _source(row, "web_detail"), _source(row, "mobile_detail", WEB_ONLY)
        )
        for row in data.children("multi_language_description_list")
        if row.has("locale")
    }
    return {language: told for language, told in found.items() if told.html or told.text or told.web_source}


def _source(row, key, refused=()):
    """The JSON text of a description as AliExpress keeps it, "" where AliExpress would not take it back: old products
    have their HTML, others have no modules, or some of a `refused` type.
    """
    try:
        kinds = [module.text("type") for module in row.json_child(key).children("moduleList")]
    except FixError:
        return ""
    if not kinds or not set(kinds).isdisjoint(refused):
        return ""
    value = row.raw(key)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=float)


def _web_html(row):
    try:
        modules = row.json_child("web_detail").children("moduleList")
    except FixError:
        # Old products have their HTML as it is.
        return row.text("web_detail")
    parts = []
    for module in modules:
        if module.has("html"):
            parts.append(module.child("html").text("content"))
        else:
            parts.append(text_to_html("\n".join(_module_texts(module))))
    return "".join(parts)


def _mobile_text(row):
    try:
        modules = row.json_child("mobile_detail").children("moduleList")
    except FixError:
        return ""
    return "\n".join(text for module in modules for text in _module_texts(module))


def _module_texts(module):
    return [text for text in (one.text("content") for one in module.children("texts")) if text]


def _image_urls(row):
    return tuple(url for url in (url.strip() for url in row.text("image_u_r_ls").split(";")) if url)


def _package_size(data):
    sides = ("package_length", "package_width", "package_height")
    return tuple(data.integer(side) for side in sides) if all(data.has(side) for side in sides) else None


def _group_refs(data):
    refs = [_ref_or_none(Reader({"ref": item}, ""), "ref") for item in data.items("group_ids")]
    return tuple(filter(None, refs)) or tuple(filter(None, [_ref_or_none(data, "group_id")]))


def _country_prices(data):
    # Shares of the base price belong to the other family and say nothing here.
    if data.text("price_type").lower() not in ("", "absolute"):
        return ()
    return tuple(
        CountryPrice(
            country_code=row.country("ship_to_country"),
            prices=tuple(
                SkuPrice(
                    sku_code=price.text("sku_code"),
                    price=parse_decimal(price, "price", required=True),
                    sale_price=parse_decimal(price, "discount_price"),
                )
                for price in row.children("sku_price_by_country_list")
            ),
        )
        for row in data.children("country_price_list")
    )
