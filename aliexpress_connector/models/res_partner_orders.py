from odoo import fields, models


class ResPartner(models.Model):
    """What a contact has bought on AliExpress."""

    _inherit = "res.partner"

    aliexpress_order_count = fields.Integer(
        string="AliExpress Orders",
        compute="_compute_aliexpress_order_count",
        groups="sales_team.group_sale_salesman",
        help="How many AliExpress orders the contact has placed.",
    )

    def _compute_aliexpress_order_count(self):
        groups = self.env["aliexpress.order"]._read_group([("partner_id", "in", self.ids)], ["partner_id"], ["__count"])
        counts = dict(groups)
        for partner in self:
            partner.aliexpress_order_count = counts.get(partner, 0)

    def action_aliexpress_orders(self):
        """Open the AliExpress orders of the contact."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("aliexpress_connector.aliexpress_order_action")
        return action | {"domain": [("partner_id", "=", self.id)], "context": {}}
