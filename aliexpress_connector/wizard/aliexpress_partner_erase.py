from odoo import fields, models


class AliexpressPartnerErase(models.TransientModel):
    """Asks once more before the data of buyers is erased for good, and names whose."""

    _name = "aliexpress.partner.erase"
    _description = "Erase AliExpress Data"

    partner_ids = fields.Many2many(
        "res.partner", string="Contacts", readonly=True, required=True, context={"active_test": False}
    )
    order_ids = fields.Many2many("aliexpress.order", string="Orders", readonly=True)

    def action_erase(self):
        """Erase the data, and say so."""
        self.ensure_one()
        return self.partner_ids._aliexpress_erase_on_request()
