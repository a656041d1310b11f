from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..lib.catalogue_rules import CUSTOM_VALUE_FORBIDDEN, CUSTOM_VALUE_LENGTH


class AliexpressAttributeMappingValue(models.Model):
    """What an Odoo attribute value is called on AliExpress."""

    _name = "aliexpress.attribute.mapping.value"
    _description = "AliExpress Value Mapping"
    _order = "product_attribute_value_id"
    _rec_name = "product_attribute_value_id"

    mapping_id = fields.Many2one("aliexpress.attribute.mapping", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="mapping_id.company_id", store=True, index="btree_not_null")
    attribute_id = fields.Many2one(related="mapping_id.attribute_id")
    product_attribute_id = fields.Many2one(related="mapping_id.product_attribute_id")
    product_attribute_value_id = fields.Many2one(
        "product.attribute.value",
        string="Odoo Value",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('attribute_id', '=', product_attribute_id)]",
        help="The value on your products.",
    )
    value_id = fields.Many2one(
        "aliexpress.attribute.value",
        string="AliExpress Value",
        index="btree_not_null",
        ondelete="set null",
        domain="[('attribute_id', '=', attribute_id)]",
        help="The value of AliExpress that it stands for.",
    )
    custom_name = fields.Char(
        help="Shown to buyers in the place of AliExpress' name, where the attribute allows names of one's own. At most "
        "70 characters, without # : = and comma."
    )

    _value_uniq = models.UniqueIndex("(mapping_id, product_attribute_value_id)", "Each value is mapped once.")

    @api.onchange("value_id")
    def _onchange_value_id(self):
        """A value that AliExpress calls otherwise keeps the name it has here."""
        name = self.product_attribute_value_id.name
        if self.value_id and not self.custom_name and self.attribute_id.has_custom_name and name != self.value_id.name:
            self.custom_name = "".join(char for char in name or "" if char not in CUSTOM_VALUE_FORBIDDEN)[
                :CUSTOM_VALUE_LENGTH
            ]

    @api.constrains("custom_name")
    def _check_custom_name(self):
        for line in self:
            name = line.custom_name or ""
            if len(name) > CUSTOM_VALUE_LENGTH or set(name) & set(CUSTOM_VALUE_FORBIDDEN):
                raise ValidationError(
                    self.env._(
                        "The name %(name)s cannot be used on AliExpress: at most %(count)s characters, without # "
                        ": = and comma.",
                        name=name,
                        count=CUSTOM_VALUE_LENGTH,
                    )
                )
