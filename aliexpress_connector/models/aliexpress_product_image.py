from odoo import fields, models


class AliexpressProductImage(models.Model):
    """A further picture of a product for AliExpress, beside the product's own."""

    _name = "aliexpress.product.image"
    _description = "AliExpress Picture of a Product"
    _order = "kind, sequence, id"

    product_tmpl_id = fields.Many2one(
        "product.template", string="Product", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="product_tmpl_id.company_id", store=True, index="btree_not_null")
    sequence = fields.Integer(default=10)
    name = fields.Char(string="Description")
    kind = fields.Selection(
        [("main", "Main picture"), ("portrait", "Marketing picture 3:4"), ("square", "Marketing picture 1:1")],
        default="main",
        required=True,
        help="AliExpress shows up to six main pictures. Marketing pictures are for its own pages: 3:4 of at least 750 "
        "× 1000 pixels, 1:1 of at least 800 × 800.",
    )
    image = fields.Image(required=True, help="Shown to buyers on AliExpress.")
