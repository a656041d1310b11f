"""Orders of both families, from the samples of the documentation in both forms of the gateway."""

import dataclasses
import json
from datetime import datetime
from decimal import Decimal

import pytest
from lib_gateway import Gateway, sample, simplified

from aliexpress_connector.lib import errors, phone
from aliexpress_connector.lib.errors import AliexpressError, FixError, TransientError
from aliexpress_connector.lib.families import FAMILIES
from aliexpress_connector.lib.money import Money
from aliexpress_connector.lib.values import Address, DeclaredParcel, Discount, Order, OrderLine, OrderPage, OrderRow

ORDER_REF = "8180123456780011"
START, END = datetime(2024, 3, 1), datetime(2024, 3, 2)


def euros(amount):
    return Money(Decimal(amount), "EUR")


def family(name, *answers, **kwargs):
    return FAMILIES[name](Gateway(*answers).transport(**kwargs))


def calls_of(some_family):
    return some_family.transport._session.get_adapter("https://").calls


SOLUTION_ORDER = Order(
    order_ref=ORDER_REF,
    status="WAIT_SELLER_SEND_GOODS",
    end_reason="",
    cancel_reason="",
    frozen=False,
    disputed=False,
    created_at=datetime(2024, 3, 20, 6, 10, 2),
    paid_at=datetime(2024, 3, 20, 6, 10, 40),
    updated_at=datetime(2024, 3, 20, 6, 41, 7),
    ended_at=None,
    status_deadline=datetime(2024, 3, 25, 6, 10, 40),
    buyer_ref="es2100000000xyzae",
    buyer_name="Ana Perez",
    note="please call before",
    currency="EUR",
    order_amount=euros("44.89"),
    freight=euros("4.99"),
    settlement_amount=euros("44.89"),
    tax_already_collected=False,
    address=Address(
        name="Ana Perez",
        country_code="ES",
        province="Madrid",
        city="Madrid",
        street="Calle Ejemplo 1",
        street2="3B",
        zip="28001",
        phone_country="+34",
        mobile="600000000",
    ),
    address_key="",
    lines=(
        OrderLine(
            child_ref="8180123456790011",
            sort_index=1,
            product_ref="1005001234567890",
            sku_code="TSHIRT-BLU-M",
            name="Cotton T-shirt",
            attributes="Color: Navy, Size: M",
            quantity=2,
            lot_size=1,
            unit_price=euros("19.95"),
            discounts=(Discount("PLATFORM", "platformCoupon", "500000012345", euros("2.00")),),
            adjustment=None,
            status="WAIT_SELLER_SEND_GOODS",
            service_code="SPAIN_LOCAL_CORREOS",
            service_name="Correos Paq 48",
            preparation_days=3,
            is_platform_fulfilled=False,
            note="",
            commission_rate="0.08",
            affiliate_rate="0.03",
        ),
    ),
    parcels=(),
)
FORMS = {"wrapped": lambda answer: answer, "simplified": simplified}


@pytest.fixture(params=FORMS)
def form(request):
    return FORMS[request.param]


# The list


def test_list_of_solution(form):
    solution = family("solution", form(sample("solution_order_list")))
    row = OrderRow(
        ORDER_REF, "WAIT_SELLER_SEND_GOODS", datetime(2024, 3, 20, 6, 10, 2), datetime(2024, 3, 20, 6, 41, 7)
    )
    assert solution.list_orders(START, END, page=3) == OrderPage((row,), 1, 1)
    [call] = calls_of(solution)
    assert call.method == "aliexpress.solution.order.get"
    assert call.params == {
        "modified_date_start": "2024-02-29 16:00:00",
        "modified_date_end": "2024-03-01 16:00:00",
        "current_page": "3",
        "page_size": "50",
    }


def test_list_of_general(form):
    general = family("general", form(sample("general_order_list")))
    row = OrderRow(
        ORDER_REF, "SELLER_PART_SEND_GOODS", datetime(2024, 3, 20, 6, 10, 2), datetime(2024, 3, 20, 10, 0, 0)
    )
    assert general.list_orders(START, END, finished=True, by="created", page_size=20) == OrderPage((row,), 1, 1)
    [call] = calls_of(general)
    assert call.method == "aliexpress.trade.seller.orderlist.get"
    assert call.json("param_aeop_order_query") == {
        "create_date_start": "2024-02-29 16:00:00",
        "create_date_end": "2024-03-01 16:00:00",
        "current_page": 1,
        "page_size": 20,
        "order_status": "FINISH",
    }


