from odoo import fields, models


class AliexpressCancelRefuse(models.TransientModel):
    """Asks why a request to cancel is refused."""

    _name = "aliexpress.cancel.refuse"
    _description = "Refuse an AliExpress Cancellation"

    order_id = fields.Many2one("aliexpress.order", required=True, readonly=True)
    memo = fields.Text(string="Reason for the Buyer", required=True, help="The buyer reads this on AliExpress.")

    def action_confirm(self):
        """Store the decision; the job tells AliExpress."""
        self.order_id._decide_cancellation("refuse", self.memo)
