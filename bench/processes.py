"""The processes of a benchmark: copies of the prepared databases, the local gateway, and Odoo on such a copy."""

import concurrent.futures
import itertools
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import urllib.request

from .measure import process_seconds

ROOT = pathlib.Path(__file__).resolve().parent.parent
numbers = itertools.count(1)


class Database:
    """A copy of a prepared database, dropped at the end of the `with` block."""

    def __init__(self, template):
        self.template = template
        self.name = f"aliexpress_bench_{os.getpid()}_{next(numbers)}"

    def __enter__(self):
        subprocess.run(["createdb", "-T", self.template, self.name], check=True)
        return self.name

    def __exit__(self, *_exception):
        subprocess.run(["dropdb", "--force", "--if-exists", self.name], check=True)


class Gateway:
    """The local gateway as a process of its own, spoken to through its control API."""

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory()
        url_file = pathlib.Path(self.folder.name) / "url"
        command = [sys.executable, "-m", "aliexpress_sandbox", "--port", "0", "--scenario", "empty"]
        self.process = subprocess.Popen(
            [*command, "--url-file", str(url_file)], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        while not (url_file.exists() and url_file.read_text().strip()):
            if self.process.poll() is not None:
                raise RuntimeError("the local gateway does not start")
            time.sleep(0.05)
        self.url = url_file.read_text().strip()
        return self

    def __exit__(self, *_exception):
        self.process.kill()
        self.process.wait()
        self.folder.cleanup()

    def call(self, http_method, path, values=None):
        """Call the control API; its answer."""
        request = urllib.request.Request(
            f"{self.url}/_sandbox/{path}",
            method=http_method,
            data=json.dumps(values).encode() if values is not None else None,
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as response:
            return json.load(response)

    def call_all(self, http_method, calls):
        """Call the control API with each `(path, values)`, several at once; the answers."""
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            return list(pool.map(lambda call: self.call(http_method, *call), calls))

    def list_products(self, refs):
        """The first shop gets these products, each with the one SKU that `{number: code}` names."""
        state = self.call("GET", "state")
        shop = next(iter(state["shops"].values()))
        example = next(iter(shop["products"].values()))
        for ref, code in refs.items():
            sku = {"sku_code": code, "price": "12.10", "stock": 100}
            shop["products"][str(ref)] = example | {"product_id": ref, "skus": [sku]}
        self.call("PUT", "state", state)

    def processor_seconds(self):
        """Processor seconds of the gateway so far: on a real day they are AliExpress' own."""
        return process_seconds(self.process.pid)


class Odoo:
    """A process with Odoo on `database` that does one work of `bench.works` after the other."""

    def __init__(self, database):
        self.database = database

    def __enter__(self):
        self.log = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bench.worker", self.database],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
        )
        return self

    def __exit__(self, *_exception):
        self.process.stdin.close()
        if self.process.wait() < 0:
            raise RuntimeError("Odoo was killed")
        self.log.close()

    def start(self, work, **arguments):
        """Begin a work; `finish` waits for it."""
        self.process.stdin.write(json.dumps([work, arguments]) + "\n")
        self.process.stdin.flush()

    def finish(self):
        """The result of the work and what it took, as `measure.Measure` says it."""
        answer = self.process.stdout.readline()
        if not answer:
            self.log.seek(0)
            raise RuntimeError(f"Odoo failed:\n{self.log.read()[-3000:]}")
        return json.loads(answer)

    def run(self, work, **arguments):
        """Do a work; its result and what it took."""
        self.start(work, **arguments)
        return self.finish()
