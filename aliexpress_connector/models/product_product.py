from odoo import fields, models


class ProductProduct(models.Model):
    _inherit = "product.product"

    aliexpress_sku_code = fields.Char(
        string="AliExpress SKU Code",
        copy=False,
        index="btree_not_null",
        help="Code of this variant on AliExpress, where it is not the internal reference.",
    )
