import json
import threading
import time
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch
from urllib.parse import parse_qsl, urlsplit

import requests

from odoo import fields
from odoo.tests import TransactionCase, tagged

from ..lib.transport import Transport

GATEWAY_URL = "https://gateway.test"
DATA = Path(__file__).parent / "data"

# All scheduled actions, as `run_job` calls them, in an order in which one has something to do for the next.
JOBS = (
    "fetch_orders",
    "process_orders",
    "push_shipments",
    "publish_listings",
    "push_offers",
    "refresh_listings",
    "refresh_shop_data",
    "refresh_tokens",
    "watchdog",
    "cleanup",
)
# A buyer who can be told from everything else: as the gateway gives them, and in words that are nowhere else.
BUYER = {"login": "es4455667788", "first_name": "Marisol", "last_name": "Quintanilla"}
ADDRESS = {
    "contact_person": "Marisol Quintanilla",
    "detail_address": "Calle Desconocida 77",
    "city": "Valdemoro",
    "zip": "28341",
    "mobile_no": "611223344",
}
PERSONAL = ("Marisol", "Quintanilla", "Desconocida", "Valdemoro", "28341", "611223344", "es4455667788", "ring twice")


def load_answer(name):
    """The answer stored as tests/data/<name>.json."""
    return json.loads((DATA / f"{name}.json").read_text())


def envelope(method, body):
    """`body` as AliExpress sends it without `simplify`."""
    return {f"{method.replace('.', '_')}_response": body | {"request_id": "210126da17109432355961234"}}


def error_response(code, message="Remote service error", sub_code="", sub_message=""):
    """A refusal of the gateway."""
    error = {"type": "ISP", "code": code, "msg": message, "request_id": "210126da17109432355961299"}
    if sub_code:
        error |= {"sub_code": sub_code, "sub_msg": sub_message}
    return {"error_response": error}


class Call:
    """One request as it reached the border: `method` (or path), and all its parameters as text."""

    def __init__(self, request):
        url = urlsplit(request.url)
        self.path = url.path
        body = request.body or b""
        if isinstance(body, bytes):
            body = body.decode("utf-8", "replace")
        self.parameters = dict(parse_qsl(url.query, keep_blank_values=True))
        if "multipart" not in request.headers.get("Content-Type", ""):
            self.parameters |= dict(parse_qsl(body, keep_blank_values=True))
        self.method = self.parameters.get("method") or url.path.removeprefix("/rest")

    def get_json(self, name):
        """The structure sent in the parameter `name`."""
        return json.loads(self.parameters[name])


class GatewayMixin:
    """Answers at the HTTP border. `cls.answers` maps a method or /rest path, "*" for all others, to an answer: a dict,
    an exception to raise, a `requests.Response`, or a function of the `Call` that returns one of these. `cls.calls`
    lists the calls in order.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.answers = {}
        cls.calls = []
        cls._gateway_lock = threading.Lock()

    def setUp(self):
        super().setUp()
        self.calls.clear()
        self.answers.clear()
        self.set_answers()

    def set_answers(self):
        """Extend to set the answers every test of the class starts with."""

    @classmethod
    def _request_handler(cls, session, request, /, **kw):
        if not request.url.startswith(GATEWAY_URL):
            return super()._request_handler(session, request, **kw)
        call = Call(request)
        call.session = session
        with cls._gateway_lock:
            cls.calls.append(call)
        no_answer = error_response("InsufficientPermission", f"no answer set for {call.method}")
        answer = cls.answers.get(call.method, cls.answers.get("*", no_answer))
        if callable(answer) and not isinstance(answer, type):
            answer = answer(call)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, requests.Response):
            return answer
        return cls.make_response(json.dumps(answer), request=request)

    @staticmethod
    def make_response(text, status=200, content_type="application/json;charset=utf-8", request=None):
        """A `requests.Response` with this body."""
        response = requests.Response()
        response.status_code = status
        response._content = text.encode()
        response.headers["Content-Type"] = content_type
        response.request = request
        response.url = request.url if request else GATEWAY_URL
        return response

    def called(self, method):
        """The calls of one method, in order."""
        return [call for call in self.calls if call.method == method]


@tagged("post_install", "-at_install")
class ShopCase(TransactionCase):
    """A company with a warehouse, and how its shops and products are made and the scheduled actions run.

    The two cases below add who answers as AliExpress.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Between the tries of a read nobody waits here: what comes of them does not depend on it.
        cls.startClassPatcher(patch.dict(Transport.__init__.__kwdefaults__, sleep=lambda _seconds: None))
        cls.env["ir.config_parameter"].set_param("aliexpress_connector.gateway_url", cls.start_gateway())
        cls.company = cls.env.company
        cls.warehouse = cls.env["stock.warehouse"].search([("company_id", "=", cls.company.id)], limit=1)

    @classmethod
    def create_account(cls, name, company=None, **values):
        """A connected shop of `company`, by default of the test's own."""
        company = company or cls.company
        warehouse = cls.env["stock.warehouse"].search([("company_id", "=", company.id)], limit=1)
        now = fields.Datetime.now()
        return cls.env["aliexpress.account"].create(
            {
                "name": name,
                "company_id": company.id,
                "app_key": "501234",
                "app_secret": "helloworldsecret",
                "access_token_expiry": now + timedelta(days=30),
                "authorization_expiry": now + timedelta(days=60),
                "state": "connected",
                "warehouse_id": warehouse.id,
            }
            | values
        )

    @classmethod
    def create_product(cls, code, name, quantity=0, **values):
        product = cls.env["product.product"].create(
            {"name": name, "default_code": code, "is_storable": True, "list_price": 10} | values
        )
        if quantity:
            cls.env["stock.quant"]._update_available_quantity(product, cls.warehouse.lot_stock_id, quantity)
        return product

    def run_job(self, name):
        """Run a scheduled action as the scheduler would, for instance `run_job("fetch_orders")`."""
        with self.enter_registry_test_mode():
            self.env.ref(f"aliexpress_connector.ir_cron_{name}").method_direct_trigger()
        self.env.invalidate_all()

    @contextmanager
    def watch_threads(self):
        """Yield `{thread: the cursors with which it asked the database}` of the threads that call AliExpress beside the
        test's own, from their first call on.
        """
        cursors, own_thread, handle = {}, threading.current_thread(), type(self)._request_handler

        def handle_and_watch(session, request, /, **kw):
            thread = threading.current_thread()
            if thread is not own_thread and thread not in cursors:
                cursors[thread] = set()
                # Odoo tells a thread of each of its queries: (cursor, query, …).
                thread.query_hooks = [lambda cursor, *_query: cursors[thread].add(cursor)]
            return handle(session, request, **kw)

        with patch.object(type(self), "_request_handler", handle_and_watch):
            yield cursors

    @contextmanager
    def watch_calls(self, hook):
        """Call `hook` with each request, as text, before it reaches AliExpress."""
        handle = type(self)._request_handler

        def handle_and_tell(session, request, /, **kw):
            hook(f"{request.url} {request.body}")
            return handle(session, request, **kw)

        with patch.object(type(self), "_request_handler", handle_and_tell):
            yield

    def run_job_without_time(self, model, name, seconds=0):
        """Call a scheduled action once as the scheduler does when the time of its run is over, or will be in `seconds`;
        returns the progress.
        """
        job = self.env.ref(f"aliexpress_connector.ir_cron_{name}")
        progress = self.env["ir.cron.progress"].create({"cron_id": job.id})
        self.env.flush_all()
        context = {"cron_id": job.id, "ir_cron_progress_id": progress.id, "cron_end_time": time.monotonic() + seconds}
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            getattr(self.env(cr=cr, context=context)[model], f"_cron_{name}")()
        self.env.invalidate_all()
        return progress


