"""Run the benchmarks: print a table of ratios and write all that was measured as JSON.

They copy the prepared databases that ALIEXPRESS_BASE (without the addon) and ALIEXPRESS_TEMPLATE (with it) name;
`./dev bench` sets both.
"""

import argparse
import dataclasses
import datetime
import json
import os
import pathlib
import signal
import subprocess
import sys

from . import adopt, feeds, memory, offers, orders, oversell, parcels, people

BENCHMARKS = {
    "orders": orders.run,
    "flat": orders.run_flat,
    "offers": offers.run,
    "oversell": oversell.run,
    "people": people.run,
    "parcels": parcels.run,
    "memory": memory.run,
    "feeds": feeds.run,
    "adopt": adopt.run,
}


def main():
    """Run what was asked for; the exit code says whether every goal was met."""
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument("--only", help=f"some of {','.join(BENCHMARKS)}")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--orders", type=int, default=1000, help="orders in each round (default %(default)s)")
    parser.add_argument("--products", type=int, default=2000, help="products to publish by feed (default %(default)s)")
    parser.add_argument(
        "--skus", type=int, default=10000, help="SKUs on offer, and ten times as many (default %(default)s)"
    )
    parser.add_argument("--oversell-orders", type=int, default=5000, help="in the simulation (default %(default)s)")
    parser.add_argument("--adopted", type=int, default=10000, help="listings to adopt (default %(default)s)")
    parser.add_argument("--quick", action="store_true", help="one small round: does it run at all?")
    parser.add_argument("--json", default=".dev/bench.json", help="where the figures go (default %(default)s)")
    parser.add_argument("--profile", help="a folder: where the time of each work goes, measured with Python's profiler")
    options = parser.parse_args()
    if options.profile:
        os.makedirs(options.profile, exist_ok=True)
        os.environ["ALIEXPRESS_PROFILE"] = os.path.abspath(options.profile)
    signal.signal(signal.SIGTERM, lambda *_args: sys.exit(1))  # databases and processes are cleared away
    if options.quick:
        options.rounds, options.orders, options.products, options.skus, options.oversell_orders = 1, 60, 60, 60, 40
        options.adopted = 60
    names = options.only.split(",") if options.only else list(BENCHMARKS)
    rows = []
    for name in names:
        for row in BENCHMARKS[name](options, os.environ["ALIEXPRESS_BASE"], os.environ["ALIEXPRESS_TEMPLATE"]):
            print(row.as_line(), flush=True)
            rows.append({"benchmark": name, "is_met": row.is_met, **dataclasses.asdict(row)})
    described = subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True)
    content = {
        "at": datetime.datetime.now().isoformat(timespec="seconds"),
        "commit": described.stdout.strip(),
        "options": vars(options),
        "load": os.getloadavg(),
        "rows": rows,
    }
    path = pathlib.Path(options.json)
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(content, indent=1))
    return 1 if any(row["is_met"] is False for row in rows) and not options.quick else 0


if __name__ == "__main__":
    sys.exit(main())
