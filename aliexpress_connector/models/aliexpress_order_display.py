from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_amount

from ..lib.families import FAMILIES
from .res_partner import hides_address, load_address

ORDER_URL = "https://trade.aliexpress.com/order_detail.htm?orderId=%s"


class AliexpressOrder(models.Model):
    """What people see of an order: its money explained, how it differs from the sale order, where it stands on
    AliExpress.
    """

    _inherit = "aliexpress.order"

    status_id = fields.Many2one(
        "aliexpress.order.status",
        string="Meaning of the Status",
        compute="_compute_status_id",
        help="What the status of this order means in Odoo.",
    )
    status_name = fields.Char(
        string="Status",
        compute="_compute_status_id",
        help="Where the order stands on AliExpress, and AliExpress' own word for it.",
    )
    hold_summary = fields.Char(
        compute="_compute_hold_summary", help="Why the delivery may not leave: the first of the reasons."
    )
    order_url = fields.Char(
        string="On AliExpress", compute="_compute_order_url", help="The order in AliExpress' seller centre."
    )
    explanation = fields.Html(
        string="Money Explained",
        compute="_compute_explanation",
        compute_sudo=True,
        sanitize=False,
        help="How AliExpress' total comes about, and what of it is in the sale order.",
    )
    difference = fields.Text(
        string="Differs from Sale Order",
        compute="_compute_difference",
        compute_sudo=True,
        help="What a person changed in Odoo, or AliExpress has otherwise. Nothing of it is changed by itself.",
    )
    address_notice = fields.Text(
        string="Hidden Address",
        compute="_compute_address_notice",
        compute_sudo=True,
        help="What to do where AliExpress hides the address that the goods would go to.",
    )
    connection_warning = fields.Text(related="account_id.connection_warning")
    unknown_line_count = fields.Integer(compute="_compute_unknown_line_count")
    address_text = fields.Text(
        string="Delivery Address", compute="_compute_address_text", help="The address as AliExpress gave it."
    )

    @api.depends("status")
    def _compute_status_id(self):
        rows = {
            row.code: row for row in self.env["aliexpress.order.status"].search([("code", "in", self.mapped("status"))])
        }
        for order in self:
            order.status_id = rows.get(order.status, False)
            order.status_name = order.status_id.display_name

    @api.depends("hold_reason", "state")
    def _compute_hold_summary(self):
        for order in self:
            reason = order.hold_reason if order.state == "hold" else False
            order.hold_summary = reason and reason.split("\n")[0]

    @api.depends("order_ref")
    def _compute_order_url(self):
        for order in self:
            order.order_url = ORDER_URL % order.order_ref

    @api.depends("line_ids.product_id", "line_ids.quantity")
    def _compute_unknown_line_count(self):
        for order in self:
            order.unknown_line_count = len(order.line_ids.filtered(lambda line: line.quantity and not line.product_id))

    @api.depends("address")
    def _compute_address_text(self):
        for order in self:
            address = order.address or {}
            lines = [
                address.get("name"),
                address.get("street"),
                address.get("street2"),
                " ".join(filter(None, (address.get("zip"), address.get("city")))),
                address.get("province"),
                address.get("country_code"),
                " ".join(
                    filter(None, (address.get("phone_country"), address.get("mobile") or address.get("phone_number")))
                ),
            ]
            order.address_text = "\n".join(filter(None, lines))

    # === HIDDEN ADDRESS === #

    @api.depends("stage", "address", "picking_ids.state", "sale_order_id.state", "sale_order_id.partner_shipping_id")
    def _compute_address_notice(self):
        for order in self:
            deliveries = order.picking_ids.filtered(
                lambda picking: picking.state not in ("done", "cancel") and picking._aliexpress_leaves_to_buyer()
            )
            contacts = deliveries.partner_id or order.sale_order_id.partner_shipping_id
            order.address_notice = order._may_still_leave() and order._describe_hidden_address(contacts) or False

    def _describe_hidden_address(self, contacts):
        """What to do where AliExpress hides the address of `contacts`, to whom goods of this order are to go
        (translated text), "" where it is readable.
        """
        is_for_others = self.is_platform_fulfilled or self._is_shipped_for_aliexpress()
        if is_for_others or not any(hides_address(contact) for contact in contacts):
            return ""
        text = self.env._(
            "AliExpress hides the buyer's address of order %(number)s. Enter it in the delivery address of the sale "
            "order, or print AliExpress' own label.",
            number=self.order_ref,
        )
        family = FAMILIES.get(self.account_id.family)
        if not family or not family.reveal_method:
            return text
        return f"{text} " + self.env._(
            "To have it told, request the permission for the method %(method)s in the AliExpress developer console, "
            "then press Refresh from AliExpress on the order.",
            method=family.reveal_method,
        )

    # === MONEY === #

    @api.depends(
        "amount_total",
        "amount_aliexpress",
        "is_total_accepted",
        "accepted_amount",
        "sale_order_id.amount_total",
        "sale_order_id.state",
    )
    def _compute_explanation(self):
        for order in self:
            order.explanation = order._render_explanation() if order.currency_id else False

    def _render_explanation(self):
        rows = [
            (self.env._("Products at AliExpress' prices"), self.amount_products, ""),
            (self.env._("Freight"), self.amount_freight, ""),
            (self.env._("Your price changes"), self.amount_adjustment, ""),
            (self.env._("Your discounts"), -self.amount_seller_discount, ""),
            (self.env._("Difference accepted by the shop's tolerance"), self.amount_difference, ""),
            (self.env._("What AliExpress pays, before its commission"), self.amount_total, "fw-bold border-top"),
            (self.env._("Discounts AliExpress pays itself"), -self.amount_platform_discount, "text-muted"),
            (self.env._("The total AliExpress shows"), self.amount_aliexpress, "text-muted"),
        ]
        if self.sale_order_id:
            rows.append(
                (
                    self.env._("Sale order %(name)s", name=self.sale_order_id.name),
                    self.sale_order_id.amount_total,
                    "fw-bold border-top",
                )
            )
        rows += self._get_difference_rows()
        shown = [row for row in rows if row[2].startswith("fw-bold") or not self.currency_id.is_zero(row[1])]
        body = Markup().join(
            Markup('<tr class="%s"><td class="pe-3">%s</td><td class="text-end">%s</td></tr>')
            % (style, label, format_amount(self.env, amount, self.currency_id))
            for label, amount, style in shown
        )
        return Markup('<table class="table table-sm w-auto mb-0"><tbody>%s</tbody></table>') % body

    def _get_difference_rows(self):
        """Rows of the explanation for what is left over, on AliExpress' side and on Odoo's."""
        unexplained = self._get_unexplained_amount() if self.is_total_told and self.amount_aliexpress else 0.0
        label = self.env._("Not explained by the parts of the order: it waits until you accept the total")
        if unexplained and self._is_gap_accepted(unexplained):
            label = self.env._("Not explained by the parts of the order, accepted by a person")
        rows = [(label, unexplained, "text-danger")]
        if self.sale_order_id and self.sale_order_id.state != "cancel":
            more = self.currency_id.round(self.sale_order_id.amount_total - self.amount_total)
            rows.append((self.env._("Difference of the sale order from what AliExpress pays"), more, "text-danger"))
        return rows

    # === DIFFERENCE === #

    @api.depends(
        "sale_order_id.state",
        "sale_order_id.amount_total",
        "sale_order_id.partner_shipping_id.aliexpress_address_key",
        "stage",
        "amount_total",
    )
    def _compute_difference(self):
        for order in self:
            order.difference = order.sale_order_id and "\n".join(order._get_differences()) or False

    def _get_differences(self):
        sale_order = self.sale_order_id
        if sale_order.state == "cancel":
            if self.stage not in ("new", "waiting_shipment", "shipped", "disputed"):
                return []
            return [
                self.env._(
                    "The sale order was cancelled in Odoo, but AliExpress still counts on it. Ship it, or ask the "
                    "buyer to cancel: an order that is not shipped in time is cancelled by AliExpress and counts "
                    "against the shop."
                )
            ]
        differences = []
        if self.currency_id and self.currency_id.compare_amounts(sale_order.amount_total, self.amount_total):
            differences.append(
                self.env._(
                    "The sale order's total is %(total)s, AliExpress pays %(paid)s.",
                    total=format_amount(self.env, sale_order.amount_total, sale_order.currency_id),
                    paid=format_amount(self.env, self.amount_total, self.currency_id),
                )
            )
        if self._has_other_address(sale_order.partner_shipping_id):
            differences.append(self.env._("The delivery address is not the one the buyer gave on AliExpress."))
        return differences

    def _has_other_address(self, shipping):
        address = load_address(self.address)
        if not self.taken_over or not address.street or hides_address(address):
            return False
        key = self.env["res.partner"]._aliexpress_get_address_key(address)
        return self.taken_over.get("address") == key and shipping.aliexpress_address_key != key

    # === JOBS === #

    def _is_waiting_for_job(self):
        """Override: nothing more happens to orders that are over."""
        return self.stage not in ("closed", "cancelled") or self.state != "done"

    # === ACTIONS === #

    def action_view_sale_order(self):
        """Open the sale order."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.sale_order_id.id,
            "view_mode": "form",
        }
