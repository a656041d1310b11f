"""Adopting: what it takes to look through what a shop has on AliExpress already, and to link all that is certain."""

import contextlib

from .plan import FIRST_REF
from .processes import Database, Gateway, Odoo
from .report import Row

LATENCY = 0.1
CERTAIN = "open 1_certain"


def run(options, _base, template):
    """The rows of a catalogue that the seller made by hand, with the codes of the products in Odoo."""
    count = options.adopted
    with contextlib.ExitStack() as stack:
        half, whole = adopt(stack, template, count // 2), adopt(stack, template, count)
    found, linked = whole["found"], whole["linked"]
    calls = whole["calls"]
    yield Row(
        f"{count} listings found and matched, {LATENCY * 1000:.0f} ms a call",
        found["seconds"] / count * 1000,
        unit="ms each",
        note=f"{found['seconds']:.0f} s, of processor time {found['processor'] + found['server']:.0f} s",
        details=whole,
    )
    yield Row("calls for them", sum(calls.values()), unit="calls", note=str(calls))
    yield Row.seconds(f"all {count} linked by one press", [linked])
    for name in ("found", "linked"):
        one, other = half[name]["peak"], whole[name]["peak"]
        yield Row(f"memory while {count} are {name}", other, unit="MiB", note=f"{one:.0f} MiB for half of them")


def adopt(stack, template, count):
    """What finding and linking `count` listings took, and the gateway's calls."""
    gateway = stack.enter_context(Gateway())
    odoo = stack.enter_context(Odoo(stack.enter_context(Database(template))))
    gateway.list_products({FIRST_REF + number: f"OFFER-{number}" for number in range(count)})
    tokens = gateway.call("POST", "tokens", {})
    odoo.run("connect", url=gateway.url, access_token=tokens["access_token"], refresh_token=tokens["refresh_token"])
    odoo.run("fill_offers", count=count)
    odoo.run("forget_listings")
    gateway.call("POST", "faults", {"kind": "latency", "seconds": LATENCY})
    gateway.call("DELETE", "calls")
    found = odoo.run("find_listings")
    if found["result"].get(CERTAIN) != count:
        raise RuntimeError(f"looking through {count} listings ended in {found['result']}")
    calls = gateway.call("GET", "calls")["counts"]
    return {"found": found, "linked": odoo.run("link_found"), "calls": calls}
