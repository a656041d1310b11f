from odoo import models


class StockMoveLine(models.Model):
    """How much of a child order is in a parcel."""

    _inherit = "stock.move.line"

    def _aliexpress_get_quantities(self, order_lines):
        """`{child order: quantity}` of these done operations, counted as the child orders count.

        :param dict order_lines: `{sale order line: child order}`
        """
        quantities = {}
        for sale_line, lines in self.grouped(lambda line: line.move_id.sale_line_id).items():
            order_line = order_lines.get(sale_line)
            if order_line:
                quantities[order_line] = lines._aliexpress_get_sold_quantity(sale_line) / (order_line.lot_size or 1)
        return quantities

    def _aliexpress_get_sold_quantity(self, sale_line):
        """How much of `sale_line`, in its unit, these operations hold; of a kit the whole ones."""
        if self.product_id == sale_line.product_id:
            unit = sale_line.product_uom_id
            return sum(line.product_uom_id._compute_quantity(line.quantity, unit) for line in self)
        held = {
            product: sum(lines.mapped("quantity_product_uom")) for product, lines in self.grouped("product_id").items()
        }
        moves = sale_line.move_ids.filtered(
            lambda move: (
                move.location_dest_usage == "customer"
                and not move.origin_returned_move_id
                # What was left out of a delivery is cancelled within it, and still belongs to the kits sold.
                and (move.state != "cancel" or move.picking_id.state == "done")
            )
        )
        wanted = {product: sum(moves.mapped("product_qty")) for product, moves in moves.grouped("product_id").items()}
        shares = [held.get(product, 0.0) / quantity for product, quantity in wanted.items() if quantity]
        return float(int(min(shares, default=0.0) * sale_line.product_uom_qty + 1e-6))
