from odoo import fields, models


class AliexpressSizeChart(models.Model):
    """A size chart for a category; made in the seller centre."""

    _name = "aliexpress.size.chart"
    _description = "AliExpress Size Chart"
    _inherit = ["aliexpress.category.metadata.mixin"]

    is_default = fields.Boolean(
        string="From AliExpress", readonly=True, help="Comes with AliExpress, is not the seller's."
    )
