"""Lists and details of orders in both families, and the life of an order."""

from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from aliexpress_sandbox import Sandbox
from aliexpress_sandbox.clock import pacific, read_pacific

LIST = "aliexpress.solution.order.get"
TWIN = "aliexpress.trade.seller.orderlist.get"
INFO = "aliexpress.solution.order.info.get"
BY_ID = "aliexpress.trade.new.redefining.findorderbyid"


def wall(**ago):
    return (datetime.now(ZoneInfo("America/Los_Angeles")) - timedelta(**ago)).strftime("%Y-%m-%d %H:%M:%S")


def query(days=10, **more):
    return {"create_date_start": wall(days=days), "page_size": 50, "current_page": 1, **more}


def listed(client, **more):
    return client.call(LIST, **query(**more))["result"]


def ids(result):
    return [row["order_id"] for row in result["target_list"]]


def detail(client, order):
    return client.call(INFO, param1={"order_id": str(order.order_id)})["result"]["data"]


def test_list_row(sandbox, client):
    order = sandbox.place_order([["TSHIRT-BLU-M", 2], ["CAP-RED", 1]], pay=True, memo="hello")
    row = listed(client)["target_list"][0]
    assert row["order_id"] == order.order_id
    assert row["order_status"] == row["logistics_status"] == "WAIT_SELLER_SEND_GOODS"
    assert row["gmt_create"] == pacific(order.created)
    assert row["pay_amount"] == {"amount": "48.39", "currency_code": "EUR"}
    assert row["timeout_left_time"] > 4 * 86400 * 1000
    first, second = row["product_list"]
    assert first["child_id"] == first["order_id"] != row["order_id"]
    assert first["child_id"] != second["child_id"]
    assert (first["sku_code"], first["product_count"]) == ("TSHIRT-BLU-M", 2)
    assert first["product_unit_price"] == {"amount": "15.95", "currency_code": "EUR"}


def test_finish_only_when_asked_for(sandbox, client):
    running = sandbox.place_order(["CAP-RED"], pay=True)
    done = sandbox.place_order(["CAP-RED"], created="-3d", status="FINISH")
    settling = sandbox.place_order(["CAP-RED"], created="-3d", status="FUND_PROCESSING")
    assert ids(listed(client)) == [running.order_id]
    finished = listed(client, order_status="FINISH")
    assert set(ids(finished)) == {done.order_id, settling.order_id}
    assert {row["order_status"] for row in finished["target_list"]} == {"FINISH"}
    assert detail(client, settling)["order_status"] == "FUND_PROCESSING"
    both = listed(client, order_status_list=["FINISH", "WAIT_SELLER_SEND_GOODS"])
    assert len(ids(both)) == 3


def test_windows(client):
    assert client.error(LIST, page_size=10, current_page=1) == ("MissingParameter", None)
    assert listed(client, days=180)["success"]
    assert client.error(LIST, **query(days=182)) == ("15", "isv.invalid-parameter")
    assert listed(client, days=30, order_status="FINISH")["success"]
    assert client.error(LIST, **query(days=32, order_status="FINISH")) == ("15", "isv.invalid-parameter")
    assert client.error(LIST, **query(order_status="NEW")) == ("15", "isv.invalid-parameter")
    assert client.error(LIST, **query(create_date_end="yesterday")) == ("InvalidParameter", None)


def test_pages(sandbox, client):
    orders = [sandbox.place_order(["MUG-01"], pay=True, created=f"-{hour}h") for hour in range(1, 8)]
    for size, wrong in ((0, 1), (51, 1), (10, 0)):
        assert client.error(LIST, **query(page_size=size, current_page=wrong))[0] == "InvalidParameter"
    seen = []
    for page in (1, 2, 3):
        result = listed(client, page_size=3, current_page=page)
        assert (result["total_count"], result["total_page"]) == (7, 3)
        seen += ids(result)
    assert seen == [order.order_id for order in orders]
    assert listed(client, page_size=3, current_page=4)["target_list"] == []


