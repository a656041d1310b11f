import logging
import os
import threading
from contextlib import contextmanager

from odoo.fields import Domain

from .answer_mutator import Mutator
from .catalogue_common import CREATE, CatalogueCase
from .common import JOBS, Call
from .shipping_common import CORREOS, ShippingCase

_logger = logging.getLogger(__name__)

ANSWERS = int(os.environ.get("ALIEXPRESS_ANSWERS") or (10_000 if os.environ.get("ALIEXPRESS_LONG") else 200))
SEED = int(os.environ.get("ALIEXPRESS_SEED", 20241))
# What moves orders, products and offers all day.
FREQUENT_JOBS = JOBS[:5]
# Where people see why something was not done.
SHOWN = {
    "aliexpress.account": ["error"],
    "aliexpress.order": ["error", "hold_reason"],
    "aliexpress.shipment": ["error"],
    "aliexpress.listing": ["error"],
    "aliexpress.listing.sku": ["quantity_error", "price_error", "hold_reason"],
    "aliexpress.image": ["error"],
    "aliexpress.shop.data": ["error"],
    "aliexpress.found.product": ["error", "reason"],
    "aliexpress.publish.result": ["message"],
}
DETAIL = "aliexpress.solution.order.info.get"


class Faults(logging.Handler):
    """Keeps what the addon logs as its own fault."""

    def __init__(self):
        super().__init__(logging.ERROR)
        self.texts = []

    def emit(self, record):
        self.texts.append(self.format(record))


