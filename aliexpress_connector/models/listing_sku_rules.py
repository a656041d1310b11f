"""Quality rules about the variants of a listing; see `listing_rules`."""

from collections import Counter

from ..lib import catalogue_rules as rules
from .quality_check import MANDATORY, RECOMMENDED, Problem

SKU_ATTRIBUTE_COUNT = 3


def check_sku_count(check):
    count = len(check.content.skus)
    if count > rules.SKU_COUNT:
        message = check.env._(
            "The product has %(count)s variants, %(limit)s at most are allowed.", count=count, limit=rules.SKU_COUNT
        )
        yield Problem(MANDATORY, "skus", message, check.template, "attribute_line_ids")
    elif not count:
        yield Problem(
            MANDATORY, "skus", check.env._("The product has no active variant."), check.template, "attribute_line_ids"
        )


def check_sku_codes(check):
    for sku in check.skus:
        if not sku.sku_code:
            message = check.env._(
                "%(variant)s has no code of its own: another variant has %(code)s already. Give it another "
                "internal reference.",
                variant=sku.product_id.display_name,
                code=sku.product_id._get_aliexpress_sku_code(),
            )
        elif len(sku.sku_code) > rules.SKU_CODE_LENGTH:
            message = check.env._(
                "The code %(code)s is too long: %(limit)s characters at most. Give the variant an AliExpress SKU code.",
                code=sku.sku_code,
                limit=rules.SKU_CODE_LENGTH,
            )
        else:
            continue
        yield Problem(MANDATORY, "skus", message, sku.product_id, "aliexpress_sku_code")


def check_foreign_skus(check):
    for sku in check.listing.sku_ids.filtered("is_foreign"):
        message = check.env._(
            "AliExpress has the SKU %(code)s, which is no variant here. Link it with a variant in the listing, or "
            "remove it there.",
            code=sku.sku_code or sku.sku_ref,
        )
        yield Problem(MANDATORY, "skus", message, check.listing, "sku_ids")


def check_found_products(check):
    """What AliExpress already has is linked, not created a second time."""
    if check.listing.product_ref:
        return
    codes = [code for code in check.skus.mapped("sku_code") if code]
    domain = [("account_id", "=", check.account.id), ("found_id.state", "=", "open"), ("sku_code", "in", codes)]
    for sku in check.env["aliexpress.found.sku"].search(domain, limit=1):
        message = check.env._(
            "AliExpress already has a product with the SKU code %(code)s: %(product)s. Link it in Existing Listings, "
            "or ignore it there to publish a second one.",
            code=sku.sku_code,
            product=sku.found_id.product_ref,
        )
        yield Problem(MANDATORY, "skus", message, sku.found_id)


def check_prices(check):
    for sku, content in zip(check.skus, check.content.skus, strict=True):
        if not rules.PRICE_MIN <= content.price <= rules.PRICE_MAX:
            if not content.price and sku.price_sent:
                continue  # held back by a guard of the prices: the price that AliExpress has stays
            message = check.env._(
                "%(variant)s has no price that AliExpress takes: it is %(price)s, and may be %(minimum)s to "
                "%(maximum)s. Change its sales price, or the pricelist of the shop.",
                variant=sku.product_id.display_name,
                price=content.price,
                minimum=rules.PRICE_MIN,
                maximum=rules.PRICE_MAX,
            )
            yield Problem(MANDATORY, "skus", message, sku.product_id, "lst_price")
        elif content.sale_price is not None and not 0 < content.sale_price < content.price:
            message = check.env._(
                "The sale price of %(variant)s must be lower than its price.", variant=sku.product_id.display_name
            )
            yield Problem(MANDATORY, "skus", message, sku.product_id, "lst_price")


def check_currency(check):
    problem = check.shop.currency_problem
    if problem:
        yield Problem(MANDATORY, "skus", problem, check.account, "currency_id")


def check_barcodes(check):
    for sku, content in zip(check.skus, check.content.skus, strict=True):
        if sku.product_id.barcode and not content.ean:
            message = check.env._(
                "The barcode of %(variant)s is no EAN and is not sent.", variant=sku.product_id.display_name
            )
            yield Problem(RECOMMENDED, "skus", message, sku.product_id, "barcode")


