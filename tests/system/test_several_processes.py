"""Several Odoo servers on one database and one gateway: what they do together, and that they do it once."""

import http.server
import itertools
import os
import subprocess
import sys
import threading
import time

import pytest
from servers import Server
from test_orders_crash import assert_each_once, place

COUNT = 1000 if os.environ.get("ALIEXPRESS_LONG") else 20
PATIENCE = 1800
OURS = "SELECT res_id FROM ir_model_data WHERE module = 'aliexpress_connector' AND model = 'ir.cron'"


class Spreader:
    """What stands before several servers in real life: sends each request to the next of those that live."""

    def __init__(self):
        self.servers = []
        turns = itertools.count()
        spreader = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):  # noqa: N802  the name that http.server looks for
                living = [server for server in spreader.servers if server.process.poll() is None]
                self.send_response(307)
                self.send_header("Location", f"http://127.0.0.1:{living[next(turns) % len(living)].port}{self.path}")
                self.end_headers()

            def log_message(self, *_args):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


def wait_until_done(odoo, count):
    """Seconds until at least that many orders are done."""
    began = time.monotonic()
    while time.monotonic() - began < PATIENCE:
        [(done,)] = odoo.sql("SELECT count(*) FROM aliexpress_order WHERE state = 'done'")
        if int(done) >= count:
            return time.monotonic() - began
        time.sleep(0.5)
    raise AssertionError(
        odoo.sql("SELECT state, is_detail_due, error, count(*) FROM aliexpress_order GROUP BY 1, 2, 3")
    )


def quiet(odoo):
    """Only what is tried here runs: a new database has thirty other scheduled actions that are all due at once."""
    names = "'ir_cron_fetch_orders', 'ir_cron_process_orders', 'ir_cron_push_offers'"
    odoo.sql(f"UPDATE ir_cron SET active = id IN ({OURS} AND name IN ({names})) RETURNING id")


def wake(odoo):
    """Have the orders fetched now, as a push message of AliExpress would."""
    cron = f"{OURS} AND name = 'ir_cron_fetch_orders'"
    odoo.sql(f"INSERT INTO ir_cron_trigger (cron_id, call_at) SELECT ({cron}), now() AT TIME ZONE 'UTC' RETURNING id")
    subprocess.run(["psql", "-qd", "postgres", "-c", f"NOTIFY cron_trigger, '{odoo.database}'"], check=True)


def start_servers(odoo, servers, arguments=(), **values):
    servers += [Server(odoo, number, arguments, **values) for number in range(2)]
    for server in servers:
        server.wait_until_ready()


@pytest.mark.long  # the short form of everything at once has two such servers too
def test_two_servers_with_plain_scheduled_actions(odoo, gateway, servers):
    odoo.connect(gateway)
    quiet(odoo)
    place(gateway, COUNT)
    start_servers(odoo, servers)
    wake(odoo)
    seconds = wait_until_done(odoo, COUNT)
    print(f"two servers, scheduled actions: {COUNT / seconds:.1f} orders a second")
    assert_each_once(odoo, gateway, COUNT)


def test_two_servers_with_job_runners(odoo, gateway, servers):
    """One of them is killed on the way, the other takes over what it had begun: each order once."""
    odoo.connect(gateway)
    install = [sys.executable, "-m", "odoo", "-d", odoo.database, "-i", "queue_job", "--stop-after-init", "--no-http"]
    subprocess.run([*install, "--log-level=warn"], check=True, env=os.environ, cwd=odoo.folder)
    assert odoo.sql("SELECT state FROM ir_module_module WHERE name = 'aliexpress_connector_queue_job'") == [
        ("installed",)
    ]
    quiet(odoo)
    spreader = Spreader()
    values = {
        "ODOO_QUEUE_JOB_CHANNELS": "root:4",
        "ODOO_QUEUE_JOB_HOST": "127.0.0.1",
        "ODOO_QUEUE_JOB_PORT": str(spreader.port),
    }
    spreader.servers = servers
    start_servers(odoo, servers, ["--load=base,rpc,web,queue_job"], **values)
    place(gateway, COUNT)
    wake(odoo)
    seconds = wait_until_done(odoo, COUNT)
    jobs = odoo.sql("SELECT worker_pid, count(*) FROM queue_job WHERE state = 'done' GROUP BY 1")
    print(f"two servers, job runners: {COUNT / seconds:.1f} orders a second, jobs by server: {jobs}")
    assert len(jobs) == 2
    assert_each_once(odoo, gateway, COUNT)
    place(gateway, COUNT)
    wake(odoo)
    wait_until_done(odoo, COUNT + 1)
    servers[0].kill()
    wait_until_done(odoo, 2 * COUNT)
    assert_each_once(odoo, gateway, 2 * COUNT)
