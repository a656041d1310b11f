from odoo import models


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    def _aliexpress_get_quantities(self):
        """`{child order: quantity}` of these done operations, counted as the child orders count."""
        order_lines = self.env["aliexpress.order.line"].search([("sale_line_id", "in", self.move_id.sale_line_id.ids)])
        by_sale_line = {line.sale_line_id: line for line in order_lines}
        quantities = {}
        for sale_line, lines in self.grouped(lambda line: line.move_id.sale_line_id).items():
            order_line = by_sale_line.get(sale_line)
            if order_line:
                quantities[order_line] = lines._aliexpress_get_sold_quantity(sale_line) / (order_line.lot_size or 1)
        return quantities

    def _aliexpress_get_sold_quantity(self, sale_line):
        """How much of `sale_line`, in its unit, these operations hold; of a kit the whole ones."""
        if self.product_id == sale_line.product_id:
            return sum(line.product_uom_id._compute_quantity(line.quantity, sale_line.product_uom_id) for line in self)
        held = {product: sum(lines.mapped("quantity_product_uom")) for product, lines in self.grouped("product_id").items()}
        wanted = {}
        for move in sale_line.move_ids.filtered(lambda move: move.location_dest_usage == "customer" and not move.origin_returned_move_id):
            if move.state != "cancel" or move.picking_id.state == "done":
                wanted[move.product_id] = wanted.get(move.product_id, 0.0) + move.product_qty
        kits = sale_line.product_uom_qty
        shares = [held.get(product, 0.0) / quantity for product, quantity in wanted.items() if quantity]
        return float(int(min(shares, default=0.0) * kits + 1e-6))
