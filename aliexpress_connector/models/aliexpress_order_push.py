from odoo import api, models


class AliexpressOrder(models.Model):
    """How pushed messages get orders read at once."""

    _inherit = "aliexpress.order"

    @api.model
    def _cron_fetch_orders(self):
        """Override to look at what was pushed first."""
        self.env["aliexpress.push.message"]._take_messages()
        return super()._cron_fetch_orders()
