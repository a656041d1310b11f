from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from .res_partner import Geography, is_masked
from .tax_finder import TaxFinder

EXTRA_PRODUCTS = ("discount", "freight", "difference")
TAKEN_OVER_FIELDS = ("product_uom_qty", "price_unit", "discount")


class AliexpressOrder(models.Model):
    """What people decide about held orders: take changes over, accept a total, let a suspicious order go."""

    _inherit = "aliexpress.order"

    may_decide = fields.Boolean(
        compute="_compute_may_decide", help="You may decide about this order, because you may change its sale order."
    )
    # Which button ends the hold; the reason names it.
    can_take_over = fields.Boolean(compute="_compute_ways_out", compute_sudo=True)
    can_accept_total = fields.Boolean(compute="_compute_ways_out", compute_sudo=True)
    can_release = fields.Boolean(compute="_compute_ways_out", compute_sudo=True)

    @api.depends("sale_order_id")
    @api.depends_context("uid")
    def _compute_may_decide(self):
        for order in self:
            order.may_decide = order.sale_order_id.has_access("write")

    @api.depends("state", "hold_reason", "is_total_accepted", "is_released", "taken_over")
    @api.depends_context("uid")
    def _compute_ways_out(self):
        for order in self:
            is_held = order.state == "hold" and order.sudo(False).may_decide
            order.can_take_over = is_held and bool(order._get_change_reason())
            order.can_accept_total = is_held and bool(order.currency_id and order._get_money_reason())
            order.can_release = is_held and bool(order._get_suspicion_reason() or order._get_platform_reason())

    def action_take_over(self):
        """Bring the sale orders in line with what AliExpress changed; only lines that came from AliExpress are
        touched.
        """
        self._check_decision()
        for order in self.sudo():  # the person may edit the sale order, the inbox itself is written by jobs only
            if order.sale_order_id and order.taken_over:
                order.with_company(order.company_id)._take_over()
        self._go_on()

    def action_release(self):
        """Somebody looked at the suspicious order: it may leave."""
        self._check_decision()
        self.sudo().is_released = True  # as above
        self._go_on()

    def action_accept_total(self):
        """Somebody compared the totals: the order is worth what its parts add up to."""
        self._check_decision()
        self.sudo().is_total_accepted = True  # as above
        self._go_on()

    def _check_decision(self):
        self.check_access("read")
        self.sale_order_id.check_access("write")

    def _go_on(self):
        self.sudo().filtered(lambda order: order.state == "hold").is_process_due = True  # as above
        self._trigger_job()

    def _take_over(self):
        sale_order = self.sale_order_id
        if sale_order.locked:
            raise UserError(
                self.env._(
                    "Sale order %(name)s is locked. Unlock it first, then press Take Over.", name=sale_order.name
                )
            )
        self.line_ids._adopt_chosen_products()
        problems = [line._explain_unknown() for line in self.line_ids if line.quantity and not line.product_id]
        if problems and sale_order.state == "sale":
            raise UserError("\n".join(problems))
        taxes = TaxFinder(self.env)
        self._take_over_address(sale_order)
        new_values = self._prepare_sale_line_values(sale_order.fiscal_position_id, taxes)
        by_child = {
            values["aliexpress_child_ref"]: values for values in new_values if values.get("aliexpress_child_ref")
        }
        commands = []
        for line in sale_order.order_line.filtered("aliexpress_child_ref"):
            values = by_child.get(line.aliexpress_child_ref, {"product_uom_qty": 0})
            if values.get("product_id", line.product_id.id) != line.product_id.id:
                # Another product has a line of its own: what was reserved or delivered stays with the old one.
                commands.append(Command.update(line.id, {"product_uom_qty": 0, "aliexpress_child_ref": False}))
                continue
            by_child.pop(line.aliexpress_child_ref, None)
            commands.append(
                Command.update(line.id, {name: values[name] for name in TAKEN_OVER_FIELDS if name in values})
            )
        commands += [Command.create(values) for values in by_child.values()]
        commands += self._take_over_extras(
            sale_order, [values for values in new_values if not values.get("aliexpress_child_ref")]
        )
        sale_order.write({"order_line": commands})
        self._link_sale_order(sale_order, self.partner_id)
        sale_order._aliexpress_settle_rounding()

    def _take_over_extras(self, sale_order, new_values):
        """Commands that bring freight, discounts and differences to their new amounts; confirmed lines are emptied,
        never deleted.
        """
        Product = self.env["product.product"]
        products = Product.union(*(Product._aliexpress_get_helper(name) for name in EXTRA_PRODUCTS))
        old_lines = list(sale_order.order_line.filtered(lambda line: line.product_id in products))
        commands = []
        for values in new_values:
            match = next(
                (
                    line
                    for line in old_lines
                    if (line.product_id.id, line.name) == (values["product_id"], values["name"])
                ),
                None,
            )
            if match:
                old_lines.remove(match)
                changes = {name: values[name] for name in ("price_unit", "discount", "tax_ids")}
                commands.append(Command.update(match.id, changes))
            else:
                commands.append(Command.create(values))
        return commands + [Command.update(line.id, {"price_unit": 0}) for line in old_lines]

    def _take_over_address(self, sale_order):
        content = self._get_content()
        if content["address"] == self.taken_over["address"] or content["is_masked"]:
            return
        _customer, shipping = self._find_delivery_addresses(
            {self._get_buyer_key(): self.partner_id}, Geography(self.env)
        )[self]
        sale_order.partner_shipping_id = shipping
        sale_order.picking_ids.filtered(
            lambda picking: picking.state not in ("done", "cancel") and picking.picking_type_code == "outgoing"
        ).partner_id = shipping

    def _take_over_revealed_addresses(self):
        """Bring the sale orders in line whose address was masked when they were made, and that nobody corrected."""
        for order in self.filtered(lambda order: (order.taken_over or {}).get("is_masked")):
            content, contact = order._get_content(), order.sale_order_id.partner_shipping_id
            if content["is_masked"] or not (is_masked(contact.name) or is_masked(contact.street)):
                continue
            order.with_company(order.company_id)._take_over_address(order.sale_order_id)
            order.taken_over = order.taken_over | {name: content[name] for name in ("address", "is_masked")}
