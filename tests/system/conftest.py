"""Whole processes: a database of its own, the local gateway, Odoo run as scripts that may be killed at any moment."""

import contextlib
import itertools
import json
import os
import pathlib
import signal
import subprocess
import sys
import time

import pytest
from servers import control

ROOT = pathlib.Path(__file__).resolve().parents[2]
numbers = itertools.count()

# Runs before every script: `env` is there, OdooBot is the user.
CONNECT = """
from datetime import datetime, timedelta
now = datetime.now()
warehouse = env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1)
env["ir.config_parameter"].set_param("aliexpress_connector.gateway_url", {url!r})
account = env["aliexpress.account"].create({{
    "name": "System test", "app_key": "501234", "app_secret": "helloworldsecret", "state": "connected",
    "access_token": {access!r}, "refresh_token": {refresh!r},
    "access_token_expiry": now + timedelta(days=20), "authorization_expiry": now + timedelta(days=40),
    "warehouse_id": warehouse.id, "order_start_date": now - timedelta(days=30),
}})
products = env["product.product"].create([
    {{"name": code, "default_code": code, "is_storable": True}} for code in ("TSHIRT-BLU-M", "CAP-RED", "MUG-01")
])
for product in products:
    env["stock.quant"]._update_available_quantity(product, warehouse.lot_stock_id, 100000)
env.cr.commit()
"""


class Forks:
    """An Odoo that is loaded once, from which the scripts of all tests are forked: the database of each test has the
    same name and is a copy of the same one.
    """

    def __init__(self, database, folder):
        self.database = database
        self.folder = folder
        self.process = None

    def start(self, **order):
        """Start a script (see `forks.work`); its process id."""
        if not self.process:
            command = [sys.executable, str(pathlib.Path(__file__).parent / "forks.py"), self.database]
            self.process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=self.folder, text=True
            )
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def stop(self):
        """End it; the next script has Odoo loaded anew."""
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None


@pytest.fixture(scope="session")
def forks(tmp_path_factory):
    """The `Forks` of all tests."""
    loaded = Forks(f"aliexpress_system_{os.getpid()}", tmp_path_factory.mktemp("odoo"))
    yield loaded
    loaded.stop()


@pytest.fixture
def database(forks):
    """The name of a fresh copy of the prepared database, dropped afterwards."""
    name = forks.database
    subprocess.run(["createdb", "-T", os.environ["ALIEXPRESS_TEMPLATE"], name], check=True)
    yield name
    subprocess.run(["dropdb", "--force", "--if-exists", name], check=True)


class Gateway:
    """The local gateway as a process of its own, spoken to through its control API."""

    def __init__(self, folder, scenario="empty"):
        url_file = folder / "url"
        command = [sys.executable, "-m", "aliexpress_sandbox", "--port", "0", "--scenario", scenario]
        self.process = subprocess.Popen(
            [*command, "--url-file", str(url_file)], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + 20
        while not (url_file.exists() and url_file.read_text().strip()):
            assert time.monotonic() < deadline and self.process.poll() is None, "the gateway does not start"
            time.sleep(0.05)
        self.url = url_file.read_text().strip()

    def call(self, http_method, path, **values):
        """Call the control API; its answer."""
        return control(self.url, http_method, path, **values)

    def stop(self):
        """End the process."""
        self.process.kill()
        self.process.wait()


@pytest.fixture
def gateway(tmp_path):
    """A `Gateway` without orders."""
    process = Gateway(tmp_path)
    yield process
    process.stop()


class Script:
    """A script at work in a process of its own; what `subprocess.Popen` offers, as far as the tests want it."""

    def __init__(self, pid, log, code):
        self.pid = pid
        self.log = log
        self.code = code
        self.is_killed = False

    def has_ended(self):
        """Whether it is over, by itself or by `kill`: its process id may be another's by now."""
        return self.is_killed or (self.code.exists() and bool(self.code.read_text()))

    def poll(self):
        """The exit code, or None while it runs."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return int(self.code.read_text()) if self.code.exists() and self.code.read_text() else -signal.SIGKILL
        return None

    def wait(self, timeout=600):
        """Wait for the end; the exit code."""
        deadline = time.monotonic() + timeout
        while self.poll() is None:
            if time.monotonic() > deadline:
                raise subprocess.TimeoutExpired("script", timeout)
            time.sleep(0.02)
        return self.poll()

    def kill(self):
        """kill -9"""
        self.is_killed = True
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)


class Odoo:
    """Python run inside Odoo, in processes that can be killed; and SQL on its database."""

    def __init__(self, forks, folder):
        self.database = forks.database
        self.folder = folder
        self.forks = forks
        self.scripts = []
        self.is_changed = False

    def start(self, script, **values):
        """Start `script` (text; `env` is Odoo's), with `values` in its environment, and return the `Script`."""
        number = next(numbers)
        log, code = self.folder / f"odoo{number}.log", self.folder / f"odoo{number}.code"
        file = open(log, "w+b")  # noqa: SIM115  closed with the process
        pid = self.forks.start(script=script, log=str(log), code=str(code), values=values)
        self.scripts.append(Script(pid, file, code))
        return self.scripts[-1]

    def load_anew(self):
        """Other modules are installed now: load Odoo anew for the next script, and for the next test."""
        self.forks.stop()
        self.is_changed = True

    def stop(self):
        """End what still runs: the next test has a database of the same name."""
        for script in self.scripts:
            if not script.has_ended():
                script.kill()
        if self.is_changed:
            self.forks.stop()

    def run(self, script, timeout=600, **values):
        """Run `script` to its end; what it printed."""
        process = self.start(script, **values)
        code = process.wait(timeout=timeout)
        process.log.seek(0)
        output = process.log.read().decode(errors="replace")
        assert code == 0 and "Traceback" not in output, output
        return output

    def connect(self, gateway):
        """Create a shop connected to the gateway, and products in stock for its SKU codes."""
        tokens = gateway.call("POST", "tokens")
        self.run(CONNECT.format(url=gateway.url, access=tokens["access_token"], refresh=tokens["refresh_token"]))

    def kill(self, process):
        """kill -9 a `Script`. Odoo skips one run of a job that was killed three times before it had done anything:
        here it is as if it had done something in between.
        """
        process.kill()
        process.wait()
        self.sql("DELETE FROM ir_cron_progress")

    def sql(self, query):
        """Rows of a query, as tuples of text."""
        done = subprocess.run(
            ["psql", "-d", self.database, "-AtF", "|", "-c", query], check=True, capture_output=True, text=True
        )
        return [tuple(line.split("|")) for line in done.stdout.splitlines()]


@pytest.fixture
def odoo(database, forks, tmp_path):
    """An `Odoo` on a fresh database."""
    loaded = Odoo(forks, tmp_path)
    yield loaded
    loaded.stop()


@pytest.fixture
def servers():
    """A list: the servers in it are stopped afterwards."""
    started = []
    yield started
    for server in started:
        server.stop()


@pytest.fixture(scope="module")
def demo(request, tmp_path_factory):
    """A fresh `./dev demo` for all tests of a file: what people do in it uses up the orders that it begins with."""
    from demo import Demo  # here: files without a browser do without Playwright

    name = f"aliexpress_{request.path.stem}_{os.getpid()}"
    running = Demo(name, tmp_path_factory.mktemp("demo") / "demo.log")
    yield running
    assert "Traceback" not in running.stop()


@pytest.fixture(scope="session")
def browser():
    """A browser, for all tests: each person in front of it has a context of their own."""
    from demo import chromium

    with chromium() as browser:
        yield browser
