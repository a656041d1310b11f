from contextlib import suppress
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from .common_offers import DETAIL, PRICE, STOCK, OffersCase


class TestOffersCalls(OffersCase):
    """Calls are counted, whatever becomes of the transaction, and offers leave the last ones to orders."""

    def get_counts(self, account=None):
        groups = self.env["aliexpress.call.count"]._read_group(
            [("account_id", "=", (account or self.account).id)], ["method"], ["count:sum", "error_count:sum"]
        )
        return {method: (count, errors) for method, count, errors in groups}

    def test_every_call_is_counted(self):
        self.push()
        self.assertEqual(self.get_counts(), {STOCK: (1, 0), PRICE: (1, 0), DETAIL: (2, 0)})
        self.assertEqual(self.account.call_count_today, 4)
        self.add_stock(self.shirt, 1)
        self.push()
        self.assertEqual(self.get_counts()[STOCK], (2, 0))

    def test_failed_calls_are_counted_though_the_job_rolls_back(self):
        self.answers[STOCK] = self.make_response("", status=500)
        self.push()
        self.assertEqual(self.get_counts(), {STOCK: (1, 1)})

    def test_calls_of_a_transaction_that_is_rolled_back(self):
        with self.enter_registry_test_mode(), suppress(ZeroDivisionError), self.env.registry.cursor() as cr:
            account = self.account.with_env(self.env(cr=cr))
            account._get_client().get_product(self.shirt_sku.listing_id.product_ref)
            raise ZeroDivisionError()
        self.env.invalidate_all()
        self.assertEqual(self.get_counts(), {DETAIL: (1, 0)})

    def test_day_is_that_of_beijing(self):
        Count = self.env["aliexpress.call.count"]
        today = (fields.Datetime.now() + timedelta(hours=8)).date()
        self.push()
        self.assertEqual(set(Count.search([]).mapped("date")), {today})
        self.assertTrue(0 < Count._get_seconds_left() <= 86400)

    def test_days_that_are_over_are_added_up(self):
        Count = self.env["aliexpress.call.count"]
        yesterday = Count._get_today() - timedelta(days=1)
        values = {"account_id": self.account.id, "company_id": self.company.id, "method": STOCK, "count": 2}
        Count.create([values | {"date": yesterday}] * 3 + [values | {"date": Count._get_today()}] * 2)
        Count._merge_rows()
        self.assertEqual(sorted(Count.search([]).mapped("count")), [2, 2, 6])

    def test_short_budget_is_left_to_orders(self):
        self.account.call_budget = 10
        values = {
            "account_id": self.account.id,
            "date": self.env["aliexpress.call.count"]._get_today(),
            "method": "orders",
        }
        spent = self.env["aliexpress.call.count"].create(values | {"count": 7})
        self.push()
        self.assertEqual([call.method for call in self.calls], [STOCK], "prices leave more than stock")
        self.assertEqual(self.shirt_sku.offer_state, "waiting")
        self.assertIn("used up", self.shirt_sku.offer_note)
        self.add_stock(self.shirt, 1)
        self.assertFalse(self.push())
        self.assertTrue(self.account._has_call_budget("orders"))
        self.assertTrue(self.account._has_call_budget("tracking"))
        self.assertFalse(self.account.retry_at)
        [told] = self.account._get_problems()
        self.assertIn("8 of the 10 calls", told)
        # The next day.
        spent.unlink()
        self.push()
        self.assertEqual(self.get_remote(self.shirt_sku), (101, "12.10", None))
        self.assertFalse(self.account._get_problems())

    def test_budget_of_one_shop_is_its_own(self):
        other = self.create_account("Other shop", app_key="777", seller_ref="2671514999", call_budget=1)
        sku = self.create_listing(self.cap, "1005001000000007", account=other)
        self.add_remote(sku)
        self.push()
        self.push()
        self.assertEqual(self.get_remote(sku)[:2], (100, "1.00"))
        self.assertEqual(self.get_remote(self.cap_sku)[:2], (100, "12.10"))

    def test_rights(self):
        self.push()
        seller = new_test_user(self.env, "seller", groups="sales_team.group_sale_salesman")
        count = self.env["aliexpress.call.count"].with_user(seller).search([])
        self.assertTrue(count)
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
            count[0].count = 1
        self.assertTrue(self.shirt_sku.with_user(seller).quantity_wanted)
        with self.assertRaises(AccessError):
            self.shirt_sku.with_user(seller).action_send_offer()
        stranger = new_test_user(self.env, "stranger", groups="base.group_user")
        with self.assertRaises(AccessError):
            self.shirt_sku.with_user(stranger).read(["quantity_wanted"])
