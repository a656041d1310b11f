"""What AliExpress would refuse or mark down, known before anything is sent.

Each rule takes a `Check` and yields `Problem`s. `section` names the part of the content (see `SECTIONS`) that cannot be sent with it.
"""

from collections import Counter
from dataclasses import dataclass

from ..lib import catalogue_rules as rules
from ..lib.catalogue_values import ProductContent
from ..lib.families import FAMILIES

MANDATORY = "mandatory"
RECOMMENDED = "recommended"
LONG_WORD = 4
SKU_ATTRIBUTE_COUNT = 3
# Days; a few categories allow more than the usual.
LEAD_TIME_USUAL, LEAD_TIME_MAX = 7, 60
PORTRAIT_SIZE = (750, 1000)
SQUARE_SIZE = (800, 800)


@dataclass(frozen=True)
class Problem:
    """One thing to mend: `message` in words, `field` (name) of `record` is where."""

    severity: str
    section: str
    message: str
    record: object
    field: str = ""


@dataclass(frozen=True)
class Check:
    """A listing under examination: its `content` as it would be sent, `images` {mark: aliexpress.image}."""

    listing: object
    content: ProductContent
    resolver: object
    images: dict

    @property
    def env(self):
        return self.listing.env

    @property
    def account(self):
        return self.listing.account_id

    @property
    def template(self):
        return self.listing.product_tmpl_id

    @property
    def skus(self):
        return self.listing.sku_ids.filtered("is_offered").sorted("id")


def find_problems(check):
    """All `Problem`s of a listing, mandatory ones first."""
    problems = [problem for rule in RULES for problem in rule(check)]
    return sorted(problems, key=lambda problem: problem.severity != MANDATORY)


# === CATEGORY AND ATTRIBUTES === #


def check_category(check):
    category = check.template.aliexpress_category_id
    if not category:
        message = check.env._("The product has no AliExpress category. Choose one on its AliExpress page.")
    elif not category.is_leaf:
        message = check.env._("%(category)s has categories below it. Choose one of those.", category=category.name)
    elif not category.active:
        message = check.env._(
            "AliExpress no longer offers the category %(category)s. Choose another.", category=category.name
        )
    elif category.account_ids and check.account not in category.account_ids:
        message = check.env._(
            "The shop %(shop)s may not use the category %(category)s. Choose another, or ask AliExpress for it.",
            shop=check.account.name,
            category=category.name,
        )
    else:
        return
    yield Problem(MANDATORY, "category", message, check.template, "aliexpress_category_id")


def check_attributes(check):
    told = {choice.attribute_ref for choice in check.content.attributes if choice.attribute_ref}
    for attribute in check.resolver.get_asked_attributes(check.listing._get_template()):
        if attribute.ref in told:
            continue
        if attribute.is_required:
            message = check.env._(
                "%(attribute)s is mandatory in this category and has no value.", attribute=attribute.name
            )
            yield Problem(MANDATORY, "category", message, check.template, "aliexpress_required_line_ids")
        elif attribute.is_key:
            message = check.env._(
                "%(attribute)s is recommended in this category and has no value.", attribute=attribute.name
            )
            yield Problem(RECOMMENDED, "category", message, check.template, "aliexpress_recommended_line_ids")


def check_attribute_texts(check):
    attributes = {attribute.ref: attribute for attribute in check.template.aliexpress_category_id.attribute_ids}
    for choice in check.content.attributes:
        attribute = attributes.get(choice.attribute_ref)
        if rules.OTHER_VALUE in choice.value_refs and not choice.text:
            message = check.env._(
                "%(attribute)s says Other: write what it is.", attribute=attribute.name if attribute else choice.name
            )
        elif attribute and attribute.is_number and choice.text and not _is_number(choice.text):
            message = check.env._(
                "%(attribute)s must be a number, not %(text)s.", attribute=attribute.name, text=choice.text
            )
        else:
            continue
        yield Problem(MANDATORY, "category", message, check.template, "aliexpress_attribute_line_ids")


# === TEXTS === #


def check_titles(check):
    for language, title in check.content.titles.items():
        if not title:
            message = check.env._("The title in %(language)s is empty.", language=language)
        elif len(title) > rules.TITLE_LENGTH:
            message = check.env._(
                "The title in %(language)s has %(count)s characters, %(limit)s at most are allowed.",
                language=language,
                count=len(title),
                limit=rules.TITLE_LENGTH,
            )
        else:
            continue
        yield Problem(MANDATORY, "title", message, check.template, "aliexpress_title")


def check_repeated_words(check):
    for language, title in check.content.titles.items():
        counts = Counter(word.strip(".,;:()").casefold() for word in title.split())
        repeated = [word for word, count in counts.items() if count > 1 and len(word) >= LONG_WORD]
        if repeated:
            message = check.env._(
                "The title in %(language)s repeats %(words)s. AliExpress shows such titles less.",
                language=language,
                words=", ".join(repeated),
            )
            yield Problem(RECOMMENDED, "title", message, check.template, "aliexpress_title")


