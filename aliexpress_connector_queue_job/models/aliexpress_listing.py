from odoo import api, models


class AliexpressListing(models.Model):
    _inherit = "aliexpress.listing"

    @api.model
    def _cron_publish_listings(self):
        """Override to do it in jobs."""
        if not self.env["aliexpress.account"]._delay_flow("publish_listings"):
            super()._cron_publish_listings()

    @api.model
    def _cron_refresh_listings(self):
        """Override to do it in jobs."""
        if not self.env["aliexpress.account"]._delay_flow("refresh_listings"):
            super()._cron_refresh_listings()

    @api.model
    def _cron_push_offers(self):
        """Override to do it in jobs."""
        if not self.env["aliexpress.account"]._delay_flow("push_offers"):
            super()._cron_push_offers()
