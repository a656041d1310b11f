"""`post_product_request` and `edit_product_request`."""

from ..catalogue_rules import OTHER_VALUE
from ..languages import write_language
from .description import description_list
from .offers import country_price_configuration, sku_prices
from .values import filled

_MANDATORY = (
    *("language", "titles", "descriptions", "category_ref", "skus", "image_urls", "weight", "package_size"),
    *("lead_time_days", "deduction", "freight_template_ref", "service_template_ref"),
)


def create_request(content):
    """The request that publishes a `ProductContent`. Raises ValueError when it lacks what a creation must tell."""
    check_complete(content)
    return _request(content, is_edit=False)


def edit_request(product_ref, content):
    """The request that changes a product: only what `content` tells."""
    return {"product_id": int(product_ref), **_request(content, is_edit=True)}


def check_complete(content):
    """Raise ValueError unless the `ProductContent` tells everything that a creation must."""
    missing = [name for name in _MANDATORY if not getattr(content, name)]
    if missing:
        raise ValueError(f"a product cannot be created without {', '.join(missing)}")


def attribute_text(choice):
    """The free text of an `AttributeChoice`, with its unit."""
    return f"{choice.text} {choice.unit}".strip()


def _request(content, is_edit):
    if (content.lot_size or 1) != 1:
        raise ValueError("these methods cannot publish lots")
    length, width, height = content.package_size or (None, None, None)
    request = filled(
        language=content.language and write_language(content.language),
        aliexpress_category_id=_number(content.category_ref),
        product_unit=_number(content.unit_code),
        main_image_urls_list=_listed(content.image_urls),
        inventory_deduction_strategy=content.deduction,
        weight=content.weight is not None and format(content.weight, "f") or None,
        package_length=length,
        package_width=width,
        package_height=height,
        shipping_lead_time=content.lead_time_days,
        freight_template_id=_number(content.freight_template_ref),
        service_policy_id=_number(content.service_template_ref),
        group_id=_number(content.group_ref),
        size_chart_id=_number(content.size_chart_ref),
    )
    if content.brand is not None:
        request["brand_name"] = content.brand
    return request | _lists(content, is_edit)


def _lists(content, is_edit):
    """The fields that are lists of objects."""
    lists = {}
    if content.titles is not None:
        lists["multi_language_subject_list"] = [
            {"language": write_language(language), "subject": title} for language, title in content.titles.items()
        ]
    if content.descriptions is not None:
        lists["multi_language_description_list"] = description_list(content.descriptions)
    if content.attributes is not None:
        lists["attribute_list"] = [entry for choice in content.attributes for entry in _attribute_entries(choice)]
    if content.skus is not None:
        lists["sku_info_list"] = [_sku(sku, "sku_image" if is_edit else "sku_image_url") for sku in content.skus]
    if content.marketing_images is not None:
        lists["marketing_images"] = _marketing_images(content.marketing_images)
    if content.country_prices or (is_edit and content.country_prices is not None):
        lists["multi_country_price_configuration"] = country_price_configuration(content.country_prices)
    return lists


def _attribute_entries(choice):
    text = attribute_text(choice)
    if not choice.attribute_ref:
        yield {"attribute_name": choice.name, "attribute_value": text}
        return
    name = {"aliexpress_attribute_name_id": int(choice.attribute_ref)}
    if not choice.value_refs:
        yield name | {"attribute_value": text}
    for value_ref in choice.value_refs:
        entry = name | {"aliexpress_attribute_value_id": int(value_ref)}
        yield entry | {"attribute_value": text} if text and value_ref == OTHER_VALUE else entry


def _sku(sku, image_key):
    attributes = [
        filled(
            sku_attribute_name_id=int(attribute.attribute_ref),
            sku_attribute_value_id=_number(attribute.value_ref),
            sku_attribute_value=attribute.custom_name,
            **{image_key: attribute.image_url},
        )
        for attribute in sku.attributes
    ]
    return filled(
        **sku_prices(sku),
        inventory=sku.quantity,
        ean_code=sku.ean,
        sku_attributes_list=attributes,
    )


def _marketing_images(images):
    urls = {1: images.portrait_url, 2: images.square_url}
    return [{"image_type": kind, "image_url": url} for kind, url in urls.items() if url]


def _number(ref):
    return int(ref) if ref else None


def _listed(values):
    return None if values is None else list(values)