class AliexpressCase(GatewayMixin, ShopCase):
    """A connected Spanish shop of the `solution` family, its products, and a gateway at the HTTP border.

    `account_values` make the shop another one.
    """

    account_values = {"seller_ref": "2671514005"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account = cls.create_account("Test shop", **cls.account_values)
        cls.shirt = cls.create_product("TSHIRT-BLU-M", "Cotton T-shirt", quantity=100)
        cls.cap = cls.create_product("CAP-RED", "Red cap", quantity=100)

    @classmethod
    def start_gateway(cls):
        return GATEWAY_URL

    @classmethod
    def create_account(cls, name, company=None, **values):
        own = {
            "access_token": f"50000901b30TESTTOKEN {name}",
            "refresh_token": f"50001000c2R {name}",
            "family": "solution",
            "order_start_date": "2024-01-01 00:00:00",
        }
        return super().create_account(name, company, **own | values)


class SandboxCase(ShopCase):
    """A shop connected to the local gateway over real HTTP, empty of orders, and products for its SKU codes."""

    scenario = "empty"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account = cls.create_account("Test shop")
        cls.products = cls.env["product.product"].create(
            [
                {"name": f"Product {code}", "default_code": code, "is_storable": True, "list_price": 10}
                for code in ("TSHIRT-BLU-M", "TSHIRT-BLU-S", "CAP-RED", "MUG-01", "SHIRT-UNI")
            ]
        )
        for product in cls.products:
            cls.env["stock.quant"]._update_available_quantity(product, cls.warehouse.lot_stock_id, 1000)

    @classmethod
    def start_gateway(cls):
        # Only here: the gateway is part of the repository, not of the addon.
        from aliexpress_sandbox import Sandbox

        cls.sandbox = Sandbox(cls.scenario)
        cls.addClassCleanup(cls.sandbox.stop)
        return cls.sandbox.start()

    @classmethod
    def create_account(cls, name, company=None, app="501234", **values):
        application = cls.sandbox.world.apps[app]
        tokens = cls.sandbox.issue_token(shop=application.shops[0] if application.shops else None, app=application)
        own = {
            "app_key": app,
            "app_secret": application.secret,
            "access_token": tokens.access_token,
            "refresh_token": tokens.refresh_token,
            "order_start_date": fields.Datetime.now() - timedelta(days=60),
        }
        return super().create_account(name, company, **own | values)

    def setUp(self):
        super().setUp()
        self.sandbox.reset()
        tokens = self.sandbox.issue_token()
        self.account.write({"access_token": tokens.access_token, "refresh_token": tokens.refresh_token})

    def import_orders(self):
        """Fetch and process; returns all orders of the shop."""
        self.run_job("fetch_orders")
        self.run_job("process_orders")
        return self.env["aliexpress.order"].search([("account_id", "=", self.account.id)])

    def place(self, *lines, **values):
        """Place a paid order on the sandbox and return it; `lines` and `values` as `Sandbox.place_order` takes them."""
        return self.sandbox.place_order(list(lines) or [["TSHIRT-BLU-M", 2]], **({"pay": True} | values))

    def get_order(self, placed):
        """The inbox order of an order of the sandbox."""
        return self.env["aliexpress.order"].search(
            [("account_id", "=", self.account.id), ("order_ref", "=", str(placed.order_id))]
        )
