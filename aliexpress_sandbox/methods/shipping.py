"""Carriers, declaring the shipment of an order, corrections, tracking."""

from datetime import timedelta

from ..answers import Items, invalid_parameter, missing_parameter, refused
from ..clock import pacific
from ..lifecycle import declare
from ..order import CLOSED, SHIPPABLE, Parcel
from ..reading import choice, optional, required
from . import api
from .order_people import UNKNOWN_ORDER

ALREADY_DECLARED = "该交易订单已填写发货通知,无需重复操作。"
WRONG_STATUS = "该交易订单缺少履约信息,请联系客服处理。"
BAD_NUMBER = "该货运跟踪号未通过物流风控审核,请更换货运跟踪号后重试。"
NO_CARRIER = "carrier does not exist"
TOO_MANY_CHANGES = "该交易订单的货运跟踪号修改次数已达上限。"
NOT_DECLARED = "原货运跟踪号不存在,请检查后重试。"
MAX_DESCRIPTION = 512


class Refusal(Exception):
    """Why a declaration is not taken, in AliExpress' words; each method has its own
    way to say it."""

    def __init__(self, text):
        super().__init__(text)
        self.text = text

    @property
    def code(self):
        return "-353" if self.text == ALREADY_DECLARED else "-999"


@api("aliexpress.logistics.redefining.listlogisticsservice")
def list_services(call):
    return {
        "result_success": True,
        "result_list": Items(
            "aeop_logistics_service_result",
            [
                {
                    "service_name": carrier.service_name,
                    "display_name": carrier.display_name,
                    "logistics_company": carrier.logistics_company,
                    "recommend_order": carrier.recommend_order,
                    "min_process_day": carrier.min_process_day,
                    "max_process_day": carrier.max_process_day,
                    "tracking_no_regex": carrier.tracking_no_regex,
                }
                for carrier in call.shop.carriers
            ],
        ),
    }


FULFILL = (
    required("service_name"),
    required("logistics_no"),
    required("out_ref"),
    required("send_type"),
    optional("tracking_website"),
    optional("description"),
)


@api("aliexpress.solution.order.fulfill", *FULFILL)
def solution_fulfill(call):
    try:
        declare_whole(call)
    except Refusal as refusal:
        if call.settings.fulfill_failure == "result":
            return {
                "result": {
                    "result_success": False,
                    "error_code": "-999",
                    "error_message": refusal.text,
                }
            }
        raise refused("-999", refusal.text) from refusal
    return {"result": {"result_success": True}}


@api(
    "aliexpress.logistics.sellershipmentfortop",
    *FULFILL,
    optional("package_type"),
    optional("actual_carrier"),
    optional("ioss"),
    optional("locale"),
)
def seller_shipment(call):
    return top_answer(declare_whole, call)


@api(
    "aliexpress.logistics.sellermodifiedshipmentfortop",
    required("out_ref"),
    required("old_service_name"),
    required("old_logistics_no"),
    required("new_service_name"),
    required("new_logistics_no"),
    required("send_type"),
    optional("tracking_website"),
    optional("description"),
    optional("package_type"),
    optional("actual_carrier"),
    optional("locale"),
)
def modify_shipment(call):
    return top_answer(_modify_whole, call)


@api(
    "aliexpress.logistics.redefining.querytrackingresult",
    required("logistics_no"),
    required("origin"),
    required("out_ref"),
    required("service_name"),
    required("to_area"),
)
def tracking_result(call):
    """Two events for a declared parcel, a third when it was received."""
    order = call.shop.orders.get(order_number(call["out_ref"]))
    parcel = order and find_parcel(order, call["logistics_no"], call["service_name"])
    if not parcel:
        return {"result_success": False, "error_desc": "no tracking result"}
    events = [
        (parcel.at, "Shipment accepted", "AE_ACCEPT"),
        (parcel.at + timedelta(hours=20), "Departed from facility", "LH_DEPART"),
    ]
    if parcel.received:
        events.append((parcel.received, "Delivered", "GTMS_SIGNED"))
    return {
        "result_success": True,
        "official_website": parcel.tracking_website or "https://global.cainiao.com",
        "details": Items(
            "details",
            [
                {
                    "event_date": pacific(at),
                    "event_desc": text,
                    "address": order.address.city,
                    "action_code": code,
                }
                for at, text, code in events
                if at <= call.now
            ],
        ),
    }


