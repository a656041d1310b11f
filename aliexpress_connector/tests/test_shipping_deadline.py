from datetime import datetime, timedelta

from odoo import fields
from odoo.tests import freeze_time

from .shipping_common import CORREOS, ShippingCase

DEADLINE = "aliexpress_connector.mail_activity_type_ship_deadline"


class TestShipDeadline(ShippingCase):
    """Until when an order must be declared, and who is told before it is too late."""

    def setUp(self):
        super().setUp()
        calendar = self.company.resource_calendar_id
        calendar.tz = "Europe/Madrid"
        self.order = self.env["aliexpress.order"].create({"account_id": self.account.id, "order_ref": "1"})

    def get_deadline(self, paid_at, days, placed_at=None):
        paid_at = datetime.fromisoformat(paid_at)
        placed_at = datetime.fromisoformat(placed_at) if placed_at else paid_at
        deadline = self.order._get_ship_deadline(paid_at, days, placed_at)
        return deadline and fields.Datetime.to_string(deadline)

    # === ESTIMATE === #

    def test_working_days_from_payment(self):
        # 2024-03-20 is a Wednesday.
        self.assertEqual(self.get_deadline("2024-03-20 09:30:00", 1), "2024-03-21 09:30:00")
        self.assertEqual(self.get_deadline("2024-03-20 09:30:00", 3), "2024-03-25 09:30:00")
        self.assertEqual(self.get_deadline("2024-03-20 09:30:00", 7), "2024-03-29 09:30:00")

    def test_same_time_of_day_when_the_clocks_change(self):
        # Clocks go forward on Sunday, 31 March 2024.
        self.assertEqual(self.get_deadline("2024-03-28 09:30:00", 2), "2024-04-01 08:30:00")

    def test_weekend_gives_two_days_more(self):
        # Placed on a Saturday, paid at once: three working days end on Wednesday.
        self.assertEqual(self.get_deadline("2024-03-16 09:30:00", 3), "2024-03-22 09:30:00")
        # Placed on Sunday, paid on Monday.
        self.assertEqual(
            self.get_deadline("2024-03-18 09:30:00", 1, placed_at="2024-03-17 12:00:00"), "2024-03-21 09:30:00"
        )
        # Friday evening in UTC is Saturday in Madrid.
        self.assertEqual(
            self.get_deadline("2024-03-18 09:30:00", 1, placed_at="2024-03-15 23:30:00"), "2024-03-21 09:30:00"
        )

    def test_public_holidays_do_not_count(self):
        calendar = self.company.resource_calendar_id
        holiday = {
            "name": "Good Friday",
            "calendar_id": calendar.id,
            "company_id": self.company.id,
            "date_from": "2024-03-28 23:00:00",
            "date_to": "2024-03-29 22:59:59",
        }
        self.env["resource.calendar.leaves"].create(holiday)
        self.assertEqual(self.get_deadline("2024-03-27 09:30:00", 2), "2024-04-01 08:30:00")
        other = self.env["res.company"].create({"name": "Company with other holidays"})
        theirs = self.env["resource.calendar.leaves"].with_company(other)
        theirs.create({"name": "Theirs", "date_from": "2024-04-01 00:00:00", "date_to": "2024-04-02 00:00:00"})
        theirs.flush_model()
        self.assertEqual(self.get_deadline("2024-03-27 09:30:00", 2), "2024-04-01 08:30:00")

    def test_unknown_stays_unknown(self):
        self.assertIsNone(self.get_deadline("2024-03-20 09:30:00", 0))
        self.assertIsNone(self.order._get_ship_deadline(None, 3, None))

    # === ON THE DELIVERY === #

    def test_aliexpress_own_deadline_comes_first(self):
        placed, order = self.import_order()
        self.assertEqual(order.ship_deadline, placed.deadline.replace(microsecond=0, tzinfo=None))
        delivery = self.get_delivery(order)
        self.assertEqual(delivery.aliexpress_ship_deadline, order.ship_deadline)
        later = order.ship_deadline + timedelta(days=2)
        order.ship_deadline = later
        self.assertEqual(delivery.aliexpress_ship_deadline, later)

    def test_what_aliexpress_ships_has_none(self):
        self.products[0].default_code = "CHRG-65"
        _placed, order = self.import_order(["CHRG-65", 1])
        self.assertRecordValues(
            order, [{"is_platform_fulfilled": True, "stage": "waiting_shipment", "ship_deadline": False}]
        )

    def test_deliveries_are_sorted_and_filtered_by_it(self):
        now = fields.Datetime.now()
        deliveries = self.env["stock.picking"]
        for hours in (48, -3, 1):
            _placed, order = self.import_order()
            order.ship_deadline = now + timedelta(hours=hours)
            deliveries += self.get_delivery(order)
        self.env.flush_all()
        ordered = deliveries.search([("id", "in", deliveries.ids)], order="aliexpress_ship_deadline")
        self.assertEqual(ordered, deliveries[1] + deliveries[2] + deliveries[0])
        view = self.env.ref("aliexpress_connector.view_picking_internal_search")
        self.assertIn("aliexpress_ship_today", view.arch)
        today = [("aliexpress_ship_deadline", "<", "today +1d"), ("state", "not in", ("done", "cancel"))]
        with freeze_time(now.replace(hour=12, minute=0)):
            found = deliveries.search([("id", "in", deliveries.ids), *today])
        self.assertIn(deliveries[1], found)
        self.assertNotIn(deliveries[0], found)

    # === WARNING === #

    def watch(self):
        self.run_job("watchdog")

    def test_responsible_person_is_warned_once(self):
        placed, order = self.import_order()
        self.watch()
        self.assertFalse(order.activity_ids, "there is time enough")
        order.ship_deadline = fields.Datetime.now() + timedelta(hours=12)
        self.watch()
        self.assertEqual(order.activity_ids.activity_type_id, self.env.ref(DEADLINE))
        self.assertEqual(order.activity_ids.user_id, self.account._get_responsible())
        self.watch()
        self.assertEqual(len(order.activity_ids), 1)
        order.activity_ids.action_done()
        self.watch()
        self.assertFalse(order.activity_ids)
        order.ship_deadline += timedelta(hours=1)
        self.watch()
        self.assertEqual(len(order.activity_ids), 1, "a new deadline is told again")

    def test_warning_ends_when_the_parcel_is_declared(self):
        placed, order = self.import_order()
        order.ship_deadline = fields.Datetime.now() + timedelta(hours=12)
        self.watch()
        self.ship(self.get_delivery(order), CORREOS.format(1))
        self.push()
        self.watch()
        self.assertFalse(order.activity_ids)

    def test_hours_of_the_shop_decide(self):
        placed, order = self.import_order()
        order.ship_deadline = fields.Datetime.now() + timedelta(hours=12)
        self.account.deadline_warning_hours = 6
        self.watch()
        self.assertFalse(order.activity_ids)
        self.account.deadline_warning_hours = 13
        self.watch()
        self.assertEqual(len(order.activity_ids), 1)
