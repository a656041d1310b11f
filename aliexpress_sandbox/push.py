"""Push messages: the gateway tells registered applications that an order moved.

Sent from a thread of its own, signed, tried again when the receiver does not answer
with HTTP 200.
"""

import hashlib
import hmac
import json
import queue
import threading
import time
import urllib.error
import urllib.request

from .clock import pacific

TRIES = 3
PAUSE = 0.2
TIMEOUT = 5
SITE = "ae_global"
DROPSHIP_TYPE, TRADE_TYPE = 53, 0
WORDS = {
    "PLACE_ORDER_SUCCESS": "OrderCreated",
    "RISK_CONTROL": "PaymentAuthorized",
    "WAIT_SELLER_SEND_GOODS": "PaymentAuthorized",
    "WAIT_BUYER_ACCEPT_GOODS": "OrderShipped",
    "FUND_PROCESSING": "OrderConfirmed",
    "FINISH": "OrderClosed",
}


class Pusher:
    def __init__(self, sandbox):
        self.sandbox = sandbox
        self.queue = queue.Queue()
        self.thread = None

    def order_moved(self, shop, order, before):
        """Tell the shop's applications that have a callback address."""
        for app in self.sandbox.world.apps.values():
            if app.push_url and (not app.shops or shop.seller_id in app.shops):
                body = json.dumps(self.message(shop, order), separators=(",", ":"))
                self.send(app, body)

    def send(self, app, body):
        """Queue a signed message; `sandbox.pushed` gets a row per attempt."""
        self.queue.put((app.push_url, body, signature(app, body)))
        if not self.thread:
            self.thread = threading.Thread(target=self._work, name="aliexpress_push", daemon=True)
            self.thread.start()

    def message(self, shop, order):
        now = self.sandbox.clock.now()
        if self.sandbox.world.settings.push_form == "trade":
            data = {
                "order_status": order.status,
                "trade_order_id": str(order.order_id),
                "trade_order_line_id": str(order.lines[0].child_id),
                "status_update_time": pacific(order.modified),
            }
            kind = TRADE_TYPE
        else:
            word = WORDS.get(order.status, order.status)
            data = {"buyerId": 200012345, "orderId": order.order_id, "orderStatus": word}
            kind = DROPSHIP_TYPE
        return {
            "data": data,
            "message_type": kind,
            "seller_id": shop.seller_id,
            "site": SITE,
            "timestamp": int(now.timestamp()),
        }

    def wait(self):
        """Until everything queued was sent or given up."""
        self.queue.join()

    def _work(self):
        while True:
            url, body, authorization = self.queue.get()
            try:
                for attempt in range(TRIES):
                    status = post(url, body, authorization)
                    self.sandbox.pushed.append({"url": url, "body": body, "status": status})
                    if status == 200:
                        break
                    time.sleep(PAUSE * (attempt + 1))
            finally:
                self.queue.task_done()


def signature(app, body):
    """Lower-case hex HMAC-SHA256 over the application key and the raw body."""
    return hmac.new(app.secret.encode(), (app.key + body).encode(), hashlib.sha256).hexdigest()


def post(url, body, authorization):
    """HTTP status of the receiver, or the name of what went wrong."""
    headers = {"Content-Type": "application/json", "Authorization": authorization}
    request = urllib.request.Request(url, body.encode(), headers, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as response:  # noqa: S310
            return response.status
    except urllib.error.HTTPError as error:
        return error.code
    except (OSError, ValueError) as error:
        return type(error).__name__
