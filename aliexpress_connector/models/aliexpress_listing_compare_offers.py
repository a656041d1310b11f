import logging
from datetime import timedelta
from typing import NamedTuple

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, split_every

from .aliexpress_job_mixin import CONCURRENCY_ERRORS
from .aliexpress_offer_look import OVERLAP, OfferLook
from .aliexpress_offer_prices import OfferPrices
from .aliexpress_offer_stock import OfferStock

_logger = logging.getLogger(__name__)

# SKUs compared and committed at once.
SKUS_AT_ONCE = 10000
# Everything is compared this often: it heals whatever the look at changes cannot see, such as exchange rates.
FULL_COMPARISON_EVERY = timedelta(hours=1)
# How far a look has come is written this seldom; what it sees again costs little.
REMEMBER_EVERY = timedelta(minutes=10)
# AliExpress' largest quantity, and what is shown of goods whose stock Odoo does not count.
QUANTITY_MAX = 999999
UNCOUNTED_QUANTITY = 999
# States of a listing in which AliExpress has it, and may show it to buyers.
OFFERED_STATES = ("online", "pending", "auditing", "rejected", "error")
# Whether what is on sale (`_is_offered`) can be sent by the SKU's code.
IS_SENDABLE = SQL(
    """
    sku.sku_code IS NOT NULL AND sku.is_missing IS NOT TRUE AND listing.product_ref IS NOT NULL
    AND listing.state IN %s AND listing.goal IS DISTINCT FROM 'deleted'
    """,
    OFFERED_STATES,
)


class OfferRow(NamedTuple):
    """A SKU as the comparison reads it; None is what was never acknowledged."""

    id: int
    product_id: int
    lot_size: int
    quantity_limit: int
    is_active: bool
    is_storable: bool
    quantity_sent: int | None
    quantity_due: int | None
    is_quantity_due: bool
    has_quantity_error: bool
    price_sent: float | None
    sale_price_sent: float | None
    country_prices_sent: dict | None
    ended_sales: list | None
    price_due: float | None
    sale_price_due: float | None
    country_prices_due: dict | None
    is_price_due: bool
    has_price_error: bool
    hold_reason: str | None
    is_price_confirmed: bool


