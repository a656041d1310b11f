"""Declaring shipments, whole and by line, and what is refused."""

import pytest

FULFILL = "aliexpress.solution.order.fulfill"
TOP = "aliexpress.logistics.sellershipmentfortop"
MODIFY = "aliexpress.logistics.sellermodifiedshipmentfortop"
BY_LINE = "aliexpress.logistics.sellershipmentsupportsubtradeorder"
SHIPMENT = "aliexpress.logistics.order.shipment"
QUERY = "aliexpress.logistics.querysellershipmentinfo"
CORREOS = "SPAIN_LOCAL_CORREOS"
ALREADY = "该交易订单已填写发货通知,无需重复操作。"
WRONG_STATUS = "该交易订单缺少履约信息,请联系客服处理。"
BAD_NUMBER = "该货运跟踪号未通过物流风控审核,请更换货运跟踪号后重试。"


def parcel(order, number="PQ1234567890123", send_type="all", service=CORREOS, **more):
    return {
        "service_name": service,
        "logistics_no": number,
        "out_ref": order.order_id,
        "send_type": send_type,
        **more,
    }


def text(client, **values):
    error = client.call(FULFILL, **values)["error_response"]
    assert (error["code"], error["sub_code"]) == ("15", "-999")
    return error["sub_msg"]


def lines(*entries):
    """`(index, number[, send_type])` as a sub_trade_order_list."""
    return [
        {
            "sub_trade_order_index": index,
            "send_type": rest[0] if rest else "all",
            "shipment_list": [{"logistics_no": number, "service_name": CORREOS}],
        }
        for index, number, *rest in entries
    ]


@pytest.fixture
def order(sandbox):
    return sandbox.place_order([["TSHIRT-BLU-M", 2], ["CAP-RED", 1]], pay=True)


def test_all(sandbox, client, order):
    assert client.call(FULFILL, **parcel(order))["result"] == {"result_success": True}
    assert order.status == "WAIT_BUYER_ACCEPT_GOODS"
    assert {line.status for line in order.lines} == {"WAIT_BUYER_ACCEPT_GOODS"}
    ((order_id, declared),) = sandbox.shipments
    assert (order_id, declared.logistics_no, declared.lines) == (order.order_id, "PQ1234567890123", [1, 2])
    assert text(client, **parcel(order)) == ALREADY
    info = client.call("aliexpress.solution.order.info.get", param1={"order_id": order.order_id})["result"]["data"]
    assert info["logistics_status"] == "SELLER_SEND_GOODS"
    assert info["logistic_info_list"][0]["logistics_type_code"] == CORREOS


def test_part_then_all(client, order):
    client.call(FULFILL, **parcel(order, send_type="part"))
    assert (order.status, order.logistics_status) == ("SELLER_PART_SEND_GOODS", "SELLER_SEND_PART_GOODS")
    assert text(client, **parcel(order, send_type="part")) == ALREADY
    client.call(FULFILL, **parcel(order, "PQ1234567890124"))
    assert order.status == "WAIT_BUYER_ACCEPT_GOODS"
    assert len(order.parcels) == 2


def test_refusals(sandbox, client, order):
    assert text(client, **parcel(order, "short")) == BAD_NUMBER
    assert text(client, **parcel(order, service="CPAM")) == "carrier does not exist"
    assert text(client, **{**parcel(order), "out_ref": "12"}).startswith("您填写的交易订单号有误")
    unpaid = sandbox.place_order(["MUG-01"])
    assert text(client, **parcel(unpaid)) == WRONG_STATUS
    closed = sandbox.place_order(["MUG-01"], status="FINISH")
    assert text(client, **parcel(closed)) == WRONG_STATUS
    warehouse = sandbox.place_order(["CHRG-65"], pay=True)
    assert text(client, **parcel(warehouse)) == WRONG_STATUS
    assert client.error(FULFILL, **parcel(order, service="OTHER_ES_LOCAL")) == ("MissingParameter", None)
    assert client.error(FULFILL, **parcel(order, send_type="some")) == ("InvalidParameter", None)
    assert not sandbox.shipments or sandbox.shipments[0][0] == closed.order_id
    other = parcel(order, service="OTHER_ES_LOCAL", tracking_website="https://track.example.com")
    assert client.call(FULFILL, **other)["result"]["result_success"]


