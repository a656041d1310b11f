from odoo import fields, models
from odoo.fields import Domain


class AliexpressAccount(models.Model):
    """The overview: what needs a person in each shop, what the jobs still have to do, when each flow last worked."""

    _inherit = "aliexpress.account"

    order_hold_count = fields.Integer(
        string="Orders on Hold",
        compute="_compute_overview_counts",
        help="Orders that may not be shipped before somebody has decided.",
    )
    order_error_count = fields.Integer(
        string="Orders with Errors",
        compute="_compute_overview_counts",
        help="Orders that could not be processed; they are tried again.",
    )
    order_late_count = fields.Integer(
        string="Late Orders",
        compute="_compute_overview_counts",
        help="Paid orders past the day before which AliExpress wants them shipped.",
    )
    order_cancel_count = fields.Integer(
        string="Cancellation Requests",
        compute="_compute_overview_counts",
        help="Orders whose buyer asked to cancel, to be answered before AliExpress does.",
    )
    order_backlog_count = fields.Integer(
        string="Orders to Process",
        compute="_compute_overview_counts",
        help="Orders that the next run of the job takes up.",
    )
    order_shipment_count = fields.Integer(
        string="Orders to Ship", compute="_compute_overview_counts", help="Paid orders whose parcels have not left yet."
    )
    shipment_error_count = fields.Integer(
        string="Shipments with Errors",
        compute="_compute_overview_counts",
        help="Parcels whose declaration AliExpress refused.",
    )
    shipment_waiting_count = fields.Integer(
        string="Parcels without Number or Carrier",
        compute="_compute_overview_counts",
        help="Parcels of deliveries that have left, to be declared once their number and delivery method are entered.",
    )
    shipment_backlog_count = fields.Integer(
        string="Shipments to Declare",
        compute="_compute_overview_counts",
        help="Parcels that the next run of the job tells AliExpress about.",
    )
    listing_error_count = fields.Integer(
        string="Listings with Errors",
        compute="_compute_overview_counts",
        help="Products that could not be sent to AliExpress.",
    )
    listing_rejected_count = fields.Integer(
        string="Rejected Listings",
        compute="_compute_overview_counts",
        help="Products that AliExpress reviewed and rejected.",
    )
    listing_backlog_count = fields.Integer(
        string="Listings to Send",
        compute="_compute_overview_counts",
        help="Products that the next run of the job sends to AliExpress.",
    )
    offer_problem_count = fields.Integer(
        string="Prices and Stock with Problems",
        compute="_compute_overview_counts",
        help="Variants whose price or quantity AliExpress refused, or that a guard of the shop holds back.",
    )
    offer_backlog_count = fields.Integer(
        string="Prices and Stock to Send",
        compute="_compute_overview_counts",
        help="Variants whose price or quantity the next run of the job sends.",
    )
    shipments_sent_date = fields.Datetime(
        string="Last Shipment Declared",
        compute="_compute_last_dates",
        help="When AliExpress was last told of a parcel.",
    )
    listings_sent_date = fields.Datetime(
        string="Last Listing Sent", compute="_compute_last_dates", help="When a product was last sent to AliExpress."
    )
    offers_compared_date = fields.Datetime(
        string="Prices and Stock Compared",
        compute="_compute_last_dates",
        help="Until when changes of prices and stock in Odoo were looked at.",
    )

    def _get_overview_domains(self):
        """`{counter field: (model, Domain)}`: what each number of the overview counts, in all shops."""
        to_declare = self.env["aliexpress.order"]._get_to_declare_domain()
        late = to_declare & Domain("ship_deadline", "<", fields.Datetime.now())
        offer_problem = Domain.OR(
            [Domain(name, "!=", False) for name in ("quantity_error", "price_error", "hold_reason")]
        )
        is_waiting = self.env["aliexpress.shipment"]._get_waiting_domain()
        return {
            "order_hold_count": ("aliexpress.order", Domain("state", "=", "hold")),
            "order_error_count": ("aliexpress.order", Domain("state", "=", "error")),
            "order_late_count": ("aliexpress.order", late),
            "order_cancel_count": (
                "aliexpress.order",
                Domain("stage", "=", "cancel_requested") & Domain("cancel_decision", "=", False),
            ),
            "order_backlog_count": (
                "aliexpress.order",
                Domain("state", "=", "pending") | Domain("is_detail_due", "=", True),
            ),
            "order_shipment_count": ("aliexpress.order", to_declare & Domain("state", "=", "done")),
            "shipment_error_count": ("aliexpress.shipment", Domain("state", "=", "error")),
            "shipment_waiting_count": ("aliexpress.shipment", is_waiting),
            "shipment_backlog_count": ("aliexpress.shipment", Domain("state", "=", "pending") & ~is_waiting),
            "listing_error_count": ("aliexpress.listing", Domain("state", "=", "error")),
            "listing_rejected_count": ("aliexpress.listing", Domain("state", "=", "rejected")),
            "listing_backlog_count": ("aliexpress.listing", Domain("state", "=", "pending")),
            "offer_problem_count": ("aliexpress.listing.sku", offer_problem),
            "offer_backlog_count": (
                "aliexpress.listing.sku",
                Domain("is_quantity_due", "=", True) | Domain("is_price_due", "=", True),
            ),
        }

    # === COMPUTE METHODS === #

    def _compute_overview_counts(self):
        for name, (model, domain) in self._get_overview_domains().items():
            domain &= Domain("account_id", "in", self.ids)
            counts = dict(self.env[model]._read_group(domain, ["account_id"], ["__count"]))
            for account in self:
                account[name] = counts.get(account, 0)

    def _compute_last_dates(self):
        dates = {
            "shipments_sent_date": ("aliexpress.shipment", "sent_date"),
            "listings_sent_date": ("aliexpress.listing", "sent_at"),
            "offers_compared_date": ("aliexpress.offer.comparison", "looked_until"),
        }
        for name, (model, date) in dates.items():
            groups = self.env[model]._read_group([("account_id", "in", self.ids)], ["account_id"], [f"{date}:max"])
            last = dict(groups)
            for account in self:
                account[name] = last.get(account, False)

    # === ACTIONS === #

    def action_open_counted(self):
        """Open the records behind the number of the overview that the context's `counter` names."""
        self.ensure_one()
        self.check_access("read")
        counter = self.env.context.get("counter", "order_hold_count")
        model, domain = self._get_overview_domains()[counter]
        return {
            "type": "ir.actions.act_window",
            "name": f"{self.name}: {self._fields[counter]._description_string(self.env)}",
            "res_model": model,
            "view_mode": "list,kanban,form,graph,pivot" if model == "aliexpress.order" else "list,kanban,form",
            "domain": list(domain & Domain("account_id", "=", self.id)),
        }
