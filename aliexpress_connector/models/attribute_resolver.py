"""What a product's own lines, the mappings and Odoo's attributes together say about AliExpress' attributes."""

import re

from ..lib.catalogue_rules import OTHER_VALUE
from ..lib.catalogue_values import AttributeChoice, SkuAttribute
from .composed_text import compose

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
# 12,5 has decimals; whether 1,250 has, or is a thousand, quality asks.
_DECIMAL_COMMA = re.compile(r"-?\d+,\d{1,2}")
_MEASURE = re.compile(r"(-?\d+(?:[.,]\d+)?)\s*(\D+)")


class AttributeResolver:
    """Answers for products of one shop. Reads the mappings of `categories` once; makes no record.

    `images` tells the picture (text) of a variant, {id of product.product: picture}.
    """

    def __init__(self, account, categories):
        mappings = account.env["aliexpress.attribute.mapping"].search(
            [("category_id", "in", categories.ids), ("account_id", "in", [False, account.id])],
            # A mapping of the shop comes last and so replaces one of all shops.
            order="account_id NULLS FIRST, id",
        )
        self._mappings = {mapping.attribute_id.id: mapping for mapping in mappings}
        self._values = {
            (line.mapping_id.id, line.product_attribute_value_id.id): line
            for line in mappings.line_ids
            if line.value_id.active
        }

    # === PRODUCT ATTRIBUTES === #

    def get_choices(self, template):
        """The `AttributeChoice`s of a product, those of its category first, as a tuple."""
        told = self.get_told_values(template)
        choices = [
            self._make_choice(attribute, *said) for attribute, said in told.items() if self._applies(attribute, told)
        ]
        own = template.aliexpress_attribute_line_ids.filtered(lambda line: not line.attribute_id)
        choices += [AttributeChoice(name=line.name, text=text) for line in own if (text := _write(template, line.text))]
        return tuple(choice for choice in choices if choice)

    def get_asked_attributes(self, template):
        """The attributes (aliexpress.attribute) that AliExpress asks about the product: some only because of others'
        values.
        """
        told = self.get_told_values(template)
        attributes = template.aliexpress_category_id.attribute_ids.filtered(lambda attribute: not attribute.is_sku)
        return attributes.filtered(lambda attribute: self._applies(attribute, told))

    def get_told_values(self, template):
        """{attribute: (values, text, unit)} of what is said about the attributes of the product's category."""
        lines = {line.attribute_id.id: line for line in template.aliexpress_attribute_line_ids if line.attribute_id}
        attributes = template.aliexpress_category_id.attribute_ids.filtered(lambda attribute: not attribute.is_sku)
        told = {attribute: self._get_told(template, attribute, lines.get(attribute.id)) for attribute in attributes}
        return {attribute: said for attribute, said in told.items() if said[0] or said[1]}

    @staticmethod
    def _applies(attribute, told):
        parents = attribute.parent_value_ids
        return not parents or any(
            value in parents for other, (values, _text, _unit) in told.items() if other != attribute for value in values
        )

    def _get_told(self, template, attribute, line):
        """(values, text, unit) that are said about one attribute."""
        none = attribute.value_ids.browse()
        if line and (line.value_ids or line.text):
            return line.value_ids, _write(template, line.text), line.unit or ""
        mapping = self._mappings.get(attribute.id)
        if not mapping:
            return none, "", ""
        values = self._get_product_values(template, mapping)
        if attribute.is_text and values:
            return none, ", ".join(values.mapped("name")), ""
        mapped = [found.value_id for value in values if (found := self._values.get((mapping.id, value.id)))]
        return none.browse(value.id for value in mapped) or mapping.value_ids, _write(template, mapping.text), ""

    @staticmethod
    def _get_product_values(template, mapping):
        """The Odoo attribute values of a product that a mapping takes, in their order."""
        lines = template.attribute_line_ids.filtered(lambda line: line.attribute_id == mapping.product_attribute_id)
        return lines.value_ids

    @staticmethod
    def _make_choice(attribute, values, text, unit=""):
        if not attribute.is_multiple:
            values = values[:1]
        if not values and text:
            # What the list of the attribute does not have stands beside its Other.
            values = attribute.value_ids.filtered(lambda value: value.ref == OTHER_VALUE)
        if values and OTHER_VALUE not in values.mapped("ref"):
            text = ""  # a chosen value leaves nothing to say
        if not values and not text:
            return None
        text, unit = _split_measure(attribute, text, unit)
        return AttributeChoice(
            attribute_ref=attribute.ref,
            name=attribute.with_context(lang="en_US").name,
            value_refs=tuple(values.mapped("ref")),
            text=text,
            unit=unit,
            is_multiple=attribute.is_multiple,
        )

    # === SKU ATTRIBUTES === #

    def get_sku_attributes(self, variant, images=None):
        """The `SkuAttribute`s of a variant, as a tuple."""
        found = []
        has_image = False
        for attribute in variant.aliexpress_category_id.attribute_ids.filtered("is_sku"):
            value, custom_name = self._get_sku_value(variant, attribute)
            if not value:
                continue
            # AliExpress shows pictures for one attribute, as Odoo has one picture for a variant.
            picture = "" if has_image or not attribute.has_custom_image else (images or {}).get(variant.id, "")
            has_image = has_image or attribute.has_custom_image
            found.append(
                SkuAttribute(
                    attribute_ref=attribute.ref,
                    value_ref=value.ref,
                    custom_name=custom_name or "",
                    image_url=picture,
                    name=attribute.with_context(lang="en_US").name,
                )
            )
        return tuple(found)

    def _get_sku_value(self, variant, attribute):
        """The AliExpress value of a variant and the name it gets; an empty one where nothing is mapped."""
        mapping = self._mappings.get(attribute.id)
        if not mapping:
            return attribute.value_ids.browse(), ""
        ptavs = variant.product_template_attribute_value_ids
        ptav = ptavs.filtered(lambda ptav: ptav.attribute_id == mapping.product_attribute_id)[:1]
        line = self._values.get((mapping.id, ptav.product_attribute_value_id.id)) if ptav else None
        if line:
            return line.value_id, line.custom_name
        return mapping.value_ids[:1] if not ptav else attribute.value_ids.browse(), ""

    def find_mapping(self, attributes, product_attribute=None):
        """The mapping of one of `attributes` (aliexpress.attribute), taken from `product_attribute` where that is told;
        may be empty.
        """
        found = [self._mappings[attribute.id] for attribute in attributes if attribute.id in self._mappings]
        wanted = (
            mapping for mapping in found if not product_attribute or mapping.product_attribute_id == product_attribute
        )
        return next(wanted, attributes.env["aliexpress.attribute.mapping"])

    def get_unmapped_values(self, variants):
        """The Odoo values (product.attribute.value) that tell `variants` of one product apart and that AliExpress
        does not learn.
        """
        category = variants.aliexpress_category_id
        mappings = [
            self._mappings[attribute.id]
            for attribute in category.attribute_ids.filtered("is_sku")
            if attribute.id in self._mappings
        ]
        mapped = {mapping.product_attribute_id.id: mapping.id for mapping in mappings if mapping.product_attribute_id}
        values = variants.product_template_attribute_value_ids.product_attribute_value_id
        lines = variants.product_tmpl_id.attribute_line_ids
        distinguishing = {line.attribute_id.id for line in lines if len(line.value_ids) > 1}
        return values.filtered(
            lambda value: (
                value.attribute_id.id in distinguishing
                and (mapped.get(value.attribute_id.id), value.id) not in self._values
            )
        )


def _write(template, text):
    return compose(template, text, for_machines=True)


def _split_measure(attribute, text, unit):
    """(text, unit) as AliExpress takes them: a number with a point, and one of the attribute's units, the first one
    where nobody says which.
    """
    units = attribute._get_units()
    if not text or not (units or attribute.is_number):
        return text, ""
    told = _MEASURE.fullmatch(text)
    if told and told[2].strip() in units:
        text, unit = told[1], told[2].strip()
    if _DECIMAL_COMMA.fullmatch(text):
        text = text.replace(",", ".")
    if units and not unit and _NUMBER.fullmatch(text):
        unit = units[0]
    return text, unit if units else ""
