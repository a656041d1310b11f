from collections import defaultdict
from datetime import timedelta
from typing import NamedTuple

from odoo import fields
from odoo.tools import SQL, split_every, unique

from .aliexpress_offer_kits import OfferKits

# Quantities are read for this many products at once: fast enough, and the memory stays flat whatever the catalogue's
# size.
PRODUCTS_AT_ONCE = 10000
# Orders in these stages hold units that AliExpress has sold and that have not left.
OPEN_STAGES = ("pending_payment", "new", "waiting_shipment", "cancel_requested", "disputed", "frozen", "unknown")
# Whether an order line holds units, of an order in one of `stages` of the shops `account_ids`.
IS_OPEN = """
    ae_order.account_id IN %(account_ids)s
    AND ae_order.stage IN %(stages)s
    AND (ae_order.stage != 'pending_payment' OR ae_order.payment_date IS NOT NULL
         OR listing.stock_deduction IS DISTINCT FROM 'payment')
    -- A dispute is about goods that left, unless a sale order of ours says otherwise.
    AND (ae_order.stage != 'disputed' OR ae_order.sale_order_id IS NOT NULL)
    AND line.is_platform_fulfilled IS NOT TRUE
"""
QUANTITIES = ("qty_available", "free_qty", "incoming_qty", "outgoing_qty", "virtual_available")


class StockPool(NamedTuple):
    """A stock that shops sell from. `horizon_days` None: what is free to use now, else the forecast so far ahead."""

    company_id: int
    warehouse_ids: tuple
    location_ids: tuple
    horizon_days: int | None


