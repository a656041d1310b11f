from odoo import fields, models


class DeliveryCarrier(models.Model):
    _inherit = "delivery.carrier"

    aliexpress_service_ids = fields.One2many(
        "aliexpress.logistics.service",
        "carrier_id",
        string="AliExpress Carriers",
        groups="sales_team.group_sale_salesman",
        help="The carriers of AliExpress that this delivery method stands for.",
    )

    def _aliexpress_get_tracking_page(self, tracking_ref):
        """The address (str) where buyers follow `tracking_ref`, "" where this method has none."""
        return (self.tracking_url or "").replace("<shipmenttrackingnumber>", tracking_ref)
