from odoo import api, models


class AliexpressShipment(models.Model):
    _inherit = "aliexpress.shipment"

    @api.model
    def _cron_push_shipments(self):
        """Override to do it in jobs."""
        if not self.env["aliexpress.account"]._delay_flow("push_shipments"):
            super()._cron_push_shipments()
