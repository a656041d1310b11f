from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .composed_text import find_wrong_paths
from .translated_names import get_names, index_by_name


class AliexpressAttributeMapping(models.Model):
    """Where the products of a category take an AliExpress attribute from, said once for all of them.

    One of: an Odoo attribute, whose values are mapped in the lines; fixed values; a text, fixed or composed of product
    fields. What a product says in its own attribute lines goes first, a mapping of the shop goes before one of all
    shops.
    """

    _name = "aliexpress.attribute.mapping"
    _description = "AliExpress Attribute Mapping"
    _check_company_auto = True
    _rec_name = "attribute_id"
    _order = "category_id, account_id, id"

    account_id = fields.Many2one(
        "aliexpress.account",
        string="Shop",
        index="btree_not_null",
        ondelete="cascade",
        check_company=True,
        help="Empty: all shops.",
    )
    company_id = fields.Many2one(related="account_id.company_id", store=True, index="btree_not_null")
    category_id = fields.Many2one(
        "aliexpress.category", required=True, index=True, ondelete="cascade", domain=[("is_leaf", "=", True)]
    )
    attribute_id = fields.Many2one(
        "aliexpress.attribute",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('category_id', '=', category_id)]",
    )
    is_sku = fields.Boolean(related="attribute_id.is_sku")
    product_attribute_id = fields.Many2one(
        "product.attribute",
        string="Odoo Attribute",
        index="btree_not_null",
        ondelete="cascade",
        help="The values are taken from here.",
    )
    line_ids = fields.One2many("aliexpress.attribute.mapping.value", "mapping_id", string="Value Mapping")
    value_ids = fields.Many2many(
        "aliexpress.attribute.value",
        "aliexpress_attribute_mapping_fixed_rel",
        "mapping_id",
        "value_id",
        string="Fixed Values",
        domain="[('attribute_id', '=', attribute_id)]",
        ondelete="cascade",
        help="Given to every product of the category.",
    )
    text = fields.Char(
        string="Fixed Text",
        help="May name fields of the product in braces: {default_code}, {categ_id.name}, {product_tag_ids.name}.",
    )
    unmapped_count = fields.Integer(
        compute="_compute_unmapped_count",
        string="Values to Map",
        help="Values of your products that AliExpress has no word for yet.",
    )

    _attribute_uniq = models.UniqueIndex(
        "(attribute_id, COALESCE(account_id, 0))", "This attribute already has a mapping for the same shop."
    )

    @api.depends("line_ids.value_id.active")
    def _compute_unmapped_count(self):
        for mapping in self:
            mapping.unmapped_count = len(mapping.line_ids.filtered(lambda line: not line.value_id.active))

    @api.constrains("text")
    def _check_text(self):
        for mapping in self:
            wrong = find_wrong_paths(self.env["product.template"], mapping.text)
            if wrong:
                raise ValidationError(
                    self.env._(
                        "The text of %(attribute)s names fields that products do not have: %(paths)s. Use names such "
                        "as {default_code} or {categ_id.name}.",
                        attribute=mapping.attribute_id.name,
                        paths=", ".join(wrong),
                    )
                )

    @api.constrains("attribute_id", "category_id")
    def _check_category(self):
        for mapping in self:
            if mapping.attribute_id.category_id != mapping.category_id:
                raise ValidationError(
                    self.env._(
                        "%(attribute)s is no attribute of the AliExpress category %(category)s. Choose one from "
                        "its list.",
                        attribute=mapping.attribute_id.name,
                        category=mapping.category_id.name,
                    )
                )

    # === BUSINESS METHODS === #

    def action_map_by_name(self):
        """Add the Odoo values that have no line yet, and map those that AliExpress calls the same."""
        self.check_access("write")
        self._map_values()

    def _map_values(self, product_values=None):
        """Give each Odoo value a line, mapped where AliExpress has a value of that name; `product_values` limits
        which ones get a line.
        """
        lines = []
        for mapping in self.filtered("product_attribute_id"):
            wanted = mapping.product_attribute_id.value_ids
            if product_values is not None:
                wanted &= product_values
            open_lines = mapping.line_ids.filtered(lambda line: not line.value_id.active)
            new = wanted - mapping.line_ids.product_attribute_value_id
            found = _find_by_name(new | open_lines.product_attribute_value_id, mapping.attribute_id.value_ids)
            for line in open_lines:
                line.value_id = found.get(line.product_attribute_value_id.id)
            lines += [
                {"mapping_id": mapping.id, "product_attribute_value_id": value.id, "value_id": found.get(value.id)}
                for value in new
            ]
        return self.env["aliexpress.attribute.mapping.value"].create(lines)

    @api.model
    def _map_products(self, templates):
        """Map what the attributes of `templates` and of their AliExpress categories share by name, where nobody has
        mapped it yet.
        """
        for category, products in templates.grouped("aliexpress_category_id").items():
            product_attributes = products.attribute_line_ids.attribute_id
            if not category or not product_attributes:
                continue
            mappings = self.search([("category_id", "=", category.id)])
            free = category.attribute_ids - mappings.attribute_id
            found = _find_by_name(product_attributes - mappings.product_attribute_id, free)
            values = [
                {"category_id": category.id, "attribute_id": attribute_id, "product_attribute_id": product_attribute_id}
                for attribute_id, product_attribute_id in {attribute: mine for mine, attribute in found.items()}.items()
            ]
            mappings |= self.create(values)
            mappings._map_values(products.attribute_line_ids.value_ids)


def _find_by_name(records, candidates):
    """{id of record: id of the candidate that is called the same in any language}, without those that have none."""
    index = index_by_name(candidates)
    found = {
        record_id: next((index[name] for name in sorted(names) if name in index), None)
        for record_id, names in get_names(records).items()
    }
    return {record_id: candidate.id for record_id, candidate in found.items() if candidate}
