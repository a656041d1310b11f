from odoo import api, fields, models


class AliexpressListingSku(models.Model):
    """A variant in a listing, with what AliExpress last acknowledged for it.

    A line whose variant was deleted stays until the next update has removed the SKU from AliExpress.
    """

    _name = "aliexpress.listing.sku"
    _description = "AliExpress SKU"
    _check_company_auto = True
    _rec_name = "sku_code"

    listing_id = fields.Many2one(
        "aliexpress.listing",
        required=True,
        index=True,
        ondelete="cascade",
        help="The product that the variant belongs to.",
    )
    account_id = fields.Many2one(related="listing_id.account_id", store=True, index=True)
    company_id = fields.Many2one(related="listing_id.company_id", store=True)
    product_id = fields.Many2one("product.product", string="Variant", index="btree_not_null", check_company=True)
    is_foreign = fields.Boolean(
        compute="_compute_is_foreign",
        store=True,
        readonly=False,
        string="Not Linked",
        help="AliExpress has this SKU and no variant is linked with it yet.",
    )
    is_offered = fields.Boolean(
        compute="_compute_is_offered", help="The variant is active, so that the SKU belongs to the listing."
    )
    sku_code = fields.Char(
        string="SKU Code",
        index="btree_not_null",
        help="The code of the variant on AliExpress, by which orders find it again.",
    )
    sku_ref = fields.Char(
        string="AliExpress SKU", copy=False, help="AliExpress' own name of the SKU, such as 14:173#Navy;5:361386."
    )
    currency_id = fields.Many2one(related="account_id.currency_id")
    quantity_sent = fields.Integer(
        string="Quantity on AliExpress", copy=False, readonly=True, help="The quantity that AliExpress last confirmed."
    )
    price_sent = fields.Monetary(
        string="Price on AliExpress", copy=False, readonly=True, help="The price that AliExpress last confirmed."
    )
    sale_price_sent = fields.Monetary(
        string="Sale Price on AliExpress",
        copy=False,
        readonly=True,
        help="The sale price that AliExpress last confirmed.",
    )

    _code_uniq = models.UniqueIndex(
        "(listing_id, sku_code) WHERE sku_code IS NOT NULL", "Each SKU code stands once in a listing."
    )

    @api.depends("product_id")
    def _compute_is_foreign(self):
        for sku in self:
            # Linking ends it; deleting the variant later does not bring it back.
            sku.is_foreign = sku.is_foreign and not sku.product_id

    @api.depends("product_id.active")
    def _compute_is_offered(self):
        for sku in self:
            sku.is_offered = sku.product_id.active

    @api.model_create_multi
    def create(self, vals_list):
        """Override to keep codes as AliExpress tells them, without spaces at their ends."""
        return super().create([_strip_code(vals) for vals in vals_list])

    def write(self, vals):
        """Override to send price and stock to the SKU that a line with another code stands for."""
        vals = _strip_code(vals)
        if vals.get("sku_code"):
            known = self.filtered(lambda sku: sku._is_acknowledged())
            changed = (known | self.filtered("sku_code")).filtered(lambda sku: sku.sku_code != vals["sku_code"])
            (changed & known)._forget_offers()
            # What was linked without a code is known by its name alone, until AliExpress has taken over a code.
            (changed - known)._forget_offers(keeps_refs=True)
        return super().write(vals)

    def _is_acknowledged(self):
        """Whether AliExpress took over a price or a quantity for the SKU's code, or a record said so."""
        return bool(self.quantity_date or self.price_date or self.quantity_sent or self.price_sent)

    def _is_code_open(self):
        """Whether the variant has no code on AliExpress yet: none here, or one made of its number that was not sent."""
        listing = self.listing_id
        may_be_sent = listing.intent_date or listing.next_act == "update"
        is_known = may_be_sent or self.sku_ref or self._is_acknowledged()
        return not self.sku_code or not is_known and self.sku_code == self.product_id._get_aliexpress_made_code()

    def action_remove(self):
        """Have SKUs that no variant is linked with removed from AliExpress by the next update."""
        self.check_access("write")
        foreign = self.filtered("is_foreign")
        foreign.is_foreign = False
        for listing in foreign.listing_id:
            digests = dict(listing.content_digests or {})
            digests.pop("skus", None)
            listing.content_digests = digests
        foreign.listing_id.action_send()


def _strip_code(vals):
    """The values `vals` with the SKU code as AliExpress tells it, without spaces at its ends."""
    return vals | {"sku_code": vals["sku_code"].strip() or False} if vals.get("sku_code") else vals
