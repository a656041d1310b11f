"""What will be sent, line by line in words, beside what AliExpress has."""

from dataclasses import dataclass, replace

from ..lib.catalogue_rules import OTHER_VALUE
from ..lib.html_text import clean_html, html_to_text
from .aliexpress_listing_content import DEDUCTIONS

# The sections of what is shown under package and terms.
MEASURES = ("unit", "weight", "package_size", "lead_time", "deduction", "freight", "service", "group")


@dataclass(frozen=True)
class PreviewLine:
    """One fact: its place, what will be sent, and what AliExpress has ("" when it was not asked). `is_offer`: it is a
    price or a quantity. `parts` names the sections of the content (see `SECTIONS`) that are sent for it.
    """

    section: str
    label: str
    wanted: str
    present: str
    is_different: bool
    is_offer: bool = False
    parts: tuple[str, ...] = ()


def make_lines(listing, content, detail=None):
    """The `PreviewLine`s of `content` (a ProductContent) beside `detail` (the ProductDetail of AliExpress, where it
    was read).

    Some of it AliExpress shows otherwise than it was sent, pictures for instance, or not at all. There the digests tell
    whether something changed since.
    """
    # Of what was not published from here nobody knows.
    unsent = set(listing._get_sections_to_send(content)) if detail and listing.content_digests else set()
    by_section = {
        ("title",): _title_lines(listing, content, detail),
        ("description",): _description_lines(listing, content, detail),
        ("images", "marketing"): _picture_lines(listing, content, detail, "images" in unsent),
        ("category", "brand", "size_chart"): [
            *_attribute_lines(listing, content, detail),
            *_brand_lines(listing, content, detail),
        ],
        MEASURES: _measure_lines(listing, content, detail),
        ("skus", "sku_images"): _sku_lines(listing, content, detail),
    }
    lines = []
    for names, of_section in by_section.items():
        of_section = list(of_section)
        if unsent & set(names) and not any(line.is_different for line in of_section):
            of_section.append(_make_change_line(listing.env, of_section))
        lines += [replace(line, parts=() if line.is_offer else names) for line in of_section]
    return lines


def _make_change_line(env, lines):
    """The line for a change that none of `lines` can show."""
    section = lines[-1].section if lines else ""
    return PreviewLine(section, env._("Changed since it was last sent"), env._("Yes"), "", True)


def _line(section, label, wanted, present, detail, *, key=str, is_offer=False):
    """A line; without `detail`, or where AliExpress tells nothing, there is nothing to differ from."""
    wanted, present = _text(wanted), _text(present)
    is_different = bool(detail) and key(wanted) != key(present)
    return PreviewLine(section, label, wanted, present if detail else "", is_different, is_offer)


def _text(value):
    return "" if value is None else str(value)


def _title_lines(listing, content, detail):
    env = listing.env
    section = env._("Texts and pictures")
    for language, title in content.titles.items():
        present = detail.titles.get(language, detail.name if len(content.titles) == 1 else "") if detail else ""
        yield _line(section, env._("Title (%(language)s)", language=language), title, present, detail)


def _description_lines(listing, content, detail):
    env = listing.env
    section = env._("Texts and pictures")
    for language, description in (content.descriptions or {}).items():
        present = detail.descriptions.get(language) if detail else None
        yield _line(
            section,
            env._("Description (%(language)s)", language=language),
            html_to_text(description.html),
            html_to_text(clean_html(present.html)) if present else "",
            detail,
        )
        if description.text:
            label = env._("Description for telephones (%(language)s)", language=language)
            yield _line(section, label, description.text, present.text if present else "", detail, key=str.split)


def _picture_lines(listing, content, detail, is_changed):
    env = listing.env
    section = env._("Texts and pictures")
    line = _line(section, env._("Pictures"), len(content.image_urls), detail and len(detail.image_urls), detail)
    yield replace(line, is_different=line.is_different or is_changed)
    marketing = content.marketing_images
    if marketing:
        # AliExpress does not show these.
        shapes = [(marketing.portrait_url, env._("3:4")), (marketing.square_url, env._("1:1"))]
        text = ", ".join(shape for url, shape in shapes if url)
        yield _line(section, env._("Marketing pictures"), text, "", None)


def _attribute_lines(listing, content, detail):
    env = listing.env
    section = env._("Category and attributes")
    category = listing.product_tmpl_id.aliexpress_category_id
    present = ""
    if detail:
        found = env["aliexpress.category"].search([("ref", "=", detail.category_ref)], limit=1)
        present = found.display_name or detail.category_ref
    yield _line(section, env._("Category"), category.display_name or "", present, detail)
    attributes = {attribute.ref: attribute for attribute in category.attribute_ids}
    theirs = _merge_choices(detail.attributes if detail else (), attributes)
    ours = _merge_choices(content.attributes, attributes)
    for name in [*ours, *(name for name in theirs if name not in ours)]:
        yield _line(section, name, ours.get(name, ""), theirs.get(name, ""), detail)


