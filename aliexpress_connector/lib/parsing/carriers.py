"""Carriers a shop may use."""

import re

from ..values import Carrier


def parse_carriers(answer):
    """Return the `Carrier`s of the carrier list (a `Reader`) as a tuple."""
    return tuple(_parse_carrier(row) for row in answer.children("result_list"))


def _parse_carrier(row):
    code = row.text("service_name")
    if not code:
        raise row.error("service_name", "a carrier without its key")
    return Carrier(
        code=code,
        name=row.text("display_name") or code,
        company=row.text("logistics_company"),
        tracking_regex=_usable_regex(row.text("tracking_no_regex")),
    )


def _usable_regex(pattern):
    """The patterns are written for Java: one that Python cannot read checks nothing."""
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError):
        return ""
    return pattern