@pytest.mark.parametrize("status", ["IN_ISSUE", "IN_CANCEL", "IN_FROZEN"])
def test_allowed_in_trouble(sandbox, client, status):
    order = sandbox.place_order(["MUG-01"], pay=True)
    sandbox.act(order, {"IN_ISSUE": "dispute", "IN_CANCEL": "request_cancel", "IN_FROZEN": "freeze"}[status])
    assert client.call(FULFILL, **parcel(order))["result"]["result_success"]
    assert order.sent
    if status == "IN_FROZEN":
        assert order.status == "IN_FROZEN"
        sandbox.act(order, "unfreeze")
    if status == "IN_ISSUE":
        sandbox.act(order, "close_dispute")
    assert order.status == "WAIT_BUYER_ACCEPT_GOODS"


def test_failure_inside_the_success_envelope(sandbox, client, order):
    sandbox.world.settings.fulfill_failure = "result"
    result = client.call(FULFILL, **parcel(order, "short"))["result"]
    assert (result["result_success"], result["error_message"]) == (False, BAD_NUMBER)


def test_top_twin_and_correction(sandbox, client, order):
    assert client.call(TOP, **parcel(order))["result_success"] is True
    again = client.call(TOP, **parcel(order))
    assert (again["result_success"], again["result_error_code"]) == (False, "-999")
    change = {
        "out_ref": order.order_id,
        "old_service_name": CORREOS,
        "old_logistics_no": "PQ1234567890123",
        "new_service_name": "SPAIN_LOCAL_SEUR",
        "new_logistics_no": "1234567890",
        "send_type": "all",
    }
    assert client.call(MODIFY, **change)["result_success"] is True
    assert order.parcels[0].logistics_no == "1234567890"
    assert client.call(MODIFY, **change)["result_success"] is False
    sandbox.world.settings.tracking_changes = 1
    back = {**change, "old_service_name": "SPAIN_LOCAL_SEUR", "old_logistics_no": "1234567890"}
    back |= {"new_service_name": CORREOS, "new_logistics_no": "PQ1234567890125"}
    assert client.call(MODIFY, **back)["result_success"] is False


def test_one_number_for_several_orders(sandbox, client, order):
    other = sandbox.place_order(["MUG-01"], pay=True)
    for each in (order, other):
        assert client.call(FULFILL, **parcel(each))["result"]["result_success"]


def test_by_line(sandbox, client, order):
    answer = client.call(BY_LINE, trade_order_id=order.order_id, sub_trade_order_list=lines((2, "PQ1234567890123")))
    assert answer["is_success"] is True
    assert answer["sub_trade_order_list"][0]["sub_trade_order_index"] == 2
    assert [line.status for line in order.lines] == ["WAIT_SELLER_SEND_GOODS", "WAIT_BUYER_ACCEPT_GOODS"]
    assert order.status == "SELLER_PART_SEND_GOODS"
    again = client.call(BY_LINE, trade_order_id=order.order_id, sub_trade_order_list=lines((2, "PQ1234567890124")))
    assert (again["is_success"], again["code_of_error"], again["error_msg"]) == (False, "-353", ALREADY)
    rest = {"trade_order_id": str(order.order_id), "sub_trade_order_list": lines((1, "PQ1234567890125"))}
    body = client.call(SHIPMENT, param_aeop_seller_shipment_sub_trade_order_request=rest, common={"simplify": "false"})
    result = body["aliexpress_logistics_order_shipment_response"]["result"]
    echoed = result["sub_trade_order_list"]["aeop_seller_shipment_sub_trade_order_dto"]
    assert (result["success"], echoed[0]["sub_trade_order_index"]) == (True, 1)
    assert order.status == "WAIT_BUYER_ACCEPT_GOODS"
    repeated = client.call(SHIPMENT, param_aeop_seller_shipment_sub_trade_order_request=rest)["result"]
    assert (repeated["success"], repeated["error_code"]) == (False, "-353")


