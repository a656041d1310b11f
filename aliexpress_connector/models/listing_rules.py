"""What AliExpress would refuse or mark down, known before anything is sent.

Each rule takes a `Check` and yields `Problem`s. `section` names the part of the content (see `SECTIONS`) that cannot
be sent with it, `EVERYTHING` that nothing can.
"""

from collections import Counter

from odoo.fields import Datetime

from ..lib import catalogue_rules as rules
from ..lib.errors import NOT_OFFERED, FixError
from ..lib.families import FAMILIES
from .error_messages import describe_error
from .listing_attribute_rules import ATTRIBUTE_RULES
from .listing_sku_rules import SKU_RULES
from .quality_check import EVERYTHING, MANDATORY, RECOMMENDED, Problem

LONG_WORD = 4
# Days; a few categories allow more than the usual.
LEAD_TIME_USUAL, LEAD_TIME_MAX = 7, 60
PORTRAIT_SIZE = (750, 1000)
SQUARE_SIZE = (800, 800)


def find_problems(check):
    """All `Problem`s of a listing, mandatory ones first; only the first one where its shop takes no products from here,
    whatever else is mended.
    """
    if not check.account._has_catalogue():
        message = describe_error(check.env, FixError(NOT_OFFERED))
        return [Problem(MANDATORY, EVERYTHING, message, check.account)]
    problems = [problem for rule in RULES for problem in rule(check)]
    return sorted(problems, key=lambda problem: problem.severity != MANDATORY)


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
        yield Problem(MANDATORY, "marketing", message, check.template, "aliexpress_image_ids")


# === PACKAGE AND TERMS === #


def check_weight(check):
    if not rules.WEIGHT_MIN <= check.content.weight <= rules.WEIGHT_MAX:
        message = check.env._(
            "The weight with packaging is %(weight)s kg; AliExpress takes %(minimum)s to %(maximum)s kg.",
            weight=check.content.weight,
            minimum=rules.WEIGHT_MIN,
            maximum=rules.WEIGHT_MAX,
        )
        yield Problem(MANDATORY, "weight", message, check.template, "aliexpress_package_weight")


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
    yield Problem(MANDATORY, "package_size", message, check.template, "aliexpress_package_length")


def check_brand(check):
    brands = check.env["aliexpress.brand"].search([("account_id", "=", check.account.id)])
    valid = brands.filtered(lambda brand: not brand.valid_until or brand.valid_until > Datetime.now())
    if not check.content.brand or not brands or check.content.brand in valid.mapped("name"):
        return
    if check.content.brand in brands.mapped("name"):
        message = check.env._(
            "AliExpress' permission for the brand %(brand)s has ended. Renew it in the seller centre and refresh the "
            "shop data, or choose another brand.",
            brand=check.content.brand,
        )
    else:
        message = check.env._(
            "AliExpress has not approved the brand %(brand)s for this shop. Choose one of: %(brands)s.",
            brand=check.content.brand,
            brands=", ".join(valid[:10].mapped("name")),
        )
    yield Problem(MANDATORY, "brand", message, check.template, "aliexpress_brand")


def check_shop(check):
    if check.account.is_publishing_forbidden and not check.listing.product_ref:
        message = check.env._(
            "AliExpress does not let the shop %(shop)s publish products at present. The seller centre says why; when "
            "it is settled, press Refresh Shop Data on the shop.",
            shop=check.account.name,
        )
        yield Problem(MANDATORY, EVERYTHING, message, check.account)
    limit, count = check.account.product_limit, check.account.online_product_count
    if limit and count >= limit and not check.listing.product_ref:
        message = check.env._(
            "The shop %(shop)s has %(count)s products on AliExpress, and may have %(limit)s. Take some off or ask "
            "AliExpress for more, then press Refresh Shop Data on the shop.",
            shop=check.account.name,
            count=count,
            limit=limit,
        )
        yield Problem(MANDATORY, EVERYTHING, message, check.account, "product_limit")


