"""Publishing by feed: what many new products cost, and whether twice as many take more memory."""

import contextlib

from .processes import Database, Gateway, Odoo
from .report import Row

VARIANTS = 5


def run(options, _base, template):
    """The rows of publishing: the products first, then twice as many in another database: a second feed."""
    count = options.products
    with contextlib.ExitStack() as stack:
        once, twice = (publish(stack, template, number) for number in (count, count * 2))
    with contextlib.ExitStack() as stack:
        sized = publish(stack, template, count // 2, VARIANTS)
    return [
        Row(
            f"publish {count} products by feed",
            once["seconds"] / count * 1000,
            unit="ms each",
            note=f"{once['seconds']:.0f} s, of processor time {once['processor'] + once['server']:.0f} s",
            details={"once": once, "twice": twice},
        ),
        Row("calls beside the uploads of pictures", once["calls"], unit="calls", note=str(once["by_method"])),
        Row.ratio(
            f"publish {count // 2} products of {VARIANTS} variants : payloads from plain reads",
            [sized],
            [sized["floor"]],
        ),
        Row("memory: twice as many products", twice["peak"] / once["peak"], 1.5, "×", note=memory(once, twice)),
    ]


def publish(stack, template, count, variants=1):
    """What publishing `count` products took, the gateway's calls, and what reading the products plainly took."""
    gateway = stack.enter_context(Gateway())
    odoo = stack.enter_context(Odoo(stack.enter_context(Database(template))))
    tokens = gateway.call("POST", "tokens", {})
    odoo.run("connect", url=gateway.url, access_token=tokens["access_token"], refresh_token=tokens["refresh_token"])
    odoo.run("prepare_catalogue", count=count, variants=variants)
    odoo.run("analyze")
    gateway.call("PATCH", "settings", {"audit_seconds": 10**6})
    gateway.call("DELETE", "calls")
    floor = odoo.run("build_payloads")
    measured = odoo.run("publish")
    measured["floor"] = floor
    if measured["result"] != {"auditing": count}:
        raise RuntimeError(f"publishing ended in {measured['result']} instead of {count} listings in review")
    measured["by_method"] = gateway.call("GET", "calls")["counts"]
    measured["calls"] = sum(number for method, number in measured["by_method"].items() if "uploadimage" not in method)
    return measured


def memory(once, twice):
    """The peaks in words."""
    return f"{once['peak']:.0f} MiB : {twice['peak']:.0f} MiB above the start"