@api(
    "aliexpress.trade.redefining.extendsbuyeracceptgoodstime",
    required("param0", int),
    required("param1", int),
)
def extend_accept_time(call):
    order, days = call.shop.orders.get(call["param0"]), call["param1"]
    if not order:
        return {"is_success": False, "sub_error_code": "100", "memo": "no such order"}
    if order.status != "WAIT_BUYER_ACCEPT_GOODS":
        return {"is_success": False, "sub_error_code": "210", "memo": "wrong status"}
    if not 1 <= days <= 120:
        return {"is_success": False, "sub_error_code": "201", "memo": "too long"}
    order.deadline += timedelta(days=days)
    order.modified = call.now
    return {"is_success": True}


def declare_whole(call):
    """Declare a parcel of an order that does not say which lines are in it."""
    choice("send_type", call["send_type"], ("all", "part"))
    if len(call["description"] or "") > MAX_DESCRIPTION:
        raise invalid_parameter("description", f"is longer than {MAX_DESCRIPTION}")
    order = shippable_order(call, call["out_ref"])
    parcel = new_parcel(call, call["logistics_no"], call["service_name"], call["tracking_website"])
    parcel.send_type = call["send_type"]
    parcel.description = call["description"] or ""
    parcel.actual_carrier = call["actual_carrier"] or ""
    parcel.ioss = call["ioss"] or ""
    everything = parcel.send_type == "all"
    if not everything and find_parcel(order, parcel.logistics_no, parcel.service_name):
        raise Refusal(ALREADY_DECLARED)
    parcel.lines = [line.sort_index for line in order.lines if everything and not line.by_platform and not line.shipped]
    complete = {x.sort_index for x in order.lines} if everything else set()
    declare(call.sandbox, call.shop, order, [parcel], complete)


def shippable_order(call, number):
    """The order of that number if it may be declared, else a Refusal."""
    order = call.shop.orders.get(order_number(number))
    if not order:
        raise Refusal(UNKNOWN_ORDER)
    if order.sent and order.status not in CLOSED:
        raise Refusal(ALREADY_DECLARED)
    if order.status not in SHIPPABLE or not order.paid:
        raise Refusal(WRONG_STATUS)
    if all(line.by_platform for line in order.lines):
        raise Refusal(WRONG_STATUS)
    return order


def new_parcel(call, number, service_name, website, actual_carrier=None):
    """A parcel not yet declared, its carrier and number checked."""
    carrier = call.shop.carrier(service_name)
    if not carrier:
        raise Refusal(NO_CARRIER)
    if not carrier.accepts(number):
        raise Refusal(BAD_NUMBER)
    if carrier.needs_website and not website:
        raise missing_parameter("tracking_website")
    return Parcel(
        number,
        service_name,
        call.now,
        tracking_website=website or "",
        actual_carrier=actual_carrier or "",
        method=call.method,
    )


def change_parcel(call, order, parcel, new):
    """Correct number and carrier, as often as the platform allows."""
    if order.status in CLOSED:
        raise Refusal(WRONG_STATUS)
    if parcel.changes >= call.settings.tracking_changes:
        raise Refusal(TOO_MANY_CHANGES)
    parcel.logistics_no = new.logistics_no
    parcel.service_name = new.service_name
    parcel.tracking_website = new.tracking_website
    parcel.actual_carrier = new.actual_carrier
    parcel.changes += 1
    order.modified = call.now


def find_parcel(order, number, service_name):
    for parcel in order.parcels:
        if (parcel.logistics_no, parcel.service_name) == (number, service_name):
            return parcel
    return None


def order_number(text):
    text = str(text).strip()
    return int(text) if text.isascii() and text.isdigit() else 0


def top_answer(function, call):
    """The top-level answer of the `…fortop` methods."""
    try:
        function(call)
    except Refusal as refusal:
        return {
            "result_success": False,
            "result_error_code": "-999",
            "result_error_desc": refusal.text,
        }
    return {"result_success": True}


def _modify_whole(call):
    choice("send_type", call["send_type"], ("all", "part"))
    order = call.shop.orders.get(order_number(call["out_ref"]))
    if not order:
        raise Refusal(UNKNOWN_ORDER)
    parcel = find_parcel(order, call["old_logistics_no"], call["old_service_name"])
    if not parcel:
        raise Refusal(NOT_DECLARED)
    new = new_parcel(
        call,
        call["new_logistics_no"],
        call["new_service_name"],
        call["tracking_website"],
        call["actual_carrier"],
    )
    change_parcel(call, order, parcel, new)
