"""The transport against a real HTTP server on this machine, which misbehaves as asked."""

import contextlib
import gzip
import itertools
import json
import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from lib_gateway import KEY, NOW, SECRET, TOKEN, Gateway

from aliexpress_connector.lib import errors, pace, session, transport
from aliexpress_connector.lib.errors import FixError, TransientError
from aliexpress_connector.lib.signing import sign
from aliexpress_connector.lib.transport import OpenGate, Transport

METHOD = "aliexpress.some.method"
OK = {"result": {"success": True}, "code": "0", "request_id": "210126da17109432355961234"}


class Server(ThreadingHTTPServer):
    """Answers with what `self.answers` holds next: functions of the request handler."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers, self.requests, self.connections = [], [], 0

    def process_request(self, request, client_address):
        self.connections += 1
        super().process_request(request, client_address)

    def handle_error(self, request, client_address):
        """A client that went away is part of these tests."""

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # headers and body in one packet: half the time

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests.append((self.path, self.headers, body))
        answers = self.server.answers
        (answers.pop(0) if len(answers) > 1 else answers[0])(self)

    do_GET = do_POST

    def log_message(self, *args):
        pass

    def reply(self, status, body, length=None, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(length or len(body)))
        self.end_headers()
        self.wfile.write(body)


def answer(value, status=200, **headers):
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return lambda handler: handler.reply(status, body, **headers)


def drop(handler):
    handler.close_connection = True
    handler.connection.close()


def cut(handler):
    """Half of the answer under its full length, then the end of the connection."""
    body = json.dumps(OK).encode()
    handler.reply(200, body[:20], length=len(body))
    handler.wfile.flush()
    drop(handler)


@pytest.fixture(scope="module")
def running_server():
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def server(running_server):
    running_server.answers, running_server.requests, running_server.connections = [], [], 0
    return running_server


@pytest.fixture
def calls():
    return []


@pytest.fixture
def line(server, calls):
    return Transport(
        KEY,
        SECRET,
        TOKEN,
        gateway_url=f"{server.url}/",
        clock=lambda: NOW,
        sleep=lambda seconds: calls.append(("sleep", seconds)),
        on_call=lambda *call: calls.append(call),
    )


def test_request_as_the_gateway_wants_it(server, line, calls):
    server.answers = [answer(OK)]
    params = {
        "page": 1,
        "is_last": True,
        "rate": Decimal("0.10"),
        "memo": "Teléfono móvil €",
        "query": {"order_id": 8100123456789012, "price": Decimal("1.50")},
        "empty": "",
        "nothing": None,
    }
    assert line.call(METHOD, params) == OK
    [(path, headers, body)] = server.requests
    url = urlsplit(path)
    common, business = (
        {key: value for key, [value] in parse_qs(part, keep_blank_values=True).items()}
        for part in (url.query, body.decode())
    )
    assert url.path == "/sync"
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert "gzip" in headers["Accept-Encoding"]
    signature = common.pop("sign")
    assert common == {
        "method": METHOD,
        "app_key": KEY,
        "session": TOKEN,
        "timestamp": "1700000000000",
        "sign_method": "sha256",
        "format": "json",
        "v": "2.0",
        "simplify": "true",
    }
    assert business == {
        "page": "1",
        "is_last": "true",
        "rate": "0.10",
        "memo": "Teléfono móvil €",
        "query": '{"order_id":8100123456789012,"price":"1.50"}',
    }
    assert signature == sign(SECRET, common | business)
    assert calls == [(METHOD, "ok")]


def test_system_call(server, line):
    server.answers = [answer({"access_token": "a", "code": "0"})]
    assert line.rest("/auth/token/create", {"code": "3_501234_x", "uuid": ""})["access_token"] == "a"
    [(path, _headers, body)] = server.requests
    url = urlsplit(path)
    common = {key: value for key, [value] in parse_qs(url.query).items()}
    assert url.path == "/rest/auth/token/create"
    assert body == b"code=3_501234_x"
    signature = common.pop("sign")
    assert common == {"app_key": KEY, "timestamp": "1700000000000", "sign_method": "sha256"}
    assert signature == sign(SECRET, common | {"code": "3_501234_x"}, "/auth/token/create")


def test_files_are_sent_unsigned(server, line):
    server.answers = [answer(OK)]
    line.call(METHOD, {"name": "a.jpg"}, files={"image": ("a.jpg", b"\xff\xd8JPEG")}, is_read=False)
    [(path, headers, body)] = server.requests
    common = {key: value for key, [value] in parse_qs(urlsplit(path).query).items()}
    assert headers["Content-Type"].startswith("multipart/form-data")
    assert b"\xff\xd8JPEG" in body
    assert common.pop("sign") == sign(SECRET, common | {"name": "a.jpg"})


def test_no_cookies(server, line):
    server.answers = [answer(OK, Set_Cookie="session=1; Path=/")]
    line.call(METHOD)
    line.call(METHOD)
    assert all("Cookie" not in headers for _path, headers, _body in server.requests)


def test_connections_are_used_again_until_they_may_be_closing(server, monkeypatch):
    server.answers = [answer(OK)]
    shared = session.new_session(server.url)
    lines = [Transport(KEY, SECRET, TOKEN, gateway_url=server.url, session=shared) for _shop in range(2)]
    for line in lines * 3:
        line.call(METHOD)
    assert server.connections == 1
    monkeypatch.setattr(session, "IDLE_SECONDS", 0)
    lines[0].call(METHOD)
    assert server.connections == 2


def test_gzip(server, line):
    server.answers = [answer(gzip.compress(json.dumps(OK).encode()), Content_Encoding="gzip")]
    assert line.call(METHOD) == OK


FAULTS = {
    "connection dropped": drop,
    "answer cut": cut,
    "JSON cut": answer(b'{"result": {"succ'),
    "HTML": answer(b"<html><body>maintenance</body></html>"),
    "empty": answer(b""),
    "not an object": answer([1, 2]),
    "broken gzip": answer(b"not gzip at all", Content_Encoding="gzip"),
    "HTTP 500": answer(b"Internal Server Error", 500),
    "HTTP 502 with JSON of a proxy": answer({"code": 502, "message": "Bad gateway"}, 502),
    "HTTP 404": answer(b"<html>", 404),
    "HTTP 403": answer(OK, 403),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_no_answer_is_tried_again_for_reads_alone(server, line, calls, fault):
    server.answers = [FAULTS[fault]]
    for is_read, tries in ((True, 3), (False, 1)):
        server.requests.clear()
        calls.clear()
        with pytest.raises(TransientError) as caught:
            line.call(METHOD, is_read=is_read)
        assert (caught.value.reason, caught.value.method) == (errors.NETWORK, METHOD)
        assert caught.value.__cause__ is None and caught.value.__context__ is None
        assert len(server.requests) == tries
        assert [call for call in calls if call[0] == METHOD] == [(METHOD, errors.NETWORK)] * tries
        assert all(seconds <= 2 for name, seconds in calls if name == "sleep")


@pytest.mark.parametrize("fault", FAULTS)
def test_second_try_of_a_read_may_work(server, line, fault):
    server.answers = [FAULTS[fault], answer(OK)]
    assert line.call(METHOD) == OK


def test_system_calls_are_never_repeated(server, line):
    server.answers = [drop]
    with pytest.raises(TransientError):
        line.rest("/auth/token/refresh", {"refresh_token": "r"})
    assert len(server.requests) == 1


def test_redirects_are_not_followed(server, line):
    server.answers = [answer(b"", 302, Location=f"{server.url}/elsewhere")]
    with pytest.raises(TransientError) as caught:
        line.call(METHOD, is_read=False)
    assert (caught.value.reason, caught.value.detail) == (errors.NETWORK, "HTTP 302")
    assert [path.startswith("/sync") for path, _headers, _body in server.requests] == [True]


def test_errors_of_the_gateway_count_whatever_the_status(server, line):
    server.answers = [answer({"error_response": {"code": "InsufficientPermission"}}, 400)]
    with pytest.raises(FixError) as caught:
        line.call(METHOD)
    assert caught.value.reason == errors.PERMISSION


@pytest.mark.parametrize("header, seconds", [({"Retry_After": "30"}, 31), ({}, 60), ({"Retry_After": "soon"}, 60)])
def test_http_429(server, line, header, seconds):
    server.answers = [answer(b"", 429, **header)]
    with pytest.raises(TransientError) as caught:
        line.call(METHOD)
    assert (caught.value.reason, caught.value.retry_after) == (errors.RATE_LIMIT, seconds)


def test_time_out(server, line, monkeypatch):
    monkeypatch.setattr(transport, "READ_TIMEOUT", 0.1)
    monkeypatch.setattr(pace, "TRY_AGAIN_WITHIN", 0.05)
    gone = threading.Event()
    server.answers = [lambda handler: gone.wait(5)]
    with pytest.raises(TransientError) as caught:
        line.call(METHOD)
    gone.set()
    assert (caught.value.reason, caught.value.detail) == (errors.NETWORK, "no answer within 0.1 seconds")
    assert len(server.requests) == 1  # waiting longer is for the caller's schedule


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1", "http://", "nonsense", "http://[::1", "ftp://127.0.0.1", f"http://{'a' * 70}.x"]
)
def test_gateway_that_is_not_there(url):
    line = Transport(KEY, SECRET, TOKEN, gateway_url=url, sleep=lambda seconds: None)
    with pytest.raises(TransientError) as caught:
        line.call(METHOD)
    assert caught.value.reason == errors.NETWORK


def ban(seconds):
    return {"error_response": {"code": "ApiCallLimit", "msg": f"this ban will last {seconds} seconds"}}


class Time:
    """A clock that whoever waits sets forward."""

    def __init__(self):
        self.now, self.waited = NOW, []
        self.lock = threading.Lock()

    def sleep(self, seconds):
        with self.lock:
            self.now += seconds
            self.waited.append(seconds)


@pytest.mark.parametrize("is_read", [True, False])
def test_short_bans_are_waited_for(is_read):
    moments = Time()
    gateway = Gateway(ban(1), ban(2), ban(1), ban(1), OK)
    line = gateway.transport(clock=lambda: moments.now, sleep=moments.sleep)
    assert line.call(METHOD, is_read=is_read) == OK
    assert moments.waited == [2, 3, 2, 2]


def test_short_bans_without_end_are_for_the_caller():
    moments = Time()
    gateway = Gateway(ban(1))
    with pytest.raises(TransientError):
        gateway.transport(clock=lambda: moments.now, sleep=moments.sleep).call(METHOD)
    assert sum(moments.waited) <= pace.PATIENCE
    assert len(gateway.calls) > 10


def test_a_limit_of_revealing_addresses_is_met_three_times_at_most():
    gateway = Gateway(ban(1))
    with pytest.raises(TransientError):
        gateway.transport().call("aliexpress.trade.seller.order.decrypt")
    assert len(gateway.calls) == 3


def test_all_threads_get_through_a_limit_of_calls_per_second():
    """The times are a tenth of the real ones."""
    accepted, refused, lock = [], [], threading.Lock()

    def take():
        now = time.monotonic()
        with lock:
            is_free = sum(now - moment < 0.1 for moment in accepted) < 5
            (accepted if is_free else refused).append(now)
        time.sleep(0.01)
        return OK if is_free else ban(1)

    line = Gateway(take).transport(clock=lambda: time.monotonic() * 10, sleep=lambda seconds: time.sleep(seconds / 10))
    with ThreadPoolExecutor(max_workers=6) as pool:
        assert list(pool.map(lambda _number: line.call(METHOD), range(20))) == [OK] * 20
    assert refused


def test_time_that_a_read_waited_for_its_turn_does_not_cost_its_second_try(monkeypatch):
    monkeypatch.setattr(pace, "TRY_AGAIN_WITHIN", 0.1)
    gateway = Gateway({"error_response": {"code": "ServiceUnavailable"}}, OK)
    line = gateway.transport()
    monkeypatch.setattr(line._pace, "take_turn", lambda: time.sleep(0.2) or NOW)
    assert line.call(METHOD) == OK


def test_calls_are_spread_once_one_was_refused():
    moments = Time()
    turns = pace.Pace(lambda: moments.now, moments.sleep)
    assert [turns.take_turn() for _call in range(3)] == [NOW] * 3
    turns.slow_down(NOW)
    assert turns.take_turn() == NOW
    assert turns.take_turn() == moments.now == NOW + pace.SMALLEST_GAP
    turns.slow_down(NOW - 1)  # on its way already when the calls were spread: says nothing new
    assert turns.take_turn() == NOW + 2 * pace.SMALLEST_GAP
    for _refusal in range(20):
        turns.slow_down(moments.now)
    turns.take_turn()
    assert turns.take_turn() - turns.take_turn() == -pace.LARGEST_GAP


def test_long_bans_are_for_the_caller():
    gateway = Gateway(ban(3), OK)
    with pytest.raises(TransientError) as caught:
        gateway.transport().call(METHOD)
    assert caught.value.retry_after == 4
    assert len(gateway.calls) == 1


@pytest.mark.parametrize(
    "code, tries",
    [("ServiceUnavailable", 3), ("PRODUCT_IN_AUDIT_PENDING", 1), ("InvalidParameter", 1), ("IllegalAccessToken", 1)],
)
def test_what_is_tried_again(code, tries):
    gateway = Gateway({"error_response": {"code": code}})
    with pytest.raises(errors.AliexpressError):
        gateway.transport().call(METHOD)
    assert len(gateway.calls) == tries


def test_each_try_is_signed_anew():
    times = itertools.count(1.0)
    gateway = Gateway({"error_response": {"code": "ServiceUnavailable"}}, OK)
    gateway.transport(clock=lambda: next(times)).call(METHOD)
    first, second = gateway.calls
    assert first.query["timestamp"] != second.query["timestamp"]
    assert first.query["sign"] != second.query["sign"]


@pytest.mark.parametrize("inside", [[], "text", 1, True, None])
def test_envelope_without_object(inside):
    with pytest.raises(FixError) as caught:
        Gateway({"aliexpress_some_method_response": inside}).transport().call(METHOD)
    assert caught.value.reason == errors.UNREADABLE


def test_logs_hold_no_secret_and_no_parameter(server, line, caplog):
    caplog.set_level(logging.DEBUG)
    server.answers = [answer(OK), drop]
    line.call(METHOD, {"memo": "Ana Perez"})
    with pytest.raises(TransientError) as caught:
        line.call(METHOD, {"memo": "Ana Perez"})
    assert "urllib3" in {record.name.split(".")[0] for record in caplog.records}
    assert "session=***" in caplog.text
    assert f"{METHOD}: ok in " in caplog.text
    for hidden in (TOKEN, SECRET, "Ana", "Perez"):
        assert hidden not in caplog.text
        assert hidden not in f"{caught.value!r} {caught.value} {line!r}"


def test_a_ban_told_to_one_thread_is_obeyed_by_all():
    gateway = Gateway(ban(30), OK)
    now = [1000.0]
    line = gateway.transport(clock=lambda: now[0])
    with pytest.raises(TransientError):
        line.call(METHOD)
    for moment, left in ((1000.0, 31), (1020.5, 11)):
        now[0] = moment
        with pytest.raises(TransientError) as caught:
            line.call("aliexpress.another.method")
        assert (caught.value.reason, caught.value.retry_after) == (errors.RATE_LIMIT, left)
        assert caught.value.is_known
    assert len(gateway.calls) == 1
    now[0] = 1031.0
    assert line.call(METHOD) == OK


def test_a_limit_of_revealing_addresses_silences_nothing_else():
    limit = {"error_response": {"code": "ApiCallLimit", "msg": "this ban will last 60 seconds", "request_id": "1"}}
    gateway = Gateway(limit, OK)
    line = gateway.transport()
    with pytest.raises(TransientError):
        line.call("aliexpress.trade.seller.order.decrypt", is_read=False)
    assert line.call(METHOD) == OK


def test_a_ban_that_is_over_soon_is_waited_for_by_the_others_too():
    gateway = Gateway(OK)
    now = [1000.0]

    def sleep(seconds):
        now[0] += seconds

    line = gateway.transport(clock=lambda: now[0], sleep=sleep)
    line._quiet_until = 1002.0  # as another thread has left it
    assert line.call(METHOD) == OK
    assert now[0] >= 1002.0


def test_a_ban_that_ends_just_now_is_over():
    now, slept = itertools.count(1000.0, 0.4), []
    line = Gateway(OK).transport(clock=lambda: next(now), sleep=slept.append)
    line._quiet_until = 1000.3  # looked at, it is not over; a moment later it is
    assert line.call(METHOD) == OK
    assert slept == [0]


def test_whoever_asks_before_each_call_may_forbid_it():
    gateway = Gateway(OK)

    class Closed(OpenGate):
        def check(self):
            raise TransientError(errors.RATE_LIMIT, retry_after=60, is_known=True)

    with pytest.raises(TransientError):
        gateway.transport(gate=Closed()).call(METHOD)
    assert not gateway.calls


def test_the_gate_hears_of_limits_and_knows_which_are_waited_for():
    class Gate(OpenGate):
        def __init__(self):
            self.heard = []

        def note(self, error):
            self.heard.append(("noted", error.retry_after))

        @contextlib.contextmanager
        def hold(self, error):
            self.heard.append("closed")
            yield
            self.heard.append("open")

    ban = {"error_response": {"code": "ApiCallLimit", "msg": "this ban will last 1 seconds"}}
    gate = Gate()
    gateway = Gateway(ban, OK)
    gateway.transport(gate=gate, sleep=lambda seconds: gate.heard.append("waited")).call(METHOD)
    assert gate.heard == [("noted", 2), "closed", "waited", "open"]
    gate.heard.clear()
    ban["error_response"]["msg"] = "this ban will last 60 seconds"
    with pytest.raises(TransientError):
        Gateway(ban).transport(gate=gate).call(METHOD)
    assert gate.heard == [("noted", 61)]


@pytest.mark.parametrize(
    "code, concerns_app",
    [
        ("AppCallLimit", True),
        ("ApiCallLimit", True),
        ("SellerCallLimit", False),
        ("accesscontrol.limited-by-app-access-count", True),
        ("isp.call-limited", False),
    ],
)
def test_whose_limit_it_is(code, concerns_app):
    gateway = Gateway({"error_response": {"code": code, "msg": "this ban will last 60 seconds"}})
    with pytest.raises(TransientError) as caught:
        gateway.transport().call(METHOD)
    assert (caught.value.reason, caught.value.concerns_app) == (errors.RATE_LIMIT, concerns_app)
