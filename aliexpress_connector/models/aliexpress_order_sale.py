from odoo import Command, api, models

from .res_partner import Geography, is_masked, load_address, normalise
from .tax_finder import TaxFinder

# Stages of orders that leave no more.
ARRIVED_STAGES = ("shipped", "closed", "cancelled")


class AliexpressOrder(models.Model):
    """How a sale order is made: customer, address, lines, taxes, and a total that is AliExpress' to the cent."""

    _inherit = "aliexpress.order"

    def _create_sale_orders(self):
        """Create the quotations of these orders of one shop, in one batch, and link them."""
        partners = self._find_partners()
        pricelists = self._get_pricelists()
        carriers = self._get_carriers()
        taxes = TaxFinder(self.env, self.line_ids.product_id)
        # Headers and footers of quotations, where Odoo has them: it would look for them with each order.
        defaults = self.env["sale.order"].default_get(["quotation_document_ids"])
        values_list = []
        for order in self:
            values = order._prepare_sale_order_values(*partners[order], pricelists[order.currency_id], taxes)
            values_list.append(defaults | values | {"carrier_id": carriers.get(order.service_code, False)})
        sale_orders = self.env["sale.order"].with_context(**self._get_batch_context()).create(values_list)
        sale_orders._aliexpress_settle_rounding()
        for order, sale_order in zip(self.with_context(tracking_disable=True), sale_orders, strict=True):
            order._link_sale_order(sale_order, partners[order][0], sale_order.amount_total - order.amount_total)

    def _get_batch_context(self):
        """Context in which sale orders are created that nobody typed (dict)."""
        has_distributions = self.env["account.analytic.distribution.model"].search_count([], limit=1)
        return {
            # The responsible person did not ask for these: one note for each would bury what matters.
            "mail_auto_subscribe_no_notify": True,
            "aliexpress_no_distribution": not has_distributions,
        }

    def _link_sale_order(self, sale_order, customer, excess):
        """Remember which lines came from which child order, from what content the sale order was made, and by how much
        what was made exceeds what AliExpress pays.
        """
        sale_lines = sale_order.order_line.filtered("aliexpress_child_ref").grouped("aliexpress_child_ref")
        for line in self.line_ids:
            line.sale_line_id = sale_lines.get(line.child_ref, sale_order.order_line.browse())
        excess = 0.0 if sale_order._aliexpress_is_rounding(excess) else excess
        self.write(
            {
                "sale_order_id": sale_order.id,
                "partner_id": customer.id,
                "shipping_partner_id": sale_order.partner_shipping_id.id,
                "taken_over": self._get_content() | {"excess": excess},
            }
        )

    def _prepare_sale_order_values(self, customer, shipping, pricelist, taxes):
        account = self.account_id
        fiscal_position = taxes.get_fiscal_position(customer, shipping)
        values = {
            "aliexpress_order_id": self.id,
            "company_id": account.company_id.id,
            "partner_id": customer.id,
            "partner_invoice_id": customer.id,
            "partner_shipping_id": shipping.id,
            "client_order_ref": self.order_ref,
            "origin": f"AliExpress {self.order_ref}",
            "fiscal_position_id": fiscal_position.id,
            "pricelist_id": pricelist.id,
            "user_id": account.user_id.id,
            # The company's usual quotation may write to the customer, or ask for a signature.
            "sale_order_template_id": False,
            "order_line": [Command.create(line) for line in self._prepare_sale_line_values(fiscal_position, taxes)],
        }
        if self.order_date:
            values["date_order"] = self.order_date
        if account.team_id:
            values["team_id"] = account.team_id.id
        if account.warehouse_id:
            values["warehouse_id"] = account.warehouse_id.id
        return values

    def _get_carriers(self):
        """`{service key: id of the delivery method that stands for it}` of the services the buyers chose."""
        services = self.env["aliexpress.logistics.service"].search(
            [
                ("account_id", "=", self.account_id.id),
                ("code", "in", [code for code in self.mapped("service_code") if code]),
                ("carrier_id", "!=", False),
            ]
        )
        return {service.code: service.carrier_id.id for service in services}

    # === LINES === #

    def _prepare_sale_line_values(self, fiscal_position, taxes):
        """Values of all sale order lines: child orders, what changes their prices, freight and the accepted
        difference.
        """
        get_helper = self.env["product.product"]._aliexpress_get_helper
        values_list, reductions = [], {}
        for line in self.line_ids.filtered("quantity"):
            product = line.product_id or get_helper("unknown")
            line_taxes = taxes.get_taxes(product, fiscal_position)
            values_list.append(line._prepare_sale_line_values(product, line_taxes))
            for kind, amount in (("discount", -line.amount_seller_discount), ("change", line.amount_adjustment)):
                key = (kind, line_taxes)
                reductions[key] = reductions.get(key, 0.0) + amount
        for (kind, line_taxes), amount in reductions.items():
            values_list.append(self._prepare_amount_line(kind, amount, line_taxes))
        freight_taxes = taxes.get_taxes(get_helper("freight"), fiscal_position, use_default=True)
        values_list.append(self._prepare_amount_line("freight", self.amount_freight, freight_taxes))
        values_list.append(self._prepare_amount_line("difference", self.amount_difference))
        return list(filter(None, values_list))

    def _prepare_amount_line(self, kind, amount, taxes=None):
        """Values of a line of one unit that is worth `amount`, taxes included; None when it is worth nothing.

        :param kind: `discount`, `change`, `freight` or `difference`
        """
        if self.currency_id.is_zero(amount):
            return None
        names = {
            "discount": self.env._("AliExpress seller discount"),
            "change": self.env._("AliExpress price change"),
            "freight": self.env._("AliExpress freight"),
            "difference": self.env._("AliExpress difference"),
        }
        taxes = taxes if taxes is not None else self.env["account.tax"]
        helper = self.env["product.product"]._aliexpress_get_helper("discount" if kind == "change" else kind)
        return {
            "product_id": helper.id,
            "name": names[kind],
            "aliexpress_kind": kind,
            "product_uom_qty": 1,
            "price_unit": taxes._aliexpress_get_price_unit(amount, 1),
            "discount": 0.0,
            "tax_ids": [Command.set(taxes.ids)],
            "sequence": 1000,
        }

    def _get_pricelists(self):
        """`{currency: pricelist}`: a sale order takes its currency from its pricelist; empty where the company's
        currency will do.
        """
        account = self.account_id
        return {
            currency: account._get_order_pricelist(currency) for currency in self.currency_id | self.env["res.currency"]
        }

    # === CUSTOMERS === #

    def _find_partners(self):
        """`{order: (customer, delivery address)}` of orders of one shop; buyers and addresses that are not known yet
        are created.
        """
        account = self.account_id
        Partner = self.env["res.partner"].with_context(no_vat_validation=True, active_test=False)
        geography = Geography(self.env)
        buyers = {order._get_buyer_key() for order in self}
        known = {
            partner.aliexpress_buyer_ref: partner
            for partner in Partner.search(
                [("aliexpress_account_id", "=", account.id), ("aliexpress_buyer_ref", "in", list(buyers))]
            )
        }
        values_list = {}
        for order in self:
            key = order._get_buyer_key()
            if key not in known and key not in values_list:
                values_list[key] = order._prepare_customer_values(key, geography)
        known.update(zip(values_list, Partner.create(list(values_list.values())), strict=True))
        for order in self:
            tax_id, customer = load_address(order.address).tax_id, known[order._get_buyer_key()]
            if tax_id and not is_masked(tax_id) and not customer.vat:
                # Told only now; what people entered stays.
                customer.vat = tax_id
        return self._find_delivery_addresses(known, geography)

    def _get_buyer_key(self):
        return self.buyer_ref or f"order {self.order_ref}"

    def _prepare_customer_values(self, buyer_key, geography):
        address = load_address(self.address)
        name = "" if is_masked(self.buyer_name) else self.buyer_name
        values = self.env["res.partner"]._aliexpress_prepare_address_values(address, geography)
        return values | {
            "name": next(filter(None, (name, address.name, self.buyer_name)), buyer_key),
            "company_id": self.account_id.company_id.id,
            "aliexpress_account_id": self.account_id.id,
            "aliexpress_buyer_ref": buyer_key,
            "aliexpress_address_key": self.env["res.partner"]._aliexpress_get_address_key(address),
        }

    def _find_delivery_addresses(self, customers, geography):
        Partner = self.env["res.partner"].with_context(no_vat_validation=True)
        children = Partner.search(
            [
                ("parent_id", "in", [partner.id for partner in customers.values()]),
                ("aliexpress_address_key", "!=", False),
            ]
        )
        known = {(child.parent_id.id, child.aliexpress_address_key): child for child in children}
        wanted, values_list = {}, {}
        for order in self:
            customer = customers[order._get_buyer_key()]
            address = load_address(order.address)
            key = Partner._aliexpress_get_address_key(address)
            # What has left already needs no address; what is still to leave must not go to an earlier one.
            is_over = order.stage in ARRIVED_STAGES and not (address.street or address.city)
            wanted[order] = (customer.id, None if is_over else key)
            if is_over or self._is_own_address(customer, address, key):
                known[wanted[order]] = customer
            elif wanted[order] not in known:
                values_list[wanted[order]] = Partner._aliexpress_prepare_address_values(address, geography) | {
                    "type": "delivery",
                    "parent_id": customer.id,
                    "company_id": customer.company_id.id,
                    "aliexpress_address_key": key,
                }
        known.update(zip(values_list, Partner.create(list(values_list.values())), strict=True))
        return {order: (customers[order._get_buyer_key()], known[key]) for order, key in wanted.items()}

    @api.model
    def _is_own_address(self, customer, address, key):
        """Whether the delivery goes to the customer itself; `key` is that of the lib `Address`."""
        return (
            customer.aliexpress_address_key == key
            and normalise(customer.name) == normalise(address.name or customer.name)
            # Odoo gives a customer without an address the one of the first delivery contact.
            and bool(customer.street) == bool(address.street)
        )


