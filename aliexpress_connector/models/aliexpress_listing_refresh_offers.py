from odoo import api, fields, models
from odoo.fields import Domain

from ..lib.errors import NOT_FOUND, AliexpressError, FixError
from .product_reader import read_products

# Listings read and committed at once.
READ_BATCH = 12


class AliexpressListing(models.Model):
    """The nightly reading of prices and stock: what was changed outside Odoo is reported, and sent again as Odoo wants
    it.
    """

    _inherit = "aliexpress.listing"

    offer_read_date = fields.Datetime(
        string="Offers Read On", copy=False, readonly=True, help="When AliExpress last showed its prices and stock."
    )

    @api.model
    def _cron_refresh_listings(self):
        """Override to read prices and stock as well, of as many listings of each shop as it may."""
        Comparison = self.env["aliexpress.offer.comparison"]
        Account = self.env["aliexpress.account"]
        shops = Account._get_due_domain("sync_offers", calls_gateway=False)
        unfinished = Domain("drift_calls_left", ">", 0) & Domain("account_id", "any", shops)
        if not Comparison.search_count(unfinished, limit=1):
            super()._cron_refresh_listings()
            self._begin_drift_pass()
        for comparison in Comparison.search(unfinished):
            self._go_on_with_drift_pass(comparison)
        begun = Account._get_due_domain("sync_listings") & Domain("refresh_cursor", "!=", False)
        left = Comparison.search_count(unfinished) + Account.search_count(begun)
        self.env["ir.cron"]._commit_progress(remaining=left)

    @api.model
    def _begin_drift_pass(self):
        Account = self.env["aliexpress.account"]
        Comparison = self.env["aliexpress.offer.comparison"]
        due = Account._get_due_domain("sync_offers") & Domain("family", "!=", "general")
        for account in Account.search(due):
            self.env["aliexpress.listing.sku"]._retry_refused(account)
            Comparison._get_comparison(account).write(
                {"drift_start": fields.Datetime.now(), "drift_calls_left": account.drift_call_budget}
            )
        self.env["ir.cron"]._commit_progress()

    @api.model
    def _go_on_with_drift_pass(self, comparison):
        """Read the listings of one shop that were not read for longest, each batch committed."""
        account = comparison.account_id
        unread = Domain("offer_read_date", "=", False) | Domain("offer_read_date", "<=", comparison.drift_start)
        domain = self._get_offered_domain() & Domain("account_id", "=", account.id) & unread
        listings = self.search(
            domain & self._get_due_domain("sync_offers"),
            order="offer_read_date NULLS FIRST, id",
            limit=comparison.drift_calls_left,
        )
        if account._has_call_budget("content"):
            self.with_context(aliexpress_is_offer_job=True)._run_queue(
                domain & Domain("id", "in", listings.ids), "_read_offers", batch_size=READ_BATCH
            )
        still_unread = listings.filtered_domain(domain)
        read_count = len(listings) - len(still_unread)
        # Without progress the rest is for the next night.
        comparison.drift_calls_left = comparison.drift_calls_left - read_count if read_count and still_unread else 0
        self.env["ir.cron"]._commit_progress()

    def _read_offers(self):
        """Read these listings of one shop, take over what AliExpress has and report what differs."""
        for listing, detail in read_products(self.account_id._get_client(), self).items():
            if isinstance(detail, FixError):
                if detail.reason == NOT_FOUND:
                    listing._set_vanished(detail)
            elif isinstance(detail, AliexpressError):
                raise detail
            else:
                listing._mend_offer_drift(detail)
        self.offer_read_date = fields.Datetime.now()

    def _mend_offer_drift(self, detail):
        """Compare a `ProductDetail` that was just read with what AliExpress acknowledged for this listing.

        What it really has is taken over, so that the next run sends what Odoo wants; what was changed outside Odoo is
        told in the chatter. Returns the texts (translated) of these changes.
        """
        self.ensure_one()
        remote = {sku.sku_code: sku for sku in detail.skus}
        changes = []
        for sku in self.sku_ids.filtered("sku_code"):
            if sku.sku_code in remote:
                changes += sku._take_over_offer(remote[sku.sku_code])
            else:
                changes += sku._take_over_absence()
        if changes:
            message_env = self.account_id._get_message_env()
            text = message_env._("Changed on AliExpress, not from Odoo. Odoo's prices and stock are sent again:")
            self.message_post(body="\n".join([text, *changes]))
            self._trigger_offers()
        return changes
