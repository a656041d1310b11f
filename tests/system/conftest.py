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
import urllib.request

import pytest

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


@pytest.fixture
def database():
    """The name of a fresh copy of the prepared database, dropped afterwards."""
    name = f"aliexpress_system_{os.getpid()}_{next(numbers)}"
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
        request = urllib.request.Request(
            f"{self.url}/_sandbox/{path}",
            method=http_method,
            data=json.dumps(values).encode() if http_method in ("POST", "PATCH", "PUT") else None,
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as response:
            return json.load(response)

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
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)


class Odoo:
    """Python run inside Odoo, in processes that can be killed; and SQL on its database."""

    def __init__(self, database, folder):
        self.database = database
        self.folder = folder
        self.loaded = None

    def start(self, script, **values):
        """Start `script` (text; `env` is Odoo's), with `values` in its environment, and return the `Script`."""
        if not self.loaded:
            command = [sys.executable, str(pathlib.Path(__file__).parent / "forks.py"), self.database]
            self.loaded = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=self.folder, text=True
            )
        number = next(numbers)
        log, code = self.folder / f"odoo{number}.log", self.folder / f"odoo{number}.code"
        file = open(log, "w+b")  # noqa: SIM115  closed with the process
        order = {"script": script, "log": str(log), "code": str(code), "values": values}
        self.loaded.stdin.write(json.dumps(order) + "\n")
        self.loaded.stdin.flush()
        return Script(int(self.loaded.stdout.readline()), file, code)

    def stop(self):
        """End the process that scripts are started from."""
        if self.loaded:
            self.loaded.kill()
            self.loaded.wait()
            self.loaded = None

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
def odoo(database, tmp_path):
    """An `Odoo` on a fresh database."""
    loaded = Odoo(database, tmp_path)
    yield loaded
    loaded.stop()
