from odoo import api, fields, models


class ProductCategory(models.Model):
    _inherit = "product.category"

    aliexpress_category_id = fields.Many2one(
        "aliexpress.category",
        string="AliExpress Category",
        compute="_compute_aliexpress_category_id",
        store=True,
        readonly=False,
        recursive=True,
        domain=[("is_leaf", "=", True)],
        help="Products of this category that have no AliExpress category yet get this one.",
        groups="base.group_user",
    )

    @api.depends("parent_id.aliexpress_category_id")
    def _compute_aliexpress_category_id(self):
        for category in self:
            category.aliexpress_category_id = (
                category.aliexpress_category_id or category.parent_id.aliexpress_category_id
            )
