"""The wheel that setup.py builds: a clean environment installs it and Odoo finds the addon in it."""

import ast
import os
import pathlib
import shutil
import subprocess
import sys
import venv
import zipfile

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
ADDON = "aliexpress_connector"
QUEUE_ADDON = f"{ADDON}_queue_job"
PACKED = ["LICENSE", "README.rst", "pyproject.toml", "setup.py"]


def build_wheel(source, addon):
    """The wheel of an addon, built from a copy so that nothing is left in the tree."""
    for name in [*PACKED, addon]:
        path = ROOT / name
        if path.is_dir():
            shutil.copytree(path, source / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(path, source / name)
    command = [sys.executable, "setup.py", "-q", "bdist_wheel"]
    subprocess.run(command, cwd=source, check=True, capture_output=True, env={**os.environ, "ADDON": addon})
    return next((source / "dist").glob("*.whl"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return build_wheel(tmp_path_factory.mktemp("source"), ADDON)


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The Python of a clean environment that holds the wheel and nothing else."""
    folder = tmp_path_factory.mktemp("clean")
    venv.create(folder)
    python = folder / "bin" / "python"
    options = ["--no-deps", "--no-index", "--quiet", "--disable-pip-version-check"]
    subprocess.run([sys.executable, "-m", "pip", "--python", python, "install", *options, wheel], check=True)
    return python


@pytest.fixture(scope="module")
def manifest():
    return ast.literal_eval((ROOT / ADDON / "__manifest__.py").read_text())


def test_wheel_holds_every_file_of_the_addon(wheel):
    source = {path.relative_to(ROOT / ADDON) for path in (ROOT / ADDON).rglob("*") if path.is_file()}
    expected = {f"odoo/addons/{ADDON}/{path}" for path in source if "__pycache__" not in path.parts}
    assert expected <= set(zipfile.ZipFile(wheel).namelist())


def test_wheel_leaves_out_the_workshop(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert not [name for name in names if not name.startswith(("odoo/addons/aliexpress_connector/", "odoo_addon_"))]


def read_metadata(wheel):
    """Name, version and the like by their words, and what the wheel requires."""
    with zipfile.ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith("METADATA"))
        fields = [line.split(": ", 1) for line in archive.read(name).decode().splitlines() if ": " in line]
    required = [value for key, value in fields if key == "Requires-Dist" and "extra ==" not in value]
    return dict(reversed(fields)), required


def test_wheel_requires_only_its_python_libraries(wheel, manifest):
    metadata, required = read_metadata(wheel)
    assert required == manifest["external_dependencies"]["python"]
    assert (metadata["Name"], metadata["Version"]) == (f"odoo-addon-{ADDON}", manifest["version"])
    assert manifest["version"].startswith("19.0.")


def test_the_addon_for_several_machines_is_a_wheel_of_its_own(tmp_path):
    wheel = build_wheel(tmp_path, QUEUE_ADDON)
    metadata, required = read_metadata(wheel)
    assert metadata["Name"] == f"odoo-addon-{QUEUE_ADDON}"
    assert required == [f"odoo-addon-{ADDON}", "odoo-addon-queue_job"]
    assert f"odoo/addons/{QUEUE_ADDON}/__manifest__.py" in zipfile.ZipFile(wheel).namelist()


def test_requirements_name_the_same_libraries(manifest):
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    assert [line for line in lines if not line.startswith("#")] == manifest["external_dependencies"]["python"]


def test_odoo_finds_the_installed_addon(installed):
    """The clean environment sees Odoo and its libraries last on its path, as beside a Debian Odoo."""
    site = next((installed.parent.parent / "lib").glob("python3.*")) / "site-packages"
    (site / "beside.pth").write_text("\n".join(path for path in sys.path if path.endswith("-packages")))
    code = (
        "import odoo.modules.module as modules; from odoo.tools import config; config.parse_config(['--no-http']); "
        f"modules.initialize_sys_path(); print(modules.Manifest.for_addon('{ADDON}').path); "
        f"import odoo.addons.{ADDON}.lib as lib; print(lib.__file__)"
    )
    env = {key: value for key, value in os.environ.items() if key not in ("ODOO_RC", "PYTHONPATH")}
    done = subprocess.run([installed, "-c", code], capture_output=True, text=True, check=False, env=env, cwd=site)
    assert done.returncode == 0, done.stderr
    assert {line.startswith(f"{site}/odoo/addons/{ADDON}") for line in done.stdout.splitlines()} == {True}
