"""What will be sent, line by line in words, beside what AliExpress has."""

from dataclasses import dataclass

from ..lib.catalogue_rules import UNITS
from ..lib.html_text import clean_html, html_to_text


@dataclass(frozen=True)
class PreviewLine:
    """One fact: its place, what will be sent, and what AliExpress has ("" when it was not asked)."""

    section: str
    label: str
    wanted: str
    present: str
    is_different: bool


def make_lines(listing, content, detail=None):
    """The `PreviewLine`s of `content` (a ProductContent) beside `detail` (the ProductDetail of AliExpress, where it
    was read).
    """
    return [
        *_text_lines(listing, content, detail),
        *_attribute_lines(listing, content, detail),
        *_measure_lines(listing, content, detail),
        *_sku_lines(listing, content, detail),
    ]


def _line(section, label, wanted, present, detail, *, key=str):
    """A line; without `detail`, or where AliExpress tells nothing, there is nothing to differ from."""
    wanted, present = _text(wanted), _text(present)
    is_different = bool(detail) and key(wanted) != key(present)
    return PreviewLine(section, label, wanted, present if detail else "", is_different)


def _text(value):
    return "" if value is None else str(value)


def _text_lines(listing, content, detail):
    env = listing.env
    section = env._("Texts and pictures")
    for language, title in content.titles.items():
        present = detail.titles.get(language, detail.name if len(content.titles) == 1 else "") if detail else ""
        yield _line(section, env._("Title (%(language)s)", language=language), title, present, detail)
    for language, description in (content.descriptions or {}).items():
        present = detail.descriptions.get(language) if detail else None
        yield _line(
            section,
            env._("Description (%(language)s)", language=language),
            html_to_text(description.html),
            html_to_text(clean_html(present.html)) if present else "",
            detail,
        )
    pictures = len(content.image_urls)
    yield _line(section, env._("Pictures"), pictures, len(detail.image_urls) if detail else "", detail)


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
        if choice.text and (not words or "4" in choice.value_refs):
            words.append(f"{choice.text} {choice.unit}".strip())
        merged.setdefault(attribute.name if attribute else choice.name, set()).update(words)
    return {name: ", ".join(sorted(words)) for name, words in merged.items()}


def _measure_lines(listing, content, detail):
    env = listing.env
    section = env._("Package and terms")
    account = listing.account_id

    def name_of(model, ref):
        found = env[model].search([("account_id", "=", account.id), ("ref", "=", ref)], limit=1) if ref else None
        return found.name if found else ref

    facts = [
        (env._("Sold per"), lambda values: UNITS.get(values.unit_code, values.unit_code)),
        (env._("Weight (kg)"), lambda values: values.weight and f"{values.weight.normalize():f}"),
        (env._("Package (cm)"), lambda values: values.package_size and " × ".join(map(str, values.package_size))),
        (env._("Preparation days"), lambda values: values.lead_time_days),
        (env._("Stock deduction"), lambda values: values.deduction),
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
        yield _line(section, label, read(content), read(detail) if detail else "", detail)


def _sku_lines(listing, content, detail):
    env = listing.env
    theirs = {sku.sku_code: sku for sku in detail.skus} if detail else {}
    for sku in content.skus:
        section = env._("SKU %(code)s", code=sku.sku_code)
        present = theirs.pop(sku.sku_code, None)
        yield _line(section, env._("Values"), _values(listing, sku), _values(listing, present), detail)
        yield _line(section, env._("Price"), sku.price, present and present.price, detail, key=_amount)
        if sku.sale_price is not None or (present and present.sale_price is not None):
            # Without a source of sale prices AliExpress' own stays.
            yield _line(section, env._("Sale price"), sku.sale_price, present and present.sale_price, None)
        yield _line(section, env._("Quantity"), sku.quantity, present and present.quantity, detail)
        if sku.ean or (present and present.ean):
            yield _line(section, env._("EAN"), sku.ean, present and present.ean, detail)
    for code, sku in theirs.items():
        section = env._("SKU %(code)s", code=code or sku.sku_ref)
        yield _line(section, env._("Values"), "", _values(listing, sku), detail)


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
