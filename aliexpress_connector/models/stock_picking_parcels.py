import re
from dataclasses import dataclass, field

from odoo import models


@dataclass
class Parcel:
    """A parcel of one order in a delivery: its package where it has a number of its own, and `{child order: quantity}`."""

    package: object
    tracking_ref: str
    quantities: dict = field(default_factory=dict)


class StockPicking(models.Model):
    """Which parcels a delivery consists of."""

    _inherit = "stock.picking"

    def _aliexpress_get_numbers(self):
        """All tracking numbers of this delivery (list of str): those of its packages, then its own, which commas separate."""
        own = re.split(r"[,;]", self.carrier_tracking_ref or "")
        packages = self.move_line_ids.result_package_id._aliexpress_get_single_use()
        numbers = [number.strip() for number in [*packages.mapped("aliexpress_tracking_ref"), *own] if number]
        return list(dict.fromkeys(filter(None, numbers)))

    def _aliexpress_get_sent_moves(self):
        """The done moves of these deliveries to buyers of AliExpress orders; returns, and what was sent again after one, never count."""
        return self.move_ids.filtered(
            lambda move: move.state == "done"
            and move.location_dest_usage == "customer"
            and not move.origin_returned_move_id
            and move.sale_line_id.order_id.aliexpress_order_id.company_id == move.company_id
        )

    def _aliexpress_get_parcels(self):
        """`{(delivery, order): [Parcel, …]}` of these done deliveries.

        A package with a number of its own is a parcel. All the rest of a delivery travels under the delivery's numbers: where there are
        as many packages without a number as numbers left, they belong together in their order, otherwise each number has all the rest.
        Without a number there is one parcel with an empty `tracking_ref`.
        """
        parcels = {}
        for picking in self:
            moves = picking._aliexpress_get_sent_moves()
            for order, order_moves in moves.grouped(lambda move: move.sale_line_id.order_id.aliexpress_order_id).items():
                parcels[picking, order] = picking._aliexpress_split_parcels(order_moves)
        return parcels

    def _aliexpress_split_parcels(self, moves):
        lines = moves.move_line_ids.filtered("quantity")
        packages = lines.result_package_id._aliexpress_get_single_use()
        numbered = packages.filtered("aliexpress_tracking_ref")
        contents = [
            (package, package.aliexpress_tracking_ref.strip(), lines.filtered(lambda line, package=package: line.result_package_id == package))
            for package in numbered
        ]
        rest = lines.filtered(lambda line: line.result_package_id not in numbered)
        if rest:
            taken = {number for _package, number, _lines in contents}
            numbers = [number for number in self._aliexpress_get_numbers() if number not in taken]
            plain = packages - numbered
            if len(plain) == len(numbers) > 1 and all(line.result_package_id in plain for line in rest):
                contents += [
                    (plain.browse(), number, rest.filtered(lambda line, package=package: line.result_package_id == package))
                    for package, number in zip(plain, numbers, strict=True)
                ]
            else:
                contents += [(plain.browse(), number, rest) for number in numbers or [""]]
        return [Parcel(package, number, part._aliexpress_get_quantities()) for package, number, part in contents]
