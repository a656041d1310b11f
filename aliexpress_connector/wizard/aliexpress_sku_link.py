from odoo import Command, api, fields, models


class AliexpressSkuLink(models.TransientModel):
    """Says once which products the unknown SKU codes of an order mean; every order that waits for them goes on."""

    _name = "aliexpress.sku.link"
    _description = "Link AliExpress SKUs"

    order_id = fields.Many2one("aliexpress.order", required=True, readonly=True)
    line_ids = fields.One2many("aliexpress.sku.link.line", "wizard_id", string="Unknown Products")

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        order = self.env["aliexpress.order"].browse(values.get("order_id"))
        if order and "line_ids" in fields_list:
            lines = order.line_ids.filtered(lambda line: not line.product_id and line.quantity)
            values["line_ids"] = [Command.create({"order_line_id": line.id}) for line in lines]
        return values

    def action_link(self):
        """Link the chosen products, here and in every other waiting order with the same codes, and process these
        orders.
        """
        self.order_id.check_access("read")
        for line in self.line_ids.filtered("product_id"):
            line._link()
        self.order_id._trigger_job()


class AliexpressSkuLinkLine(models.TransientModel):
    _name = "aliexpress.sku.link.line"
    _description = "AliExpress SKU to Link"

    wizard_id = fields.Many2one("aliexpress.sku.link", required=True, ondelete="cascade")
    order_line_id = fields.Many2one("aliexpress.order.line", required=True)
    sku_code = fields.Char(related="order_line_id.sku_code", related_sudo=False)
    name = fields.Char(related="order_line_id.name", related_sudo=False)
    attributes = fields.Char(related="order_line_id.attributes", related_sudo=False)
    product_id = fields.Many2one(
        "product.product",
        domain=[("type", "!=", "combo")],
        help="The product that the code stands for from now on.",
    )

    def _link(self):
        """Give the waiting lines with this code the product, and the product this code where it has none yet."""
        line = self.order_line_id
        line.check_access("read")
        self.product_id.check_access("read")
        domain = [
            ("account_id", "=", line.account_id.id),
            ("product_id", "=", False),
            ("order_id.state", "in", ("hold", "error", "pending")),
        ]
        if line.sku_code:
            domain.append(("sku_code", "=", line.sku_code))
        else:
            # The variants of a product have nothing else to tell them apart.
            domain += [
                ("product_ref", "=", line.product_ref),
                ("sku_code", "=", False),
                ("attributes", "=", line.attributes),
            ]
        # Salespeople may say which product is meant; the inbox itself is written by jobs only.
        lines = self.env["aliexpress.order.line"].sudo().search(domain)
        lines.write({"product_id": self.product_id.id, "is_linked": True})
        product = self.product_id.sudo()  # the code belongs to the link, whoever may edit products otherwise
        if line.sku_code and not product.aliexpress_sku_code and product.default_code != line.sku_code:
            product.aliexpress_sku_code = line.sku_code
