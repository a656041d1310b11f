from odoo import api, fields, models

from .aliexpress_account_setup import FLOWS

CATALOGUE_FLOWS = ("sync_listings", "sync_offers")


class AliexpressAccount(models.Model):
    """What a shop leaves undone because somebody switched it off, or because nobody connected the shop."""

    _inherit = "aliexpress.account"

    switched_off = fields.Char(
        compute="_compute_switched_off", help="The flows of this shop that are switched off: nothing of them happens."
    )

    @api.depends("family", *FLOWS)
    def _compute_switched_off(self):
        labels = [(flow, self._fields[flow]._description_string(self.env)) for flow in FLOWS]
        for account in self:
            # General sellers list their products in the seller centre: nobody misses what cannot be switched on.
            offered = [row for row in labels if row[0] not in CATALOGUE_FLOWS or account._has_catalogue()]
            account.switched_off = ", ".join(label for flow, label in offered if not account[flow])

    def _describe_standstill(self, flow):
        """Translated text: why no job does anything of `flow` (name of its switch) in this shop; "" when one does."""
        self.ensure_one()
        if not self.active:
            return self.env._(
                "The shop %(name)s is archived: nothing is imported and nothing is sent. Unarchive it to go on.",
                name=self.name,
            )
        if self.state == "expired":
            return self._describe_connection()
        if self.state != "connected":
            return self.env._(
                "The shop %(name)s is not connected: nothing is imported and nothing is sent. Open the shop and press "
                "Connect with AliExpress.",
                name=self.name,
            )
        if not self[flow]:
            return self.env._(
                "%(flow)s is switched off in the shop %(name)s: nothing of it happens. Switch it on there, and what "
                "waits goes on.",
                flow=self._fields[flow]._description_string(self.env),
                name=self.name,
            )
        return ""
