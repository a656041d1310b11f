from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tests import Form, new_test_user

from .common import ADDRESS, BUYER, PERSONAL, SandboxCase


class TestPrivacy(SandboxCase):
    """Buyers' data is erased when its time has come or somebody asks for it, and nothing that accounting needs."""

    def import_one(self, is_over=True, is_paid_out=True, **values):
        values = {"buyer": BUYER, "address": ADDRESS, "memo": "ring twice"} | values
        placed = self.place(["CAP-RED", 2], **values)
        self.import_orders()
        if is_over:
            self.sandbox.act(placed, "ship")
            self.sandbox.act(placed, "confirm")
            if is_paid_out:
                self.sandbox.act(placed, "finish")
            self.import_orders()
        order = self.get_order(placed)
        self.assertEqual(order.state, "done")
        return order

    def age(self, order, days=400):
        moment = fields.Datetime.now() - timedelta(days=days)
        order.write({"end_date": order.end_date and moment, "update_date": moment})

    def get_stored(self, order):
        """All that is stored about an order and its buyer, as text."""
        partners = (
            self.env["res.partner"].with_context(active_test=False).search([("id", "child_of", order.partner_id.ids)])
        )
        partners |= order.sale_order_id.partner_shipping_id
        messages = (partners.message_ids | order.message_ids | order.sale_order_id.message_ids).mapped("body")
        messages += order.with_context(active_test=False).activity_ids.mapped("note")
        for name in ("old_value_text", "new_value_text"):
            messages += order.message_ids.tracking_value_ids.mapped(name)
        columns = [
            record.read([name for name, field in record._fields.items() if field.store or field.type == "text"])
            for record in (order, order.line_ids, partners)
        ]
        return str(columns) + str(messages) + str(partners.message_ids.tracking_value_ids.mapped("old_value_char"))

    def assertErased(self, order):
        stored = self.get_stored(order)
        for text in PERSONAL:
            self.assertNotIn(text, stored)

    def test_the_data_is_there_as_long_as_it_is_needed(self):
        order = self.import_one()
        stored = self.get_stored(order)
        for text in PERSONAL:
            self.assertIn(text, stored)
        self.age(order, days=300)
        self.run_job("cleanup")
        self.assertFalse(order.is_erased)

    def test_an_order_is_found_by_its_recipient_as_by_its_customer(self):
        """As Odoo's privacy lookup looks: through every stored link to a contact."""
        order = self.import_one(is_over=False, address=ADDRESS | {"contact_person": "Otto Oberhuber"})
        links = [
            name
            for name, field in order._fields.items()
            if field.comodel_name == "res.partner" and field.store and field.type == "many2one"
        ]
        for name in ("Otto Oberhuber", "Marisol Quintanilla"):
            people = self.env["res.partner"].search([("name", "=", name)])
            self.assertTrue(people)
            self.assertIn(order, order.search(Domain.OR([Domain(link, "in", people.ids) for link in links])))

    def test_what_was_said_about_a_cancellation_is_erased(self):
        order = self.import_one()
        order.write({"cancel_reason": "Marisol has moved", "cancel_memo": "Dear Marisol, of course"})
        order._erase_personal_data()
        self.assertErased(order)

    def test_what_a_request_to_cancel_told_people_is_erased(self):
        order = self.import_one(is_over=False)
        placed = self.sandbox.shop.orders[int(order.order_ref)]
        self.sandbox.act(placed, "request_cancel")
        self.import_orders()
        order.activity_ids.unlink()
        order.cancel_reason = "Marisol has moved"
        self.run_job("process_orders")
        self.env.cr.precommit.run()
        order.activity_ids.action_feedback(feedback="Agreed")
        order.action_accept_cancellation()
        self.import_orders()
        self.import_orders()
        self.env.cr.precommit.run()
        self.assertEqual(order.stage, "cancelled")
        self.assertIn("Marisol has moved", str(order.message_ids.mapped("body")))
        self.assertIn("Marisol has moved", str(order.message_ids.tracking_value_ids.mapped("old_value_text")))
        order._erase_personal_data()
        self.assertErased(order)

    def test_erased_on_schedule(self):
        for is_paid_out in (False, True):
            with self.subTest(is_paid_out=is_paid_out):
                self.check_erased_on_schedule(is_paid_out)

    def check_erased_on_schedule(self, is_paid_out):
        order = self.import_one(is_paid_out=is_paid_out)
        partner = order.partner_id
        total = order.sale_order_id.amount_total
        self.age(order)
        self.run_job("cleanup")
        self.assertTrue(order.is_erased)
        self.assertErased(order)
        self.assertFalse(partner.active)
        self.assertEqual(order.address["country_code"], "ES")
        self.assertEqual(partner.country_id.code, "ES")
        self.assertEqual((order.sale_order_id.state, order.sale_order_id.amount_total), ("sale", total))
        self.assertEqual(order.state, "done")

    def test_erased_data_does_not_come_back(self):
        order = self.import_one()
        self.age(order)
        self.run_job("cleanup")
        order.action_refresh()
        self.run_job("process_orders")
        self.assertErased(order)
        self.assertFalse(order.difference)
        self.assertEqual(order.state, "done")

    def test_erased_data_is_not_revealed_again(self):
        other = self.create_account("General", app="502345")
        self.env["product.product"].create({"name": "Travel mug", "default_code": "TMUG-01", "is_storable": True})
        self.sandbox.place_order([["TMUG-01", 1]], shop="2671514006", pay=True)
        self.import_orders()
        order = self.env["aliexpress.order"].search([("account_id", "=", other.id)])
        order._erase_personal_data()
        self.sandbox.calls.clear()
        self.sandbox.add_fault("rate_limit", method="*decrypt", style="app", seconds=3600)
        order.is_detail_due = True
        self.run_job("fetch_orders")
        order.action_refresh()
        self.run_job("process_orders")
        self.assertRecordValues(order, [{"state": "done", "is_detail_due": False, "error": False}])
        self.assertFalse(self.sandbox.count("aliexpress.trade.seller.order.decrypt"))

    def test_open_orders_of_the_same_buyer_keep_the_contact(self):
        old = self.import_one()
        new = self.import_one(is_over=False)
        self.assertEqual(old.partner_id, new.partner_id)
        self.age(old)
        self.run_job("cleanup")
        self.assertTrue(old.is_erased)
        self.assertFalse(old.buyer_name)
        self.assertEqual(new.partner_id.name, "Marisol Quintanilla")
        self.assertEqual(new.partner_id.street, "Calle Desconocida 77")

    def test_invoices_keep_name_and_address(self):
        order = self.import_one()
        sale_order = order.sale_order_id
        if sale_order.locked:
            sale_order.action_unlock()
        sale_order.order_line.filtered("is_delivery").qty_delivered = 1
        sale_order.picking_ids.move_ids.write({"quantity": 2, "picked": True})
        sale_order.picking_ids._action_done()
        invoice = sale_order._create_invoices()
        invoice.action_post()
        self.age(order)
        self.run_job("cleanup")
        self.assertTrue(order.is_erased)
        partner = order.partner_id
        self.assertEqual((partner.name, partner.street), ("Marisol Quintanilla", "Calle Desconocida 77"))
        self.assertTrue(partner.active)
        self.assertFalse(partner.phone or partner.email or partner.aliexpress_buyer_ref)

    def test_contacts_that_are_used_otherwise_stay(self):
        order = self.import_one()
        partner = order.partner_id
        self.env["sale.order"].create({"partner_id": partner.id})
        self.age(order)
        self.run_job("cleanup")
        self.assertTrue(order.is_erased)
        self.assertEqual(partner.name, "Marisol Quintanilla")

    def test_contacts_the_import_did_not_make_are_never_touched(self):
        order = self.import_one()
        customer = self.env["res.partner"].create({"name": "Known customer", "phone": "+34611000000"})
        order.partner_id = customer
        order.sale_order_id.partner_id = customer
        self.age(order)
        self.run_job("cleanup")
        self.assertRecordValues(customer, [{"name": "Known customer", "phone": "+34611000000", "active": True}])

    def test_orders_that_came_to_nothing_are_erased_at_once(self):
        placed = self.place(["CAP-RED", 1], pay=False, buyer=BUYER, address=ADDRESS, memo="ring twice")
        self.import_orders()
        self.run_job("cleanup")
        self.assertFalse(self.get_order(placed).is_erased)
        self.sandbox.act(placed, "cancel")
        self.import_orders()
        order = self.get_order(placed)
        self.assertEqual(order.stage, "cancelled")
        self.run_job("cleanup")
        self.assertTrue(order.is_erased)
        self.assertErased(order)

    def test_orders_that_wait_for_ever_are_erased_too(self):
        held, failed = self.import_one(), self.import_one()
        reason = "Marisol Quintanilla has moved"
        held.write({"state": "hold", "cancel_reason": reason, "hold_reason": f"The buyer asked to cancel ({reason})."})
        failed.write({"state": "error", "error": "Marisol Quintanilla has no country.", "is_detail_due": True})
        for order in held | failed:
            self.age(order)
        self.run_job("cleanup")
        self.assertEqual((held | failed).mapped("is_erased"), [True, True])
        self.assertErased(held)
        self.assertErased(failed)
        self.assertEqual(held.hold_reason, "The buyer asked to cancel (-).")

    def test_zero_days_never_erase(self):
        order = self.import_one()
        self.age(order, days=4000)
        self.account.personal_data_days = 0
        self.run_job("cleanup")
        self.assertFalse(order.is_erased)

    def test_archived_shops_are_left_alone(self):
        order = self.import_one()
        self.age(order)
        self.account.active = False
        self.run_job("cleanup")
        self.assertFalse(order.is_erased)

    # === ON REQUEST === #

    def test_erased_on_request(self):
        order = self.import_one()
        manager = new_test_user(
            self.env, "ae_eraser", "sales_team.group_sale_manager,base.group_partner_manager,stock.group_stock_user"
        )
        action = self.env.ref("aliexpress_connector.res_partner_action_erase")
        asked = (
            action.with_user(manager)
            .with_context(active_model="res.partner", active_id=order.partner_id.id, active_ids=order.partner_id.ids)
            .run()
        )
        # Nothing happens before somebody has seen whose data it is, and has confirmed.
        self.assertFalse(order.is_erased)
        self.assertIn("Marisol", self.get_stored(order))
        window = self.env[asked["res_model"]].with_user(manager).browse(asked["res_id"])
        self.assertIn(order.partner_id, window.partner_ids)
        self.assertEqual(window.order_ids, order)
        self.assertIn("The AliExpress data was erased", window.action_erase()["params"]["message"])
        self.env.invalidate_all()
        self.assertTrue(order.is_erased)
        self.assertErased(order)
        again = order.partner_id.with_user(manager).action_aliexpress_erase()
        self.env[again["res_model"]].with_user(manager).browse(again["res_id"]).action_erase()

    def test_orders_under_way_are_not_erased(self):
        order = self.import_one(is_over=False)
        with self.assertRaisesRegex(UserError, order.order_ref):
            order.partner_id.action_aliexpress_erase()

    def test_people_without_aliexpress_data_are_told_so(self):
        partner = self.env["res.partner"].create({"name": "Somebody"})
        with self.assertRaisesRegex(UserError, "bought nothing on AliExpress"):
            partner.action_aliexpress_erase()
        self.assertEqual(partner.name, "Somebody")

    def test_salespeople_may_not_erase(self):
        order = self.import_one()
        salesman = new_test_user(self.env, "ae_no_eraser", "sales_team.group_sale_salesman_all_leads")
        with self.assertRaises(AccessError):
            order.partner_id.with_user(salesman).action_aliexpress_erase()
        self.assertFalse(order.is_erased)

    def test_privacy_lookup_finds_orders_by_the_buyers_name(self):
        """It looks for contacts by name, and for stored links to them that do not vanish with the contact."""
        field = self.env["aliexpress.order"]._fields["partner_id"]
        self.assertTrue(field.store)
        self.assertEqual((field.type, field.comodel_name), ("many2one", "res.partner"))
        self.assertNotEqual(field.ondelete, "cascade")
        order = self.import_one(is_over=False)
        self.assertEqual(order.partner_id.name, "Marisol Quintanilla")
        wizard = self.env.get("privacy.lookup.wizard")
        if wizard is not None:
            with Form(wizard) as form:
                form.name, form.email = "Marisol Quintanilla", "nobody@example.com"
            form.record.action_lookup()
            self.assertIn(
                ("aliexpress.order", order.id), form.record.line_ids.mapped(lambda line: (line.res_model, line.res_id))
            )
