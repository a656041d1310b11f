from odoo import api, fields, models


class AliexpressOrderStatus(models.Model):
    """What an AliExpress order status means here. Shared by all shops; the row alone decides what happens to orders."""

    _name = "aliexpress.order.status"
    _description = "AliExpress Order Status"
    _order = "sequence, id"
    _rec_name = "code"

    code = fields.Char(required=True, help="The status as AliExpress writes it.")
    name = fields.Char(required=True, translate=True, help="The status as people read it.")
    sequence = fields.Integer(default=100)
    stage = fields.Selection(
        [
            ("pending_payment", "Waiting for payment"),
            ("new", "New, being checked"),
            ("waiting_shipment", "Waiting for shipment"),
            ("shipped", "Shipped"),
            ("cancel_requested", "Cancellation requested"),
            ("disputed", "Disputed"),
            ("frozen", "Frozen"),
            ("closed", "Closed"),
            ("cancelled", "Cancelled"),
            ("unknown", "Unknown"),
        ],
        required=True,
        default="unknown",
        help="Where an order with this status stands.",
    )
    action = fields.Selection(
        [
            ("none", "Do nothing"),
            ("draft", "Create a quotation"),
            ("confirm", "Confirm the sale order"),
            ("ship", "Note that it was shipped"),
            ("hold", "Hold the delivery"),
            ("close", "Lock the sale order"),
            ("cancel", "Cancel the sale order"),
        ],
        required=True,
        default="hold",
        help="What happens in Odoo when an order comes to this status.",
    )

    _code_uniq = models.UniqueIndex("(code)", "This AliExpress status already has a row.")

    @api.model
    def _get_rows(self, codes):
        """`{code: row}` for these statuses. A status without a row gets one that holds its orders until a person
        decides.
        """
        rows = {
            row.code: row for row in self.sudo().search([("code", "in", list(codes))])
        }  # shared by all shops, written by jobs
        missing = sorted(code for code in codes if code not in rows)
        new_rows = self.sudo().create([{"code": code, "name": code} for code in missing])
        return rows | {row.code: row for row in new_rows}
