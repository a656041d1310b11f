"""Declaring line by line, correcting and reading back what was declared."""

from ..answers import Items, missing_parameter
from ..lifecycle import declare
from ..reading import choice, field, optional, required
from . import api
from .order_people import UNKNOWN_ORDER
from .shipping import (
    ALREADY_DECLARED,
    NOT_DECLARED,
    WRONG_STATUS,
    Refusal,
    change_parcel,
    find_parcel,
    new_parcel,
    order_number,
    shippable_order,
)


@api(
    "aliexpress.logistics.sellershipmentsupportsubtradeorder",
    required("trade_order_id"),
    required("sub_trade_order_list", list),
)
def ship_sub_orders(call):
    order_id, lines = call["trade_order_id"], call["sub_trade_order_list"]
    try:
        declare_lines(call, order_id, lines)
    except Refusal as refusal:
        return {
            "is_success": False,
            "code_of_error": refusal.code,
            "error_msg": refusal.text,
            "trade_order_id": order_number(order_id),
        }
    return {
        "is_success": True,
        "trade_order_id": order_number(order_id),
        "sub_trade_order_list": _echo(lines),
    }


@api(
    "aliexpress.logistics.order.shipment",
    required("param_aeop_seller_shipment_sub_trade_order_request", dict),
)
def order_shipment(call):
    request = call["param_aeop_seller_shipment_sub_trade_order_request"]
    order_id = field(request, "trade_order_id", required=True)
    lines = field(request, "sub_trade_order_list", list, required=True)
    try:
        declare_lines(call, order_id, lines, other_needs_carrier=True)
    except Refusal as refusal:
        return {
            "result": {
                "success": False,
                "error_code": refusal.code,
                "error_msg": refusal.text,
                "trade_order_id": order_number(order_id),
            }
        }
    return {
        "result": {
            "success": True,
            "trade_order_id": order_number(order_id),
            "sub_trade_order_list": _echo(lines),
        }
    }


@api(
    "aliexpress.logistics.order.modifyshipment",
    required("trade_order_id"),
    required("old_logistics_no"),
    required("old_service_name"),
    required("sub_trade_order_list", list),
)
def modify_lines(call):
    names = {
        "trade_order_id": order_number(call["trade_order_id"]),
        "old_logistics_no": call["old_logistics_no"],
        "old_serivce_name": call["old_service_name"],
    }
    try:
        _modify(call)
    except Refusal as refusal:
        return {
            "is_success": False,
            "code_of_error": refusal.code,
            "error_msg": refusal.text,
            **names,
        }
    return {"is_success": True, **names}


@api(
    "aliexpress.logistics.querysellershipmentinfo",
    required("trade_order_id"),
    optional("sub_trade_order_index", int),
    optional("logistics_no"),
    optional("service_name"),
)
def query_shipments(call):
    order = call.shop.orders.get(order_number(call["trade_order_id"]))
    if not order:
        return {"result_success": False, "result_error_code": "-999"}
    rows = []
    for line in order.lines:
        if call["sub_trade_order_index"] not in (None, line.sort_index):
            continue
        parcels = [
            {
                "logistics_no": parcel.logistics_no,
                "service_name": parcel.service_name,
                "tracking_web_site": parcel.tracking_website or None,
            }
            for parcel in order.parcels
            if line.sort_index in parcel.lines
            and call["logistics_no"] in (None, parcel.logistics_no)
            and call["service_name"] in (None, parcel.service_name)
        ]
        if parcels:
            rows.append(
                {
                    "sub_trade_order_index": line.sort_index,
                    "send_type": "all" if line.shipped else "part",
                    "shipment_list": Items("aeop_shipment_dto", parcels),
                }
            )
    return {
        "result_success": True,
        "sub_trade_order_list": Items("aeop_seller_shipment_sub_trade_order_dto", rows),
    }


def declare_lines(call, order_id, lines, other_needs_carrier=False):
    """Declare parcels of single lines: everything that is asked for, or nothing."""
    order = shippable_order(call, order_id)
    parcels, complete = {}, set()
    for entry in lines:
        index, send_type, shipments = _entry(entry)
        line = order.line(index)
        if not line or line.by_platform:
            raise Refusal(WRONG_STATUS)
        if line.shipped:
            raise Refusal(ALREADY_DECLARED)
        for shipment in shipments:
            parcel = _parcel(call, shipment, other_needs_carrier)
            known = find_parcel(order, parcel.logistics_no, parcel.service_name)
            if known and index in known.lines and send_type == "part":
                raise Refusal(ALREADY_DECLARED)
            key = (parcel.logistics_no, parcel.service_name)
            parcel = parcels.setdefault(key, parcel)
            parcel.lines.append(index)
            parcel.send_type = send_type
            parcel.ioss = field(entry, "ioss") or ""
        if send_type == "all":
            complete.add(index)
    declare(call.sandbox, call.shop, order, list(parcels.values()), complete)


def _entry(entry):
    index = field(entry, "sub_trade_order_index", int, required=True)
    send_type = field(entry, "send_type", required=True)
    choice("send_type", send_type, ("all", "part"))
    shipments = field(entry, "shipment_list", list, required=True)
    return index, send_type, shipments


def _parcel(call, shipment, other_needs_carrier=False):
    service_name = field(shipment, "service_name", required=True)
    actual_carrier = field(shipment, "actual_carrier")
    parcel = new_parcel(
        call,
        field(shipment, "logistics_no", required=True),
        service_name,
        field(shipment, "tracking_web_site"),
        actual_carrier,
    )
    if other_needs_carrier and service_name.upper().startswith("OTHER") and not actual_carrier:
        raise missing_parameter("actual_carrier")
    return parcel


def _modify(call):
    order = call.shop.orders.get(order_number(call["trade_order_id"]))
    if not order:
        raise Refusal(UNKNOWN_ORDER)
    old = find_parcel(order, call["old_logistics_no"], call["old_service_name"])
    if not old:
        raise Refusal(NOT_DECLARED)
    indexes, new = [], None
    for entry in call["sub_trade_order_list"]:
        index, _send_type, shipments = _entry(entry)
        if not order.line(index):
            raise Refusal(WRONG_STATUS)
        indexes.append(index)
        new = _parcel(call, shipments[0])
    if not new:
        raise missing_parameter("sub_trade_order_list")
    change_parcel(call, order, old, new)
    old.lines = sorted(set(indexes) | set(old.lines))


def _echo(lines):
    return Items(
        "aeop_seller_shipment_sub_trade_order_dto",
        [
            {
                "sub_trade_order_index": int(entry["sub_trade_order_index"]),
                "send_type": entry["send_type"],
                "shipment_list": Items("aeop_shipment_dto", field(entry, "shipment_list", list)),
            }
            for entry in lines
        ],
    )
