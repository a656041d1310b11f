from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import NamedTuple

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..lib.catalogue_rules import PRODUCTS_PER_OFFER_CALL, SKU_COUNT
from ..lib.catalogue_values import (
    BatchResult,
    CountryPrice,
    PriceChange,
    ProductContent,
    SkuPrice,
    SkuQuantity,
    StockChange,
)
from ..lib.errors import NOT_FOUND, NOT_OFFERED, PERMISSION, AliexpressError, FixError, ReconnectError, TransientError
from .aliexpress_job_mixin import RECORD_PAUSE, SHOP_REASONS
from .aliexpress_offer_prices import to_decimal
from .error_messages import describe_error

# Sale prices set on AliExpress are believed to be still there for so long after AliExpress last told or took them.
SALE_PRICE_TRUST = timedelta(days=1)
# Products are read by this many threads at once.
THREADS = 6
# Refusals that would be the same for every product.
SAME_FOR_ALL = {PERMISSION, NOT_OFFERED}


class DueOffer(NamedTuple):
    """What is to be sent for a SKU; `was_told` says that AliExpress' sale price is known."""

    id: int
    listing_id: int
    sku_code: str
    quantity: int | None
    price: float | None
    sale_price: float | None
    countries: dict | None
    countries_sent: dict | None
    was_told: bool


