from odoo import api, fields, models
from odoo.fields import Domain

# End reasons of finished orders, as far as any list knows them; any other wants a look.
CANCELLED_REASONS = {
    "buyer_pay_timeout",
    "buyer_cancel_notpay_order",
    "risk_reject_closed",
    "buyer_cancel_order_in_risk",
    "buyer_cancel_order",
    "cancel_order_close_trade",
    "seller_send_goods_timeout",
    "seller_accept_issue_no_goods_return",
    "seller_response_issue_timeout",
}
COMPLETED_REASONS = {"buyer_accept_goods", "buyer_accept_goods_timeout", "buyer_confirm_goods"}


class AliexpressOrderStatus(models.Model):
    """What an AliExpress order status means here. Shared by all shops; the row alone decides what happens to orders."""

    _name = "aliexpress.order.status"
    _description = "AliExpress Order Status"
    _order = "sequence, id"
    _rec_names_search = ["name", "code"]

    code = fields.Char(required=True, help="The status as AliExpress writes it.")
    name = fields.Char(required=True, translate=True, help="The status as people read it.")
    sequence = fields.Integer(default=100)
    stage = fields.Selection(
        [
            ("pending_payment", "Waiting for payment"),
            ("new", "New, being checked"),
            ("waiting_shipment", "Waiting for shipment"),
            ("shipped", "Shipped"),
            ("cancel_requested", "Cancellation requested"),
            ("disputed", "Disputed"),
            ("frozen", "Frozen"),
            ("closed", "Closed"),
            ("cancelled", "Cancelled"),
            ("unknown", "Unknown"),
        ],
        required=True,
        default="unknown",
        help="Where an order with this status stands.",
    )
    action = fields.Selection(
        [
            ("none", "Do nothing"),
            ("draft", "Create a quotation"),
            ("confirm", "Confirm the sale order"),
            ("ship", "Note that it was shipped"),
            ("hold", "Hold the delivery"),
            ("close", "Lock the sale order"),
            ("cancel", "Cancel the sale order"),
        ],
        required=True,
        default="hold",
        help="What happens in Odoo when an order comes to this status.",
    )

    _code_uniq = models.UniqueIndex("(code)", "This AliExpress status already has a row.")

    @api.model
    def _load_records(self, data_list, update=False):
        """Override: a row that orders, or a person, made before the data brought one of that code becomes the data's
        row. What a person decided about it stays.
        """
        for data in data_list:
            xml_id = data.get("xml_id")
            row = self.search([("code", "=", data["values"].get("code"))])
            if row and xml_id and not self.env.ref(xml_id, raise_if_not_found=False):
                if row._is_undecided():
                    row._load_records_write(data["values"])
                self.env["ir.model.data"]._update_xmlids([{"xml_id": xml_id, "record": row, "noupdate": True}])
        return super()._load_records(data_list, update=update)

    def _is_undecided(self):
        """Whether the row is as `_get_rows` made it."""
        return (self.name, self.stage, self.action) == (self.code, "unknown", "hold")

    @api.depends("name", "code")
    def _compute_display_name(self):
        for status in self:
            is_named = status.name and status.name != status.code
            status.display_name = f"{status.name} ({status.code})" if is_named else status.code

    @api.model_create_multi
    def create(self, vals_list):
        """Override to name a status by its code where nobody said otherwise."""
        return super().create([{"name": vals.get("code")} | vals for vals in vals_list])

    def write(self, vals):
        """Override to have the stored orders of a row that changed follow it, without waiting for AliExpress."""
        before = {status: (status.code, status.stage, status.action) for status in self}
        result = super().write(vals)
        changed = self.filtered(lambda status: (status.code, status.stage, status.action) != before[status])
        if changed:
            changed._apply_to_orders()
        return result

    def _apply_to_orders(self):
        """Give the open orders in these statuses their stage, and let the job look at them again. What is over stays
        as it ended.
        """
        # Whoever may edit the map decides for the orders of all shops; the inbox itself is written by jobs only.
        Order = self.env["aliexpress.order"].sudo().with_context(tracking_disable=True)
        for status in self:
            orders = Order.search(Domain("status", "=", status.code) & ~Order._get_over_domain())
            if status.stage == "waiting_shipment":
                # The deadline comes with the detail.
                orders.filtered(lambda order: order.stage != "waiting_shipment").is_detail_due = True
            cancelled = orders.filtered(lambda order, status=status: status._is_cancelled(order.end_reason))
            (orders - cancelled).write({"stage": status.stage, "is_process_due": True})
            cancelled.write({"stage": "cancelled", "is_process_due": True})
        Order._trigger_job()

    def _is_cancelled(self, end_reason):
        """Whether an order that is closed in this status was cancelled, by the reason AliExpress gives for its end."""
        self.ensure_one()
        is_cancelling = self.action == "cancel" or (self.action == "close" and end_reason in CANCELLED_REASONS)
        return self.stage == "closed" and is_cancelling

    def _is_too_early(self):
        """Whether nothing of the orders in this status may leave yet: they are not paid, or still examined.

        Where AliExpress waits for the parcel, a quotation is the seller's own wish: a person confirms it.
        """
        is_awaited = self.stage in ("waiting_shipment", "shipped")
        return (self.action == "draft" and not is_awaited) or (
            self.action == "none" and self.stage == "pending_payment"
        )

    @api.model
    def _get_rows(self, codes):
        """`{code: row}` for these statuses. A status without a row gets one that holds its orders until a person
        decides.
        """
        rows = {
            row.code: row for row in self.sudo().search([("code", "in", list(codes))])
        }  # shared by all shops, written by jobs
        missing = sorted(code for code in codes if code not in rows)
        new_rows = self.sudo().create([{"code": code} for code in missing])
        return rows | {row.code: row for row in new_rows}
