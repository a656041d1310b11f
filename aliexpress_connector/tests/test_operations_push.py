import json
import random
import time
from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase

from odoo.addons.base.tests.test_ir_cron import CronMixinCase

from ..lib.push import sign_push
from .common import AliexpressCase

URL = "/aliexpress/push"
SECRET = "helloworldsecret"


class TestPush(AliexpressCase, HttpCase, CronMixinCase):
    """Pushed messages: only what an application signed gets anything done, and that is no more than to look."""

    account_values = {"seller_ref": "2671514005", "is_push_enabled": True}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls.env["aliexpress.order"].create(
            {"account_id": cls.account.id, "order_ref": "8100123456789012", "state": "done", "is_detail_due": False}
        )

    def make_body(self, **values):
        message = {
            "data": {"buyerId": 200012345, "orderId": 8100123456789012, "orderStatus": "OrderCreated"},
            "message_type": 53,
            "seller_id": "2671514005",
            "site": "ae_global",
            "timestamp": int(time.time()),
        } | values
        return json.dumps(message).encode()

    def push(self, body, signature=None, **headers):
        if signature is None:
            signature = sign_push("501234", SECRET, body)
        headers = {"Content-Type": "application/json", "Authorization": signature} | headers
        return self.url_open(URL, data=body, headers=headers, method="POST")

    def get_messages(self):
        self.env.invalidate_all()
        return self.env["aliexpress.push.message"].search([])

    def take(self):
        """Run the job, of a shop that must not call just now."""
        self.account.retry_at = fields.Datetime.now() + timedelta(hours=1)
        self.run_job("fetch_orders")

    def test_a_signed_message_makes_its_order_be_read_again(self):
        with self.capture_triggers("aliexpress_connector.ir_cron_fetch_orders") as captured:
            answer = self.push(self.make_body())
        self.assertEqual(answer.status_code, 200)
        self.assertFalse(answer.content)
        self.assertFalse(self.order.is_detail_due, "the request itself leaves the work to the job")
        self.assertTrue(captured.records)
        self.take()
        self.assertTrue(self.order.is_detail_due)
        self.assertRecordValues(
            self.get_messages(), [{"state": "done", "kind": "53", "order_ref": self.order.order_ref}]
        )

    def test_the_frame_of_the_other_marketplaces_is_understood(self):
        body = self.make_body(
            data={"trade_order_id": "8100123456789012", "order_status": "x"}, timestamp=int(time.time() * 1000)
        )
        self.assertEqual(self.push(body).status_code, 200)
        self.take()
        self.assertTrue(self.order.is_detail_due)

    def test_nothing_of_the_buyer_is_stored(self):
        self.push(self.make_body())
        self.assertNotIn("200012345", str(self.get_messages().read()))

    def test_a_repeated_message_is_taken_once(self):
        body = self.make_body()
        self.push(body)
        self.take()
        self.order.is_detail_due = False
        self.env.flush_all()
        self.assertEqual(self.push(body).status_code, 200)
        self.take()
        self.assertEqual(len(self.get_messages()), 1)
        self.assertFalse(self.order.is_detail_due)

    def test_old_and_future_messages_do_nothing(self):
        for age in (timedelta(days=2), -timedelta(hours=3)):
            body = self.make_body(timestamp=int(time.time() - age.total_seconds()))
            self.assertEqual(self.push(body).status_code, 200)
        self.assertFalse(self.get_messages())

    def test_unknown_messages_are_counted_and_ignored(self):
        for values in ({"message_type": 2, "data": {"im": 1}}, {"data": None}, {"data": {"orderId": {"x": 1}}}):
            self.assertEqual(self.push(self.make_body(**values)).status_code, 200)
        self.assertEqual(self.get_messages().mapped("state"), ["ignored"] * 3)
        self.take()
        self.assertFalse(self.order.is_detail_due)

    def test_an_order_that_is_not_known_is_left_to_the_list(self):
        self.push(self.make_body(data={"orderId": 999}))
        self.take()
        self.assertEqual(self.get_messages().state, "done")
        self.assertEqual(self.env["aliexpress.order"].search([]), self.order)

    def test_what_is_not_signed_is_refused_alike(self):
        body = self.make_body()
        good = sign_push("501234", SECRET, body)
        answers = [
            self.push(body, signature)
            for signature in ("", "0", good[:-1], good[:-1] + ("0" if good[-1] != "0" else "1"), good.upper(), "ñ" * 64)
        ]
        answers.append(self.push(body + b" ", good))
        answers.append(self.push(body, sign_push("501234", "another secret", body)))
        answers.append(self.push(b"", "x"))
        self.account.is_push_enabled = False
        self.env.flush_all()
        answers.append(self.push(body))
        self.assertEqual({(answer.status_code, answer.content) for answer in answers}, {(403, b"")})
        self.assertEqual(self.get_messages().mapped("state"), ["refused"], "noted once, whoever sends them")

    def test_a_mistyped_secret_shows_at_the_shop(self):
        self.assertFalse(self.account.push_warning)
        self.account.app_secret = "mistyped"
        self.env.flush_all()
        body = self.make_body()
        self.assertEqual(self.push(body).status_code, 403)
        self.env.invalidate_all()
        self.assertIn("enter the application secret again", self.account.push_warning)
        self.account.app_secret = SECRET
        self.env.flush_all()
        self.push(body)
        self.env.invalidate_all()
        self.assertFalse(self.account.push_warning)

    def test_another_sellers_message_of_the_same_application_is_counted_and_ignored(self):
        self.assertEqual(self.push(self.make_body(seller_id="1", data={"orderId": 999})).status_code, 200)
        self.assertEqual(self.get_messages().state, "ignored")
        self.take()
        self.assertFalse(self.order.is_detail_due)

    def test_the_order_tells_whose_a_message_is_that_names_the_seller_otherwise(self):
        self.push(self.make_body(seller_id="1234"))
        self.take()
        self.assertTrue(self.order.is_detail_due)

    def test_the_only_shop_whose_seller_is_not_known_yet_listens(self):
        self.account.seller_ref = False
        self.env.flush_all()
        self.push(self.make_body())
        self.take()
        self.assertTrue(self.order.is_detail_due)

    def test_of_several_shops_whose_seller_is_not_known_the_order_tells_which_is_meant(self):
        self.account.write({"seller_ref": False, "sequence": 99})
        second = self.create_account("Second shop", is_push_enabled=True)
        self.env.flush_all()
        self.push(self.make_body())
        self.assertEqual(self.get_messages().account_id, self.account)
        with self.capture_triggers("aliexpress_connector.ir_cron_fetch_orders") as captured:
            self.push(self.make_body(data={"orderId": 999}))
        self.assertTrue(captured.records)
        self.take()
        self.assertTrue(self.order.is_detail_due)
        self.assertEqual(self.get_messages().mapped("state"), ["done"] * 2)
        self.push(self.make_body(data={"im": 1}))
        self.assertEqual(self.get_messages()[0].state, "ignored")
        self.assertTrue(second.exists())

    def test_messages_of_a_shop_that_is_off_wait(self):
        self.push(self.make_body())
        for values in ({"sync_orders": False}, {"sync_orders": True, "state": "expired"}):
            self.account.write(values)
            self.take()
            self.assertEqual(self.get_messages().state, "new")
        self.account.state = "connected"
        self.take()
        self.assertTrue(self.order.is_detail_due)

    def test_archived_shops_do_not_listen(self):
        self.account.active = False
        self.env.flush_all()
        self.assertEqual(self.push(self.make_body()).status_code, 403)

    def test_large_messages_are_refused_before_they_are_read(self):
        body = self.make_body(data={"orderId": 1, "filler": "x" * 70000})
        self.assertEqual(self.push(body).status_code, 413)

    def test_only_posts_are_answered(self):
        self.assertEqual(self.url_open(URL, method="GET").status_code, 405)

    def test_the_answer_is_fast_and_opens_no_session(self):
        self.push(self.make_body(timestamp=int(time.time()) - 1))
        began = time.monotonic()
        answer = self.push(self.make_body())
        self.assertLess(time.monotonic() - began, 0.5)
        self.assertNotIn("session_id", answer.headers.get("Set-Cookie", ""))

    def test_odd_content_signed_or_not_never_breaks_the_route(self):
        generator = random.Random(20241)
        pieces = [b"{", b"}", b"[", b"]", b'"', b"\\u0000", b"\xff\xfe", b"null", b"1e999", b"-", b"data", b":", b","]
        for number in range(60):
            body = b"".join(generator.choices(pieces, k=generator.randint(0, 30)))
            if number % 3 == 0:
                body = self.make_body(
                    seller_id=generator.choice([2671514005, "2671514005", None, [], {"a": 1}, True, "9" * 400]),
                    timestamp=generator.choice([None, "x", -1, 10**30, 1.5, "1719389200", [1], True]),
                    data=generator.choice(
                        [None, [], "x", {"orderId": generator.choice([None, -1, 10**40, "a\0b", True])}]
                    ),
                )
            if number % 5 == 0:
                body = b"[" * 20000 + body
            with self.subTest(body=body[:80]):
                self.assertEqual(self.push(body).status_code, 200)
                self.assertEqual(self.push(body, "x" * generator.randint(0, 500)).status_code, 403)
        self.assertFalse(self.get_messages().filtered(lambda message: message.state == "new"))
        self.assertEqual(fields.Datetime.now().year, self.get_messages()[:1].date.year)
