"""Memory: what the import of orders takes at most, and that a worker is no larger after ten runs than after three."""

import contextlib

from .orders import CONFIRMED, Orders
from .report import Row

RUNS = 10
SETTLED = 3
# What a process grows by within seven runs for reasons of its own: caches, fragments.
GROWTH = 8


def run(options, base, template):
    """Peak of an import and growth of the process over ten of them."""
    count = min(options.orders, 100)
    with contextlib.ExitStack() as stack:
        orders = Orders(stack, base, template, count, with_floor=False)
        runs = [orders.take_turn(count, CONFIRMED)[1] for _number in range(RUNS)]
    yield Row(f"memory while {count} orders are imported", max(one["peak"] for one in runs), unit="MiB")
    growth = runs[-1]["resident"] - runs[SETTLED - 1]["resident"]
    yield Row(
        f"growth of a worker from run {SETTLED} to run {RUNS}",
        growth,
        goal=GROWTH,
        unit="MiB",
        details={"resident": [one["resident"] for one in runs]},
    )
