from odoo import fields, models


class AliexpressOrderLine(models.Model):
    """A child order: one SKU of an order, as AliExpress has it."""

    _name = "aliexpress.order.line"
    _description = "AliExpress Order Line"
    _order = "order_id, sort_index, id"
    _check_company_auto = True

    order_id = fields.Many2one("aliexpress.order", required=True, index=True, ondelete="cascade")
    account_id = fields.Many2one(related="order_id.account_id", store=True, index=True)
    company_id = fields.Many2one(related="order_id.company_id", store=True)
    currency_id = fields.Many2one(related="order_id.currency_id")
    child_ref = fields.Char(string="Child Order", required=True, readonly=True)
    sort_index = fields.Integer(
        readonly=True, help="Position in the order, from 1; AliExpress uses it to declare single lines."
    )
    product_ref = fields.Char(string="AliExpress Product", readonly=True)
    sku_code = fields.Char(string="SKU Code", readonly=True, index="btree_not_null")
    name = fields.Char(string="Description", readonly=True)
    attributes = fields.Char(string="Variant", readonly=True)
    status = fields.Char(string="AliExpress Status", readonly=True)
    quantity = fields.Integer(readonly=True)
    lot_size = fields.Integer(
        default=1, readonly=True, help="Pieces in each lot that was ordered; 1 where single pieces are sold."
    )
    price_unit = fields.Monetary(
        string="Unit Price", readonly=True, help="What the buyer pays for one, taxes included."
    )
    amount_seller_discount = fields.Monetary(readonly=True)
    amount_platform_discount = fields.Monetary(readonly=True)
    amount_adjustment = fields.Monetary(string="Price Change", readonly=True)
    service_code = fields.Char(readonly=True)
    is_platform_fulfilled = fields.Boolean(string="Shipped by AliExpress", readonly=True)
    is_gift = fields.Boolean(string="Gift", readonly=True)
    note = fields.Text(readonly=True)
    commission_rate = fields.Char(readonly=True)
    affiliate_rate = fields.Char(readonly=True)
    product_id = fields.Many2one("product.product", check_company=True, index="btree_not_null")
    sale_line_id = fields.Many2one("sale.order.line", readonly=True, copy=False, index="btree_not_null")

    _child_uniq = models.UniqueIndex("(account_id, child_ref)", "This child order is already stored for this shop.")