class AliexpressListing(models.Model):
    """How offers reach AliExpress: packed, acknowledged SKU by SKU, and read back where the answer leaves a doubt."""

    _inherit = "aliexpress.listing"

    # What `retry_at` concerns beside the content: a promotion may lock prices alone, and stock must go on.
    is_quantity_waiting = fields.Boolean(copy=False, readonly=True)
    is_price_waiting = fields.Boolean(copy=False, readonly=True)

    # === JOB === #

    @api.model
    def _cron_push_offers(self):
        """Send the prices and quantities that differ from what AliExpress acknowledged: what changed just now first,
        then the rest.
        """
        self._compare_changes()
        self._push_due_offers()
        is_complete = self._compare_everything()
        left = self._push_due_offers()
        self.env["ir.cron"]._commit_progress(remaining=0 if is_complete and not left else 1)

    @api.model
    def _push_due_offers(self):
        """Send what is marked as due; return whether more can be sent at once."""
        before = after = 0
        for due_field, waits_field, worker in (
            ("is_quantity_due", "is_quantity_waiting", "_push_quantities"),
            ("is_price_due", "is_price_waiting", "_push_prices"),
        ):
            domain = self._get_push_domain(waits_field) & Domain("sku_ids", "any", [(due_field, "=", True)])
            count = self.search_count(domain)
            if count:
                before += count
                self._run_queue(domain, worker, batch_size=PRODUCTS_PER_OFFER_CALL)
                after += self.search_count(domain)
        # What another process has locked stays due; only what got less is worth another round at once.
        return 0 < after < before

    @api.model
    def _get_push_domain(self, waits_field):
        """Domain of the listings to which offers may be sent now. What waits with the content of a listing does not
        stop its stock.
        """
        Account = self.env["aliexpress.account"]
        is_free = (
            Domain(waits_field, "=", False)
            | Domain("retry_at", "=", False)
            | Domain("retry_at", "<=", fields.Datetime.now())
        )
        due_accounts = Domain("account_id", "any", Account._get_due_domain("sync_offers"))
        return due_accounts & self._get_offered_domain() & is_free

    # === QUANTITIES === #

    def _push_quantities(self):
        """Send the due quantities of these listings of one shop in one call and store what AliExpress said to each."""
        if not self.account_id._has_call_budget("stock"):
            return
        client = self.account_id._get_client()
        due = self._read_due_offers("is_quantity_due")
        changes = [
            StockChange(listing.product_ref, tuple(SkuQuantity(offer.sku_code, offer.quantity) for offer in offers))
            for listing, offers in due.items()
        ]
        self._settle_offers(due, self._send_offers(client.set_stock, changes), client, QuantityKind(self.env))

    # === PRICES === #

    def _push_prices(self):
        """Send the due prices of these listings of one shop in one call and store what AliExpress said to each.

        AliExpress drops a sale price that is not sent with the price. Where it is the seller's own, it is read first.
        """
        account = self.account_id
        if not account._has_call_budget("price"):
            return
        client = account._get_client()
        kind = PriceKind(self.env)
        due = self._read_due_offers("is_price_due")
        if not account._has_sale_prices():
            due = self._add_sale_prices(client, due, kind)
        due = self._remove_country_prices(client, due, kind)
        if due:
            changes = [self._prepare_price_change(listing, offers) for listing, offers in due.items()]
            self._settle_offers(due, self._send_offers(client.set_prices, changes), client, kind)

    def _prepare_price_change(self, listing, offers):
        currency = listing.account_id.currency_id
        prices, countries = [], {}
        for offer in offers:
            prices.append(
                SkuPrice(offer.sku_code, to_decimal(offer.price, currency), to_decimal(offer.sale_price, currency))
            )
            for code, (price, sale_price) in (offer.countries or {}).items():
                countries.setdefault(code, []).append(
                    SkuPrice(offer.sku_code, to_decimal(price, currency), to_decimal(sale_price, currency))
                )
        country_prices = tuple(CountryPrice(code, tuple(of_country)) for code, of_country in countries.items())
        return PriceChange(listing.product_ref, tuple(prices), country_prices or None)

    def _remove_country_prices(self, client, due, kind):
        """`due` without the listings whose prices by country had to be removed: that is an edit, which AliExpress
        reviews first.
        """
        for listing, offers in list(due.items()):
            if not any(offer.countries_sent and not offer.countries for offer in offers):
                continue
            due.pop(listing)
            try:
                client.update_product(listing.product_ref, ProductContent(country_prices=()))
            except AliexpressError as error:
                if error.reason in SHOP_REASONS or isinstance(error, ReconnectError):
                    raise
                listing._take_refused_offers(offers, error, client, kind)
            else:
                self.env["aliexpress.listing.sku"]._forget_country_prices([offer.id for offer in offers])
        return due

    def _add_sale_prices(self, client, due, kind):
        """`due` with AliExpress' own sale prices; listings that cannot be read are left out and show why."""
        unknown = [listing for listing, offers in due.items() if not all(offer.was_told for offer in offers)]
        for listing, detail in read_products(client, unknown).items():
            offers = due.pop(listing)
            if isinstance(detail, FixError):
                listing._take_refused_offers(offers, detail, client, kind)
                continue
            if isinstance(detail, AliexpressError):
                raise detail
            offers = listing._keep_known_skus(offers, detail, kind)
            actual = {sku.sku_code: sku.sale_price for sku in detail.skus}
            offers = [offer._replace(sale_price=_as_float(actual[offer.sku_code])) for offer in offers]
            if listing._has_right_currency(detail, offers) and offers:
                due[listing] = offers
        return due

    def _has_right_currency(self, detail, offers):
        """Whether AliExpress keeps the prices in the shop's currency; if not, they are held."""
        currency = self.account_id.currency_id
        if not detail.currency or detail.currency == currency.name:
            return True
        message = self.account_id._get_message_env()._(
            "AliExpress keeps the prices of this product in %(actual)s, and the shop %(shop)s sends them in "
            "%(currency)s. Correct the shop's "
            "currency.",
            actual=detail.currency,
            shop=self.account_id.name,
            currency=currency.name,
        )
        self.env["aliexpress.listing.sku"]._refuse_prices([offer.id for offer in offers], message)
        return False

    # === ONE CALL === #

    def _read_due_offers(self, flag):
        """`{listing: [DueOffer]}` of the SKUs that are due, as many of each listing as one call takes."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id, listing_id, sku_code, quantity_due, price_due, sale_price_due, country_prices_due,
                       country_prices_sent,
                       COALESCE(price_sent, 0) != 0 AND (price_date IS NULL OR price_date > %(trusted)s)
                  FROM aliexpress_listing_sku
                 WHERE listing_id IN %(ids)s AND %(flag)s AND sku_code IS NOT NULL AND product_id IS NOT NULL
              ORDER BY listing_id, id
                """,
                trusted=fields.Datetime.now() - SALE_PRICE_TRUST,
                ids=tuple(self.ids),
                flag=SQL.identifier(flag),
            )
        )
        due = {}
        for row in rows:
            offers = due.setdefault(self.browse(row[1]), [])
            if len(offers) < SKU_COUNT:
                offers.append(DueOffer._make(row))
        return due

    def _send_offers(self, send, changes):
        """The `BatchResult` of `send(changes)`.

        A call that AliExpress refuses as a whole is repeated for each product by the job's loop; what then is refused
        is the product's.
        """
        try:
            return send(changes)
        except FixError as error:
            if error.reason in SHOP_REASONS or (len(changes) > 1 and error.reason not in SAME_FOR_ALL):
                raise
            return BatchResult(refused={change.product_ref: error for change in changes})

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
        detail = read_products(client, [self])[self]
        if isinstance(detail, ReconnectError):
            raise detail
        if isinstance(detail, AliexpressError):
            if detail.reason == NOT_FOUND:
                self._set_offers_vanished(offers, detail, kind)
            else:
                self._postpone_offers(detail, kind)
            return
        known = self._keep_known_skus(offers, detail, kind)
        actual = {sku.sku_code: sku for sku in detail.skus}
        accepted = [offer for offer in known if kind.is_taken_over(offer, actual[offer.sku_code])]
        kind.acknowledge(accepted)
        open_offers = [offer for offer in known if offer not in accepted]
        if not open_offers:
            return
        if isinstance(error, TransientError):
            self._postpone_offers(error, kind)
        elif len(known) == len(offers):
            kind.refuse(open_offers, describe_error(self.account_id._get_message_env(), error))

    def _keep_known_skus(self, offers, detail, kind):
        """Those of `offers` whose SKU AliExpress still has; the others show that it has not."""
        codes = {sku.sku_code for sku in detail.skus}
        gone = [offer for offer in offers if offer.sku_code not in codes]
        if gone:
            self.env["aliexpress.listing.sku"]._set_missing([offer.id for offer in gone])
        return [offer for offer in offers if offer.sku_code in codes]

    def _postpone_offers(self, error, kind):
        """Send this listing's quantities, or prices, later, because of `error` (AliexpressError) that concerns this
        product alone.
        """
        now = fields.Datetime.now()
        retry_at = now + timedelta(seconds=max(getattr(error, "retry_after", 0), RECORD_PAUSE))
        if self.retry_at and self.retry_at > now:
            retry_at = min(retry_at, self.retry_at)
        self.write(
            {
                kind.waits_field: True,
                "retry_at": retry_at,
                "error": describe_error(self.account_id._get_message_env(), error),
            }
        )

    def _end_waiting(self, kind):
        """AliExpress took what this listing waited for."""
        if not self[kind.waits_field]:
            return
        self[kind.waits_field] = False
        if self.state == "online" and not (self.is_quantity_waiting or self.is_price_waiting):
            self.write({"error": False, "retry_at": False})

    def _set_offers_vanished(self, offers, error, kind):
        """Show that AliExpress does not have the product any more; the same offer is not sent again."""
        kind.refuse(offers, describe_error(self.account_id._get_message_env(), error))
        self._set_vanished(error)


