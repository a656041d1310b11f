"""What AliExpress demands of a listing, whichever way it was written down.

`check` takes a finished `Product` and raises the product layer's refusal for the first
rule that is broken. Written from the fact sheet, not from any client's checks.
"""

import json
from collections import Counter
from decimal import Decimal
from urllib.parse import urlsplit

from ..answers import refused_product
from . import terms
from .attributes import check_attributes, check_sku_attributes

SCHEMA = "F00-00-10020-002"
DOWNSTREAM = "F00-00-10020-004"
DUPLICATE_CODE = "F00-00-10007-007"
EMPTY_CODE = "F00-00-10007-009"
LOWEST_PRICE, HIGHEST_PRICE = Decimal("0.01"), Decimal(999999)
MAX_STOCK = 999999


def broken(pointer, text):
    return refused_product(SCHEMA, f"#/{pointer}: {text}")


def check(world, shop, product, new=False):
    """Raise the refusal of the first broken rule; silent when the listing is fine."""
    _check_shop(shop, new)
    category = _check_category(world, shop, product)
    _check_texts(world, product)
    _check_images(shop, product)
    _check_package(product, category)
    _check_templates(shop, product, category)
    check_attributes(category, product)
    _check_skus(product, new)
    check_sku_attributes(category, product)
    check_country_prices(product)


def check_editable(product, what="edit", settings=None):
    """Raise when audits, locks or promotions forbid this kind of change."""
    if product.locked:
        raise refused_product("PRODUCT_IN_LOCK_MODE", "The product is punished and locked")
    if product.status == "auditing" and what in settings.audit_refuses:
        raise refused_product("PRODUCT_IN_AUDIT_PENDING", "The product is under audit, it can not be edited now")
    if what in product.promotion_fields:
        raise refused_product("PRODUCT_IN_PROMOTION", f"The product is in a promotion, {what} can not be edited now")


def _check_shop(shop, new):
    if new and shop.posting_forbidden:
        raise refused_product(DOWNSTREAM, "000003 The rights of the seller are suspended")
    if new and len(shop.products) >= shop.product_limit:
        raise refused_product(DOWNSTREAM, "150008 The number of products has reached its maximum")


def _check_category(world, shop, product):
    category = world.categories.get(product.category_id)
    if not category:
        raise broken("aliexpress_category_id", f"category {product.category_id} does not exist")
    if not world.is_leaf(category.category_id):
        raise refused_product(DOWNSTREAM, "GPF.CHK_CATEGORY_ID_NOT_LEAF_CATEGORY")
    if category.restricted and category.category_id not in shop.permitted_categories:
        raise refused_product("CHK_CATEGORY_ID_NO_PERMISSION", "707001032 The category is restricted")
    return category


def _check_texts(world, product):
    if not product.subjects.get(product.locale):
        raise broken("multi_language_subject_list", "the title in the main language is missing")
    for index, (locale, subject) in enumerate(product.subjects.items()):
        at = f"multi_language_subject_list/{index}"
        if locale not in terms.LOCALES:
            raise broken(f"{at}/language", f"{locale} is not a valid enum value")
        if not subject.strip():
            raise broken(f"{at}/subject", "expected minLength: 1, actual: 0")
        if len(subject) > terms.MAX_TITLE:
            raise broken(f"{at}/subject", f"expected maxLength: {terms.MAX_TITLE}, actual: {len(subject)}")
        words = [word for word in world.settings.illegal_title_words if word in subject.lower()]
        if words:
            raise refused_product("S00-10-10000-001", f"7090001 The title is illegal: {words[0]}")
    if not product.descriptions.get(product.locale):
        raise broken("multi_language_description_list", "the description in the main language is missing")
    for index, (locale, description) in enumerate(product.descriptions.items()):
        at = f"multi_language_description_list/{index}"
        if locale not in terms.LOCALES:
            raise broken(f"{at}/language", f"{locale} is not a valid enum value")
        check_description(f"{at}/web_detail", description.web)
        if description.mobile:
            check_description(f"{at}/mobile_detail", description.mobile, mobile=True)


def check_description(pointer, text, mobile=False):
    """The JSON text of a description: version, modules, and what may be on a phone."""
    try:
        data = json.loads(text)
    except ValueError as error:
        raise broken(pointer, "is not valid JSON") from error
    modules = data.get("moduleList") if isinstance(data, dict) else None
    if not isinstance(modules, list) or set(data) != {"version", "moduleList"} or data["version"] != "2.0.0":
        raise broken(pointer, "version 2.0.0 and moduleList are expected")
    if not modules:
        raise broken(pointer, "expected minimum item count: 1, found: 0")
    kinds = Counter(module.get("type") if isinstance(module, dict) else None for module in modules)
    allowed = {"text": "texts", "image": "images", "text-image": "images", "media": "media"}
    if not mobile:
        allowed |= {"html": "html", "dynamic": "reference"}
    for module in modules:
        kind = module.get("type") if isinstance(module, dict) else None
        if kind not in allowed:
            raise broken(pointer, f"module type {kind} is not a valid enum value")
        if not module.get(allowed[kind]):
            raise broken(pointer, f"required key [{allowed[kind]}] not found")
        if len(module.get("images", ())) > 10:
            raise broken(pointer, "expected maximum item count: 10")
    if kinds["dynamic"] > 4:
        raise broken(pointer, "too many dynamic modules")


