from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..lib.errors import UNREADABLE, FixError
from .shop_run import UNREADABLE_PAUSE

PROBLEM_ACTIVITY = "aliexpress_connector.mail_activity_type_shipment"
# What AliExpress took but cannot be looked at is looked for again after so many seconds.
LOOK_PAUSE = 3600


class AliexpressShipment(models.Model):
    """A parcel of one order that was declared to AliExpress, or is to be.

    Two halves: what Odoo wants (`service_id`, `tracking_ref`, `line_ids`, from the delivery or from whoever created the
    record) and what AliExpress acknowledged (`sent_*`, `is_last`). Where they differ the record is `pending`; `error`
    then says what is missing. A declaration cannot be taken back, so it is written down as `intent` in a committed
    transaction before it is sent.
    """

    _name = "aliexpress.shipment"
    _description = "AliExpress Shipment"
    _inherit = ["aliexpress.job.mixin", "mail.thread"]
    _flow = "sync_shipments"
    _rec_name = "tracking_ref"
    _order = "id desc"

    account_id = fields.Many2one(related="order_id.account_id", store=True, precompute=True)
    order_id = fields.Many2one("aliexpress.order", required=True, index=True, ondelete="restrict", check_company=True)
    picking_id = fields.Many2one(
        "stock.picking",
        string="Delivery",
        index="btree_not_null",
        check_company=True,
        help="The delivery that the parcel belongs to.",
    )
    package_id = fields.Many2one(
        "stock.package", help="The package that is this parcel, where it has a number of its own."
    )
    service_id = fields.Many2one(
        "aliexpress.logistics.service",
        string="AliExpress Carrier",
        check_company=True,
        domain="[('account_id', '=', account_id)]",
        tracking=True,
        help="The carrier that AliExpress is told; by itself that of the delivery method.",
    )
    refused_service_id = fields.Many2one(
        "aliexpress.logistics.service",
        readonly=True,
        copy=False,
        help="AliExpress refused this carrier, so the parcel is declared with another one.",
    )
    tracking_ref = fields.Char(
        string="Tracking Number", copy=False, tracking=True, help="The number that AliExpress is told."
    )
    state = fields.Selection(
        [("pending", "To declare"), ("sent", "Declared"), ("error", "Error")],
        default="pending",
        required=True,
        copy=False,
        index=True,
        tracking=True,
    )
    line_ids = fields.One2many("aliexpress.shipment.line", "shipment_id", string="Lines", copy=False)
    ship_deadline = fields.Datetime(related="order_id.ship_deadline")
    is_plan_due = fields.Boolean(
        readonly=True, copy=False, help="The delivery changed since this record was made from it."
    )

    intent_date = fields.Datetime(
        readonly=True, copy=False, help="Set while it is not known whether AliExpress took the declaration."
    )
    intent = fields.Json(readonly=True, copy=False, help="What is being declared.")

    sent_date = fields.Datetime(
        string="Declared On", readonly=True, copy=False, help="When AliExpress confirmed the parcel."
    )
    sent_service_code = fields.Char(
        string="Declared Carrier", readonly=True, copy=False, help="The carrier that AliExpress confirmed."
    )
    sent_tracking_ref = fields.Char(
        string="Declared Number", readonly=True, copy=False, help="The number that AliExpress confirmed."
    )
    is_last = fields.Boolean(
        string="Completes the Order", readonly=True, copy=False, help="Declared with the whole order as shipped."
    )
    is_confirm_due = fields.Boolean(
        string="To Be Read Back",
        readonly=True,
        copy=False,
        help="AliExpress took the declaration but was not seen to show it yet.",
    )

    _plan_idx = models.Index("(account_id) WHERE is_plan_due IS TRUE")
    _confirm_idx = models.Index("(account_id) WHERE is_confirm_due IS TRUE")
    _pending_idx = models.Index("(order_id, id) WHERE state = 'pending'")
    _sent_date_idx = models.Index("(account_id, sent_date) WHERE sent_date IS NOT NULL")

    @api.depends("tracking_ref", "sent_tracking_ref", "order_id.order_ref")
    def _compute_display_name(self):
        for shipment in self:
            shipment.display_name = shipment.tracking_ref or shipment.sent_tracking_ref or shipment.order_id.order_ref

    @api.constrains("service_id", "order_id")
    def _check_service(self):
        for shipment in self:
            if shipment.service_id and shipment.service_id.account_id != shipment.order_id.account_id:
                raise ValidationError(
                    self.env._(
                        "The carrier %(carrier)s belongs to another shop than order %(order)s. Choose a carrier of "
                        "the shop %(shop)s.",
                        carrier=shipment.service_id.name,
                        order=shipment.order_id.order_ref,
                        shop=shipment.order_id.account_id.name,
                    )
                )

    def write(self, vals):
        """Override to have what a person corrects on the shipment itself declared."""
        if not {"service_id", "tracking_ref"}.isdisjoint(vals) and "state" not in vals:
            vals = {"state": "pending", "retry_at": False} | vals
        return super().write(vals)

    def _get_common_state(self):
        """The state of a delivery with these shipments, as `aliexpress_shipping_state` has it; False without any."""
        states = set(self.mapped("state"))
        if "error" in states:
            return "error"
        if any(shipment.state == "pending" and shipment.error for shipment in self):
            return "waiting"
        return next((state for state in ("pending", "sent") if state in states), False)

    def _is_waiting_for_job(self):
        """Override: a parcel that AliExpress knows needs nothing more."""
        return self.state != "sent"

    @api.model
    def _get_waiting_domain(self):
        """Domain of the parcels that wait for a person: for a number, or for a delivery method with a carrier."""
        is_incomplete = Domain("tracking_ref", "=", False) | Domain("service_id", "=", False)
        return Domain("state", "=", "pending") & Domain("error", "!=", False) & is_incomplete

    def _trigger_job(self):
        self.env["ir.cron"]._aliexpress_wake("ir_cron_push_shipments")

    # === PROBLEMS === #

    def _set_error(self, error):
        """Override to ask the shop's responsible person as well: AliExpress refunds parcels that are not declared.

        What AliExpress refused has no open outcome. An answer that nobody understood is no refusal: what was declared
        may have been taken, and is read back by itself.
        """
        if isinstance(error, FixError) and set(self.mapped("state")) == {"sent"}:
            # AliExpress took these: that it does not show them now is nothing for a person.
            error.retry_after = LOOK_PAUSE
            self._wait(error)
            return
        if getattr(error, "reason", "") == UNREADABLE:
            unclear_again = self.filtered(lambda shipment: shipment._has_failed_before())
            error.retry_after = UNREADABLE_PAUSE
            self._wait(error)
            unclear_again._schedule_problems()
            return
        if self._goes_on_with_other_family(error):
            return
        if isinstance(error, FixError) and not error.is_looking:
            self._end_intents()
        super()._set_error(error)
        self._schedule_problems()

    def _set_problem(self, message):
        """As `_set_error`, with the translated text of the problem."""
        self._end_intents()
        self.write({"state": "error", "error": message, "retry_at": False})
        self._schedule_problems()

    def _end_intents(self):
        """Forget the intents, of which nothing came; what is left of a completion keeps it from being queued again."""
        for shipment in self:
            is_completion = (shipment.intent or {}).get("kind") == "complete"
            shipment.write({"intent": {"kind": "refused"} if is_completion else False, "intent_date": False})

    def _schedule_problems(self):
        """One activity for each order, however many of its parcels have a problem."""
        for order, shipments in self.grouped("order_id").items():
            if order.activity_search([PROBLEM_ACTIVITY]):
                continue
            message_env = order.account_id._get_message_env()
            order._schedule_task(
                PROBLEM_ACTIVITY,
                summary=message_env._("The shipment of %(number)s is not declared", number=order.order_ref),
                note=shipments[:1].error or "",
            )

    def _unschedule_problems(self):
        """End the activities of orders that have no more problems."""
        for order in self.order_id.filtered("activity_ids"):
            if not order.shipment_ids.filtered(lambda shipment: shipment.state == "error"):
                order.activity_unlink([PROBLEM_ACTIVITY])
