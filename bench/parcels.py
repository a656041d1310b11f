"""Parcels: what declaring those of many deliveries takes."""

import contextlib

from .orders import CONFIRMED, LATENCY
from .plan import placed_order
from .processes import Database, Gateway, Odoo
from .report import Row


def run(options, _base, template):
    """The rows of the job that declares parcels, with the latency of a network."""
    count = min(options.orders, 200)
    with contextlib.ExitStack() as stack:
        gateway = stack.enter_context(Gateway())
        odoo = stack.enter_context(Odoo(stack.enter_context(Database(template))))
        odoo.run("prepare", orders=2)
        tokens = gateway.call("POST", "tokens", {})
        odoo.run("connect", url=gateway.url, access_token=tokens["access_token"], refresh_token=tokens["refresh_token"])
        gateway.call_all("POST", [("orders", placed_order(number, CONFIRMED)) for number in range(count)])
        odoo.run("import_orders")
        odoo.run("hand_over_parcels")
        odoo.run("analyze")
        gateway.call("POST", "faults", {"kind": "latency", "seconds": LATENCY})
        gateway.call("DELETE", "calls")
        measured = odoo.run("declare_parcels")
        calls = gateway.call("GET", "calls")["counts"]
        declared = len(gateway.call("GET", "shipments")["shipments"])
    if measured["result"] != count or declared != count:
        raise RuntimeError(f"{measured['result']} of {count} parcels were sent, and AliExpress has {declared}")
    yield Row.seconds(f"{count} parcels declared, {LATENCY * 1000:.0f} ms a call", [measured])
    yield Row("calls for them", sum(calls.values()), unit="calls", note=str(calls))
