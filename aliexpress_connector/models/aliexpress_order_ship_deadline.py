from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.fields import Domain

DEADLINE_ACTIVITY = "aliexpress_connector.mail_activity_type_ship_deadline"
SATURDAY = 5
WEEKEND_EXTENSION = timedelta(hours=48)


class AliexpressOrder(models.Model):
    """Until when an order must be declared as shipped, where AliExpress does not say so itself."""

    _inherit = "aliexpress.order"

    warned_deadline = fields.Datetime(
        readonly=True, copy=False, help="The deadline somebody was warned of; a new one is told again."
    )

    # === ESTIMATE === #

    def _estimate_ship_deadline(self, detail):
        """The deadline (naive UTC) of a lib `Order`, False when payment or preparation time are unknown."""
        days = max((line.preparation_days for line in detail.lines if not line.is_platform_fulfilled), default=0)
        return self._get_ship_deadline(detail.paid_at, days, detail.created_at) or False

    def _get_ship_deadline(self, paid_at, preparation_days, placed_at):
        """Payment plus the preparation time in working days, plus 48 hours when the order was placed on a weekend.

        Working days are Monday to Friday without the public holidays of the company's working calendar, in its time
        zone. All times are naive UTC. Returns None when payment or preparation time are unknown.
        """
        if not paid_at or not preparation_days:
            return None
        calendar = self.company_id.resource_calendar_id
        zone = pytz.timezone(calendar.tz or "UTC")
        moment = pytz.utc.localize(paid_at).astimezone(zone)
        holidays = self._get_holidays(calendar, paid_at, paid_at + timedelta(days=preparation_days * 3 + 60))
        day = moment.date()
        for _number in range(preparation_days):
            day += timedelta(days=1)
            while day.weekday() >= SATURDAY or day in holidays:
                day += timedelta(days=1)
        # The same time of day, also when the clocks change in between.
        local = zone.localize(datetime.combine(day, moment.time()))
        deadline = local.astimezone(pytz.utc).replace(tzinfo=None)
        if placed_at and pytz.utc.localize(placed_at).astimezone(zone).weekday() >= SATURDAY:
            deadline += WEEKEND_EXTENSION
        return deadline

    def _get_holidays(self, calendar, start, end):
        """The days (set of date) from `start` to `end` (naive UTC) with a public holiday of `calendar` at noon."""
        zone = pytz.timezone(calendar.tz or "UTC")
        leaves = self.env["resource.calendar.leaves"].search(
            [
                ("company_id", "in", (self.company_id.id, False)),
                ("calendar_id", "in", (calendar.id, False)),
                ("resource_id", "=", False),
                ("date_from", "<=", end),
                ("date_to", ">=", start),
            ]
        )
        days = set()
        for leave in leaves:
            first, last = (pytz.utc.localize(moment).astimezone(zone) for moment in (leave.date_from, leave.date_to))
            day = first.date()
            while day <= last.date():
                if first <= zone.localize(datetime.combine(day, time(12))) <= last:
                    days.add(day)
                day += timedelta(days=1)
        return days

    # === WARNING === #

    @api.model
    def _get_to_declare_domain(self):
        """Domain of the orders that AliExpress waits for us to ship, whatever holds them."""
        is_waiting = Domain("stage", "=", "waiting_shipment") & Domain("is_platform_fulfilled", "!=", True)
        return is_waiting & ~Domain("shipment_ids", "any", [("is_last", "=", True)])

    def _schedule_deadline_activities(self):
        for order in self:
            if order.warned_deadline == order.ship_deadline:
                continue
            message_env = order.account_id._get_message_env()
            order.warned_deadline = order.ship_deadline
            order._schedule_task(
                DEADLINE_ACTIVITY,
                summary=message_env._("Ship %(number)s", number=order.order_ref),
                note=message_env._(
                    "AliExpress cancels order %(number)s and refunds the buyer when its shipment is not declared "
                    "before the deadline. Validate its delivery with a tracking number, or see why it cannot leave.",
                    number=order.order_ref,
                ),
                date_deadline=fields.Datetime.context_timestamp(order, order.ship_deadline).date(),
            )

    @api.model
    def _end_deadline_activities(self):
        activity_type = self.env.ref(DEADLINE_ACTIVITY, raise_if_not_found=False)
        if not activity_type:
            return
        activities = self.env["mail.activity"].search([("activity_type_id", "=", activity_type.id)])
        orders = self.browse(activities.mapped("res_id")).exists()
        (orders - orders.filtered_domain(self._get_to_declare_domain())).activity_unlink([DEADLINE_ACTIVITY])
