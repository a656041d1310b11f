"""Orders. Both families use the same names inside an order; what only one of them has is missing in the other."""

import json
import re
from decimal import Decimal

from ..errors import FixError
from ..values import Address, DeclaredParcel, Discount, Order, OrderLine, OrderPage, OrderRow
from .reader import Reader

_PLATFORM_WAREHOUSE = "cainiaoInternationalWarehouse"
_PLATFORM_SENDS = "WAREHOUSE_SEND_GOODS"
# Tags of goods whose import tax AliExpress has collected from the buyer.
_TAXED = frozenset({"U_TAXED", "I_TAXED"})


def parse_order_page(result, page_size, page=1):
    """Return the `OrderPage` of the list call's `result` object (a `Reader`), asked for the page number `page`."""
    rows, unreadable = [], []
    method_rows = result.items("target_list")
    for index, item in enumerate(method_rows):
        try:
            rows.append(_parse_row(Reader(item, "", f"target_list[{index}]")))
        except FixError as error:
            unreadable.append(error.detail)
    total = result.integer("total_count") if result.has("total_count") else None
    if not method_rows and (total or 0) > (page - 1) * page_size:
        # Believed, these orders would be lost until somebody looks again.
        raise result.error("target_list", "no orders where some are counted")
    counted = len(method_rows) if total is None else total
    page_count = result.integer("total_page", default=-(-counted // page_size))
    # Rows are what counts: a page that holds some is a page, whatever the counters say.
    page_count = max(page_count, 1) if method_rows else page_count if counted else 0
    return OrderPage(tuple(rows), page_count, total, tuple(unreadable))


def _parse_row(row):
    """Only the order number is indispensable here: the detail tells everything else, and complains about it."""
    return OrderRow(
        order_ref=row.ref("order_id", required=True),
        status=_or_none(row.text, "order_status") or "",
        created_at=_or_none(row.time, "gmt_create"),
        updated_at=_or_none(row.time, "gmt_update") or _or_none(row.time, "gmt_modified"),
    )


def _or_none(read, key, *args, **kwargs):
    """What is not worth losing an order for: None where it cannot be read."""
    try:
        return read(key, *args, **kwargs)
    except FixError:
        return None


class _Amounts:
    """Reads the amounts beside the prices. One that cannot be read does not cost the order, but its total: an order
    whose total is not told waits for a person.
    """

    def __init__(self, currency):
        self.currency = currency
        self.are_readable = True

    def money(self, data, key, **options):
        """The `Money` of the field `key` of `data` (a `Reader`), None where it is missing or cannot be read."""
        try:
            return data.money(key, self.currency, **options)
        except FixError:
            self.are_readable = False
            return None


def parse_order(data):
    """Return the `Order` of a detail (a `Reader`)."""
    children = data.children("child_order_list")
    if not children:
        raise data.error("child_order_list", "an order without lines")
    amounts = _Amounts(children[0].money("product_price", required=True).currency)
    lines = _parse_lines(data, children, amounts)
    freight = amounts.money(data, "logistics_amount")
    everywhere = [data, *children]
    return Order(
        order_ref=data.ref("id", required=True),
        status=_parse_status(data),
        end_reason=data.text("order_end_reason"),
        cancel_reason=data.text("cancel_request_reason"),
        frozen=any(part.text("frozen_status") == "IN_FROZEN" for part in everywhere),
        disputed=any(part.text("issue_status") == "IN_ISSUE" for part in everywhere),
        created_at=data.time("gmt_create"),
        paid_at=_or_none(data.time, "gmt_pay_success"),
        updated_at=_or_none(data.time, "gmt_modified"),
        ended_at=_or_none(data.time, "gmt_trade_end"),
        status_deadline=_or_none(data.time, "over_time_left"),
        **_parse_buyer(data),
        note="\n".join(dict.fromkeys(filter(None, [data.text("memo"), *(line.note for line in lines)]))),
        currency=amounts.currency,
        order_amount=_parse_total(data, amounts),
        freight=freight,
        settlement_amount=_parse_settlement(data),
        tax_already_collected=any(_is_taxed(part) for part in everywhere),
        address=parse_address(data.child("receipt_address"), tax_id=data.text("cpf_number")),
        address_key=data.text("oaid"),
        lines=lines,
        parcels=parse_parcels(data),
    )


def _parse_lines(data, children, amounts):
    lines = tuple(_parse_line(child, position, amounts) for position, child in enumerate(children, 1))
    if len({line.child_ref for line in lines}) < len(lines):
        raise data.error("child_order_list", "the same child order twice")
    if len({line.sort_index for line in lines}) < len(lines):
        raise data.error("child_order_list", "the same order_sort_id twice")
    return lines


def _parse_status(data):
    status = data.text("order_status")
    if not status:
        raise data.error("order_status", "no status")
    return status


def _parse_buyer(data):
    buyer = data.child("buyer_info")
    name = f"{buyer.text('first_name')} {buyer.text('last_name')}".strip()
    return {
        "buyer_ref": data.text("buyerloginid") or buyer.text("login_id"),
        "buyer_name": data.text("buyer_signer_fullname") or name,
    }


def _parse_total(data, amounts):
    """The total as `Money`, None where it or any of `amounts`, which were all read before, is not told readably."""
    # The new amount knows the seller's price change and cash on delivery, the old one may not.
    total = amounts.money(data, "new_order_amount") or amounts.money(data, "order_amount")
    return total if amounts.are_readable else None


def _parse_settlement(data):
    currency = data.text("settlement_currency")
    return _or_none(data.money, "pay_amount_by_settlement_cur", currency) if currency else None


def parse_address(data, tax_id=""):
    """Return the `Address` of an address object (a `Reader`)."""
    return Address(
        name=data.text("contact_person"),
        country_code=data.country("country"),
        province=data.text("province"),
        city=data.text("city"),
        street=data.text("detail_address") or data.text("address"),
        street2=data.text("address2"),
        zip=data.text("zip"),
        phone_country=data.text("phone_country"),
        phone_area=data.text("phone_area"),
        phone_number=data.text("phone_number"),
        mobile=data.text("mobile_no"),
        tax_id=data.text("cpf_no") or tax_id or data.text("passport_no"),
    )


def parse_parcels(data):
    """Return the distinct `DeclaredParcel`s of a detail (a `Reader`) that have a number."""
    parcels = {}
    for info in data.children("logistic_info_list"):
        tracking_ref = info.text("logistics_no")
        if tracking_ref:
            parcel = DeclaredParcel(info.text("logistics_type_code"), tracking_ref, _or_none(info.time, "gmt_send"))
            parcels.setdefault((parcel.service_code, tracking_ref), parcel)
    return tuple(parcels.values())


def _parse_line(child, position, amounts):
    quantity = child.integer("product_count", minimum=1)
    unit_price = child.money("product_price", amounts.currency, required=True)
    discounts = tuple(_parse_discounts(child, amounts))
    return OrderLine(
        child_ref=child.ref("child_order_id") or child.ref("id", required=True),
        sort_index=child.integer("order_sort_id", default=position, minimum=1),
        product_ref=child.ref("product_id"),
        sku_code=child.text("sku_code"),
        name=child.text("product_name"),
        attributes=_attributes(child.raw("product_attributes")),
        quantity=quantity,
        lot_size=child.integer("lot_num", default=1) or 1,
        unit_price=unit_price,
        discounts=discounts,
        adjustment=amounts.money(child, "child_order_adjust_amount", signed=True),
        status=child.text("order_status"),
        service_code=child.text("logistics_type"),
        service_name=child.text("logistics_service_name"),
        preparation_days=_or_none(child.integer, "goods_prepare_time", default=0) or 0,
        # Only what names AliExpress' own warehouse counts. `orderBusinessModel` (such as SEMI_CHOICE_SELF) does not:
        # nothing proves that it tells who ships, and an order wrongly left to AliExpress would be cancelled as late.
        is_platform_fulfilled=child.text("logistics_warehouse_type") == _PLATFORM_WAREHOUSE
        or child.text("send_goods_operator") == _PLATFORM_SENDS,
        note=child.text("buyer_memo"),
        commission_rate=_or_none(child.rate, "escrow_fee_rate") or "",
        affiliate_rate=_or_none(child.rate, "afflicate_fee_rate") or "",
        is_gift=_is_gift(unit_price.amount * quantity, discounts),
    )


def _is_gift(price, discounts):
    """Whether the seller gives a line of this price away; no field says so, the money does."""
    given = sum((discount.amount.amount for discount in discounts if discount.owner == "SELLER"), Decimal(0))
    return given >= price or any("gift" in discount.kind.lower() for discount in discounts)


def _parse_discounts(child, amounts):
    for detail in child.children("child_order_discount_detail_list"):
        amount = amounts.money(detail, "discount_detail", required=True)
        if amount and amount.amount:
            yield Discount(
                owner=detail.text("promotion_owner").upper(),
                kind=detail.text("promotion_type"),
                ref=detail.text("promotion_id"),
                amount=amount,
            )


def _is_taxed(part):
    tags = part.raw("tags")
    tags = re.findall(r"\w+", tags) if isinstance(tags, str) else _or_none(part.items, "tags") or []
    return any(isinstance(tag, str) and tag in _TAXED for tag in (part.raw("already_taxed"), *tags))


def _attributes(value):
    """Return the variant in words from JSON text like `{"sku": [{"pName": "Color", "pValue": "Blue"}]}`.

    It is only for people to read, so whatever cannot be read is left out.
    """
    try:
        attributes = (json.loads(value) if isinstance(value, str) else value)["sku"]
        found = Reader({"sku": attributes}, "").children("sku")
        texts = [(one.text("pName"), one.text("selfDefineValue") or one.text("pValue")) for one in found]
    except (ValueError, TypeError, KeyError, RecursionError, FixError):
        return ""
    return ", ".join(f"{name}: {chosen}" if name else chosen for name, chosen in texts if chosen)
