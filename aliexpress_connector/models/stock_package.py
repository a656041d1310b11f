from odoo import fields, models


class StockPackage(models.Model):
    """A package may have a tracking number of its own; then it is a parcel of its own for AliExpress."""

    _inherit = "stock.package"

    aliexpress_tracking_ref = fields.Char(
        string="Tracking Number",
        copy=False,
        help="Number of this package alone. Packages without one travel under the tracking reference of their delivery.",
    )
    # What the shipments were made from: a package that differs from it is in the index below.
    aliexpress_reflected_ref = fields.Char(readonly=True, copy=False)

    _aliexpress_to_reflect_idx = models.Index("(id) WHERE aliexpress_tracking_ref IS DISTINCT FROM aliexpress_reflected_ref")

    def write(self, vals):
        """Override to have a late or changed number declared within seconds."""
        result = super().write(vals)
        if "aliexpress_tracking_ref" in vals:
            self.env["stock.picking"]._aliexpress_trigger_job()
        return result

    def _aliexpress_get_single_use(self):
        """Those of these packages that leave for good: a box that comes back has another number each time."""
        return self.filtered(lambda package: package.package_type_id.package_use != "reusable")
