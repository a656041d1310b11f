import re
from dataclasses import dataclass

from odoo import models


@dataclass
class DeliveryParcel:
    """A parcel of one order in a delivery: its package where it has a number of its own, and `{child order: quantity}`.

    `tracking_ref` is "" while there is no number.
    """

    package: object
    tracking_ref: str
    quantities: dict


class StockPicking(models.Model):
    """Which parcels a delivery consists of."""

    _inherit = "stock.picking"

    def _aliexpress_get_numbers(self):
        """All tracking numbers (list of str): those of the packages, then the delivery's own, which commas separate."""
        own = re.split(r"[,;]", self.carrier_tracking_ref or "")
        packages = self.move_line_ids.result_package_id._aliexpress_get_single_use()
        numbers = [number.strip() for number in [*packages.mapped("aliexpress_tracking_ref"), *own] if number]
        return list(dict.fromkeys(filter(None, numbers)))

    def _aliexpress_get_sent_moves(self):
        """The moves of these deliveries that brought goods of AliExpress orders to their buyers."""
        return self.move_ids.filtered(
            lambda move: (
                move._aliexpress_has_left()
                and move.sale_line_id.order_id.aliexpress_order_id.company_id == move.company_id
            )
        )

    def _aliexpress_get_parcels(self):
        """`{(delivery, order): [DeliveryParcel, …]}` of these done deliveries.

        A package with a number of its own is a parcel. All the rest of a delivery travels under the delivery's numbers:
        where there are as many packages without a number as numbers left, they belong together in their order,
        otherwise each number has all the rest. Without a number there is one parcel with an empty `tracking_ref`.
        """
        # Read at once for all deliveries.
        self.move_ids.move_line_ids.fetch(["quantity", "result_package_id"])
        domain = [("sale_line_id", "in", self.move_ids.sale_line_id.ids)]
        order_lines = {line.sale_line_id: line for line in self.env["aliexpress.order.line"].search(domain)}
        parcels = {}
        for picking in self:
            moves = picking._aliexpress_get_sent_moves()
            by_order = moves.grouped(lambda move: move.sale_line_id.order_id.aliexpress_order_id)
            for order, order_moves in by_order.items():
                parcels[picking, order] = picking._aliexpress_split_parcels(order_moves.move_line_ids, order_lines)
        return parcels

    def _aliexpress_split_parcels(self, lines, order_lines):
        lines = lines.filtered("quantity")
        by_package = lines.grouped("result_package_id")
        packages = self._aliexpress_order_packages(lines.result_package_id)
        numbered = packages.filtered("aliexpress_tracking_ref")
        contents = [(package, package.aliexpress_tracking_ref.strip(), by_package[package]) for package in numbered]
        rest = lines.filtered(lambda line: line.result_package_id not in numbered)
        if rest:
            taken = {number for _package, number, _lines in contents}
            numbers = [number for number in self._aliexpress_get_numbers() if number not in taken]
            plain = packages - numbered
            if (
                len(plain) == len(numbers) > 1
                and rest.result_package_id == plain
                and all(rest.mapped("result_package_id.id"))
            ):
                pairs = zip(plain, numbers, strict=True)
                contents += [(plain.browse(), number, by_package[package]) for package, number in pairs]
            else:
                contents += [(plain.browse(), number, rest) for number in numbers or [""]]
        return [
            DeliveryParcel(package, number, part._aliexpress_get_quantities(order_lines))
            for package, number, part in contents
        ]

    def _aliexpress_order_packages(self, packages):
        """These packages of the delivery, without those that come back, in the order in which they get numbers."""
        packages = packages._aliexpress_get_single_use().sorted("id")
        if self.carrier_id.delivery_type in ("fixed", "base_on_rule", False):
            return packages
        # Carriers that give the numbers themselves are told the packages in this order.
        return self.move_line_ids.result_package_id & packages
