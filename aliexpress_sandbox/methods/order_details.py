"""One order: details in both families, status, amounts, addresses, clear names."""

import json

from .. import money
from ..answers import Items
from ..clock import beijing, pacific
from ..order import TO_SHIP
from ..reading import required
from . import api
from .order_people import address_of, masked, oaid, order_of

SHOWN_DEADLINES = TO_SHIP | {
    "IN_CANCEL",
    "WAIT_SELLER_EXAMINE_MONEY",
    "WAIT_BUYER_ACCEPT_GOODS",
}


@api("aliexpress.solution.order.info.get", required("param1", dict))
def solution_order_info(call):
    order = order_of(call, call["param1"])
    data = _detail(call, order, "global_aeop_tp_", "global_aeop_tp_sale_discount_info")
    data["cpf_number"] = order.address.cpf_no or None
    return {"result": {"time_stamp": beijing(call.now), "data": data}}


@api("aliexpress.trade.new.redefining.findorderbyid", required("param1", dict))
def find_order_by_id(call):
    order = order_of(call, call["param1"])
    target = _detail(call, order, "aeop_tp_", "aeop_tp_sale_discount_info", twin=True)
    target.update(
        oaid=oaid(order),
        new_order_amount=money.short(order.seller_total, order.currency),
        seller_order_amount=money.short(order.seller_total, order.currency),
        cod=False,
        cancel_request_reason=order.cancel_reason if order.status == "IN_CANCEL" else None,
    )
    return {"time_stamp": beijing(call.now), "target": target}


@api("aliexpress.trade.redefining.findorderbaseinfo", required("param1", dict))
def find_order_base_info(call):
    order = order_of(call, call["param1"])
    return {
        "result": {
            "id": order.order_id,
            "order_status": order.status,
            "fund_status": order.fund_status,
            "frozen_status": _frozen(order),
            "issue_status": order.issue_status,
            "logistics_status": order.logistics_status,
            "loan_status": _loan_status(order),
            "gmt_create": pacific(order.created),
            "gmt_modified": pacific(order.modified),
            "buyer_login_id": order.buyer.login,
            "seller_login_id": call.shop.login,
        }
    }


@api("aliexpress.trade.redefining.findordertradeinfo", required("param1", dict))
def find_order_trade_info(call):
    order = order_of(call, call["param1"])
    return {
        "result": {
            "order_id": order.order_id,
            "order_status": order.status,
            "gmt_create": pacific(order.created),
            "gmt_pay_success": pacific(order.paid),
            "gmt_trade_end": pacific(order.ended),
            "payment_type": order.payment_type if order.paid else None,
            **_amounts(order),
        }
    }


def _detail(call, order, prefix, discount_name, twin=False):
    return {
        "id": order.order_id,
        "order_status": order.status,
        "logistics_status": order.logistics_status,
        "fund_status": order.fund_status,
        "frozen_status": _frozen(order),
        "issue_status": order.issue_status,
        "loan_status": _loan_status(order),
        "order_end_reason": order.end_reason or None,
        "payment_type": order.payment_type if order.paid else None,
        "is_phone": False,
        "gmt_create": pacific(order.created),
        "gmt_pay_success": pacific(order.paid),
        "gmt_modified": pacific(order.modified),
        "gmt_trade_end": pacific(order.ended),
        "over_time_left": pacific(order.deadline) if order.status in SHOWN_DEADLINES else None,
        "buyerloginid": order.buyer.login,
        "buyer_signer_fullname": masked(call, order.buyer.name),
        "buyer_info": {
            "login_id": order.buyer.login,
            "first_name": masked(call, order.buyer.first_name),
            "last_name": masked(call, order.buyer.last_name),
            "country": order.buyer.country,
        },
        "seller_operator_login_id": call.shop.login,
        "seller_operator_aliidloginid": call.shop.login,
        "seller_signer_fullname": call.shop.signer,
        **_amounts(order),
        "memo": order.memo or None,
        "receipt_address": _receipt_address(call, order, twin),
        "logistic_info_list": Items(f"{prefix}logistic_info_dto", [_parcel(call, p) for p in order.parcels]),
        "child_order_list": Items(
            f"{prefix}child_order_dto",
            [_child(order, line, discount_name, twin) for line in order.lines],
        ),
        "child_order_ext_info_list": Items(
            f"{prefix}order_product_info_dto",
            [_product_info(order, line) for line in order.lines],
        ),
        "issue_info": _issue_info(order),
        "refund_info": _refund_info(order),
        "opr_log_dto_list": Items(f"{prefix}operation_log_dto"),
        **order.extra,
    }