class QuantityKind:
    """What is done with quantities after a call."""

    waits_field = "is_quantity_waiting"

    def __init__(self, env):
        self.skus = env["aliexpress.listing.sku"]

    def acknowledge(self, offers):
        self.skus._acknowledge_quantities([(offer.id, offer.quantity) for offer in offers])

    def refuse(self, offers, message):
        self.skus._refuse_quantities([offer.id for offer in offers], message)

    def is_taken_over(self, offer, actual):
        return actual.quantity == offer.quantity


class PriceKind:
    """What is done with prices after a call."""

    waits_field = "is_price_waiting"

    def __init__(self, env):
        self.skus = env["aliexpress.listing.sku"]

    def acknowledge(self, offers):
        self.skus._acknowledge_prices(
            [(offer.id, offer.price, offer.sale_price or 0, offer.countries) for offer in offers]
        )

    def refuse(self, offers, message):
        self.skus._refuse_prices([offer.id for offer in offers], message)

    def is_taken_over(self, offer, actual):
        return _as_float(actual.price) == offer.price and _as_float(actual.sale_price) == (offer.sale_price or None)


def read_products(client, listings):
    """`{listing: ProductDetail or AliexpressError}`, read in parallel. The threads use nothing of Odoo."""

    def read(product_ref):
        try:
            return client.get_product(product_ref)
        except AliexpressError as error:
            return error

    refs = [listing.product_ref for listing in listings]
    if not refs:
        return {}
    with ThreadPoolExecutor(max_workers=min(THREADS, len(refs))) as pool:
        return dict(zip(listings, pool.map(read, refs), strict=True))


def _as_float(amount):
    return float(amount) if amount else None
