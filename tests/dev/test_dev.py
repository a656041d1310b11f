"""The script `dev`: what it decides without doing anything."""

import importlib.machinery
import importlib.util
import pathlib
import socket
import subprocess
import sys

import pytest
from packaging.requirements import Requirement

ROOT = pathlib.Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def dev():
    """The script as a module."""
    loader = importlib.machinery.SourceFileLoader("dev_script", str(ROOT / "dev"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("args", "name"),
    [
        ([], "aliexpress"),
        (["-d", "other"], "other"),
        (["shell", "-dother"], "other"),
        (["--database=other", "-u", "all"], "other"),
        (["-u", "all", "--database", "other"], "other"),
        (["--dev=all"], "aliexpress"),
        (["-d", "first", "-d", "last"], "last"),
    ],
)
def test_database_that_odoo_arguments_name(dev, args, name):
    assert dev.asked_database(args) == name


@pytest.mark.parametrize(
    ("args", "copied"),
    [
        ([], True),
        (["shell", "-d", "other"], True),
        (["-u", "aliexpress_connector"], True),
        (["i18n", "export", "aliexpress_connector"], True),
        (["-d", "other", "-i", "stock"], False),
        (["-d", "other", "--init=stock"], False),
        (["scaffold", "x"], False),
        (["--version"], False),
        (["shell", "--help"], False),
    ],
)
def test_a_missing_database_is_a_copy_unless_odoo_fills_it(dev, args, copied):
    assert dev.wants_copy(args) is copied


def test_everything_runs_without_arguments(dev):
    rest, stages = dev.chosen_stages([], None)
    assert rest == []
    assert list(stages) == ["lint", "unit", "flow", "system"]


def test_a_commit_is_checked_as_the_lint_is(dev):
    """Nothing that the hooks find passes `./dev test`, which runs the same programs on every file."""
    config = (ROOT / ".pre-commit-config.yaml").read_text()
    entries = [line.split("entry: ")[1].split() for line in config.splitlines() if "entry: " in line]
    lint = [command[:2] for command in dev.lint_commands().values()]
    assert ["./dev", "test", "--only", "lint"] in entries
    for program, *arguments in entries:
        if program != "./dev":
            assert [program.removeprefix(".dev/venv/bin/"), arguments[0]] in lint
    assert {"ruff", "ruff format", "pylint-odoo", "OCA checks", "OCA PO checks"} == dev.lint_commands().keys()
    assert "repo: local" in config and config.count("repo:") == 1


def test_a_narrowed_run_leaves_out_the_lint(dev):
    rest, stages = dev.chosen_stages(["-k", "freight"], None)
    assert rest == ["-k", "freight"]
    assert list(stages) == ["unit", "flow", "system"]


def test_a_file_chooses_its_stage(dev):
    path = pathlib.Path(__file__).as_posix()
    rest, stages = dev.chosen_stages([f"{path}::test_a_file_chooses_its_stage", "-x"], None)
    assert rest == ["-x"]
    assert stages == {"unit": ["tests/dev/test_dev.py::test_a_file_chooses_its_stage"]}


def test_a_folder_chooses_the_stages_below_it(dev, monkeypatch):
    monkeypatch.chdir(ROOT)
    _rest, stages = dev.chosen_stages(["tests"], None)
    assert stages == {"unit": dev.STAGES["unit"], "system": dev.STAGES["system"]}


def test_a_file_without_tests_is_refused(dev):
    with pytest.raises(dev.Trouble, match="No test lies in"):
        dev.chosen_stages([str(ROOT / "LICENSE")], None)


def test_an_unknown_stage_is_refused(dev):
    with pytest.raises(dev.Trouble, match="no stage typo"):
        dev.chosen_stages([], "lint,typo")


def test_a_taken_port_is_passed_over_unless_someone_insists(dev):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert dev.free_port(port, explicit=False) > port
        with pytest.raises(dev.Trouble, match=f"Port {port} is taken"):
            dev.free_port(port, explicit=True)


def test_digest_follows_texts_and_files(dev, tmp_path):
    path = tmp_path / "file"
    path.write_text("one")
    first = dev.digest("key", path)
    path.write_text("two")
    assert dev.digest("key", path) != first
    assert dev.digest("ab", "c") != dev.digest("a", "bc")


def test_report_counts_what_pytest_says(dev, tmp_path):
    path = tmp_path / "report.xml"
    path.write_text('<testsuites><testsuite tests="9" failures="1" errors="2" skipped="3"/></testsuites>')
    assert dev.count_report(path) == {"passed": 3, "failed": 3, "skipped": 3}
    assert not dev.count_report(tmp_path / "missing.xml")


def test_given_postgres_is_used(dev, monkeypatch):
    for name in ("PGHOST", "PGUSER", "PGPORT", "PGSERVICE"):
        monkeypatch.delenv(name, raising=False)
    assert dev.environment()["PGHOST"] == str(dev.socket_folder())
    monkeypatch.setenv("PGUSER", "someone")
    assert "PGHOST" not in dev.environment()


def test_nothing_of_another_odoo_leaks_in(dev, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    monkeypatch.setenv("ODOO_RC", "/elsewhere/odoo.conf")
    assert "PYTHONPATH" not in dev.environment()
    assert dev.environment()["ODOO_RC"] == str(dev.CONF)


def test_wrong_odoo_path_says_what_to_do(dev, monkeypatch, tmp_path):
    monkeypatch.setenv("ODOO_PATH", str(tmp_path))
    with pytest.raises(dev.Trouble, match="name the folder that has odoo/release.py"):
        dev.find_odoo(sys.executable)


def test_a_full_disk_is_told_before_anything_begins(dev, monkeypatch):
    monkeypatch.setattr(dev, "SPACE_NEEDED", 10**6)
    with pytest.raises(dev.Trouble, match="GB are needed"):
        dev.check_space()


def test_an_unknown_command_is_refused():
    done = subprocess.run([ROOT / "dev", "typo"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == "dev: There is no command typo: ./dev --help lists them.\n"


def test_lock_file_pins_every_package():
    lines = [line for line in (ROOT / "dev.lock").read_text().splitlines() if line and not line.startswith("#")]
    for line in lines:
        assert [part.operator for part in Requirement(line).specifier] == ["=="], line
