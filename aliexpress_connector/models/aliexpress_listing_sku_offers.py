from odoo import api, fields, models

from ..lib.errors import BUDGET, TransientError
from .aliexpress_offer_prices import keep_below, to_decimal
from .aliexpress_offer_stock import OfferStock
from .error_messages import describe_error
from .offer import Offer


class AliexpressListingSku(models.Model):
    """Price and quantity of a SKU: what Odoo wants, what AliExpress has, when it said so, and why the two differ.

    `*_sent` is what AliExpress last acknowledged, empty (NULL) when it never did. `*_due` is what the last comparison
    decided to send: `is_*_due` until AliExpress acknowledged or refused it, whatever happens to the job meanwhile.
    """

    _inherit = "aliexpress.listing.sku"

    quantity_limit = fields.Integer(
        string="Show At Most", help="Never show more than this of this SKU. 0: as the shop says."
    )

    quantity_wanted = fields.Integer(compute="_compute_wanted", help="What may be shown now, from the stock in Odoo.")
    price_wanted = fields.Monetary(compute="_compute_wanted", help="What the buyer shall pay now, taxes included.")
    sale_price_wanted = fields.Monetary(compute="_compute_wanted", help="The sale price that Odoo computes.")

    quantity_due = fields.Integer(string="Quantity to Send", copy=False, readonly=True)
    is_quantity_due = fields.Boolean(string="Quantity Is Due", copy=False, readonly=True)
    quantity_date = fields.Datetime(
        string="Quantity Sent On", copy=False, readonly=True, help="When AliExpress last confirmed a quantity."
    )
    quantity_error = fields.Text(copy=False, readonly=True)

    price_due = fields.Monetary(string="Price to Send", copy=False, readonly=True, help="The price that is sent next.")
    sale_price_due = fields.Monetary(string="Sale Price to Send", copy=False, readonly=True)
    country_prices_due = fields.Json(copy=False, readonly=True)
    country_prices_sent = fields.Json(
        copy=False, readonly=True, help="{country code: [price, sale price or null]} as acknowledged."
    )
    is_price_due = fields.Boolean(copy=False, readonly=True)
    ended_sales = fields.Json(
        copy=False,
        readonly=True,
        help="Whose sale prices Odoo set and sets no more: empty of all buyers, or countries.",
    )
    price_date = fields.Datetime(
        string="Price Sent On", copy=False, readonly=True, help="When AliExpress last confirmed a price."
    )
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
        help="Whether AliExpress has the price and the quantity of Odoo.",
    )
    offer_note = fields.Text(string="Why", compute="_compute_offer_state", help="Why AliExpress does not have them.")

    _account_idx = models.Index("(account_id, id)")
    _write_date_idx = models.Index("(write_date)")
    _sent_date_idx = models.Index("(account_id, GREATEST(quantity_date, price_date))")
    _quantity_due_idx = models.Index("(listing_id) WHERE is_quantity_due IS TRUE")
    _price_due_idx = models.Index("(listing_id) WHERE is_price_due IS TRUE")
    # Those that need a person, and those whose variant was deleted, are a handful among all.
    _problem_idx = models.Index(
        "(account_id) WHERE quantity_error IS NOT NULL OR price_error IS NOT NULL OR hold_reason IS NOT NULL"
    )
    _deleted_idx = models.Index("(listing_id) WHERE product_id IS NULL AND is_foreign IS NOT TRUE")

    # === COMPUTE METHODS === #

    def _compute_wanted(self):
        # Salespeople see what is offered without rights on stock and costs.
        self.quantity_wanted = self.price_wanted = self.sale_price_wanted = 0
        for account, row, quantity, price in self.sudo()._get_offers():
            sku = self.browse(row.id)
            sku.quantity_wanted = quantity
            sku.price_wanted = price.price or 0
            sku.sale_price_wanted = self.env["aliexpress.listing"]._get_sale_price(account, row, price) or 0

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
        obstacle = self._get_offer_obstacle()
        if obstacle:
            return obstacle
        was_told = self.quantity_date or self.quantity_sent or self.price_sent
        if was_told and not (self.is_quantity_due or self.is_price_due):
            return "equal", False
        return self._get_offer_delay() or ("due", False)

    def _get_offer_obstacle(self):
        """`(state, why)` of a SKU whose offer is not sent before somebody does something, None for others."""
        listing = self.listing_id
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
        if self.is_missing and not self.is_offered:
            return "none", self.env._("The variant is archived, and AliExpress does not have it any more.")
        if self.is_missing:
            return "error", self.env._(
                "AliExpress has no SKU with this code in the product %(product)s any more. Publish the listing again, "
                "or delete the SKU here.",
                product=listing.product_ref,
            )
        if not listing._is_offered():
            return "none", self.env._("The listing is not online; price and stock are sent when it is.")
        if not self.account_id._has_catalogue():
            return "none", self.env._(
                "Prices and stock of general sellers are not sent. Set them in AliExpress' seller centre."
            )
        if self.hold_reason:
            return "held", self.hold_reason
        return None

    def _get_offer_delay(self):
        """`(state, why)` of a due offer that the next run does not send, None where it does."""
        listing, account = self.listing_id, self.account_id
        if standstill := account._describe_standstill("sync_offers"):
            return "waiting", standstill
        if account.retry_at and account.retry_at > fields.Datetime.now():
            return "waiting", account.error
        if not account._has_call_budget("stock" if self.is_quantity_due else "price"):
            return "waiting", describe_error(self.env, TransientError(BUDGET))
        is_waiting = (self.is_quantity_due and listing.is_quantity_waiting) or (
            self.is_price_due and listing.is_price_waiting
        )
        if is_waiting and listing.retry_at and listing.retry_at > fields.Datetime.now():
            return "waiting", listing.error
        return None

    # === ACTIONS === #

    def action_send_offer(self):
        """Send price and quantity of the selected SKUs again, changed or not. What is held stays held; what cannot be
        sent is told.
        """
        self.check_access("write")
        sendable = self.filtered(lambda sku: sku.product_id and sku.sku_code)
        sendable.listing_id.write({"retry_at": False})
        for sku_id, offer in sendable._prepare_offer().items():
            sku = self.browse(sku_id)
            values = {
                "quantity_error": False,
                "price_error": False,
                "is_missing": False,
                "is_quantity_due": True,
                "quantity_due": offer.quantity,
            }
            if offer.price and not sku.hold_reason:
                known = 0 if "" in (sku.ended_sales or ()) else sku.sale_price_sent
                own_sale_price = keep_below(to_decimal(known, sku.currency_id), offer.price)
                values |= {
                    "is_price_due": True,
                    "price_due": offer.price,
                    "sale_price_due": (own_sale_price if offer.keeps_sale_price else offer.sale_price) or 0,
                    "country_prices_due": sku.country_prices_due or sku.country_prices_sent,
                }
            sku.write(values)
        self.env["aliexpress.listing"]._trigger_offers()
        return (self - sendable)._tell_unsendable()

    def _tell_unsendable(self):
        """The action that tells a person that these SKUs were not sent; None when there are none."""
        if not self:
            return None
        message = self.env._(
            "Not sent: %(count)s SKUs of %(names)s without a variant or a code. Choose the variant and enter the SKU "
            "code of each first.",
            count=len(self),
            names=", ".join(self.listing_id.mapped("display_name")),
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"message": message, "type": "warning", "next": {"type": "ir.actions.act_window_close"}},
        }

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
            expected_sale = Listing._get_sale_price(account, row, price)
            if not row.is_price_confirmed and Listing._get_hold_reason(account, row, price, expected_sale):
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
            # A sale price that a guard keeps is still to be taken away.
            "ended_sales = CASE WHEN v.sale_price = sku.sale_price_sent AND v.sale_price != 0 THEN sku.ended_sales "
            "ELSE sku.ended_sales - '' END, price_error = NULL, is_missing = FALSE",
            ["price numeric", "sale_price numeric", "now timestamp"],
            [(sku_id, price, sale_price, fields.Datetime.now()) for sku_id, price, sale_price in prices],
        )