class TestFuzz(ShippingCase, CatalogueCase):
    """Answers that nobody expects reach the real jobs: no job fails, no order is lost, what was refused is shown."""

    @classmethod
    def setUpClass(cls):
        cls.mutator = None
        cls.share = 0.5
        cls.lock = threading.Lock()
        cls.refused = set()
        super().setUpClass()

    @classmethod
    def _request_handler(cls, session, request, /, **kw):
        response = super()._request_handler(session, request, **kw)
        if not cls.mutator:
            return response
        call = Call(request)
        key = (call.method, call.parameters.get("param1") or call.parameters.get("product_id"))
        with cls.lock:
            cls.refused.discard(key)
            if cls.mutator.random.random() < cls.share:
                status, text, kind = cls.mutator.change(response.text, was_created=call.method == CREATE)
                response.status_code, response._content = status, text.encode("utf-8", "surrogatepass")
                if kind in Mutator.SURE:
                    cls.refused.add(key)
        return response

    def setUp(self):
        super().setUp()
        self.faults = Faults()
        logger = logging.getLogger("odoo.addons.aliexpress_connector")
        logger.addHandler(self.faults)
        self.addCleanup(logger.removeHandler, self.faults)
        self.placed = []

    @contextmanager
    def mutating(self):
        """Inside, part of the answers is changed."""
        type(self).mutator = self.generator
        self.refused.clear()
        try:
            yield
        finally:
            type(self).mutator = None

    # === THE WORLD === #

    def change_world(self, number):
        """Something to do for every job."""
        count = 2 if self.placed else 20
        self.placed += [self.place(["TSHIRT-BLU-M", 1], ["CAP-RED", 2]) for _number in range(count)]
        recent = self.env["aliexpress.order"].search([], order="id desc", limit=24)
        recent.write({"is_detail_due": True})
        ready = recent.filtered(lambda order: order.state == "done" and self.get_delivery(order))
        for order in ready[:1]:
            self.ship(self.get_delivery(order), CORREOS.format(number % 1000))
        self.listing.product_tmpl_id.aliexpress_title = f"Cotton cap number {number}"
        if number % 5 == 0:
            product = self.create_complete_product(f"CAP-F{number}", barcode=f"F{number}")
            self.create_listing(product)
        quant = self.env["stock.quant"]
        quant._update_available_quantity(self.product, self.warehouse.lot_stock_id, -1 if number % 2 else 1)

    def forget_waits(self):
        """Let all that waits be tried at once, as when the time has passed or a person has pressed Retry."""
        tokens = self.sandbox.issue_token()
        values = {"access_token": tokens.access_token, "refresh_token": tokens.refresh_token}
        self.account.write(values | {"state": "connected", "retry_at": False, "token_renewed_date": False})
        for model in ("order", "shipment", "listing", "image", "shop.data", "found.product"):
            records = self.env[f"aliexpress.{model}"].search(Domain.TRUE)
            records.filtered("retry_at").write({"retry_at": False})
            failed = records.filtered(lambda record: record.state in ("error", "denied"))
            failed.write({"state": "pending"})

    def run_jobs(self, jobs=JOBS):
        for job in jobs:
            # Each job meets its own trouble: with the shop's pause in force, the first would stop all others.
            self.account.retry_at = False
            self.run_job(job)

    # === WHAT MUST HOLD === #

    def get_texts(self):
        return [
            text
            for model, names in SHOWN.items()
            for row in self.env[model].search(Domain.TRUE).read(names)
            for text in (row[name] for name in names)
            if text
        ]

    def describe(self, order):
        """What is to know about an order whose refusal is not shown."""
        kept = self.env["aliexpress.exchange"].search([("reference", "=", order.order_ref)], limit=6)
        told = [(row.date, row.method, row.outcome, row.answer_excerpt) for row in kept]
        return order.read(["order_ref", "state", "is_detail_due", "retry_at"]), self.account.state, told

    def assertVisible(self):
        """What was refused for sure at its last attempt is shown: for a detail at its order or the shop."""
        if self.refused:
            self.assertTrue(self.get_texts(), self.refused)
        for placed in self.placed:
            order = self.get_order(placed)
            if any(method == DETAIL and str(placed.order_id) in (key or "") for method, key in self.refused):
                shown = [order.error, order.hold_reason, self.account.error, *order.shipment_ids.mapped("error")]
                self.assertTrue(any(shown), self.describe(order))

    def assertNothingLost(self):
        """With good answers again everything is there, once and right."""
        self.account.orders_audit_date = False
        self.env["aliexpress.order"].search(Domain.TRUE).write({"is_detail_due": True})
        for _run in range(2):
            self.forget_waits()
            self.run_jobs()
        orders = self.env["aliexpress.order"].search([("account_id", "=", self.account.id)])
        self.assertEqual(sorted(orders.mapped("order_ref")), sorted(str(placed.order_id) for placed in self.placed))
        # An answer that kept a line and the total to itself was believed; what the order really has waits for a person.
        changed = orders.filtered(lambda order: "Press Take Over" in (order.hold_reason or ""))
        self.assertLess(len(changed), 1 + len(orders) // 10)
        unfinished = orders.filtered(lambda order: order.state != "done") - changed
        self.assertFalse(unfinished.mapped(lambda order: (order.state, order.error, order.hold_reason)))
        for order in orders - changed:
            self.assertEqual(len(order.sale_order_id), 1)
            self.assertEqual(order.currency_id.compare_amounts(order.sale_order_id.amount_total, order.amount_total), 0)
            self.assertEqual(len(order.line_ids), 2)
        for placed in self.placed:
            declared = self.get_ledger(placed)
            self.assertLessEqual(len(declared), 1, "declared twice")
        shipments = orders.shipment_ids
        self.assertEqual(set(shipments.mapped("state")) - {"sent"}, set(), shipments.mapped("error"))
        codes = [sku.sku_code for product in self.sandbox.shop.products.values() for sku in product.skus]
        double = {code for code in codes if codes.count(code) > 1}
        listings = self.env["aliexpress.listing"].search([("sku_ids.sku_code", "in", list(double))])
        story = self.env["aliexpress.publish.result"].search([("listing_id", "in", listings.ids)])
        self.assertFalse(double, story.mapped(lambda result: (result.create_date, result.outcome, result.message)))

    def test_mutated_answers(self):
        self.sandbox.world.settings.audit_seconds = 0
        self.listing = self.create_listing()
        self.run_jobs()
        self.run_jobs()
        self.assertEqual(self.listing.state, "online", self.listing.error)
        for product in self.products:
            # The long form delivers more than the shops of other tests have.
            self.env["stock.quant"]._update_available_quantity(product, self.warehouse.lot_stock_id, 10**5)
        self.generator = Mutator(SEED)
        number = 0
        while self.generator.count < ANSWERS:
            number += 1
            _logger.info("round %s, %s answers so far", number, self.generator.count)
            self.change_world(number)
            with self.mutating():
                self.run_jobs(JOBS if number % 8 == 1 else FREQUENT_JOBS)
            self.assertFalse(self.faults.texts)
            self.assertVisible()
            self.forget_waits()
            if number % 50 == 0:
                self.assertNothingLost()
        self.assertNothingLost()
        self.assertFalse(self.faults.texts)
