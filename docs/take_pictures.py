"""Takes the pictures of the documentation from a fresh `./dev demo`, so that they never lie.

Run it with the environment's Python: `.dev/venv/bin/python docs/take_pictures.py`
"""

import pathlib
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "system"))

from demo import Demo, Person, chromium  # noqa: E402

DOCS = ROOT / "docs"


def take_order(person):
    """An order that was imported, with its money explained."""
    person.wait_for("aliexpress-orders", ".o_data_row [name=sale_order_id]", "S0")
    person.page.locator(".o_data_row", has_text="S0").first.locator(".o_data_cell").nth(1).click()
    person.page.wait_for_selector(".o_form_view")
    person.tab("Money")
    person.page.screenshot(path=DOCS / "order.png")


def main():
    """Start the demo, take every picture, stop it."""
    with tempfile.TemporaryDirectory() as folder:
        demo = Demo("aliexpress_pictures", pathlib.Path(folder) / "demo.log")
        try:
            with chromium() as browser:
                take_order(Person(browser, demo.url, "admin"))
        finally:
            demo.stop()


if __name__ == "__main__":
    main()