def test_all_lines_or_none(client, order):
    entries = lines((1, "PQ1234567890123"), (2, "bad"))
    answer = client.call(BY_LINE, trade_order_id=order.order_id, sub_trade_order_list=entries)
    assert (answer["is_success"], answer["error_msg"]) == (False, BAD_NUMBER)
    assert order.parcels == []
    answer = client.call(BY_LINE, trade_order_id=order.order_id, sub_trade_order_list=lines((3, "PQ1234567890123")))
    assert answer["is_success"] is False


def test_one_line_in_two_parcels(client, order):
    for number, send_type in (("PQ1234567890123", "part"), ("PQ1234567890124", "all")):
        entries = lines((1, number, send_type))
        assert client.call(BY_LINE, trade_order_id=order.order_id, sub_trade_order_list=entries)["is_success"]
    found = client.call(QUERY, trade_order_id=order.order_id, sub_trade_order_index=1)
    (row,) = found["sub_trade_order_list"]
    assert row["send_type"] == "all"
    assert [x["logistics_no"] for x in row["shipment_list"]] == ["PQ1234567890123", "PQ1234567890124"]


def test_correct_by_line(client, order):
    client.call(BY_LINE, trade_order_id=order.order_id, sub_trade_order_list=lines((1, "PQ1234567890123")))
    answer = client.call(
        "aliexpress.logistics.order.modifyshipment",
        trade_order_id=order.order_id,
        old_logistics_no="PQ1234567890123",
        old_service_name=CORREOS,
        sub_trade_order_list=lines((1, "PQ1234567890199")),
    )
    assert answer["is_success"] is True
    assert order.parcels[0].logistics_no == "PQ1234567890199"


def test_mixed_with_platform_warehouse(sandbox, client):
    order = sandbox.place_order(["MUG-01", "CHRG-65"], pay=True)
    entries = lines((2, "PQ1234567890123"))
    assert not client.call(BY_LINE, trade_order_id=order.order_id, sub_trade_order_list=entries)["is_success"]
    entries = lines((1, "PQ1234567890123"))
    assert client.call(BY_LINE, trade_order_id=order.order_id, sub_trade_order_list=entries)["is_success"]
    assert order.status == "WAIT_BUYER_ACCEPT_GOODS"


def test_lists_hide_the_platform_warehouse(sandbox, client):
    order = sandbox.place_order(["CHRG-65"], pay=True)
    info = client.call("aliexpress.solution.order.info.get", param1={"order_id": order.order_id})
    (child,) = info["result"]["data"]["child_order_list"]
    assert child["send_goods_operator"] == "WAREHOUSE_SEND_GOODS"
    assert child["logistics_warehouse_type"] == "cainiaoInternationalWarehouse"


def test_tracking_and_extension(sandbox, client, order):
    client.call(FULFILL, **parcel(order))
    track = {"logistics_no": "PQ1234567890123", "origin": "ESCROW", "out_ref": order.order_id}
    track |= {"service_name": CORREOS, "to_area": "ES"}
    tracking = "aliexpress.logistics.redefining.querytrackingresult"
    assert len(client.call(tracking, **track)["details"]) == 1
    sandbox.act(order, "confirm")
    assert client.call(tracking, **track)["details"][-1]["action_code"] == "GTMS_SIGNED"
    extend = "aliexpress.trade.redefining.extendsbuyeracceptgoodstime"
    assert client.call(extend, param0=order.order_id, param1=5)["sub_error_code"] == "210"
    assert client.call(extend, param0=5, param1=5)["sub_error_code"] == "100"
