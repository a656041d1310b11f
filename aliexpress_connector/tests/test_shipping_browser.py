from odoo.tests import HttpCase, new_test_user, tagged

from .shipping_common import CORREOS, ShippingCase

# Every step waits for what it needs: the pages are Odoo's own, with their own pace.
WALK = """
const until = async (find, what) => {
    for (let tries = 0; tries < 400; tries++) {
        const found = find();
        if (found) { return found; }
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error("never seen: " + what);
};
const see = (selector, text = "") => until(
    () => [...document.querySelectorAll(selector)].find(
        (element) => element.getClientRects().length && element.textContent.includes(text)), selector + " " + text);
const press = async (selector, text) => (await see(selector, text)).click();
const write = async (selector, value) => {
    const input = await see(selector);
    input.value = value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.dispatchEvent(new Event("change", { bubbles: true }));
};
const walk = async () => { %s; console.log("test successful"); };
walk().catch((error) => console.error(error.message));
"""
INDICATOR = ".o_form_status_indicator_buttons"
NUMBER = ".o_field_widget[name='carrier_tracking_ref'] input"


@tagged("post_install", "-at_install", "browser")
class TestShippingBrowser(ShippingCase, HttpCase):
    """A person of the warehouse, without any other right, ships an order in the browser."""

    def setUp(self):
        super().setUp()
        self.packer = new_test_user(self.env, login="packer", groups="stock.group_stock_user")
        self.placed, self.order = self.import_order(["TSHIRT-BLU-M", 2], memo="Ring twice")
        self.delivery = self.get_delivery(self.order)
        self.delivery.carrier_id = self.correos
        self.page = f"/odoo/action-stock.action_picking_tree_all/{self.delivery.id}"

    def walk(self, steps):
        self.browser_js(self.page, WALK % steps, login="packer", ready="odoo.isReady", timeout=120)
        self.env.invalidate_all()

    def test_walk(self):
        self.walk(
            f"""
            await see(".o_field_widget[name='aliexpress_order_ref']", "{self.order.order_ref}");
            await see(".o_field_widget[name='aliexpress_note']", "Ring twice");
            await press("a.nav-link[name='extra']");
            await write("{NUMBER}", "short");
            await press("button[name='button_validate']");
            await see(".modal", "is not a tracking number");
            await press(".modal .modal-footer button");
            await write("{NUMBER}", "{CORREOS.format(1)}");
            await press("button[name='button_validate']");
            await see(".o_arrow_button_current", "Done");
            """
        )
        self.assertEqual(self.delivery.state, "done")
        self.push()
        self.assertEqual(self.get_ledger(self.placed), [("SPAIN_LOCAL_CORREOS", CORREOS.format(1), "all")])
        # The number was wrong after all: corrected on the delivery, refused by AliExpress, sent again.
        self.sandbox.world.settings.tracking_changes = 0
        self.walk(
            f"""
            await press("a.nav-link[name='extra']");
            await write("{NUMBER}", "{CORREOS.format(2)}");
            await until(() => document.querySelector("{INDICATOR}:not(.invisible)"), "changed");
            await press(".o_form_button_save");
            await until(() => document.querySelector("{INDICATOR}.invisible"), "saved");
            """
        )
        self.push()
        self.sandbox.world.settings.tracking_changes = 5
        self.assertEqual(self.delivery.aliexpress_shipping_state, "error")
        self.walk(
            """
            await see(".alert", "修改次数已达上限");
            await press("button[name='action_aliexpress_send_again']");
            await until(() => !document.querySelector("button[name='action_aliexpress_send_again']"), "sent again");
            """
        )
        self.push()
        self.assertEqual(self.get_ledger(self.placed), [("SPAIN_LOCAL_CORREOS", CORREOS.format(2), "all")])
