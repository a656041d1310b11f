from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from .common import AliexpressCase


class TestDigest(AliexpressCase):
    """Odoo's own digest mail counts orders and shipments of the company."""

    def get_digest(self, user):
        now = fields.Datetime.now()
        return (
            self.env["digest.digest"]
            .create({"name": "Test", "company_id": self.company.id})
            .with_context(start_datetime=now - timedelta(days=1), end_datetime=now + timedelta(minutes=1))
            .with_user(user)
        )

    def test_the_digest_that_odoo_sends_has_the_figures(self):
        digest = self.env.ref("digest.digest_digest_default")
        self.assertTrue(digest.kpi_aliexpress_orders)
        self.assertTrue(digest.kpi_aliexpress_shipments)

    def test_orders_and_shipments_are_counted(self):
        manager = new_test_user(self.env, "ae_digest", "sales_team.group_sale_manager")
        now = fields.Datetime.now()
        orders = self.env["aliexpress.order"].create(
            [
                {"account_id": self.account.id, "order_ref": str(number), "order_date": now, "stage": stage}
                for number, stage in enumerate(("waiting_shipment", "shipped", "pending_payment", "cancelled"))
            ]
            + [
                {
                    "account_id": self.account.id,
                    "order_ref": "9",
                    "order_date": now - timedelta(days=3),
                    "stage": "shipped",
                }
            ]
        )
        self.env["aliexpress.shipment"].create({"order_id": orders[1].id, "state": "sent", "sent_date": now})
        digest = self.get_digest(manager)
        self.assertEqual((digest.kpi_aliexpress_orders_value, digest.kpi_aliexpress_shipments_value), (2, 1))
        actions = digest._compute_kpis_actions(self.company, manager)
        for name in ("kpi_aliexpress_orders", "kpi_aliexpress_shipments"):
            self.assertTrue(self.env.ref(actions[name].partition("?")[0]))

    def test_who_may_not_see_orders_gets_no_figure(self):
        packer = new_test_user(self.env, "ae_digest_packer", "stock.group_stock_user")
        for name in ("kpi_aliexpress_orders_value", "kpi_aliexpress_shipments_value"):
            with self.assertRaises(AccessError):
                self.get_digest(packer)[name]