class OfferStock:
    """Units of products that shops may promise, read in bulk. One object serves one run: what was read once is not read
    again.
    """

    def __init__(self, env):
        self.env = env
        self._units = defaultdict(dict)
        self._kits = {}

    def get_units(self, account, product_ids):
        """`{product id: units}` for at least `product_ids`: float in the product's unit of measure, negative where too
        much was sold.

        Free or forecast quantity of the shop's stock, of kits as many as their components make, less what open
        AliExpress orders of any shop on this stock have taken and Odoo has not reserved.
        """
        pool = account._get_stock_pool()
        known = self._units[pool]
        missing = [product_id for product_id in unique(product_ids) if product_id not in known]
        for ids in split_every(PRODUCTS_AT_ONCE, missing):
            known.update(self._read_units(pool, ids))
        return known

    def is_counted(self, account, product_id, is_storable):
        """Whether Odoo counts the stock of the product, or, where it is delivered as its components, of any of these.

        :param is_storable: whether it counts the stock of the product itself
        """
        kits = self._get_kits(account.company_id.id)
        return kits.is_counted(product_id) if product_id in kits.components else is_storable

    def expand_kits(self, company_id, product_ids):
        """The set `product_ids` and the kits of which any of them is a component, however deep."""
        components = self._get_kits(company_id).components
        return product_ids | {
            kit_id for kit_id, component_ids in components.items() if not product_ids.isdisjoint(component_ids)
        }

    def _read_units(self, pool, ids):
        kits = self._get_kits(pool.company_id)
        kit_ids = [product_id for product_id in ids if product_id in kits.components]
        component_ids = {component_id for kit_id in kit_ids for component_id in kits.components[kit_id]}
        own_ids = (product_id for product_id in ids if product_id not in kits.components)
        plain_ids = list(unique([*own_ids, *component_ids]))
        demand = self._read_demand(pool, plain_ids, kits)
        name = "free_qty" if pool.horizon_days is None else "virtual_available"
        quantities = self._compute_quantities(pool, plain_ids)
        units = {product_id: quantities[product_id][name] - demand.get(product_id, 0.0) for product_id in plain_ids}
        simple_ids = [kit_id for kit_id in kit_ids if kits.is_simple(kit_id)]
        units |= kits.count(simple_ids, units)
        other_ids = [kit_id for kit_id in kit_ids if kit_id not in units]
        if other_ids:
            # Odoo computes kits from these instead of reading each component again; what orders took is taken off
            # already.
            components = {product_id: dict.fromkeys(QUANTITIES, units[product_id]) for product_id in component_ids}
            quantities = self._compute_quantities(pool, other_ids, mrp_compute_quantities=components)
            units |= {product_id: quantities[product_id][name] for product_id in other_ids}
        return units

    def _compute_quantities(self, pool, ids, **context):
        if not ids:
            return {}
        context["allowed_company_ids"] = [pool.company_id]
        if pool.location_ids:
            context["location"] = list(pool.location_ids)
        elif pool.warehouse_ids:
            context["warehouse_id"] = list(pool.warehouse_ids)
        until = pool.horizon_days is not None and _get_horizon(pool)
        products = self.env["product.product"].with_context(**context).browse(ids)
        return products._compute_quantities_dict(None, None, None, to_date=until)

    def _get_kits(self, company_id):
        if company_id not in self._kits:
            self._kits[company_id] = OfferKits(self.env, company_id)
        return self._kits[company_id]

    # === ORDERS === #

    def _read_demand(self, pool, plain_ids, kits):
        """`{product id: units}` (float) that open AliExpress orders took from this stock and Odoo has not reserved;
        kits as components.
        """
        lines = self._read_open_lines(pool, self.expand_kits(pool.company_id, set(plain_ids)))
        covered = self._read_covered(
            pool, [sale_line_id for _product_id, sale_line_id, _units in lines if sale_line_id]
        )
        demand = defaultdict(float)
        for product_id, sale_line_id, units in lines:
            needs = kits.explode(product_id, units) if product_id in kits.components else {product_id: units}
            for need_id, need in needs.items():
                demand[need_id] += max(need - covered.get((sale_line_id, need_id), 0.0), 0.0)
        return demand

    def _read_open_lines(self, pool, product_ids):
        """`[(product id, sale line id or None, units)]` of what AliExpress sold of `product_ids` (set) and has not seen
        leave.

        Where AliExpress takes stock at payment, an unpaid order has taken nothing.
        """
        accounts = self._find_accounts(pool)
        if not accounts:
            return []
        self.env.flush_all()
        # In two halves, each with an index on products: what is open may be a hundred thousand orders.
        return self.env.execute_query(
            SQL(
                """
                SELECT line.product_id, line.sale_line_id, line.quantity * GREATEST(line.lot_size, 1)
                  FROM aliexpress_order_line line
                  JOIN aliexpress_order ae_order ON ae_order.id = line.order_id
             LEFT JOIN aliexpress_listing listing
                    ON listing.account_id = ae_order.account_id AND listing.product_ref = line.product_ref
                 WHERE line.product_id = ANY(%(product_ids)s) AND %(is_open)s
             UNION ALL
                SELECT sku.product_id, line.sale_line_id, line.quantity * GREATEST(line.lot_size, 1)
                  FROM aliexpress_listing_sku sku
                  JOIN aliexpress_listing listing ON listing.id = sku.listing_id
                  JOIN aliexpress_order_line line
                    ON line.sku_code = sku.sku_code AND line.product_ref = listing.product_ref
                  JOIN aliexpress_order ae_order
                    ON ae_order.id = line.order_id AND ae_order.account_id = listing.account_id
                 WHERE line.product_id IS NULL AND sku.product_id = ANY(%(product_ids)s) AND %(is_open)s
                """,
                product_ids=list(product_ids),
                is_open=SQL(IS_OPEN, account_ids=tuple(accounts.ids), stages=OPEN_STAGES),
            )
        )

    def _find_accounts(self, pool):
        """The shops whose orders are delivered from this stock, or were promised from it."""
        accounts = self.env["aliexpress.account"].with_context(active_test=False)
        accounts = accounts.search([("company_id", "=", pool.company_id)])
        warehouse_ids = self._get_warehouse_ids(pool)
        if not warehouse_ids:
            return accounts

        def takes(account):
            own_ids = self._get_warehouse_ids(account._get_stock_pool()) | set(account.warehouse_id.ids)
            return not account.warehouse_id or not warehouse_ids.isdisjoint(own_ids)

        return accounts.filtered(takes)

    def _get_warehouse_ids(self, pool):
        if pool.location_ids:
            return set(self.env["stock.location"].browse(pool.location_ids).warehouse_id.ids)
        return set(pool.warehouse_ids)

    def _read_covered(self, pool, sale_line_ids):
        """`{(sale line id, product id): units}` (float) that Odoo has reserved or delivered, and that are off the
        quantities already.

        A forecast takes off what is still to be delivered whether it is reserved or not.
        """
        if not sale_line_ids:
            return {}
        if pool.horizon_days is None:
            open_units = SQL("line.state IN ('assigned', 'partially_available')")
        else:
            open_units = SQL("FALSE")
        rows = self.env.execute_query(
            SQL(
                """
                SELECT move.sale_line_id, line.product_id, SUM(line.quantity_product_uom)
                  FROM stock_move_line line
                  JOIN stock_move move ON move.id = line.move_id
                  JOIN stock_location source ON source.id = line.location_id
                  JOIN stock_location target ON target.id = line.location_dest_id
                 WHERE move.sale_line_id IN %(ids)s
                   AND source.usage != 'customer'
                   AND (%(open_units)s OR line.state = 'done' AND target.usage = 'customer')
              GROUP BY move.sale_line_id, line.product_id
                """,
                ids=tuple(sale_line_ids),
                open_units=open_units,
            )
        )
        covered = defaultdict(float, {(sale_line_id, product_id): units for sale_line_id, product_id, units in rows})
        if pool.horizon_days is not None:
            self._add_forecast(covered, pool, sale_line_ids)
        return covered

    def _add_forecast(self, covered, pool, sale_line_ids):
        """Add what is to be delivered within the horizon: Odoo's forecast knows nothing of later deliveries."""
        states = ("waiting", "confirmed", "assigned", "partially_available")
        groups = self.env["stock.move"]._read_group(
            [("sale_line_id", "in", sale_line_ids), ("state", "in", states), ("date", "<=", _get_horizon(pool))],
            ["sale_line_id", "product_id"],
            ["product_qty:sum"],
        )
        for sale_line, product, units in groups:
            covered[sale_line.id, product.id] += units


def _get_horizon(pool):
    return fields.Datetime.now() + timedelta(days=pool.horizon_days)
