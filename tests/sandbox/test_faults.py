"""Trouble on purpose, and the control API that makes it from another process."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from aliexpress_sandbox import Sandbox

CARRIERS = "aliexpress.logistics.redefining.listlogisticsservice"
FULFILL = "aliexpress.solution.order.fulfill"


@pytest.fixture
def control(sandbox):
    def request(method, path, **body):
        response = requests.request(method, f"{sandbox.url}/_sandbox/{path}", json=body or None, timeout=10)
        return response.json()

    return request


def declare(client, order, number="PQ1234567890123"):
    return client.send(
        FULFILL, service_name="SPAIN_LOCAL_CORREOS", logistics_no=number, out_ref=order.order_id, send_type="all"
    )


def test_count_skip_and_pattern(sandbox, client):
    fault = sandbox.add_fault("http_500", method="*listlogisticsservice", count=1, skip=1)
    assert client.send(CARRIERS).status_code == 200
    assert client.send("aliexpress.issue.issuelist.get").status_code == 200
    assert client.send(CARRIERS).status_code == 500
    assert client.send(CARRIERS).status_code == 200
    assert (fault.hits, fault.count) == (1, 0)


def test_probability_is_repeatable(client, sandbox):
    def run():
        sandbox.reset()
        sandbox.add_fault("http_500", probability=0.5)
        return [client.send(CARRIERS).status_code for _index in range(20)]

    first = run()
    assert set(first) == {200, 500}
    assert run() == first


def test_transport_trouble(sandbox, client):
    sandbox.add_fault("html", count=1)
    assert client.send(CARRIERS).text.startswith("<!doctype html>")
    sandbox.add_fault("http_502", count=1)
    assert client.send(CARRIERS).status_code == 502
    sandbox.add_fault("reset", count=1)
    with pytest.raises(requests.ConnectionError):
        client.send(CARRIERS)
    sandbox.add_fault("cut_json", count=1)
    with pytest.raises(ValueError):
        client.send(CARRIERS).json()
    sandbox.add_fault("latency", seconds=0.2, count=1)
    started = time.monotonic()
    client.call(CARRIERS)
    assert time.monotonic() - started > 0.2
    assert client.call(CARRIERS)["result_success"]


@pytest.mark.parametrize("kind", ["timeout", "reset_after", "http_500_after", "service_timeout_after", "cut_json"])
def test_trouble_after_the_effect(sandbox, client, kind):
    order = sandbox.place_order(["MUG-01"], pay=True)
    sandbox.add_fault(kind, method=FULFILL, count=1, seconds=0.05)
    try:
        response = declare(client, order)
        assert response.status_code == 500 or "result_success" not in response.text or kind == "cut_json"
    except requests.RequestException:
        assert kind in ("timeout", "reset_after")
    assert order.status == "WAIT_BUYER_ACCEPT_GOODS"
    assert len(sandbox.shipments) == 1
    assert declare(client, order).json()["error_response"]["sub_code"] == "-999"


def test_rate_limits(sandbox, client):
    sandbox.add_fault("rate_limit", count=1, seconds=0.3)
    error = client.call(CARRIERS)["error_response"]
    assert error["code"] == "ApiCallLimit" and "ban will last 1 seconds" in error["msg"]
    assert client.error(CARRIERS)[0] == "ApiCallLimit"
    time.sleep(0.3)
    assert client.call(CARRIERS)["result_success"]
    sandbox.add_fault("rate_limit", count=1, seconds=30, style="isp")
    error = client.call(CARRIERS)["error_response"]
    assert (error["sub_code"], "30 more seconds" in error["sub_msg"]) == ("isp.call-limited", True)
    sandbox.clear_faults()
    assert client.call(CARRIERS)["result_success"]


def test_token_trouble(sandbox, client):
    sandbox.add_fault("token_expired", count=1)
    assert client.error(CARRIERS)[0] == "IllegalAccessToken"
    assert client.error(CARRIERS)[0] == "IllegalAccessToken"
    fresh = client.rest("/auth/token/refresh", refresh_token=client.token.refresh_token)
    assert client.call(CARRIERS, common={"session": fresh["access_token"]})["result_success"]
    sandbox.add_fault("refresh_refused", count=1)
    answer = client.rest("/auth/token/refresh", refresh_token=fresh["refresh_token"])
    assert answer["code"] == "IllegalRefreshToken"


def test_wrong_envelope_and_error(sandbox, client):
    sandbox.add_fault("wrong_envelope", count=1)
    assert "aliexpress_logistics_redefining_listlogisticsservice_response" in client.call(CARRIERS)
    sandbox.add_fault("error", count=1, code="15", sub_code="isp.50001", sub_text="服务器错误")
    assert client.error(CARRIERS) == ("15", "isp.50001")


def test_drift(sandbox, client):
    for hour in range(1, 31):
        sandbox.place_order(["MUG-01"], status="WAIT_SELLER_SEND_GOODS", created=f"-{hour}h")
    sandbox.add_fault("drift", method="*order.get", rows=3)
    query = {"create_date_start": "2020-01-01 00:00:00", "page_size": 10, "order_status": "WAIT_SELLER_SEND_GOODS"}
    query["create_date_start"] = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(time.time() - 5 * 86400))
    first = client.call("aliexpress.solution.order.get", **query, current_page=1)["result"]
    second = client.call("aliexpress.solution.order.get", **query, current_page=2)["result"]
    assert (first["total_count"], second["total_count"]) == (30, 27)
    moved = [order for order in sandbox.shop.orders.values() if order.status == "WAIT_BUYER_ACCEPT_GOODS"]
    assert len(moved) == 6
    assert {order.order_id for order in moved[:3]} <= {row["order_id"] for row in first["target_list"]} | {
        row["order_id"] for row in second["target_list"]
    }


def test_drift_of_what_the_seller_does_not_do(sandbox, client):
    statuses = ("PLACE_ORDER_SUCCESS", "WAIT_SELLER_SEND_GOODS", "WAIT_BUYER_ACCEPT_GOODS")
    orders = [sandbox.place_order(["MUG-01"], status=status, created="-1h") for status in statuses]
    sandbox.add_fault("drift", rows=3, count=1, steps="pay confirm")
    since = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(time.time() - 5 * 86400))
    client.call("aliexpress.solution.order.get", create_date_start=since, current_page=1, page_size=10)
    assert [order.status for order in orders] == ["WAIT_SELLER_SEND_GOODS"] * 2 + ["FUND_PROCESSING"]


def test_drift_of_products(sandbox, client):
    sandbox.add_fault("drift", method="*product.list.get", rows=1, count=1)
    numbers = []
    for _time in range(2):
        query = {"product_status_type": "onSelling", "page_size": 99}
        result = client.call("aliexpress.solution.product.list.get", aeop_a_e_product_list_query=query)["result"]
        numbers.append([row["product_id"] for row in result["aeop_a_e_product_display_d_t_o_list"]])
    first, second = numbers
    assert second == [first[-1], *first[:-1]]


def test_control_orders_and_calls(sandbox, client, control):
    placed = control("POST", "orders", lines=[["MUG-01", 2]], pay=True, count=3)
    assert len(placed["order_ids"]) == 3
    number = placed["order_ids"][0]
    assert control("POST", f"orders/{number}/request_cancel", reason="late")["status"] == "IN_CANCEL"
    assert "cannot be" in control("POST", f"orders/{number}/confirm")["error"]
    patched = control("PATCH", f"orders/{number}", status="NEWLY_INVENTED", freight="1.50")
    assert (patched["status"], patched["freight"]) == ("NEWLY_INVENTED", "1.50")
    assert control("GET", "orders?status=WAIT_SELLER_SEND_GOODS")["count"] == 2
    assert "error" in control("PATCH", f"orders/{number}", colour="red")
    declare(client, sandbox.find_order(placed["order_ids"][1])[1])
    assert control("GET", "shipments")["shipments"][0]["order_id"] == placed["order_ids"][1]
    assert control("GET", "calls")["counts"] == {FULFILL: 1}
    assert control("GET", "calls?detail=1")["calls"][0]["outcome"] == "ok"
    control("DELETE", "calls")
    assert control("GET", "calls")["total"] == 0


def test_control_world(sandbox, client, control):
    assert "control API" in requests.get(f"{sandbox.url}/_sandbox/", timeout=5).json()
    token = control("POST", "tokens", shop="2671514005")
    assert client.call(CARRIERS, common={"session": token["access_token"]})["result_success"]
    assert control("POST", "codes")["code"].startswith("3_501234_")
    fault = control("POST", "faults", kind="http_500", count=1)
    assert client.send(CARRIERS).status_code == 500
    control("DELETE", f"faults/{fault['number']}")
    assert control("GET", "faults") == {"faults": []}
    assert "unknown fault" in control("POST", "faults", kind="earthquake")["error"]
    control("PATCH", "apps/501234", denied=["*"])
    assert client.error(CARRIERS)[0] == "InsufficientPermission"
    assert control("PATCH", "settings", cancel_hours=1)["cancel_hours"] == 1
    control("PATCH", "shops/2671514005", masks_buyers=True)
    assert sandbox.shop.masks_buyers
    control("POST", "clock", advance=3600)
    assert sandbox.clock.offset == 3600
    state = control("GET", "state")
    control("PATCH", "products/1005001234567895/skus/MUG-01", stock=7)
    assert sandbox.shop.find_sku("MUG-01")[1].stock == 7
    control("PUT", "state", **state)
    assert sandbox.shop.find_sku("MUG-01")[1].stock == 60
    control("POST", "reset")
    assert sandbox.clock.offset == 0
    assert control("GET", "nothing")["error"]


def test_as_a_process(tmp_path):
    saved, url_file = tmp_path / "saved.json", tmp_path / "url"
    command = [sys.executable, "-m", "aliexpress_sandbox", "--port", "0", "--save", str(saved)]
    command += ["--url-file", str(url_file), "--fault", "kind=http_500,count=1"]
    root = Path(__file__).parents[2]
    env = {**os.environ, "PYTHONPATH": str(root)}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env)
    try:
        url = process.stdout.readline().split()[-1]
        assert url_file.read_text() == url
        assert requests.get(f"{url}/orders", timeout=5).status_code == 200
        assert requests.get(f"{url}/_sandbox/faults", timeout=5).json()["faults"][0]["kind"] == "http_500"
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
        process.stdout.close()
    assert len(json.loads(saved.read_text())["shops"]["2671514005"]["orders"]) == 15
    assert len(Sandbox(saved).shop.orders) == 15


def test_help_and_mistakes(tmp_path):
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}

    def run(*args):
        command = [sys.executable, "-m", "aliexpress_sandbox", *args]
        return subprocess.run(command, capture_output=True, text=True, env=env, timeout=20)

    assert "reset_after" in run("--help").stdout
    wrong = run("--scenario", str(tmp_path / "none.json"))
    assert wrong.returncode == 2 and "none.json" in wrong.stderr
    assert "earthquake" in run("--fault", "kind=earthquake").stderr
