"""Carriers and parcels in both families."""

import pytest
from lib_gateway import Gateway, sample, simplified

from aliexpress_connector.lib import errors
from aliexpress_connector.lib.errors import AliexpressError, FixError
from aliexpress_connector.lib.families import FAMILIES
from aliexpress_connector.lib.values import Carrier, DeclaredParcel, Parcel, ParcelLine

ORDER_REF = "8180123456780011"
PARCEL = Parcel(ORDER_REF, "SPAIN_LOCAL_CORREOS", "PQ1234567890123", is_last=True)
OTHER = Parcel(
    ORDER_REF, "OTHER_ES_LOCAL", "XX1", is_last=False, tracking_website="https://t.example.com", actual_carrier="GLS"
)
ALREADY = "该交易订单已填写发货通知,无需重复操作。"


def open_family(name, *answers):
    gateway = Gateway(*answers)
    return FAMILIES[name](gateway.transport()), gateway.calls


@pytest.mark.parametrize("name", FAMILIES)
@pytest.mark.parametrize("form", [lambda answer: answer, simplified])
def test_carriers(name, form):
    family, [*_] = open_family(name, form(sample("carriers")))
    carriers = family.list_carriers()
    assert carriers[0] == Carrier("SPAIN_LOCAL_CORREOS", "Correos", "CORREOS", "^[A-Z0-9]{13,23}$")
    assert [carrier.code for carrier in carriers] == ["SPAIN_LOCAL_CORREOS", "OTHER_ES_LOCAL", "CPAM"]


def test_carriers_without_what_is_optional():
    rows = [{"service_name": "A"}, {"service_name": "B", "tracking_no_regex": "[a-"}]
    family, _calls = open_family("solution", {"result_success": True, "result_list": rows})
    assert family.list_carriers() == (Carrier("A", "A", "", ""), Carrier("B", "B", "", ""))


@pytest.mark.parametrize(
    "answer, reason",
    [
        ({"result_success": False, "error_desc": "new words"}, errors.REFUSED),
        ({"result_list": []}, errors.UNREADABLE),
        ({"result_success": True, "result_list": [{"display_name": "A"}]}, errors.UNREADABLE),
        ({"result_success": True, "result_list": "A"}, errors.UNREADABLE),
    ],
)
def test_no_carriers(answer, reason):
    family, _calls = open_family("solution", answer)
    with pytest.raises(FixError) as caught:
        family.list_carriers()
    assert caught.value.reason == reason


# Declaring


def test_declare_in_solution():
    family, calls = open_family(
        "solution", {"aliexpress_solution_order_fulfill_response": {"result": {"result_success": True}}}
    )
    family.declare_parcel(PARCEL)
    family.declare_parcel(OTHER)
    assert {call.method for call in calls} == {"aliexpress.solution.order.fulfill"}
    assert calls[0].params == {
        "service_name": "SPAIN_LOCAL_CORREOS",
        "logistics_no": "PQ1234567890123",
        "out_ref": ORDER_REF,
        "send_type": "all",
    }
    assert calls[1].params["send_type"] == "part"
    assert calls[1].params["tracking_website"] == "https://t.example.com"


def test_declare_whole_order_in_general():
    family, calls = open_family(
        "general", {"aliexpress_logistics_sellershipmentfortop_response": {"result_success": True}}
    )
    family.declare_parcel(OTHER)
    [call] = calls
    assert call.method == "aliexpress.logistics.sellershipmentfortop"
    assert call.params == {
        "service_name": "OTHER_ES_LOCAL",
        "logistics_no": "XX1",
        "out_ref": ORDER_REF,
        "send_type": "part",
        "tracking_website": "https://t.example.com",
        "actual_carrier": "GLS",
    }


LINES = (ParcelLine(1, True), ParcelLine(3, False))


def with_lines(parcel):
    return Parcel(
        parcel.order_ref,
        parcel.service_code,
        parcel.tracking_ref,
        False,
        parcel.tracking_website,
        parcel.actual_carrier,
        LINES,
    )


@pytest.mark.parametrize("echo", [[{"sub_trade_order_index": 1}, {"sub_trade_order_index": "3"}], {}])
def test_declare_lines_in_general(echo):
    family, calls = open_family("general", {"result": {"success": True, "sub_trade_order_list": echo}})
    family.declare_parcel(with_lines(PARCEL))
    family.declare_parcel(with_lines(OTHER))
    name = "param_aeop_seller_shipment_sub_trade_order_request"
    shipment = [{"logistics_no": "PQ1234567890123", "service_name": "SPAIN_LOCAL_CORREOS"}]
    assert calls[0].method == "aliexpress.logistics.order.shipment"
    assert calls[0].json(name) == {
        "trade_order_id": 8180123456780011,
        "sub_trade_order_list": [
            {"sub_trade_order_index": 1, "send_type": "all", "shipment_list": shipment},
            {"sub_trade_order_index": 3, "send_type": "part", "shipment_list": shipment},
        ],
    }
    assert calls[1].json(name)["sub_trade_order_list"][0]["shipment_list"] == [
        {
            "logistics_no": "XX1",
            "service_name": "OTHER_ES_LOCAL",
            "tracking_web_site": "https://t.example.com",
            "actual_carrier": "GLS",
        }
    ]


