"""Push messages, pages and control of listings, and odd answers."""

import hashlib
import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import requests

CARRIERS = "aliexpress.logistics.redefining.listlogisticsservice"
MUG = 1005001234567895


@pytest.fixture
def receiver():
    """A callback address; `.got` are (authorization, body), `.answers` the next statuses."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            server.got.append((self.headers["Authorization"], body))
            self.send_response(server.answers.pop(0) if server.answers else 200)
            self.end_headers()

        def log_message(self, *_args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.got, server.answers = [], []
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def test_push_messages(sandbox, receiver):
    receiver.answers = [500]
    sandbox.app.push_url = f"http://127.0.0.1:{receiver.server_port}/push"
    order = sandbox.place_order(["MUG-01"], pay=True)
    sandbox.pusher.wait()
    assert len(receiver.got) == 3  # the first of two messages was sent twice
    authorization, body = receiver.got[-1]
    expected = hmac.new(b"helloworldsecret", b"501234" + body, hashlib.sha256).hexdigest()
    assert authorization == expected
    message = json.loads(body)
    assert message["data"]["orderId"] == order.order_id
    assert (message["data"]["orderStatus"], message["seller_id"]) == ("PaymentAuthorized", "2671514005")
    assert [row["status"] for row in sandbox.pushed] == [500, 200, 200]
    sandbox.world.settings.push_form = "trade"
    sandbox.act(order, "ship")
    sandbox.pusher.wait()
    assert json.loads(receiver.got[-1][1])["data"]["order_status"] == "WAIT_BUYER_ACCEPT_GOODS"


def test_push_vector():
    from aliexpress_sandbox.push import signature
    from aliexpress_sandbox.shop import App

    body = (
        '{"data":{"buyerId":200012345,"orderId":8100123456789012,"orderStatus":"OrderCreated"},"message_type":53,'
        '"seller_id":"1234","site":"ae_global","timestamp":1719389200}'
    )
    expected = "a8fc20d9f49758f91f292e80c13df1bebe6017c3cf62dfc0a70930f494aa25d2"
    assert signature(App("501234", "helloworldsecret"), body) == expected


def test_listing_buttons(sandbox):
    product = sandbox.shop.products[MUG]

    def press(action, **form):
        return requests.post(f"{sandbox.url}/listings/{MUG}/{action}", data=form, timeout=5)

    assert "MUG-01" in press("audit").text and product.status == "auditing"
    assert "blurred" in press("reject", reason="Pictures are blurred").text
    assert product.status == "editingRequired"
    press("audit")
    assert press("approve").status_code == 200 and product.status == "onSelling"
    assert press("approve").status_code == 409
    press("lock")
    assert product.locked and press("offline").status_code == 409
    press("unlock")
    press("offline")
    assert product.offline_reason == "user_offline"
    press("online")
    assert press("delete").status_code == 200
    assert MUG not in sandbox.shop.products


def test_listing_control(sandbox):
    url = f"{sandbox.url}/_sandbox/products/{MUG}"
    assert requests.post(f"{url}/audit", timeout=5).json()["status"] == "auditing"
    assert requests.post(f"{url}/reject", json={"reason": "no"}, timeout=5).json()["audit_reason"] == "no"
    assert requests.patch(url, json={"promotion_fields": ["price"]}, timeout=5).json()["promotion_fields"] == ["price"]
    assert "no action" in requests.post(f"{url}/burn", timeout=5).json()["error"]
    assert requests.delete(url, timeout=5).json() == {"ok": True}
    assert requests.patch(url, json={}, timeout=5).status_code == 404


def test_odd_answers(sandbox, client):
    sandbox.add_fault("drop_field", count=1, text="display_name, tracking_no_regex")
    assert "display_name" not in client.call(CARRIERS)["result_list"][0]
    sandbox.add_fault("extra_field", count=1)
    assert "new_in_this_version" in client.call(CARRIERS)["result_list"][0]
    sandbox.add_fault("as_text", count=1)
    assert client.call(CARRIERS)["result_list"][0]["recommend_order"] == "3"
