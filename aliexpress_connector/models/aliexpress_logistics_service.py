from odoo import fields, models


class AliexpressLogisticsService(models.Model):
    """A carrier key that a shop may declare shipments with, and the delivery methods it stands for."""

    _name = "aliexpress.logistics.service"
    _description = "AliExpress Carrier"
    _check_company_auto = True
    _order = "account_id, name, id"

    account_id = fields.Many2one("aliexpress.account", string="Shop", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="account_id.company_id", store=True)
    active = fields.Boolean(default=True, help="Carriers that AliExpress no longer offers to the shop are archived.")
    code = fields.Char(required=True, readonly=True, help="AliExpress' key for this carrier.")
    name = fields.Char(required=True, readonly=True)
    tracking_regex = fields.Char(string="Tracking Pattern", readonly=True, help="What tracking numbers of this carrier look like.")
    carrier_id = fields.Many2one(
        "delivery.carrier", string="Delivery Method", check_company=True, help="Deliveries with this method are declared with this carrier."
    )

    _code_uniq = models.UniqueIndex("(account_id, code)", "This carrier is already known for this shop.")
