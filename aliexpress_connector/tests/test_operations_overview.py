from datetime import timedelta

from odoo import fields
from odoo.tests import new_test_user

from .common import AliexpressCase


class TestOverview(AliexpressCase):
    """The overview counts right, for all shops at once, and every number opens what it counts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.create_account("Other shop", seller_ref="2671514006")

    def create_order(self, number, account=None, **values):
        account = account or self.account
        values = {"is_detail_due": False, "state": "done"} | values
        return self.env["aliexpress.order"].create({"account_id": account.id, "order_ref": str(number)} | values)

    def test_orders_that_need_a_person_are_counted(self):
        past = fields.Datetime.now() - timedelta(hours=1)
        future = fields.Datetime.now() + timedelta(hours=1)
        self.create_order(1, state="hold", stage="frozen")
        self.create_order(2, state="hold", stage="cancel_requested")
        self.create_order(3, state="error")
        late = self.create_order(4, stage="waiting_shipment", ship_deadline=past)
        self.create_order(5, stage="waiting_shipment", ship_deadline=future)
        self.create_order(6, state="pending", is_detail_due=True)
        self.create_order(7, self.other, state="hold")
        self.assertRecordValues(
            self.account,
            [
                {
                    "order_hold_count": 2,
                    "order_cancel_count": 1,
                    "order_error_count": 1,
                    "order_late_count": 1,
                    "order_shipment_count": 2,
                    "order_backlog_count": 1,
                }
            ],
        )
        self.assertEqual(self.other.order_hold_count, 1)
        self.env["aliexpress.shipment"].create({"order_id": late.id, "is_last": True, "state": "sent"})
        self.account.invalidate_recordset()
        self.assertEqual((self.account.order_late_count, self.account.order_shipment_count), (0, 1))

    def test_every_number_opens_the_list_behind_it(self):
        order = self.create_order(1, state="hold", stage="cancel_requested")
        self.env["aliexpress.shipment"].create({"order_id": order.id, "state": "error"})
        self.env["aliexpress.listing"].create(
            {"account_id": self.account.id, "product_tmpl_id": self.shirt.product_tmpl_id.id, "state": "rejected"}
        )
        counters = [
            name for name in self.account._fields if name.startswith(("order_", "shipment_", "listing_", "offer_"))
        ]
        counters = [name for name in counters if name.endswith("_count") and name != "listing_count"]
        self.assertEqual(set(counters), set(self.account._get_overview_domains()))
        for account in self.account | self.other:
            for name in counters:
                with self.subTest(counter=name, shop=account.name):
                    action = account.with_context(counter=name).action_open_counted()
                    self.assertEqual(self.env[action["res_model"]].search_count(action["domain"]), account[name])

    def test_the_view_names_every_counter(self):
        arch = self.env.ref("aliexpress_connector.aliexpress_account_view_kanban").arch
        for name in self.account._get_overview_domains():
            self.assertIn(f"'counter': '{name}'", arch)

    def test_counting_takes_the_same_queries_for_any_number_of_shops(self):
        def count_queries(accounts):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            accounts.mapped(lambda account: [account[name] for name in account._get_overview_domains()])
            return self.env.cr.sql_log_count - before

        few = count_queries(self.account)
        shops = self.account | self.other
        for number in range(3):
            shops |= self.create_account(f"Shop {number}", seller_ref=f"26715140{number}9")
        self.env.flush_all()
        self.assertLessEqual(count_queries(shops), few)

    def test_salespeople_see_it(self):
        salesman = new_test_user(self.env, "ae_overview", "sales_team.group_sale_salesman")
        self.create_order(1, state="hold")
        kanban = self.env["aliexpress.account"].with_user(salesman)
        fields_read = [*kanban._get_overview_domains(), "shipments_sent_date", "connection_warning", "call_count_today"]
        rows = kanban.search_read([("id", "=", self.account.id)], fields_read)
        self.assertEqual(rows[0]["order_hold_count"], 1)
