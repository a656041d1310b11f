"""Which tests run: long forms on demand, and Odoo's tags beside pytest's markers."""

import gc
import os

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """An Odoo test says @tagged("browser") or @tagged("long") where others use the marker of that name."""
    for item in items:
        for tag in {"browser", "long"} & getattr(item.cls, "test_tags", set()) if item.cls else ():
            item.add_marker(tag)
        if item.get_closest_marker("long") and not os.environ.get("ALIEXPRESS_LONG"):
            item.add_marker(pytest.mark.skip(reason="a long form: ./dev test --long runs it"))


@pytest.hookimpl(trylast=True)
def pytest_collection_finish():
    """What Odoo loaded lives as long as the run: looking through it for garbage again and again takes a tenth of it."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
