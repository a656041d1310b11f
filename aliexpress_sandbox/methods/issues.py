"""Requests to cancel, and disputes."""

from .. import lifecycle, money
from ..answers import Items, refused
from ..clock import pacific
from ..reading import field, page, required, slice_page
from . import api
from .order_people import order_of


@api(
    "aliexpress.trade.seller.order.acceptcancel",
    required("param_order_cancel_request", dict),
)
def accept_cancel(call):
    return _decide(call, lifecycle.accept_cancel)


@api(
    "aliexpress.trade.seller.order.refusecancel",
    required("param_order_cancel_request", dict),
)
def refuse_cancel(call):
    return _decide(call, lifecycle.withdraw_cancel)


@api("aliexpress.issue.issuelist.get", required("query_dto", dict))
def issue_list(call):
    query = call["query_dto"]
    number, size = page(query)
    status = field(query, "issue_status")
    order_no = field(query, "order_no", int)
    login = field(query, "buyer_login_id")
    found = [
        (order, issue)
        for order, issue in _issues(call.shop)
        if status in (None, issue.status)
        and order_no in (None, order.order_id, issue.child_id)
        and login in (None, order.buyer.login)
    ]
    found.sort(key=lambda pair: pair[1].created, reverse=True)
    rows, count, _pages = slice_page(found, number, size)
    return {
        "current_page": number,
        "page_size": size,
        "total_item": count,
        "data_list": Items(
            "issue_api_issue_dto",
            [
                {
                    "issue_id": issue.issue_id,
                    "order_id": issue.child_id,
                    "parent_order_id": order.order_id,
                    "issue_status": issue.status,
                    "reason_english": issue.reason,
                    "reason_chinese": "货物与描述不符",
                    "buyer_login_id": order.buyer.login,
                    "gmt_create": pacific(issue.created),
                    "gmt_modified": pacific(issue.modified),
                }
                for order, issue in rows
            ],
        ),
    }


@api(
    "aliexpress.issue.detail.get",
    required("buyer_login_id"),
    required("issue_id", int),
)
def issue_detail(call):
    for order, issue in _issues(call.shop):
        same_buyer = order.buyer.login == call["buyer_login_id"]
        if issue.issue_id == call["issue_id"] and same_buyer:
            return {"result_object": _detail(order, issue)}
    raise refused("isv.invalid-parameter", "非法参数")


def _detail(order, issue):
    line = next(x for x in order.lines if x.child_id == issue.child_id)
    return {
        "id": issue.issue_id,
        "order_id": issue.child_id,
        "parent_order_id": order.order_id,
        "issue_status": issue.status,
        "reverse_detail_status": issue.detail_status,
        "timeout_type": "WAIT_SOLUTION_TIMEOUT",
        "issue_reason": issue.reason,
        "refund_money_max": money.text(issue.refund, order.currency),
        "refund_money_max_currency": order.currency,
        "product_name": line.name,
        "buyer_solution_list": Items(
            "issue_api_solution_dto",
            [
                {
                    "id": issue.issue_id,
                    "solution_type": "refund",
                    "refund_money": money.text(issue.refund, order.currency),
                    "refund_money_currency": order.currency,
                    "status": "wait_seller_accept",
                    "is_default": True,
                }
            ],
        ),
        "seller_solution_list": Items("issue_api_solution_dto"),
        "platform_solution_list": Items("issue_api_solution_dto"),
        "process_dto_list": Items(
            "issue_api_process_dto",
            [
                {
                    "action_type": "initiate",
                    "submit_member_type": "buyer",
                    "content": issue.reason,
                    "gmt_create": pacific(issue.created),
                }
            ],
        ),
    }


def _decide(call, action):
    request = call["param_order_cancel_request"]
    order = order_of(call, request)
    login = field(request, "buyer_login_id", required=True)
    if login != order.buyer.login:
        return _failed("BUYER_NOT_MATCH", "买家账号与订单不符")
    memo = field(request, "memo")
    if order.status != "IN_CANCEL":
        return _failed("ORDER_STATUS_ERROR", "该订单不在取消申请状态")
    if memo:
        order.history.append(f"seller's memo: {memo}")
    action(call.sandbox, call.shop, order)
    return {"result": {"success": True, "target": True}}


def _failed(code, text):
    return {"result": {"success": False, "error_code": code, "error_message": text}}


def _issues(shop):
    for order in shop.orders.values():
        for issue in order.issues:
            yield order, issue
