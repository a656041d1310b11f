from odoo import fields, models


class AliexpressListingSku(models.Model):
    """A variant in a listing, with what AliExpress last acknowledged for it."""

    _name = "aliexpress.listing.sku"
    _description = "AliExpress SKU"
    _check_company_auto = True
    _rec_name = "sku_code"

    listing_id = fields.Many2one("aliexpress.listing", required=True, index=True, ondelete="cascade")
    account_id = fields.Many2one(related="listing_id.account_id", store=True, index=True)
    company_id = fields.Many2one(related="listing_id.company_id", store=True)
    product_id = fields.Many2one("product.product", string="Variant", index="btree_not_null", check_company=True)
    sku_code = fields.Char(string="SKU Code", index="btree_not_null")
    sku_ref = fields.Char(string="AliExpress SKU", copy=False, help="AliExpress' own name of the SKU, such as 14:173#Navy;5:361386.")
    currency_id = fields.Many2one(related="account_id.pricelist_id.currency_id")
    quantity_sent = fields.Integer(copy=False, readonly=True)
    price_sent = fields.Monetary(copy=False, readonly=True)
    sale_price_sent = fields.Monetary(copy=False, readonly=True)

    _code_uniq = models.UniqueIndex("(listing_id, sku_code) WHERE sku_code IS NOT NULL", "Each SKU code stands once in a listing.")