def test_line_that_was_not_accepted():
    answer = {"result": {"success": True, "sub_trade_order_list": [{"sub_trade_order_index": 1}]}}
    family, _calls = open_family("general", answer)
    with pytest.raises(FixError) as caught:
        family.declare_parcel(with_lines(PARCEL))
    assert "line 3 was not accepted" in caught.value.detail
    assert caught.value.reason == errors.REFUSED, "that is known: no reading back would show it"


REFUSALS = [
    ("-999", ALREADY, errors.ALREADY_DECLARED),
    ("-353", "", errors.ALREADY_DECLARED),
    ("-999", "该交易订单缺少履约信息,请联系客服处理。", errors.WRONG_STATUS),
    ("-999", "该货运跟踪号未通过物流风控审核,请更换货运跟踪号后重试。", errors.TRACKING_REFUSED),
    ("-999", "系统异常,请稍候重试", errors.BUSY),
    ("-999", "您填写的交易订单号有误或不属于当前账号,请检查", errors.NOT_FOUND),
    ("-999", "carrier does not exist", errors.CARRIER_REFUSED),
    ("-999", "new words", errors.REFUSED),
]
FORMS = {
    "error_response": lambda code, text: {
        "error_response": {
            "code": "15",
            "msg": "Remote service error",
            "sub_code": code,
            "sub_msg": text,
            "type": "ISP",
        }
    },
    "result_error": lambda code, text: {
        "result": {"result_success": False, "result_error_code": code, "result_error_desc": text}
    },
    "top": lambda code, text: {"result_success": False, "result_error_code": code, "result_error_desc": text},
    "error_code": lambda code, text: {"result": {"success": False, "error_code": code, "error_msg": text}},
    "code_of_error": lambda code, text: {"is_success": False, "code_of_error": code, "error_msg": text},
}


@pytest.mark.parametrize("name, parcel", [("solution", PARCEL), ("general", PARCEL), ("general", with_lines(PARCEL))])
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("code, text, reason", REFUSALS)
def test_refused_declaration(name, parcel, form, code, text, reason):
    family, calls = open_family(name, FORMS[form](code, text))
    with pytest.raises(AliexpressError) as caught:
        family.declare_parcel(parcel)
    assert caught.value.reason == reason
    assert len(calls) == 1


@pytest.mark.parametrize(
    "answer", [{}, {"result": {}}, {"result": {"result_success": "yes"}}, {"result": [1]}, {"result": "x"}]
)
@pytest.mark.parametrize("name", FAMILIES)
def test_silence_is_failure(name, answer):
    family, _calls = open_family(name, answer)
    with pytest.raises(FixError) as caught:
        family.declare_parcel(PARCEL)
    assert caught.value.reason == errors.UNREADABLE


@pytest.mark.parametrize("name", FAMILIES)
def test_correct(name):
    family, calls = open_family(name, {"result_success": True})
    family.correct_parcel(DeclaredParcel("SPAIN_LOCAL_CORREOS", "PQ1"), PARCEL)
    [call] = calls
    assert call.method == "aliexpress.logistics.sellermodifiedshipmentfortop"
    assert call.params == {
        "out_ref": ORDER_REF,
        "old_service_name": "SPAIN_LOCAL_CORREOS",
        "old_logistics_no": "PQ1",
        "new_service_name": "SPAIN_LOCAL_CORREOS",
        "new_logistics_no": "PQ1234567890123",
        "send_type": "all",
    }


@pytest.mark.parametrize("name, root", [("solution", ("result", "data")), ("general", ("target",))])
def test_parcels_are_read_even_from_an_order_that_is_not(name, root):
    info = {"aeop_tp_logistic_info_dto": [{"logistics_no": "PQ1", "logistics_type_code": "CPAM"}]}
    answer = {"id": ORDER_REF, "logistic_info_list": info, "child_order_list": "unreadable"}
    for key in reversed(root):
        answer = {key: answer}
    family, _calls = open_family(name, answer)
    assert family.list_parcels(ORDER_REF) == (DeclaredParcel("CPAM", "PQ1"),)


def test_families_say_what_they_can():
    assert {name: family.declares_lines for name, family in FAMILIES.items()} == {"solution": False, "general": True}
