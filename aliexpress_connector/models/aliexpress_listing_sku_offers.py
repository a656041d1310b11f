import json

from odoo import api, fields, models
from odoo.tools import SQL

from ..lib.errors import BUDGET, TransientError
from .aliexpress_offer_prices import to_decimal
from .aliexpress_offer_stock import OfferStock
from .error_messages import describe_error
from .offer import Offer


class AliexpressListingSku(models.Model):
    """Price and quantity of a SKU: what Odoo wants, what AliExpress has, when it said so, and why the two differ.

    `*_sent` is what AliExpress last acknowledged, empty (NULL) when it never did. `*_due` is what the last comparison
    decided to send: `is_*_due` until AliExpress acknowledged or refused it, whatever happens to the job meanwhile.
    """

    _inherit = "aliexpress.listing.sku"

    currency_id = fields.Many2one(related="account_id.currency_id")
    quantity_limit = fields.Integer(
        string="Show At Most", help="Never show more than this of this SKU. Empty: as the shop says."
    )

    quantity_wanted = fields.Integer(compute="_compute_wanted", help="What may be shown now, from the stock in Odoo.")
    price_wanted = fields.Monetary(compute="_compute_wanted", help="What the buyer shall pay now, taxes included.")
    sale_price_wanted = fields.Monetary(compute="_compute_wanted")

    quantity_due = fields.Integer(string="Quantity to Send", copy=False, readonly=True)
    is_quantity_due = fields.Boolean(string="Quantity Is Due", copy=False, readonly=True)
    quantity_date = fields.Datetime(string="Quantity Sent On", copy=False, readonly=True)
    quantity_error = fields.Text(copy=False, readonly=True)

    price_due = fields.Monetary(string="Price to Send", copy=False, readonly=True)
    sale_price_due = fields.Monetary(string="Sale Price to Send", copy=False, readonly=True)
    country_prices_due = fields.Json(copy=False, readonly=True)
    country_prices_sent = fields.Json(
        copy=False, readonly=True, help="{country code: [price, sale price or null]} as acknowledged."
    )
    is_price_due = fields.Boolean(copy=False, readonly=True)
    price_date = fields.Datetime(string="Price Sent On", copy=False, readonly=True)
    price_error = fields.Text(copy=False, readonly=True)
    hold_reason = fields.Text(
        string="Price Held", copy=False, readonly=True, help="Why the new price is not sent before you say so."
    )
    is_price_confirmed = fields.Boolean(copy=False, readonly=True)

    is_missing = fields.Boolean(
        copy=False, readonly=True, help="AliExpress has no SKU with this code in the product any more."
    )

    offer_state = fields.Selection(
        [
            ("equal", "As in Odoo"),
            ("due", "To send"),
            ("waiting", "Waiting"),
            ("held", "Held"),
            ("error", "Refused"),
            ("none", "Not offered"),
        ],
        string="Offer",
        compute="_compute_offer_state",
    )
    offer_note = fields.Text(string="Why", compute="_compute_offer_state")

    _account_idx = models.Index("(account_id, id)")
    _write_date_idx = models.Index("(write_date)")
    _quantity_due_idx = models.Index("(listing_id) WHERE is_quantity_due IS TRUE")
    _price_due_idx = models.Index("(listing_id) WHERE is_price_due IS TRUE")

    # === COMPUTE METHODS === #

    def _compute_wanted(self):
        # Salespeople see what is offered without rights on stock and costs.
        self.quantity_wanted = self.price_wanted = self.sale_price_wanted = 0
        for account, row, quantity, price in self.sudo()._get_offers():
            sku = self.browse(row.id)
            sku.quantity_wanted = quantity
            sku.price_wanted = price.price or 0
            sku.sale_price_wanted = (price.sale_price or 0) if account._has_sale_prices() else sku.sale_price_sent

    @api.depends(
        "quantity_error", "price_error", "hold_reason", "is_quantity_due", "is_price_due", "sku_code", "product_id"
    )
    @api.depends(
        "listing_id.state",
        "listing_id.product_ref",
        "listing_id.error",
        "listing_id.retry_at",
        "account_id.sync_offers",
    )
    def _compute_offer_state(self):
        for sku in self:
            sku.offer_state, sku.offer_note = sku._get_offer_state()

    def _get_offer_state(self):
        """`(state, why)` for a person."""
        listing, account = self.listing_id, self.account_id
        problems = list(dict.fromkeys(filter(None, [self.quantity_error, self.price_error])))
        if problems:
            return "error", "\n".join(problems)
        if not self.product_id:
            return "none", self.env._(
                "Choose the variant that this SKU stands for; until then AliExpress keeps what it has."
            )
        if not self.sku_code:
            return "none", self.env._(
                "This SKU has no code on AliExpress. Give it one there and here; prices and stock are sent by code."
            )
        if self.is_missing:
            return "error", self.env._(
                "AliExpress has no SKU with this code in the product %(product)s any more. Publish the listing again, "
                "or delete the "
                "SKU here.",
                product=listing.product_ref,
            )
        if not listing._is_offered():
            return "none", self.env._("The listing is not online; price and stock are sent when it is.")
        if self.hold_reason:
            return "held", self.hold_reason
        if not (self.is_quantity_due or self.is_price_due):
            return "equal", False
        if not account.sync_offers or account.state != "connected" or not account.active:
            return "waiting", self.env._("The shop %(name)s does not send prices and stock now.", name=account.name)
        if account.retry_at and account.retry_at > fields.Datetime.now():
            return "waiting", account.error
        if not account._has_call_budget("stock" if self.is_quantity_due else "price"):
            return "waiting", describe_error(self.env, TransientError(BUDGET))
        is_waiting = (self.is_quantity_due and listing.is_quantity_waiting) or (
            self.is_price_due and listing.is_price_waiting
        )
        if is_waiting and listing.retry_at and listing.retry_at > fields.Datetime.now():
            return "waiting", listing.error
        return "due", False

    # === ACTIONS === #

    def action_send_offer(self):
        """Send price and quantity of the selected SKUs again, changed or not. What is held stays held."""
        self.check_access("write")
        self.listing_id.write({"retry_at": False})
        for sku_id, offer in self._prepare_offer().items():
            sku = self.browse(sku_id)
            values = {
                "quantity_error": False,
                "price_error": False,
                "is_missing": False,
                "is_quantity_due": True,
                "quantity_due": offer.quantity,
            }
            if offer.price and not sku.hold_reason:
                values |= {"is_price_due": True, "price_due": offer.price, "sale_price_due": offer.sale_price or 0}
            sku.write(values)
        self.env["aliexpress.listing"]._trigger_offers()

    def action_confirm_price(self):
        """Let the prices that are held be sent, in the background."""
        self.check_access("write")
        held = self.filtered(lambda sku: sku.hold_reason and sku.price_due)
        held.write({"hold_reason": False, "is_price_confirmed": True, "is_price_due": True})
        self.env["aliexpress.listing"]._trigger_offers()

    # === BUSINESS === #

    def _prepare_offer(self):
        """What may be offered now for these SKUs of any shops: `{sku id: Offer}`.

        A price that a guard holds is the one AliExpress has, None where it has none. Without a variant there is none.
        """
        Listing = self.env["aliexpress.listing"]
        offers = {sku.id: Offer(0, None, None, not sku.account_id._has_sale_prices()) for sku in self}
        for account, row, quantity, price in self._get_offers():
            full, sale = price.price, price.sale_price
            if not row.is_price_confirmed and Listing._get_hold_reason(account, row, price, sale):
                full, sale = row.price_sent, row.sale_price_sent
            offers[row.id] = Offer(
                quantity=quantity,
                price=to_decimal(full, account.currency_id),
                sale_price=to_decimal(sale, account.currency_id),
                keeps_sale_price=not account._has_sale_prices(),
            )
        return offers

    def _get_offers(self):
        """Tuples `(account, OfferRow, quantity, OfferPrice)` of what Odoo wants for these SKUs."""
        Listing = self.env["aliexpress.listing"]
        stock = OfferStock(self.env)
        for account, skus in self.filtered("product_id").grouped("account_id").items():
            rows = Listing._read_offer_rows(account, sku_ids=skus.ids, only_offered=False)
            for row, quantity, price in Listing._get_offers(account, rows, stock):
                yield account, row, quantity, price

    def _acknowledge_offer(self, offers):
        """AliExpress accepted `offers` ({sku id: Offer}) as part of a product: they need not be sent any more."""
        self._acknowledge_quantities([(sku_id, offer.quantity) for sku_id, offer in offers.items()])
        prices = [(sku_id, offer.price, offer.sale_price or 0) for sku_id, offer in offers.items()]
        self._update_rows(
            "price_sent = v.price, sale_price_sent = v.sale_price, price_date = v.now, is_price_due = FALSE, "
            "price_error = NULL, is_missing = FALSE",
            ["price numeric", "sale_price numeric", "now timestamp"],
            [(sku_id, price, sale_price, fields.Datetime.now()) for sku_id, price, sale_price in prices],
        )

    # === ROWS === #
    # Written with SQL: thousands at once, and without touching write_date, which says that somebody changed what offers
    # depend on.

    @api.model
    def _mark_quantities(self, marks):
        """Store what a comparison found: dicts with `id, quantity_due, is_quantity_due`."""
        self._update_rows(
            "quantity_due = v.quantity, is_quantity_due = v.is_due, quantity_error = NULL",
            ["quantity int", "is_due boolean"],
            [(mark["id"], mark["quantity_due"], mark["is_quantity_due"]) for mark in marks],
        )

    @api.model
    def _mark_prices(self, marks):
        """Store what a comparison found: dicts with `id, price_due, sale_price_due, country_prices_due, is_price_due,
        hold_reason,
        is_price_confirmed`."""
        names = [
            "price_due",
            "sale_price_due",
            "country_prices_due",
            "is_price_due",
            "hold_reason",
            "is_price_confirmed",
        ]
        self._update_rows(
            "price_error = NULL, " + ", ".join(f"{name} = v.{name}" for name in names),
            [
                "price_due numeric",
                "sale_price_due numeric",
                "country_prices_due jsonb",
                "is_price_due boolean",
                "hold_reason text",
                "is_price_confirmed boolean",
            ],
            [(mark["id"], *(mark[name] for name in names)) for mark in marks],
        )

    @api.model
    def _acknowledge_quantities(self, rows):
        """AliExpress has taken over `rows` [(sku id, quantity)]."""
        now = fields.Datetime.now()
        self._update_rows(
            "quantity_sent = v.quantity, quantity_date = v.now, is_quantity_due = FALSE, quantity_error = NULL",
            ["quantity int", "now timestamp"],
            [(*row, now) for row in rows],
        )

    @api.model
    def _acknowledge_prices(self, rows):
        """AliExpress has taken over `rows` [(sku id, price, sale price, prices by country or None)]."""
        now = fields.Datetime.now()
        self._update_rows(
            "price_sent = v.price, sale_price_sent = v.sale_price, country_prices_sent = v.countries, price_date = "
            "v.now, "
            "is_price_due = FALSE, is_price_confirmed = FALSE, price_error = NULL",
            ["price numeric", "sale_price numeric", "countries jsonb", "now timestamp"],
            [
                (sku_id, price, sale_price, json.dumps(countries) if countries else None, now)
                for sku_id, price, sale_price, countries in rows
            ],
        )

    @api.model
    def _refuse_quantities(self, sku_ids, message):
        """AliExpress does not take these quantities; they are sent again when they change."""
        self._update_rows(
            "is_quantity_due = FALSE, quantity_error = v.message", ["message text"], [(id_, message) for id_ in sku_ids]
        )

    @api.model
    def _refuse_prices(self, sku_ids, message):
        """AliExpress does not take these prices; they are sent again when they change."""
        self._update_rows(
            "is_price_due = FALSE, price_error = v.message", ["message text"], [(id_, message) for id_ in sku_ids]
        )

    @api.model
    def _set_missing(self, sku_ids):
        """AliExpress has no such SKUs; nothing is sent for them before it has."""
        self._update_rows(
            "is_missing = TRUE, is_quantity_due = FALSE, is_price_due = FALSE, quantity_error = NULL, price_error = "
            "NULL",
            ["dummy int"],
            [(sku_id, 0) for sku_id in sku_ids],
        )

    @api.model
    def _retry_refused(self, account):
        """Let what AliExpress refused be sent once more: most reasons, such as promotions, pass."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                UPDATE aliexpress_listing_sku
                   SET is_quantity_due = is_quantity_due OR quantity_error IS NOT NULL,
                       is_price_due = is_price_due OR price_error IS NOT NULL
                 WHERE account_id = %s AND (quantity_error IS NOT NULL OR price_error IS NOT NULL)
                """,
                account.id,
            )
        )
        self.invalidate_model()

    @api.model
    def _forget_country_prices(self, sku_ids):
        """AliExpress has no prices by country for these SKUs any more."""
        self._update_rows("country_prices_sent = NULL", ["dummy int"], [(sku_id, 0) for sku_id in sku_ids])

    @api.model
    def _update_rows(self, assignments, columns, rows):
        """`UPDATE … SET assignments` for many SKUs at once.

        :param list columns: name and type of the values in `rows` after the id; `assignments` calls them `v.name`
        """
        if not rows:
            return
        self.env.flush_all()
        names = ["id", *(column.split()[0] for column in columns)]
        types = ["int", *(column.split()[1] for column in columns)]
        # Only constants of this file go into the statement itself.
        query = (
            f"UPDATE {self._table} sku SET {assignments} FROM (VALUES %s) AS v({', '.join(names)}) WHERE sku.id = v.id"
        )
        template = f"({', '.join(f'%s::{type_}' for type_ in types)})"
        self.env.cr.execute_values(query, rows, template=template, page_size=1000)
        self.browse(row[0] for row in rows).invalidate_recordset(flush=False)
