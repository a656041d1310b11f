"""What is kept of a call is enough for support, and nothing personal."""

import json
from decimal import Decimal

import pytest
from lib_gateway import SECRET, TOKEN, Gateway, sample

from aliexpress_connector.lib.errors import AliexpressError
from aliexpress_connector.lib.exchange import EXCERPT_LENGTH, excerpt, find_reference, mask
from aliexpress_connector.lib.families import FAMILIES

PERSONAL = {
    "solution_order": ("buyer_signer_fullname", "contact_person", "detail_address", "mobile_no", "zip", "city"),
    "general_order": ("buyer_signer_fullname", "contact_person", "detail_address", "mobile_no", "zip", "city"),
    "general_address": (
        "contactPerson",
        "detailAddress",
        "mobileNo",
        "zip",
        "city",
        "contact_person",
        "detail_address",
    ),
}


def values_of(data, keys):
    """The values (texts) of these keys anywhere in a structure."""
    if isinstance(data, dict):
        for key, value in data.items():
            if key in keys and isinstance(value, (str, int)):
                yield str(value)
            yield from values_of(value, keys)
    elif isinstance(data, list):
        for item in data:
            yield from values_of(item, keys)


@pytest.mark.parametrize("name", PERSONAL)
def test_samples_lose_everything_personal(name):
    data = sample(name)
    personal = set(values_of(data, PERSONAL[name])) - {""}
    assert personal
    text = json.dumps(mask(data), ensure_ascii=False)
    assert not [value for value in personal if value in text and len(value) > 2]


@pytest.mark.parametrize("name", ["solution_order", "general_order"])
def test_samples_keep_what_support_asks_for(name):
    data = sample(name)
    text = excerpt(data)
    for value in values_of(data, ("order_status", "request_id")):
        assert value in json.dumps(mask(data))
    assert len(text) <= EXCERPT_LENGTH


@pytest.mark.parametrize(
    "value, expected",
    [
        ({"order_id": 8100123456789012}, {"order_id": 8100123456789012}),
        ({"amount": "12.50", "currency_code": "EUR"}, {"amount": "12.50", "currency_code": "EUR"}),
        ({"gmt_create": "2024-03-25 01:00:00"}, {"gmt_create": "2024-03-25 01:00:00"}),
        ({"any": "Ana Pérez"}, {"any": "*** 9 characters"}),
        ({"phone": 34600000000}, {"phone": "***"}),
        ({"contact": {"any": 5}}, {"contact": {"any": "***"}}),
        ({"error_msg": "no such order"}, {"error_msg": "no such order"}),
        ({"error_msg": "mail ana@example.com"}, {"error_msg": "mail ***"}),
        ({"cancel_request_reason": "Ana has moved"}, {"cancel_request_reason": "*** 13 characters"}),
        ({"end_reason": "buyer_accept_goods"}, {"end_reason": "buyer_accept_goods"}),
        ({"access_token": "50000x"}, {"access_token": "***"}),
        ({"data": '{"mobile_no": "600", "id": 1}'}, {"data": {"mobile_no": "***", "id": 1}}),
        ({"rate": Decimal("0.05"), "flag": True, "none": None}, {"rate": Decimal("0.05"), "flag": True, "none": None}),
        ([1, 2, 3, 4, 5, 6, 7], [1, 2, 3, 4, 5, "… 2 more"]),
    ],
)
def test_mask(value, expected):
    assert mask(value) == expected


@pytest.mark.parametrize(
    "params, expected",
    [
        ({"param1": {"order_id": 81}}, "81"),
        ({"param1": '{"order_id": 81}'}, "81"),
        ({"out_ref": "81", "service_name": "CPAM"}, "81"),
        ({"mutiple_product_update_list": '[{"product_id": 5}]'}, "5"),
        ({"mutiple_product_update_list": [{"product_id": 5}, {"product_id": 6}]}, ""),
        ({"product_ids": "5;6"}, ""),
        ({"current_page": 1}, ""),
    ],
)
def test_reference(params, expected):
    assert find_reference(params) == expected


def test_each_call_is_told_once_whatever_becomes_of_it():
    refusal = {"error_response": {"code": "IllegalAccessToken", "msg": f"token {TOKEN} is unknown", "request_id": "r2"}}
    gateway = Gateway(sample("solution_order"), refusal, (500, b""))
    told = []
    family = FAMILIES["solution"](gateway.transport(on_exchange=told.append))
    order_ref = next(values_of(sample("solution_order")["aliexpress_solution_order_info_get_response"], ("id",)))
    for _call in range(2):
        try:
            family.get_order(order_ref)
        except AliexpressError:
            pass
    with pytest.raises(AliexpressError):
        family.get_order(order_ref)
    assert [exchange.outcome for exchange in told[:3]] == ["ok", "token", "network"]
    assert {exchange.reference for exchange in told} == {order_ref}
    assert told[1].request_id == "r2"
    everything = "".join(exchange.request + exchange.answer for exchange in told)
    assert TOKEN not in everything and SECRET not in everything


def test_tokens_are_never_told():
    told = []
    transport = Gateway({"access_token": "a", "refresh_token": "b", "code": "0"}).transport(on_exchange=told.append)
    transport.rest("/auth/token/refresh", {"refresh_token": "secret"})
    assert told == []


def test_what_nests_too_deep_or_cannot_be_stored_costs_no_call():
    nested = "end"
    for _level in range(900):
        nested = {"a": nested}
    assert excerpt(nested) == "…"
    assert excerpt({"half \ud83d": 1}) == '{"half ?": 1}'


def test_a_name_too_long_for_a_field_is_taken_for_personal():
    assert mask({"x" * 101: "ABC"}) == {"x" * 101: "***"}
