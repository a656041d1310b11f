from datetime import timedelta
from functools import partial

from odoo import api, fields, models
from odoo.fields import Domain

from ..lib.errors import NOT_FOUND, FixError, TransientError
from .aliexpress_listing_content import get_stock_deduction
from .aliexpress_listing_refresh import NIGHT
from .offer_kinds import read_countries
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
        self = self._leave_out_unclear_shops()
        Account = self.env["aliexpress.account"]
        Comparison = self.env["aliexpress.offer.comparison"]
        # A shop that has to wait must not have the lists and prices of all the others read once more.
        is_reading = Comparison.search_count(self._get_unfinished_domain(calls_gateway=False), limit=1)
        is_listing = Account.search_count(self._get_begun_domain(), limit=1)
        if is_listing or not is_reading:
            super()._cron_refresh_listings()
        if not is_listing and not is_reading:
            self._begin_drift_passes()
        for comparison in Comparison.search(self._get_unfinished_domain()):
            self._go_on_with_drift_pass(comparison)
        begun = Account.search(self._get_begun_domain() & Account._get_due_domain("sync_listings"))
        left = begun.filtered(lambda account: account._has_call_budget("content"))
        self._wake_for_waiting_shops()
        self.env["ir.cron"]._commit_progress(
            remaining=Comparison.search_count(self._get_unfinished_domain()) + len(left)
        )

    @api.model
    def _get_unfinished_domain(self, calls_gateway=True):
        """Domain of the comparisons whose shop may read more prices and stock this night; with `calls_gateway` only
        those that need not wait now.
        """
        shops = self.env["aliexpress.account"]._get_due_domain("sync_offers", calls_gateway)
        tonight = Domain("drift_start", ">", fields.Datetime.now() - NIGHT)
        return Domain("drift_calls_left", ">", 0) & tonight & Domain("account_id", "any", shops)

    @api.model
    def _wake_for_waiting_shops(self):
        """Have the job go on when the first shop that waits with its reading of this night need not wait any more."""
        waiting = self.env["aliexpress.account"].search(self._get_begun_domain())
        waiting |= self.env["aliexpress.offer.comparison"].search(self._get_unfinished_domain(False)).account_id
        now = fields.Datetime.now()
        times = [account.retry_at for account in waiting if account.retry_at and account.retry_at > now]
        if times:
            self.env["ir.cron"]._aliexpress_wake("ir_cron_refresh_listings", at=min(times))

    @api.model
    def _begin_drift_passes(self):
        Account = self.env["aliexpress.account"]
        # Those that have to wait now are read later in the night.
        shops = Account._get_due_domain("sync_offers", calls_gateway=False) & Domain("family", "!=", "general")
        for account in Account.search(shops):
            account._guard_fetching(partial(self._begin_drift_pass, account))

    @api.model
    def _begin_drift_pass(self, account):
        """Have the prices and stock of `account` read tonight, and commit that."""
        self.env["aliexpress.listing.sku"]._retry_refused(account)
        comparison = self.env["aliexpress.offer.comparison"]._get_comparison(account)
        # Later than all that was read before, though the clock knows seconds only.
        start = max(fields.Datetime.now(), comparison.drift_start or fields.Datetime.now()) + timedelta(seconds=1)
        comparison.write({"drift_start": start, "drift_calls_left": account.drift_call_budget})
        self.env["ir.cron"]._commit_progress()

    @api.model
    def _go_on_with_drift_pass(self, comparison):
        """Read the listings of one shop that were not read for longest, each batch committed."""
        account = comparison.account_id
        unread = Domain("offer_read_date", "=", False) | Domain("offer_read_date", "<", comparison.drift_start)
        own = self._get_offered_domain() & Domain("account_id", "=", account.id) & unread
        limit = min(comparison.drift_calls_left, account._get_calls_left("content"))
        listings = self.browse()
        if limit:
            due = own & self._get_due_domain("sync_offers")
            listings = self.search(due, order="offer_read_date NULLS FIRST, id", limit=limit)
        reading = self.with_context(aliexpress_is_offer_job=True)
        reading._run_queue(own & Domain("id", "in", listings.ids), "_read_offers", batch_size=READ_BATCH)
        reading._read_doubtful(listings, own)
        still_unread = listings.filtered_domain(own)
        read_count = len(listings) - len(still_unread)
        account._guard_fetching(partial(self._note_drift_calls, comparison, read_count, bool(still_unread)))

    @api.model
    def _note_drift_calls(self, comparison, read_count, has_more):
        """Note how many listings of a shop were just read and whether there are more, and commit that."""
        retry_at = comparison.account_id.retry_at
        must_wait = retry_at and retry_at > fields.Datetime.now()
        left = comparison.drift_calls_left - read_count
        # Without progress the rest is for the next night.
        comparison.drift_calls_left = left if must_wait or (read_count and has_more) else 0
        self.env["ir.cron"]._commit_progress()

    @api.model
    def _read_doubtful(self, listings, domain):
        """Read those of `listings`, of one shop, once more that are left of `domain`: who bought what is missing is
        known when the orders have been listed.
        """
        doubtful = listings.filtered_domain(domain & self._get_due_domain("sync_offers"))
        account = doubtful.account_id
        if not doubtful or not account.sync_orders or not account._has_call_budget("content"):
            return
        orders = self.env["aliexpress.order"]
        account._guard_fetching(lambda: orders._list_changes(account))
        orders._read_due_details()
        left = domain & self._get_due_domain("sync_offers") & Domain("id", "in", doubtful.ids)
        self.with_context(aliexpress_knows_orders=True)._run_queue(left, "_read_offers", batch_size=READ_BATCH)

    def _read_offers(self):
        """Read these listings of one shop, take over what AliExpress has and report what differs."""
        if len(self) > self.account_id._get_calls_left("content"):
            return
        start = self.env["aliexpress.offer.comparison"]._get_comparison(self.account_id).drift_start
        details = read_products(self.account_id._get_client(), self, reads_skus=True)
        self._raise_shop_error(details)
        for listing, detail in details.items():
            if isinstance(detail, TransientError):
                listing._postpone_offers(detail, None)
                continue
            if not isinstance(detail, FixError):
                if listing._must_wait_for_orders(detail):
                    continue
                listing._take_over_deduction(detail)
                listing._mend_offer_drift(detail)
                listing._end_waiting()
            elif detail.reason == NOT_FOUND or (detail.is_empty and listing.is_vanished):
                listing._set_vanished(detail)
            else:
                listing._postpone_offers(detail, None)
            listing.offer_read_date = max(fields.Datetime.now(), start)

    def _must_wait_for_orders(self, detail):
        """Whether a `ProductDetail` shows fewer units than the known orders took: to send Odoo's quantity would offer
        again what was bought since the orders were listed.
        """
        account = self.account_id
        if self.env.context.get("aliexpress_knows_orders") or not (account.sync_orders and account.orders_synced_until):
            return False
        remote = {sku.sku_code: sku.quantity for sku in detail.skus}
        return any(
            # Orders are only asked for where something is missing.
            sku.quantity_sent > remote[sku.sku_code]
            and sku.quantity_sent - remote[sku.sku_code] > sku._get_sold_quantity()
            for sku in self.sku_ids
            if sku.quantity_date and not sku.is_quantity_due and remote.get(sku.sku_code) is not None
        )

    def _take_over_deduction(self, detail):
        """Take over when AliExpress takes units of a product that was linked off its stock: that is no change to be
        sent. One that somebody made here, and that is still to be sent, stays.
        """
        actual = get_stock_deduction(detail)
        if not actual or actual == self.stock_deduction or self.is_published_here or self.state != "online":
            return
        known = self.content_digests or {}
        is_known = "deduction" in known
        if is_known and known["deduction"] != self._get_deduction_digest():
            return
        self.stock_deduction = actual
        if is_known:
            self.content_digests = known | {"deduction": self._get_deduction_digest()}

    def _get_deduction_digest(self):
        return self._get_digests(self._prepare_contents(has_offers=False)[self.id])["deduction"]

    def _mend_offer_drift(self, detail):
        """Compare a `ProductDetail` that was just read with what AliExpress acknowledged for this listing.

        What it really has is taken over, so that the next run sends what Odoo wants; what was changed outside Odoo is
        told in the chatter.
        """
        self.ensure_one()
        remote = {sku.sku_code: sku for sku in detail.skus}
        changes = []
        for sku in self.sku_ids.filtered("sku_code"):
            if sku.sku_code in remote:
                changes += sku._take_over_offer(remote[sku.sku_code], read_countries(detail, sku.sku_code))
            else:
                changes += sku._take_over_absence()
        if changes:
            message_env = self.account_id._get_message_env()
            text = message_env._("Changed on AliExpress, not from Odoo. Odoo's prices and stock are sent again:")
            self.message_post(body="\n".join([text, *changes]))
            self._trigger_offers()