class AliexpressOrderLine(models.Model):
    _inherit = "aliexpress.order.line"

    def _complete_sale_lines(self):
        """Put the products that are known by now, or that people chose, in the place of unknown ones, in sale orders
        that still wait for them.
        """
        self._adopt_chosen_products()
        taxes = TaxFinder(self.env)
        waiting = self.filtered(
            lambda line: (
                line.product_id
                and line._waits_for_product()
                and line.sale_line_id.state != "cancel"
                and not line.sale_line_id.order_id.locked
            )
        )
        for line in waiting:
            line._set_sale_line(taxes)
        waiting.sale_line_id.order_id._aliexpress_settle_rounding()

    def _set_sale_line(self, taxes):
        line_taxes = taxes.get_taxes(self.product_id, self.sale_line_id.order_id.fiscal_position_id)
        self.sale_line_id.write(self._prepare_sale_line_values(self.product_id, line_taxes))
        self.sale_line_id._compute_name()
        excess = self.sale_line_id.price_total - self.price_unit * self.quantity
        order = self.order_id
        if order.taken_over and not order.sale_order_id._aliexpress_is_rounding(excess):
            order.taken_over = order.taken_over | {"excess": excess}

    def _prepare_sale_line_values(self, product, taxes):
        """Values of the sale order line of this child order: single pieces, at the price the buyer paid for them."""
        quantity = self.quantity * self.lot_size
        values = {
            "product_id": product.id,
            "product_uom_qty": quantity,
            "price_unit": taxes._aliexpress_get_price_unit(self.price_unit * self.quantity, quantity),
            # What the buyer paid is final: the pricelist takes nothing off it.
            "discount": 0.0,
            "tax_ids": [Command.set(taxes.ids)],
            "aliexpress_child_ref": self.child_ref,
            "sequence": self.sort_index,
        }
        if not self.product_id:
            values["name"] = " ".join(
                filter(None, (f"[{self.sku_code}]" if self.sku_code else "", self.name, self.attributes))
            )
        return values


class AccountTax(models.Model):
    _inherit = "account.tax"

    @api.model
    def _aliexpress_get_price_unit(self, total, quantity):
        """Unit price (float, not rounded) at which `quantity` units with these taxes cost `total`, taxes included."""
        if not self or not quantity:
            return total / (quantity or 1)
        details = self._get_tax_details(
            total / quantity, quantity, rounding_method="round_globally", special_mode="total_included"
        )
        included = sum(data["tax_amount"] for data in details["taxes_data"] if data["tax"].price_include)
        return (details["total_excluded"] + included) / quantity
