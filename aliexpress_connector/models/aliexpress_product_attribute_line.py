from odoo import api, fields, models
from odoo.exceptions import ValidationError

TOLD_FIELDS = {"attribute_id", "name", "value_ids", "text", "unit"}


class AliexpressProductAttributeLine(models.Model):
    """What a product says about one attribute of its AliExpress category, or about an attribute of its own (`name`
    and `text`).
    """

    _name = "aliexpress.product.attribute.line"
    _description = "AliExpress Attribute of a Product"
    _order = "requirement desc, sequence, id"
    _rec_name = "attribute_id"

    product_tmpl_id = fields.Many2one(
        "product.template", string="Product", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="product_tmpl_id.company_id", store=True, index="btree_not_null")
    sequence = fields.Integer(default=10)
    category_id = fields.Many2one(related="product_tmpl_id.aliexpress_category_id")
    attribute_id = fields.Many2one(
        "aliexpress.attribute",
        index="btree_not_null",
        ondelete="cascade",
        domain="[('category_id', '=', category_id), ('is_sku', '=', False)]",
        help="Empty for an attribute of your own.",
    )
    name = fields.Char(string="Own Attribute", help="Name of an attribute that AliExpress' category does not have.")
    value_ids = fields.Many2many(
        "aliexpress.attribute.value",
        "aliexpress_product_attribute_value_rel",
        "line_id",
        "value_id",
        string="Values",
        domain="[('attribute_id', '=', attribute_id)]",
        ondelete="cascade",
        help="What the product has; only values that AliExpress offers can be chosen.",
    )
    text = fields.Char(
        help="Free text, or what the value Other stands for. Fields of the product can be named: {default_code}."
    )
    unit = fields.Char(help="Unit of a number, where the attribute asks for one. Empty: the first of the units.")
    units = fields.Char(related="attribute_id.units")
    # The names sort as people read them: mandatory first.
    requirement = fields.Selection(
        [("3_required", "Mandatory"), ("2_recommended", "Recommended"), ("1_other", "Other")],
        compute="_compute_requirement",
        store=True,
        help="Whether AliExpress takes the product without it.",
    )

    # Unlike `write_date`, it stays when AliExpress changes what the attribute is like.
    told_date = fields.Datetime(copy=False, readonly=True)  # when somebody last changed what the product has

    _attribute_uniq = models.UniqueIndex(
        "(product_tmpl_id, attribute_id) WHERE attribute_id IS NOT NULL", "Each attribute stands once on a product."
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Override to note when the lines were told."""
        now = self.env.cr.now()
        return super().create([{"told_date": now} | vals for vals in vals_list])

    def write(self, vals):
        """Override to note when what the lines tell was changed."""
        if not TOLD_FIELDS.isdisjoint(vals):
            vals = {"told_date": self.env.cr.now()} | vals
        return super().write(vals)

    @api.depends("attribute_id.is_required", "attribute_id.is_key")
    def _compute_requirement(self):
        for line in self:
            attribute = line.attribute_id
            line.requirement = (
                "3_required" if attribute.is_required else "2_recommended" if attribute.is_key else "1_other"
            )

    @api.constrains("attribute_id", "name")
    def _check_name(self):
        for line in self:
            if not line.attribute_id and not line.name:
                raise ValidationError(
                    self.env._(
                        "A line of the AliExpress attributes of %(product)s names no attribute. Choose one, or "
                        "write the name of your own.",
                        product=line.product_tmpl_id.display_name,
                    )
                )

    @api.constrains("attribute_id", "value_ids")
    def _check_values(self):
        for line in self:
            if line.value_ids.attribute_id - line.attribute_id:
                raise ValidationError(
                    self.env._(
                        "The values of %(attribute)s on %(product)s belong to another attribute. Choose them "
                        "from its list.",
                        attribute=line.attribute_id.name or line.name,
                        product=line.product_tmpl_id.display_name,
                    )
                )

    @api.onchange("attribute_id")
    def _onchange_attribute_id(self):
        self.value_ids = self.value_ids.filtered(lambda value: value.attribute_id == self.attribute_id._origin)
        units = self.attribute_id._get_units()
        self.unit = self.unit if self.unit in units else next(iter(units), False)
