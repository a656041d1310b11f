"""The benchmarks run; what they find is for quiet machines."""

import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def test_a_small_round_of_the_import_of_orders(tmp_path):
    report = tmp_path / "bench.json"
    command = [sys.executable, "-m", "bench", "--quick", "--only", "orders", "--json", str(report)]
    done = subprocess.run(command, cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    rows = {row["name"]: row for row in json.loads(report.read_text())["rows"]}
    assert rows["calls for 60 new orders"]["is_met"]
    assert rows["calls for 60 unchanged orders"]["is_met"]
    assert rows["60 orders imported, confirmed"]["value"] > 0
    assert len(done.stdout.splitlines()) == len(rows)