def test_param0_form_and_modified_window(sandbox, client):
    old = sandbox.place_order(["MUG-01"], created="-20d", status="WAIT_BUYER_ACCEPT_GOODS")
    request = {"modified_date_start": wall(hours=1), "page_size": 50, "current_page": 1}
    assert client.call(LIST, param0=request)["result"]["total_count"] == 0
    sandbox.act(old, "confirm")
    assert client.call(LIST, **request, order_status="FINISH")["result"]["total_count"] == 1


def test_twin_family(sandbox, general):
    order = sandbox.place_order(["TMUG-01"], shop="2671514006", pay=True)
    order.lines[0].extend_map = {"orderBusinessModel": "SEMI_CHOICE_SELF"}
    order.lines[0].tags = ["some_tag"]
    body = general.call(TWIN, param_aeop_order_query=query(), common={"simplify": "false"})
    result = body["aliexpress_trade_seller_orderlist_get_response"]["result"]
    row = result["target_list"]["aeop_order_item_dto"][0]
    child = row["product_list"]["aeop_order_product_dto"][0]
    assert child["tags"] == {"string": ["some_tag"]}
    assert child["extend_map"] == '{"orderBusinessModel":"SEMI_CHOICE_SELF"}'
    light = general.call(
        "aliexpress.trade.redefining.findorderlistsimplequery",
        param1={"create_date_start": wall(days=2), "page": 1, "page_size": 50},
    )
    assert light["result"]["order_list"][0]["order_id"] == order.order_id


def test_detail(sandbox, client):
    seller = {"owner": "SELLER", "amount": "3.00"}
    platform = {"owner": "PLATFORM", "amount": "2.00", "type": "platformCoupon"}
    line = {"sku": "TSHIRT-BLU-M", "quantity": 2, "discounts": [seller, platform]}
    order = sandbox.place_order([line], pay=True, country="FR", freight="4.99", memo="ring twice")
    data = detail(client, order)
    assert data["order_amount"]["amount"] == "33.89"
    assert data["order_amount"]["cent"] == 3389
    assert data["init_oder_amount"]["amount"] == "31.90"
    assert data["logistics_amount"]["amount"] == "4.99"
    assert data["order_discount_info"]["amount"] == "5.00"
    assert data["pay_amount_by_settlement_cur"] == "31.89"
    assert data["receipt_address"]["country"] == "FR"
    assert data["memo"] == "ring twice"
    (child,) = data["child_order_list"]
    assert child["child_order_id"] == str(child["id"]) == str(order.lines[0].child_id)
    assert [x["promotion_owner"] for x in child["child_order_discount_detail_list"]] == ["SELLER", "PLATFORM"]
    assert '"selfDefineValue":"Navy"' in child["product_attributes"]
    assert '"pValue":"Blue"' in child["product_attributes"]
    assert data["logistic_info_list"] == []
    wrapped = client.call(INFO, param1={"order_id": order.order_id}, common={"simplify": "false"})
    data = wrapped["aliexpress_solution_order_info_get_response"]["result"]["data"]
    assert data["logistic_info_list"] == {}
    assert set(data["child_order_list"]) == {"global_aeop_tp_child_order_dto"}


@pytest.mark.parametrize(("currency", "amount", "cent"), [("JPY", "1200", 1200), ("KWD", "1.250", 1250)])
def test_money_of_other_currencies(sandbox, client, currency, amount, cent):
    line = {"sku": "MUG-01", "price": amount}
    order = sandbox.place_order([line], pay=True, currency=currency, freight=0)
    money = detail(client, order)["order_amount"]
    assert (money["amount"], money["cent"]) == (amount, cent)
    assert Decimal(money["amount"]) * money["cent_factor"] == money["cent"]