def _merge_choices(choices, attributes):
    """{attribute name: its values in words}; AliExpress tells several values of one attribute one by one."""
    merged = {}
    for choice in choices:
        attribute = attributes.get(choice.attribute_ref)
        names = {value.ref: value.name for value in attribute.value_ids} if attribute else {}
        words = [names.get(ref, ref) for ref in choice.value_refs]
        if choice.text and (not words or OTHER_VALUE in choice.value_refs):
            words.append(f"{choice.text} {choice.unit}".strip())
        merged.setdefault(attribute.name if attribute else choice.name, set()).update(words)
    return {name: ", ".join(sorted(words)) for name, words in merged.items()}


def _brand_lines(listing, content, detail):
    env = listing.env
    section = env._("Category and attributes")
    if content.brand:
        # AliExpress does not show it.
        yield _line(section, env._("Brand"), content.brand, "", None)
    if content.size_chart_ref:
        name_of = _get_namer(listing)
        wanted = name_of("aliexpress.size.chart", content.size_chart_ref)
        present = detail and name_of("aliexpress.size.chart", detail.size_chart_ref)
        yield _line(section, env._("Size chart"), wanted, present, detail)


def _get_namer(listing):
    """A function that names the record of a model (str) of the shop that has a ref."""

    def name_of(model, ref):
        domain = [("account_id", "=", listing.account_id.id), ("ref", "=", ref)]
        found = listing.env[model].search(domain, limit=1) if ref else None
        return found.name if found else ref

    return name_of


def _measure_lines(listing, content, detail):
    env = listing.env
    section = env._("Package and terms")
    name_of = _get_namer(listing)
    account = listing.account_id
    units = dict(account._fields["unit_code"]._description_selection(env))
    labels = dict(account._fields["stock_deduction"]._description_selection(env))
    deductions = {code: labels[choice] for choice, code in DEDUCTIONS.items()}
    facts = [
        (env._("Sold per"), lambda values: units.get(values.unit_code, values.unit_code)),
        (env._("Pieces per lot"), lambda values: values.lot_size or 1),
        (env._("Weight (kg)"), lambda values: values.weight and f"{values.weight.normalize():f}"),
        (env._("Package (cm)"), lambda values: values.package_size and " × ".join(map(str, values.package_size))),
        (env._("Preparation days"), lambda values: values.lead_time_days),
        (env._("Stock deduction"), lambda values: deductions.get(values.deduction, values.deduction)),
        (
            env._("Freight template"),
            lambda values: name_of("aliexpress.freight.template", values.freight_template_ref),
        ),
        (
            env._("Service template"),
            lambda values: name_of("aliexpress.service.template", values.service_template_ref),
        ),
    ]
    for label, read in facts:
        wanted = read(content)
        line = _line(section, label, wanted, read(detail) if detail else "", detail)
        # Of what nobody chose nothing is sent.
        yield replace(line, is_different=line.is_different and wanted is not None)
    if content.group_ref:
        refs = (content.group_ref, *(detail.group_refs if detail else ()))
        wanted, *present = (name_of("aliexpress.product.group", ref) for ref in refs)
        line = _line(section, env._("Product group"), wanted, ", ".join(present), detail)
        yield replace(line, is_different=bool(detail) and content.group_ref not in detail.group_refs)


def _sku_lines(listing, content, detail):
    env = listing.env
    theirs = {sku.sku_code: sku for sku in detail.skus} if detail else {}
    for sku in content.skus:
        section = env._("SKU %(code)s", code=sku.sku_code)
        present = theirs.pop(sku.sku_code, None)
        yield _line(section, env._("Values"), _values(listing, sku), _values(listing, present), detail)
        yield _line(section, env._("Price"), sku.price, present and present.price, detail, key=_amount, is_offer=True)
        if sku.sale_price is not None or (present and present.sale_price is not None):
            # Without a source of sale prices AliExpress' own stays.
            yield _line(section, env._("Sale price"), sku.sale_price, present and present.sale_price, None)
        yield _line(section, env._("Quantity"), sku.quantity, present and present.quantity, detail, is_offer=True)
        if sku.ean or (present and present.ean):
            yield _line(section, env._("EAN"), sku.ean, present and present.ean, detail)
        yield from _sku_picture_lines(env, section, sku, present, detail)
    for code, sku in theirs.items():
        section = env._("SKU %(code)s", code=code or sku.sku_ref)
        yield _line(section, env._("Values"), "", _values(listing, sku), detail)


def _sku_picture_lines(env, section, sku, present, detail):
    has_own, has_theirs = (
        any(attribute.image_url for attribute in each.attributes) if each else False for each in (sku, present)
    )
    if has_own or has_theirs:
        words = {True: env._("Yes"), False: env._("No")}
        yield _line(section, env._("Picture of its own"), words[has_own], words[has_theirs], detail)


def _values(listing, sku):
    if not sku:
        return ""
    attributes = {
        attribute.ref: attribute for attribute in listing.product_tmpl_id.aliexpress_category_id.attribute_ids
    }
    words = []
    for told in sku.attributes:
        attribute = attributes.get(told.attribute_ref)
        names = {value.ref: value.name for value in attribute.value_ids} if attribute else {}
        words.append(told.custom_name or names.get(told.value_ref, told.value_ref))
    return ", ".join(words)


def _amount(text):
    return float(text) if text else 0.0
