"""Paging drift: orders and products change while somebody pages through a list."""

from . import lifecycle
from .order import RISK, TO_SHIP, UNPAID

PRODUCT_LISTS = (
    "aliexpress.solution.product.list.get",
    "aliexpress.postproduct.redefining.findproductinfolistquery",
)


def after_page(sandbox, record, fault, data):
    """Let `fault.rows` orders of the shop take their next step, preferably such that
    stood on the page just served; with `fault.steps`, words apart, no other step than
    these. In a list of products the last ones become the first."""
    shop = sandbox.world.shops.get(record.seller_id)
    if not shop:
        return
    if record.method in PRODUCT_LISTS:
        products = sorted(shop.products.values(), key=lambda product: (product.modified, product.product_id))
        for product in products[: fault.rows]:
            product.modified = sandbox.clock.now()
        return
    served = set(_order_ids(data))
    steps = fault.steps.split() or lifecycle.ACTIONS
    movable = [order for order in shop.orders.values() if next_step(order) in steps]
    chosen = [order for order in movable if order.order_id in served] or movable
    sandbox.faults.random.shuffle(chosen)
    for order in chosen[: fault.rows]:
        lifecycle.ACTIONS[next_step(order)](sandbox, shop, order)


def next_step(order):
    """The usual next move of an order; None when it has come to rest."""
    if order.status in UNPAID:
        return "pay"
    if order.status in RISK:
        return "release"
    if order.status in TO_SHIP:
        return "ship"
    return {
        "IN_CANCEL": "withdraw_cancel",
        "WAIT_BUYER_ACCEPT_GOODS": "confirm",
        "IN_ISSUE": "close_dispute",
        "IN_FROZEN": "unfreeze",
    }.get(order.status)


def _order_ids(data):
    """Every `order_id` of a list answer, whatever its form."""
    if isinstance(data, dict):
        if isinstance(data.get("order_id"), int):
            yield data["order_id"]
        data = list(data.values())
    if isinstance(data, list):
        for item in data:
            yield from _order_ids(item)
