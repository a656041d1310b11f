from odoo import models

# What the map says about the order may also be true for a single line of it.
STOPPING = ("hold", "cancel", "close")


class AliexpressOrder(models.Model):
    """What of an order may still leave, and which of its lines AliExpress stops."""

    _inherit = "aliexpress.order"

    def _may_still_leave(self):
        """Whether the sale order can be confirmed, or a delivery of it is open."""
        self.ensure_one()
        if self.stage == "pending_payment":
            return False
        is_open = any(
            picking.state not in ("done", "cancel") and picking.location_id.usage != "customer"
            for picking in self.picking_ids
        )
        return is_open or self.sale_order_id.state in ("draft", "sent")

    def _get_line_reason(self, rows):
        """Which lines may not leave although the order waits for its shipment (translated text), "" for none.

        :param rows: `{status: row}` of the status map
        """
        if self.stage != "waiting_shipment":
            return ""
        lines = self.line_ids.filtered(lambda line: line._is_stopped(rows.get(line.status)))
        if not lines:
            return ""
        return self.env._(
            "AliExpress stops lines of this order: %(lines)s. Wait until AliExpress has decided, or take them out of "
            "the sale order, so that the rest can leave.",
            lines=", ".join(
                f"{line.sku_code or line.name or line.child_ref} ({rows[line.status].display_name})" for line in lines
            ),
        )


class AliexpressOrderLine(models.Model):
    _inherit = "aliexpress.order.line"

    def _get_status_rows(self):
        """`{status: row of the status map}` of these lines. What the map does not know about lines stops nothing."""
        codes = {line.status for line in self if line.status and line.status != line.order_id.status}
        rows = self.env["aliexpress.order.status"].sudo()  # shared by all shops
        return {row.code: row for row in rows.search([("code", "in", list(codes))])} if codes else {}

    def _is_stopped(self, row):
        """Whether the status of this line, `row` of the status map or None, forbids that it leaves, and it still may.

        In the order's own status it does what the order does.
        """
        if not row or row.action not in STOPPING or self.status == self.order_id.status or not self.quantity:
            return False
        sale_line = self.sale_line_id
        if sale_line.state == "sale":
            return any(
                move.state not in ("done", "cancel") and move.product_uom_qty and move._aliexpress_is_for_buyer()
                for move in sale_line.move_ids
            )
        # Not confirmed yet: what a person took out, or deleted, is not delivered.
        if not sale_line:
            return not self.order_id.sale_order_id
        return sale_line.state != "cancel" and sale_line.product_uom_qty > 0
