from odoo import api, fields, models


class AliexpressOfferComparison(models.Model):
    """How far the comparison of a shop's offers has come.

    A record of its own, because it is written every few minutes: on the shop it would collide with the other jobs.
    """

    _name = "aliexpress.offer.comparison"
    _description = "AliExpress Offer Comparison"
    _rec_name = "account_id"

    account_id = fields.Many2one("aliexpress.account", string="Shop", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(related="account_id.company_id", store=True)
    looked_until = fields.Datetime(readonly=True, help="Every change in Odoo up to this time was compared.")
    full_start = fields.Datetime(readonly=True, help="When the full comparison under way began.")
    full_date = fields.Datetime(readonly=True, help="When the last complete comparison began. Empty: one is due now.")
    position = fields.Integer(
        readonly=True, help="Last SKU that the full comparison under way has seen; zero: none is under way."
    )
    seen_rules = fields.Json(readonly=True, help="Pricelist rules at the last look: what is missing later was deleted.")

    drift_start = fields.Datetime(readonly=True, help="When the last reading of AliExpress' prices and stock began.")
    drift_calls_left = fields.Integer(readonly=True, help="How many listings the reading under way may still read.")

    _account_uniq = models.UniqueIndex("(account_id)", "Each shop has one comparison.")

    @api.model
    def _get_comparison(self, account):
        """The record of `account`, created at the first use."""
        return self.search([("account_id", "=", account.id)]) or self.create({"account_id": account.id})
