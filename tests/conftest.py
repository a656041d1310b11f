"""Tests outside Odoo import the addon's `lib` as plain Python."""

import pathlib
import sys
import types

ADDON = pathlib.Path(__file__).resolve().parent.parent / "aliexpress_connector"


def _import_without_odoo():
    """The addon's package gets its path, but its __init__, which imports Odoo, is not run."""
    package = types.ModuleType(ADDON.name)
    package.__path__ = [str(ADDON)]
    sys.modules.setdefault(ADDON.name, package)


_import_without_odoo()
