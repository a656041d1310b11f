from odoo import api, fields, models
from odoo.fields import Domain


class DeliveryCarrier(models.Model):
    _inherit = "delivery.carrier"

    aliexpress_service_ids = fields.Many2many(
        "aliexpress.logistics.service",
        string="AliExpress Carriers",
        compute="_compute_aliexpress_service_ids",
        groups="sales_team.group_sale_salesman",
        help="The carriers of AliExpress that this delivery method stands for.",
    )

    @api.depends_context("uid")
    def _compute_aliexpress_service_ids(self):
        is_meant = Domain("carrier_id", "in", self.ids) | Domain("more_carrier_ids", "in", self.ids)
        services = self.env["aliexpress.logistics.service"].search(is_meant)
        for method in self:
            method.aliexpress_service_ids = services.filtered(
                lambda service, method=method: method in (service.carrier_id | service.more_carrier_ids)
            )

    def _aliexpress_get_tracking_page(self, tracking_ref):
        """The address (str) where buyers follow `tracking_ref`, "" where this method has none."""
        return (self.tracking_url or "").replace("<shipmenttrackingnumber>", tracking_ref)
