"""Errors of the gateway, one class for each reaction of the caller.

AliexpressError
├── FixError          show it at the record, a person (or a fallback) mends it; repeating as it is would fail again
├── TransientError    come back later, not before `retry_after` seconds
└── ReconnectError    the shop's authorisation is gone: renew the token, or ask a person to connect again

`reason` is one of the constants below. People read the translated sentence that the models keep for each reason;
`detail` is AliExpress' own text, which may be Chinese. No error ever carries a secret or a buyer's data.
"""

from contextlib import contextmanager

# FixError
REFUSED = "refused"  # AliExpress refused and said why in `detail`
SIGNATURE = "signature"  # application key or secret is wrong
PERMISSION = "permission"  # the application has not been granted this method
NOT_OFFERED = "not_offered"  # the shop's family of methods does not have this, no call was made
IP_ADDRESS = "ip_address"  # the application only accepts calls from listed addresses
NOT_FOUND = "not_found"  # the order or product does not exist, or belongs to another shop
ALREADY_DECLARED = "already_declared"
TRACKING_REFUSED = "tracking_refused"
CARRIER_REFUSED = "carrier_refused"
WRONG_STATUS = "wrong_status"
UNREADABLE = "unreadable"  # the answer came, but lacks what it must have
# TransientError
NETWORK = "network"  # no answer, a cut one, or not an answer of the gateway (HTTP status, HTML)
RATE_LIMIT = "rate_limit"
BUSY = "busy"  # AliExpress' own systems failed
IN_AUDIT = "in_audit"  # the product is being audited and cannot be edited until that ends
LOCKED = "locked"  # the product is locked by a promotion or a punishment
BUDGET = "budget"  # our own limit of calls for the day, no call was made
# ReconnectError
TOKEN = "token"  # the access token has expired or is unknown: renewing may help
AUTHORISATION = "authorisation"  # the refresh token or the code is not accepted: only a person can reconnect


class AliexpressError(Exception):
    """Anything that went wrong between us and AliExpress.

    :param str reason: one of the constants of this module
    :param str detail: AliExpress' own words, or the technical cause; free of secrets and personal data
    :param str code: AliExpress' code (`sub_code` where there is one), else empty
    :param str method: the API method or path that was called
    :param str request_id: what AliExpress' support asks for, else empty

    `is_looking`: it failed while something was looked for that may be there or not. `is_empty`: AliExpress answered
    again and again nothing at all about the record, which it may not have any more.
    """

    is_looking = is_empty = False

    def __init__(self, reason, detail="", *, code="", method="", request_id=""):
        super().__init__(reason, detail, code, method, request_id)
        self.reason = reason
        self.detail = detail
        self.code = code
        self.method = method
        self.request_id = request_id

    def __str__(self):
        where = f" ({self.method})" if self.method else ""
        what = f"{self.code} {self.detail}".strip()
        return f"{self.reason}{where}: {what}" if what else f"{self.reason}{where}"


class FixError(AliexpressError):
    """Shown at the record; repeating the call as it is would fail again."""


class TransientError(AliexpressError):
    """Come back in `retry_after` seconds (int, at least 1).

    `concerns_app`: the limit is one of the application, which all of its shops share. `is_known`: no call was made,
    because the shop was already told to wait.
    """

    def __init__(self, reason, detail="", *, retry_after=300, concerns_app=False, is_known=False, **kwargs):
        super().__init__(reason, detail, **kwargs)
        self.retry_after = max(1, int(retry_after))
        self.concerns_app = concerns_app
        self.is_known = is_known


class ReconnectError(AliexpressError):
    """The token is not accepted any more (`TOKEN`), or only a person can reconnect (`AUTHORISATION`).

    `token_fingerprint` tells which access token was refused: `signing.fingerprint` of it, "" where none was used.
    `was_accepted`: it had worked before, in a call of the same `Transport`.
    """

    token_fingerprint = ""
    was_accepted = False


@contextmanager
def looking():
    """What fails in this block is marked `is_looking`: what was looked for is as unknown as before."""
    try:
        yield
    except AliexpressError as error:
        error.is_looking = True
        raise
