"""How an order lives: each move that buyer, seller, platform or time can make.

Every function takes the sandbox, the shop and the order, and raises ValueError in
plain words when the move is not possible now.
"""

from datetime import timedelta

from .order import CLOSED, RISK, SHIPPABLE, TO_SHIP, UNPAID, Issue, Parcel

SENT = "WAIT_BUYER_ACCEPT_GOODS"
WITH_DEADLINE = TO_SHIP | {SENT, "IN_CANCEL", "WAIT_SELLER_EXAMINE_MONEY"}


def pay(sandbox, shop, order, to_risk=None):
    """The buyer pays; with `to_risk` (default: the setting) it is checked first."""
    _need(order, UNPAID | {"WAIT_COMPLETE_ADDRESS"}, "paid")
    now = sandbox.clock.now()
    order.paid = now
    take_stock(shop, order, "payment_success_deduct")
    hours = sandbox.world.settings.risk_hours
    if hours if to_risk is None else to_risk:
        move(sandbox, shop, order, "RISK_CONTROL", now + timedelta(hours=hours or 24))
    else:
        _ready(sandbox, shop, order)


def release(sandbox, shop, order):
    """The risk check is passed."""
    _need(order, RISK, "released")
    _ready(sandbox, shop, order)


def reject(sandbox, shop, order):
    """The risk check fails: closed."""
    _need(order, RISK, "rejected")
    close(sandbox, shop, order, "risk_reject_closed")


def cancel(sandbox, shop, order, reason=""):
    """The buyer cancels on his own, possible before the goods wait for shipment."""
    _need(order, UNPAID | RISK | {"WAIT_COMPLETE_ADDRESS"}, "cancelled")
    risky = order.status in RISK
    close(
        sandbox,
        shop,
        order,
        reason or ("buyer_cancel_order_in_risk" if risky else "buyer_cancel_notpay_order"),
    )


def request_cancel(sandbox, shop, order, reason="I don't want it any more"):
    """The buyer asks the seller to cancel."""
    _need(order, {"WAIT_SELLER_SEND_GOODS", "WAITING_SHIPMENT"}, "asked to be cancelled")
    order.status_before = order.status
    order.cancel_reason = reason
    hours = sandbox.world.settings.cancel_hours
    move(sandbox, shop, order, "IN_CANCEL", sandbox.clock.now() + timedelta(hours=hours))


def withdraw_cancel(sandbox, shop, order):
    """The buyer takes the request back, or the seller refuses it."""
    _need(order, {"IN_CANCEL"}, "taken back")
    order.cancel_reason = ""
    _ready(sandbox, shop, order)


def accept_cancel(sandbox, shop, order):
    _need(order, {"IN_CANCEL"}, "cancelled")
    close(sandbox, shop, order, "cancel_order_close_trade")


def declare(sandbox, shop, order, parcels, complete):
    """Write down parcels; `complete` is a set of line numbers that are fully sent, or
    None for the whole order."""
    _need(order, SHIPPABLE, "shipped")
    now = sandbox.clock.now()
    for parcel in parcels:
        parcel.at = now
        parcel.ship_order_id = shop.new_number()
        order.parcels.append(parcel)
    for line in order.lines:
        if complete is None or line.sort_index in complete:
            line.shipped = True
    if all(line.shipped or line.by_platform for line in order.lines):
        order.sent = now
    _after_shipment(sandbox, shop, order)


def ship(sandbox, shop, order, logistics_no="", service_name="", line=None):
    """The seller ships by hand in the seller centre."""
    carrier = service_name or (shop.carriers[0].service_name if shop.carriers else "other")
    number = logistics_no or f"SC{shop.new_number()}"
    lines = [line] if line else [x.sort_index for x in order.lines]
    parcel = Parcel(number, carrier, sandbox.clock.now(), lines)
    parcel.send_type = "part" if line else "all"
    declare(sandbox, shop, order, [parcel], {line} if line else None)


