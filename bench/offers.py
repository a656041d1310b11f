"""Prices and stock: what comparing costs beside Odoo's own calls, and what sending takes."""

import contextlib
import json

from .plan import FIRST_REF
from .processes import Database, Gateway, Odoo
from .report import Row

MANY, KITS, RULES = 10, 1000, 500
GOAL, MEMORY_GOAL = 1.3, 400
LATENCY = 0.1
SINGLES = 200
PACK = 20
UPDATES = "mutiple_product_update_list"


def run(options, _base, template):
    """The rows of a catalogue and of one ten times as large, of kits and rules, and of what is sent."""
    count = options.skus
    with contextlib.ExitStack() as stack:
        shop = Shop(stack, template, count, options.rounds)
        small = shop.compare()
        yield from _rows_of_comparison(count, small, shop.peak)
        yield from shop.compare_kits(max(count // 10, 1) if count < KITS * 10 else KITS)
        yield from shop.compare_rules(min(RULES, count // 2))
        yield shop.push(min(500, count // 2), 0.0)
        yield shop.push(min(SINGLES, count // 2), LATENCY)
        yield shop.push_prices(min(500, count // 2))
        yield shop.compare_rich()
    with contextlib.ExitStack() as stack:
        shop = Shop(stack, template, count * MANY, options.rounds)
        large = shop.compare()
        yield from _rows_of_comparison(count * MANY, large, shop.peak)
    growth = _processor_seconds(large[0]) / _processor_seconds(small[0])
    yield Row(f"processor time for {MANY} times as many SKUs, over {MANY}", growth / MANY, goal=1.25, unit="×")


class Shop:
    """A shop that offers `count` SKUs, all acknowledged."""

    def __init__(self, stack, template, count, rounds):
        self.count, self.rounds = count, rounds
        self.gateway = stack.enter_context(Gateway())
        self.odoo = stack.enter_context(Odoo(stack.enter_context(Database(template))))
        self.gateway.list_products({FIRST_REF + number: f"OFFER-{number}" for number in range(min(count, 500))})
        tokens = self.gateway.call("POST", "tokens", {})
        self.odoo.run(
            "connect",
            url=self.gateway.url,
            access_token=tokens["access_token"],
            refresh_token=tokens["refresh_token"],
        )
        self.odoo.run("fill_offers", count=count)
        one_rule, self.many_rules = self.odoo.run("make_pricelists", rules=min(RULES, count // 2))["result"]
        self.odoo.run("choose_pricelist", pricelist_id=False)
        self.one_rule = one_rule
        # Before anything else has taken memory that this one would find free.
        self.peak = self.odoo.run("push_offers")["peak"]
        self.odoo.run("read_quantities_and_prices")

    def measure(self, work, before=(), **arguments):
        """What a work takes after others."""
        for name in before:
            self.odoo.run(name)
        return self.odoo.run(work, **arguments)

    def compare(self):
        """Rounds of the job that finds nothing to send, and of the floor."""
        ours, floor = [], []
        self.gateway.call("DELETE", "calls")
        for _number in range(self.rounds):
            floor.append(self.measure("read_quantities_and_prices"))
            ours.append(self.measure("push_offers", before=["forget_comparison"]))
        calls = sum(self.gateway.call("GET", "calls")["counts"].values())
        if calls or any(one["result"] for one in ours):
            raise RuntimeError(f"{calls} calls and {ours[-1]['result']} SKUs to send where nothing has changed")
        return ours, floor

    def compare_kits(self, kits):
        """What kits add to a comparison."""
        self.odoo.run("make_kits", count=kits)
        without, with_kits = [], []
        for _number in range(self.rounds + 1):
            for is_on, measured in ((False, without), (True, with_kits)):
                self.odoo.run("switch_kits", is_on=is_on)
                measured.append(self.measure("compare_everything", before=["forget_comparison"]))
        # The first time the new quantities are written down.
        self.odoo.run("switch_kits", is_on=False)
        self.odoo.run("compare_everything")
        added = [one["seconds"] - other["seconds"] for one, other in zip(with_kits[1:], without[1:], strict=True)]
        yield Row(
            f"{kits} kits add to {self.count} SKUs",
            sorted(added)[len(added) // 2],
            goal=1.5,
            unit="s",
            details={"with": with_kits, "without": without},
        )

    def compare_rules(self, rules):
        """The price part with many rules, over the one with a single rule."""
        measured = {self.one_rule: [], self.many_rules: []}
        for _number in range(self.rounds):
            for pricelist, results in measured.items():
                self.odoo.run("choose_pricelist", pricelist_id=pricelist)
                results.append(self.measure("compute_prices"))
        self.odoo.run("choose_pricelist", pricelist_id=False)
        yield Row.ratio(
            f"prices of {self.count} SKUs, {rules} rules : one", measured[self.many_rules], measured[self.one_rule], 2.0
        )

    def push(self, count, latency):
        """The row of the job after the stock of `count` products changed."""
        measured = []
        if latency:
            self.gateway.call("POST", "faults", {"kind": "latency", "seconds": latency})
        self.odoo.run("forget_comparison")
        self.odoo.run("push_offers")
        for _number in range(self.rounds):
            self.odoo.run("change_offered_stock", count=count)
            self.gateway.call("DELETE", "calls")
            one = self.measure("push_offers")
            one["calls"] = self.gateway.call("GET", "calls")["counts"]
            if one["result"] or sum(one["calls"].values()) != -(-count // PACK):
                raise RuntimeError(f"{count} changes made the calls {one['calls']} and left {one['result']}")
            measured.append(one)
        self.gateway.call("DELETE", "faults")
        name = f"{count} of {self.count} SKUs sent in {-(-count // PACK)} calls"
        return Row.seconds(
            name + (f", {latency * 1000:.0f} ms each" if latency else ""), measured, 1.6 if latency else None
        )

    def push_prices(self, count):
        """The row of the job after the prices of `count` products changed, where Odoo says what the sale prices are."""
        self.odoo.run("set_sale_discount", percent=10)
        self.odoo.run("push_offers")
        measured = []
        for _number in range(self.rounds):
            self.odoo.run("change_prices", count=count)
            self.gateway.call("DELETE", "calls")
            one = self.measure("push_offers")
            one["calls"] = self.gateway.call("GET", "calls")["counts"]
            named = self._count_named_skus()
            if one["result"] or named != count or sum(one["calls"].values()) != -(-count // PACK):
                raise RuntimeError(f"{count} new prices made the calls {one['calls']} for {named} SKUs")
            measured.append(one)
        return Row.seconds(f"{count} of {self.count} prices sent in {-(-count // PACK)} calls", measured)

    def _count_named_skus(self):
        """How many SKUs the calls since the last look named."""
        calls = self.gateway.call("GET", "calls?detail=1")["calls"]
        products = [one for call in calls for one in json.loads(call["params"][UPDATES])]
        return sum(len(one["multiple_sku_update_list"]) for one in products)

    def compare_rich(self):
        """The comparison of a shop with a sale pricelist, a country and open orders, over Odoo's calls for the same."""
        self.odoo.run("enrich_shop", orders=max(self.count // 10, 1))
        self.odoo.run("acknowledge_everything")
        ours, floor = [], []
        for _number in range(self.rounds):
            floor.append(self.measure("read_rich"))
            ours.append(self.measure("push_offers", before=["forget_comparison"]))
            if ours[-1]["result"]:
                raise RuntimeError(f"{ours[-1]['result']} SKUs to send where nothing has changed")
        return Row.ratio(f"{self.count} SKUs with sale prices, country, orders", ours, floor, GOAL)


def _rows_of_comparison(count, measured, peak):
    ours, floor = measured
    yield Row.ratio(f"{count} unchanged SKUs compared", ours, floor, goal=GOAL)
    yield Row(f"memory for {count} unchanged SKUs", peak, goal=MEMORY_GOAL, unit="MiB")


def _processor_seconds(measured):
    return min(one["processor"] + one["server"] for one in measured)
