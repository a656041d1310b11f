from datetime import timedelta

import requests

from odoo import Command, fields
from odoo.tests import freeze_time

from .catalogue_common import make_picture
from .common import JOBS
from .common_offers import OffersCase

# A shop is tried again every two minutes: six records at once, and a read three times in a row.
MINUTES, THREADS, TRIES = 4, 6, 3


class TestStorm(OffersCase):
    """While AliExpress is down, all jobs together call it a few times an hour, whatever waits to be sent."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        category = cls.env["aliexpress.category"].create({"ref": "1", "name": "Caps", "is_leaf": True})
        products = cls.env["product.template"].create(
            [
                {"name": f"Cap {number}", "image_1920": make_picture(size=(800, 800)), "weight": 0.2, "list_price": 10}
                | {"aliexpress_category_id": category.id, "is_storable": True, "default_code": f"CAP-{number}"}
                for number in range(8)
            ]
        )
        cls.env["aliexpress.listing"].create(
            [{"account_id": cls.account.id, "product_tmpl_id": product.id, "state": "pending"} for product in products]
        )
        service = cls.env["aliexpress.logistics.service"].create(
            {"account_id": cls.account.id, "code": "EMS", "name": "EMS"}
        )
        orders = cls.env["aliexpress.order"].create(
            [
                {"account_id": cls.account.id, "order_ref": str(number), "stage": "waiting_shipment", "state": "done"}
                | {"line_ids": [Command.create({"child_ref": str(number), "product_id": cls.cap.id, "quantity": 1})]}
                for number in range(8)
            ]
        )
        cls.env["aliexpress.shipment"].create(
            [
                {"order_id": order.id, "service_id": service.id, "tracking_ref": f"EE12345678{order.id}CN"}
                for order in orders
            ]
        )
        cls.account.action_refresh_shop_data()

    def count_calls(self, job):
        """Calls made in MINUTES, in each of which `job` runs and every call fails."""
        self.calls.clear()
        self.account.retry_at = False
        start = fields.Datetime.now()
        for minute in range(MINUTES):
            with freeze_time(start + timedelta(minutes=minute)):
                self.run_job(job)
        return len(self.calls)

    def test_no_job_makes_a_storm_of_calls(self):
        self.answers.clear()
        self.answers["*"] = requests.ConnectionError()
        for job in JOBS:
            with self.subTest(job=job):
                self.assertLessEqual(self.count_calls(job), MINUTES / 2 * THREADS * TRIES)