def _check_images(shop, product):
    if not 1 <= len(product.images) <= 6:
        raise broken("main_image_urls_list", f"expected 1 to 6 items, found: {len(product.images)}")
    for url in product.images:
        check_url("main_image_urls_list", url)
    for image in product.marketing_images:
        url = image.get("image_url") or image.get("url")
        if str(image.get("image_type")) not in ("1", "2"):
            raise broken("marketing_images", "image_type is not a valid enum value")
        if not url or ("alicdn.com" not in url and url not in shop.pictures):
            raise refused_product("10006008", "marketing images must come from the photo bank")


def check_url(pointer, url):
    """A picture address AliExpress can fetch; hosts in `.invalid` never answer."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise broken(pointer, f"{url} is not a valid image address")
    if parts.hostname.endswith(".invalid"):
        raise refused_product("10006008", f"the image can not be fetched: {url}")


def _check_package(product, category):
    if product.unit not in terms.UNITS:
        raise broken("product_unit", f"{product.unit} is not a valid enum value")
    if not Decimal("0.001") <= product.weight <= 500:
        raise broken("weight", f"{product.weight} is not between 0.001 and 500")
    sides = {"length": product.length, "width": product.width, "height": product.height}
    for name, size in sides.items():
        if not 1 <= size <= 700:
            raise broken(f"package_{name}", f"{size} is not between 1 and 700")
    small, middle, longest = sorted(sides.values())
    if longest + 2 * (small + middle) > 2700:
        raise broken("package_length", "the package is too big")
    if not 1 <= product.prepare_days <= category.max_prepare_days:
        raise broken(
            "shipping_lead_time", f"{product.prepare_days} is not less or equal to {category.max_prepare_days}"
        )
    if product.deduction not in terms.DEDUCTIONS:
        raise broken("inventory_deduction_strategy", f"{product.deduction} is not a valid enum value")
    if product.sold_in_lots and not 2 <= product.lot_num <= 100000:
        raise broken("lot_num", f"{product.lot_num} is not between 2 and 100000")


def _check_templates(shop, product, category):
    freight = [x.template_id for x in shop.freight_templates if x.template_id != terms.DEFAULT_FREIGHT_TEMPLATE]
    _one_of("freight_template_id", product.freight_template_id, freight)
    _one_of("service_policy_id", product.promise_template_id, [x.template_id for x in shop.promise_templates])
    leaves = [leaf.group_id for group in shop.groups for leaf in group.children or [group]]
    for group_id in product.group_ids:
        _one_of("group_id", group_id, leaves)
    charts = [x.chart_id for x in shop.size_charts if category.category_id in x.category_ids]
    if product.size_chart_id:
        _one_of("size_chart_id", product.size_chart_id, charts)
    elif category.size_chart_required:
        raise broken("size_chart_id", "required key [size_chart_id] not found")
    if product.responsible_person_id:
        _one_of("msr_eu_id", product.responsible_person_id, [x.person_id for x in shop.responsible_persons])


def _one_of(pointer, value, allowed):
    if value not in allowed:
        raise broken(pointer, "#: 0 subschemas matched instead of one")


def _check_skus(product, new):
    if not 1 <= len(product.skus) <= terms.MAX_SKUS:
        raise broken("sku_info_list", f"expected 1 to {terms.MAX_SKUS} items, found: {len(product.skus)}")
    codes = Counter(sku.sku_code for sku in product.skus)
    if codes[""]:
        raise refused_product(EMPTY_CODE, "sku_code can not be empty")
    twice = [code for code, count in codes.items() if count > 1]
    if twice:
        raise refused_product(DUPLICATE_CODE, f"duplicate sku_code: {twice[0]}")
    for index, sku in enumerate(product.skus):
        at = f"sku_info_list/{index}"
        if len(sku.sku_code) > terms.MAX_SKU_CODE:
            raise broken(f"{at}/sku_code", f"expected maxLength: {terms.MAX_SKU_CODE}, actual: {len(sku.sku_code)}")
        check_prices(at, sku.price, sku.sale_price)
        if not (1 if new else 0) <= sku.stock <= MAX_STOCK:
            raise broken(f"{at}/inventory", f"{sku.stock} is not between 1 and {MAX_STOCK}")
        if sku.ean and not (sku.ean.isdigit() and len(sku.ean) in (8, 12, 13, 14)):
            raise broken(f"{at}/ean_code", f"string [{sku.ean}] does not match pattern ^[0-9]{{8,14}}$")


def check_prices(pointer, price, sale_price):
    if not LOWEST_PRICE <= price <= HIGHEST_PRICE:
        raise broken(f"{pointer}/price", f"{price} is not between 0.01 and 999999")
    if sale_price is not None and not LOWEST_PRICE <= sale_price < price:
        raise broken(f"{pointer}/discount_price", f"{sale_price} is not less than the price {price}")


def check_country_prices(product):
    """Prices of countries: known country, listed SKU, not below 70 % of the base."""
    for entry in product.country_prices:
        at = "multi_country_price_configuration"
        if entry.country not in terms.COUNTRIES:
            raise broken(f"{at}/ship_to_country", f"{entry.country} is not a valid enum value")
        sku = product.sku(entry.sku_code)
        if not sku:
            raise broken(at, f"sku_code {entry.sku_code} does not belong to the product")
        if entry.price < sku.price * Decimal("0.7"):
            raise broken(f"{at}/price", f"{entry.price} is less than 70% of {sku.price}")
        sale = entry.sale_price
        if sale is not None and not entry.price * Decimal("0.1") <= sale < entry.price:
            raise broken(f"{at}/discount_price", f"{sale} is not between 10% of the price and the price")