@pytest.mark.parametrize("name", FAMILIES)
@pytest.mark.parametrize("target_list", [{}, [], {"order_dto": []}, None])
def test_empty_list(name, target_list):
    result = {"success": True, "total_count": 0, "total_page": 0, "target_list": target_list}
    assert family(name, {"result": result}).list_orders(START, END) == OrderPage((), 0, 0)


def page(**changes):
    rows = [{"order_id": 8180123456780011, "order_status": "FINISH"}]
    result = {"success": True, "total_count": 1, "total_page": 1, "target_list": rows} | changes
    return family("solution", {"result": result}).list_orders(START, END)


def test_counters_that_are_missing_or_do_not_fit():
    assert page(total_page=None, total_count=101).page_count == 3
    assert page(total_page=0, total_count=0).page_count == 1
    assert page(total_page=4, total_count=0, target_list={}).page_count == 0


@pytest.mark.parametrize(
    "row", [{}, "text", 5, None, {"order_status": "FINISH"}, {"order_id": "x"}, {"order_id": True}]
)
def test_row_without_number_costs_only_itself(row):
    good = {"order_id": "8180123456780011", "gmt_create": "never", "order_status": ["odd"]}
    result = page(target_list=[good, row])
    assert result.rows == (OrderRow(ORDER_REF, "", None, None),)
    [text] = result.unreadable
    assert text.startswith("target_list[1]")


@pytest.mark.parametrize(
    "changes", [{"target_list": "text"}, {"total_page": True}, {"total_page": -1}, {"success": "perhaps"}]
)
def test_unreadable_list(changes):
    with pytest.raises(FixError) as caught:
        page(**changes)
    assert caught.value.reason == errors.UNREADABLE


@pytest.mark.parametrize("answer", [{}, {"result": {}}, {"result": "text"}, {"result": {"error_code": "x"}}])
def test_answer_without_list(answer):
    with pytest.raises(FixError) as caught:
        family("solution", answer).list_orders(START, END)
    assert caught.value.reason == errors.UNREADABLE


def test_refused_list():
    answer = {"result": {"success": False, "error_code": "1", "error_message": "系统异常"}, "request_id": "abc"}
    with pytest.raises(TransientError) as caught:
        family("solution", answer).list_orders(START, END)
    assert (caught.value.reason, caught.value.request_id) == (errors.BUSY, "abc")


@pytest.mark.parametrize("name", FAMILIES)
def test_probe(name):
    refused = {"error_response": {"code": "InsufficientPermission"}}
    with pytest.raises(FixError) as caught:
        family(name, refused).probe()
    assert caught.value.reason == errors.PERMISSION
    allowed = family(name, sample("solution_order_list"))
    allowed.probe()
    assert len(calls_of(allowed)) == 1


# One order


def test_order_of_solution(form):
    solution = family("solution", form(sample("solution_order")))
    assert solution.get_order(ORDER_REF) == SOLUTION_ORDER
    [call] = calls_of(solution)
    assert call.method == "aliexpress.solution.order.info.get"
    assert call.json("param1") == {"order_id": 8180123456780011}


def test_order_of_general(form):
    general = family("general", form(sample("general_order")))
    order = general.get_order(ORDER_REF)
    [call] = calls_of(general)
    assert call.method == "aliexpress.trade.new.redefining.findorderbyid"
    assert call.json("param1") == {"order_id": 8180123456780011}
    assert order.address_key == "ENCRYPTEDOAIDEXAMPLE=="
    assert order.order_amount == Money(Decimal("170.54"), "USD")
    assert order.settlement_amount == Money(Decimal("176.24"), "USD")
    assert order.created_at == datetime(2024, 2, 24, 23, 0, 51)
    assert order.status_deadline == datetime(2024, 5, 28, 7, 15, 30)
    assert order.address.name == "Exa*********"
    [line] = order.lines
    assert line.is_platform_fulfilled
    sent = datetime(2024, 2, 28, 7, 15, 29)
    assert order.parcels == (DeclaredParcel("CAINIAO_FULFILLMENT_STD", "LP00012345678901", sent),)


def solution_data():
    return sample("solution_order")["aliexpress_solution_order_info_get_response"]["result"]["data"]


