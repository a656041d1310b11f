"""One call from request to answer text: faults, checks, method, ledger."""

import json
import logging
import time
from dataclasses import dataclass
from functools import partial

from . import drift, oauth, oddities, protocol
from .answers import GatewayError, wire_error, wire_result
from .faults import AFTER, BEFORE, HTML_PAGE, ConnectionCut, RawAnswer
from .ledger import CallRecord

_logger = logging.getLogger(__name__)

SECRET_PARAMS = {"sign", "session", "access_token", "code", "refresh_token"}


def answer(sandbox, request):
    """The JSON text of a /sync or /rest call; raises RawAnswer or ConnectionCut where
    the answer is no such text."""
    started = time.monotonic()
    values, files = parameters(request)
    is_rest = request.path != "/sync"
    name = request.path[len("/rest") :] if is_rest else values.get("method", "")
    record = CallRecord(name, sandbox.clock.now(), app_key=values.get("app_key", ""))
    record.params = {k: v for k, v in values.items() if k not in SECRET_PARAMS}
    sandbox.calls.append(record)
    try:
        _before(sandbox, record, values)
        with sandbox.lock:
            sandbox.sweep()
            record.request_id = sandbox.request_id()
            if is_rest:
                body = _rest(sandbox, record, name, values)
            else:
                body = _sync(sandbox, record, values, files, request.remote_addr)
            after = sandbox.faults.draw(AFTER, name, record.app_key, record.seller_id)
        return _after(sandbox, record, after, body)
    finally:
        record.seconds = time.monotonic() - started


def parameters(request):
    """(values, files): query and body as one set; the body wins."""
    values = {**request.args.to_dict(), **request.form.to_dict()}
    return values, request.files


@dataclass
class Body:
    """What is to be sent, and how it would look in the other `simplify` form."""

    data: dict
    other: object = None


def _sync(sandbox, record, values, files, remote):
    simplify = values.get("simplify", "").lower() == "true"
    empty = sandbox.world.settings.empty_lists
    try:
        result = protocol.sync(sandbox, record, values, files, remote)
    except GatewayError as error:
        return Body(_failed(record, error, wire_error(error, record.request_id)))
    wire = partial(wire_result, record.method, result, record.request_id, empty=empty)
    return Body(wire(simplify=simplify), partial(wire, simplify=not simplify))


def _rest(sandbox, record, path, values):
    try:
        result = oauth.rest(sandbox, record, path, values)
    except GatewayError as error:
        return Body(_failed(record, error, wire_error(error, record.request_id, True)))
    return Body({**result, "code": "0", "request_id": record.request_id})


def _failed(record, error, body):
    record.outcome = str(error.sub_code or error.code)
    _logger.info("%s refused: %s", record.method, error)
    return body


def _before(sandbox, record, values):
    with sandbox.lock:
        token = sandbox.world.token(values.get("session"))
        seller_id = token.seller_id if token else ""
        hit = sandbox.faults.draw(BEFORE, record.method, record.app_key, seller_id)
    for fault in hit:
        record.fault = fault.kind
        if fault.kind == "latency":
            time.sleep(fault.seconds)
            continue
        record.outcome = fault.kind
        if fault.kind == "reset":
            raise ConnectionCut
        if fault.kind == "http_500":
            raise RawAnswer(500, "Internal Server Error", "text/plain")
        raise RawAnswer(502 if fault.kind == "http_502" else 200, HTML_PAGE)


def _after(sandbox, record, hit, body):
    data = body.data
    cut = False
    for fault in hit:
        record.fault = fault.kind
        if fault.kind == "timeout":
            raise ConnectionCut(fault.seconds)
        if fault.kind == "reset_after":
            raise ConnectionCut
        if fault.kind == "http_500_after":
            raise RawAnswer(500, "Internal Server Error", "text/plain")
        if fault.kind == "service_timeout_after":
            error = GatewayError("ServiceTimeout", "Service timeout", "ISP")
            data = wire_error(error, record.request_id, record.method[:1] == "/")
        if fault.kind == "wrong_envelope":
            data = body.other() if body.other else data
        if fault.kind in oddities.KINDS:
            data = oddities.KINDS[fault.kind](data, fault)
        if fault.kind == "drift":
            with sandbox.lock:
                drift.after_page(sandbox, record, fault, body.data)
        cut = cut or fault.kind == "cut_json"
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text[: len(text) // 2] if cut else text
