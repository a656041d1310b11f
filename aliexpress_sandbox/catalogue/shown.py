"""Listings as the read methods show them, in the names of both families."""

from decimal import Decimal

from ..answers import Items
from ..clock import beijing, pacific
from ..money import text

FOREVER = "2054-01-02 00:00:00"


def full(product, prefix="global_"):
    """`solution.product.info.get`; with an empty prefix the names of the twin."""
    return {
        "product_id": product.product_id,
        "product_status_type": product.status,
        "category_id": product.category_id,
        "currency_code": product.currency,
        "subject": product.subject,
        "product_price": text(max((sku.price for sku in product.skus), default=0), product.currency),
        "product_unit": product.unit,
        "lot_num": product.lot_num,
        "package_type": product.sold_in_lots,
        "is_pack_sell": False,
        "gross_weight": str(product.weight),
        "package_length": product.length,
        "package_width": product.width,
        "package_height": product.height,
        "delivery_time": product.prepare_days,
        "freight_template_id": product.freight_template_id,
        "promise_template_id": product.promise_template_id,
        "reduce_strategy": product.deduction,
        "group_id": product.group_ids[0] if product.group_ids else None,
        "group_ids": Items("number", product.group_ids),
        "sizechart_id": product.size_chart_id,
        "image_u_r_ls": ";".join(product.images),
        "gmt_create": pacific(product.created),
        "gmt_modified": pacific(product.modified),
        "ws_offline_date": FOREVER,
        "ws_display": product.offline_reason or None,
        "aeop_ae_product_propertys": Items(
            f"{prefix}aeop_ae_product_property", [_property(prop) for prop in product.properties]
        ),
        "aeop_ae_product_s_k_us": Items(
            f"{prefix}aeop_ae_product_sku", [_sku(product, sku, prefix) for sku in product.skus]
        ),
        "multi_language_subject_list": Items(
            f"{prefix}subject",
            [{"locale": locale, "subject": subject} for locale, subject in product.subjects.items()],
        ),
        "multi_language_description_list": Items(
            f"{prefix}description",
            [
                {"locale": locale, "web_detail": x.web, "mobile_detail": x.mobile or None}
                for locale, x in product.descriptions.items()
            ],
        ),
        "multi_country_price_configuration": _country_prices(product),
        **product.extra,
    }


def twin(product):
    """`offer.product.query`: the twin's own names for texts, plus numeric SKU ids."""
    shown = full(product, prefix="")
    for name in ("multi_language_subject_list", "multi_language_description_list"):
        shown.pop(name)
    shown.pop("multi_country_price_configuration")
    shown["locale"] = product.locale
    shown["subject_list"] = Items(
        "subject", [{"locale": locale, "value": subject} for locale, subject in product.subjects.items()]
    )
    shown["detail_source_list"] = Items(
        "detail_source",
        [
            {"locale": locale, "web_detail": x.web, "mobile_detail": x.mobile or None}
            for locale, x in product.descriptions.items()
        ],
    )
    shown["aeop_ae_product_property_list"] = shown.pop("aeop_ae_product_propertys")
    skus = shown.pop("aeop_ae_product_s_k_us")
    for row, sku in zip(skus, product.skus, strict=True):
        row["sku_Id"] = sku.number
    shown["aeop_ae_product_sku_list"] = skus
    shown["market_images_list"] = Items("market_image", product.marketing_images)
    shown["msr_eu_id"] = product.responsible_person_id
    shown["aeop_qualification_struct_list"] = Items("aeop_qualification_struct", product.qualifications)
    return shown


def row(shop, product):
    """A row of the product lists: no SKU data."""
    prices = [sku.buyer_price for sku in product.skus] or [Decimal(0)]
    return {
        "product_id": product.product_id,
        "subject": product.subject,
        "product_min_price": text(min(prices), product.currency),
        "product_max_price": text(max(sku.price for sku in product.skus), product.currency) if product.skus else "0.00",
        "currency_code": product.currency,
        "image_u_r_ls": ";".join(product.images),
        "group_id": product.group_ids[0] if product.group_ids else None,
        "freight_template_id": product.freight_template_id,
        "src": "isv",
        "gmt_create": pacific(product.created),
        "gmt_modified": pacific(product.modified),
        "ws_offline_date": FOREVER,
        "ws_display": product.offline_reason or None,
        "owner_member_id": shop.login,
        "owner_member_seq": int(shop.seller_id),
        "coupon_start_date": beijing(product.created),
        "coupon_end_date": beijing(product.modified),
        "audit_failure_reason": product.audit_reason or None,
    }


def _property(prop):
    return {
        "attr_name_id": prop.name_id,
        "attr_name": prop.name or None,
        "attr_value_id": prop.value_id,
        "attr_value": prop.value or None,
    }


def _sku(product, sku, prefix):
    return {
        "id": sku.sku_id,
        "sku_code": sku.sku_code or None,
        "sku_price": text(sku.price, product.currency),
        "sku_discount_price": None if sku.sale_price is None else text(sku.sale_price, product.currency),
        "sku_stock": sku.stock > 0,
        "ipm_sku_stock": sku.stock,
        "currency_code": product.currency,
        "ean_code": sku.ean or None,
        "barcode": sku.barcode or None,
        "aeop_s_k_u_property_list": Items(
            f"{prefix}aeop_sku_property",
            [
                {
                    "sku_property_id": prop.property_id,
                    "property_value_id": prop.value_id,
                    "property_value_definition_name": prop.name or None,
                    "sku_image": prop.image or None,
                }
                for prop in sku.properties
            ],
        ),
    }


def _country_prices(product):
    if not product.country_prices:
        return None
    countries = {}
    for entry in product.country_prices:
        countries.setdefault(entry.country, []).append(
            {
                "sku_code": entry.sku_code,
                "price": text(entry.price, product.currency),
                "discount_price": None if entry.sale_price is None else text(entry.sale_price, product.currency),
            }
        )
    return {
        "price_type": "absolute",
        "country_price_list": Items(
            "single_country_price_dto",
            [
                {
                    "ship_to_country": country,
                    "sku_price_by_country_list": Items("single_sku_price_by_country_dto", rows),
                }
                for country, rows in countries.items()
            ],
        ),
    }
