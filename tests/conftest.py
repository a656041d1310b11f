"""Pure tests: the addon's `lib` and the sandbox as plain Python, without Odoo and without a database."""

import os
import pathlib
import sys
import types

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent


def _importable_without_odoo(addon):
    """Let `import <addon>.lib` work: the package gets its path, but its __init__ (which imports Odoo) is not run."""
    package = types.ModuleType(addon)
    package.__path__ = [str(ROOT / addon)]
    sys.modules.setdefault(addon, package)


_importable_without_odoo("aliexpress_connector")


def pytest_collection_modifyitems(items):
    """Long forms run with `./dev test --long` only."""
    if os.environ.get("ALIEXPRESS_LONG"):
        return
    for item in items:
        if item.get_closest_marker("long"):
            item.add_marker(pytest.mark.skip(reason="a long form: ./dev test --long runs it"))