def _amounts(order):
    currency = order.currency
    paid = order.paid_amount * order.settlement_rate
    settled_in = order.settlement_currency or currency
    discount = order.discount()
    return {
        "order_amount": money.long(order.amount, currency),
        "init_oder_amount": money.long(order.products_total, currency),
        "logistics_amount": money.long(order.freight, currency),
        "order_discount_info": money.long(discount, currency) if discount else None,
        "pay_amount_by_settlement_cur": money.text(paid, settled_in),
        "settlement_currency": settled_in,
    }


def _child(order, line, discount_name, twin):
    currency = order.currency
    discount = sum((item.amount for item in line.discounts), 0)
    child = {
        "id": line.child_id,
        "child_order_id": str(line.child_id),
        "order_sort_id": line.sort_index,
        "product_id": line.product_id,
        "sku_code": line.sku_code or None,
        "product_name": line.name,
        "product_count": line.quantity,
        "product_unit": line.unit,
        "lot_num": line.lot_num,
        "product_price": money.long(line.price, currency),
        "init_order_amt": money.long(line.total, currency),
        "product_attributes": _text({"sku": line.attributes}),
        "order_status": line.status,
        "fund_status": order.fund_status,
        "frozen_status": _frozen(order),
        "issue_status": _line_issue_status(order, line),
        "escrow_fee_rate": line.escrow_rate,
        "afflicate_fee_rate": line.affiliate_rate,
        "logistics_type": line.logistics_type or None,
        "logistics_service_name": line.logistics_service_name or None,
        "logistics_amount": money.long(order.freight if line.sort_index == 1 else 0, currency),
        "logistics_warehouse_type": line.warehouse_type or None,
        "send_goods_operator": line.send_goods_operator,
        "goods_prepare_time": line.prepare_days,
        "buyer_memo": line.memo or None,
        "product_img_url": line.image.rsplit("/", 1)[-1] or None,
        "product_snap_url": f"//www.aliexpress.com/snapshot/null.html?orderId={line.child_id}",
        "child_order_discount_info": money.long(discount, currency) if discount else None,
        "child_order_adjust_amount": money.long(line.adjust, currency) if line.adjust else None,
        "child_order_discount_detail_list": Items(discount_name, [_discount(order, item) for item in line.discounts]),
    }
    if twin:
        child["tags"] = Items("string", line.tags)
        child["extend_map"] = _text(line.extend_map) if line.extend_map else None
        child["already_taxed"] = line.already_taxed or None
    return child


def _discount(order, discount):
    return {
        "promotion_owner": discount.owner,
        "promotion_type": discount.type,
        "promotion_id": discount.promotion_id,
        "discount_detail": money.long(discount.amount, order.currency),
    }


def _product_info(order, line):
    return {
        "product_id": line.product_id,
        "product_name": line.name,
        "quantity": line.quantity,
        "category_id": str(line.category_id),
        "sku": _text({"sku": line.attributes}),
        "unit_price": money.long(line.price, order.currency),
    }


def _parcel(call, parcel):
    carrier = call.shop.carrier(parcel.service_name)
    return {
        "logistics_no": parcel.logistics_no,
        "logistics_type_code": parcel.service_name,
        "logistics_service_name": carrier.display_name if carrier else parcel.actual_carrier or parcel.service_name,
        "gmt_send": pacific(parcel.at),
        "gmt_received": pacific(parcel.received),
        "have_tracking_info": not parcel.service_name.upper().startswith("OTHER"),
        "receive_status": "received" if parcel.received else "default",
        "ship_order_id": parcel.ship_order_id,
    }


def _line_issue_status(order, line):
    statuses = [i.status for i in order.issues if i.child_id == line.child_id]
    if "processing" in statuses:
        return "IN_ISSUE"
    return "END_ISSUE" if statuses else "NO_ISSUE"


def _issue_info(order):
    if not order.issues:
        return None
    issue = order.issues[-1]
    return {
        "issue_status": issue.status,
        "issue_model": "NORMAL",
        "issue_time": pacific(issue.created),
    }


def _refund_info(order):
    if not order.refunded:
        return None
    return {
        "refund_status": "refund_ok",
        "refund_type": "sale_refund",
        "refund_reason": order.end_reason,
        "refund_time": pacific(order.ended),
        "refund_cash_amt": money.long(order.refunded, order.currency),
    }


def _frozen(order):
    return "IN_FROZEN" if order.frozen else "NO_FROZEN"


def _loan_status(order):
    if not order.paid:
        return "loan_none"
    return "loan_ok" if order.ended and not order.refunded else "wait_loan"


def _text(data):
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def _receipt_address(call, order, twin):
    shown = address_of(call, order)
    shown.pop("country_name")
    if twin:
        shown["cpf_no"] = order.address.cpf_no or None
    return {key: value for key, value in shown.items() if value != ""}
