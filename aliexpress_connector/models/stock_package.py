from odoo import api, fields, models
from odoo.tools import SQL

TO_REFLECT = "aliexpress_tracking_ref IS DISTINCT FROM aliexpress_reflected_ref"


class StockPackage(models.Model):
    """A package may have a tracking number of its own; then it is a parcel of its own for AliExpress."""

    _inherit = "stock.package"

    aliexpress_tracking_ref = fields.Char(
        string="Tracking Number",
        copy=False,
        help="Number of this package alone. Packages without one travel under the tracking reference of the delivery.",
    )
    aliexpress_reflected_ref = fields.Char(
        readonly=True, copy=False, help="The number that the shipments were made from."
    )

    _aliexpress_to_reflect_idx = models.Index(f"(id) WHERE {TO_REFLECT}")

    def write(self, vals):
        """Override to have a late or changed number declared within seconds."""
        result = super().write(vals)
        if "aliexpress_tracking_ref" in vals:
            self.env["stock.picking"]._aliexpress_trigger_job()
        return result

    def _aliexpress_get_single_use(self):
        """Those of these packages that leave for good: a box that comes back has another number each time."""
        return self.filtered(lambda package: package.package_type_id.package_use != "reusable")

    @api.model
    def _aliexpress_take_to_reflect(self, limit):
        """Packages whose number the shipments do not reflect; they count as reflected from here on."""
        self.flush_model(["aliexpress_tracking_ref", "aliexpress_reflected_ref"])
        query = SQL("SELECT id FROM stock_package WHERE %s ORDER BY id LIMIT %s", SQL(TO_REFLECT), limit)
        packages = self.browse(row[0] for row in self.env.execute_query(query))
        packages = packages.try_lock_for_update(allow_referencing=True)
        if packages:
            self.env.cr.execute(
                SQL(
                    "UPDATE stock_package SET aliexpress_reflected_ref = aliexpress_tracking_ref WHERE id IN %s",
                    tuple(packages.ids),
                )
            )
            packages.invalidate_recordset(["aliexpress_reflected_ref"])
        return packages
