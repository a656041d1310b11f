"""The pages, as a person uses them."""

import html
import re

import pytest
import requests


@pytest.fixture
def get(sandbox):
    def fetch(path, status=200):
        response = requests.get(sandbox.url + path, timeout=5)
        assert response.status_code == status
        assert "http://" not in response.text.replace(sandbox.url, "")
        return response.text

    return fetch


@pytest.fixture
def press(sandbox):
    def send(path, **form):
        return requests.post(sandbox.url + path, data=form, timeout=5)

    return send


def test_every_page_shows(sandbox, get):
    order = sandbox.place_order([["TSHIRT-BLU-M", 2]], pay=True, memo="<script>alert(1)</script>")
    assert "Tienda Ejemplo" in get("/")
    assert str(order.order_id) in get("/orders")
    assert "Nothing declared." in get("/shipments")
    page = get(f"/orders/{order.order_id}")
    assert "<script>" not in page and "&lt;script&gt;" in page
    assert "Camiseta" in get("/listings")
    assert "TSHIRT-BLU-M" in get("/listings/1005001234567890")
    assert "BHAT-BLK" in get("/place?shop=2671514006")
    get("/orders/1", 404)
    get("/nothing", 404)


def test_a_purchase(sandbox, get, press):
    page = get("/place")
    assert "TSHIRT-BLU-M" in page
    key = re.search(r'value="(1005001234567895\|[^"]+)"', html.unescape(page)).group(1)
    form = {"sku1": key, "quantity1": "2", "country": "PT", "first_name": "Rui"}
    response = press("/place", **form)
    order = next(iter(sandbox.shop.orders.values()))
    assert response.url.endswith(f"/orders/{order.order_id}")
    assert (order.lines[0].quantity, order.address.country, order.buyer.first_name) == (2, "PT", "Rui")
    assert "Buyer pays" in response.text
    assert "WAIT_SELLER_SEND_GOODS" in press(f"/orders/{order.order_id}/pay").text
    assert "IN_CANCEL" in press(f"/orders/{order.order_id}/request_cancel").text
    press(f"/orders/{order.order_id}/withdraw_cancel")
    assert "WAIT_BUYER_ACCEPT_GOODS" in press(f"/orders/{order.order_id}/ship").text
    assert press(f"/orders/{order.order_id}/pay").status_code == 409
    assert order.parcels[0].logistics_no in get("/shipments")
    press(f"/orders/{order.order_id}/dispute")
    press(f"/orders/{order.order_id}/close_dispute")
    press(f"/orders/{order.order_id}/confirm")
    assert "FINISH" in press(f"/orders/{order.order_id}/settle").text
    assert press("/place", sku1=key, quantity1="5000").status_code == 409


def test_time_passes(sandbox, press):
    order = sandbox.place_order(["MUG-01"], pay=True)
    press("/time", hours="168")
    assert order.end_reason == "seller_send_goods_timeout"