def test_unknown_or_foreign_order(sandbox, client):
    order = sandbox.place_order(["TMUG-01"], shop="2671514006", pay=True)
    assert client.error(INFO, param1={"order_id": order.order_id})[0] == "15"


def test_the_same_number_in_two_shops(sandbox, client, general):
    sandbox.place_order(["MUG-01"], order_id=8180000000000077)
    sandbox.place_order(["TMUG-01"], shop="2671514006", order_id=8180000000000077)
    mine = client.call(INFO, param1={"order_id": 8180000000000077})["result"]["data"]
    theirs = general.call(BY_ID, param1={"order_id": 8180000000000077})["target"]
    assert mine["order_amount"]["currency_code"] == "EUR"
    assert theirs["order_amount"]["currency_code"] == "USD"
    assert theirs["child_order_list"][0]["id"] == 8180000000000077


def test_masked_buyers_and_decryption(sandbox, general):
    order = sandbox.place_order(["TMUG-01"], shop="2671514006", pay=True, country="US")
    target = general.call(BY_ID, param1={"order_id": order.order_id})["target"]
    address = target["receipt_address"]
    assert "*" in address["contact_person"] and "*" in address["detail_address"] and "*" in address["mobile_no"]
    assert (address["city"], address["zip"]) == ("San Jose", "95110")
    decrypt = "aliexpress.trade.seller.order.decrypt"
    clear = general.call(decrypt, orderId=order.order_id, oaid=target["oaid"])["result_obj"]
    assert (clear["contact_person"], clear["mobile_no"]) == ("John Doe", "4085550100")
    assert "result_obj" not in general.call(decrypt, orderId=order.order_id, oaid="wrong")
    receipt = general.call("aliexpress.trade.redefining.findorderreceiptinfo", param1={"order_id": order.order_id})
    assert receipt["result"]["oaid"] == target["oaid"]


def test_other_reads(sandbox, client, general):
    order = sandbox.place_order(["MUG-01"], pay=True, address={"tax_number": "PT123", "address2": "3B"})
    receipt = client.call("aliexpress.solution.order.receiptinfo.get", param1={"order_id": order.order_id})["result"]
    assert (receipt["country_name"], receipt["address2"], receipt["fax_number"]) == ("Spain", "3B", "")
    customs = client.call(
        "aliexpress.solution.order.delivery.info.get", single_order_query={"order_id": order.order_id}
    )
    assert customs["result"]["tax_number"] == "PT123"
    other = sandbox.place_order(["TMUG-01"], shop="2671514006", pay=True)
    base = general.call("aliexpress.trade.redefining.findorderbaseinfo", param1={"order_id": other.order_id})
    assert base["result"]["order_status"] == "WAIT_SELLER_SEND_GOODS"
    trade = general.call("aliexpress.trade.redefining.findordertradeinfo", param1={"order_id": other.order_id})
    assert trade["result"]["order_amount"]["currency_code"] == "USD"


def test_stock_follows_the_deduction_strategy(sandbox):
    shirt, mug = sandbox.shop.find_sku("TSHIRT-BLU-M")[1], sandbox.shop.find_sku("MUG-01")[1]
    order = sandbox.place_order([["TSHIRT-BLU-M", 2], ["MUG-01", 3]])
    assert (shirt.stock, mug.stock) == (10, 60)
    sandbox.act(order, "pay")
    assert (shirt.stock, mug.stock) == (10, 57)
    sandbox.act(order, "request_cancel")
    sandbox.act(order, "accept_cancel")
    assert (shirt.stock, mug.stock) == (12, 60)
    with pytest.raises(ValueError, match="only 12"):
        sandbox.place_order([["TSHIRT-BLU-M", 13]], check_stock=True)


