"""Package of an addon: all that can be read from its manifest is.

The environment variable ADDON names the one to pack; without it, it is the connector itself.
"""

import ast
import os
import pathlib

from setuptools import setup

ADDON = os.environ.get("ADDON", "aliexpress_connector")
PACKAGE = f"odoo.addons.{ADDON}"
ROOT = pathlib.Path(__file__).resolve().parent
FOLDER = ROOT / ADDON
# Addons that are no part of Odoo: each is a distribution of its own.
OTHER_ADDONS = {"aliexpress_connector", "queue_job"}


def files():
    """Every file of the addon: views, data, translations and pictures count as much as code."""
    found = (path.relative_to(FOLDER) for path in FOLDER.rglob("*") if path.is_file())
    return sorted(str(path) for path in found if "__pycache__" not in path.parts)


def packages():
    """The addon's Python packages, where Odoo looks for addons."""
    folders = (path.parent.relative_to(FOLDER).parts for path in FOLDER.rglob("__init__.py"))
    return sorted(".".join([PACKAGE, *parts]) for parts in folders)


manifest = ast.literal_eval((FOLDER / "__manifest__.py").read_text(encoding="utf-8"))
libraries = manifest.get("external_dependencies", {}).get("python", [])
addons = [f"odoo-addon-{name}" for name in manifest["depends"] if name in OTHER_ADDONS]

setup(
    name=f"odoo-addon-{ADDON}",
    version=manifest["version"],
    description=manifest["summary"],
    long_description=(ROOT / "README.rst").read_text(encoding="utf-8"),
    long_description_content_type="text/x-rst",
    author=manifest["author"],
    license="LGPL-3.0-only",
    classifiers=["Framework :: Odoo", "Framework :: Odoo :: 19.0", "Programming Language :: Python :: 3"],
    python_requires=">=3.10",
    packages=packages(),
    package_dir={PACKAGE: ADDON},
    package_data={PACKAGE: files()},
    # Odoo itself is not on any index: whoever installs this has it.
    install_requires=libraries + addons,
    extras_require={"test": ["pytest-odoo"]},
)
