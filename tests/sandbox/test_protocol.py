"""The door: signature, order of checks, both forms of answers."""

import time
from datetime import datetime, timedelta, timezone

import pytest

from aliexpress_sandbox.protocol import signature

LIST = "aliexpress.solution.order.get"
CARRIERS = "aliexpress.logistics.redefining.listlogisticsservice"
COMMON = {
    "app_key": "501234",
    "session": "50000901b30TESTTOKEN",
    "timestamp": "1700000000000",
    "sign_method": "sha256",
}
V1 = {
    "method": LIST,
    "format": "json",
    "v": "2.0",
    "simplify": "false",
    "create_date_start": "2024-01-01 00:00:00",
    "current_page": "1",
    "page_size": "20",
    "order_status": "WAIT_SELLER_SEND_GOODS",
}
V2 = {
    "method": LIST,
    "format": "json",
    "v": "2.0",
    "simplify": "true",
    "partner_id": "iop-sdk-java-20181207",
    "param0": '{"create_date_start":"2024-01-01 00:00:00","current_page":1,"page_size":20,'
    '"order_status_list":["WAIT_SELLER_SEND_GOODS"]}',
}
V3 = {
    "method": "aliexpress.solution.order.info.get",
    "param1": '{"order_id":8100123456789012}',
    "simplify": "true",
}
V4 = {
    "method": "aliexpress.solution.product.edit",
    "edit_product_request": '{"product_id":1005001234567890,"multi_language_subject_list":'
    '[{"language":"es","subject":"Teléfono móvil €"}]}',
}
PLAIN = {key: val for key, val in COMMON.items() if key != "session"}
V5 = {**PLAIN, "code": "3_501234_AbCdEf"}
V6 = {**PLAIN, "refresh_token": "50001000c2R"}
V7 = {
    "access_token": "test",
    "app_key": "123456",
    "order_id": "1234",
    "sign_method": "sha256",
    "timestamp": "1517820392000",
}


@pytest.mark.parametrize(
    ("secret", "path", "params", "expected"),
    [
        ("helloworldsecret", "", {**COMMON, **V1}, "BE50B127A9E895B8FE9F973246DC34BFC9AB18968B6AED99D87CB57F3C0CA020"),
        ("helloworldsecret", "", {**COMMON, **V2}, "74B37628DB083FDD5A38B8BB764DF45FD1142A0971F1615C89F7DCEDA8842FD4"),
        ("helloworldsecret", "", {**COMMON, **V3}, "B091A358EED43DD5B4B5EFB869B802B184D7052E8BF2C10F6292DC471F3097AD"),
        ("helloworldsecret", "", {**COMMON, **V4}, "F22BDEDFD06F271D5BE2C5B75234B45247D677053B549E83E186D824D760D15C"),
        (
            "helloworldsecret",
            "/auth/token/create",
            V5,
            "E302654CBC6599F6267D2CAE5A88A23F81807A12F24C861AD8F4BEF63925406C",
        ),
        (
            "helloworldsecret",
            "/auth/token/refresh",
            V6,
            "BF21F07592703A2C4BFCFE6B947D4BFE26DFC47E608BCFA17B79E17ADDD4032F",
        ),
        ("helloworld", "/order/get", V7, "4190D32361CFB9581350222F345CB77F3B19F0E31D162316848A2C1FFD5FAB4A"),
    ],
)
def test_signature_vectors(secret, path, params, expected):
    assert signature(secret, {**params, "sign": "ignored"}, path) == expected


def test_success_in_both_forms(client):
    simple = client.call(CARRIERS)
    assert simple["code"] == "0"
    assert simple["result_list"][0]["service_name"] == "SPAIN_LOCAL_CORREOS"
    wrapped = client.call(CARRIERS, common={"simplify": "false"})
    body = wrapped["aliexpress_logistics_redefining_listlogisticsservice_response"]
    assert body["result_list"]["aeop_logistics_service_result"] == simple["result_list"]
    assert len(body["request_id"]) == 25
    assert "code" not in body


def test_empty_lists(sandbox, client):
    query = {"create_date_start": "2026-01-01 00:00:00", "page_size": 10, "current_page": 1}
    sandbox.clock.offset = (datetime(2026, 1, 5, tzinfo=timezone.utc) - datetime.now(timezone.utc)).total_seconds()
    common = {"timestamp": str(sandbox.clock.millis())}
    assert client.call(LIST, **query, common=common)["result"]["target_list"] == []
    common["simplify"] = "false"
    name = "aliexpress_solution_order_get_response"
    assert client.call(LIST, **query, common=common)[name]["result"]["target_list"] == {}
    sandbox.world.settings.empty_lists = "missing"
    assert "target_list" not in client.call(LIST, **query, common=common)[name]["result"]


