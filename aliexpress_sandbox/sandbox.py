"""The sandbox itself: one marketplace in memory, with the handles tests hold it by."""

import random
import threading
import uuid
from collections import Counter, deque
from datetime import timedelta

from . import lifecycle, ordering, scenario
from .catalogue import publishing
from .clock import Clock, to_millis
from .faults import Fault, Faults, from_text
from .methods import feeds
from .push import Pusher
from .server import Server
from .shop import AuthCode, Token

SWEEP_SECONDS = 1.0


class Sandbox:
    """A local AliExpress.

    :param scenario: dictionary, path, or name of a built-in scenario (`default`,
        `empty`)
    :param save: file to write the state to when the sandbox stops
    """

    def __init__(self, scenario="default", save=None):
        self.lock = threading.RLock()
        self.source = scenario
        self.save_path = save
        self.server = None
        self.requests = 0
        self.calls = deque(maxlen=200_000)
        self.pusher = Pusher(self)
        self.load(scenario)

    # === the world === #

    def load(self, source):
        """Replace the whole state by a scenario; the ledger of calls starts anew."""
        with self.lock:
            clock = Clock()
            world, short_orders = scenario.read(source, clock.now())
            clock.offset = world.clock_offset
            self.world, self.clock = world, clock
            self.random = random.Random(world.seed)
            self.faults = Faults(world.faults, world.seed)
            self.pushed = []
            self.next_sweep = None
            self.calls.clear()
            for short in short_orders:
                short = dict(short)
                count = short.pop("count", 1)
                for _index in range(count):
                    self.place_order(**short)

    def reset(self):
        """Back to the scenario it was started with."""
        self.load(self.source)

    def seed(self, number):
        """Start everything random anew."""
        with self.lock:
            self.world.seed = number
            self.random.seed(number)
            self.faults.random.seed(number)

    def dump(self):
        """The present state as scenario data."""
        with self.lock:
            self.world.clock_offset = self.clock.offset
            return scenario.dump(self.world)

    def save(self, path=None):
        with self.lock:
            self.world.clock_offset = self.clock.offset
            scenario.write(self.world, path or self.save_path)

    # === running === #

    def start(self, port=0, host="127.0.0.1"):
        """Serve in a thread; returns the URL (also `.url`)."""
        self.server = Server(self, host, port)
        self.server.start()
        return self.url

    def stop(self):
        if self.server:
            self.server.stop()
            self.server = None
        if self.save_path:
            self.save()

    @property
    def url(self):
        """The gateway's address without a path."""
        return self.server.url

    def __enter__(self):
        if not self.server:
            self.start()
        return self

    def __exit__(self, *_exception):
        self.stop()

    # === handles for tests === #

    @property
    def shop(self):
        """The first shop."""
        return self.world.shop()

    @property
    def app(self):
        """The first application."""
        return next(iter(self.world.apps.values()))

    @property
    def shipments(self):
        """All declared parcels as (order id, parcel), in the order of declaration."""
        with self.lock:
            pairs = [
                (order.order_id, parcel)
                for shop in self.world.shops.values()
                for order in shop.orders.values()
                for parcel in order.parcels
            ]
        return sorted(pairs, key=lambda pair: pair[1].ship_order_id)

    def count(self, method=None, seller_id=None):
        """How many calls arrived, of one method or of all."""
        return sum(
            1 for call in list(self.calls) if method in (None, call.method) and seller_id in (None, call.seller_id)
        )

    def counts(self):
        """Calls by method."""
        return Counter(call.method for call in list(self.calls))

    def place_order(self, lines=None, shop=None, **values):
        """See `ordering.place`; `shop` is a shop or its key."""
        with self.lock:
            return ordering.place(self, self._shop(shop), lines, **values)

    def act(self, order, action, **values):
        """Move an order (or its number) by an action of `lifecycle.ACTIONS`."""
        with self.lock:
            shop, order = self.find_order(order)
            lifecycle.ACTIONS[action](self, shop, order, **values)
            return order

    def find_order(self, order, shop=None):
        """(shop, order) of an order or its number; LookupError when there is none."""
        order_id = int(getattr(order, "order_id", order))
        wanted = shop and self._shop(shop)
        for candidate in self.world.shops.values():
            found = candidate.orders.get(order_id)
            if not found or wanted not in (None, candidate):
                continue
            if found is order or not hasattr(order, "order_id"):
                return candidate, found
        raise LookupError(f"no order {order_id}")

    def add_fault(self, kind, **values):
        """Switch trouble on; `kind` is one of `faults.KINDS`, or a whole
        `kind=…,method=…` text. Returns the fault, whose `hits` count."""
        with self.lock:
            fault = from_text(kind) if "=" in kind else Fault(kind, **values)
            return self.faults.add(fault)

    def clear_faults(self):
        with self.lock:
            self.faults.remove()

    def advance(self, **span):
        """Let time pass: keyword arguments of `timedelta`. Deadlines act at once."""
        with self.lock:
            self.clock.advance(timedelta(**span).total_seconds())
            self.sweep(force=True)

    # === authorisation === #

    def issue_code(self, app=None, shop=None, code_uuid=""):
        """An authorisation code as the login page gives it."""
        with self.lock:
            app, shop = app or self.app, self._shop(shop)
            until = self.clock.now() + timedelta(seconds=self.world.settings.code_seconds)
            code = AuthCode(
                f"3_{app.key}_{uuid.uuid4().hex[:24]}",
                app.key,
                shop.seller_id,
                until,
                code_uuid,
            )
            self.world.codes.append(code)
            return code

    def issue_token(self, shop=None, app=None):
        """A fresh pair of tokens, without login: what a connected client holds."""
        with self.lock:
            app, shop = app or self.app, self._shop(shop)
            settings, now = self.world.settings, self.clock.now()
            token = Token(
                app.key,
                shop.seller_id,
                f"50000{uuid.uuid4().hex}",
                f"50001{uuid.uuid4().hex}",
                now + timedelta(seconds=settings.access_seconds[app.status]),
                now + timedelta(seconds=settings.refresh_seconds[app.status]),
            )
            self.world.tokens.append(token)
            return token

    def expire_tokens(self, shop=None, refresh=False):
        """Let the access tokens (with `refresh` also the refresh tokens) run out."""
        with self.lock:
            now = self.clock.now() - timedelta(seconds=1)
            for token in self.world.tokens:
                if shop is None or token.seller_id == self._shop(shop).seller_id:
                    token.access_until = now
                    if refresh:
                        token.refresh_until = now

    # === used by the gateway === #

    def sweep(self, force=False):
        """Do what time does: deadlines of orders, audits, feeds. At most once a second
        unless forced."""
        now = self.clock.now()
        if not force and self.next_sweep and now < self.next_sweep:
            return
        self.next_sweep = now + timedelta(seconds=SWEEP_SECONDS)
        for shop in self.world.shops.values():
            due = [o for o in shop.orders.values() if o.deadline and o.deadline <= now]
            for order in due:
                self._expire(shop, order, now)
            for product in shop.products.values():
                if product.audit_until and product.audit_until <= now:
                    publishing.finish_audit(self, product)
            for feed in shop.feeds.values():
                if feed.status != "FINISH":
                    feed.status = "PROCESSING"
                    if feed.ready <= now:
                        feeds.work(self, shop, feed)

    def _expire(self, shop, order, now):
        for _step in range(5):  # a long jump may pass several deadlines
            if not order.deadline or order.deadline > now:
                return
            try:
                lifecycle.expire(self, shop, order)
            except ValueError:
                order.deadline = None

    def order_moved(self, shop, order, before):
        """Called after every change of status."""
        self.pusher.order_moved(shop, order, before)

    def request_id(self):
        host = self.random.choice(("210126da", "2101232d", "0ba28873"))
        return f"{host}{to_millis(self.clock.now())}{self.random.randrange(10**4):04d}"

    def _shop(self, shop):
        return shop if hasattr(shop, "orders") else self.world.shop(shop)