def confirm(sandbox, shop, order, reason="buyer_accept_goods"):
    """The buyer has the goods: money is settled next."""
    _need(order, {SENT}, "confirmed")
    now = sandbox.clock.now()
    order.end_reason = reason
    for parcel in order.parcels:
        parcel.received = parcel.received or now
    hours = sandbox.world.settings.settle_hours
    move(sandbox, shop, order, "FUND_PROCESSING", now + timedelta(hours=hours))


def settle(sandbox, shop, order):
    """The money is paid out: the order is finished."""
    _need(order, {"FUND_PROCESSING"}, "settled")
    order.ended = sandbox.clock.now()
    move(sandbox, shop, order, "FINISH")


def finish(sandbox, shop, order):
    """Straight to the good end, whatever steps are missing."""
    if order.status in UNPAID:
        pay(sandbox, shop, order, to_risk=False)
    if order.status in RISK:
        release(sandbox, shop, order)
    if order.status in TO_SHIP:
        ship(sandbox, shop, order)
    if order.status == SENT:
        confirm(sandbox, shop, order)
    settle(sandbox, shop, order)


def dispute(sandbox, shop, order, reason="Product not as described", line=1):
    """The buyer opens a dispute about one line."""
    _need(order, TO_SHIP | {SENT, "FUND_PROCESSING"}, "disputed")
    now = sandbox.clock.now()
    child = order.line(line) or order.lines[0]
    issue = Issue(shop.new_number(), child.child_id, reason, now, now)
    issue.refund = child.total
    order.issues.append(issue)
    order.status_before = order.status
    move(sandbox, shop, order, "IN_ISSUE")


def close_dispute(sandbox, shop, order, refund=False):
    """The dispute ends: with the money back the order is closed, else it goes on."""
    _need(order, {"IN_ISSUE"}, "taken out of dispute")
    now = sandbox.clock.now()
    for issue in order.issues:
        issue.status = "finish" if refund else "canceled_issue"
        issue.detail_status = "refund_success" if refund else "ae_feedback_finish"
        issue.modified = now
    if refund:
        close(sandbox, shop, order, "seller_accept_issue_no_goods_return")
    else:
        _resume(sandbox, shop, order)


def freeze(sandbox, shop, order):
    """The platform freezes the order: neither side can act."""
    if order.status in CLOSED or order.frozen:
        raise ValueError(f"order {order.order_id} cannot be frozen in {order.status}")
    order.status_before = order.status
    order.frozen = True
    move(sandbox, shop, order, "IN_FROZEN")


def unfreeze(sandbox, shop, order):
    _need(order, {"IN_FROZEN"}, "unfrozen")
    order.frozen = False
    _resume(sandbox, shop, order)


def expire(sandbox, shop, order):
    """What the platform does when the deadline of the present status passes."""
    status = order.status
    if status in RISK:
        release(sandbox, shop, order)
    elif status in UNPAID or status == "WAIT_COMPLETE_ADDRESS":
        close(sandbox, shop, order, "buyer_pay_timeout")
    elif status in TO_SHIP:
        close(sandbox, shop, order, "seller_send_goods_timeout")
    elif status == "IN_CANCEL":
        accept_cancel(sandbox, shop, order)
    elif status == SENT:
        confirm(sandbox, shop, order, "buyer_accept_goods_timeout")
    elif status == "FUND_PROCESSING":
        settle(sandbox, shop, order)
    else:
        raise ValueError(f"order {order.order_id} has no deadline in {status}")


def put(sandbox, shop, order, status):
    """Any status by force, known or not."""
    move(sandbox, shop, order, status, order.deadline if status in WITH_DEADLINE else None)


def close(sandbox, shop, order, reason):
    """The bad end: finished with a reason, money and stock given back."""
    order.end_reason = reason
    order.ended = sandbox.clock.now()
    if order.paid:
        order.refunded = order.paid_amount
    give_stock_back(shop, order)
    move(sandbox, shop, order, "FINISH")


