"""What is kept of a call for AliExpress' support: when, which request, and its content without anything personal.

What is kept is what is known to be harmless: numbers, dates, codes, and the texts of refusals. All other texts become
their length.
"""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from . import refusals
from .normalize import decode, storable_text

EXCERPT_LENGTH = 3000
_ITEMS = 5  # of a list; the others are counted
_LONGEST_NAME = 100  # no field of AliExpress is named at such length

# Their values say who somebody is or where, or open something.
_PERSONAL = re.compile(
    "name|address|phone|mobile|zip|post_?code|contact|buyer|login|street|city|province|town|district|county|cpf|cnpj|rut"
    "|tax_?(?:number|id|no)|vat|passport|identit|e_?mail|memo|note|remark|message_content|receiver|person|fax|token|secret"
    "|session|sign|oaid|account|nick|birth|gender|company",
    re.IGNORECASE,
)
# Contain one of the words above and are harmless.
_HARMLESS = re.compile(
    "^(?:service_name|logistics_service_name|old_service_name|new_service_name|product_name|sku_code|currency_code"
    "|.*_amount.*|.*_status|error_.*|sub_error_.*|.*_success)$"
)
_TEXTS = re.compile("^(?:msg|sub_msg|message|(?:.*_)?code|.*error_?(?:msg|message|desc|info|code).*)$", re.IGNORECASE)
_CODE = re.compile(
    r"[A-Z0-9][A-Z0-9_./:+-]{0,63}|[a-z]+(?:_[a-z]+)+|[0-9.:\- ]{1,24}|true|false|[a-z]{2}(?:_[A-Z]{2})?"
)
_REFERENCES = (
    "order_id",
    "orderId",
    "out_ref",
    "trade_order_id",
    "tradeOrderId",
    "product_id",
    "product_ids",
    "job_id",
)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One HTTP call. `reference` is the order, product or feed it was about, "" when there were several or none."""

    method: str
    reference: str
    outcome: str  # "ok" or the reason of the error
    request_id: str
    sent_at: datetime  # naive UTC
    seconds: float
    request: str  # masked JSON, cut
    answer: str


def find_reference(params):
    """Return the one number that the parameters (a dict) are about, "" when there is not exactly one."""
    found = set(_references(params))
    return found.pop() if len(found) == 1 else ""


def _references(value, key=""):
    value = _opened(value)
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _references(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from _references(inner, key)
    elif key in _REFERENCES:
        yield from re.findall("[0-9]{1,20}", str(value))


def excerpt(value):
    """Return the masked JSON text of `value`, cut at EXCERPT_LENGTH characters; "…" where it nests too deep."""
    try:
        text = storable_text(json.dumps(mask(value), ensure_ascii=False, separators=(", ", ": "), default=str))
    except RecursionError:
        return "…"
    return text if len(text) <= EXCERPT_LENGTH else text[: EXCERPT_LENGTH - 1] + "…"


def mask(value, key=""):
    """Return `value` (decoded JSON; JSON inside texts is opened) with everything that may be personal replaced."""
    if isinstance(value, str):
        text, value = value, _opened(value)
        if value is text:
            return "***" if _is_personal(key) else _masked_text(value, key)
    if isinstance(value, dict):
        is_personal = _is_personal(key)
        return {name: mask(inner, key if is_personal else str(name)) for name, inner in value.items()}
    if isinstance(value, list):
        items = [mask(inner, key) for inner in value[:_ITEMS]]
        return items + [f"… {len(value) - _ITEMS} more"] if len(value) > _ITEMS else items
    if value is None or isinstance(value, bool) or not _is_personal(key):
        return value
    return "***"


# A few hundred names come back with every order.
@lru_cache(maxsize=2048)
def _is_personal(key):
    return len(key) > _LONGEST_NAME or bool(_PERSONAL.search(key) and not _HARMLESS.match(key))


@lru_cache(maxsize=2048)
def _is_text(key):
    return bool(_TEXTS.match(key))


def _masked_text(text, key):
    if key == "request_id":
        return refusals.request_id_of({key: text})
    if _is_text(key):
        return refusals.sanitise(text)
    return text if _CODE.fullmatch(text) else f"*** {len(text)} characters"


def _opened(value):
    """Return what a text that holds a JSON structure holds, anything else as it is."""
    if isinstance(value, str) and value[:1] in "{[" and value:
        try:
            return decode(value)
        except ValueError:
            return value
    return value
