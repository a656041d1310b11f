from odoo import api, fields, models


class AliexpressCategoryMetadataMixin(models.AbstractModel):
    """Something that a seller has set up on AliExpress and may use in one category."""

    _name = "aliexpress.category.metadata.mixin"
    _description = "AliExpress metadata of a shop for a category"
    _inherit = ["aliexpress.shop.metadata.mixin"]
    _key_fields = ("account_id", "category_id", "ref")

    category_id = fields.Many2one("aliexpress.category", required=True, readonly=True, index=True, ondelete="cascade")

    _ref_uniq = models.UniqueIndex(
        "(account_id, category_id, ref)", "This AliExpress number is already there in this shop and category."
    )

    @api.model
    def _store_of_category(self, account, category, items):
        """Make the records of `account` and `category` the same as `items` ({ref: values}); return what it archived."""
        items = {(account.id, category.id, ref): values for ref, values in items.items()}
        return self._store([("account_id", "=", account.id), ("category_id", "=", category.id)], items)[1]
