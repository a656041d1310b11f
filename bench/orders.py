"""Import of orders: against the same sale orders made by plain calls, with latency, and when nothing has changed."""

import contextlib

from . import plan
from .processes import Database, Gateway, Odoo
from .report import Row

LATENCY = 0.1
CONFIRMED, DRAFT = "WAIT_SELLER_SEND_GOODS", "RISK_CONTROL"


class Orders:
    """A database without the addon for the floor, one with a connected shop, and orders placed for each turn."""

    def __init__(self, stack, base, template, warm_up, with_floor=True):
        self.gateway = stack.enter_context(Gateway())
        self.floor = stack.enter_context(Odoo(stack.enter_context(Database(base)))) if with_floor else None
        self.ours = stack.enter_context(Odoo(stack.enter_context(Database(template))))
        self.odoos = [odoo for odoo in (self.floor, self.ours) if odoo]
        self.next_number = 0
        self.expected = {}
        for odoo in self.odoos:
            odoo.start("prepare", orders=warm_up)
        for odoo in self.odoos:
            odoo.finish()
        tokens = self.gateway.call("POST", "tokens", {})
        self.ours.run(
            "connect",
            url=self.gateway.url,
            access_token=tokens["access_token"],
            refresh_token=tokens["refresh_token"],
        )
        self.ours.run("list_products")
        self.take_turn(warm_up // 2, CONFIRMED)

    def take_turn(self, count, status, latency=0.0):
        """What making `count` sale orders plainly took, what importing as many took, and what looking at them again."""
        for odoo in self.odoos:
            odoo.run("analyze")
        floor = self.floor and self.floor.run("sell_plainly", count=count, confirm=status == CONFIRMED)
        numbers = range(self.next_number, self.next_number + count)
        self.next_number += count
        placed = self.gateway.call_all("POST", [("orders", plan.placed_order(number, status)) for number in numbers])
        if latency:
            self.gateway.call("POST", "faults", {"kind": "latency", "seconds": latency})
        ours = self.import_orders()
        self.check(count, status)
        again = self.import_orders()
        self.gateway.call("DELETE", "faults")
        for answer in placed:
            self.gateway.call("DELETE", f"orders/{answer['order_ids'][0]}")
        return floor, ours, again

    def import_orders(self):
        """What the jobs took, with the gateway's calls by method and its processor seconds."""
        self.gateway.call("DELETE", "calls")
        before = self.gateway.processor_seconds()
        result = self.ours.run("import_orders")
        result["gateway"] = self.gateway.processor_seconds() - before
        result["calls"] = self.gateway.call("GET", "calls")["counts"]
        return result

    def check(self, count, status):
        """What was measured is worth nothing unless everything came to where it belongs."""
        state = "done, sale" if status == CONFIRMED else "done, draft"
        self.expected[state] = self.expected.get(state, 0) + count
        found = self.ours.run("count_orders")["result"]
        if found != self.expected:
            raise RuntimeError(f"the import ended in {found} instead of {self.expected}")


def run(options, base, template):
    """The rows of the import of orders."""
    turns = {"confirmed": (CONFIRMED, 0.0), "drafts": (DRAFT, 0.0), "confirmed, 100 ms a call": (CONFIRMED, LATENCY)}
    goals = {"confirmed": 1.10, "drafts": 1.35, "confirmed, 100 ms a call": 1.40}
    results = {name: [] for name in turns}
    with contextlib.ExitStack() as stack:
        orders = Orders(stack, base, template, min(options.orders, 200))
        for _number in range(options.rounds):
            for name, (status, latency) in turns.items():
                results[name].append(orders.take_turn(options.orders, status, latency))
    for name, measured in results.items():
        yield Row.ratio(
            f"{options.orders} orders imported, {name}",
            [ours for _floor, ours, _again in measured],
            [floor for floor, _ours, _again in measured],
            goal=goals[name],
        )
    yield from _rows_of_calls(options.orders, results["confirmed"])


def run_flat(options, base, template):
    """The row that says whether an order costs more among many: a tenth of the orders, and ten times as many."""
    counts = [options.orders // 10, options.orders, options.orders * 10]
    with contextlib.ExitStack() as stack:
        orders = Orders(stack, base, template, min(options.orders, 200), with_floor=False)
        turns = [orders.take_turn(count, CONFIRMED)[1] for count in counts]
    each = [(one["processor"] + one["server"]) / count for one, count in zip(turns, counts, strict=True)]
    for count, one, seconds in zip(counts, turns, each, strict=True):
        yield Row(f"processor time of an order among {count}", seconds * 1000, unit="ms", details={"ours": one})
    yield Row(f"an order among {counts[2]} : among {counts[0]}", each[2] / each[0], goal=1.15, unit="×")
    yield Row(f"memory while {counts[2]} orders are imported", turns[2]["peak"], unit="MiB")


def _rows_of_calls(count, measured):
    pages = -(-count // plan.PAGE)
    calls = max(sum(ours["calls"].values()) for _floor, ours, _again in measured)
    yield Row(f"calls for {count} new orders", calls, goal=count + pages + 1, unit="calls")
    again = [again for _floor, _ours, again in measured]
    calls = max(sum(one["calls"].values()) for one in again)
    yield Row(f"calls for {count} unchanged orders", calls, goal=pages + 1, unit="calls")
    yield Row.seconds(f"{count} unchanged orders", again, goal=0.5 if count >= 1000 else None)
