from odoo import api, fields, models
from odoo.fields import Domain

OUTSIDE_ACTIVITY = "aliexpress_connector.mail_activity_type_shipped_outside"


class AliexpressOrder(models.Model):
    """What of an order has left, and what AliExpress knows of it."""

    _inherit = "aliexpress.order"

    shipment_ids = fields.One2many("aliexpress.shipment", "order_id", string="Shipments", readonly=True, copy=False)
    is_shipped_outside = fields.Boolean(
        string="Shipped Outside Odoo",
        readonly=True,
        copy=False,
        tracking=True,
        help="AliExpress shows the order as shipped while its delivery in Odoo is still open.",
    )

    is_part_declared = fields.Boolean(
        readonly=True, copy=False, help="Parcels were declared, but not yet that the order has left entirely."
    )

    _part_declared_idx = models.Index("(account_id) WHERE is_part_declared IS TRUE")

    def _get_destination_code(self):
        """ISO-2 code of the country the order goes to, "" when unknown."""
        self.ensure_one()
        return (self.address or {}).get("country_code") or self.sale_order_id.partner_shipping_id.country_id.code or ""

    def _is_hold_coming(self):
        """Whether the status map will hold or cancel the order when it is processed."""
        self.ensure_one()
        # The status map is shared and small; the warehouse has no right on it.
        row = self.env["aliexpress.order.status"].sudo().search([("code", "=", self.status)], limit=1)
        return row.action in ("hold", "cancel")

    # === WHAT STAYS BEHIND === #

    def _get_unfinished_lines(self, shipments):
        """The child orders of which something is still to leave, or to be declared, once `shipments` of the order are declared."""
        self.ensure_one()
        waiting = self.shipment_ids.filtered(lambda shipment: not shipment.sent_tracking_ref) - shipments
        ours = self.line_ids.filtered(lambda line: line.quantity and not line.is_platform_fulfilled)
        if any(not shipment.line_ids for shipment in waiting):
            return ours
        declared_later = waiting.line_ids.order_line_id
        return ours.filtered(lambda line: line in declared_later or line._is_still_to_leave())

    # === SHIPPED OUTSIDE ODOO === #

    @api.model
    def _ask_about_open_deliveries(self):
        """Ask a person about the open deliveries of orders that AliExpress shows as shipped, once for each order; only for `_cron_*`."""
        accounts = self.env["aliexpress.account"].search(
            self.env["aliexpress.account"]._get_due_domain("sync_shipments", False)
        )
        pickings = self.env["stock.picking"].search(
            Domain("state", "in", ("draft", "waiting", "confirmed", "assigned"))
            & Domain("aliexpress_order_id", "any", self._get_outside_domain(accounts))
            & Domain("location_id.usage", "!=", "customer"),
            order="id",
            limit=1000,
        )
        for order, order_pickings in pickings.grouped("aliexpress_order_id").items():
            if any(order.shipment_ids.mapped("is_last")):
                continue
            order.is_shipped_outside = True
            leaving = order_pickings.filtered(lambda picking: picking._aliexpress_leaves_to_buyer())
            order._schedule_outside_question((leaving or order_pickings)[:1])
        self.env["ir.cron"]._commit_progress(len(pickings))

    @api.model
    def _get_outside_domain(self, accounts):
        return (
            Domain("account_id", "in", accounts.ids)
            & Domain("stage", "in", ("shipped", "closed"))
            & Domain("is_shipped_outside", "=", False)
        )

    def _schedule_outside_question(self, picking):
        account = self.account_id
        message_env = account._get_message_env()
        numbers = ", ".join(number for _service, number in self.parcels or [] if number)
        picking.activity_schedule(
            OUTSIDE_ACTIVITY,
            summary=message_env._("Has %(delivery)s left?", delivery=picking.name),
            note=message_env._(
                "AliExpress shows order %(number)s as shipped (%(parcels)s), but this delivery is open. If it has left, validate it: "
                "AliExpress is told nothing more. If not, cancel it.",
                number=self.order_ref,
                parcels=numbers or message_env._("no tracking number"),
            ),
            user_id=picking.user_id.id or account.user_id.id or self.env.uid,
        )


class AliexpressOrderLine(models.Model):
    _inherit = "aliexpress.order.line"

    def _is_still_to_leave(self):
        """Whether something of this child order has not left Odoo yet, or has left in a delivery without shipments so far."""
        self.ensure_one()
        moves = self.sale_line_id.move_ids.filtered(
            lambda move: not move.origin_returned_move_id and move.product_uom_qty
        )
        if not moves:
            return self.sale_line_id.product_id.type != "service" and not self._is_covered_by_hand()
        if any(move.state not in ("done", "cancel") for move in moves):
            return True
        deliveries = moves.filtered(
            lambda move: move.state == "done" and move.location_dest_usage == "customer"
        ).picking_id
        return any(not delivery._aliexpress_is_reflected() for delivery in deliveries)

    def _is_covered_by_hand(self):
        """Whether shipments that were made without a delivery hold all of this child order."""
        shipments = self.order_id.shipment_ids.filtered(lambda shipment: not shipment.picking_id)
        if any(not shipment.line_ids for shipment in shipments):
            return True
        held = shipments.line_ids.filtered(lambda line: line.order_line_id == self)
        return sum(held.mapped("quantity")) >= self.quantity
