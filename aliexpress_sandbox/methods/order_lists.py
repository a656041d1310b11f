"""Lists of orders: overseas sellers, general sellers, and the light list."""

import json
from datetime import timedelta

from .. import money
from ..answers import Items, missing_parameter, refused
from ..clock import beijing, pacific
from ..order import CLOSED, STATUSES, TO_SHIP
from ..reading import field, moment, optional, page, required, slice_page
from . import api

WIDEST = timedelta(days=180)
WIDEST_FINISHED = timedelta(days=30)
FINISHED = "FINISH"
FLAT = (
    "create_date_start", "create_date_end", "modified_date_start", "modified_date_end",
    "order_status", "order_status_list", "buyer_login_id", "page_size", "current_page",
)  # fmt: skip


@api(
    "aliexpress.solution.order.get",
    optional("param0", dict),
    *[optional(name) for name in FLAT],
)
def solution_order_get(call):
    query = call["param0"]
    if query is None:
        query = {name: call[name] for name in FLAT if call[name] is not None}
    return {"result": _list(call, query, "order_dto", "order_product_dto")}


@api(
    "aliexpress.trade.seller.orderlist.get",
    required("param_aeop_order_query", dict),
)
def seller_orderlist_get(call):
    names = ("aeop_order_item_dto", "aeop_order_product_dto")
    return {"result": _list(call, call["param_aeop_order_query"], *names, twin=True)}


@api("aliexpress.trade.redefining.findorderlistsimplequery", required("param1", dict))
def find_order_list_simple(call):
    query = call["param1"]
    number, size = page(query, "page")
    rows = _matching(call, query)
    rows, count, _pages = slice_page(rows, number, size)
    return {
        "result": {
            "total_item": count,
            "order_list": Items("simple_order_item_vo", [_simple_row(call, order) for order in rows]),
        }
    }


def _list(call, query, row_name, line_name, twin=False):
    number, size = page(query)
    rows = _matching(call, query)
    rows, count, pages = slice_page(rows, number, size)
    return {
        "success": True,
        "total_count": count,
        "total_page": pages,
        "page_size": size,
        "current_page": number,
        "time_stamp": beijing(call.now),
        "target_list": Items(row_name, [_row(call, order, line_name, twin) for order in rows]),
    }


def _matching(call, query):
    """The shop's orders the query asks for, newest first."""
    wanted = _wanted_statuses(query)
    created = _window(call, query, "create", wanted)
    modified = _window(call, query, "modified", wanted)
    if not created and not modified:
        raise missing_parameter("create_date_start")
    login = field(query, "buyer_login_id")
    found = [
        order
        for order in call.shop.orders.values()
        if (order.list_status in wanted if wanted else order.list_status != FINISHED)
        and (not created or created[0] <= order.created <= created[1])
        and (not modified or modified[0] <= order.modified <= modified[1])
        and login in (None, order.buyer.login)
    ]
    return sorted(found, key=lambda o: (o.created, o.order_id), reverse=True)


def _wanted_statuses(query):
    """Statuses asked for; none given means every one but FINISH."""
    status = field(query, "order_status")
    several = field(query, "order_status_list", list) or []
    wanted = set(several) | ({status} if status else set())
    unknown = wanted - set(STATUSES)
    if unknown:
        raise refused("isv.invalid-parameter", f"非法参数: {', '.join(map(str, unknown))}")
    return wanted


def _window(call, query, name, wanted):
    start = moment(query, f"{name}_date_start")
    end = moment(query, f"{name}_date_end") or call.now
    if start is None:
        return None
    widest = WIDEST_FINISHED if FINISHED in wanted else WIDEST
    # Two hours of grace: days are counted on wall clocks, which change twice a year, and calls take time.
    if end < start or end - start > widest + timedelta(hours=2):
        raise refused(
            "isv.invalid-parameter",
            f"非法参数: {name}_date_start {name}_date_end > {widest.days}",
        )
    return start, end


