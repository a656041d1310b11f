"""The benchmarks run; what they find is for quiet machines."""

import json
import os
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
NAMES = ("orders", "flat", "offers", "oversell", "people", "parcels", "memory", "feeds", "adopt")


def run_quickly(report, names):
    """The rows of a small round, by name."""
    command = [sys.executable, "-m", "bench", "--quick", "--only", names, "--json", str(report)]
    done = subprocess.run(command, cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    rows = {row["name"]: row for row in json.loads(report.read_text())["rows"]}
    assert rows and len(done.stdout.splitlines()) == len(rows)
    return rows


@pytest.mark.long
@pytest.mark.parametrize("name", NAMES)
def test_a_small_round(tmp_path, name):
    rows = run_quickly(tmp_path / "bench.json", name)
    if name == "orders":
        assert rows["calls for 60 new orders"]["is_met"]
        assert rows["calls for 60 unchanged orders"]["is_met"]
        assert rows["60 orders imported, confirmed"]["value"] > 0
