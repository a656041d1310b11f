from datetime import datetime, timezone

from .common import SandboxCase


class TestOrdersTimes(SandboxCase):
    """AliExpress writes the wall clock of Los Angeles; Odoo keeps UTC, also across the changes of the clocks."""

    def import_created(self, *moments):
        self.account.order_start_date = min(moments)
        placed = [self.place(created=moment.replace(tzinfo=timezone.utc)) for moment in moments]
        self.import_orders()
        return [self.get_order(order).order_date for order in placed]

    def test_around_the_end_of_daylight_saving(self):
        moments = [datetime(2026, 11, 1, 7, 30), datetime(2026, 11, 1, 10, 30), datetime(2026, 11, 2, 8, 15)]
        self.assertEqual(self.import_created(*moments), moments)

    def test_the_hour_that_comes_twice_is_read_as_its_first_time(self):
        first, second = datetime(2026, 11, 1, 8, 30), datetime(2026, 11, 1, 9, 30)
        self.assertEqual(self.import_created(first, second), [first, first])

    def test_an_order_of_the_hour_that_comes_twice_is_not_taken_for_one_before_the_first_day(self):
        self.account.order_start_date = datetime(2026, 11, 1, 9, 10)
        early, late = (self.place(created=datetime(2026, 11, 1, hour, 30, tzinfo=timezone.utc)) for hour in (7, 9))
        self.import_orders()
        self.assertFalse(self.get_order(early))
        self.assertTrue(self.get_order(late))

    def test_deadline_and_payment_are_utc(self):
        placed = self.place()
        self.import_orders()
        order = self.get_order(placed)
        self.assertEqual(
            order.ship_deadline, placed.deadline.astimezone(timezone.utc).replace(tzinfo=None, microsecond=0)
        )
        self.assertEqual(order.payment_date, placed.paid.astimezone(timezone.utc).replace(tzinfo=None, microsecond=0))
