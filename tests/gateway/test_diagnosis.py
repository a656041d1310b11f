"""The diagnosis finds what it should find, in a shop that answers as documented and in shops that do not."""

import time

import pytest

from aliexpress_connector.lib import diagnosis
from aliexpress_connector.lib.answer_shape import compare, get_shape
from aliexpress_connector.lib.errors import ReconnectError
from aliexpress_connector.lib.families import FAMILIES

DETAIL = "aliexpress.solution.order.info.get"


def diagnose(sandbox, app_key="501234", **kwargs):
    app = sandbox.world.apps[app_key]
    tokens = sandbox.issue_token(shop=app.shops[0], app=app)
    transport = diagnosis.ObservedTransport(
        app.key, app.secret, tokens.access_token, gateway_url=sandbox.url, sleep=lambda seconds: None, **kwargs
    )
    return diagnosis.diagnose(transport, FAMILIES)


def outcomes(result, family="solution"):
    return {check.act: check.outcome for check in result.checks if check.family == family}


def notes(result, act, family="solution"):
    return next("; ".join(check.notes) for check in result.checks if (check.family, check.act) == (family, act))


def test_a_shop_as_documented(sandbox):
    result = diagnose(sandbox)
    assert result.family == "solution"
    assert set(outcomes(result).values()) <= {diagnosis.EXPECTED, diagnosis.SKIPPED}
    assert abs(result.clock_difference) <= 2
    # The other family is not granted, and no act of it hides that.
    assert outcomes(result, "general")["orders changed lately"] == diagnosis.DENIED


def test_a_shop_of_the_general_family(sandbox):
    result = diagnose(sandbox, "502345")
    assert result.family == "general"
    assert outcomes(result, "general")["an order"] == diagnosis.EXPECTED
    assert outcomes(result, "general")["products online"] == diagnosis.NOT_OFFERED
    assert outcomes(result)["orders changed lately"] == diagnosis.DENIED


def test_an_aliexpress_that_is_down_denies_nothing(sandbox):
    for method, family in (("*", None), ("aliexpress.solution.order.get", None), ("aliexpress.trade.*", "solution")):
        sandbox.clear_faults()
        sandbox.add_fault("http_502", method=method)
        assert diagnose(sandbox).family == family


def test_only_reading_methods_are_called(sandbox):
    sandbox.calls.clear()
    before = sandbox.dump()["shops"]
    diagnose(sandbox)
    writing = (
        "post",
        "edit",
        "update",
        "delete",
        "fulfill",
        "shipment",
        "submit",
        "upload",
        "cancel",
        "modified",
        "line",
    )
    called = {call.method for call in sandbox.calls}
    assert not [method for method in called if method.rpartition(".")[2].startswith(writing)]
    assert sandbox.dump()["shops"] == before
    assert len(sandbox.calls) < 60


def test_a_method_that_is_not_granted(sandbox):
    sandbox.world.apps["501234"].denied = ["aliexpress.solution.product.list.get"]
    result = diagnose(sandbox)
    assert outcomes(result)["products online"] == diagnosis.DENIED
    assert outcomes(result)["an order"] == diagnosis.EXPECTED


@pytest.mark.parametrize(
    "fault, expected",
    [
        ({"kind": "as_text"}, "is text instead of a whole number"),
        ({"kind": "extra_field"}, "unknown: "),
        ({"kind": "drop_field", "text": "gmt_create"}, "missing: "),
        ({"kind": "wrong_envelope"}, "envelope"),
        ({"kind": "drop_field", "text": "order_status"}, "order_status"),
    ],
)
def test_an_answer_that_differs(sandbox, fault, expected):
    sandbox.add_fault(method=DETAIL, **fault)
    result = diagnose(sandbox)
    assert outcomes(result)["an order"] == diagnosis.DIFFERENT
    assert expected in notes(result, "an order")
    assert outcomes(result)["carriers"] == diagnosis.EXPECTED


def test_trouble_of_the_gateway_is_not_taken_for_a_difference(sandbox):
    sandbox.add_fault(
        "error", method=DETAIL, code="15", sub_code="isp.service-unavailable", text="Remote service error"
    )
    result = diagnose(sandbox)
    assert outcomes(result)["an order"] == diagnosis.FAILED
    assert "isp.service-unavailable" in notes(result, "an order")


def test_a_shop_without_orders(sandbox):
    for shop in sandbox.world.shops.values():
        shop.orders.clear()
    assert outcomes(diagnose(sandbox))["an order"] == diagnosis.SKIPPED


def test_a_shop_whose_orders_are_all_finished(sandbox):
    for shop in sandbox.world.shops.values():
        for order in shop.orders.values():
            order.status = "FINISH"
    assert outcomes(diagnose(sandbox))["an order"] == diagnosis.EXPECTED


def test_a_token_that_is_refused_ends_it(sandbox):
    app = sandbox.world.apps["501234"]
    transport = diagnosis.ObservedTransport(app.key, app.secret, "unknown", gateway_url=sandbox.url)
    with pytest.raises(ReconnectError):
        diagnosis.diagnose(transport, FAMILIES)


def test_a_clock_that_is_wrong(sandbox):
    result = diagnose(sandbox, clock=lambda: time.time() - 60)
    assert 55 <= result.clock_difference <= 65


def test_no_value_is_ever_told(sandbox):
    for fault in ("as_text", "extra_field", "wrong_envelope"):
        sandbox.add_fault(fault)
    text = str(diagnose(sandbox))
    for shop in sandbox.world.shops.values():
        for order in shop.orders.values():
            for value in (
                order.order_id,
                order.address.contact_person,
                order.address.detail_address,
                order.buyer.login,
            ):
                assert str(value) not in text


SHAPE = get_shape([{"a": 1, "list": [{"id": 1, "name": "x"}, {"id": 2}]}, {"a": 2, "list": []}])


@pytest.mark.parametrize(
    "answer, expected",
    [
        ({"a": 1, "list": []}, []),
        ({"a": 1, "list": {}, "request_id": "x", "code": "0"}, []),
        ({"a": 1, "list": {"item": [{"id": 1}]}}, ["lists come inside an object of their own: list"]),
        ({"a": "1", "list": []}, ["a is text instead of a whole number"]),
        ({"list": []}, ["missing: a"]),
        ({"a": None, "list": []}, ["missing: a"]),
        ({"a": 1}, []),
        ({"a": 1, "list": [{"name": "y"}]}, ["missing: list[].id"]),
        ({"a": 1, "list": [], "b": {"c": 1}}, ["unknown: b (an object)"]),
        ({"a": 1, "list": [{"id": 1, "b": True}]}, ["unknown: list[].b (true or false)"]),
    ],
)
def test_compare(answer, expected):
    assert compare(answer, SHAPE)[0] == expected


def test_optional_fields_are_only_noted():
    assert compare({"a": 1, "list": [{"id": 1}]}, SHAPE) == ([], ["not told: list[].name"])
