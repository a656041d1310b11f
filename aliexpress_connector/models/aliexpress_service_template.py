from odoo import fields, models


class AliexpressServiceTemplate(models.Model):
    """What the shop promises about returns; set up in the seller centre."""

    _name = "aliexpress.service.template"
    _description = "AliExpress Service Template"
    _check_company_auto = True

    account_id = fields.Many2one("aliexpress.account", string="Shop", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="account_id.company_id", store=True, index=True)
    ref = fields.Char(string="AliExpress Service Template", required=True, copy=False)
    name = fields.Char(required=True)

    _ref_uniq = models.UniqueIndex("(account_id, ref)", "This is already there in this shop.")
