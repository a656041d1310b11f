from datetime import timedelta

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
from ..lib.errors import AliexpressError, FixError, ReconnectError, TransientError
from .aliexpress_job_mixin import SHOP_REASONS
from .aliexpress_listing_settle_offers import SAME_FOR_ALL
from .aliexpress_offer_prices import keep_below, to_decimal
from .offer_kinds import DueOffer, PriceKind, QuantityKind, as_float, find_sku, read_countries
from .product_reader import read_products

# Sale prices set on AliExpress are believed to be still there for so long after AliExpress last told or took them: the
# nightly pass reads them again. Reading each product before each price would cost twenty times the calls; the price of
# it is that a sale price set in the seller centre, and not read yet when Odoo's price changes, is replaced by the one
# known before. What nobody ever told is always read first.
SALE_PRICE_TRUST = timedelta(days=1)


class AliexpressListing(models.Model):
    """How offers reach AliExpress: only what is due, packed as tightly as a call allows."""

    _inherit = "aliexpress.listing"

    # === JOB === #

    @api.model
    def _cron_push_offers(self):
        """Send the prices and quantities that differ from what AliExpress acknowledged: what changed just now first,
        then the rest.
        """
        self._make_missing_skus()
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
            # What lost its variant or its code since it was marked cannot be sent.
            is_due = [(due_field, "=", True), ("product_id", "!=", False), ("sku_code", "!=", False)]
            domain = self._get_push_domain(waits_field) & Domain("sku_ids", "any", is_due)
            count = self.search_count(domain)
            if count:
                before += count
                offers = self.with_context(aliexpress_is_offer_job=True, aliexpress_due_field=due_field)
                offers._run_queue(domain, worker, batch_size=PRODUCTS_PER_OFFER_CALL)
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
        if not due:
            return
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
        currency = account.quotation_currency_id
        if account._keeps_sale_prices():
            due = self._add_sale_prices(client, due, kind)
        elif currency and currency != account.currency_id:
            account._refuse_currency(currency.name, [offer.id for offers in due.values() for offer in offers])
            return
        due = self._remove_country_prices(client, due, kind)
        if due:
            changes = [self._prepare_price_change(listing, offers) for listing, offers in due.items()]
            self._settle_offers(due, self._send_offers(client.set_prices, changes), client, kind)

    def _prepare_price_change(self, listing, offers):
        currency = listing.account_id.currency_id

        def price_of(offer, price, sale_price):
            return SkuPrice(offer.sku_code, to_decimal(price, currency), to_decimal(sale_price, currency))

        countries = {}
        for offer in offers:
            for code, pair in (offer.countries or {}).items():
                countries.setdefault(code, []).append(price_of(offer, *pair))
        country_prices = tuple(CountryPrice(code, tuple(prices)) for code, prices in countries.items())
        prices = tuple(price_of(offer, offer.price, offer.sale_price) for offer in offers)
        return PriceChange(listing.product_ref, prices, country_prices or None)

    def _remove_country_prices(self, client, due, kind):
        """`due` without the listings whose last prices by country had to be removed: that is an edit, which AliExpress
        reviews first.
        """
        for listing, offers in list(due.items()):
            if not any(offer.countries_sent for offer in offers) or any(offer.countries for offer in offers):
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
            offers = listing._keep_known_skus(offers, detail)
            if listing._has_right_currency(detail, offers) and offers:
                due[listing] = listing._keep_sale_prices(offers, detail)
        return due

    def _keep_sale_prices(self, offers, detail):
        """`offers` with those sale prices of a `ProductDetail` that Odoo does not set."""
        account = self.account_id
        kept_countries = account._get_kept_countries()
        result = []
        for offer in offers:
            if not account._has_sale_prices():
                own = as_float(find_sku(detail, offer.sku_code).sale_price)
                offer = offer._replace(sale_price=keep_below(own, offer.price))
            if kept_countries and offer.countries:
                actual = read_countries(detail, offer.sku_code)
                countries = {
                    code: [
                        price,
                        keep_below(actual.get(code, (None, None))[1], price) if code in kept_countries else sale_price,
                    ]
                    for code, (price, sale_price) in offer.countries.items()
                }
                offer = offer._replace(countries=countries)
            result.append(offer)
        return result

    def _has_right_currency(self, detail, offers):
        """Whether AliExpress keeps the prices in the shop's currency; if not, they are held."""
        if not detail.currency or detail.currency == self.account_id.currency_id.name:
            return True
        self.account_id._refuse_currency(detail.currency, [offer.id for offer in offers])
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
                       COALESCE(price_sent, 0) != 0 AND %(was_told)s, TRUE
                  FROM aliexpress_listing_sku
                 WHERE listing_id IN %(ids)s AND %(flag)s AND sku_code IS NOT NULL AND product_id IS NOT NULL
             UNION ALL
                SELECT id, listing_id, sku_code, NULL, price_sent, sale_price_sent, country_prices_sent,
                       country_prices_sent, %(was_told)s, FALSE
                  FROM aliexpress_listing_sku
                 WHERE listing_id IN %(ids)s AND %(flag)s IS NOT TRUE AND %(is_price)s
                   -- AliExpress replaces a product's prices by country as a whole.
                   AND country_prices_sent IS NOT NULL AND price_sent != 0
                   AND sku_code IS NOT NULL AND product_id IS NOT NULL AND is_missing IS NOT TRUE
              ORDER BY 2, 10 DESC, 1
                """,
                was_told=SQL(
                    "CASE WHEN price_date IS NULL THEN sale_price_sent IS NOT NULL ELSE price_date > %s END",
                    fields.Datetime.now() - SALE_PRICE_TRUST,
                ),
                ids=tuple(self.ids),
                flag=SQL.identifier(flag),
                is_price=flag == "is_price_due",
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
        except (FixError, TransientError) as error:
            if error.reason in SHOP_REASONS or (len(changes) > 1 and error.reason not in SAME_FOR_ALL):
                raise
            return BatchResult(refused={change.product_ref: error for change in changes})
