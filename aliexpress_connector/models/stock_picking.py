from odoo import fields, models


class StockPicking(models.Model):
    _inherit = "stock.picking"

    aliexpress_shipment_ids = fields.One2many("aliexpress.shipment", "picking_id", string="AliExpress Shipments")
