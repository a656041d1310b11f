from odoo import fields, models


class AliexpressFreightTemplate(models.Model):
    """What a delivery costs the buyer; set up in the seller centre."""

    _name = "aliexpress.freight.template"
    _description = "AliExpress Freight Template"
    _check_company_auto = True

    account_id = fields.Many2one("aliexpress.account", string="Shop", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="account_id.company_id", store=True, index=True)
    ref = fields.Char(string="AliExpress Freight Template", required=True, copy=False)
    name = fields.Char(required=True)
    is_default = fields.Boolean()

    _ref_uniq = models.UniqueIndex("(account_id, ref)", "This is already there in this shop.")
