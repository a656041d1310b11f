"""HTTP: a threaded werkzeug server, and what goes to which room of the sandbox."""

import gzip
import json
import logging
import socket
import struct
import threading
import time

from werkzeug.exceptions import HTTPException
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from . import control, gateway, web  # control_records adds its routes to control
from .faults import ConnectionCut, RawAnswer

_logger = logging.getLogger(__name__)

MAX_BODY = 64 * 1024 * 1024
GZIP_FROM = 1024


class Handler(WSGIRequestHandler):
    """Answers without delay, quietly, under the name the real gateway has."""

    disable_nagle_algorithm = True  # small answers, kept-alive connections
    server_version = "Tengine/Aserver"
    sys_version = ""

    def connection_dropped(self, error, environ=None):
        self.close_connection = True

    def version_string(self):
        return self.server_version

    def log_request(self, code="-", size="-"):
        _logger.debug("%s %s", code, self.requestline)

    def log(self, type, message, *args):
        _logger.debug(message, *args)


class Server:
    """Serves one sandbox in a thread of its own."""

    def __init__(self, sandbox, host, port):
        self.app = Application(sandbox)
        self.server = make_server(host, port, self.app, threaded=True, request_handler=Handler)
        self.server.daemon_threads = True
        self.server.block_on_close = False
        self.url = f"http://{host}:{self.server.server_port}"
        self.thread = None

    def start(self):
        self.thread = threading.Thread(
            target=self.server.serve_forever,
            kwargs={"poll_interval": 0.05},
            name="aliexpress_sandbox",
            daemon=True,
        )
        self.thread.start()

    def stop(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


class Application:
    """The WSGI application."""

    def __init__(self, sandbox):
        self.sandbox = sandbox

    def __call__(self, environ, start_response):
        request = Request(environ)
        request.max_content_length = MAX_BODY
        request.max_form_memory_size = MAX_BODY
        try:
            response = self.respond(request)
        except RawAnswer as raw:
            response = Response(raw.body, raw.status, content_type=raw.content_type)
        except ConnectionCut as cut:
            time.sleep(cut.wait)
            cut_connection(environ)
        except HTTPException as error:
            response = error
        return response(environ, start_response)

    def respond(self, request):
        self.sandbox.requests += 1
        path = request.path
        if path == "/sync" or path.startswith("/rest/"):
            return gateway_response(request, gateway.answer(self.sandbox, request))
        if path == "/oauth/authorize":
            return web.authorize(self.sandbox, request)
        if path.startswith("/_sandbox"):
            return json_response(*control.answer(self.sandbox, request))
        return web.page(self.sandbox, request)


def json_response(data, status=200):
    body = json.dumps(data, ensure_ascii=False, default=str)
    return Response(body, status, content_type="application/json;charset=utf-8")


def gateway_response(request, body):
    """The answer with the headers of the real gateway, packed when that is asked."""
    body = body.encode()
    response = Response(body, 200, content_type="application/json;charset=utf-8")
    response.headers["access-control-allow-origin"] = "*"
    response.headers["EagleEye-TraceId"] = f"{time.time_ns():x}"
    if len(body) >= GZIP_FROM and "gzip" in request.headers.get("Accept-Encoding", ""):
        response.set_data(gzip.compress(body, compresslevel=1))
        response.headers["Content-Encoding"] = "gzip"
        response.headers["Vary"] = "Accept-Encoding"
    return response


def cut_connection(environ):
    """Reset the TCP connection: the client sees no clean end."""
    connection = environ["werkzeug.socket"]
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    # Closes at once, although the handler's files still refer to the socket.
    connection._real_close()
    raise ConnectionResetError("connection reset on purpose")
