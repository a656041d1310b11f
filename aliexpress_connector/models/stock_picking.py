from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.sql import column_exists, create_column

# A delivery that is done and whose delivery method or number is not what its shipments were made from. As the condition of an index
# it keeps exactly those deliveries at hand, however many there are in all and whoever changed them, without anything being done
# while people work.
REFLECTED_KEY = "COALESCE(carrier_id::text, '') || '|' || COALESCE(carrier_tracking_ref, '')"
TO_REFLECT = (
    f"state = 'done' AND aliexpress_order_id IS NOT NULL AND aliexpress_reflected IS DISTINCT FROM ({REFLECTED_KEY})"
)


class StockPicking(models.Model):
    """Deliveries of AliExpress orders: what the warehouse sees, and the check before they leave."""

    _inherit = "stock.picking"

    # Read for people without any right on AliExpress' records: the warehouse must see what it has to know of the order.
    aliexpress_order_id = fields.Many2one(
        "aliexpress.order",
        compute="_compute_aliexpress_order_id",
        store=True,
        compute_sudo=True,
        index="btree_not_null",
        copy=False,
        groups="base.group_user",
    )
    # Readable for everybody who may read the delivery: buyers know their number.
    aliexpress_order_ref = fields.Char(related="aliexpress_order_id.order_ref", string="AliExpress Order")
    aliexpress_ship_deadline = fields.Datetime(
        related="aliexpress_order_id.ship_deadline",
        string="Ship Before",
        store=True,
        copy=False,
        groups="base.group_user",
    )
    aliexpress_service_name = fields.Char(
        related="aliexpress_order_id.service_name", string="Service Chosen by the Buyer", groups="base.group_user"
    )
    aliexpress_note = fields.Text(related="aliexpress_order_id.note", string="Buyer's Note", groups="base.group_user")
    aliexpress_is_gift = fields.Boolean(related="aliexpress_order_id.is_gift", string="Gift", groups="base.group_user")
    aliexpress_shipment_ids = fields.One2many(
        "aliexpress.shipment", "picking_id", string="AliExpress Shipments", groups="base.group_user"
    )
    aliexpress_shipping_state = fields.Selection(
        [("waiting", "Waiting"), ("pending", "To declare"), ("sent", "Declared"), ("error", "Error")],
        string="AliExpress Shipment",
        compute="_compute_aliexpress_shipping",
        compute_sudo=True,
        search="_search_aliexpress_shipping_state",
        help="What AliExpress knows of this delivery. Waiting: something is missing before it can be told.",
        groups="base.group_user",
    )
    aliexpress_shipping_message = fields.Text(
        compute="_compute_aliexpress_shipping", compute_sudo=True, groups="base.group_user"
    )
    aliexpress_reflected = fields.Char(
        readonly=True,
        copy=False,
        help="Delivery method and number that the shipments were made from.",
        groups="base.group_user",
    )

    _aliexpress_to_reflect_idx = models.Index(f"(id) WHERE {TO_REFLECT}")

    def _auto_init(self):
        """Override to add the stored columns empty: no delivery older than the addon belongs to an AliExpress order."""
        for name, kind in (("aliexpress_order_id", "int4"), ("aliexpress_ship_deadline", "timestamp")):
            if not column_exists(self.env.cr, self._table, name):
                create_column(self.env.cr, self._table, name, kind)
        return super()._auto_init()

    # === COMPUTE METHODS === #

    @api.depends("sale_id.aliexpress_order_id")
    def _compute_aliexpress_order_id(self):
        for picking in self:
            picking.aliexpress_order_id = picking.sale_id.aliexpress_order_id

    @api.depends(
        "state",
        "aliexpress_order_id.state",
        "aliexpress_order_id.hold_reason",
        "aliexpress_order_id.is_shipped_outside",
        "aliexpress_shipment_ids.state",
        "aliexpress_shipment_ids.error",
    )
    def _compute_aliexpress_shipping(self):
        for picking in self:
            shipments = picking.aliexpress_shipment_ids
            states = set(shipments.mapped("state"))
            messages = [shipment.error for shipment in shipments if shipment.error]
            if picking.state not in ("done", "cancel") and picking._aliexpress_leaves_to_buyer():
                messages += filter(
                    None, [picking._aliexpress_get_order_obstacle(), picking._aliexpress_get_outside_notice()]
                )
            is_waiting = any(shipment.state == "pending" and shipment.error for shipment in shipments)
            picking.aliexpress_shipping_state = (
                "error"
                if "error" in states
                else "waiting"
                if is_waiting
                else "pending"
                if "pending" in states
                else "sent" in states and "sent"
            )
            picking.aliexpress_shipping_message = "\n".join(dict.fromkeys(messages)) or False

    @api.model
    def _search_aliexpress_shipping_state(self, operator, value):
        """Searches for errors alone: the other states are only shown."""
        if operator != "in" or set(value) != {"error"}:
            return NotImplemented
        # People of the warehouse find their deliveries without a right on AliExpress' records.
        shipments = (
            self.env["aliexpress.shipment"].sudo().search([("state", "=", "error"), ("picking_id", "!=", False)])
        )
        return [("id", "in", shipments.picking_id.ids)]

    def _aliexpress_leaves_to_buyer(self):
        """Whether this transfer is the last step of a delivery to the buyer of an AliExpress order."""
        return bool(self.aliexpress_order_id) and self.location_dest_id.usage == "customer"

    # === CHECK BEFORE VALIDATION === #

    def button_validate(self):
        """Override to stop deliveries that may not leave, or that AliExpress would refuse, before anything is done."""
        self._aliexpress_check_validation()
        return super().button_validate()

    def _aliexpress_check_validation(self):
        """Raise a UserError that names each delivery that may not leave, the rule and the way out. Calls nothing."""
        # The rules are read from AliExpress' records, on which the warehouse has no rights.
        pickings = self.sudo().filtered(
            lambda picking: picking.state not in ("done", "cancel") and picking._aliexpress_leaves_to_buyer()
        )
        if not pickings:
            return
        services = self.env["aliexpress.logistics.service"].sudo()._get_mapped(pickings.aliexpress_order_id.account_id)
        problems = []
        for picking in pickings:
            problem = picking._aliexpress_get_order_obstacle() or picking._aliexpress_get_carrier_obstacle(services)
            if problem:
                problems.append(
                    self.env._("%(delivery)s cannot leave: %(problem)s", delivery=picking.name, problem=problem)
                )
        if problems:
            raise UserError("\n\n".join(problems))

    def _aliexpress_get_order_obstacle(self):
        """Why the order forbids that the delivery leaves (translated text), "" when it does not."""
        order = self.aliexpress_order_id
        if order.is_platform_fulfilled:
            return self.env._(
                "order %(number)s is shipped by AliExpress' own warehouse. Cancel this delivery.",
                number=order.order_ref,
            )
        if order.stage == "cancelled":
            return self.env._(
                "order %(number)s is cancelled on AliExpress. Cancel this delivery.", number=order.order_ref
            )
        if order.state == "hold":
            return self.env._(
                "order %(number)s is on hold. %(reason)s", number=order.order_ref, reason=order.hold_reason or ""
            ).strip()
        if order.state in ("pending", "error") and order._is_hold_coming():
            return self.env._(
                "AliExpress changed order %(number)s to the status %(status)s, which stops deliveries. Wait until the order is processed, "
                "then see why it is on hold.",
                number=order.order_ref,
                status=order.status,
            )
        return ""

    def _aliexpress_get_carrier_obstacle(self, services):
        """Why AliExpress would refuse the delivery method or the number (translated text), "" when nothing speaks against them.

        :param services: carriers of the shops, as `_get_mapped` gives them
        """
        order = self.aliexpress_order_id
        account = order.account_id
        if not self.carrier_id or not account.active or not account.sync_shipments:
            return ""
        country = order._get_destination_code()
        service = services[account]._choose(self.carrier_id, country, order.service_code)
        if not service:
            return self._aliexpress_describe_unmapped(self.carrier_id, account, country)
        wrong = [number for number in self._aliexpress_get_numbers() if not service._accepts(number)]
        if wrong:
            return self.env._(
                "%(number)s is not a tracking number of %(carrier)s, whose numbers look like %(pattern)s. Correct the number, choose "
                "another delivery method, or empty the number and enter it later.",
                number=", ".join(wrong),
                carrier=service.name,
                pattern=service.tracking_regex,
            )
        return ""

    def _aliexpress_describe_unmapped(self, carrier, account, country_code):
        return self.env._(
            "the delivery method %(method)s stands for no AliExpress carrier of the shop %(shop)s for parcels to %(country)s. Map it in "
            "AliExpress > Configuration > Carriers, or choose another delivery method.",
            method=carrier.name,
            shop=account.name,
            country=country_code or "-",
        )

    def _aliexpress_get_outside_notice(self):
        order = self.aliexpress_order_id
        if not order.is_shipped_outside:
            return ""
        return self.env._(
            "AliExpress shows order %(number)s as shipped. If this delivery has left, validate it; if not, cancel it. AliExpress is told "
            "nothing more.",
            number=order.order_ref,
        )

    # === DECLARATION === #

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

    def action_aliexpress_send_again(self):
        """Declare the parcels of these deliveries again that AliExpress refused."""
        self.check_access("write")
        # Whoever may correct a delivery's number may also have it sent again, without rights on AliExpress' records.
        shipments = self.sudo().aliexpress_shipment_ids
        shipments.filtered(lambda shipment: shipment.state == "error" or shipment.retry_at).action_retry()

    def action_aliexpress_view_shipments(self):
        """Open the shipments of this delivery."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("aliexpress_connector.aliexpress_shipment_action")
        return action | {"domain": [("picking_id", "=", self.id)], "context": {}}

    # === FOR THE JOB === #

    @api.model
    def _aliexpress_take_to_reflect(self, accounts, limit):
        """Done deliveries of these shops whose shipments are not made from what they are now; they count as taken from here on."""
        self.flush_model(["state", "aliexpress_order_id", "aliexpress_reflected", "carrier_id", "carrier_tracking_ref"])
        rows = self.env.execute_query(
            SQL(
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
        )
        # Deliveries that somebody is working on at this moment are taken next time.
        pickings = self.browse([row[0] for row in rows]).try_lock_for_update(allow_referencing=True)
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
        """Done deliveries with packages whose own number changed since their shipments were made; they count as taken from here on."""
        packages = self.env["stock.package"]
        packages.flush_model(["aliexpress_tracking_ref", "aliexpress_reflected_ref"])
        condition = SQL("aliexpress_tracking_ref IS DISTINCT FROM aliexpress_reflected_ref")
        rows = self.env.execute_query(
            SQL("SELECT id FROM stock_package WHERE %s ORDER BY id LIMIT %s", condition, limit)
        )
        packages = packages.browse([row[0] for row in rows]).try_lock_for_update(allow_referencing=True)
        if not packages:
            return self.browse()
        self.env.cr.execute(
            SQL(
                "UPDATE stock_package SET aliexpress_reflected_ref = aliexpress_tracking_ref WHERE id IN %s",
                tuple(packages.ids),
            )
        )
        packages.invalidate_recordset(["aliexpress_reflected_ref"])
        move_lines = self.env["stock.move.line"].search(
            [("result_package_id", "in", packages.ids), ("state", "=", "done")]
        )
        return move_lines.picking_id.filtered(
            lambda picking: picking.aliexpress_order_id and picking.aliexpress_reflected
        )

    def _aliexpress_is_reflected(self):
        """Whether the shipments of this done delivery were made from what it is now."""
        return self.aliexpress_reflected == f"{self.carrier_id.id or ''}|{self.carrier_tracking_ref or ''}"