def read(data, name="solution"):
    answer = {"result": {"data": data}} if name == "solution" else {"target": data}
    return family(name, answer).get_order(ORDER_REF)


def read_with(**changes):
    return read(solution_data() | changes)


def read_child_with(**changes):
    data = solution_data()
    [child] = data["child_order_list"]["global_aeop_tp_child_order_dto"]
    return read(data | {"child_order_list": [child | changes]})


def test_new_amount_is_preferred():
    assert read_with(new_order_amount={"amount": "40.00", "currency_code": "EUR"}).order_amount == euros(40)


def test_notes_of_order_and_lines_once_each():
    data = solution_data()
    [child] = data["child_order_list"]["global_aeop_tp_child_order_dto"]
    children = [
        child | {"buyer_memo": memo, "child_order_id": str(ref), "order_sort_id": ref}
        for ref, memo in enumerate(["please call before", "blue one", "blue one"], 1)
    ]
    order = read(data | {"child_order_list": children})
    assert order.note == "please call before\nblue one"
    assert [line.note for line in order.lines] == ["please call before", "blue one", "blue one"]


@pytest.mark.parametrize("country, code", [("ES", "ES"), ("UK", "GB"), ("uk", "GB"), ("", "")])
def test_country(country, code):
    assert read_with(receipt_address={"country": country}).address.country_code == code


@pytest.mark.parametrize(
    "address, street, street2",
    [
        ({"detail_address": "Calle 1", "address": "Calle 1", "address2": "3B"}, "Calle 1", "3B"),
        ({"address": "Calle 1"}, "Calle 1", ""),
        ({"detail_address": "Calle 1", "address": ""}, "Calle 1", ""),
        ({}, "", ""),
    ],
)
def test_street(address, street, street2):
    found = read_with(receipt_address=address).address
    assert (found.street, found.street2) == (street, street2)


def test_tax_id():
    assert read_with(cpf_number="12345678909").address.tax_id == "12345678909"
    assert read_with(receipt_address={"cpf_no": "12345678909"}).address.tax_id == "12345678909"
    assert read_with(receipt_address={"passport_no": "X1"}).address.tax_id == "X1"


@pytest.mark.parametrize(
    "changes, expected",
    [
        ({}, False),
        ({"send_goods_operator": None}, False),
        ({"send_goods_operator": "WAREHOUSE_SEND_GOODS"}, True),
        ({"logistics_warehouse_type": "cainiaoInternationalWarehouse"}, True),
        ({"extend_map": '{"orderBusinessModel":"SEMI_CHOICE_SELF"}'}, False),
    ],
)
def test_who_ships(changes, expected):
    assert read_child_with(**changes).lines[0].is_platform_fulfilled is expected


@pytest.mark.parametrize(
    "changes",
    [
        {"already_taxed": "I_TAXED"},
        {"tags": {"string": ["a", "U_TAXED"]}},
        {"tags": ["I_TAXED"]},
        {"tags": "a,U_TAXED"},
    ],
)
def test_tax_that_aliexpress_collected(changes):
    assert read_with(**changes).tax_already_collected
    assert read_child_with(**changes).tax_already_collected


@pytest.mark.parametrize("tags", ["text", 5, "NOT_U_TAXED"])
def test_odd_tags_cost_no_order(tags):
    assert not read_with(tags=tags).tax_already_collected
    assert not read_child_with(tags=tags).tax_already_collected


def test_frozen_and_disputed():
    assert read_with(frozen_status="IN_FROZEN").frozen
    assert read_child_with(frozen_status="IN_FROZEN").frozen
    assert read_with(issue_status="IN_ISSUE").disputed
    assert read_child_with(issue_status="IN_ISSUE").disputed
    assert not read_with(issue_status="END_ISSUE").disputed


@pytest.mark.parametrize(
    "attributes, text",
    [
        ('{"sku":[{"pName":"Color","pValue":"Blue"}]}', "Color: Blue"),
        ({"sku": [{"pName": "Color", "pValue": "Blue", "selfDefineValue": "Navy"}]}, "Color: Navy"),
        ('{"sku":{"pName":"Color","pValue":"Blue"}}', "Color: Blue"),
        ('{"sku":[{"pValue":"Blue"},{"pName":"Size"}]}', "Blue"),
        ('{"sku":[]}', ""),
        ("{}", ""),
        ("no JSON", ""),
        ('{"sku": "x"}', ""),
        ("[" * 100_000, ""),
        (["x"], ""),
        (None, ""),
    ],
)
def test_attributes_in_words(attributes, text):
    assert read_child_with(product_attributes=attributes).lines[0].attributes == text


