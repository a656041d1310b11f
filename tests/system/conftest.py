"""Whole processes: a database of its own, the local gateway, Odoo run as scripts that may be killed at any moment."""

import itertools
import json
import os
import pathlib
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


class Odoo:
    """Python run inside Odoo, in processes that can be killed; and SQL on its database."""

    def __init__(self, database, folder):
        self.database = database
        self.folder = folder

    def start(self, script, **values):
        """Start `script` (text; `env` is Odoo's) and return the process."""
        log = open(self.folder / f"odoo{next(numbers)}.log", "w+b")  # noqa: SIM115  closed with the process
        process = subprocess.Popen(
            [sys.executable, "-m", "odoo", "shell", "-d", self.database, "--no-http", "--log-level=warn"],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            cwd=self.folder,
            env=os.environ | values,
        )
        process.log = log
        process.stdin.write(script.encode())
        process.stdin.close()
        return process

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

    def sql(self, query):
        """Rows of a query, as tuples of text."""
        done = subprocess.run(
            ["psql", "-d", self.database, "-AtF", "|", "-c", query], check=True, capture_output=True, text=True
        )
        return [tuple(line.split("|")) for line in done.stdout.splitlines()]


@pytest.fixture
def odoo(database, tmp_path):
    """An `Odoo` on a fresh database."""
    return Odoo(database, tmp_path)
