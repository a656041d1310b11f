from odoo import api, fields, models


class AliexpressShopMetadataMixin(models.AbstractModel):
    """Something that a seller has set up on AliExpress, and Odoo only keeps a copy of."""

    _name = "aliexpress.shop.metadata.mixin"
    _description = "AliExpress metadata of a shop"
    _inherit = ["aliexpress.metadata.mixin"]
    _check_company_auto = True
    _order = "account_id, name, id"
    _key_fields = ("account_id", "ref")

    account_id = fields.Many2one("aliexpress.account", string="Shop", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="account_id.company_id", store=True, index=True)

    _ref_uniq = models.UniqueIndex("(account_id, ref)", "This AliExpress number is already there in this shop.")

    @api.model
    def _store_of_shop(self, account, items):
        """Make the records of `account` the same as `items` ({ref: values}); return those it archived."""
        items = {(account.id, ref): values for ref, values in items.items()}
        return self._store([("account_id", "=", account.id)], items)[1]