def test_discounts_and_price_changes():
    details = [
        {"promotion_owner": "Seller", "promotion_id": 5, "discount_detail": {"amount": "1.00", "currency_code": "EUR"}},
        {"promotion_owner": "PLATFORM", "discount_detail": {"amount": "0.00", "currency_code": "EUR"}},
    ]
    order = read_child_with(
        child_order_discount_detail_list=details, child_order_adjust_amount={"amount": "-0.50", "currency_code": "EUR"}
    )
    [line] = order.lines
    assert line.discounts == (Discount("SELLER", "", "5", euros(1)),)
    assert line.adjustment == euros("-0.50")


@pytest.mark.parametrize(
    ("price", "owner", "discount", "kind", "expected"),
    [
        ("0.00", "SELLER", "0.00", "", True),
        ("5.00", "SELLER", "10.00", "", True),
        ("5.00", "SELLER", "9.99", "", False),
        ("5.00", "PLATFORM", "10.00", "", False),
        ("5.00", "PLATFORM", "1.00", "buyGift", True),
    ],
)
def test_gifts(price, owner, discount, kind, expected):
    detail = {"promotion_owner": owner, "promotion_type": kind, "discount_detail": euro_text(discount)}
    order = read_child_with(product_price=euro_text(price), product_count=2, child_order_discount_detail_list=[detail])
    assert order.lines[0].is_gift is expected


def euro_text(amount):
    return {"amount": amount, "currency_code": "EUR"}


def test_parcels_once_each():
    parcel = {"logistics_no": "PQ1", "logistics_type_code": "SPAIN_LOCAL_CORREOS"}
    order = read_with(logistic_info_list=[parcel, parcel, {"logistics_type_code": "X"}, parcel | {"logistics_no": 12}])
    assert order.parcels == (DeclaredParcel("SPAIN_LOCAL_CORREOS", "PQ1"), DeclaredParcel("SPAIN_LOCAL_CORREOS", "12"))


def test_what_is_optional_may_be_missing():
    child = {"id": 1, "product_count": 1, "product_price": {"amount": "1", "currency_code": "EUR"}}
    order = read({"id": ORDER_REF, "order_status": "FINISH", "child_order_list": child})
    assert order.order_amount is None and order.freight is None and order.created_at is None
    [line] = order.lines
    assert (line.child_ref, line.sort_index, line.lot_size, line.sku_code) == ("1", 1, 1, "")


def test_texts_fit_a_database():
    name = "\0 e\u0301 \U0001f600 " + "x" * 300
    line = read_child_with(product_name=name).lines[0]
    assert line.name == "e\u0301 \U0001f600 " + "x" * 300
    assert read_child_with(product_name="\ud800").lines[0].name == "?"


DOLLARS = {"amount": "1", "currency_code": "USD"}
UNREADABLE_CHILDREN = [
    ("product_price", None),
    ("product_price", {"amount": "", "currency_code": "EUR"}),
    ("product_price", {"amount": "19.95"}),
    ("product_price", {"amount": "-19.95", "currency_code": "EUR"}),
    ("product_price", {"amount": "NaN", "currency_code": "EUR"}),
    ("product_price", {"amount": float("inf"), "currency_code": "EUR"}),
    ("product_price", {"amount": "9" * 40, "currency_code": "EUR"}),
    ("product_price", {"amount": True, "currency_code": "EUR"}),
    ("product_price", [19.95]),
    ("product_count", None),
    ("product_count", 0),
    ("product_count", -1),
    ("product_count", 1.5),
    ("product_count", True),
    ("product_count", "two"),
    ("product_count", 10**12),
    ("child_order_id", "x"),
    ("product_id", {"a": "b"}),
    ("order_sort_id", 0),
    ("lot_num", -1),
    ("sku_code", ["A"]),
    ("child_order_discount_detail_list", "text"),
]


@pytest.mark.parametrize("field, value", UNREADABLE_CHILDREN)
def test_unreadable_child_names_its_field(field, value):
    with pytest.raises(FixError) as caught:
        read_child_with(**{field: value})
    assert caught.value.reason == errors.UNREADABLE
    assert f"child_order_list[0].{field}" in caught.value.detail