def check_description(check):
    for record in (check.template.with_context(lang=code) for code in check.listing._get_languages().values()):
        if "<img" in (record.aliexpress_description or ""):
            message = check.env._(
                "The pictures inside the description are not sent. Add them to the pictures of the product."
            )
            yield Problem(RECOMMENDED, "description", message, check.template, "aliexpress_description")
            return


# === PICTURES === #


def check_image_count(check):
    if not check.content.image_urls:
        message = check.env._("The product has no picture. AliExpress asks for one at least.")
        yield Problem(MANDATORY, "images", message, check.template, "image_1920")


def check_image_files(check):
    marketing = check.content.marketing_images
    urls = [
        *check.content.image_urls,
        *(attribute.image_url for sku in check.content.skus for attribute in sku.attributes),
    ]
    for image in {check.images[url] for url in urls if url in check.images}:
        if not image.width:
            message = check.env._("A picture of the product cannot be read. Replace it by a jpg, png or gif file.")
            yield Problem(MANDATORY, "images", message, check.template, "image_1920")
    if marketing:
        yield from _check_marketing(check, marketing.portrait_url, PORTRAIT_SIZE, check.env._("3:4"))
        yield from _check_marketing(check, marketing.square_url, SQUARE_SIZE, check.env._("1:1"))


def _check_marketing(check, url, size, ratio):
    image = check.images.get(url)
    width, height = size
    if image and (
        image.width < width
        or image.height < height
        or abs(image.width * height - image.height * width) > width * height // 50
    ):
        message = check.env._(
            "The marketing picture %(ratio)s must have that shape and at least %(width)s × %(height)s pixels.",
            ratio=ratio,
            width=width,
            height=height,
        )
        yield Problem(MANDATORY, "images", message, check.template, "aliexpress_image_ids")


# === SKUS === #


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
                "%(variant)s has no code of its own: another variant has %(code)s already. Give it another internal reference.",
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
            "AliExpress has the SKU %(code)s, which is no variant here. Link it with a variant in the listing, or delete the line to remove "
            "it from AliExpress.",
            code=sku.sku_code or sku.sku_ref,
        )
        yield Problem(MANDATORY, "skus", message, check.listing, "sku_ids")


def check_prices(check):
    for sku, content in zip(check.skus, check.content.skus, strict=True):
        if not rules.PRICE_MIN <= content.price <= rules.PRICE_MAX:
            if not content.price and sku.price_sent:
                continue  # held back by a guard of the prices: the price that AliExpress has stays
            message = check.env._(
                "%(variant)s has no price that AliExpress takes.", variant=sku.product_id.display_name
            )
            yield Problem(MANDATORY, "skus", message, sku.product_id, "lst_price")
        elif content.sale_price is not None and not 0 < content.sale_price < content.price:
            message = check.env._(
                "The sale price of %(variant)s must be lower than its price.", variant=sku.product_id.display_name
            )
            yield Problem(MANDATORY, "skus", message, sku.product_id, "lst_price")


def check_barcodes(check):
    for sku, content in zip(check.skus, check.content.skus, strict=True):
        if sku.product_id.barcode and not content.ean:
            message = check.env._(
                "The barcode of %(variant)s is no EAN and is not sent.", variant=sku.product_id.display_name
            )
            yield Problem(RECOMMENDED, "skus", message, sku.product_id, "barcode")


def check_sku_values(check):
    """Every value that tells variants apart has a name on AliExpress, and no two SKUs look the same there."""
    if len(check.content.skus) < 2:
        return
    unmapped = check.resolver.get_unmapped_values(check.skus.product_id)
    for value in unmapped:
        message = check.env._(
            "%(value)s of %(attribute)s has no value on AliExpress yet. Map it once for the category, under Attribute Mapping.",
            value=value.name,
            attribute=value.attribute_id.name,
        )
        yield Problem(MANDATORY, "skus", message, check.template, "attribute_line_ids")
    combinations = Counter(_get_combination(sku) for sku in check.content.skus)
    if not unmapped and max(combinations.values()) > 1:
        message = check.env._(
            "Several variants have the same values on AliExpress. Map their values to different ones."
        )
        yield Problem(MANDATORY, "skus", message, check.template, "attribute_line_ids")


def check_sku_attributes(check):
    attributes = check.template.aliexpress_category_id.attribute_ids.filtered("is_sku")
    told = [{attribute.attribute_ref for attribute in sku.attributes} for sku in check.content.skus]
    for attribute in attributes.filtered("is_required"):
        if any(attribute.ref not in refs for refs in told) and len(told) > 1:
            message = check.env._(
                "Each variant needs a value of %(attribute)s in this category. Map it under Attribute Mapping.",
                attribute=attribute.name,
            )
            yield Problem(MANDATORY, "skus", message, check.template, "attribute_line_ids")
    if any(len(refs) > SKU_ATTRIBUTE_COUNT for refs in told):
        message = check.env._(
            "AliExpress tells variants apart by %(count)s attributes at most.", count=SKU_ATTRIBUTE_COUNT
        )
        yield Problem(MANDATORY, "skus", message, check.template, "attribute_line_ids")
    if len(set(map(frozenset, told))) > 1:
        message = check.env._(
            "All variants must have the same attributes on AliExpress. Map the values of all of them."
        )
        yield Problem(MANDATORY, "skus", message, check.template, "attribute_line_ids")


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
            yield Problem(MANDATORY, "skus", message, check.template, "attribute_line_ids")


