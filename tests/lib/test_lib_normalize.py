from decimal import Decimal

import pytest

from aliexpress_connector.lib.normalize import as_list, decode, unwrap

ONE, TWO = {"order_id": 1, "name": "a"}, {"order_id": 2, "name": "b"}


@pytest.mark.parametrize(
    "value, expected",
    [
        ([ONE, TWO], [ONE, TWO]),
        ({"order_dto": [ONE, TWO]}, [ONE, TWO]),
        ({"order_dto": [ONE]}, [ONE]),
        ({"order_dto": ONE}, [ONE]),
        (ONE, [ONE]),
        ({}, []),
        ([], []),
        (None, []),
        ("", []),
        ({"order_dto": []}, []),
        ({"order_dto": {}}, []),
        ({"string": ["a", "b"]}, ["a", "b"]),
        ({"string": "a"}, ["a"]),
        ({"number": 1}, [1]),
        ({"sku_code": "A"}, [{"sku_code": "A"}]),
    ],
)
def test_every_form_of_a_list(value, expected):
    assert as_list(value) == expected


@pytest.mark.parametrize("value", ["text", 1, True, Decimal(1)])
def test_what_is_no_list(value):
    with pytest.raises(ValueError):
        as_list(value)


def test_envelope_or_none():
    assert unwrap({"aliexpress_solution_order_get_response": {"result": 1}}) == {"result": 1}
    assert unwrap({"result": 1, "code": "0"}) == {"result": 1, "code": "0"}


def test_numbers_are_exact():
    answer = decode(b'{"job": 200000000060024475, "rate": 0.1, "odd": [NaN, Infinity, -Infinity]}')
    assert answer == {"job": 200000000060024475, "rate": Decimal("0.1"), "odd": ["NaN", "Infinity", "-Infinity"]}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html></html>",
        b'{"a": ',
        b"\xff\xfe\xfa",
        b"[" * 100_000,
        b"1" * 10_000,
        b"1e99999999999999999999",
        b'{"a":1}{"a":2}',
    ],
)
def test_what_is_no_json(content):
    with pytest.raises(ValueError):
        decode(content)
