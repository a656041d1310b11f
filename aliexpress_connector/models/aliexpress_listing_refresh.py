from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..lib.catalogue_values import REJECTED
from ..lib.errors import NOT_FOUND, FixError, looking
from .aliexpress_listing_readback import READ_BATCH

# A list that was begun longer ago belongs to the night before: the other shops do not wait for its end any more.
NIGHT = timedelta(hours=12)


class AliexpressListing(models.Model):
    """The nightly look at AliExpress: what was put on or off the shelf, rejected or deleted there."""

    _inherit = "aliexpress.listing"

    seen_at = fields.Datetime(copy=False, readonly=True, help="AliExpress last showed this product then.")

    @api.model
    def _cron_refresh_listings(self):
        """Read back the state of every listing of every shop: the list of its products, then singly what the list
        does not show.

        How far the list was read stands on the shop; a run that was cut goes on there.
        """
        Account = self.env["aliexpress.account"]
        due = Account._get_due_domain("sync_listings")
        begun = due & Domain("refresh_cursor", "!=", False)
        if not Account.search_count(self._get_begun_domain(), limit=1):
            for account in Account.search(due & Domain("refresh_cursor", "=", False)):
                if account._has_catalogue():
                    account._guard_fetching(account._begin_refresh)
        accounts = Account.search(begun)
        self.env["ir.cron"]._commit_progress(remaining=len(accounts))
        for account in accounts:
            has_time = account._guard_fetching(account._refresh_pages)
            if not self.env["ir.cron"]._commit_progress(0 if account.refresh_cursor else 1) or not has_time:
                return
            # Where the list was refused, nothing is known to be missing from it.
            if account.refresh_started_at and not account.refresh_cursor:
                self._run_queue(self._get_rejected_domain(account), "_read_back", batch_size=READ_BATCH)
                self._run_queue(self._get_unseen_domain(account), "_verify")
        left = Account.search(begun).filtered(lambda account: account._has_call_budget("content"))
        self.env["ir.cron"]._commit_progress(remaining=len(left))

    @api.model
    def _get_begun_domain(self):
        """Domain of the shops whose list was begun this night and is not read to its end, those that wait included."""
        tonight = Domain("refresh_started_at", ">", fields.Datetime.now() - NIGHT)
        shops = self.env["aliexpress.account"]._get_due_domain("sync_listings", calls_gateway=False)
        return shops & Domain("refresh_cursor", "!=", False) & tonight

    @api.model
    def _get_rejected_domain(self, account):
        """Domain of the shop's listings that its list showed as rejected and whose reason is not read yet."""
        rejected = Domain("state", "=", "auditing") & Domain("remote_state", "=", "rejected")
        return self._get_due_domain("sync_listings") & Domain("account_id", "=", account.id) & rejected

    @api.model
    def _get_unseen_domain(self, account):
        """Domain of the shop's listings that should be on AliExpress and that its list did not show; those known to
        have vanished show in the list when they are there again.
        """
        unseen = Domain("seen_at", "=", False) | Domain("seen_at", "<", account.refresh_started_at)
        own = (
            Domain("account_id", "=", account.id) & Domain("product_ref", "!=", False) & Domain("goal", "!=", "deleted")
        )
        vanished = Domain("state", "=", "error") & Domain("is_vanished", "=", True)
        # What is tried again and again because the product is gone would wait whenever this is asked.
        failed = Domain("error", "!=", False) | Domain("is_quantity_waiting", "=", True)
        failed |= Domain("is_price_waiting", "=", True)
        return self._get_due_domain("sync_listings", eager=failed) & own & unseen & ~vanished

    @api.model
    def _take_page(self, account, page, status):
        """Take over the states that a `ProductPage` tells for listings of one shop."""
        if page.unreadable:
            account.refresh_is_partial = True
        refs = [row.product_ref for row in page.rows]
        listings = self.search([("account_id", "=", account.id), ("product_ref", "in", refs)])
        listings.write({"seen_at": fields.Datetime.now()})
        changed = listings.filtered(lambda listing: listing.remote_state != status)
        # AliExpress sometimes denies a product that it has: its listing is read back like after a review.
        returned = changed.filtered(lambda listing: listing.state == "error" and listing.is_vanished)
        changed._note_shelf(status)
        changed.write({"remote_state": status})
        # What is to be sent, or was refused, stays so; the others show what AliExpress has. Why it rejected some is
        # read like the outcome of any review.
        shown = changed.filtered(lambda listing: listing.state in ("auditing", "online", "offline", "rejected"))
        reviewed = shown.filtered(lambda listing: listing.state in ("auditing", "rejected"))
        if status == REJECTED:
            shown.write({"state": "auditing", "retry_at": False})
        else:
            (shown - reviewed).write({"state": status})
            # Its outcome is known: neither is it waited for, nor is an earlier rejection true any more.
            reviewed.write({"state": status, "error": False, "retry_at": False})
        returned.write({"state": "auditing", "error": False, "retry_at": False})
        returned.sku_ids.filtered("is_missing").write({"is_missing": False})

    def _verify(self):
        """Read one listing that AliExpress' list does not show any more."""
        try:
            with looking():
                self.account_id._get_client().get_product(self.product_ref)
        except FixError as error:
            if error.reason != NOT_FOUND and not (error.is_empty and self._was_looked_for()):
                raise
            gone = FixError(NOT_FOUND, error.detail, code=error.code, method=error.method, request_id=error.request_id)
            self._set_vanished(gone)
        else:
            self._end_reading_error()
        self.seen_at = fields.Datetime.now()

    def _was_looked_for(self):
        """Whether the list of this night would have shown the product if AliExpress had it: all of it could be read,
        and the product was known when it was begun.
        """
        known_at = max(self.create_date, self.sent_at or self.create_date).replace(microsecond=0)
        return not self.account_id.refresh_is_partial and known_at <= self.account_id.refresh_started_at

    def _end_reading_error(self):
        """Take back what was shown as long as the product could not be read."""
        self.refused_since = False
        is_settled = self.state in ("online", "offline") and not (self.is_quantity_waiting or self.is_price_waiting)
        if is_settled and self.error:
            self.write({"error": False, "retry_at": False})
