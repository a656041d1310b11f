from odoo import fields, models


class AliexpressShipmentLine(models.Model):
    """How much of a child order is in a parcel.

    Where a delivery has several numbers and nobody said which goods travel under which, each of its parcels lists all.
    """

    _name = "aliexpress.shipment.line"
    _description = "AliExpress Shipment Line"
    _check_company_auto = True

    shipment_id = fields.Many2one("aliexpress.shipment", required=True, index=True, ondelete="cascade")
    account_id = fields.Many2one(related="shipment_id.account_id", store=True, index=True)
    company_id = fields.Many2one(related="shipment_id.company_id", store=True)
    order_line_id = fields.Many2one(
        "aliexpress.order.line",
        string="Child Order",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        help="The line of the AliExpress order that is in the parcel.",
    )
    sku_code = fields.Char(related="order_line_id.sku_code")
    name = fields.Char(related="order_line_id.name")
    quantity = fields.Float(
        digits="Product Unit", required=True, help="Counted as the child order counts: whole kits, whole lots."
    )
