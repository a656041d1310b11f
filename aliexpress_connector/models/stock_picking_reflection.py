from odoo import api, fields, models
from odoo.tools import SQL

# A delivery that is done and whose delivery method or number is not what its shipments were made from. As the
# condition of an index it keeps exactly those deliveries at hand, however many there are in all and whoever changed
# them, without anything being done while people work.
REFLECTED_KEY = "COALESCE(carrier_id::text, '') || '|' || COALESCE(carrier_tracking_ref, '')"
TO_REFLECT = f"""state = 'done' AND aliexpress_order_id IS NOT NULL
    AND aliexpress_reflected IS DISTINCT FROM ({REFLECTED_KEY})"""


class StockPicking(models.Model):
    """How the job finds the deliveries that its shipments do not reflect yet."""

    _inherit = "stock.picking"

    aliexpress_reflected = fields.Char(
        readonly=True,
        copy=False,
        help="Delivery method and number that the shipments were made from.",
        groups="base.group_user",
    )

    _aliexpress_to_reflect_idx = models.Index(f"(id) WHERE {TO_REFLECT}")

    # === WHILE PEOPLE WORK === #

    def _action_done(self):
        """Override to have the deliveries declared within seconds."""
        result = super()._action_done()
        if any(picking.aliexpress_order_id for picking in self):
            self._aliexpress_trigger_job()
        return result

    def write(self, vals):
        """Override to have a late or corrected number declared within seconds."""
        result = super().write(vals)
        if not {"carrier_id", "carrier_tracking_ref"}.isdisjoint(vals):
            if any(picking.state == "done" and picking.aliexpress_order_id for picking in self):
                self._aliexpress_trigger_job()
        return result

    @api.model
    def _aliexpress_trigger_job(self):
        self.env["aliexpress.shipment"]._trigger_job()

    # === FOR THE JOB === #

    @api.model
    def _aliexpress_take_to_reflect(self, accounts, limit):
        """Done deliveries of these shops that their shipments do not reflect; they count as reflected from here on."""
        self.flush_model(["state", "aliexpress_order_id", "aliexpress_reflected", "carrier_id", "carrier_tracking_ref"])
        query = SQL(
            """SELECT picking.id
                 FROM (SELECT id, aliexpress_order_id FROM stock_picking WHERE %(condition)s) picking
                 JOIN aliexpress_order ON aliexpress_order.id = picking.aliexpress_order_id
                WHERE aliexpress_order.account_id IN %(accounts)s
             ORDER BY picking.id
                LIMIT %(limit)s""",
            condition=SQL(TO_REFLECT),
            accounts=tuple(accounts.ids or [0]),
            limit=limit,
        )
        # Deliveries that somebody is working on at this moment are taken next time.
        pickings = self.browse(row[0] for row in self.env.execute_query(query))
        pickings = pickings.try_lock_for_update(allow_referencing=True)
        if pickings:
            self.env.cr.execute(
                SQL(
                    "UPDATE stock_picking SET aliexpress_reflected = %s WHERE id IN %s",
                    SQL(REFLECTED_KEY),
                    tuple(pickings.ids),
                )
            )
            pickings.invalidate_recordset(["aliexpress_reflected"])
        return pickings

    @api.model
    def _aliexpress_take_repacked(self, limit):
        """Done deliveries with packages whose own number changed; the packages count as reflected from here on."""
        packages = self.env["stock.package"]._aliexpress_take_to_reflect(limit)
        domain = [("result_package_id", "in", packages.ids), ("state", "=", "done")]
        pickings = self.env["stock.move.line"].search(domain).picking_id
        return pickings.filtered(lambda picking: picking.aliexpress_order_id and picking.aliexpress_reflected)

    def _aliexpress_is_reflected(self):
        """Whether the shipments of this done delivery were made from what it is now."""
        self.ensure_one()
        return self.aliexpress_reflected == f"{self.carrier_id.id or ''}|{self.carrier_tracking_ref or ''}"
