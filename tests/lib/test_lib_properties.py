"""Answers that were mutated anywhere give a typed result or a typed error, never another exception."""

import copy
import json
import os
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lib_gateway import SECRET, TOKEN, Gateway, sample, simplified

from aliexpress_connector.lib import auth, normalize
from aliexpress_connector.lib.errors import AliexpressError
from aliexpress_connector.lib.families import FAMILIES
from aliexpress_connector.lib.money import Money
from aliexpress_connector.lib.values import DeclaredParcel, Order, OrderPage, Parcel, ParcelLine, Tokens

REF = "8180123456780011"
START, END = datetime(2024, 3, 1), datetime(2024, 3, 2)
OLD = DeclaredParcel("CPAM", "PQ1")
PARCEL = Parcel(REF, "CPAM", "PQ2", True, lines=(ParcelLine(1, True),))
SHIPPED = {
    "aliexpress_logistics_order_shipment_response": {
        "result": {
            "success": True,
            "error_code": "0",
            "error_msg": "",
            "sub_trade_order_list": {"sub_trade_order_dto": [{"sub_trade_order_index": 1, "send_type": "all"}]},
        }
    }
}
REFUSED = {
    "error_response": {
        "type": "ISP",
        "code": "15",
        "msg": "Remote service error",
        "sub_code": "isv.x",
        "sub_msg": f"{TOKEN} {SECRET}",
        "request_id": "a",
    }
}

# What to call, on which answer.
ACTS = {
    "list of solution": ("solution", "solution_order_list", lambda family: family.list_orders(START, END)),
    "list of general": ("general", "general_order_list", lambda family: family.list_orders(START, END)),
    "order of solution": ("solution", "solution_order", lambda family: family.get_order(REF)),
    "order of general": ("general", "general_order", lambda family: family.get_order(REF)),
    "parcels": ("general", "general_order", lambda family: family.list_parcels(REF)),
    "address": ("general", "general_address", lambda family: family.reveal_address(REF, "KEY==")),
    "carriers": ("solution", "carriers", lambda family: family.list_carriers()),
    "declaration": ("general", SHIPPED, lambda family: family.declare_parcel(PARCEL)),
    "correction": ("solution", SHIPPED, lambda family: family.correct_parcel(OLD, PARCEL)),
    "cancel": ("solution", SHIPPED, lambda family: family.accept_cancel(REF, "es2100")),
    "refusal": ("solution", REFUSED, lambda family: family.list_carriers()),
    "tokens": ("solution", "tokens", lambda family: auth.create_tokens(family.transport, "3_501234_x")),
}

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(
        ["", "0", "-1", "NaN", "1e999", "\0", "\ud800", "٣", 2**63, 10**40, -1, 1.5, float("inf"), "8" * 30]
    ),
    st.sampled_from(
        ["true", "FALSE", "2024-02-30 00:00:00", "0000-00-00 00:00:00", "2999-12-31 23:59:59", "[[[", "{}"]
    ),
)
junk = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=4,
)


def paths_of(value, path=()):
    yield path
    if isinstance(value, (dict, list)):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from paths_of(inner, (*path, key))


def retyped(value):
    """The same value as another type might write it."""
    if isinstance(value, str):
        return int(value) if value.isascii() and value.isdecimal() else [value]
    if isinstance(value, (dict, list)):
        return json.dumps(value)
    return str(value)


@st.composite
def mutated(draw, payload):
    """`payload` with one to three of its nodes dropped, replaced, wrapped, retyped or doubled."""
    payload = copy.deepcopy(payload)
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(list(paths_of(payload))))
        if not path:
            payload = draw(junk)
            continue
        place = payload
        for key in path[:-1]:
            place = place[key]
        key, change = path[-1], draw(st.sampled_from(["drop", "replace", "wrap", "item", "retype", "double"]))
        if change == "drop":
            del place[key]
        elif change == "double":
            place[key] = [place[key], copy.deepcopy(place[key])]
        else:
            place[key] = {
                "replace": lambda value: draw(junk),
                "wrap": lambda value: {"some_dto": value},
                "item": lambda value: [value],
                "retype": retyped,
            }[change](place[key])
    return payload


def check(value):
    """What the caller relies on: the types of `lib.values`, texts that a database stores, sane numbers."""
    if isinstance(value, Order):
        assert value.lines and value.order_ref == REF and value.status
        money = [value.order_amount, value.freight, *(line.unit_price for line in value.lines)]
        assert {one.currency for one in money if one} == {value.currency}
        assert all(one.amount >= 0 for one in money if one)
        assert all(line.quantity > 0 and line.sort_index > 0 and line.lot_size > 0 for line in value.lines)
        assert len({line.child_ref for line in value.lines}) == len(value.lines)
    if isinstance(value, OrderPage):
        assert value.page_count >= (1 if value.rows else 0)
        assert all(row.order_ref.isdecimal() for row in value.rows)
    if isinstance(value, Tokens):
        assert value.access_token
    if isinstance(value, Money):
        assert value.amount.is_finite()
    if isinstance(value, str):
        assert "\0" not in value
        value.encode()
    if isinstance(value, int) and not isinstance(value, bool):
        assert -(2**31) <= value < 2**31
    if isinstance(value, tuple):
        for item in value:
            check(item)
    for name in getattr(value, "__dataclass_fields__", ()):
        check(getattr(value, name))


def act_on(name, body):
    family_name, _payload, act = ACTS[name]
    family = FAMILIES[family_name](Gateway(body).transport())
    try:
        check(act(family))
    except AliexpressError as error:
        assert error.reason and len(error.detail) <= 600
        for text in (str(error), repr(error)):
            assert TOKEN not in text and SECRET not in text
        check(error.detail)


# Other ones are drawn in each run; few of them, so that these tests stay something to run after each change.
EXAMPLES = 2000 if os.environ.get("ALIEXPRESS_LONG") else 8
thoroughly = settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))


def payload_of(name, form):
    payload = ACTS[name][1]
    payload = sample(payload) if isinstance(payload, str) else payload
    return simplified(payload) if form == "simplified" and len(payload) == 1 else payload


@pytest.mark.parametrize("name", ACTS)
@thoroughly
@given(data=st.data())
def test_mutated_answers(name, data):
    form = data.draw(st.sampled_from(["wrapped", "simplified"]))
    act_on(name, data.draw(mutated(payload_of(name, form))))


@pytest.mark.parametrize("name", ["order of solution", "list of general"])
@thoroughly
@given(data=st.data())
def test_damaged_texts(name, data):
    body = json.dumps(payload_of(name, "wrapped")).encode()
    start = data.draw(st.integers(0, len(body)))
    end = data.draw(st.integers(start, min(len(body), start + 5)))
    act_on(name, body[:start] + data.draw(st.binary(max_size=5)) + body[end:])


@settings(max_examples=2 * EXAMPLES, deadline=None, database=None)
@given(junk)
def test_lists_and_money_of_junk(value):
    try:
        assert isinstance(normalize.as_list(value), list)
    except ValueError:
        assert not isinstance(value, (dict, list))
    try:
        money = Money.parse(value, "EUR")
    except ValueError:
        return
    assert money is None or money.amount.is_finite()
