from odoo import Command, api, fields, models
from odoo.fields import Domain


class SaleOrder(models.Model):
    _inherit = "sale.order"

    aliexpress_order_id = fields.Many2one(
        "aliexpress.order",
        string="AliExpress Order",
        readonly=True,
        copy=False,
        index="btree_not_null",
        check_company=True,
        groups="base.group_user",
        help="The order on AliExpress that this one was made of.",
    )
    aliexpress_ship_deadline = fields.Datetime(
        related="aliexpress_order_id.ship_deadline",
        string="Ship Before",
        related_sudo=True,
        groups="base.group_user",
    )

    aliexpress_order_ref = fields.Char(
        related="aliexpress_order_id.order_ref", string="AliExpress Number", groups="base.group_user"
    )
    aliexpress_order_url = fields.Char(
        related="aliexpress_order_id.order_url", string="On AliExpress", groups="base.group_user"
    )
    aliexpress_stage = fields.Selection(
        related="aliexpress_order_id.stage", string="AliExpress Stage", groups="base.group_user"
    )
    aliexpress_service_name = fields.Char(
        related="aliexpress_order_id.service_name", string="Buyer's Delivery Service", groups="base.group_user"
    )
    aliexpress_note = fields.Text(related="aliexpress_order_id.note", string="Buyer's Note", groups="base.group_user")
    aliexpress_explanation = fields.Html(
        related="aliexpress_order_id.explanation", string="Money Explained", groups="base.group_user"
    )
    aliexpress_difference = fields.Text(
        related="aliexpress_order_id.difference", string="Differs from AliExpress", groups="base.group_user"
    )
    aliexpress_hold_reason = fields.Text(
        compute="_compute_aliexpress_hold_reason",
        string="AliExpress Hold",
        groups="base.group_user",
        help="Why the order may not be shipped for now.",
    )

    aliexpress_address_notice = fields.Text(
        related="aliexpress_order_id.address_notice", string="Hidden by AliExpress", groups="base.group_user"
    )

    _aliexpress_order_uniq = models.UniqueIndex(
        "(aliexpress_order_id) WHERE aliexpress_order_id IS NOT NULL", "This AliExpress order already has a sale order."
    )

    @api.depends("aliexpress_order_id.state", "aliexpress_order_id.hold_reason")
    def _compute_aliexpress_hold_reason(self):
        for sale_order in self:
            # Read for people without AliExpress rights too: they must know why they may not ship.
            order = sale_order.sudo().aliexpress_order_id
            sale_order.aliexpress_hold_reason = order.hold_reason if order.state == "hold" else False

    def write(self, vals):
        """Override to have parcels declared within seconds that wait for a delivery method."""
        result = super().write(vals)
        # Whoever changes sale orders need not be allowed to read AliExpress' records.
        orders = self.sudo().aliexpress_order_id if vals.get("carrier_id") else None
        if orders:
            self.env["aliexpress.shipment"]._wake_carrierless(
                Domain("order_id", "in", orders.ids) & Domain("picking_id.carrier_id", "=", False)
            )
        return result

    def action_view_aliexpress_order(self):
        """Open the AliExpress order of this sale order."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "aliexpress.order",
            "res_id": self.aliexpress_order_id.id,
            "view_mode": "form",
        }

    def _send_order_notification_mail(self, mail_template, *args, **kwargs):
        """Override of `sale`: buyers hear from AliExpress, never from Odoo."""
        # Also for a customer who pays or signs in the portal, who may not read AliExpress' records.
        if self.sudo().aliexpress_order_id:
            return None
        return super()._send_order_notification_mail(mail_template, *args, **kwargs)

    def _get_update_prices_lines(self):
        """Override of `sale`: what the buyer paid is no price of a pricelist."""
        return super()._get_update_prices_lines()._aliexpress_without_paid()

    def _aliexpress_settle_rounding(self):
        """Add a line for the cents that taxes rounded line by line left over, so that each total is AliExpress' own.

        More than cents is no rounding: it stays, and shows as a difference from AliExpress.
        """
        product = self.env["product.product"]._aliexpress_get_helper("difference")
        values_list = []
        for order in self:
            rest = order.currency_id.round(order.aliexpress_order_id.amount_total - order.amount_total)
            if not order.currency_id.is_zero(rest) and order._aliexpress_is_rounding(rest):
                values_list.append(
                    {
                        "order_id": order.id,
                        "product_id": product.id,
                        "name": self.env._("Rounding of taxes"),
                        "aliexpress_kind": "rounding",
                        "product_uom_qty": 1,
                        "price_unit": rest,
                        "discount": 0.0,
                        "tax_ids": [],
                        "sequence": 1001,
                    }
                )
        self.env["sale.order.line"].create(values_list)

    def _aliexpress_is_rounding(self, amount):
        """Whether `amount` is so small that rounding the taxes of each line may have left it over."""
        limit = self.currency_id.rounding * (len(self.order_line) + 1)
        return self.currency_id.compare_amounts(abs(amount), limit) <= 0

    def _aliexpress_map_taxes(self, taxes, old_position):
        """Give the lines that came from AliExpress the taxes of the fiscal position, where they have those of
        `old_position` now; what they cost, taxes included, stays.

        :param TaxFinder taxes: as the lines were made with
        """
        wanted, mapped = {}, {}
        for line in self.order_line.filtered(
            lambda line: line.aliexpress_child_ref or line.aliexpress_kind == "freight"
        ):
            before, after = (
                taxes.get_taxes(line.product_id, position, use_default=line.aliexpress_kind == "freight")
                for position in (old_position, self.fiscal_position_id)
            )
            # Products with different taxes may have had the same in the old position.
            wanted[line] = after if line.tax_ids == before else line.tax_ids
            if line.aliexpress_child_ref and before != after:
                mapped[before] = after
        for line in self.order_line.filtered(lambda line: line.aliexpress_kind in ("discount", "change")):
            # They have the taxes of the products whose prices they change.
            wanted[line] = mapped.get(line.tax_ids, line.tax_ids)
        commands = []
        for line, new_taxes in wanted.items():
            if new_taxes != line.tax_ids:
                values = {"tax_ids": [Command.set(new_taxes.ids)]}
                if line.product_uom_qty:
                    price = new_taxes._aliexpress_get_price_unit(line.price_total, line.product_uom_qty)
                    values |= {"price_unit": price, "discount": 0.0}
                commands.append(Command.update(line.id, values))
        self.order_line = commands
