from odoo import fields, models


class AliexpressProductGroup(models.Model):
    """A shelf of the shop; set up in the seller centre."""

    _name = "aliexpress.product.group"
    _description = "AliExpress Product Group"
    _check_company_auto = True

    account_id = fields.Many2one("aliexpress.account", string="Shop", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="account_id.company_id", store=True, index=True)
    ref = fields.Char(string="AliExpress Product Group", required=True, copy=False)
    name = fields.Char(required=True)

    _ref_uniq = models.UniqueIndex("(account_id, ref)", "This is already there in this shop.")