def _row(call, order, line_name, twin):
    days, hours, minutes = _time_left(call, order)
    shop = call.shop
    return {
        "order_id": order.order_id,
        "order_status": order.list_status,
        "gmt_create": pacific(order.created),
        "gmt_update": pacific(order.modified),
        "gmt_pay_time": pacific(order.paid),
        "gmt_send_goods_time": None if twin and order.status in CLOSED else pacific(order.sent),
        "biz_type": order.biz_type,
        "payment_type": order.payment_type if order.paid else None,
        "fund_status": order.fund_status,
        "frozen_status": "IN_FROZEN" if order.frozen else "NO_FROZEN",
        "issue_status": order.issue_status,
        "logistics_status": order.logistics_status,
        "end_reason": order.end_reason or None,
        "has_request_loan": False,
        "phone": False,
        "timeout_left_time": _millis_left(call, order),
        "left_send_good_day": days,
        "left_send_good_hour": hours,
        "left_send_good_min": minutes,
        "pay_amount": money.short(order.paid_amount, order.currency),
        "escrow_fee_rate": 0,
        "buyer_login_id": order.buyer.login,
        "buyer_signer_fullname": _buyer_name(call, order),
        "seller_login_id": shop.login,
        "seller_operator_login_id": shop.login,
        "seller_signer_fullname": shop.signer,
        "order_detail_url": f"https://trade.aliexpress.com/order_detail.htm?orderId={order.order_id}",
        "product_list": Items(line_name, [_line(order, line, twin) for line in order.lines]),
    }


def _line(order, line, twin):
    status = "FINISH" if line.status == "FUND_PROCESSING" else line.status
    return {
        "child_id": line.child_id,
        "order_id": line.child_id,
        "product_id": line.product_id,
        "sku_code": line.sku_code or None,
        "product_name": line.name,
        "product_count": line.quantity,
        "product_unit": line.unit,
        "product_unit_price": money.short(line.price, order.currency),
        "total_product_amount": money.short(line.total, order.currency),
        "logistics_amount": money.short(0, order.currency),
        "logistics_type": line.logistics_type or None,
        "logistics_service_name": line.logistics_service_name or None,
        "delivery_time": "2-4",
        "freight_commit_day": "12",
        "goods_prepare_time": line.prepare_days,
        # The lists say SELLER even where AliExpress' warehouse ships.
        "send_goods_operator": "SELLER_SEND_GOODS",
        "son_order_status": status,
        "show_status": status,
        "fund_status": order.fund_status,
        "issue_status": order.issue_status,
        "can_submit_issue": False,
        "money_back3x": False,
        "memo": line.memo or order.memo or None,
        "product_img_url": line.image or None,
        "product_snap_url": f"//www.aliexpress.com/snapshot/null.html?orderId={line.child_id}",
        "escrow_fee_rate": line.escrow_rate,
        "afflicate_fee_rate": line.affiliate_rate,
        **(_twin_extras(line) if twin else {}),
    }


def _twin_extras(line):
    return {
        "extend_map": _json(line.extend_map) if line.extend_map else None,
        "tags": Items("string", line.tags),
    }


def _simple_row(call, order):
    return {
        "order_id": order.order_id,
        "order_status": order.list_status,
        "gmt_create": pacific(order.created),
        "gmt_modified": pacific(order.modified),
        "biz_type": order.biz_type,
        "memo": order.memo or None,
        "timeout_left_time": _millis_left(call, order),
        "product_list": Items(
            "simple_order_product_vo",
            [
                {
                    "child_id": line.child_id,
                    "product_id": line.product_id,
                    "sku_code": line.sku_code or None,
                    "product_name": line.name,
                    "product_count": line.quantity,
                    "product_unit_price": money.short(line.price, order.currency),
                    "son_order_status": line.status,
                }
                for line in order.lines
            ],
        ),
    }


def _json(data):
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def _buyer_name(call, order):
    name = order.buyer.name
    return name[:3] + "*" * 9 if call.shop.masks_buyers else name


def _millis_left(call, order):
    """Milliseconds to the deadline, negative when overdue; most statuses have none."""
    if not order.deadline or order.status not in TO_SHIP | {"IN_CANCEL"}:
        return None
    return int((order.deadline - call.now).total_seconds() * 1000)


def _time_left(call, order):
    millis = _millis_left(call, order)
    if millis is None or order.status not in TO_SHIP:
        return None, None, None
    minutes = max(0, millis // 60000)
    return str(minutes // 1440), str(minutes // 60 % 24), str(minutes % 60)
