"""What people do every day, with the addon installed and without it: they must not notice.

Deliveries that are validated in one call belong to AliExpress orders where the addon is installed; the others do not.
"""

import contextlib

from .processes import Database, Gateway, Odoo
from .report import Row

TOGETHER = "validate_together"
WORKS = {
    TOGETHER: "AliExpress deliveries validated in one call",
    "validate_deliveries": "deliveries validated",
    "change_stock": "stock counts applied",
    "sell_one_by_one": "sale orders confirmed",
}
GOAL = 0.95


def run(options, base, template):
    """One row for each kind of work: the speed with the addon over the speed without it."""
    count = min(options.orders, 200)
    results = {work: ([], []) for work in WORKS}
    with contextlib.ExitStack() as stack:
        gateway = stack.enter_context(Gateway())
        plain, ours = (stack.enter_context(Odoo(stack.enter_context(Database(name)))) for name in (base, template))
        for odoo in (plain, ours):
            odoo.start("prepare", orders=count)
        for odoo in (plain, ours):
            odoo.finish()
        tokens = gateway.call("POST", "tokens", {})
        ours.run("connect", url=gateway.url, access_token=tokens["access_token"], refresh_token=tokens["refresh_token"])
        ours.run("list_products")
        for number in range(options.rounds):
            # The processor favours neither whoever comes first nor whoever comes second.
            order = (plain, ours) if number % 2 else (ours, plain)
            for odoo in order:
                odoo.run("sell_plainly", count=count)
                odoo.run("pack", count=count)
                odoo.run("analyze")
            for work, measured in results.items():
                for odoo in order:
                    measured[odoo is ours].append(odoo.run(work, count=count))
    for work, name in WORKS.items():
        without, with_addon = results[work]
        yield Row.ratio(f"{count} {name}, speed with : without", without, with_addon, goal=GOAL, is_floor=True)
