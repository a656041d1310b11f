"""A gateway that answers what a test tells it, at the HTTP border: everything above it is real."""

import io
import json
import pathlib
from urllib.parse import parse_qs, urlsplit

import requests
from requests.adapters import BaseAdapter

from aliexpress_connector.lib.transport import Transport

DATA = pathlib.Path(__file__).parent / "data"
KEY, SECRET, TOKEN = "501234", "0123456789abcdefSECRET", "50000901b30TESTTOKEN"
NOW = 1_700_000_000.0  # 2023-11-14 22:13:20 UTC


class Gateway(BaseAdapter):
    """Answers each request with the next of `answers` (the last one for ever), or what it returns where it is a
    function, and keeps the requests in `calls`.
    """

    def __init__(self, *answers):
        super().__init__()
        self.answers = list(answers)
        self.calls = []

    def send(self, request, **_kwargs):
        self.calls.append(Call(request))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if callable(answer):
            answer = answer()
        if isinstance(answer, Exception):
            raise answer
        response = requests.Response()
        response.status_code, body = answer if isinstance(answer, tuple) else (200, answer)
        response.raw = io.BytesIO(body if isinstance(body, bytes) else json.dumps(body).encode())
        response.request, response.url = request, request.url
        return response

    def close(self):
        pass

    def transport(self, **kwargs):
        session = requests.Session()
        session.mount("https://", self)
        kwargs = {"clock": lambda: NOW, "sleep": lambda seconds: None} | kwargs
        return Transport(KEY, SECRET, TOKEN, session=session, **kwargs)


class Call:
    """One request as the gateway would read it."""

    def __init__(self, request):
        url = urlsplit(request.url)
        body = request.body or ""
        self.request, self.path = request, url.path
        self.query = _flat(url.query)
        self.params = _flat(body if isinstance(body, str) else "")
        self.method = self.query.get("method", "")

    def json(self, name):
        return json.loads(self.params[name])


def _flat(text):
    return {key: value for key, [value] in parse_qs(text, keep_blank_values=True).items()}


def sample(name):
    """A stored answer as `simplify=false` gives it."""
    return json.loads((DATA / f"{name}.json").read_text())


def simplified(value):
    """The same answer as `simplify=true` gives it: no envelope, plain lists."""
    [(_name, inside)] = value.items()
    return _without_wrappers(inside) | {"code": "0"}


_LISTS = ("_list", "_dto_list", "tags")


def _without_wrappers(value, name=""):
    if isinstance(value, list):
        return [_without_wrappers(item) for item in value]
    if not isinstance(value, dict):
        return value
    if name.endswith(_LISTS):
        return _without_wrappers(next(iter(value.values()), []))
    return {key: _without_wrappers(inner, key) for key, inner in value.items()}
