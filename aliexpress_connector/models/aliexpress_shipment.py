from odoo import api, fields, models


class AliexpressShipment(models.Model):
    """A parcel that was declared to AliExpress, or is to be."""

    _name = "aliexpress.shipment"
    _description = "AliExpress Shipment"
    _inherit = ["aliexpress.job.mixin", "mail.thread"]
    _rec_name = "tracking_ref"
    _order = "id desc"

    order_id = fields.Many2one("aliexpress.order", required=True, index=True, ondelete="restrict", check_company=True)
    picking_id = fields.Many2one("stock.picking", string="Delivery", index="btree_not_null", check_company=True)
    service_id = fields.Many2one("aliexpress.logistics.service", string="AliExpress Carrier", check_company=True)
    tracking_ref = fields.Char(string="Tracking Number", copy=False)
    state = fields.Selection(
        [("pending", "To declare"), ("sent", "Declared"), ("error", "Error")],
        default="pending",
        required=True,
        copy=False,
        index=True,
        tracking=True,
    )
    line_ids = fields.One2many("aliexpress.shipment.line", "shipment_id", string="Lines", copy=False)

    def _trigger_job(self):
        # Waking a scheduled action reveals nothing, but people may not read them.
        self.env.ref("aliexpress_connector.ir_cron_push_shipments").sudo()._trigger()

    @api.model
    def _cron_push_shipments(self):
        """Declare what has left and AliExpress does not know yet."""
