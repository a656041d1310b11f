"""Trouble on purpose: what can go wrong on the way to the gateway, in it, and back."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from fnmatch import fnmatchcase

from .answers import GatewayError, refused

BEFORE = "before"
TOKEN = "token"
REFRESH = "refresh"
CHECK = "check"
BATCH = "batch"
AFTER = "after"

KINDS = {
    "latency": (BEFORE, "wait `seconds`, then go on as usual"),
    "http_500": (BEFORE, "HTTP 500 with a short text; the call has no effect"),
    "http_502": (BEFORE, "HTTP 502 with an HTML page; the call has no effect"),
    "html": (BEFORE, "HTTP 200 with an HTML page; the call has no effect"),
    "reset": (BEFORE, "the connection is reset before anything happens"),
    "rate_limit": (CHECK, "refused for `seconds`; `style` iop, isp, seller or app"),
    "token_expired": (TOKEN, "the access token used expires now (a refresh mends it)"),
    "refresh_refused": (REFRESH, "the refresh token used is dead: IllegalRefreshToken"),
    "error": (CHECK, "error_response with `code`, `text`, `sub_code`, `sub_text`"),
    "service_timeout": (CHECK, "ServiceTimeout; the call has no effect"),
    "item_failed": (BATCH, "`rows` products of a stock or price batch fail for now"),
    "both_lists": (BATCH, "a product of a batch is changed, yet stands in both lists"),
    "timeout": (AFTER, "the call HAS its effect, then silence for `seconds`, then end"),
    "reset_after": (AFTER, "the call HAS its effect, then the connection is reset"),
    "service_timeout_after": (AFTER, "the call HAS its effect, the answer is an error"),
    "http_500_after": (AFTER, "the call HAS its effect, the answer is HTTP 500"),
    "cut_json": (AFTER, "the call HAS its effect, half of the JSON arrives"),
    "wrong_envelope": (AFTER, "the other `simplify` form than was asked for"),
    "drop_field": (AFTER, "every key named in `text` (commas) is left out of the answer"),
    "extra_field": (AFTER, "unknown keys with odd values appear in every object"),
    "as_text": (AFTER, "every number of the answer arrives as text"),
    "drift": (AFTER, "after a list page, `rows` orders of it take their next step, of `steps` if given; products move"),
}
HTML_PAGE = (
    "<!doctype html><html><head><title>502 Bad Gateway</title></head><body>"
    "<center><h1>502 Bad Gateway</h1></center><hr><center>Tengine</center></body></html>"
)


class ConnectionCut(Exception):
    """The server must drop the connection without an answer.

    :param float wait: seconds of silence before it
    """

    def __init__(self, wait=0.0):
        super().__init__("connection cut on purpose")
        self.wait = wait


class RawAnswer(Exception):
    """The server must send this instead of JSON."""

    def __init__(self, status, body, content_type="text/html;charset=utf-8"):
        super().__init__(f"HTTP {status} on purpose")
        self.status = status
        self.body = body
        self.content_type = content_type


@dataclass
class Fault:
    """One kind of trouble for the calls that match.

    `count` is how many calls it still hits (None: all), `skip` how many it spares
    first, `probability` the share of the calls it hits. `until` is used by the running
    rate limit.
    """

    kind: str
    method: str = "*"
    app_key: str = ""
    seller_id: str = ""
    count: int | None = None
    skip: int = 0
    probability: float = 1.0
    seconds: float = 1.0
    style: str = "iop"
    code: str = "ServiceUnavailable"
    text: str = "The service is unavailable"
    sub_code: str = ""
    sub_text: str = ""
    rows: int = 2
    steps: str = ""
    number: int = 0
    hits: int = 0

    def __post_init__(self):
        if self.kind not in KINDS:
            raise ValueError(f"unknown fault {self.kind!r}; known: {', '.join(KINDS)}")

    @property
    def stage(self):
        return KINDS[self.kind][0]


def from_text(text):
    """A fault from the command line form `kind=latency,method=*order*,seconds=2`."""
    casts = {
        "count": int,
        "skip": int,
        "rows": int,
        "probability": float,
        "seconds": float,
    }
    values = dict(part.split("=", 1) for part in text.split(","))
    return Fault(**{key: casts.get(key, str)(val) for key, val in values.items()})


class Faults:
    """The faults in force. Draws from one seeded random source, so that the same
    calls in the same order meet the same trouble."""

    def __init__(self, faults, seed):
        self.list = faults
        self.random = random.Random(seed)
        self.last_number = 0
        self.banned = {}
        for fault in faults:
            self._number(fault)

    def add(self, fault):
        self._number(fault)
        self.list.append(fault)
        return fault

    def remove(self, number=None):
        """Take away one fault, or all of them and the bans they left."""
        self.list[:] = [f for f in self.list if number not in (None, f.number)]
        self.banned.clear()

    def draw(self, stage, method, app_key="", seller_id=""):
        """The faults of that stage which hit this call, used up by one each."""
        hit = []
        for fault in self.list:
            if fault.stage != stage or not fnmatchcase(method, fault.method):
                continue
            if fault.app_key not in ("", app_key):
                continue
            if fault.seller_id not in ("", seller_id):
                continue
            if self._hits(fault):
                hit.append(fault)
        return hit

    def _hits(self, fault):
        if fault.count is not None and fault.count <= 0:
            return False
        if fault.probability < 1 and self.random.random() >= fault.probability:
            return False
        if fault.skip > 0:
            fault.skip -= 1
            return False
        if fault.count is not None:
            fault.count -= 1
        fault.hits += 1
        return True

    def _number(self, fault):
        self.last_number += 1
        fault.number = self.last_number

    def ban(self, fault, method, app_key):
        """Start a rate limit: the same method stays refused while it lasts."""
        until = time.monotonic() + fault.seconds
        self.banned[method, app_key] = (until, fault.style)
        return rate_limit_error(fault.style, fault.seconds)

    def banned_error(self, method, app_key):
        """The error of a rate limit still running, or None."""
        until, style = self.banned.get((method, app_key), (0, ""))
        left = until - time.monotonic()
        return rate_limit_error(style, left) if left > 0 else None


def rate_limit_error(style, seconds):
    seconds = max(1, round(seconds))
    if style == "isp":
        return refused(
            "isp.call-limited",
            f"This ban will last for {seconds} more seconds",
        )
    code = {"seller": "SellerCallLimit", "app": "AppCallLimit"}.get(style, "ApiCallLimit")
    return GatewayError(
        code,
        f"Api access frequency exceeds the limit. this ban will last {seconds} seconds",
    )