def check_sku_values(check):
    """Every value that tells variants apart has a name on AliExpress, and no two SKUs look the same there."""
    category = check.template.aliexpress_category_id
    if len(check.content.skus) < 2 or not category:
        return
    if category.attribute_date and not category.attribute_ids.filtered("is_sku"):
        message = check.env._(
            "AliExpress has no variants in the category %(category)s. Choose another category, or make a product of "
            "its own of each variant.",
            category=category.name,
        )
        yield Problem(MANDATORY, "skus", message, check.template, "aliexpress_category_id")
        return
    unmapped = check.resolver.get_unmapped_values(check.skus.product_id)
    for value in unmapped:
        message = check.env._(
            "%(value)s of %(attribute)s has no value on AliExpress yet. Map it once for the category, under "
            "Attribute Mapping.",
            value=value.name,
            attribute=value.attribute_id.name,
        )
        yield _make_mapping_problem(check, message, product_attribute=value.attribute_id)
    combinations = Counter(_get_combination(sku) for sku in check.content.skus)
    if not unmapped and max(combinations.values()) > 1:
        message = check.env._(
            "Several variants have the same values on AliExpress. Map their values to different ones."
        )
        yield _make_mapping_problem(check, message)


def check_sku_attributes(check):
    attributes = check.template.aliexpress_category_id.attribute_ids.filtered("is_sku")
    told = [{attribute.attribute_ref for attribute in sku.attributes} for sku in check.content.skus]
    for attribute in attributes.filtered("is_required"):
        if any(attribute.ref not in refs for refs in told) and len(told) > 1:
            message = check.env._(
                "Each variant needs a value of %(attribute)s in this category. Map it under Attribute Mapping.",
                attribute=attribute.name,
            )
            yield _make_mapping_problem(check, message, attribute)
    if any(len(refs) > SKU_ATTRIBUTE_COUNT for refs in told):
        message = check.env._(
            "AliExpress tells variants apart by %(count)s attributes at most.", count=SKU_ATTRIBUTE_COUNT
        )
        yield Problem(MANDATORY, "skus", message, check.template, "attribute_line_ids")
    if len(set(map(frozenset, told))) > 1:
        message = check.env._(
            "All variants must have the same attributes on AliExpress. Map the values of all of them."
        )
        partly = set.union(*told) - set.intersection(*told)
        yield _make_mapping_problem(check, message, attributes.filtered(lambda attribute: attribute.ref in partly))


def check_custom_names(check):
    attributes = {
        attribute.ref: attribute for attribute in check.template.aliexpress_category_id.attribute_ids.filtered("is_sku")
    }
    names = {
        (attribute.attribute_ref, attribute.custom_name) for sku in check.content.skus for attribute in sku.attributes
    }
    for ref, name in sorted(names):
        if name and not attributes[ref].has_custom_name:
            message = check.env._(
                "%(attribute)s does not allow names of your own: empty the name %(name)s in its mapping.",
                attribute=attributes[ref].name,
                name=name,
            )
            yield _make_mapping_problem(check, message, attributes[ref])


def _make_mapping_problem(check, message, attributes=None, product_attribute=None):
    """The `Problem` that is mended in the mapping of one of `attributes` (default: all that tell variants apart), or by
    making one.
    """
    attributes = attributes or check.template.aliexpress_category_id.attribute_ids.filtered("is_sku")
    mapping = check.resolver.find_mapping(attributes, product_attribute)
    field = "line_ids" if mapping.product_attribute_id else "product_attribute_id"
    return Problem(MANDATORY, "skus", message, mapping, field)


def _get_combination(sku):
    return frozenset((attribute.attribute_ref, attribute.value_ref) for attribute in sku.attributes)


SKU_RULES = (
    check_sku_count,
    check_sku_codes,
    check_foreign_skus,
    check_found_products,
    check_sku_values,
    check_sku_attributes,
    check_custom_names,
    check_currency,
    check_prices,
    check_barcodes,
)
