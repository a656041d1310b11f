"""Pushed messages: the signature's vector, and what is read of the two frames."""

from datetime import datetime

import pytest

from aliexpress_connector.lib.push import PushMessage, is_signed, read_push, sign_push

KEY, SECRET = "501234", "helloworldsecret"
BODY = (
    b'{"data":{"buyerId":200012345,"orderId":8100123456789012,"orderStatus":"OrderCreated"},"message_type":53,'
    b'"seller_id":"1234","site":"ae_global","timestamp":1719389200}'
)
SIGNATURE = "a8fc20d9f49758f91f292e80c13df1bebe6017c3cf62dfc0a70930f494aa25d2"


def test_signature_vector():
    assert sign_push(KEY, SECRET, BODY) == SIGNATURE
    assert is_signed(KEY, SECRET, BODY, SIGNATURE)


@pytest.mark.parametrize("signature", ["", SIGNATURE.upper(), SIGNATURE[:-1], SIGNATURE + "0", "ñ", "\0"])
def test_another_signature(signature):
    assert not is_signed(KEY, SECRET, BODY, signature)


@pytest.mark.parametrize("key, secret, body", [("501235", SECRET, BODY), (KEY, "x", BODY), (KEY, SECRET, BODY + b" ")])
def test_signature_of_something_else(key, secret, body):
    assert not is_signed(key, secret, body, SIGNATURE)


def test_dropship_frame():
    expected = PushMessage("1234", "53", "8100123456789012", datetime(2024, 6, 26, 8, 6, 40))
    assert read_push(BODY) == expected


def test_trade_frame_in_milliseconds():
    data = b'{"trade_order_id":"81001","order_status":"x"}'
    body = b'{"data":' + data + b',"message_type":0,"seller_id":12,"timestamp":1719389200123}'
    assert read_push(body) == PushMessage("12", "0", "81001", datetime(2024, 6, 26, 8, 6, 40))


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"null", b"1", b"\xff", b"[" * 100000])
def test_no_message(body):
    assert read_push(body) == PushMessage()


@pytest.mark.parametrize("value", [b"null", b"[]", b'"x"', b'{"orderId":{}}', b'{"orderId":true}', b'{"orderId":-1}'])
def test_no_order(value):
    assert not read_push(b'{"seller_id":"1","data":' + value + b"}").order_ref


@pytest.mark.parametrize("value", [b"null", b'"x"', b"-1", b"1e400", b"99999999999999", b"true", b"[1]"])
def test_no_time(value):
    assert read_push(b'{"timestamp":' + value + b"}").sent_at is None
