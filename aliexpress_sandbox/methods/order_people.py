"""Buyers and addresses: receipts, customs data, masking and its undoing."""

from ..answers import refused
from ..reading import field, required
from . import api

UNKNOWN_ORDER = "您填写的交易订单号有误或不属于当前账号,请检查后重试。"
MASKED_NAMES = ("contact_person", "detail_address", "address", "address2")


@api("aliexpress.solution.order.receiptinfo.get", required("param1", dict))
def solution_receipt_info(call):
    return {"result": address_of(call, order_of(call, call["param1"]))}


@api("aliexpress.trade.redefining.findorderreceiptinfo", required("param1", dict))
def find_order_receipt_info(call):
    order = order_of(call, call["param1"])
    address = address_of(call, order)
    return {
        "result": {
            **address,
            "oaid": oaid(order),
            "cpf_no": order.address.cpf_no or None,
        }
    }


@api("aliexpress.solution.order.delivery.info.get", required("single_order_query", dict))
def solution_delivery_info(call):
    order = order_of(call, call["single_order_query"])
    address = order.address
    return {
        "result": {
            **address_of(call, order),
            "tax_number": address.tax_number or None,
            "passport_no": address.passport_no or None,
            "cpf": address.cpf_no or None,
        }
    }


@api(
    "aliexpress.trade.seller.order.decrypt",
    required("orderId", int),
    required("oaid"),
)
def decrypt(call):
    order = order_of(call, {"order_id": call["orderId"]})
    if call["oaid"] != oaid(order):
        return {"result_code": 500, "result_info": "oaid is not valid for this order"}
    address = order.address
    return {
        "result_code": 0,
        "result_info": "SUCCESS",
        "result_obj": {
            "contact_person": address.contact_person,
            "mobile_no": address.mobile_no,
            "phone_number": address.phone_number,
            "detail_address": address.detail_address,
            "address2": address.address2,
            "buyer_signer_fullname": order.buyer.name,
            "first_name": order.buyer.first_name,
            "last_name": order.buyer.last_name,
        },
    }


def order_of(call, query):
    """The shop's order a query names; the backend's refusal when it has none such."""
    order_id = field(query, "order_id", int, required=True)
    field(query, "ext_info_bit_flag", int)
    order = call.shop.orders.get(order_id)
    if not order:
        raise refused("isv.invalid-parameter", UNKNOWN_ORDER)
    return order


def oaid(order):
    """The key to clear data: opaque, and another one for every order."""
    return f"OAID{order.order_id * 2654435761 % 2**64:016X}=="


def address_of(call, order):
    """The delivery address as the reads show it, masked where the shop's buyers are."""
    address = order.address
    shown = {
        "contact_person": address.contact_person,
        "country": address.country,
        "country_name": address.country_name,
        "province": address.province,
        "city": address.city,
        "detail_address": address.detail_address,
        "address": address.address or address.detail_address,
        "address2": address.address2,
        "zip": address.zip,
        "phone_country": address.phone_country,
        "phone_area": address.phone_area,
        "phone_number": address.phone_number,
        "mobile_no": address.mobile_no,
        "fax_country": "",
        "fax_area": "",
        "fax_number": "",
        "localized_address": address.localized_address,
    }
    if call.shop.masks_buyers:
        for name in MASKED_NAMES:
            shown[name] = masked(call, shown[name])
        for name in ("mobile_no", "phone_number"):
            number = shown[name]
            shown[name] = number and f"{number[:2]}****{number[-3:]}"
    return shown


def masked(call, text):
    """The first letters and stars, where the shop's buyers are masked."""
    if not call.shop.masks_buyers or not text:
        return text
    return text[: max(1, min(6, len(text) // 2))] + "*" * 9
