"""Servers of a test: Odoo as a process of its own, and how the local gateway is told what to do."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """An Odoo server with one thread for scheduled actions, until `stop`."""

    def __init__(self, odoo, number, arguments=(), **values):
        self.port = free_port()
        self.log = open(odoo.folder / f"server{number}.log", "w+b")  # noqa: SIM115  closed in `stop`
        command = [sys.executable, "-m", "odoo", "-d", odoo.database, "--db-filter", f"^{odoo.database}$"]
        command += ["--http-interface", "127.0.0.1", "--http-port", str(self.port), "--max-cron-threads=1"]
        self.process = subprocess.Popen(
            [*command, "--log-level=warn", *arguments], stdout=self.log, stderr=self.log, env=os.environ | values
        )

    def wait_until_ready(self):
        for _attempt in range(600):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/web/health", timeout=5):
                    return
            except OSError:
                assert self.process.poll() is None, self.get_log()
                time.sleep(0.2)
        raise AssertionError("the server does not answer")

    def get_log(self):
        self.log.seek(0)
        return self.log.read().decode(errors="replace")

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.kill()
        self.log.close()


def control(gateway_url, http_method, path, **values):
    """Call the control API of the local gateway; its answer."""
    request = urllib.request.Request(
        f"{gateway_url}/_sandbox/{path}",
        method=http_method,
        data=json.dumps(values).encode() if http_method in ("POST", "PATCH", "PUT") else None,
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.load(response)
