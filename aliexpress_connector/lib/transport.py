"""HTTP to the gateway: sign, send, map what goes wrong to `lib.errors`, return the unwrapped answer."""

import contextlib
import json
import logging
import math
import time
from decimal import Decimal

import requests

from . import errors, refusals
from .exchange import Exchange, excerpt, find_reference
from .normalize import decode, unwrap
from .pace import LONGEST_BAN_WAITED_FOR, Pace, Tries
from .session import new_session
from .signing import fingerprint, sign
from .times import from_timestamp

DEFAULT_GATEWAY_URL = "https://api-sg.aliexpress.com"
READ_TIMEOUT = 30
# Methods with a limit of their own, which says nothing about other calls.
_OWN_LIMIT = frozenset({"aliexpress.trade.seller.order.decrypt"})

_logger = logging.getLogger(__name__)


class OpenGate:
    """What a `Transport` asks about limits that others were told, and tells of those it meets; in the thread that makes
    the call. This one knows of nobody else.
    """

    def check(self):
        """Called before each business call. Waits, or raises, while AliExpress wants silence."""

    def note(self, error):
        """Called when AliExpress announced a limit (a `TransientError`)."""

    def hold(self, error):
        """Return a context manager that is open while the end of a short limit is waited for."""
        return contextlib.nullcontext()


