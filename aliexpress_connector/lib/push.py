"""Messages that AliExpress pushes: who signed them, and which order they are about.

Nothing in them is believed: they say that it is worth looking.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import datetime

from .times import from_timestamp


@dataclass(frozen=True, slots=True)
class PushMessage:
    """What a message says about itself; each field is empty where it does not say it in a form known here."""

    seller_ref: str = ""
    kind: str = ""  # AliExpress' number of the kind of message
    order_ref: str = ""
    sent_at: datetime | None = None  # naive UTC


def sign_push(app_key, app_secret, body):
    """Return the signature (lower-case hexadecimal text) that AliExpress sends with the bytes `body`."""
    return hmac.new(app_secret.encode(), app_key.encode() + body, hashlib.sha256).hexdigest()


def is_signed(app_key, app_secret, body, signature):
    """Whether `signature` (text) is the one of `body`; takes the same time whatever differs."""
    return hmac.compare_digest(sign_push(app_key, app_secret, body).encode(), signature.strip().encode())


def read_push(body):
    """Return the `PushMessage` in the bytes `body`; an empty one for what is no message."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        return PushMessage()
    data = content.get("data")
    data = data if isinstance(data, dict) else {}
    return PushMessage(
        seller_ref=_digits(content.get("seller_id")),
        kind=_digits(content.get("message_type")),
        # The dropship topic's name, and that of the frame which Alibaba's other marketplaces use.
        order_ref=_digits(data.get("orderId")) or _digits(data.get("trade_order_id")),
        sent_at=_time(content.get("timestamp")),
    )


def _digits(value):
    text = str(value).strip() if isinstance(value, (int, str)) and not isinstance(value, bool) else ""
    return text if text.isascii() and text.isdecimal() and len(text) <= 20 else ""


def _time(value):
    """Return the naive UTC time of seconds or milliseconds, None of anything else."""
    digits = _digits(value)
    if not digits or len(digits) > 13:
        return None
    seconds = int(digits) / 1000 if len(digits) > 11 else int(digits)
    return from_timestamp(seconds)
