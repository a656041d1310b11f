from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..lib.catalogue_rules import PRODUCTS_PER_PAGE
from ..lib.catalogue_values import AUDITING, REJECTED
from ..lib.errors import (
    NOT_FOUND,
    NOT_OFFERED,
    PERMISSION,
    REFUSED,
    AliexpressError,
    FixError,
    ReconnectError,
    looking,
)
from .aliexpress_job_mixin import QUEUE_LIMIT
from .error_messages import told_at_once
from .product_reader import read_products

READ_BATCH = 12
# From so many listings in review, one listing of the shop's products in review costs less than reading each.
LIST_FROM = 5
LONGEST_REVIEW_PAUSE = timedelta(hours=6)
SHORTEST_REVIEW_PAUSE = timedelta(minutes=10)
# How long AliExpress may take to show a product that it created without telling us.
INTENT_PATIENCE = timedelta(minutes=10)
# The clocks of AliExpress and Odoo may differ by less than this.
CLOCK_MARGIN = timedelta(hours=1)


class AliexpressListing(models.Model):
    """Reading back: what became of a review, of a creation without an answer, and what AliExpress calls the SKUs."""

    _inherit = "aliexpress.listing"

    @api.model
    def _get_review_domain(self):
        """Domain of the listings in review that are to be looked at now."""
        in_review = Domain("state", "=", "auditing") & Domain("product_ref", "!=", False)
        return self._get_due_domain("sync_listings") & in_review

    @api.model
    def _read_back_reviews(self):
        """Read the state of what was in review, and of what a step left unclear."""
        review = self._get_review_domain()
        # All of a shop in one batch: its products in review are listed once.
        self._run_queue(review, "_skip_reviews", batch_size=QUEUE_LIMIT)
        self._run_queue(review, "_read_back", batch_size=READ_BATCH)
        self._run_queue(self._get_publish_domain("read"), "_read_back", batch_size=READ_BATCH)

    def _skip_reviews(self):
        """Let those of many listings of one shop wait that are still in review."""
        if len(self) < LIST_FROM:
            return
        self.account_id._check_call_budget("content")
        client = self.account_id._get_client()
        in_review = set()
        page, page_count = 1, 1
        while page <= page_count:
            found = client.list_products(AUDITING, page=page, page_size=PRODUCTS_PER_PAGE)
            in_review |= {row.product_ref for row in found.rows}
            page, page_count = page + 1, found.page_count
        for listing in self.filtered(lambda listing: listing.product_ref in in_review):
            listing._await_review()

    def _await_review(self):
        """Look again later: soon at first, ever less often the longer the review takes."""
        now = fields.Datetime.now()
        pause = min(max((now - (self.sent_at or now)) / 2, SHORTEST_REVIEW_PAUSE), LONGEST_REVIEW_PAUSE)
        self.write(
            {
                "state": "auditing",
                "remote_state": "auditing",
                "next_act": False,
                "error": False,
                "retry_at": now + pause,
            }
        )

    def _read_back(self):
        """Take over the state that AliExpress has for listings of one shop, and its names of the SKUs."""
        self.account_id._check_call_budget("content")
        client = self.account_id._get_client()
        for listing, detail in read_products(client, self).items():
            if isinstance(detail, ReconnectError):
                raise detail
            if isinstance(detail, AliexpressError):
                listing._take_error(detail)
            else:
                listing._take_detail(detail, client)

    def _take_detail(self, detail, client):
        """Take over what a `ProductDetail` says about the listing."""
        self.refused_since = False
        self._take_sku_refs(detail)
        if detail.status == AUDITING or not detail.status:
            self._await_review()
        elif detail.status == REJECTED:
            self._reject(client)
        else:
            was_in_review = self.remote_state == "auditing"
            self._note_shelf(detail.status)
            self._settle(detail.status)
            if was_in_review:
                self._log_result("review", "accepted")
            if self._get_wanted_shelf()[self.id] != detail.status:
                self.state = "pending"

    def _reject(self, client):
        """AliExpress' review refused the listing: show why, as far as it tells."""
        try:
            reason = client.get_review_state(self.product_ref).reason
        except FixError as error:
            if error.reason not in (PERMISSION, NOT_OFFERED, NOT_FOUND, REFUSED):
                raise
            reason = ""
        env = self.account_id._get_message_env()
        message = env._(
            "AliExpress rejected the product. Correct it on the product's AliExpress page; it is then sent again by "
            "itself."
        )
        if reason:
            message += "\n" + env._("AliExpress' words: %(detail)s", detail=reason)
        if self.remote_state != "rejected" or self.error != message:
            self._log_result("review", "refused", message)
        self._settle("rejected")
        self.write({"error": message, "attempt": {"digests": self.content_digests or {}}})

    def _take_sku_refs(self, detail):
        """Remember AliExpress' names of the SKUs; SKUs that no line knows become lines without variant, for a person
        to link.
        """
        if not self.sku_ids:
            self._sync_skus()
        by_code = {sku.sku_code: sku for sku in self.sku_ids if sku.sku_code}
        known = by_code.keys() & {remote.sku_code for remote in detail.skus}
        by_ref = {sku.sku_ref: sku for sku in self.sku_ids if sku.sku_ref and sku.sku_code not in known}
        new = []
        for remote in detail.skus:
            sku = by_code.get(remote.sku_code) or by_ref.get(remote.sku_ref)
            if not sku:
                new.append(
                    {
                        "listing_id": self.id,
                        "sku_code": remote.sku_code or False,
                        "sku_ref": remote.sku_ref,
                        "is_foreign": True,
                    }
                )
                continue
            if sku.sku_ref != remote.sku_ref:
                sku.sku_ref = remote.sku_ref
            if sku.is_missing and sku.sku_code == remote.sku_code:
                sku.is_missing = False
        self.env["aliexpress.listing.sku"].create(new)

    # === CREATIONS WITHOUT ANSWER === #

    def _resolve_intent(self):
        """Find out whether the creation that was begun for one listing took effect."""
        with looking():
            self.account_id._check_call_budget("content")
            detail = self._find_created(self.account_id._get_client())
        if detail:
            self._acknowledge_creation(detail.product_ref, self.attempt)
            self._take_sku_refs(detail)
        elif self.intent_date + INTENT_PATIENCE > fields.Datetime.now():
            # AliExpress may show it with a delay.
            self.retry_at = self.intent_date + INTENT_PATIENCE
        else:
            # Due at once; where an answer could not be understood, the next such answer is not the first.
            self.write({"intent_date": False, "next_act": False, "retry_at": self.error and fields.Datetime.now()})

    def _find_created(self, client):
        """The `ProductDetail` that our creation made, None where there is none."""
        codes = set((self.attempt or {}).get("offers") or self.sku_ids.filtered("sku_code").mapped("sku_code"))
        for row in client.find_products_by_sku(min(codes)):
            if row.created_at and row.created_at < self.intent_date - CLOCK_MARGIN:
                continue
            if self.search_count([("account_id", "=", self.account_id.id), ("product_ref", "=", row.product_ref)]):
                continue
            detail = client.get_product(row.product_ref)
            if codes <= {sku.sku_code for sku in detail.skus}:
                return detail
        return None

    def action_read_back(self):
        """Read now what AliExpress has for the selected listings."""
        self.check_access("write")
        for listing in self.filtered("product_ref"):
            listing._read_back_now()

    def _read_back_now(self):
        client = self.account_id._get_client()
        with told_at_once(self.env):
            detail = client.get_product(self.product_ref)
            if self.state == "pending":
                self._take_sku_refs(detail)  # what is to be sent goes first
            else:
                self._take_detail(detail, client)