class Transport:
    """One application's, and with `access_token` one shop's, line to the gateway. Building it makes no call.

    :param str gateway_url: address without path
    :param on_call: called as `on_call(method, outcome)` after each HTTP call, in the thread that made it; `outcome` is
        "ok" or the reason of the error
    :param gate: an `OpenGate`
    :param on_exchange: called as `on_exchange(Exchange)` after each business call, in the thread that made it
    :param clock: Unix time in seconds; `sleep` and `session` are there for tests as well
    """

    def __init__(
        self,
        app_key,
        app_secret,
        access_token="",
        *,
        gateway_url=DEFAULT_GATEWAY_URL,
        session=None,
        clock=time.time,
        sleep=time.sleep,
        gate=None,
        on_call=None,
        on_exchange=None,
    ):
        self.app_key = app_key or ""
        self.clock = clock
        self._app_secret = app_secret or ""
        self._access_token = access_token or ""
        self._gateway_url = (gateway_url or DEFAULT_GATEWAY_URL).rstrip("/")
        self._session = session or new_session(self._gateway_url)
        self.sleep = sleep
        self._pace = Pace(clock, sleep)
        self._quiet_until = 0
        self._accepted_calls = 0
        self._gate = gate or OpenGate()
        self._on_call = on_call
        self._on_exchange = on_exchange

    def call(self, method, params=None, files=None, is_read=True):
        """Call the business `method` and return its answer, a dict without envelope.

        Raises an `AliexpressError` for all that can go wrong, failures inside a success envelope excepted: those differ
        per method. Only a read is tried again; what AliExpress refused because there were too many calls a second,
        which is before it does anything, is sent once it wants calls again.

        :param dict params: scalars and structures; None and "" are left out
        :param dict files: `{name: (filename, content)}`, sent unsigned
        """
        tries, waited_for = Tries(is_read), 0
        while True:
            turn = 0
            try:
                turn = self._await_turn(method, waited_for)
                tries.begin()
                return self._call_once(method, params or {}, files)
            except errors.TransientError as error:
                is_limit = error.reason == errors.RATE_LIMIT and (error.is_known or method not in _OWN_LIMIT)
                is_news = is_limit and not error.is_known
                if is_limit:
                    waited_for = self.clock() + error.retry_after
                if is_news:
                    self._quiet_until = max(self._quiet_until, waited_for)
                    self._pace.slow_down(turn)
                    self._gate.note(error)
                wait = tries.get_wait(error, is_limit)
                if wait is None:
                    raise
                with self._gate.hold(error) if is_news else contextlib.nullcontext():
                    self.sleep(wait)

    def rest(self, path, params):
        """Call the system API at `path` (such as `/auth/token/create`) once and return its flat answer."""
        common = {"app_key": self.app_key, "timestamp": self._timestamp(), "sign_method": "sha256"}
        params = _encode(params)
        common["sign"] = sign(self._app_secret, common | params, path)
        return self._post(path, f"/rest{path}", common, params, None, secrets=params.values())

    def business_error(self, code, text, method, **kwargs):
        """Return the error for a `code` and `text` inside a success envelope, as `refusals.business_error` does."""
        error = refusals.business_error(code, text, method, now=self.clock(), secrets=self._secrets(), **kwargs)
        # The call that brought this error counts as accepted so far.
        return self._name_token(error, accepted_calls=self._accepted_calls - 1)

    def _await_turn(self, method, waited_for):
        """Wait, or raise where that is long, while AliExpress wants silence: another thread was told so, or another
        process (the gate knows). Return the turn (Unix time) of the call.

        :param waited_for: the time (Unix) until which this thread itself was told to be silent, and was
        """
        turn = None
        while turn is None or self._is_quiet(waited_for):
            if self._is_quiet(waited_for):
                until, left = self._quiet_until, self._quiet_until - self.clock()
                if left > LONGEST_BAN_WAITED_FOR:
                    raise errors.TransientError(
                        errors.RATE_LIMIT, method=method, retry_after=math.ceil(left), is_known=True
                    )
                self.sleep(max(left, 0))  # over by now, where the clock went on in between
                waited_for = until
            turn = self._pace.take_turn()
        self._gate.check()
        return turn

    def _is_quiet(self, waited_for):
        return self._quiet_until > max(waited_for, self.clock())

    def _call_once(self, method, params, files):
        common = {
            "method": method,
            "app_key": self.app_key,
            "session": self._access_token,
            "timestamp": self._timestamp(),
            "sign_method": "sha256",
            "format": "json",
            "v": "2.0",
            "simplify": "true",
        }
        common, params = _encode(common), _encode(params)
        common["sign"] = sign(self._app_secret, common | params)
        answer = unwrap(self._post(method, "/sync", common, params, files))
        if not isinstance(answer, dict):
            raise errors.FixError(errors.UNREADABLE, "the envelope holds no object", method=method)
        self._accepted_calls += 1
        return answer

    def _post(self, method, path, query, params, files, secrets=()):
        """Send one HTTP request, report it, and return the decoded answer."""
        began, outcome, request_id, told = time.monotonic(), "ok", "", None
        try:
            answer = told = self._read(self._send(method, path, query, params, files), method, secrets)
            request_id = refusals.request_id_of(answer)
            return answer
        except errors.AliexpressError as error:
            outcome, request_id = error.reason, error.request_id
            told = {"error_code": error.code, "error_msg": error.detail}
            raise
        finally:
            seconds = time.monotonic() - began
            _logger.debug("%s: %s in %.0f ms, request %s", method, outcome, seconds * 1000, request_id)
            if self._on_call:
                self._on_call(method, outcome)
            if self._on_exchange and path == "/sync":  # what /rest exchanges are codes and tokens
                self._on_exchange(self._describe(method, params, outcome, request_id, seconds, told))

    def _describe(self, method, params, outcome, request_id, seconds, told):
        return Exchange(
            method=method,
            reference=find_reference(params),
            outcome=outcome,
            request_id=request_id,
            sent_at=from_timestamp(self.clock() - seconds),
            seconds=seconds,
            request=excerpt(params),
            answer=excerpt(told),
        )

    def _send(self, method, path, query, params, files):
        try:
            return self._session.post(
                self._gateway_url + path,
                params=query,
                data=params,
                files=files,
                timeout=READ_TIMEOUT,
                # The gateway never redirects, and a signed request is nobody else's business.
                allow_redirects=False,
            )
        except requests.Timeout:
            cause = f"no answer within {READ_TIMEOUT} seconds"
        except (requests.RequestException, OSError, ValueError) as error:
            cause = type(error).__name__
        # Neither the text of the exception nor its traceback may be kept: both hold the address with the access token.
        raise _network_error(cause, method)

    def _read(self, response, method, secrets):
        """Return the decoded success envelope of `response`, or raise what it stands for."""
        status = response.status_code
        if status == 429:
            seconds = response.headers.get("Retry-After", "")
            text = f"this ban will last {seconds} seconds" if seconds.isdecimal() else ""
            raise self._gateway_error({"code": "ApiCallLimit", "msg": text}, method, secrets)
        try:
            answer = decode(response.content)
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise _network_error("the answer is not JSON of the gateway" if status == 200 else f"HTTP {status}", method)
        refusal = refusals.find_refusal(answer)
        if refusal and (status == 200 or "error_response" in answer or refusals.request_id_of(answer)):
            raise self._gateway_error(refusal, method, secrets)
        if status != 200:
            raise _network_error(f"HTTP {status}", method)
        return answer

    def _gateway_error(self, refusal, method, secrets):
        error = refusals.gateway_error(refusal, method, now=self.clock(), secrets=[*self._secrets(), *secrets])
        return self._name_token(error, self._accepted_calls)

    def _name_token(self, error, accepted_calls):
        """Return `error`; one that asks for another token tells which was refused: it may have been replaced."""
        if isinstance(error, errors.ReconnectError):
            error.token_fingerprint = fingerprint(self._access_token)
            error.was_accepted = accepted_calls > 0
        return error

    def _secrets(self):
        return [self._app_secret, self._access_token]

    def _timestamp(self):
        return str(int(self.clock() * 1000))


def _network_error(cause, method):
    return errors.TransientError(errors.NETWORK, cause, method=method, retry_after=refusals.RETRY_AFTER[errors.NETWORK])


def _encode(params):
    """Return the parameters as text: structures as one JSON text each, empty values left out."""
    return {key: _text(value) for key, value in params.items() if value is not None and value != ""}


def _text(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (dict, list, tuple)):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_number_text)
    return _number_text(value) if isinstance(value, Decimal) else str(value)


def _number_text(value):
    if isinstance(value, Decimal):
        return format(value, "f")
    raise TypeError(f"{type(value).__name__} cannot be sent")