@pytest.mark.parametrize(
    ("steps", "status", "reason"),
    [
        ([], "FINISH", "buyer_pay_timeout"),
        (["pay"], "FINISH", "seller_send_goods_timeout"),
        (["pay", "request_cancel"], "FINISH", "cancel_order_close_trade"),
        (["pay", "ship"], "FUND_PROCESSING", "buyer_accept_goods_timeout"),
        (["cancel"], "FINISH", "buyer_cancel_notpay_order"),
    ],
)
def test_deadlines_act(sandbox, client, steps, status, reason):
    order = sandbox.place_order(["MUG-01"])
    for step in steps:
        sandbox.act(order, step)
    if order.deadline:
        sandbox.advance(seconds=(order.deadline - sandbox.clock.now()).total_seconds() + 1)
    assert (order.status, order.end_reason) == (status, reason)


def test_deadline_pacific_text(sandbox, client):
    order = sandbox.place_order(["MUG-01"], pay=True)
    assert order.deadline - order.paid == timedelta(days=5)
    assert detail(client, order)["over_time_left"] == pacific(order.deadline)
    assert read_pacific("2026-07-01 12:00:00").hour == 19
    assert read_pacific("2026-12-01 12:00:00").hour == 20


def test_cancel_requests(sandbox, client):
    accept, refuse = (f"aliexpress.trade.seller.order.{verb}cancel" for verb in ("accept", "refuse"))
    order = sandbox.place_order(["MUG-01"], status="IN_CANCEL", cancel_reason="wrong size")
    request = {"order_id": order.order_id, "buyer_login_id": order.buyer.login}
    refused = client.call(refuse, param_order_cancel_request={**request, "memo": "packed already"})
    assert refused["result"] == {"success": True, "target": True}
    assert order.status == "WAIT_SELLER_SEND_GOODS"
    assert client.call(accept, param_order_cancel_request=request)["result"]["success"] is False
    sandbox.act(order, "request_cancel")
    wrong = client.call(accept, param_order_cancel_request={**request, "buyer_login_id": "someone"})
    assert wrong["result"]["success"] is False
    assert client.call(accept, param_order_cancel_request=request)["result"]["success"]
    assert (order.status, order.end_reason) == ("FINISH", "cancel_order_close_trade")


def test_cancel_reason_is_shown_in_the_twin(sandbox, general):
    order = sandbox.place_order(["TMUG-01"], shop="2671514006", status="IN_CANCEL", cancel_reason="too late")
    assert general.call(BY_ID, param1={"order_id": order.order_id})["target"]["cancel_request_reason"] == "too late"


def test_disputes(sandbox, client):
    order = sandbox.place_order(["MUG-01"], status="IN_ISSUE")
    found = client.call("aliexpress.issue.issuelist.get", query_dto={"current_page": 1, "page_size": 50})
    (issue,) = found["data_list"]
    assert (issue["parent_order_id"], issue["issue_status"]) == (order.order_id, "processing")
    shown = client.call("aliexpress.issue.detail.get", buyer_login_id=order.buyer.login, issue_id=issue["issue_id"])
    assert shown["result_object"]["refund_money_max"] == "9.99"
    sandbox.act(order, "close_dispute")
    assert (order.status, order.issue_status) == ("WAIT_BUYER_ACCEPT_GOODS", "END_ISSUE")


def test_scenarios_survive_saving(tmp_path):
    file = tmp_path / "world.json"
    sandbox = Sandbox("default")
    before = sandbox.dump()
    assert {order.status for order in sandbox.shop.orders.values()} >= {"IN_CANCEL", "IN_FROZEN", "FINISH"}
    sandbox.save(file)
    again = Sandbox(file)
    after = again.dump()
    before.pop("clock_offset"), after.pop("clock_offset")
    assert after == before


def test_scenario_mistakes_are_named():
    with pytest.raises(ValueError, match=r"shops.1.*carriers\[0\].*colour"):
        Sandbox({"shops": [{"seller_id": "1", "login": "x", "carriers": [{"colour": 1}]}]})
    with pytest.raises(ValueError, match="price"):
        Sandbox("empty").place_order([{"sku": "MUG-01", "price": "much"}])
