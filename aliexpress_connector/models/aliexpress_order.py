from odoo import fields, models
from odoo.tools import plaintext2html


class AliexpressOrder(models.Model):
    """An order as AliExpress has it: the inbox.

    Listed orders are stored here before anything is done with them. `state` is our side (pending: to be worked on,
    done, hold: its delivery may not leave, error: we failed), `status` AliExpress' side, `stage` what that means by the
    status map.
    """

    _name = "aliexpress.order"
    _description = "AliExpress Order"
    _inherit = ["aliexpress.job.mixin", "mail.thread", "mail.activity.mixin"]
    _flow = "sync_orders"
    _rec_name = "order_ref"
    _order = "order_date desc, id desc"

    order_ref = fields.Char(
        string="Order Number",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        help="The number of the order on AliExpress.",
    )
    state = fields.Selection(
        [("pending", "To process"), ("done", "Done"), ("hold", "On hold"), ("error", "Error")],
        default="pending",
        required=True,
        copy=False,
        index=True,
    )
    hold_reason = fields.Text(
        readonly=True, copy=False, tracking=True, help="Why the delivery may not leave, and what to do."
    )
    status = fields.Char(
        string="AliExpress Status",
        readonly=True,
        copy=False,
        help="Where the order stands, in AliExpress' own word. The status map says what it means here.",
    )
    stage = fields.Selection(
        selection=lambda self: self.env["aliexpress.order.status"]._fields["stage"].selection,
        default="unknown",
        readonly=True,
        copy=False,
        index=True,
        help="Where the order stands on AliExpress.",
        tracking=True,
    )
    taken_over = fields.Json(
        readonly=True, copy=False, help="The content of the order as the sale order was made from it."
    )
    is_released = fields.Boolean(
        readonly=True,
        copy=False,
        tracking=True,
        help="Somebody looked at what made this order suspicious and let it go.",
    )
    released = fields.Json(
        readonly=True, copy=False, help="What this person let go: pieces of one product, total, lines of AliExpress."
    )
    is_total_accepted = fields.Boolean(
        readonly=True,
        copy=False,
        tracking=True,
        help="Somebody accepted that AliExpress' total differs from the order's parts.",
    )
    accepted_amount = fields.Monetary(readonly=True, copy=False, help="The difference that this person accepted.")
    # What the list said last: a row equal to it costs no further call.
    list_status = fields.Char(readonly=True, copy=False)
    list_update_date = fields.Datetime(readonly=True, copy=False)
    is_detail_due = fields.Boolean(
        string="To Be Read",
        default=True,
        readonly=True,
        copy=False,
        help="AliExpress changed the order since its detail was read.",
    )
    is_process_due = fields.Boolean(
        readonly=True,
        copy=False,
        help="Something changed that a held order must be looked at again for; it stays on hold until then.",
    )
    order_date = fields.Datetime(readonly=True, copy=False, help="When the buyer placed the order.")
    payment_date = fields.Datetime(string="Paid On", readonly=True, copy=False, help="When the buyer paid.")
    update_date = fields.Datetime(readonly=True, copy=False, help="Last change at AliExpress.")
    end_date = fields.Datetime(string="Ended On", readonly=True, copy=False, help="When the order ended on AliExpress.")
    end_reason = fields.Char(
        string="Reason for the End", readonly=True, copy=False, help="Why the order ended, in AliExpress' own word."
    )
    cancel_reason = fields.Char(
        string="Buyer's Reason to Cancel", readonly=True, copy=False, help="What the buyer gave as the reason."
    )
    is_frozen = fields.Boolean(
        string="Frozen",
        readonly=True,
        copy=False,
        help="AliExpress examines the order; it may not be shipped until then.",
    )
    is_disputed = fields.Boolean(
        string="In Dispute",
        readonly=True,
        copy=False,
        help="The buyer has opened a dispute, which is settled in the seller centre.",
    )
    status_deadline = fields.Datetime(
        readonly=True, copy=False, help="When AliExpress acts by itself on the present status."
    )
    ship_deadline = fields.Datetime(readonly=True, copy=False, help="Declare the shipment before this time.")

    buyer_ref = fields.Char(
        string="Buyer Login", readonly=True, copy=False, help="The login of the buyer on AliExpress."
    )
    buyer_name = fields.Char(
        readonly=True, copy=False, help="The name of the buyer on AliExpress; the parcel may go to somebody else."
    )
    note = fields.Text(string="Buyer's Note", readonly=True, copy=False, help="What the buyer wrote with the order.")
    address = fields.Json(
        readonly=True, copy=False, help="Delivery address as AliExpress gave it: the fields of lib.values.Address."
    )
    address_retry_at = fields.Datetime(
        readonly=True,
        copy=False,
        help="AliExpress hides the address and could not tell it for now: it is asked again after this time.",
    )
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True, copy=False, index="btree_not_null")
    sale_order_id = fields.Many2one(
        "sale.order",
        readonly=True,
        copy=False,
        index="btree_not_null",
        check_company=True,
        help="The sale order that was made of it.",
    )
    # Also spares a query for each order whose deadline changes: the deliveries of a whole batch are looked up at once.
    picking_ids = fields.One2many("stock.picking", "aliexpress_order_id", string="Deliveries", readonly=True)

    service_code = fields.Char(
        string="Delivery Service Key",
        readonly=True,
        copy=False,
        help="AliExpress' key of the delivery service that the buyer chose.",
    )
    service_name = fields.Char(
        string="Delivery Service", readonly=True, copy=False, help="The delivery service the buyer chose."
    )
    preparation_days = fields.Integer(
        string="Days to Ship",
        readonly=True,
        copy=False,
        help="So many days after the payment AliExpress wants the order shipped.",
    )
    is_platform_fulfilled = fields.Boolean(
        string="Shipped by AliExpress",
        readonly=True,
        copy=False,
        help="AliExpress' own warehouse ships this order; we never do.",
    )
    is_gift = fields.Boolean(
        string="Gift", readonly=True, copy=False, help="The buyer gets something in this order for free."
    )
    parcels = fields.Json(
        readonly=True,
        copy=False,
        help="Parcels AliExpress knows, as its detail last told: [service code, tracking number] each.",
    )

    currency_id = fields.Many2one("res.currency", readonly=True, copy=False)
    amount_products = fields.Monetary(
        string="Products", readonly=True, copy=False, help="Prices of all lines, taxes included."
    )
    amount_freight = fields.Monetary(
        string="Freight", readonly=True, copy=False, help="What the buyer pays for the delivery."
    )
    amount_adjustment = fields.Monetary(string="Price Changes", readonly=True, copy=False)
    amount_seller_discount = fields.Monetary(
        string="Your Discounts", readonly=True, copy=False, help="Discounts at your cost."
    )
    amount_platform_discount = fields.Monetary(
        string="AliExpress' Discounts", readonly=True, copy=False, help="Paid by AliExpress: not part of the total."
    )
    amount_aliexpress = fields.Monetary(
        string="AliExpress' Total", readonly=True, copy=False, help="The order amount as AliExpress shows it."
    )
    amount_difference = fields.Monetary(
        readonly=True, copy=False, help="What the shop's tolerance accepted without explanation."
    )
    is_total_told = fields.Boolean(readonly=True, copy=False, help="Whether AliExpress told the order amount at all.")
    is_taxed = fields.Boolean(
        string="Tax Collected by AliExpress",
        readonly=True,
        copy=False,
        help="AliExpress took the tax from the buyer and pays it to the state itself.",
    )
    amount_total = fields.Monetary(
        string="Total",
        readonly=True,
        copy=False,
        help="What AliExpress pays for the order before its commission, taxes included.",
    )
    settlement_currency_id = fields.Many2one(
        "res.currency",
        string="Payout Currency",
        readonly=True,
        copy=False,
        help="The currency in which AliExpress pays you.",
    )
    settlement_amount = fields.Monetary(
        string="Announced Payout",
        currency_field="settlement_currency_id",
        readonly=True,
        copy=False,
        help="What AliExpress announced to pay you for the order.",
    )
    line_ids = fields.One2many("aliexpress.order.line", "order_id", string="Lines", readonly=True, copy=False)

    _order_uniq = models.UniqueIndex("(account_id, order_ref)", "This order is already stored for this shop.")
    # What the jobs look for every few minutes is a handful among all orders ever.
    _detail_due_idx = models.Index("(account_id) WHERE is_detail_due IS TRUE")
    _address_retry_idx = models.Index("(account_id) WHERE address_retry_at IS NOT NULL")
    _process_due_idx = models.Index("(account_id) WHERE is_process_due IS TRUE")

    def _trigger_job(self):
        self.env["ir.cron"]._aliexpress_wake("ir_cron_process_orders")

    def _schedule_task(self, xml_id, summary, note, date_deadline=None):
        """An activity for the shop's responsible person; `note` is plain text."""
        self.ensure_one()
        self.with_context(mail_activity_quick_update=True).activity_schedule(
            xml_id,
            date_deadline=date_deadline,
            summary=summary,
            note=plaintext2html(note),
            user_id=self.account_id._get_responsible().id,
        )
