"""Every screen of the addon, on a desk and on a telephone: nothing breaks, nothing runs over the edge, and what is
empty says what will be there.

With ALIEXPRESS_PICTURES=folder a picture of each screen is kept there.
"""

import ast
import os
import pathlib
import time

import pytest

pytest.importorskip("playwright")

from demo import JOB_SECONDS, PHONE, Person  # noqa: E402

DESK = {"viewport": {"width": 1440, "height": 900}}
PREFIX = "aliexpress_connector."
# Windows that open from a record: (model, domain, method of its button).
WINDOWS = (
    ("aliexpress.account", [("state", "=", "connected")], "action_setup_rehearse"),
    ("aliexpress.account", [("state", "=", "connected")], "action_diagnose"),
    ("aliexpress.order", [("stage", "=", "cancel_requested")], "action_refuse_cancellation"),
    ("aliexpress.listing", [("state", "=", "rejected")], "action_preview"),
    ("aliexpress.listing", [("state", "=", "rejected")], "action_ask_delete"),
    ("product.template", [("aliexpress_listing_ids", "!=", False)], "action_aliexpress_list"),
    ("product.template", [("aliexpress_listing_ids", "!=", False)], "action_aliexpress_suggest_categories"),
)
# What the console says although nothing is wrong.
HARMLESS = ("favicon", "Autofocus processing was blocked")

pytestmark = pytest.mark.browser

OPEN = """async ([action, viewType, resId]) => {
    const services = odoo.__WOWL_DEBUG__.root.env.services;
    const options = { clearBreadcrumbs: true };
    if (viewType) options.viewType = viewType;
    if (resId) options.props = { resId };
    try {
        await services.action.doAction(action, options);
    } catch (error) {
        return String(error.cause || error);
    }
}"""
MEASURE = """() => ({
    width: document.scrollingElement.scrollWidth,
    window: innerWidth,
    dialogs: [...document.querySelectorAll(".modal-content")].map((box) => box.getBoundingClientRect().right),
    rows: document.querySelectorAll(
        ".o_data_row, .o_kanban_record:not(.o_kanban_ghost), .o_group_header, .o_form_view"
    ).length,
    help: (document.querySelector(".o_view_nocontent") || {}).innerText || "",
})"""


class Viewer(Person):
    """Somebody who looks at one screen after the other, and notes what is wrong with it."""

    def __init__(self, *args, **kwargs):
        self.said = []
        super().__init__(*args, **kwargs)
        self.page.on("console", lambda message: message.type == "error" and self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.open("aliexpress-overview")

    def call(self, model, method, *args):
        """What Odoo answers to a button."""
        params = {"model": model, "method": method, "args": args, "kwargs": {}}
        return self.ask("/web/dataset/call_button", params)

    def search(self, model, domain):
        """The id of the first record of `domain`, None where there is none."""
        params = {"model": model, "method": "search", "args": [domain], "kwargs": {"limit": 1}}
        return next(iter(self.ask("/web/dataset/call_kw", params)), None)

    def ask(self, path, params):
        """What Odoo answers at `path`."""
        asked = {"jsonrpc": "2.0", "method": "call", "params": params}
        answer = self.page.request.post(f"{self.url}{path}", data=asked).json()
        assert "result" in answer, answer
        return answer["result"]

    def find_actions(self):
        """The actions behind the menus of the addon, as the browser loads them."""
        menus = self.page.request.get(f"{self.url}/web/webclient/load_menus").json().values()
        found = [menu["actionID"] for menu in menus if (menu.get("xmlid") or "").startswith(PREFIX)]
        return [self.ask("/web/action/load", {"action_id": action}) for action in dict.fromkeys(filter(None, found))]

    def find_record(self, action):
        """The id of a record that an action shows, None where there is none."""
        return self.search(action["res_model"], ast.literal_eval(action["domain"] or "[]"))

    def wait_for_record(self, model, domain):
        """The id of a record as soon as the jobs have brought it in."""
        deadline = time.monotonic() + JOB_SECONDS
        while True:
            found = self.search(model, domain)
            if found:
                return found
            assert time.monotonic() < deadline, f"no {model} with {domain}"
            self.page.wait_for_timeout(1000)

    def find_windows(self):
        """The actions of `WINDOWS`, and of those that need more than a record."""
        for model, domain, method in WINDOWS:
            yield method, self.call(model, method, [self.wait_for_record(model, domain)])
        action = self.ask("/web/action/load", {"action_id": f"{PREFIX}aliexpress_sku_link_action"})
        order = self.wait_for_record("aliexpress.order", [("hold_reason", "like", "SKU code")])
        yield "link", action | {"context": {"active_model": "aliexpress.order", "active_id": order}}
        window = {"type": "ir.actions.act_window", "target": "new", "views": [[False, "form"]]}
        yield "erase", window | {"res_model": "aliexpress.partner.erase", "name": "Erase"}

    def look(self, name, action, view=None, record=None):
        """Open a screen; what is wrong with it, as texts."""
        self.said.clear()
        error = self.page.evaluate(OPEN, [action, view, record])
        self.settle()
        return [f"{name}: {error}"] if error else self.judge(name)

    def judge(self, name):
        """What is wrong with the screen in front, as texts."""
        if folder := os.environ.get("ALIEXPRESS_PICTURES"):
            path = pathlib.Path(folder) / f"{name} {self.page.viewport_size['width']}.png"
            self.page.screenshot(path=path.with_name(path.name.replace("/", "-")))
        seen = self.page.evaluate(MEASURE)
        wrong = [f"the console says: {text}" for text in self.said if not any(word in text for word in HARMLESS)]
        if seen["width"] > seen["window"] or any(right > seen["window"] for right in seen["dialogs"]):
            wrong.append(f"runs over the edge: {seen}")
        if not seen["rows"] and not seen["help"].strip() and not seen["dialogs"]:
            wrong.append("is empty and says nothing")
        return [f"{name}: {text}" for text in wrong]


@pytest.mark.parametrize("device", [DESK, PHONE], ids=["desk", "phone"])
def test_every_screen(browser, demo, device):
    with Viewer(browser, demo.url, "admin", device) as viewer:
        actions = viewer.find_actions()
        assert len(actions) > 20
        wrong = []
        for action in actions:
            name = action["name"]
            if action["target"] == "new":
                wrong += viewer.look(name, action["id"])
                continue
            record = viewer.find_record(action)
            kinds = [kind for _view, kind in action["views"] if kind in ("list", "kanban", "form")]
            for kind in kinds:
                # A telephone shows cards instead of a list where there are cards.
                is_shown = not (device == PHONE and kind == "list" and "kanban" in kinds)
                if is_shown and (kind != "form" or record):
                    wrong += viewer.look(f"{name} {kind}", action["id"], kind, kind == "form" and record)
        for name, action in viewer.find_windows():
            wrong += viewer.look(name, action)
        assert not wrong, "\n".join(wrong)
