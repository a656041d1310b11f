"""What AliExpress has of a product and Odoo says nothing about, taken into an update, which replaces whole lists."""

from dataclasses import replace

from ..lib.catalogue_rules import LANGUAGES

# AliExpress shows the brand as an attribute as well.
BRAND_ATTRIBUTE = "2"


def keep_unsaid(told, detail, remote_skus):
    """`told` ({field of a ProductContent: value}), completed by what the `ProductDetail` has besides.

    :param remote_skus: `{SKU code here: ProductSku}`
    """
    kept = dict(told)
    for name, remote in (("titles", detail.titles), ("descriptions", detail.descriptions)):
        if told.get(name):
            others = [language for language in remote if language in LANGUAGES and language not in told[name]]
            kept[name] = told[name] | {language: remote[language] for language in others}
    if "attributes" in told:
        has_category = detail.category_ref == told["category_ref"]
        kept["attributes"] = told["attributes"] + _find_other_choices(told, detail.attributes, has_category)
    if "skus" in told:
        shown = _get_shown(detail)
        shared = _get_shared_attributes(detail)
        kept["skus"] = tuple(_complete_sku(sku, remote_skus.get(sku.sku_code), shown, shared) for sku in told["skus"])
    return kept


def keep_pictures(skus, detail):
    """`skus` (SkuContents) with the pictures that AliExpress has of their values."""
    shown = _get_shown(detail)

    def keep(attribute):
        _name, image_url = shown.get((attribute.attribute_ref, attribute.value_ref), ("", attribute.image_url))
        return replace(attribute, image_url=image_url)

    return tuple(replace(sku, attributes=tuple(map(keep, sku.attributes))) for sku in skus)


def _find_other_choices(told, remote, has_category):
    """The `AttributeChoice`s of AliExpress about attributes that `told` does not tell, as a tuple. Those of another
    category mean nothing.
    """
    refs = {choice.attribute_ref for choice in told["attributes"]} | ({BRAND_ATTRIBUTE} if told.get("brand") else set())
    names = {choice.name.casefold() for choice in told["attributes"] if not choice.attribute_ref}
    return tuple(
        choice
        for choice in remote
        if (choice.value_refs or choice.text)
        and (has_category and choice.attribute_ref not in refs if choice.attribute_ref else _is_new(choice.name, names))
    )


def _is_new(name, names):
    return bool(name) and name.casefold() not in names


def _get_shown(detail):
    """{(attribute, value): (the seller's name of it, its picture)} of the SKUs of a `ProductDetail`."""
    shown = {}
    for sku in detail.skus:
        for attribute in sku.attributes:
            key = (attribute.attribute_ref, attribute.value_ref)
            name, image_url = shown.get(key, ("", ""))
            shown[key] = (name or attribute.custom_name, image_url or attribute.image_url)
    return shown


def _get_shared_attributes(detail):
    """The `SkuAttribute`s that all SKUs of a `ProductDetail` have, such as where they ship from."""
    first, *others = (sku.attributes for sku in detail.skus)
    return [attribute for attribute in first if all(attribute in attributes for attributes in others)]


def _complete_sku(sku, remote, shown, shared):
    """`sku` (SkuContent) with the names and pictures of its values, the EAN and the other attributes that AliExpress
    has of it; one that is new there gets what all `shared`.
    """
    attributes = []
    for attribute in sku.attributes:
        name, image_url = shown.get((attribute.attribute_ref, attribute.value_ref), ("", ""))
        attributes.append(
            replace(
                attribute,
                custom_name=attribute.custom_name or name,
                image_url=attribute.image_url or image_url,
            )
        )
    refs = {attribute.attribute_ref for attribute in attributes}
    theirs = remote.attributes if remote else shared
    others = [attribute for attribute in theirs if attribute.attribute_ref not in refs]
    return replace(sku, ean=sku.ean or (remote.ean if remote else ""), attributes=(*attributes, *others))
