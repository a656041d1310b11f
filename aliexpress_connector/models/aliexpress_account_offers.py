from odoo import api, fields, models

from .aliexpress_offer_stock import StockPool

PRICE_ACTIVITY = "aliexpress_connector.mail_activity_type_price"
# Settings on which offers depend: when one changes, everything is compared again.
OFFER_SETTINGS = {
    "active",
    "company_id",
    "country_price_ids",
    "currency_id",
    "price_ending",
    "price_extra_percent",
    "price_max_change",
    "price_min_margin",
    "price_shipping",
    "pricelist_id",
    "quotation_currency_id",
    "sale_discount",
    "sale_pricelist_id",
    "state",
    "stock_buffer",
    "stock_cap",
    "stock_horizon_days",
    "stock_location_ids",
    "stock_source",
    "stock_threshold",
    "stock_warehouse_ids",
    "sync_offers",
    "tax_country_id",
    "warehouse_id",
}


class AliexpressAccount(models.Model):
    """What a shop offers: which stock, at which prices, and what needs a person's word before it is sent."""

    _inherit = "aliexpress.account"

    currency_id = fields.Many2one(
        "res.currency",
        string="Shop Currency",
        compute="_compute_currency_id",
        store=True,
        readonly=False,
        precompute=True,
        help="Currency in which AliExpress keeps the prices of this shop. Prices of pricelists in other currencies "
        "are converted.",
    )
    tax_country_id = fields.Many2one(
        "res.country",
        string="Prices Include Taxes Of",
        tracking=True,
        help="Country of the shop: what its buyers pay includes these taxes. Empty: the company's own country.",
    )

    # Stock
    stock_source = fields.Selection(
        [("free", "Free to use"), ("forecast", "Forecast")],
        string="Quantity",
        default="free",
        required=True,
        help="Free to use: on hand and not reserved. Forecast: on hand, plus what comes in and minus what goes out "
        "within the days given.",
    )
    stock_horizon_days = fields.Integer(
        string="Forecast Days", default=7, help="How far ahead incoming goods may be promised."
    )
    stock_warehouse_ids = fields.Many2many(
        "stock.warehouse",
        "aliexpress_account_stock_warehouse_rel",
        string="Stock Of",
        check_company=True,
        help="Warehouses whose stock is offered. Empty: the warehouse that delivers the orders.",
    )
    stock_location_ids = fields.Many2many(
        "stock.location",
        "aliexpress_account_stock_location_rel",
        string="Only Locations",
        domain=[("usage", "in", ("internal", "view"))],
        check_company=True,
        help="Offer only what lies in these locations and below them.",
    )
    stock_buffer = fields.Integer(
        string="Keep Back", help="Units of each product that are never offered, so that nothing is sold twice."
    )
    stock_cap = fields.Integer(string="Show At Most", help="Never show more than this quantity of a SKU. 0 shows all.")
    stock_threshold = fields.Integer(string="Stop Below", help="Show zero when fewer than this can be offered.")

    # Prices
    sale_pricelist_id = fields.Many2one(
        "product.pricelist",
        check_company=True,
        ondelete="restrict",
        help="Sale prices offered on AliExpress. Empty, and without a discount: the sale prices set on AliExpress "
        "stay.",
    )
    sale_discount = fields.Float(
        string="Sale Discount (%)", help="Sale price as a discount on the price, where there is no sale pricelist."
    )
    price_extra_percent = fields.Float(
        string="Raise By (%)", help="Added to each price, for instance for AliExpress' commission."
    )
    price_shipping = fields.Monetary(
        string="Shipping Included", help="Added to each price, taxes included, so that shipping can be free."
    )
    price_ending = fields.Float(
        string="Prices End With",
        help="0.99 raises each price to the next that ends so. 0 leaves prices as they are.",
    )
    country_price_ids = fields.One2many(
        "aliexpress.country.price",
        "account_id",
        string="Prices by Country",
        help="Prices of their own for buyers in some countries.",
    )
    price_min_margin = fields.Float(
        string="Smallest Margin (%)",
        help="A price with a smaller margin on the cost, taxes aside, waits for your word. 0 lets all pass.",
    )
    price_max_change = fields.Float(
        string="Largest Change (%)",
        help="A price that changes by more than this at once waits for your word. 0 lets all pass.",
    )

    drift_call_budget = fields.Integer(
        string="Calls per Night",
        default=1000,
        help="How many listings are read back each night to find and mend what was changed outside Odoo. Those not "
        "read for longest come first. 0 reads none.",
    )

    @api.depends("pricelist_id", "company_id", "quotation_currency_id")
    def _compute_currency_id(self):
        for account in self:
            account.currency_id = (
                account.quotation_currency_id or account.pricelist_id.currency_id or account.company_id.currency_id
            )

    def write(self, vals):
        """Override to compare every offer again when what they depend on changes."""
        is_offered = not OFFER_SETTINGS.isdisjoint(vals)
        sources = self._get_sale_sources() if is_offered else {}
        currencies = {account: account.currency_id for account in self} if is_offered else {}
        result = super().write(vals)
        if is_offered:
            self._end_sales(sources)
            changed = self.filtered(lambda account: account.currency_id != currencies[account])
            # People do not write what is due; setting up the shop decides it for all of its SKUs.
            self.env["aliexpress.listing.sku"].sudo()._forget_due_prices(changed)
            self._compare_all_offers()
        return result

    def _compare_all_offers(self):
        """Let the next run of the job compare every offer of these shops."""
        # People may not write how far jobs have come; setting it back sends nothing that is not due.
        comparisons = self.env["aliexpress.offer.comparison"].sudo().search([("account_id", "in", self.ids)])
        comparisons.write({"full_date": False, "position": 0})

    def action_send_offers(self):
        """Compare every price and quantity of the shop now and send what differs, in the background."""
        self.check_access("write")
        self._compare_all_offers()
        self.env["aliexpress.listing"]._trigger_offers()

    # === BUSINESS === #

    def _get_stock_pool(self):
        """The `StockPool` that this shop sells from. Shops with equal pools share one stock."""
        self.ensure_one()
        return StockPool(
            company_id=self.company_id.id,
            warehouse_ids=tuple(sorted((self.stock_warehouse_ids or self.warehouse_id).ids)),
            location_ids=tuple(sorted(self.stock_location_ids.ids)),
            horizon_days=max(self.stock_horizon_days, 0) if self.stock_source == "forecast" else None,
        )

    def _ask_for_prices(self):
        """Ask the responsible person, once, to look at the prices that are held."""
        self.ensure_one()
        if self.activity_search([PRICE_ACTIVITY]):
            return
        message_env = self._get_message_env()
        self.with_context(mail_activity_quick_update=True).activity_schedule(
            PRICE_ACTIVITY,
            summary=message_env._("Confirm new prices of %(name)s", name=self.name),
            note=message_env._(
                "Some prices wait for your word before they are sent. Look at them in AliExpress > Catalogue > Prices "
                "and Stock with the filter Price Held: correct them, or press Confirm Price."
            ),
            user_id=self._get_responsible().id,
        )

    def _withdraw_price_request(self):
        """Take back the request to look at held prices when none is held any more."""
        held = [("account_id", "=", self.id), ("hold_reason", "!=", False)]
        requests = self.activity_search([PRICE_ACTIVITY])
        if requests and not self.env["aliexpress.listing.sku"].search_count(held, limit=1):
            requests.unlink()

    def _has_sale_prices(self):
        """Whether Odoo says what the sale prices are; otherwise AliExpress' own stay."""
        return bool(self.sale_pricelist_id or self.sale_discount)

    def _get_kept_countries(self):
        """Codes (set) of the countries whose sale prices are AliExpress' own."""
        lines = self.country_price_ids.filtered(lambda line: not (line.sale_pricelist_id or self.sale_discount))
        return set(lines.country_id.mapped("code"))

    def _get_sale_sources(self):
        """`{shop: for whom (set) Odoo says what the sale prices are}`: "" is all buyers, else codes of countries."""
        return {
            account: ({""} if account._has_sale_prices() else set())
            | (set(account.country_price_ids.country_id.mapped("code")) - account._get_kept_countries())
            for account in self
        }

    def _end_sales(self, sources):
        """Let the sale prices be taken away that had their source in Odoo by `sources` (of `_get_sale_sources`) and
        have none now.
        """
        for account, now in self._get_sale_sources().items():
            ended = sources[account] - now
            if ended:
                # As above: whoever sets the shop up need not be allowed to write its SKUs.
                self.env["aliexpress.listing.sku"].sudo()._end_sales(account, ended)

    # === CURRENCY === #

    def _take_currency(self, name):
        """AliExpress keeps the prices of this shop in the currency `name`: prices are converted into it, and so is what
        the shop adds to them.
        """
        currency = self.env["res.currency"].with_context(active_test=False).search([("name", "=", name)])
        if currency and not currency.active:
            # Whoever switches a shop on need not be allowed to switch on currencies.
            currency.sudo().active = True
        if not currency or currency == self.quotation_currency_id:
            return
        before, shipping = self.currency_id, self.price_shipping
        self.quotation_currency_id = currency
        if not shipping or self.currency_id == before:
            return
        if self._get_unrated(before | currency):
            # Not sent until a person has seen to both: the same figure is another price in another currency.
            self.currency_id = before
        else:
            self.price_shipping = before._convert(shipping, currency, self.company_id)

    def _get_currency_problem(self, quotation_name=""):
        """Why prices of this shop cannot be sent (translated), "" when they can.

        :param str quotation_name: currency in which AliExpress shows a product of the shop, where that is known
        """
        self.ensure_one()
        env, currency = self._get_message_env(), self.currency_id
        quotation_name = quotation_name or self.quotation_currency_id.name or currency.name
        if quotation_name != currency.name:
            return env._(
                "AliExpress keeps prices in %(actual)s, and the shop %(shop)s sends them in %(currency)s. Correct the "
                "shop's currency.",
                actual=quotation_name,
                shop=self.name,
                currency=currency.name,
            )
        own = self.company_id.currency_id
        used = (self.pricelist_id.currency_id or own) | self._get_pricelists().currency_id | currency
        unrated = self._get_unrated(used)
        if unrated:
            return env._(
                "There is no exchange rate between %(own)s and %(others)s, so the prices of the shop %(shop)s cannot "
                "be converted. Enter one.",
                own=own.name,
                others=", ".join(unrated.mapped("name")),
                shop=self.name,
            )
        return ""

    def _get_unrated(self, currencies):
        """Those of `currencies` that Odoo cannot convert into the others in the shop's company: without a rate it takes
        one for one.
        """
        foreign = currencies - self.company_id.currency_id
        if len(currencies) < 2 or not foreign:
            return foreign.browse()
        companies = (False, self.company_id.root_id.id)
        domain = [("currency_id", "in", foreign.ids), ("company_id", "in", companies)]
        rated = self.env["res.currency.rate"].sudo()._read_group(domain, ["currency_id"])
        return foreign - foreign.browse(currency.id for (currency,) in rated)

    def _get_pricelists(self):
        """The pricelists that say what this shop asks."""
        lines = self.country_price_ids
        return self.pricelist_id | self.sale_pricelist_id | lines.pricelist_id | lines.sale_pricelist_id