def _get_combination(sku):
    return frozenset((attribute.attribute_ref, attribute.value_ref) for attribute in sku.attributes)


# === PACKAGE AND TERMS === #


def check_weight(check):
    if not rules.WEIGHT_MIN <= check.content.weight <= rules.WEIGHT_MAX:
        message = check.env._(
            "The weight with packaging is %(weight)s kg; AliExpress takes %(minimum)s to %(maximum)s kg.",
            weight=check.content.weight,
            minimum=rules.WEIGHT_MIN,
            maximum=rules.WEIGHT_MAX,
        )
        yield Problem(MANDATORY, "package", message, check.template, "aliexpress_package_weight")


def check_package(check):
    sides = sorted(check.content.package_size)
    if sides[0] < rules.PACKAGE_SIDE_MIN or sides[-1] > rules.PACKAGE_SIDE_MAX:
        message = check.env._(
            "Each side of the package must measure %(minimum)s to %(maximum)s cm.",
            minimum=rules.PACKAGE_SIDE_MIN,
            maximum=rules.PACKAGE_SIDE_MAX,
        )
    elif sides[2] + 2 * (sides[0] + sides[1]) > rules.PACKAGE_GIRTH_MAX:
        message = check.env._(
            "The package is too large for AliExpress: length plus girth over %(limit)s cm.",
            limit=rules.PACKAGE_GIRTH_MAX,
        )
    else:
        return
    yield Problem(MANDATORY, "package", message, check.template, "aliexpress_package_length")


def check_brand(check):
    brands = check.env["aliexpress.brand"].search([("account_id", "=", check.account.id)])
    if check.content.brand and brands and check.content.brand not in brands.mapped("name"):
        message = check.env._(
            "AliExpress has not approved the brand %(brand)s for this shop. Choose one of: %(brands)s.",
            brand=check.content.brand,
            brands=", ".join(brands[:10].mapped("name")),
        )
        yield Problem(MANDATORY, "category", message, check.template, "aliexpress_brand")


def check_shop(check):
    if check.account.is_publishing_forbidden and not check.listing.product_ref:
        message = check.env._(
            "AliExpress does not let the shop %(shop)s publish products at present.", shop=check.account.name
        )
        yield Problem(MANDATORY, "terms", message, check.account)


def check_lead_time(check):
    if check.content.lead_time_days < 1:
        message = check.env._("The preparation takes one day at least.")
        yield Problem(MANDATORY, "package", message, check.template, "aliexpress_lead_time")
    elif check.content.lead_time_days > LEAD_TIME_MAX:
        message = check.env._("The preparation may take %(limit)s days at most.", limit=LEAD_TIME_MAX)
        yield Problem(MANDATORY, "package", message, check.template, "aliexpress_lead_time")
    elif check.content.lead_time_days > LEAD_TIME_USUAL:
        message = check.env._(
            "More than %(limit)s days of preparation are refused in most categories.", limit=LEAD_TIME_USUAL
        )
        yield Problem(RECOMMENDED, "package", message, check.template, "aliexpress_lead_time")


def check_lot(check):
    family = FAMILIES.get(check.account.family)
    if check.content.lot_size and family and not family.sells_lots:
        message = check.env._(
            "Lots cannot be published for this kind of shop. Sell the product by the piece, or as a product of its own."
        )
        yield Problem(MANDATORY, "package", message, check.template, "aliexpress_lot_size")


def check_freight_template(check):
    ref = check.content.freight_template_ref
    if not ref or ref == rules.FORBIDDEN_FREIGHT_TEMPLATE:
        message = check.env._(
            "The shop %(shop)s has no freight template for its products. Create one in the AliExpress seller centre, read the shop data and "
            "choose it on the shop.",
            shop=check.account.name,
        )
        yield Problem(MANDATORY, "terms", message, check.account, "freight_template_id")


def _is_number(text):
    try:
        float(text.replace(",", "."))
    except ValueError:
        return False
    return True


# In the order in which people mend.
RULES = (
    check_category,
    check_attributes,
    check_attribute_texts,
    check_titles,
    check_repeated_words,
    check_description,
    check_image_count,
    check_image_files,
    check_sku_count,
    check_sku_codes,
    check_foreign_skus,
    check_sku_values,
    check_sku_attributes,
    check_custom_names,
    check_prices,
    check_barcodes,
    check_weight,
    check_package,
    check_lead_time,
    check_lot,
    check_brand,
    check_shop,
    check_freight_template,
)
