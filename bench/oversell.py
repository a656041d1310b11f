"""How many units are sold twice: shops that share one stock, simulated minute by minute.

Buyers order in three AliExpress shops; goods also arrive, come back, and leave by other ways. Odoo is real: the stock,
the inbox and the job that sends quantities over HTTP to a gateway in this process, where they take effect after the
delay of the network. What is simulated is time, the buyers, and the import of orders, which stores what the fetching
job would store.

The same events are played to the naive strategy: every so many minutes, send each shop what Odoo has not reserved.

`./dev bench --only oversell` runs it; alone: `python -m bench.oversell --database NAME [--orders 5000] [--seed 1]`.
"""

import argparse
import contextlib
import dataclasses
import heapq
import itertools
import json
import random
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from .processes import ROOT, Database
from .report import Row

SHOPS = 3
PRODUCTS = 40
STOCK = 30
MINUTE = 60
FETCH_EVERY = 5 * MINUTE
PUSH_EVERY = MINUTE
UNPAID_SHARE = 0.2
PAYMENT_WITHIN = 40 * MINUTE
SHIPPED_AFTER = 12 * 60 * MINUTE
STOCK_METHOD = "aliexpress.solution.batch.product.inventory.update"


@dataclasses.dataclass
class Strategy:
    """`naive_every` None: our job; else minutes between two times that everything free is sent."""

    name: str
    buffer: int = 0
    naive_every: int | None = None


@dataclasses.dataclass
class Buy:
    shop: int
    product: int
    quantity: int
    is_paid: bool
    number: int = 0
    order: object = None  # of the inbox, once it was imported


class Remote:
    """Stock of the shops as buyers see it. What is sent takes effect after the delay of the network."""

    def __init__(self):
        self.stock = {}
        self.arriving = []
        self.count = itertools.count()

    def send(self, now, rng, shop, updates):
        heapq.heappush(self.arriving, (now + rng.uniform(0.2, 3.0), next(self.count), shop, updates))

    def arrive(self, now):
        while self.arriving and self.arriving[0][0] <= now:
            _time, _number, shop, updates = heapq.heappop(self.arriving)
            for code, quantity in updates.items():
                self.stock[shop, code] = quantity


class Gateway:
    """Answers the stock call of the connector and hands what it was told to `on_update(shop, {code: quantity})`."""

    def __init__(self, on_update):
        handler = type("Handler", (_Handler,), {"on_update": staticmethod(on_update)})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self):
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):  # noqa: N802  the name that http.server looks for
        query = dict(parse_qsl(urlsplit(self.path).query))
        body = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        method = query["method"]
        products = json.loads(body.get("mutiple_product_update_list", "[]"))
        if method == STOCK_METHOD:
            rows = {
                row["sku_code"]: int(row["inventory"]) for one in products for row in one["multiple_sku_update_list"]
            }
            self.on_update(query["session"], rows)
        accepted = {"synchronize_product_response_dto": [{"product_id": one["product_id"]} for one in products]}
        answer = {"update_success": True, "update_successful_list": accepted, "update_failed_list": {}}
        content = json.dumps({f"{method.replace('.', '_')}_response": answer}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args):
        pass


