from datetime import timedelta
from decimal import Decimal

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..lib.errors import BUSY, NETWORK, NOT_OFFERED, PERMISSION, REFUSED, UNREADABLE, FixError
from ..lib.refusals import may_have_created
from .error_messages import describe_error
from .offer import Offer
from .shop_run import UNREADABLE_PAUSE

# AliExpress' review takes minutes at the least.
REVIEW_PAUSE = timedelta(minutes=10)
# How long it is looked for what a creation without answer made, when AliExpress refuses to tell.
LOOKING_PATIENCE = timedelta(days=1)
# How long a product is asked for that AliExpress refuses to tell about; the nightly look asks once a day.
READING_PATIENCE = timedelta(hours=20)


class AliexpressListing(models.Model):
    """Outcomes: what AliExpress acknowledged, what it refused and why, and the report about both."""

    _inherit = "aliexpress.listing"

    refused_since = fields.Datetime(copy=False, readonly=True)  # since when AliExpress refuses to tell about it

    def _acknowledge(self, digests):
        """AliExpress accepted the sections named in `digests`; the listing is in review now."""
        now = fields.Datetime.now()
        self.write(
            {
                "content_digests": (self.content_digests or {}) | digests,
                "state": "auditing",
                "remote_state": "auditing",
                "next_act": False,
                "error": False,
                "sent_at": now,
                "retry_at": now + REVIEW_PAUSE,
                "image_ids": [Command.clear()],
            }
        )

    def _acknowledge_offers(self, offers):
        """AliExpress took over `offers` ({SKU code: [quantity, price, sale price or None]}) with the content."""
        skus = self.sku_ids.filtered(lambda sku: sku.sku_code in offers)
        skus._acknowledge_offer(
            {
                sku.id: Offer(
                    quantity=quantity,
                    price=Decimal(price),
                    sale_price=None if sale_price is None else Decimal(sale_price),
                    keeps_sale_price=False,
                )
                for sku in skus
                for quantity, price, sale_price in [offers[sku.sku_code]]
            }
        )

    def _log_result(self, act, outcome, message=""):
        """Add a line to the report of this run."""
        run_at = self.env.context.get("aliexpress_run_at") or fields.Datetime.now()
        # The report is written by jobs and read by people.
        self.env["aliexpress.publish.result"].sudo().create(
            [
                {
                    "listing_id": listing.id,
                    "product_tmpl_id": listing.product_tmpl_id.id,
                    "account_id": listing.account_id.id,
                    "run_at": run_at,
                    "act": act,
                    "outcome": outcome,
                    "message": message,
                }
                for listing in self
            ]
        )

    def _get_act(self):
        """The act of the report that the listing's next step is."""
        return self.next_act if self.next_act in ("create", "update", "online", "offline", "delete") else "check"

    def _set_error(self, error):
        """Override to report the refusal, and to close the intent of a creation that was refused. An answer that
        nobody understood is no refusal: what was asked for may have been done, and is looked at again. So is what
        AliExpress only refused to tell.
        """
        patient = self.filtered(lambda listing: listing._may_ask_again(error))
        if patient:
            error.retry_after = UNREADABLE_PAUSE
            if error.reason == REFUSED:
                first = patient.filtered(lambda listing: not (listing.refused_since and listing.error))
                first.refused_since = fields.Datetime.now()
            patient._wait(error)
        result = None
        for listing in self - patient:
            act = listing._get_act()
            is_refused = isinstance(error, (FixError, UserError)) and not _may_be_there(error)
            result = super(AliexpressListing, listing)._set_error(error)
            values = {"next_act": False, "refused_since": False}
            if getattr(error, "reason", "") in (NOT_OFFERED, PERMISSION):
                values["attempt"] = (listing.attempt or {}) | {"denied": True}
            listing.write(values | ({"intent_date": False} if is_refused else {}))
            listing._log_result(act, "refused", listing.error)
        return result

    @api.model
    def _retry_denied(self, account):
        """Have the listings of `account` taken up again that failed because the methods for products were missing."""
        stopped = Domain("account_id", "=", account.id) & Domain("state", "=", "error")
        denied = self.search(stopped & Domain("is_vanished", "=", False)).filtered(
            lambda listing: (listing.attempt or {}).get("denied")
        )
        denied.write({"state": "pending"})

    def _may_ask_again(self, error):
        """Whether to try again by itself what failed with `error`. Reading costs nothing, and AliExpress refuses it now
        and then; what nobody understood the answer to is sent twice at most.
        """
        reason = getattr(error, "reason", "")
        if reason == UNREADABLE:
            return self._get_act() == "check" or not self._has_failed_before()
        if reason != REFUSED:
            return False
        if self.intent_date and getattr(error, "is_looking", False):
            return self.intent_date + LOOKING_PATIENCE > fields.Datetime.now()
        is_reading = getattr(error, "is_looking", False) or self.state == "auditing" or self.next_act == "read"
        # What worked since then has taken the error away.
        since = self.error and self.refused_since
        has_patience = not since or since + READING_PATIENCE > fields.Datetime.now()
        return is_reading and has_patience

    def _wait(self, error):
        """Override to report the waiting, and to close the intent of a creation that cannot have taken effect."""
        if error.reason not in (NETWORK, BUSY, UNREADABLE) and not getattr(error, "is_looking", False):
            self.filtered(lambda listing: not listing.product_ref).write({"intent_date": False})
        result = super()._wait(error)
        for listing in self:
            listing._log_result(
                listing._get_act(), "waiting", describe_error(listing.account_id._get_message_env(), error)
            )
        return result


def _may_be_there(error):
    """Whether AliExpress may have the product although a creation failed with `error`: it is looked for there first."""
    if getattr(error, "is_looking", False):
        return True
    return isinstance(error, FixError) and (error.reason == UNREADABLE or may_have_created(error))
