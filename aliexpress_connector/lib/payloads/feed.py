"""Feeds: `item_list`, whose products follow the JSON schema of their category, not the fields of a single call."""

from ..catalogue_rules import ITEMS_PER_FEED, NOT_IN_FEEDS
from ..feed_values import FEED_CREATE, FEED_PRICE, FEED_STOCK, FEED_UPDATE
from ..languages import write_locale
from .description import description_modules
from .offers import sku_prices
from .product import attribute_text, check_complete
from .values import filled, json_text, price_number

OPERATIONS = {
    FEED_CREATE: "PRODUCT_CREATE",
    FEED_UPDATE: "PRODUCT_FULL_UPDATE",
    FEED_STOCK: "PRODUCT_STOCKS_UPDATE",
    FEED_PRICE: "PRODUCT_PRICES_UPDATE",
}


def feed_items(kind, items):
    """`item_list` of `FeedItem`s of one kind. Raises ValueError for what a feed cannot carry."""
    if not 0 < len(items) <= ITEMS_PER_FEED or len({item.item_ref for item in items}) < len(items):
        raise ValueError(f"a feed takes 1 to {ITEMS_PER_FEED} items of different names")
    write = {FEED_CREATE: _instance, FEED_UPDATE: _full_update, FEED_STOCK: _stock, FEED_PRICE: _prices}[kind]
    return [{"item_content_id": item.item_ref, "item_content": json_text(write(item))} for item in items]


def _stock(item):
    skus = [{"sku_code": sku.sku_code, "inventory": sku.quantity} for sku in item.content.quantities]
    return {"aliexpress_product_id": int(item.content.product_ref), "multiple_sku_update_list": skus}


def _prices(item):
    if item.content.country_prices is not None:
        raise ValueError("a feed carries no country prices")
    skus = [sku_prices(price) for price in item.content.prices]
    return {"aliexpress_product_id": int(item.content.product_ref), "multiple_sku_update_list": skus}


def _full_update(item):
    return {"aliexpress_product_id": int(item.product_ref), **_instance(item)}


def _instance(item):
    content = item.content
    check_complete(content)
    lost = [name for name in NOT_IN_FEEDS if getattr(content, name)]
    if lost or (content.lot_size or 1) != 1:
        raise ValueError(f"a feed cannot carry {', '.join(lost) or 'lots'}")
    length, width, height = content.package_size
    locale = write_locale(content.language)
    return filled(
        category_id=int(content.category_ref),
        locale=locale,
        title_multi_language_list=[
            {"locale": write_locale(language), "title": title} for language, title in content.titles.items()
        ],
        description_multi_language_list=description_modules(content.descriptions),
        product_units_type=content.unit_code,
        image_url_list=list(content.image_urls),
        category_attributes=dict(_attributes(content)),
        user_defined_attribute_list=[
            {"attribute_name": choice.name, "attribute_value": attribute_text(choice)}
            for choice in content.attributes or ()
            if not choice.attribute_ref
        ],
        sku_info_list=[_sku(sku) for sku in content.skus],
        inventory_deduction_strategy=content.deduction,
        package_weight=float(content.weight),
        package_length=length,
        package_width=width,
        package_height=height,
        shipping_preparation_time=content.lead_time_days,
        shipping_template_id=content.freight_template_ref,
        service_template_id=content.service_template_ref,
        product_group_id=content.group_ref,
    )


def _attributes(content):
    """Pairs of the English name of an attribute and what is chosen for it."""
    for choice in content.attributes or ():
        if not choice.attribute_ref:
            continue
        if not choice.value_refs:
            yield choice.name, filled(value=choice.text, unit=choice.unit)
        else:
            value = list(choice.value_refs) if choice.is_multiple else choice.value_refs[0]
            yield choice.name, filled(value=value, customValue=attribute_text(choice))


def _sku(sku):
    attributes = {
        attribute.name: filled(
            value=attribute.value_ref, alias=attribute.custom_name, sku_image_url=attribute.image_url
        )
        for attribute in sku.attributes
    }
    sale_price = None if sku.sale_price is None else price_number(sku.sale_price)
    return filled(
        sku_code=sku.sku_code,
        inventory=sku.quantity,
        price=price_number(sku.price),
        discount_price=sale_price,
        ean_code=sku.ean,
        sku_attributes=attributes,
    )
