from odoo import models


class StockMove(models.Model):
    """Which moves bring goods to a buyer on AliExpress, and what Odoo need not ask while many orders are confirmed."""

    _inherit = "stock.move"

    def _update_orderpoints(self):
        """Override of `stock`: nothing to compute anew for products that have no reordering rule."""
        return super(StockMove, self._aliexpress_filter_orderpoints())._update_orderpoints()

    def _trigger_scheduler(self):
        """Override of `stock`: Odoo looks for a reordering rule at each move; a batch has asked once."""
        return super(StockMove, self._aliexpress_filter_orderpoints())._trigger_scheduler()

    def _aliexpress_filter_orderpoints(self):
        """These moves, but those whose products are known to have no reordering rule: `_confirm_sale_orders` asks."""
        without = self.env.context.get("aliexpress_without_orderpoint")
        return self.filtered(lambda move: move.product_id.id not in without) if without else self

    def _aliexpress_is_for_buyer(self):
        """Whether AliExpress is to be told when this move is done.

        Returns are not. What is sent again after it came back is told only if AliExpress was not told the first time.
        """
        self.ensure_one()
        origin = self.origin_returned_move_id
        if not origin:
            return self.location_id.usage != "customer"
        first_shipments = origin.origin_returned_move_id.picking_id.aliexpress_shipment_ids
        return self.location_dest_usage == "customer" and not any(first_shipments.mapped("sent_tracking_ref"))

    def _aliexpress_has_left(self):
        """Whether this move brought goods to the buyer that are still there."""
        self.ensure_one()
        if self.state != "done" or self.location_dest_usage != "customer" or not self._aliexpress_is_for_buyer():
            return False
        returned = sum(
            move.product_uom._compute_quantity(move.quantity, self.product_uom)
            for move in self.returned_move_ids
            if move.state == "done"
        )
        return self.product_uom.compare(self.quantity, returned) > 0
