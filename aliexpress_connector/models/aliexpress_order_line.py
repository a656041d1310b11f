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
    # Stored: each amount of a new line asks for it.
    currency_id = fields.Many2one(related="order_id.currency_id", store=True)
    child_ref = fields.Char(
        string="Child Order", required=True, readonly=True, help="The number that AliExpress gives to this line."
    )
    sort_index = fields.Integer(
        readonly=True, help="Position in the order, from 1; AliExpress uses it to declare single lines."
    )
    product_ref = fields.Char(
        string="AliExpress Product", readonly=True, help="The number of the product on AliExpress."
    )
    sku_code = fields.Char(
        string="SKU Code",
        readonly=True,
        index="btree_not_null",
        help="The code of the variant on AliExpress; your product with this code is delivered.",
    )
    name = fields.Char(string="Description", readonly=True)
    attributes = fields.Char(string="Variant", readonly=True, help="What the buyer chose, in AliExpress' words.")
    status = fields.Char(
        string="AliExpress Status", readonly=True, help="Where this line stands, in AliExpress' own word."
    )
    quantity = fields.Integer(readonly=True, help="How many the buyer ordered.")
    lot_size = fields.Integer(
        default=1, readonly=True, help="Pieces in each lot that was ordered; 1 where single pieces are sold."
    )
    price_unit = fields.Monetary(
        string="Unit Price", readonly=True, help="What the buyer pays for one, taxes included."
    )
    amount_seller_discount = fields.Monetary(string="Your Discounts", readonly=True, help="Discounts at your cost.")
    amount_platform_discount = fields.Monetary(
        string="AliExpress' Discounts", readonly=True, help="Discounts at AliExpress' cost: you are paid in full."
    )
    amount_adjustment = fields.Monetary(string="Price Change", readonly=True)
    service_code = fields.Char(
        string="Delivery Service Key",
        readonly=True,
        help="AliExpress' key of the delivery service that the buyer chose.",
    )
    is_platform_fulfilled = fields.Boolean(
        string="Shipped by AliExpress",
        readonly=True,
        help="A warehouse of AliExpress ships it: no delivery is made for it.",
    )
    is_gift = fields.Boolean(string="Gift", readonly=True, help="The buyer gets it for free.")
    note = fields.Text(readonly=True, help="What the buyer wrote about this line.")
    commission_rate = fields.Char(
        string="Commission", readonly=True, help="The share that AliExpress keeps, as it announced it."
    )
    affiliate_rate = fields.Char(
        string="Affiliate Commission",
        readonly=True,
        help="The share that AliExpress keeps for those who led the buyer here, as it announced it.",
    )
    product_id = fields.Many2one("product.product", check_company=True, index="btree_not_null")
    is_linked = fields.Boolean(
        readonly=True,
        copy=False,
        help="A person said which product this is; later orders of the shop for the same follow.",
    )
    sale_line_id = fields.Many2one("sale.order.line", readonly=True, copy=False, index="btree_not_null")

    _linked_idx = models.Index("(account_id) WHERE is_linked IS TRUE")
    # Among all that was ever sold, the lines without a product are few.
    _unmatched_idx = models.Index("(sku_code) WHERE product_id IS NULL")
    _child_uniq = models.UniqueIndex("(account_id, child_ref)", "This child order is already stored for this shop.")