class AliexpressListing(models.Model):
    """What of the offers in Odoo differs from what AliExpress acknowledged."""

    _inherit = "aliexpress.listing"

    offer_change_date = fields.Datetime(
        compute="_compute_offer_change_date",
        store=True,
        help="When last something about the listing changed that its offers depend on; jobs write it for other "
        "reasons too.",
    )

    _offer_change_idx = models.Index("(offer_change_date)")

    @api.depends("state", "product_ref", "goal", "lot_size", "stock_deduction")
    def _compute_offer_change_date(self):
        self.offer_change_date = fields.Datetime.now()

    def _is_offered(self):
        """Whether AliExpress has this product on sale, so that its price and stock matter."""
        self.ensure_one()
        return bool(self.product_ref) and self.state in OFFERED_STATES and self.goal != "deleted"

    @api.model
    def _get_offered_domain(self):
        """Domain of the listings of which `_is_offered` is true."""
        return self._get_living_domain() & Domain("state", "in", OFFERED_STATES)

    def _trigger_offers(self):
        self.env["ir.cron"]._aliexpress_wake("ir_cron_push_offers")

    # === COMPARISON === #

    @api.model
    def _compare_changes(self):
        """Mark what is to be sent of what was written since the last look; only for `_cron_*` methods."""
        self._compare_accounts(self._compare_changes_of)

    @api.model
    def _compare_everything(self):
        """Go on with the full comparison of the shops that are due for one; return whether none is left unfinished."""
        return self._compare_accounts(self._compare_all_of)

    @api.model
    def _compare_accounts(self, compare):
        """Call `compare(account, comparison, stock)` for each shop, until it returns False; return whether all were
        done.
        """
        Account = self.env["aliexpress.account"]
        # AliExpress takes no offers from general sellers through the methods known to us.
        accounts = Account.search(Account._get_due_domain("sync_offers") & Domain("family", "!=", "general"))
        stock = OfferStock(self.env)
        for account in accounts:
            try:
                comparison = self.env["aliexpress.offer.comparison"]._get_comparison(account)
                has_time = compare(account, comparison, stock)
                account._withdraw_price_request()
            except CONCURRENCY_ERRORS:
                # Somebody changed the same records meanwhile; the next run, a minute later, compares them again.
                self.env.cr.rollback()
            except Exception:
                self.env.cr.rollback()
                _logger.exception("Comparing the offers of shop %s failed", account.id)
            else:
                if not has_time:
                    return False
        return True

    @api.model
    def _compare_changes_of(self, account, comparison, stock):
        is_full = self._is_full_comparison_due(comparison) and not comparison.position
        # Lines that a person deleted come back with the full comparison.
        self._make_missing_skus(account, since=None if is_full else comparison.looked_until - OVERLAP)
        self._compare_changed_quantities(account, stock)
        if comparison.full_date or comparison.position:
            now = self.env.cr.now()
            sku_ids = OfferLook(self.env, stock).find_sku_ids(account, comparison)
            if sku_ids is None:
                comparison.write({"full_date": False, "position": 0})
            else:
                for ids in split_every(SKUS_AT_ONCE, sorted(sku_ids)):
                    self._compare_parts(account, self._read_offer_rows(account, sku_ids=ids), stock)
                if comparison.looked_until <= now - REMEMBER_EVERY:
                    comparison.looked_until = now
        self.env["ir.cron"]._commit_progress()
        return True

    @api.model
    def _compare_changed_quantities(self, account, stock):
        """Have the quantities of `account` sent that AliExpress changed itself when it sold or gave back units: what it
        acknowledged is not what it has, even where it equals what Odoo wants.
        """
        changes = self.env["aliexpress.quantity.change"].search([("account_id", "=", account.id)])
        if changes:
            sku_ids = changes._find_sku_ids()
            rows = self._read_offer_rows(account, sku_ids=sorted(set().union(*sku_ids.values())))
            self._compare_parts(account, [row._replace(quantity_sent=None) for row in rows], stock)
            # What is not on offer now is sent when it is again; of SKUs without variant or code nothing ever is.
            refs = changes.mapped("product_ref")
            listings = self.search([("account_id", "=", account.id), ("product_ref", "in", refs)])
            waiting = set(listings.filtered(lambda listing: not listing._is_offered()).mapped("product_ref"))
            changes.filtered(lambda change: change.product_ref not in waiting).unlink()

    @api.model
    def _is_full_comparison_due(self, comparison):
        return not comparison.full_date or comparison.full_date <= self.env.cr.now() - FULL_COMPARISON_EVERY

    @api.model
    def _compare_all_of(self, account, comparison, stock):
        """Compare every SKU of `account`, from where the last run had to stop; False when time is over."""
        if not self._is_full_comparison_due(comparison):
            return True
        now = self.env.cr.now()
        if not comparison.position:
            OfferLook(self.env, stock).remember_rules(account, comparison)
            comparison.write({"full_start": now, "looked_until": now})
        while True:
            rows = self._read_offer_rows(account, after_id=comparison.position)
            self._compare_parts(account, rows, stock)
            is_last = len(rows) < SKUS_AT_ONCE
            if is_last:
                comparison.write({"full_date": comparison.full_start, "position": 0})
            else:
                comparison.position = rows[-1].id
            has_time = self.env["ir.cron"]._commit_progress(1, remaining=0 if is_last else 1) > 0
            # Flat memory, whatever the catalogue's size.
            self.env.invalidate_all()
            if is_last or not has_time:
                return has_time

    @api.model
    def _compare_rows(self, account, rows, stock):
        """Mark which of `rows` are to be sent, held, or no longer either."""
        quantities, prices = [], []
        held_before = {row.id for row in rows if row.hold_reason}
        for row, quantity, price in self._get_offers(account, rows, stock):
            mark = compare_quantity(row, quantity)
            if mark:
                quantities.append(mark)
            mark = self._compare_price(account, row, price)
            if mark:
                prices.append(mark)
        Sku = self.env["aliexpress.listing.sku"]
        Sku._mark_quantities(quantities)
        Sku._mark_prices(prices)
        if any(mark["hold_reason"] and mark["id"] not in held_before for mark in prices):
            account._ask_for_prices()

    @api.model
    def _get_offers(self, account, rows, stock):
        """Triples `(row, quantity, OfferPrice)` of what may be offered now for `rows` (OfferRow) of `account`."""
        prices = OfferPrices(account)
        by_lot = {}
        for row in rows:
            by_lot.setdefault(row.lot_size, {})[row.product_id] = True
        found = {lot_size: prices.get_prices(list(product_ids), lot_size) for lot_size, product_ids in by_lot.items()}
        for row, quantity in self._get_quantities(account, rows, stock):
            price = found[row.lot_size][row.product_id]
            yield row, quantity, prices.keep_country_sales(price, row.country_prices_sent, row.ended_sales)

    @api.model
    def _get_quantities(self, account, rows, stock):
        """Pairs `(row, quantity)` of what may be shown now for `rows` (OfferRow) of `account`."""
        units = stock.get_units(account, [row.product_id for row in rows])
        for row in rows:
            is_counted = stock.is_counted(account, row.product_id, row.is_storable)
            yield row, self._get_quantity(account, row, units[row.product_id] if is_counted else None)

    @api.model
    def _get_quantity(self, account, row, units):
        """How many lots of a SKU are shown when `units` (float, None when Odoo does not count them) may be promised."""
        if not row.is_active:
            return 0
        if units is None:
            quantity = UNCOUNTED_QUANTITY
        else:
            # What is left of rounding must not make 3 out of 2.9999999996 pieces fewer.
            quantity = int((units - account.stock_buffer) / row.lot_size + 1e-6) if units > account.stock_buffer else 0
            if quantity < account.stock_threshold:
                return 0
        limit = min(filter(None, (row.quantity_limit, account.stock_cap, QUANTITY_MAX)))
        return max(min(quantity, limit), 0)

    # === ROWS === #

    @api.model
    def _read_offer_rows(self, account, sku_ids=None, after_id=None, only_offered=True):
        """`OfferRow`s of SKUs of `account`: of `sku_ids`, or the next after the id `after_id`, in the order of ids.

        Read with SQL, because records cannot tell a quantity of zero from one that was never acknowledged.
        """
        self.env.flush_all()
        if sku_ids is not None:
            which, limit = SQL("sku.id = ANY(%s)", list(sku_ids)), SQL()
        else:
            which, limit = SQL("sku.id > %s", after_id), SQL("LIMIT %s", SKUS_AT_ONCE)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT sku.id, sku.product_id, GREATEST(listing.lot_size, 1), sku.quantity_limit,
                       product.active, template.is_storable,
                       sku.quantity_sent, sku.quantity_due, sku.is_quantity_due, sku.quantity_error IS NOT NULL,
                       sku.price_sent, sku.sale_price_sent, sku.country_prices_sent, sku.ended_sales,
                       sku.price_due, sku.sale_price_due, sku.country_prices_due, sku.is_price_due,
                       sku.price_error IS NOT NULL,
                       sku.hold_reason, sku.is_price_confirmed
                  FROM aliexpress_listing_sku sku
                  JOIN aliexpress_listing listing ON listing.id = sku.listing_id
                  JOIN product_product product ON product.id = sku.product_id
                  JOIN product_template template ON template.id = product.product_tmpl_id
                 WHERE sku.account_id = %(account_id)s
                   AND %(which)s AND %(is_sendable)s
              ORDER BY sku.id %(limit)s
                """,
                account_id=account.id,
                which=which,
                is_sendable=IS_SENDABLE if only_offered else SQL("TRUE"),
                limit=limit,
            )
        )
        return [OfferRow._make(row) for row in rows]


def compare_quantity(row, quantity):
    """What to write on a SKU of which `quantity` may be shown, None when nothing changes."""
    mark = {"id": row.id, "quantity_due": quantity, "is_quantity_due": True}
    if row.is_quantity_due:
        return mark if row.quantity_due != quantity else None
    if row.quantity_sent == quantity:
        return mark | {"is_quantity_due": False} if row.has_quantity_error else None
    # What AliExpress refused is sent again when it is something else.
    return None if row.has_quantity_error and row.quantity_due == quantity else mark