def move(sandbox, shop, order, status, deadline=None):
    """Set order and children, note it in the history, tell the pushed applications."""
    before = order.status
    order.status = status
    order.deadline = deadline
    order.modified = sandbox.clock.now()
    order.history.append(f"{order.modified:%Y-%m-%dT%H:%M:%SZ} {before} → {status}")
    for line in order.lines:
        line.status = status
        if status in TO_SHIP:
            line.status = SENT if line.shipped else "WAIT_SELLER_SEND_GOODS"
    sandbox.order_moved(shop, order, before)


def take_stock(shop, order, moment):
    """Lower the stock of the listings whose deduction strategy acts at this moment."""
    for line in order.lines:
        product = shop.products.get(line.product_id)
        sku = product and product.sku(line.sku_id)
        if sku and product.deduction == moment:
            sku.stock = max(0, sku.stock - line.quantity)
            order.stock_taken_for.append(line.sort_index)


def give_stock_back(shop, order):
    """Unshipped pieces return to the listing."""
    for line in order.lines:
        product = shop.products.get(line.product_id)
        sku = product and product.sku(line.sku_id)
        taken = line.sort_index in order.stock_taken_for
        if sku and taken and not line.shipped:
            sku.stock += line.quantity
    order.stock_taken_for = []


def ship_deadline(shop, order):
    """Payment + the longest preparation time + the platform's extra days."""
    days = max((line.prepare_days for line in order.lines), default=3)
    return order.paid + timedelta(days=days + shop.ship_days_extra)


def deadline_of(sandbox, shop, order):
    """The deadline that belongs to the present status, None without one."""
    settings = sandbox.world.settings
    if order.status in TO_SHIP and order.paid:
        return ship_deadline(shop, order)
    if order.status in UNPAID:
        return order.created + timedelta(hours=settings.pay_hours)
    if order.status == "IN_CANCEL":
        return order.modified + timedelta(hours=settings.cancel_hours)
    if order.status == SENT and order.sent:
        return order.sent + timedelta(days=settings.accept_days)
    if order.status == "FUND_PROCESSING":
        return order.modified + timedelta(hours=settings.settle_hours)
    if order.status in RISK and order.paid:
        return order.paid + timedelta(hours=settings.risk_hours or 24)
    return None


def _ready(sandbox, shop, order):
    status = "SELLER_PART_SEND_GOODS" if order.parcels else "WAIT_SELLER_SEND_GOODS"
    move(sandbox, shop, order, status, ship_deadline(shop, order))


def _after_shipment(sandbox, shop, order):
    """Where a shipment leads. Declaring settles a request to cancel; a dispute or a
    freeze stays, and the new status waits behind it."""
    status = SENT if order.sent else "SELLER_PART_SEND_GOODS"
    days = sandbox.world.settings.accept_days
    deadline = order.deadline
    if order.sent:
        deadline = sandbox.clock.now() + timedelta(days=days)
    if order.status in ("IN_ISSUE", "IN_FROZEN"):
        order.status_before = status
        order.modified = sandbox.clock.now()
    else:
        order.cancel_reason = ""
        move(sandbox, shop, order, status, deadline)


def _resume(sandbox, shop, order):
    status = order.status_before or "WAIT_SELLER_SEND_GOODS"
    order.status_before = ""
    move(sandbox, shop, order, status)
    order.deadline = deadline_of(sandbox, shop, order)


def _need(order, statuses, what):
    if order.status not in statuses:
        raise ValueError(f"order {order.order_id} cannot be {what} in status {order.status}")


ACTIONS = {
    function.__name__: function
    for function in (
        pay, release, reject, cancel, request_cancel, withdraw_cancel, accept_cancel,
        ship, confirm, settle, finish, dispute, close_dispute, freeze, unfreeze, expire,
        put,
    )
}  # fmt: skip
