from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from .res_partner import Geography, hides_address
from .tax_finder import TaxFinder

TAKEN_OVER_FIELDS = ("product_uom_qty", "price_unit", "discount", "tax_ids")


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

    @api.depends("state", "hold_reason", "is_total_accepted", "accepted_amount", "released", "taken_over")
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
        for order in self.sudo():  # as above
            order.write({"is_released": True, "released": order._get_releasable()})
        self._go_on()

    def action_accept_total(self):
        """Somebody compared the totals: the order is worth what its parts add up to."""
        self._check_decision()
        for order in self.sudo():  # as above
            order._accept_total()
        self._go_on()

    def _accept_total(self):
        # Without a currency nothing can be compared yet.
        amount = self._get_unexplained_amount() if self.currency_id else 0.0
        self.write({"is_total_accepted": True, "accepted_amount": amount})
        if self.taken_over:
            self.taken_over = self.taken_over | {"excess": 0.0}

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
        commands = self._take_over_lines(sale_order, taxes) + self._take_over_extras(sale_order, taxes)
        sale_order.write({"order_line": commands})
        excess = self._get_excess(sale_order)
        sale_order._aliexpress_settle_rounding()
        old = self.taken_over
        self._link_sale_order(sale_order, self.partner_id, excess)
        contact = sale_order.partner_shipping_id
        if self._hides_another_address() and contact.aliexpress_address_key == old["address"]:
            # Nothing may leave to the old address until the new one is told, or somebody enters it.
            self.taken_over = self.taken_over | {name: old.get(name) for name in ("address", "is_incomplete")}

    def _get_excess(self, sale_order):
        """By how much the lines of the sale order for what AliExpress changed exceed what AliExpress pays for it; what
        was wrong before stays so.
        """
        changed, kinds = self._get_changed_lines(), self._get_changed_kinds()
        refs = set(changed.mapped("child_ref"))
        amounts = {
            "discount": -self.amount_seller_discount,
            "change": self.amount_adjustment,
            "freight": self.amount_freight,
            "difference": self.amount_difference,
        }
        paid = sum(line.price_unit * line.quantity for line in changed) + sum(amounts[kind] for kind in kinds)
        sale_lines = sale_order.order_line.filtered(
            lambda line: line.aliexpress_child_ref in refs or line.aliexpress_kind in kinds
        )
        excess = sum(sale_lines.mapped("price_total")) - paid
        return self.taken_over.get("excess", 0) if sale_order._aliexpress_is_rounding(excess) else excess

    def _take_over_lines(self, sale_order, taxes):
        """Commands that bring the sale order to the child orders that AliExpress changed. All other lines stay as
        people have them.
        """
        position = sale_order.fiscal_position_id
        by_child = sale_order.order_line.filtered("aliexpress_child_ref").grouped("aliexpress_child_ref")
        commands = []
        for line in self._get_changed_lines():
            sale_lines = by_child.get(line.child_ref, sale_order.order_line.browse())
            if not line.quantity:
                commands += [Command.update(sale_line.id, {"product_uom_qty": 0}) for sale_line in sale_lines]
                continue
            product = line._get_product_to_sell(sale_lines)
            values = line._prepare_sale_line_values(product, taxes.get_taxes(product, position))
            kept = sale_lines.filtered(lambda sale_line, product=product: sale_line.product_id == product)[:1]
            for sale_line in sale_lines - kept:
                # Another product has a line of its own: what was reserved or delivered stays with the old one.
                commands.append(Command.update(sale_line.id, {"product_uom_qty": 0, "aliexpress_child_ref": False}))
            changes = {name: values[name] for name in TAKEN_OVER_FIELDS}
            commands.append(Command.update(kept.id, changes) if kept else Command.create(values))
        return commands

    def _take_over_extras(self, sale_order, taxes):
        """Commands that do the same for freight, discounts and differences whose own amount changed; lines that are
        worth nothing any more are emptied, never deleted.
        """
        kinds = self._get_changed_kinds()
        old_lines = list(sale_order.order_line.filtered(lambda line: line.aliexpress_kind in kinds))
        commands = []
        for values in self._prepare_sale_line_values(sale_order.fiscal_position_id, taxes):
            if values.get("aliexpress_kind") not in kinds:
                continue
            match = next((line for line in old_lines if line.aliexpress_kind == values["aliexpress_kind"]), None)
            if match:
                old_lines.remove(match)
                changes = {name: values[name] for name in TAKEN_OVER_FIELDS}
                commands.append(Command.update(match.id, changes))
            else:
                commands.append(Command.create(values))
        return commands + [Command.update(line.id, {"price_unit": 0}) for line in old_lines]

    def _take_over_address(self, sale_order):
        content = self._get_content()
        if content["address"] == self.taken_over["address"] or content["is_incomplete"]:
            return
        _customer, shipping = self._find_delivery_addresses(
            {self._get_buyer_key(): self.partner_id}, Geography(self.env)
        )[self]
        old_position = sale_order.fiscal_position_id
        sale_order.partner_shipping_id = self.shipping_partner_id = shipping
        if sale_order.fiscal_position_id != old_position and not sale_order.locked:
            sale_order._aliexpress_map_taxes(TaxFinder(self.env), old_position)
        sale_order.picking_ids.filtered(
            lambda picking: picking.state not in ("done", "cancel") and picking.picking_type_code == "outgoing"
        ).partner_id = shipping

    def _take_over_revealed_addresses(self):
        """Bring the sale orders in line whose address was masked or missing when they were made, and that nobody
        corrected.
        """
        for order in self.filtered("taken_over"):
            content, contact = order._get_content(), order.sale_order_id.partner_shipping_id
            # Whatever people chose or entered stays.
            is_ours = order.taken_over.get("is_incomplete") or (
                contact.aliexpress_address_key == order.taken_over["address"]
            )
            is_deliverable = contact.street and contact.country_id and not hides_address(contact)
            is_news = not content["is_incomplete"] and content["address"] != order.taken_over["address"]
            if is_deliverable or not is_news or not is_ours:
                continue
            order.with_company(order.company_id)._take_over_address(order.sale_order_id)
            order.sale_order_id._aliexpress_settle_rounding()
            order.taken_over = order.taken_over | {name: content[name] for name in ("address", "is_incomplete")}


class AliexpressOrderLine(models.Model):
    _inherit = "aliexpress.order.line"

    def _get_product_to_sell(self, sale_lines):
        """The product for this child order: another one that a person chose on `sale_lines` for the same SKU stays."""
        unknown = self.env["product.product"]._aliexpress_get_helper("unknown")
        chosen = sale_lines.product_id[:1]
        if chosen and chosen != unknown and not self._has_other_code():
            return chosen
        return self.product_id or unknown