@pytest.mark.parametrize("http", ["GET", "POST"])
def test_query_and_body_are_one_set(client, http):
    assert client.send(CARRIERS, http=http).json()["result_success"]


def test_split_between_query_and_multipart_body(client):
    params = client.params(CARRIERS, {})
    params["sign"] = client.sign(client.app.secret, params)
    query = {"method": params.pop("method"), "app_key": params.pop("app_key")}
    parts = {name: (None, value) for name, value in params.items()}
    response = client.session.post(f"{client.sandbox.url}/sync", params=query, files=parts, timeout=10)
    assert response.json()["result_success"]


def test_gzip_and_headers(sandbox, client):
    for _index in range(3):
        sandbox.place_order(["EAR-01"])
    query = {"create_date_start": "2026-01-01 00:00:00", "page_size": 10, "current_page": 1}
    start = (datetime.now(timezone.utc) - timedelta(days=3)).strftime("%Y-%m-%d %H:%M:%S")
    response = client.send(LIST, **{**query, "create_date_start": start})
    assert response.headers["Content-Encoding"] == "gzip"
    assert response.headers["Content-Type"] == "application/json;charset=utf-8"
    assert response.headers["Server"] == "Tengine/Aserver"
    assert response.json()["result"]["total_count"] == 3


def test_checks_come_in_the_gateways_order(sandbox, client):
    """Each call is wrong in one more way at the end of the chain, and only the first counts."""
    bad = {"app_key": "1", "timestamp": "1", "sign": "00", "method": "aliexpress.nothing", "session": "x"}

    def code(**common):
        return client.error(bad["method"], common=common)[0]

    assert code(**{**bad, "app_key": ""}) == "MissingParameter"
    assert code(**bad) == "InvalidAppKey"
    del bad["app_key"]
    assert code(**bad) == "IllegalTimestamp"
    del bad["timestamp"]
    assert code(**bad) == "IncompleteSignature"
    del bad["sign"]
    assert code(**bad) == "InvalidApiPath"
    bad["method"] = "aliexpress.trade.seller.orderlist.get"
    assert code(session="x") == "IllegalAccessToken"
    assert code() == "InsufficientPermission"
    bad["method"] = "aliexpress.solution.order.info.get"
    sandbox.app.ip_whitelist = ["10.0.0.1"]
    assert code() == "AppWhiteIpLimit"
    sandbox.app.ip_whitelist = []
    sandbox.add_fault("rate_limit", count=1, seconds=0.05)
    assert code() == "ApiCallLimit"
    time.sleep(0.06)
    assert code() == "MissingParameter"
    assert client.error(bad["method"], param1="{no json") == ("InvalidParameter", None)
    assert client.error(bad["method"], param1={"order_id": 5}) == ("15", "isv.invalid-parameter")


def test_error_shape(client):
    response = client.send(CARRIERS, common={"session": "expired"})
    assert response.status_code == 200
    error = response.json()["error_response"]
    assert error.pop("request_id")
    assert error == {
        "type": "ISV",
        "code": "IllegalAccessToken",
        "msg": "The specified access token is invalid or expired",
    }


def test_timestamp_forms(client):
    beijing = datetime.now(timezone(timedelta(hours=8))).strftime("%Y-%m-%d %H:%M:%S")
    assert client.call(CARRIERS, common={"timestamp": beijing})["result_success"]
    late = str(int(time.time() * 1000) - 7_201_000)
    assert client.error(CARRIERS, common={"timestamp": late})[0] == "IllegalTimestamp"
    early = str(int(time.time() * 1000) - 7_100_000)
    assert client.call(CARRIERS, common={"timestamp": early})["result_success"]


def test_the_ledger_counts_and_keeps_no_secrets(sandbox, client):
    client.call(CARRIERS, surprise="1")
    call = sandbox.calls[-1]
    assert (call.method, call.outcome, call.seller_id) == (CARRIERS, "ok", "2671514005")
    assert call.unknown == ["surprise"]
    assert not {"sign", "session"} & set(call.params)
    client.error(CARRIERS, common={"session": "x"})
    assert sandbox.calls[-1].outcome == "IllegalAccessToken"
    assert sandbox.count(CARRIERS) == 2


def test_quota(sandbox, client):
    sandbox.app.calls_per_day = 2
    client.call(CARRIERS)
    client.call(CARRIERS)
    assert client.error(CARRIERS)[0] == "AppCallLimit"


def test_clients_live_in_real_time_while_the_sandbox_jumps(sandbox, client):
    sandbox.advance(days=3)
    assert client.call(CARRIERS)["result_success"]
    sandbox.world.settings.gateway_ahead_seconds = 7300
    sandbox.clock.offset = 0
    assert client.error(CARRIERS)[0] == "IllegalTimestamp"