def plan_events(orders, seed):
    """The same events for every strategy: `[(time in seconds, kind, payload)]` over some days."""
    rng = random.Random(seed)
    popularity = [1 / (rank + 1) ** 0.7 for rank in range(PRODUCTS)]
    events = []
    duration = orders * 12  # five orders a minute
    for number in range(orders):
        [product] = rng.choices(range(PRODUCTS), popularity)
        quantity = rng.choice([1, 1, 1, 1, 2, 3])
        buy = Buy(rng.randrange(SHOPS), product, quantity, rng.random() >= UNPAID_SHARE, number)
        events.append((rng.uniform(0, duration), "buy", buy))
    total = sum(popularity)
    for product, weight in enumerate(popularity):
        # As much arrives as is asked for, in batches, so that products run out again and again.
        expected = orders * 1.5 * weight / total * 0.9
        for _batch in range(max(int(expected // STOCK), 0)):
            events.append((rng.uniform(0, duration), "receive", (product, STOCK)))
    for _other in range(orders // 10):
        product = rng.choices(range(PRODUCTS), popularity)[0]
        kind = rng.choice(["counter_sale", "counter_sale", "return"])
        events.append((rng.uniform(0, duration), kind, (product, 1)))
    return sorted(events, key=lambda event: event[0]), duration


class Simulation:
    """One strategy over the planned events."""

    def __init__(self, env, gateway_url, strategy, seed):
        self.env = env
        self.strategy = strategy
        self.rng = random.Random(seed + 1)
        self.remote = Remote()
        self.now = 0.0
        self.has_changed = True
        self.events = []
        self.order_numbers = itertools.count(1)
        self.waiting_import = []
        self.reserved = [0] * PRODUCTS  # paid, imported, not shipped: what any connector has reserved in Odoo
        self.available = [STOCK] * PRODUCTS  # what nobody has been promised; below zero it was sold twice
        self.result = {"orders": 0, "refused": 0, "oversold_orders": 0, "oversold_units": 0, "calls": 0}
        self._make_records(gateway_url)

    # === ODOO === #

    def _make_records(self, gateway_url):
        env = self.env
        env["ir.config_parameter"].set_param("aliexpress_connector.gateway_url", gateway_url)
        self.location = env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1).lot_stock_id
        self.products = env["product.product"].create(
            [
                {"name": f"Product {number}", "default_code": f"SIM-{number}", "is_storable": True, "list_price": 10}
                for number in range(PRODUCTS)
            ]
        )
        for number in range(PRODUCTS):
            self.move_stock(number, STOCK)
        self.accounts = env["aliexpress.account"]
        self.skus = {}
        for shop in range(SHOPS):
            account = self._make_account(shop)
            self.accounts += account
            for number, product in enumerate(self.products):
                self.skus[shop, number] = self._make_listing(account, shop, number, product)
                self.remote.stock[shop, product.default_code] = STOCK
        env.cr.commit()

    def _make_account(self, shop):
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", self.env.company.id)], limit=1)
        return self.env["aliexpress.account"].create(
            {
                "name": f"Shop {shop}",
                "app_key": "501234",
                "app_secret": "helloworldsecret",
                "access_token": f"shop-{shop}",
                "refresh_token": f"unused-{shop}",
                "access_token_expiry": "2099-01-01",
                "authorization_expiry": "2099-01-01",
                "state": "connected",
                "family": "solution",
                "warehouse_id": warehouse.id,
                "order_start_date": "2024-01-01",
                "stock_buffer": self.strategy.buffer,
                "sync_offers": not self.strategy.naive_every,
                # Sale prices of our own: prices are no part of this, and nothing need be read.
                "sale_discount": 1,
            }
        )

    def _make_listing(self, account, shop, number, product):
        listing = self.env["aliexpress.listing"].create(
            {
                "account_id": account.id,
                "product_tmpl_id": product.product_tmpl_id.id,
                "product_ref": str(1005000000000000 + shop * 1000 + number),
                "state": "online",
                "sku_ids": [(0, 0, {"product_id": product.id, "sku_code": product.default_code})],
            }
        )
        return listing.sku_ids[:1]

    def move_stock(self, product, quantity):
        self.env["stock.quant"]._update_available_quantity(self.products[product], self.location, quantity)

    def store_order(self, buy, stage):
        """What the fetching job stores for a new order."""
        sku = self.skus[buy.shop, buy.product]
        return (
            self.env["aliexpress.order"]
            .with_context(tracking_disable=True)
            .create(
                {
                    "account_id": sku.account_id.id,
                    "order_ref": f"9{sku.account_id.id}{next(self.order_numbers):010}",
                    "stage": stage,
                    "status": "-",
                    "is_detail_due": False,
                    "line_ids": [
                        (
                            0,
                            0,
                            {
                                "child_ref": f"8{sku.account_id.id}{next(self.order_numbers):010}",
                                "product_ref": sku.listing_id.product_ref,
                                "sku_code": sku.sku_code,
                                "product_id": sku.product_id.id,
                                "quantity": buy.quantity,
                            },
                        )
                    ],
                }
            )
        )

    # === TIME === #

    def at(self, time, kind, payload):
        heapq.heappush(self.events, (time, next(self.remote.count), kind, payload))

    def run(self, planned, duration):
        for time, kind, payload in planned:
            self.at(time, kind, payload)
        for time in range(0, int(duration), FETCH_EVERY):
            self.at(time + 1, "fetch", None)
        step = (self.strategy.naive_every or 0) * MINUTE or PUSH_EVERY
        for time in range(0, int(duration), step):
            self.at(time + 2, "push", None)
        while self.events:
            self.now, _number, kind, payload = heapq.heappop(self.events)
            if self.now > duration:
                break
            self.remote.arrive(self.now)
            self.has_changed |= kind != "push"
            getattr(self, f"on_{kind}")(payload)
        return self.result

    def on_buy(self, buy):
        key = (buy.shop, self.products[buy.product].default_code)
        if self.remote.stock[key] < buy.quantity:
            self.result["refused"] += 1
            return
        self.remote.stock[key] -= buy.quantity
        self.result["orders"] += 1
        missing = min(max(buy.quantity - max(self.available[buy.product], 0), 0), buy.quantity)
        self.available[buy.product] -= buy.quantity
        if missing:
            self.result["oversold_orders"] += 1
            self.result["oversold_units"] += missing
        self.waiting_import.append(buy)
        if buy.is_paid:
            self.at(self.now + SHIPPED_AFTER, "ship", buy)
        else:
            self.at(self.now + PAYMENT_WITHIN, "expire", buy)

    def on_fetch(self, _payload):
        for buy in self.waiting_import:
            stage = "waiting_shipment" if buy.is_paid else "pending_payment"
            buy.order = self.store_order(buy, stage)
            self.reserved[buy.product] += buy.quantity if buy.is_paid else 0
        if self.waiting_import:
            self.waiting_import = []
            self.env.cr.commit()
            if not self.strategy.naive_every:
                self.on_push(None)  # an import wakes the job

    def on_expire(self, buy):
        """The buyer did not pay: AliExpress shows the units again, and the next import tells Odoo."""
        self.remote.stock[buy.shop, self.products[buy.product].default_code] += buy.quantity
        self.available[buy.product] += buy.quantity
        self._close(buy, "cancelled")

    def on_ship(self, buy):
        if buy.order:
            self.move_stock(buy.product, -buy.quantity)
            self.reserved[buy.product] -= buy.quantity
        self._close(buy, "shipped")

    def _close(self, buy, stage):
        if buy.order:
            buy.order.stage = stage
        self.waiting_import = [other for other in self.waiting_import if other is not buy]
        self.env.cr.commit()

    def on_receive(self, payload):
        product, quantity = payload
        self.available[product] += quantity
        self.move_stock(product, quantity)
        self.env.cr.commit()

    def on_return(self, payload):
        self.on_receive(payload)

    def on_counter_sale(self, payload):
        """Somebody buys at the counter what is free in Odoo."""
        product, quantity = payload
        if self.available[product] >= quantity:
            self.available[product] -= quantity
            self.move_stock(product, -quantity)
            self.env.cr.commit()

    def on_push(self, _payload):
        if self.strategy.naive_every:
            self._push_naively()
        elif self.has_changed:
            # Without a change the job finds nothing; leaving it out saves time here.
            self.has_changed = False
            self.env["aliexpress.listing"]._cron_push_offers()
            self.env.invalidate_all()

    def _push_naively(self):
        """What most connectors do: what is on hand and not reserved, less the buffer, to every shop."""
        self.env.invalidate_all()
        quantities = {
            product.default_code: max(int(product.free_qty) - reserved - self.strategy.buffer, 0)
            for product, reserved in zip(self.products, self.reserved, strict=True)
        }
        for shop in range(SHOPS):
            self.receive(f"shop-{shop}", quantities)

    def receive(self, session, updates):
        self.result["calls"] += -(-len(updates) // 20)
        self.remote.send(self.now, self.rng, int(session.removeprefix("shop-")), updates)


def simulate(registry_env, strategies, orders, seed):
    """Yield `(strategy, result)`; each in a transaction's worth of fresh records.

    :param registry_env: called without arguments, gives a context manager with an environment of a fresh cursor
    """
    planned, duration = plan_events(orders, seed)
    for strategy in strategies:
        with registry_env() as env, contextlib.ExitStack() as stack:
            current = []
            gateway = Gateway(lambda session, rows, current=current: current[0].receive(session, rows))
            stack.callback(gateway.stop)
            env["aliexpress.account"].search([]).active = False
            simulation = Simulation(env, gateway.url, strategy, seed)
            current.append(simulation)
            planned_now = [(time, kind, _copy(payload)) for time, kind, payload in planned]
            yield strategy, simulation.run(planned_now, duration)


def _copy(payload):
    return dataclasses.replace(payload) if isinstance(payload, Buy) else payload


NAIVE_MINUTES = (60, 15, 5)
BUFFERS = {0: "", 2: ", buffer 2"}
STRATEGIES = [
    *(
        Strategy(f"naive, every {minutes} minutes{suffix}", buffer, minutes)
        for minutes in NAIVE_MINUTES
        for buffer, suffix in BUFFERS.items()
    ),
    *(Strategy(f"connector{suffix}", buffer) for buffer, suffix in BUFFERS.items()),
]
# What remains are the orders between two imports; with a buffer hardly any may.
GOALS = {0: 1.0, 2: 0.5}


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--database", required=True)
    parser.add_argument("--config", default=None, help="Odoo's configuration file")
    parser.add_argument("--orders", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="one line of JSON for each strategy instead of a table")
    options = parser.parse_args(arguments)

    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry
    from odoo.tools import config

    config.parse_config([*(["-c", options.config] if options.config else []), "--log-level", "error"])
    registry = Registry(options.database)

    @contextlib.contextmanager
    def registry_env():
        with registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {})

    if not options.json:
        print("strategy                                orders  refused  oversold orders  oversold units   calls")
    for strategy, result in simulate(registry_env, STRATEGIES, options.orders, options.seed):
        numbers = [result[name] for name in ("orders", "refused", "oversold_orders", "oversold_units", "calls")]
        table = "{:38} {:7} {:8} {:16} {:15} {:7}".format(strategy.name, *numbers)
        print(json.dumps({"name": strategy.name, **result}) if options.json else table, flush=True)


def run(options, _base, template):
    """The rows of the simulation: oversold units of each strategy, and of ours over the naive one that asks most."""
    orders = options.oversell_orders
    command = [sys.executable, "-m", "bench.oversell", "--json", "--orders", str(orders), "--database"]
    with Database(template) as database:
        done = subprocess.run([*command, database], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    results = {result["name"]: result for result in map(json.loads, done.stdout.splitlines())}
    for name, result in results.items():
        sold = f"{result['orders']} of {orders} orders came in, {result['calls']} calls"
        yield Row(f"oversold: {name}", result["oversold_units"], unit="units", note=sold, details=result)
    for (buffer, suffix), minutes in itertools.product(BUFFERS.items(), NAIVE_MINUTES):
        ours, naive = (
            results[f"{name}{suffix}"]["oversold_units"] for name in ("connector", f"naive, every {minutes} minutes")
        )
        # Where the naive one sells nothing twice, neither may we.
        ratio = ours / naive if naive else float(ours)
        yield Row(
            f"oversold units, connector : naive {minutes} min{suffix}",
            ratio,
            goal=GOALS[buffer] if naive else 0.0,
            unit="×",
        )


if __name__ == "__main__":
    sys.exit(main())
