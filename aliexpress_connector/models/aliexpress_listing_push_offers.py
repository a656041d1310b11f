from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..lib.catalogue_rules import PRODUCTS_PER_OFFER_CALL, SKU_COUNT
from ..lib.catalogue_values import (
    BatchResult,
    CountryPrice,
    PriceChange,
    SkuPrice,
    SkuQuantity,
    StockChange,
)
from ..lib.errors import AliexpressError, FixError, TransientError
from .aliexpress_listing_settle_offers import SAME_FOR_ALL
from .aliexpress_offer_prices import keep_below, keep_country_sale, to_decimal
from .aliexpress_offer_stock import OfferStock
from .offer_kinds import DueOffer, PriceKind, QuantityKind, as_float, find_sku, read_countries
from .product_reader import read_products
from .shop_run import SHOP_REASONS, ShopRun


class AliexpressListing(models.Model):
    """How offers reach AliExpress: only what is due, packed as tightly as a call allows."""

    _inherit = "aliexpress.listing"

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
        answered = set()
        for due_field, waits_field, worker, budget in (
            ("is_quantity_due", "is_quantity_waiting", "_push_quantities", "stock"),
            ("is_price_due", "is_price_waiting", "_push_prices", "price"),
        ):
            # What lost its variant or its code since it was marked cannot be sent.
            is_due = [(due_field, "=", True), ("product_id", "!=", False), ("sku_code", "!=", False)]
            domain = self._get_push_domain(waits_field, budget) & Domain("sku_ids", "any", is_due)
            count = self.search_count(domain)
            if count:
                before += count
                offers = self.with_context(aliexpress_is_offer_job=True, aliexpress_due_field=due_field)
                runs = defaultdict(ShopRun)
                for account_id in answered:
                    runs[account_id].note_success()
                offers._run_queue(domain, worker, batch_size=PRODUCTS_PER_OFFER_CALL, shop_runs=runs)
                answered |= {account_id for account_id, run in runs.items() if run.has_worked}
                after += self.search_count(domain)
        # What another process has locked stays due; only what got less is worth another round at once.
        return 0 < after < before

    @api.model
    def _get_push_domain(self, waits_field, budget):
        """Domain of the listings to which offers may be sent now. What waits with the content of a listing does not
        stop its stock; a shop without calls left for this kind of work (`budget`) holds no other up.
        """
        Account = self.env["aliexpress.account"]
        is_free = (
            Domain(waits_field, "=", False)
            | Domain("retry_at", "=", False)
            | Domain("retry_at", "<=", fields.Datetime.now())
        )
        accounts = Account.search(Account._get_due_domain("sync_offers"))
        accounts = accounts.filtered(lambda account: account._has_call_budget(budget))
        return Domain("account_id", "in", accounts.ids) & self._get_offered_domain() & is_free

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
        problem = account._get_currency_problem()
        if problem:
            kind.refuse([offer for offers in due.values() for offer in offers], problem)
            return
        due = self._read_before_prices(client, due, kind)
        due = self._remove_country_prices(client, due, kind)
        if due:
            changes = [self._prepare_price_change(listing, offers) for listing, offers in due.items()]
            result = self._send_offers(client.set_prices, changes)
            due = self._remove_left_countries(client, due, result.accepted, kind)
            self._settle_offers(due, result, client, kind)

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

    def _read_before_prices(self, client, due, kind):
        """`due` with AliExpress' own sale prices as they are now; listings that cannot be read are left out and show
        why, and so are prices that a guard has to see beside what AliExpress has.
        """
        wanted = [listing for listing, offers in due.items() if self._must_read(offers)]
        details = read_products(client, wanted, reads_skus=True)
        self._raise_shop_error(details)
        if self._learn_currency(details):
            return {}
        account, first = self.account_id, []
        names = {getattr(detail, "currency", "") for detail in details.values()}
        problems = {name: account._get_currency_problem(name) for name in names}
        for listing, detail in details.items():
            offers = due.pop(listing)
            if isinstance(detail, AliexpressError):
                listing._take_reading_error(offers, detail, kind)
                continue
            offers = listing._keep_known_skus(offers, detail)
            if problems[detail.currency]:
                kind.refuse(offers, problems[detail.currency])
                continue
            unguarded = listing._find_unguarded(offers, detail)
            first += [_take_prices(offer, detail) for offer in unguarded]
            offers = [listing._keep_sale_prices(offer, detail) for offer in offers if offer not in unguarded]
            if offers:
                due[listing] = offers
        self._guard_first(first, kind)
        return due

    def _must_read(self, offers):
        """Whether a product is read before these prices of it are sent."""
        account = self.account_id
        return (
            not account._has_sale_prices()
            or (account._get_kept_countries() and any(offer.countries for offer in offers))
            or (account.price_max_change and not all(offer.price_sent for offer in offers))
        )

    def _learn_currency(self, details):
        """Take over the currency in which AliExpress shows products of the shop where its profile does not tell;
        return whether prices have to be computed anew.
        """
        account = self.account_id
        names = {getattr(detail, "currency", "") for detail in details.values()} - {"", account.currency_id.name}
        if account.quotation_currency_id or len(names) != 1:
            return False
        account._take_currency(*names)
        return bool(account.quotation_currency_id)

    def _find_unguarded(self, offers, detail):
        """Those of `offers` whose change no guard could judge, because what a product costs that was linked is not
        known; what a person confirmed needs no guard.
        """
        if not self.account_id.price_max_change:
            return []
        first = [offer for offer in offers if not offer.price_sent and find_sku(detail, offer.sku_code).price]
        skus = self.env["aliexpress.listing.sku"].browse(offer.id for offer in first)
        confirmed_ids = set(skus.filtered("is_price_confirmed").ids)
        return [offer for offer in first if offer.id not in confirmed_ids]

    def _guard_first(self, offers, kind):
        """Take over `offers` as AliExpress has them now, and compare what Odoo wants with them."""
        if offers:
            kind.acknowledge(offers)
            rows = self._read_offer_rows(self.account_id, sku_ids=[offer.id for offer in offers])
            self._compare_rows(self.account_id, rows, OfferStock(self.env))

    def _keep_sale_prices(self, offer, detail):
        """`offer` (DueOffer) with those sale prices of a `ProductDetail` that Odoo does not set."""
        account = self.account_id
        ended = offer.ended_sales or ()
        if not account._has_sale_prices():
            own = as_float(find_sku(detail, offer.sku_code).sale_price)
            is_ended = "" in ended and own == offer.sale_price_sent
            offer = offer._replace(sale_price=None if is_ended else keep_below(own, offer.price))
        kept_countries = account._get_kept_countries()
        if not kept_countries or not offer.countries:
            return offer
        actual, sent, countries = read_countries(detail, offer.sku_code), offer.countries_sent or {}, {}
        for code, (price, sale_price) in offer.countries.items():
            if code in kept_countries:
                own = actual.get(code, (None, None))[1]
                is_ended = code in ended and own == sent.get(code, (None, None))[1]
                sale_price = None if is_ended else keep_country_sale(own, price)
            countries[code] = [price, sale_price]
        return offer._replace(countries=countries)

    # === ONE CALL === #

    def _read_due_offers(self, flag):
        """`{listing: [DueOffer]}` of the SKUs that are due, as many of each listing as one call takes."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id, listing_id, sku_code, quantity_due, price_due, sale_price_due, country_prices_due,
                       country_prices_sent, price_sent, sale_price_sent, ended_sales, TRUE
                  FROM aliexpress_listing_sku
                 WHERE listing_id IN %(ids)s AND %(flag)s AND sku_code IS NOT NULL AND product_id IS NOT NULL
             UNION ALL
                SELECT id, listing_id, sku_code, NULL, price_sent, sale_price_sent, country_prices_sent,
                       country_prices_sent, price_sent, sale_price_sent, ended_sales, FALSE
                  FROM aliexpress_listing_sku
                 WHERE listing_id IN %(ids)s AND %(flag)s IS NOT TRUE AND %(is_price)s
                   -- AliExpress replaces a product's prices by country as a whole.
                   AND country_prices_sent IS NOT NULL AND price_sent != 0
                   AND sku_code IS NOT NULL AND product_id IS NOT NULL AND is_missing IS NOT TRUE
              ORDER BY 2, 12 DESC, 1
                """,
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


def _take_prices(offer, detail):
    """`offer` (DueOffer) with the prices that a `ProductDetail` has."""
    actual = find_sku(detail, offer.sku_code)
    return offer._replace(
        price=as_float(actual.price),
        sale_price=as_float(actual.sale_price),
        countries=read_countries(detail, offer.sku_code) if offer.countries else None,
    )
