from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import plaintext2html

from .aliexpress_job_mixin import CONCURRENCY_ERRORS
from .aliexpress_order_line_hold import STOPPING

OUTSIDE_ACTIVITY = "aliexpress_connector.mail_activity_type_shipped_outside"


class AliexpressOrder(models.Model):
    """What of an order has left, and what AliExpress knows of it."""

    _inherit = "aliexpress.order"

    shipment_ids = fields.One2many("aliexpress.shipment", "order_id", string="Shipments", readonly=True, copy=False)
    shipment_count = fields.Integer(
        compute="_compute_shipment_count", help="How many parcels of this order AliExpress was or will be told of."
    )
    is_shipped_outside = fields.Boolean(
        string="Shipped Outside Odoo",
        readonly=True,
        copy=False,
        tracking=True,
        help="AliExpress shows the order as shipped while its delivery in Odoo is still open.",
    )
    asked_numbers = fields.Json(
        readonly=True, copy=False, help="Tracking numbers of parcels declared elsewhere that a person was asked about."
    )
    is_part_declared = fields.Boolean(
        readonly=True, copy=False, help="Parcels were declared, but not yet that the order has left entirely."
    )

    _part_declared_idx = models.Index("(account_id) WHERE is_part_declared IS TRUE")

    @api.depends("shipment_ids")
    def _compute_shipment_count(self):
        for order in self:
            order.shipment_count = len(order.shipment_ids)

    def action_view_shipments(self):
        """Open the shipments of this order."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("aliexpress_connector.aliexpress_shipment_action")
        return action | {"domain": [("order_id", "=", self.id)], "context": {}}

    def _get_destination_code(self):
        """ISO-2 code of the country the order goes to, "" when unknown."""
        self.ensure_one()
        told = (self.address or {}).get("country_code")
        return told or self.sale_order_id.partner_shipping_id.country_id.code or ""

    def _is_shipped_for_aliexpress(self):
        """Whether AliExpress waits for no more parcels of this order."""
        self.ensure_one()
        return self.stage in ("shipped", "closed", "cancelled")

    def _get_coming_stop(self):
        """The name of the status that will stop the order when it is read and processed, "" when none will."""
        self.ensure_one()
        codes = [self.status] if self.state in ("pending", "error") or self.is_process_due else []
        codes += [self.list_status] if self.is_detail_due and self.list_status else []
        # The status map is shared and small; the warehouse has no right on it.
        rows = self.env["aliexpress.order.status"].sudo()
        if codes:
            rows = rows.search([("code", "in", codes)])
        # What ends before it was shipped, or came to a status nobody knows, is not waited for any more.
        is_to_ship = self.stage in ("pending_payment", "new", "waiting_shipment")
        stops = STOPPING if is_to_ship else ("hold", "cancel")
        stop = rows.filtered(lambda row: row.action in stops or row._is_too_early())[:1]
        unknown = next((code for code in codes if is_to_ship and code not in rows.mapped("code")), "")
        return stop.display_name or unknown

    # === WHAT STAYS BEHIND === #

    def _get_unfinished_lines(self, shipments):
        """The child orders of which something is still to leave, or to be declared, once `shipments` are declared."""
        self.ensure_one()
        waiting = self.shipment_ids.filtered(lambda shipment: not shipment.sent_tracking_ref) - shipments
        ours = self._get_own_lines()
        if any(not shipment.line_ids for shipment in waiting):
            return ours
        declared_later = waiting.line_ids.order_line_id
        return ours.filtered(lambda line: line in declared_later or line._is_still_to_leave())

    def _get_own_lines(self):
        """The child orders that are ours to ship."""
        return self.line_ids.filtered(lambda line: line.quantity and not line.is_platform_fulfilled)

    def _get_lines_shown_shipped(self):
        """The child orders that AliExpress shows as shipped."""
        rows = self.env["aliexpress.order.status"].sudo().search([("stage", "=", "shipped")])  # shared by all shops
        return self.line_ids.filtered(lambda line: line.status in rows.mapped("code"))

    # === SHIPPED OUTSIDE ODOO === #

    @api.model
    def _ask_about_open_deliveries(self):
        """Ask a person about the open deliveries of orders of which AliExpress shows more as shipped than Odoo
        declared: once for each order, and once for each further parcel of one that is shipped in part.

        Only for `_cron_*` methods.
        """
        is_shipped = Domain("stage", "in", ("shipped", "closed")) & Domain("is_shipped_outside", "=", False)
        is_partly_shipped = Domain("stage", "=", "waiting_shipment") & Domain("parcels", "!=", False)
        try:
            for order, picking in self._find_open_deliveries(is_shipped).items():
                if any(order.shipment_ids.mapped("is_last")):
                    continue
                order.is_shipped_outside = True
                order._schedule_outside_question(picking)
            for order, picking in self._find_open_deliveries(is_partly_shipped).items():
                numbers = order._get_foreign_numbers()
                if not set(numbers) <= set(order.asked_numbers or []):
                    order.asked_numbers = numbers
                    order._schedule_part_question(picking)
            self.env["ir.cron"]._commit_progress()
        except CONCURRENCY_ERRORS:  # the orders are being processed: asked at the next run
            self.env.cr.rollback()

    @api.model
    def _find_open_deliveries(self, domain):
        """`{order: the open delivery to ask about}` of the orders of `domain` that are not out of the house."""
        accounts = self.env["aliexpress.account"]._get_due_domain("sync_shipments", calls_gateway=False)
        pickings = (
            self.env["stock.picking"]
            .search(
                Domain("state", "in", ("draft", "waiting", "confirmed", "assigned"))
                & Domain("aliexpress_order_id", "any", Domain("account_id", "any", accounts) & domain)
                & Domain("location_id.usage", "!=", "customer"),
                # The newest: what people leave as it is must not keep them from being asked about others.
                order="id desc",
                limit=1000,
            )
            .sorted("id")
        )
        return {
            order: (order_pickings.filtered(lambda picking: picking._aliexpress_leaves_to_buyer()) or order_pickings)[
                :1
            ]
            for order, order_pickings in pickings.grouped("aliexpress_order_id").items()
        }

    def _get_foreign_numbers(self):
        """Tracking numbers that AliExpress has for this order beside those that Odoo declared or is about to."""
        self.ensure_one()
        numbers = {number for _service, number in self.parcels or [] if number}
        declared = set(self.shipment_ids.mapped("sent_tracking_ref")) - {False}
        # After a correction AliExpress' parcels still have the old number until they are read again.
        if len(numbers) <= len(declared):
            return []
        return sorted(numbers - declared - set(self.shipment_ids.mapped("tracking_ref")))

    def _describe_foreign_parcels(self):
        """What of this order was declared elsewhere and what to do (translated text), "" when nothing was."""
        numbers = self._get_foreign_numbers() if self.stage == "waiting_shipment" else []
        if not numbers:
            return ""
        gone = self._get_lines_shown_shipped() - self.shipment_ids.line_ids.order_line_id
        return self.env._(
            "Parcels of order %(number)s were declared outside Odoo: %(parcels)s. Already shipped: %(names)s. Take "
            "what has left out of this delivery before you validate it.",
            number=self.order_ref,
            parcels=", ".join(numbers),
            names=", ".join(gone.mapped(lambda line: line.sku_code or line.name or line.child_ref))
            or self.env._("see the seller centre"),
        )

    def _schedule_part_question(self, picking):
        message_env = self.account_id._get_message_env()
        self._schedule_question(
            picking,
            message_env._("Has a part of %(delivery)s left?", delivery=picking.name),
            self.with_env(message_env)._describe_foreign_parcels(),
        )

    def _schedule_outside_question(self, picking):
        message_env = self.account_id._get_message_env()
        numbers = ", ".join(number for _service, number in self.parcels or [] if number)
        self._schedule_question(
            picking,
            message_env._("Has %(delivery)s left?", delivery=picking.name),
            message_env._(
                "AliExpress shows order %(number)s as shipped (%(parcels)s), but this delivery is open. If it has "
                "left, validate it: AliExpress is told nothing more. If not, cancel it.",
                number=self.order_ref,
                parcels=numbers or message_env._("no tracking number"),
            ),
        )

    def _schedule_question(self, picking, summary, note):
        # A first import may ask hundreds of these; the watch over shops sends one mail a day for all.
        picking.with_context(mail_activity_quick_update=True).activity_schedule(
            OUTSIDE_ACTIVITY,
            summary=summary,
            note=plaintext2html(note),
            user_id=picking.user_id.id or self.account_id._get_responsible().id,
        )


class AliexpressOrderLine(models.Model):
    _inherit = "aliexpress.order.line"

    is_declared = fields.Boolean(
        readonly=True, copy=False, help="AliExpress was told that all of this child order has left."
    )

    def _is_still_to_leave(self):
        """Whether something of this child order has not left Odoo, or left in a delivery without shipments so far."""
        self.ensure_one()
        moves = self.sale_line_id.move_ids.filtered(
            lambda move: move.product_uom_qty and move._aliexpress_is_for_buyer()
        )
        if not moves:
            # What the seller took off the sale order goes in another shape, or never.
            is_sold = not self.sale_line_id or self.sale_line_id.product_uom_qty > 0
            # What stands for an unknown product is a service in Odoo, but something to ship all the same.
            is_service = self.product_id and self.sale_line_id.product_id.type == "service"
            return is_sold and not is_service and not self._is_covered_by_hand()
        if any(move.state not in ("done", "cancel") for move in moves):
            return True
        deliveries = moves.filtered(lambda move: move._aliexpress_has_left()).picking_id
        return any(not delivery._aliexpress_is_reflected() for delivery in deliveries)

    def _is_covered_by_hand(self):
        """Whether shipments that were made without a delivery hold all of this child order."""
        shipments = self.order_id.shipment_ids.filtered(lambda shipment: not shipment.picking_id)
        if any(not shipment.line_ids for shipment in shipments):
            return True
        held = shipments.line_ids.filtered(lambda line: line.order_line_id == self)
        return sum(held.mapped("quantity")) >= self.quantity