UNREADABLE_ORDERS = [
    ("child_order_list", None),
    ("child_order_list", {}),
    ("child_order_list", "text"),
    ("child_order_list", ["text"]),
    ("id", None),
    ("id", 5),
    ("order_status", None),
    ("gmt_create", "yesterday"),
    ("receipt_address", "text"),
    ("logistic_info_list", "text"),
]


@pytest.mark.parametrize("field, value", UNREADABLE_ORDERS)
def test_unreadable_order_names_its_field(field, value):
    with pytest.raises(FixError) as caught:
        read_with(**{field: value})
    assert caught.value.reason == errors.UNREADABLE
    assert field in caught.value.detail


def test_what_is_odd_beside_goods_and_money_costs_no_order():
    line = read_child_with(escrow_fee_rate="8%", afflicate_fee_rate=True, goods_prepare_time="soon").lines[0]
    assert (line.commission_rate, line.affiliate_rate, line.preparation_days) == ("", "", 0)
    parcel = {"logistics_no": "PQ1", "logistics_type_code": "CAINIAO", "gmt_send": "soon"}
    order = read_with(pay_amount_by_settlement_cur="much", logistic_info_list=[parcel])
    assert order.settlement_amount is None
    order = read_with(gmt_pay_success="soon", gmt_modified=5, gmt_trade_end=True, over_time_left="3 days")
    assert (order.paid_at, order.updated_at, order.ended_at, order.status_deadline) == (None, None, None, None)
    assert read_with(over_time_left=1711347040000).status_deadline == datetime(2024, 3, 25, 6, 10, 40)
    order = read_with(pay_amount_by_settlement_cur="much", logistic_info_list=[parcel])
    assert (order.parcels[0].tracking_ref, order.parcels[0].sent_at) == ("PQ1", None)
    assert order.order_amount


@pytest.mark.parametrize(
    "read_it",
    [
        lambda: read_with(order_amount=DOLLARS),
        lambda: read_with(logistics_amount={"amount": "-1", "currency_code": "EUR"}),
        lambda: read_child_with(child_order_adjust_amount=DOLLARS),
        lambda: read_child_with(child_order_discount_detail_list=[{"promotion_owner": "SELLER"}]),
        lambda: read_child_with(
            child_order_discount_detail_list=[{"promotion_owner": "PLATFORM", "discount_detail": DOLLARS}]
        ),
    ],
)
def test_an_amount_that_cannot_be_read_leaves_no_total(read_it):
    order = read_it()
    assert order.order_amount is None
    assert order.lines


@pytest.mark.parametrize("name", ["solution", "general"])
def test_answer_about_another_order(name):
    with pytest.raises(FixError) as caught:
        read(solution_data() | {"id": 8180123456789999}, name)
    assert caught.value.reason == errors.UNREADABLE
    assert "another order" in caught.value.detail


@pytest.mark.parametrize("same", ["child_order_id", "order_sort_id"])
def test_lines_are_told_apart(same):
    data = solution_data()
    [child] = data["child_order_list"]["global_aeop_tp_child_order_dto"]
    other = child | {"child_order_id": "9", "order_sort_id": 2} | {same: child[same]}
    with pytest.raises(FixError) as caught:
        read(data | {"child_order_list": [child, other]})
    assert caught.value.reason == errors.UNREADABLE


@pytest.mark.parametrize(
    "name, answer, reason",
    [
        ("solution", {"result": {"time_stamp": "2024-03-20 22:05:11"}}, errors.NOT_FOUND),
        ("solution", {"result": {"data": {}}}, errors.NOT_FOUND),
        ("solution", {}, errors.NOT_FOUND),
        ("general", {"time_stamp": "2024-03-20 22:05:11"}, errors.NOT_FOUND),
        ("solution", {"result": {"error_code": "-1", "error_message": "您填写的交易订单号有误"}}, errors.NOT_FOUND),
        ("solution", {"result": {"error_code": "-1", "error_message": "系统错误"}}, errors.BUSY),
        ("solution", {"result": {"error_code": "-1", "error_message": "new words"}}, errors.REFUSED),
    ],
)
def test_order_that_is_not_there(name, answer, reason):
    with pytest.raises(AliexpressError) as caught:
        family(name, answer).get_order(ORDER_REF)
    assert caught.value.reason == reason


