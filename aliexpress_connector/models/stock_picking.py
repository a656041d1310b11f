from odoo import api, fields, models
from odoo.tools.sql import column_exists, create_column

# Shipments that fail, or miss something.
NEEDS_A_PERSON = ["|", ("state", "=", "error"), "&", ("state", "=", "pending"), ("error", "!=", False)]


class StockPicking(models.Model):
    """What the warehouse sees of AliExpress on a delivery.

    The fields are read for people without any right on AliExpress' records: the warehouse must know what it packs.
    """

    _inherit = "stock.picking"

    aliexpress_order_id = fields.Many2one(
        "aliexpress.order",
        string="AliExpress Order",
        compute="_compute_aliexpress_order_id",
        store=True,
        compute_sudo=True,
        index="btree_not_null",
        copy=False,
        groups="base.group_user",
        help="The AliExpress order that is delivered.",
    )
    # Readable for everybody who may read the delivery: buyers know their number.
    aliexpress_order_ref = fields.Char(related="aliexpress_order_id.order_ref", string="AliExpress Order Number")
    aliexpress_ship_deadline = fields.Datetime(
        related="aliexpress_order_id.ship_deadline",
        string="Ship Before",
        store=True,
        copy=False,
        groups="base.group_user",
    )
    aliexpress_service_name = fields.Char(
        related="aliexpress_order_id.service_name",
        string="Service Chosen by the Buyer",
        groups="base.group_user",
    )
    aliexpress_note = fields.Text(related="aliexpress_order_id.note", string="Buyer's Note", groups="base.group_user")
    aliexpress_is_gift = fields.Boolean(related="aliexpress_order_id.is_gift", string="Gift", groups="base.group_user")
    aliexpress_shipment_ids = fields.One2many(
        "aliexpress.shipment",
        "picking_id",
        string="AliExpress Shipments",
        groups="sales_team.group_sale_salesman",
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
        string="AliExpress Message",
        compute="_compute_aliexpress_shipping",
        compute_sudo=True,
        groups="base.group_user",
        help="What keeps AliExpress from knowing of these parcels.",
    )

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
        "partner_id",
        "aliexpress_order_id.state",
        "aliexpress_order_id.hold_reason",
        "aliexpress_order_id.is_shipped_outside",
        "aliexpress_order_id.parcels",
        "aliexpress_order_id.account_id.sync_shipments",
        "aliexpress_order_id.account_id.state",
        "aliexpress_shipment_ids.state",
        "aliexpress_shipment_ids.error",
    )
    def _compute_aliexpress_shipping(self):
        for picking in self:
            shipments = picking.aliexpress_shipment_ids
            messages = shipments.filtered("error").mapped("error")
            if picking.state not in ("done", "cancel") and picking._aliexpress_leaves_to_buyer():
                obstacle = picking._aliexpress_get_order_obstacle()
                messages += [
                    obstacle and picking._aliexpress_describe_obstacle(obstacle),
                    picking._aliexpress_get_outside_notice(),
                    picking.aliexpress_order_id._describe_hidden_address(picking.partner_id),
                ]
            if picking._aliexpress_waits_for_shop():
                messages.append(picking.aliexpress_order_id.account_id._describe_standstill("sync_shipments"))
            picking.aliexpress_shipping_state = shipments._get_common_state()
            picking.aliexpress_shipping_message = "\n".join(dict.fromkeys(filter(None, messages))) or False

    @api.model
    def _search_aliexpress_shipping_state(self, operator, value):
        """Searches for what needs a person, errors and waiting; the other states are only shown."""
        states = set(value) if operator == "in" else set()
        if not states or states - {"error", "waiting"}:
            return NotImplemented
        # People of the warehouse find their deliveries without a right on AliExpress' records.
        shipments = self.env["aliexpress.shipment"].sudo().search([("picking_id", "!=", False), *NEEDS_A_PERSON])
        found = shipments.grouped("picking_id").items()
        return [("id", "in", [picking.id for picking, group in found if group._get_common_state() in states])]

    def _aliexpress_leaves_to_buyer(self):
        """Whether this transfer is the last step of a delivery to the buyer of an AliExpress order."""
        self.ensure_one()
        return bool(self.aliexpress_order_id) and self.location_dest_id.usage == "customer"

    def _aliexpress_waits_for_shop(self):
        """Whether AliExpress is still to be told of parcels of this transfer."""
        if self.state == "cancel" or not self._aliexpress_leaves_to_buyer():
            return False
        shipments = self.aliexpress_shipment_ids
        if shipments:
            return any(shipment.state != "sent" for shipment in shipments)
        return self.aliexpress_order_id.stage not in ("shipped", "closed", "cancelled")

    def _aliexpress_get_outside_notice(self):
        order = self.aliexpress_order_id
        if not order.is_shipped_outside:
            return order._describe_foreign_parcels()
        return self.env._(
            "AliExpress shows order %(number)s as shipped. If this delivery has left, validate it; if not, cancel it. "
            "AliExpress is told nothing more.",
            number=order.order_ref,
        )

    # === ACTIONS === #

    def action_aliexpress_send_again(self):
        """Declare the parcels of these deliveries again that AliExpress refused."""
        self.check_access("write")
        # Whoever may correct a delivery's number may also have it sent again, without rights on AliExpress' records.
        shipments = self.sudo().aliexpress_shipment_ids
        shipments.filtered(lambda shipment: shipment.state == "error" or shipment.retry_at).action_retry()

    def action_aliexpress_view_order(self):
        """Open the AliExpress order that is delivered."""
        self.ensure_one()
        return self.sale_id.action_view_aliexpress_order()

    def action_aliexpress_view_shipments(self):
        """Open the shipments of this delivery."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("aliexpress_connector.aliexpress_shipment_action")
        return action | {"domain": [("picking_id", "=", self.id)], "context": {}}