def check_lead_time(check):
    if check.content.lead_time_days < 1:
        message = check.env._("The preparation takes one day at least.")
        yield Problem(MANDATORY, "lead_time", message, check.template, "aliexpress_lead_time")
    elif check.content.lead_time_days > LEAD_TIME_MAX:
        message = check.env._("The preparation may take %(limit)s days at most.", limit=LEAD_TIME_MAX)
        yield Problem(MANDATORY, "lead_time", message, check.template, "aliexpress_lead_time")
    elif check.content.lead_time_days > LEAD_TIME_USUAL:
        message = check.env._(
            "More than %(limit)s days of preparation are refused in most categories.", limit=LEAD_TIME_USUAL
        )
        yield Problem(RECOMMENDED, "lead_time", message, check.template, "aliexpress_lead_time")


def check_lot(check):
    family = FAMILIES.get(check.account.family)
    if check.content.lot_size and family and not family.sells_lots:
        message = check.env._(
            "Lots cannot be published for this kind of shop. Sell the product by the piece, or as a product of its own."
        )
        yield Problem(MANDATORY, "unit", message, check.template, "aliexpress_lot_size")


def check_freight_template(check):
    ref = check.content.freight_template_ref
    # Of None nothing is told: AliExpress keeps the one it has.
    if ref in ("", rules.FORBIDDEN_FREIGHT_TEMPLATE):
        message = check.env._(
            "The shop %(shop)s has no freight template for its products. Create one in the AliExpress seller centre, "
            "press Refresh Shop Data on the shop and choose it there.",
            shop=check.account.name,
        )
        yield Problem(MANDATORY, "freight", message, check.account, "freight_template_id")


def check_terms(check):
    """What the seller has removed on AliExpress is no longer sent; the seller chooses something else."""
    listing, account = check.listing, check.account
    terms = {
        "freight": "freight_template_id",
        "service": "service_template_id",
        "group": "product_group_id",
        "size_chart": "size_chart_id",
    }
    for section, name in terms.items():
        holder = listing if listing[name] or name not in account._fields else account
        if holder[name] and not holder[name].active:
            message = check.env._(
                "%(term)s: AliExpress no longer has %(name)s. Choose another on %(holder)s.",
                term=holder._fields[name]._description_string(check.env),
                name=holder[name].name,
                holder=holder.display_name,
            )
            yield Problem(MANDATORY, section, message, holder, name)


def check_group(check):
    holder = check.listing if check.listing.product_group_id else check.account
    group = holder.product_group_id
    if group and not group.is_leaf:
        message = check.env._(
            "The product group %(group)s has groups below it. Choose one of those on %(holder)s.",
            group=group.name,
            holder=holder.display_name,
        )
        yield Problem(MANDATORY, "group", message, holder, "product_group_id")


def check_size_chart(check):
    """AliExpress does not tell which categories demand one; a shop that made several for this one will know."""
    if check.content.size_chart_ref:
        return
    charts = check.shop.size_charts.get(check.template.aliexpress_category_id, ())
    if len(charts) > 1:
        message = check.env._(
            "The shop has several size charts for this category: %(charts)s. Choose one on the listing: many "
            "categories take no product without it.",
            charts=", ".join(charts.mapped("name")),
        )
        yield Problem(RECOMMENDED, "size_chart", message, check.listing, "size_chart_id")


def check_kept(check):
    """What was taken away here and cannot be taken away there."""
    places = {
        "marketing": (check.template, "aliexpress_image_ids"),
        "size_chart": (check.listing, "size_chart_id"),
        "freight": (check.listing, "freight_template_id"),
        "service": (check.listing, "service_template_id"),
        "group": (check.listing, "product_group_id"),
    }
    for section in check.listing._get_kept_sections(check.content):
        record, name = places[section]
        message = check.env._(
            "%(term)s: AliExpress keeps what it was told before, for it cannot be told that there is none. Choose "
            "another here, or remove it in AliExpress' seller centre.",
            term=record._fields[name]._description_string(check.env),
        )
        yield Problem(RECOMMENDED, section, message, record, name)


# In the order in which people mend.
RULES = (
    *ATTRIBUTE_RULES,
    check_titles,
    check_repeated_words,
    check_description,
    check_image_count,
    check_image_files,
    *SKU_RULES,
    check_weight,
    check_package,
    check_lead_time,
    check_lot,
    check_brand,
    check_shop,
    check_freight_template,
    check_terms,
    check_group,
    check_size_chart,
    check_kept,
)