@pytest.mark.parametrize("order_ref", ["", "abc", "81801234 56780011", "-5", "8" * 30, None])
def test_no_number_of_an_order(order_ref):
    solution = family("solution", {})
    with pytest.raises(FixError) as caught:
        solution.get_order(order_ref)
    assert caught.value.reason == errors.NOT_FOUND
    assert not calls_of(solution)


def test_values_do_not_show_personal_data():
    order = read_with(memo="ring at Ana's")
    text = f"{order!r} {order.address!r} {[dataclasses.replace(line, note='Ana') for line in order.lines]!r}"
    for personal in ("Ana", "Perez", "Calle", "28001", "600000000", "es2100000000xyzae"):
        assert personal not in text


# Addresses


def test_reveal_address(form):
    general = family("general", form(sample("general_address")))
    address = general.reveal_address(ORDER_REF, "KEY==")
    assert address == Address(name="Ana Perez", street="Calle Ejemplo 1", street2="3B", mobile="600000000")
    [call] = calls_of(general)
    assert call.method == "aliexpress.trade.seller.order.decrypt"
    assert call.params == {"orderId": ORDER_REF, "oaid": "KEY=="}


def test_no_address_to_reveal():
    assert family("solution", {}).reveal_address(ORDER_REF, "KEY==") is None
    assert family("general", {}).reveal_address(ORDER_REF, "") is None


def test_refused_address():
    with pytest.raises(FixError) as caught:
        family("general", {"result_code": 5, "result_info": "no right"}).reveal_address(ORDER_REF, "KEY==")
    assert (caught.value.reason, caught.value.detail) == (errors.REFUSED, "no right")


# Cancel requests


@pytest.mark.parametrize("name", FAMILIES)
def test_cancel(name):
    some_family = family(name, {"result": {"success": True, "target": True}})
    some_family.accept_cancel(ORDER_REF, "es2100")
    some_family.refuse_cancel(ORDER_REF, "es2100", "already packed")
    accepted, refused = calls_of(some_family)
    request = {"order_id": 8180123456780011, "buyer_login_id": "es2100"}
    assert accepted.method == "aliexpress.trade.seller.order.acceptcancel"
    assert accepted.json("param_order_cancel_request") == request
    assert refused.method == "aliexpress.trade.seller.order.refusecancel"
    assert refused.json("param_order_cancel_request") == request | {"memo": "already packed"}


@pytest.mark.parametrize(
    "answer, reason",
    [
        ({"result": {"success": False, "error_code": "5", "error_message": "too late"}}, errors.REFUSED),
        ({"result": {"success": True, "target": False}}, errors.REFUSED),
        ({"result": {}}, errors.UNREADABLE),
        ({}, errors.UNREADABLE),
        ({"result": {"success": 1}}, errors.UNREADABLE),
    ],
)
def test_cancel_that_did_not_work(answer, reason):
    some_family = family("solution", answer)
    with pytest.raises(FixError) as caught:
        some_family.accept_cancel(ORDER_REF, "es2100")
    assert caught.value.reason == reason
    assert len(calls_of(some_family)) == 1


def test_writes_are_sent_once():
    some_family = family("solution", {"error_response": {"code": "ServiceTimeout"}})
    with pytest.raises(TransientError):
        some_family.accept_cancel(ORDER_REF, "es2100")
    assert len(calls_of(some_family)) == 1


def test_samples_are_what_they_claim():
    assert json.dumps(simplified(sample("solution_order"))).count("_dto") == 1  # opr_log_dto_list


@pytest.mark.parametrize(
    "numbers, chosen, others",
    [
        ({"mobile": "600000000"}, "+34600000000", ""),
        ({"mobile": "600000000", "phone_number": "600000000"}, "+34600000000", ""),
        ({"mobile": "600000000", "phone_area": "91", "phone_number": "5550199"}, "+34600000000", "+34 91 5550199"),
        ({"mobile": "12", "phone_area": "91", "phone_number": "5550199"}, "+34915550199", "+34 12"),
        ({"mobile": "12"}, "", "+34 12"),
        ({}, "", ""),
    ],
)
def test_numbers_beside_the_valid_one_are_told(numbers, chosen, others):
    address = Address(country_code="ES", phone_country="+34", **numbers)
    assert (phone.to_e164(address), phone.get_others(address)) == (chosen, others)
