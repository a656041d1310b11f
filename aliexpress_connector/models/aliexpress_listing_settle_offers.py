from datetime import timedelta

from odoo import api, fields, models

from ..lib.errors import (
    NOT_FOUND,
    NOT_OFFERED,
    PERMISSION,
    UNREADABLE,
    AliexpressError,
    ReconnectError,
    TransientError,
)
from .error_messages import describe_error
from .offer_kinds import PriceKind, QuantityKind
from .product_reader import read_products
from .shop_run import OUTAGE_REASONS, SHOP_REASONS, UNREADABLE_PAUSE, get_pause

# Refusals that would be the same for every product.
SAME_FOR_ALL = {PERMISSION, NOT_OFFERED}
KINDS = {"is_quantity_due": QuantityKind, "is_price_due": PriceKind}


class AliexpressListing(models.Model):
    """What became of offers: acknowledged SKU by SKU, refused, postponed, and read back where the answer leaves a
    doubt.
    """

    _inherit = "aliexpress.listing"

    # What `retry_at` concerns beside the content: a promotion may lock prices alone, and stock must go on.
    is_quantity_waiting = fields.Boolean(copy=False, readonly=True)
    is_price_waiting = fields.Boolean(copy=False, readonly=True)

    def _wait(self, error):
        """Override: a call for prices or stock that must be repeated says nothing about the content of its listings,
        which keep what they show; it comes after the shop's other calls, and the shop shows why it waits.
        """
        if not self.env.context.get("aliexpress_is_offer_job"):
            return super()._wait(error)
        now = fields.Datetime.now()
        free = self.filtered(lambda listing: not listing.retry_at or listing.retry_at <= now)
        free.write({"retry_at": now + timedelta(seconds=get_pause(error))})
        if error.reason in SHOP_REASONS:
            self.account_id._postpone(error)
        return error.reason not in SHOP_REASONS

    def _take_failure(self, error, domain, worker, shop_run):
        """Override: where AliExpress answers for others, or failed for the same listings before, these wait alone. The
        shop's orders and the other kind of offers go on.
        """
        is_offer_job = self.env.context.get("aliexpress_is_offer_job")
        if not is_offer_job or getattr(error, "reason", None) not in OUTAGE_REASONS:
            return super()._take_failure(error, domain, worker, shop_run)
        if self._get_shop_error(dict.fromkeys(self, error), shop_run.has_worked):
            shop_run.is_over |= not self._wait(error)
            return None
        shop_run.note_failure(is_first=False)
        kind = KINDS.get(self.env.context.get("aliexpress_due_field"))
        for listing in self:
            listing._postpone_offers(error, kind)
        return None

    def _has_failed_before(self):
        """Override: what waited for offers shows no error where the whole shop waited."""
        return bool(self.retry_at) if self.env.context.get("aliexpress_is_offer_job") else super()._has_failed_before()

    @api.model
    def _raise_shop_error(self, details):
        """Raise the error among `{listing: ProductDetail or AliexpressError}` that concerns more than its listing."""
        errors = {listing: detail for listing, detail in details.items() if isinstance(detail, AliexpressError)}
        lost = [error for error in errors.values() if isinstance(error, ReconnectError)]
        error = lost[0] if lost else self._get_shop_error(errors, len(errors) < len(details))
        if error:
            raise error

    def _set_error(self, error):
        """Override: a fault met while prices or stock are sent stops those of this listing until they change, not its
        content.
        """
        Sku = self.env["aliexpress.listing.sku"]
        due_field = self.env.context.get("aliexpress_due_field")
        if not due_field:
            return super()._set_error(error)
        self._log_fault(error)
        refuse = Sku._refuse_quantities if due_field == "is_quantity_due" else Sku._refuse_prices
        message = describe_error(self.account_id._get_message_env(), error)
        return refuse(self.sku_ids.filtered(due_field).ids, message)

    def _settle_offers(self, due, result, client, kind):
        """Store what became of each product of a call."""
        kind.acknowledge(
            [offer for listing, offers in due.items() if listing.product_ref in result.accepted for offer in offers]
        )
        for listing, offers in due.items():
            error = result.refused.get(listing.product_ref) or result.unclear.get(listing.product_ref)
            if not error:
                listing._end_waiting(kind)
            elif listing.product_ref in result.unclear:
                listing._read_back_offers(offers, error, client, kind)
            else:
                listing._take_refused_offers(offers, error, client, kind)

    def _take_refused_offers(self, offers, error, client, kind):
        """Show why AliExpress did not take the `offers` of this listing, and decide what of them is sent again."""
        if isinstance(error, TransientError):
            self._postpone_offers(error, kind)
        elif error.reason == NOT_FOUND:
            self._set_offers_vanished(offers, error, kind)
        elif error.reason in SAME_FOR_ALL:
            kind.refuse(offers, describe_error(self.account_id._get_message_env(), error))
        else:
            # One SKU that is gone may be all that was wrong.
            self._read_back_offers(offers, error, client, kind)

    def _read_back_offers(self, offers, error, client, kind):
        """Read what AliExpress really has, and acknowledge that; what was not taken over shows `error` or waits."""
        detail = read_products(client, [self], reads_skus=True)[self]
        if isinstance(detail, ReconnectError):
            raise detail
        if isinstance(detail, AliexpressError):
            self._take_reading_error(offers, detail, kind)
            return
        known = self._keep_known_skus(offers, detail)
        accepted = [offer for offer in known if kind.is_taken_over(offer, detail)]
        kind.acknowledge(accepted)
        open_offers = [offer for offer in known if offer not in accepted]
        if not open_offers:
            self._end_waiting(kind)
            return
        if isinstance(error, TransientError) or error.reason == UNREADABLE:
            self._postpone_offers(error, kind)
        elif len(known) == len(offers):
            kind.refuse(open_offers, describe_error(self.account_id._get_message_env(), error))

    def _take_reading_error(self, offers, error, kind):
        """Show why the product of these `offers` could not be read, and decide whether they are sent later."""
        if error.reason == NOT_FOUND:
            self._set_offers_vanished(offers, error, kind)
        elif error.reason in SAME_FOR_ALL:
            kind.refuse(offers, describe_error(self.account_id._get_message_env(), error))
        else:
            if error.is_empty:
                # Until the nightly look knows whether the product is gone.
                error.retry_after = UNREADABLE_PAUSE
            self._postpone_offers(error, kind)

    def _keep_known_skus(self, offers, detail):
        """Those of `offers` whose SKU AliExpress still has; the others show that it has not."""
        codes = {sku.sku_code for sku in detail.skus}
        gone = [offer for offer in offers if offer.sku_code not in codes]
        if gone:
            self.env["aliexpress.listing.sku"]._set_missing([offer.id for offer in gone])
        return [offer for offer in offers if offer.sku_code in codes]

    def _postpone_offers(self, error, kind):
        """Send this listing's quantities, or prices, later, because of `error` (AliexpressError) that concerns this
        product alone; read them later where `kind` is None.
        """
        now = fields.Datetime.now()
        retry_at = now + timedelta(seconds=get_pause(error))
        if self.retry_at and self.retry_at > now:
            retry_at = min(retry_at, self.retry_at)
        values = {"retry_at": retry_at}
        if kind:
            values[kind.waits_field] = True
        # Why a product was refused must stay readable while it is mended.
        if self.state == "online" or not self.error:
            values["error"] = describe_error(self.account_id._get_message_env(), error)
        self.write(values)

    def _end_waiting(self, kind=None):
        """AliExpress took, or showed, what this listing waited for."""
        if kind and self[kind.waits_field]:
            self[kind.waits_field] = False
        elif not self.retry_at:
            return
        if self.state == "online" and not (self.is_quantity_waiting or self.is_price_waiting):
            self.write({"error": False, "retry_at": False})

    def _set_offers_vanished(self, offers, error, kind):
        """Show that AliExpress does not have the product any more; the same offer is not sent again."""
        kind.refuse(offers, describe_error(self.account_id._get_message_env(), error))
        # This concerns the whole listing.
        self.with_context(aliexpress_due_field=False)._set_vanished(error)
