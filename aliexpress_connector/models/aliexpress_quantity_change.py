from odoo import fields, models
from odoo.tools import SQL


class AliexpressQuantityChange(models.Model):
    """AliExpress took units of a SKU off its quantity, or gave them back, and the offers were not compared since.

    Rows of their own, added by the job that stores orders and removed by the one that compares offers: on the SKU the
    two would collide.
    """

    _name = "aliexpress.quantity.change"
    _description = "AliExpress Quantity Change"
    _rec_name = "product_ref"

    account_id = fields.Many2one(
        "aliexpress.account", string="Shop", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="account_id.company_id", store=True)
    product_ref = fields.Char(
        string="AliExpress Product", required=True, readonly=True, help="The number of the product on AliExpress."
    )
    # Empty: the only SKU of the product.
    sku_code = fields.Char(
        string="SKU Code",
        readonly=True,
        help="The code of the variant on AliExpress, by which orders find it again.",
    )

    def _find_sku_ids(self):
        """`{id of the change: ids of the SKUs that it is about}`; what is about none is missing."""
        self.flush_model()
        found = {}
        for change_id, sku_id in self.env.execute_query(
            SQL(
                """
                SELECT change.id, sku.id
                  FROM aliexpress_quantity_change change
                  JOIN aliexpress_listing listing
                    ON listing.account_id = change.account_id AND listing.product_ref = change.product_ref
                  JOIN aliexpress_listing_sku sku
                    ON sku.listing_id = listing.id AND (change.sku_code IS NULL OR sku.sku_code = change.sku_code)
                 WHERE change.id = ANY(%s)
                """,
                self.ids,
            )
        ):
            found.setdefault(change_id, set()).add(sku_id)
        return found
