from datetime import timedelta

from odoo.tests import Form, new_test_user

from .common import SandboxCase

REVEAL = "aliexpress.trade.seller.order.decrypt"
GENERAL_DETAIL = "aliexpress.trade.new.redefining.findorderbyid"


class TestOrdersPeople(SandboxCase):
    """Buyers and addresses: found again, never overwritten, never written to."""

    def import_one(self, *lines, **values):
        placed = self.place(*lines, **values)
        self.import_orders()
        return placed, self.get_order(placed)

    def test_address_in_odoos_form(self):
        _placed, order = self.import_one(country="ES")
        partner = order.sale_order_id.partner_shipping_id
        self.assertRecordValues(
            partner,
            [
                {
                    "street": "Calle Ejemplo 1",
                    "city": "Madrid",
                    "zip": "28001",
                    "country_id": self.env.ref("base.es").id,
                    "state_id": self.env.ref("base.state_es_m").id,
                    "phone": "+34600000000",
                    "email": False,
                }
            ],
        )

    def test_a_buyer_is_one_contact_and_each_address_one_child(self):
        buyer = {"login": "es42"}
        _placed, first = self.import_one(buyer=buyer)
        _placed, second = self.import_one(buyer=buyer)
        _placed, third = self.import_one(buyer=buyer, address={"detail_address": "Otra calle 9"})
        _placed, fourth = self.import_one(buyer=buyer, address={"detail_address": "OTRA  CALLE, 9"})
        self.assertEqual(len((first | second | third | fourth).partner_id), 1)
        self.assertEqual(first.sale_order_id.partner_shipping_id, second.sale_order_id.partner_shipping_id)
        shipping = third.sale_order_id.partner_shipping_id
        self.assertEqual(shipping.parent_id, first.partner_id)
        self.assertEqual(shipping.street, "Otra calle 9")
        self.assertEqual(fourth.sale_order_id.partner_shipping_id, shipping)

    def test_a_contact_that_was_changed_by_hand_is_not_the_address_of_later_orders(self):
        buyer = {"login": "es42"}
        _placed, own = self.import_one(buyer=buyer)
        _placed, other = self.import_one(buyer=buyer, address={"detail_address": "Otra calle 9"})
        for order, street in ((own, "Calle Ejemplo 1"), (other, "Otra calle 9")):
            with self.subTest(street=street):
                edited = order.sale_order_id.partner_shipping_id
                edited.write({"comment": "Rings twice", "street": edited.street})
                self.assertFalse(order.difference)
                edited.street = "Elsewhere 5"
                self.assertIn("address is not the one", order.difference)
                _placed, later = self.import_one(buyer=buyer, address={"detail_address": street})
                shipping = later.sale_order_id.partner_shipping_id
                self.assertEqual((shipping.street, shipping.parent_id), (street, own.partner_id))
                self.assertEqual(edited.street, "Elsewhere 5")
        self.assertTrue(edited._aliexpress_is_buyer())

    def merge(self, contacts, kept):
        """Merge contacts as people do."""
        wizard = self.env["base.partner.merge.automatic.wizard"].with_context(
            active_model="res.partner", active_ids=contacts.ids
        )
        wizard = wizard.create({})
        wizard.dst_partner_id = kept
        wizard.action_merge()
        self.assertEqual(contacts.exists(), kept)

    def test_a_buyer_may_be_merged_with_another_contact_either_way(self):
        for login in ("es42", "es43"):
            with self.subTest(kept="buyer" if login == "es42" else "other contact"):
                _placed, order = self.import_one(buyer={"login": login})
                buyer, other = (
                    order.partner_id,
                    self.env["res.partner"].create({"name": "Old customer", "city": "Vigo"}),
                )
                other.phone = "+34611000000"
                kept = buyer if login == "es42" else other
                self.merge(buyer | other, kept)
                self.assertEqual(order.partner_id, kept)
                _placed, later = self.import_one(buyer={"login": login})
                self.assertEqual((later.state, later.partner_id), ("done", kept), later.error)
                shipping = later.sale_order_id.partner_shipping_id
                self.assertEqual((shipping.street, shipping.city), ("Calle Ejemplo 1", "Madrid"))
                # What people knew before is not AliExpress' to erase.
                self.assertEqual(kept._aliexpress_is_buyer(), kept == buyer)
                order._erase_personal_data()
                self.assertEqual(kept.aliexpress_buyer_ref, login, "the later order is not erased")
                later._erase_personal_data()
                self.assertFalse(kept.aliexpress_buyer_ref)
                if kept == other:
                    self.assertRecordValues(kept, [{"name": "Old customer", "phone": "+34611000000"}])

    def test_two_buyers_may_be_merged(self):
        buyers = [self.import_one(buyer={"login": login})[1].partner_id for login in ("es42", "es43")]
        self.merge(buyers[0] | buyers[1], buyers[1])
        self.assertEqual(buyers[1].aliexpress_buyer_ref, "es43")
        _placed, later = self.import_one(buyer={"login": "es43"})
        self.assertEqual(later.partner_id, buyers[1])

    def test_an_address_that_merging_completed_is_not_the_one_of_later_orders(self):
        _placed, order = self.import_one(buyer={"login": "es42"})
        buyer = order.partner_id
        self.merge(buyer | self.env["res.partner"].create({"name": "Old customer", "street2": "Floor 3"}), buyer)
        self.assertEqual(buyer.street2, "Floor 3")
        _placed, later = self.import_one(buyer={"login": "es42"})
        self.assertFalse(later.sale_order_id.partner_shipping_id.street2)
        self.assertEqual(later.partner_id, buyer)

    def test_a_buyer_is_not_given_to_a_contact_of_another_company(self):
        _placed, order = self.import_one(buyer={"login": "es42"})
        company = self.env["res.company"].create({"name": "Second company"})
        kept = self.env["res.partner"].create({"name": "Old customer", "company_id": company.id})
        self.merge(order.partner_id | kept, kept)
        self.assertFalse(kept.aliexpress_buyer_ref)
        _placed, later = self.import_one(buyer={"login": "es42"})
        self.assertEqual(later.state, "done", later.error)

    def test_masked_values_never_replace_what_is_stored(self):
        placed, order = self.import_one()
        name = order.partner_id.name
        with self.sandbox.lock:
            placed.address.contact_person = "An*******"
            placed.address.detail_address = "Cal******"
            placed.address.mobile_no = "60****000"
        order.action_refresh()
        self.run_job("process_orders")
        self.assertEqual(order.address["street"], "Calle Ejemplo 1")
        self.assertEqual(order.partner_id.name, name)
        self.assertEqual(order.state, "done")

    def test_what_aliexpress_leaves_out_is_not_forgotten(self):
        placed, order = self.import_one(address={"phone_country": "+34"})
        shipping = order.sale_order_id.partner_shipping_id
        for names in (["mobile_no"], ["zip", "city", "province"], ["mobile_no", "phone_country", "zip", "address2"]):
            with self.subTest(left_out=names):
                with self.sandbox.lock:
                    for name in names:
                        setattr(placed.address, name, "")
                order.action_refresh()
                self.run_job("process_orders")
                self.assertEqual((order.state, order.hold_reason), ("done", False))
                self.assertEqual((order.address["mobile"], order.address["city"]), ("600000000", "Madrid"))
        self.assertEqual(order.sale_order_id.partner_shipping_id, shipping)
        self.assertEqual(shipping.phone, "+34600000000")

    def test_another_phone_number_replaces_the_old_one(self):
        placed, order = self.import_one()
        with self.sandbox.lock:
            placed.address.mobile_no, placed.address.phone_number = "", "911234567"
        order.action_refresh()
        self.assertEqual((order.address["mobile"], order.address["phone_number"]), ("", "911234567"))
        self.assertIn("the delivery address is another one", order.hold_reason)

    def test_another_recipient_has_nothing_of_the_old_one(self):
        placed, order = self.import_one()
        with self.sandbox.lock:
            placed.address.contact_person, placed.address.mobile_no, placed.address.zip = "Otra Persona", "", ""
        order.action_refresh()
        self.assertEqual((order.address["mobile"], order.address["zip"]), ("", ""))

    def test_odd_names_notes_and_phones(self):
        name = "مريم 👩‍🚀 " + "x" * 300
        _placed, order = self.import_one(
            address={
                "contact_person": name,
                "mobile_no": "12",
                "phone_number": "not a number",
                "province": "Nowhereshire",
            },
            memo="<b>call</b> <script>alert(1)</script>",
        )
        shipping = order.sale_order_id.partner_shipping_id
        self.assertEqual(shipping.name, name)
        self.assertFalse(shipping.phone)
        self.assertIn("12", shipping.comment)
        self.assertIn("Nowhereshire", shipping.street2)
        self.assertEqual(order.note, "<b>call</b> <script>alert(1)</script>")

    def test_uk_is_great_britain(self):
        _placed, order = self.import_one(country="GB", address={"country": "UK"})
        self.assertEqual(order.sale_order_id.partner_shipping_id.country_id, self.env.ref("base.uk"))

    def test_the_same_number_in_two_shops_makes_two_orders(self):
        other_company = self.env["res.company"].create({"name": "Second company"})
        other = self.create_account("Second shop", company=other_company, app="502345")
        number = 8180000000999911
        self.place(order_id=number)
        self.sandbox.place_order([["TMUG-01", 1]], shop="2671514006", pay=True, order_id=number)
        self.import_orders()
        orders = self.env["aliexpress.order"].search([("order_ref", "=", str(number))])
        self.assertEqual(orders.account_id, self.account | other)

    def test_no_message_goes_to_buyers(self):
        self.company.write({"stock_move_email_validation": True})
        mails = self.env["mail.mail"].search_count([])
        _placed, order = self.import_one()
        order.partner_id.email = "buyer@example.com"
        picking = order.sale_order_id.picking_ids
        picking.move_ids.picked = True
        self.assertIs(picking.button_validate(), True)
        self.assertEqual(picking.state, "done")
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)
        self.assertNotIn(order.partner_id, order.sale_order_id.message_partner_ids)

    def test_no_quotation_template_writes_to_buyers(self):
        mail_template = self.env.ref("sale.mail_template_sale_confirmation")
        template = self.env["sale.order.template"].create({"name": "Usual", "mail_template_id": mail_template.id})
        self.company.sale_order_template_id = template
        customer = {"name": "Known", "email": "buyer@example.com", "aliexpress_buyer_ref": "es42"}
        customer = self.env["res.partner"].create(customer | {"aliexpress_account_id": self.account.id})
        mails = self.env["mail.mail"].search_count([])
        _placed, order = self.import_one(buyer={"login": "es42"})
        self.assertEqual((order.sale_order_id.state, order.partner_id), ("sale", customer))
        self.assertFalse(order.sale_order_id.sale_order_template_id)
        order.sale_order_id._send_order_notification_mail(mail_template)
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)
        line = {"product_id": self.products[0].id}
        plain = self.env["sale.order"].create({"partner_id": customer.id, "order_line": [(0, 0, line)]})
        plain.action_confirm()
        self.assertGreater(self.env["mail.mail"].search_count([]), mails)

    def assert_leaves(self, order):
        """The job lets the order go, and its delivery can be validated."""
        self.run_job("process_orders")
        self.assertRecordValues(order, [{"state": "done", "hold_reason": False}])
        picking = order.sale_order_id.picking_ids
        picking.move_ids.picked = True
        self.assertIs(picking.button_validate(), True)
        self.assertEqual(picking.state, "done")

    def test_a_missing_country_waits_until_somebody_enters_it(self):
        for country in ("", "XX"):
            with self.subTest(country=country):
                _placed, order = self.import_one(address={"country": country})
                self.assertEqual((order.state, order.sale_order_id.state), ("hold", "draft"))
                self.assertIn("missing or not known", order.hold_reason)
                order.sale_order_id.partner_shipping_id.country_id = self.env.ref("base.es")
                self.assert_leaves(order)

    def test_a_country_that_aliexpress_tells_later_is_taken_over(self):
        placed, order = self.import_one(address={"country": "ZZ"})
        self.assertEqual(order.state, "hold")
        with self.sandbox.lock:
            placed.address.country = "ES"
        order.action_refresh()
        self.run_job("process_orders")
        self.assertRecordValues(order, [{"state": "done", "hold_reason": False}])
        self.assertEqual(order.sale_order_id.partner_shipping_id.country_id.code, "ES")
        self.assertEqual(order.sale_order_id.state, "sale")

    def test_an_address_that_somebody_chose_is_not_replaced(self):
        placed, order = self.import_one()
        shop = self.env["res.partner"].create({"name": "Collected in our shop", "city": "Madrid"})
        order.sale_order_id.partner_shipping_id = shop
        with self.sandbox.lock:
            placed.address.detail_address = "Avenida Nueva 3"
        order.action_refresh()
        self.run_job("process_orders")
        self.assertEqual(order.sale_order_id.partner_shipping_id, shop)
        self.assertEqual(order.state, "hold")
        self.assertIn("delivery address is another one", order.hold_reason)

    def test_an_order_without_a_street_does_not_go_to_an_earlier_address(self):
        buyer = {"login": "es42"}
        _placed, first = self.import_one(buyer=buyer)
        nowhere = {"detail_address": "", "address2": "", "city": ""}
        placed, order = self.import_one(buyer=buyer, address=nowhere)
        shipping = order.sale_order_id.partner_shipping_id
        self.assertEqual((order.partner_id, shipping.street or ""), (first.partner_id, ""))
        self.assertEqual((order.state, order.sale_order_id.state), ("hold", "draft"))
        self.assertIn("told no street to deliver to", order.hold_reason)
        shipping.street = "Calle Nueva 2"
        self.assert_leaves(order)
        _placed, told_later = self.import_one(buyer=buyer, address=nowhere)
        self.assertFalse(told_later.sale_order_id.partner_shipping_id.street)
        with self.sandbox.lock:
            _placed.address.detail_address = "Avenida Tarde 3"
        told_later.action_refresh()
        self.run_job("process_orders")
        self.assertRecordValues(told_later, [{"state": "done", "difference": False}])
        self.assertEqual(told_later.sale_order_id.partner_shipping_id.street, "Avenida Tarde 3")

    def test_what_has_left_without_an_address_sends_nothing_else_to_an_earlier_one(self):
        buyer = {"login": "es42"}
        _placed, first = self.import_one(buyer=buyer)
        nowhere = {"buyer": buyer, "address": {"detail_address": "", "address2": "", "city": ""}}
        early, gone, late = (self.place(**nowhere) for _number in range(3))
        self.sandbox.act(gone, "ship")
        self.import_orders()
        self.assertEqual(self.get_order(gone).sale_order_id.partner_shipping_id, first.partner_id)
        for placed in (early, late):
            order = self.get_order(placed)
            self.assertEqual((order.state, order.sale_order_id.partner_shipping_id.street or ""), ("hold", ""))

    def test_tax_ids_are_kept(self):
        _placed, order = self.import_one(
            country="BR", address={"cpf_no": "12345678909"}, extra={"cpf_number": "12345678909"}
        )
        self.assertEqual(order.partner_id.vat, "12345678909")

    def test_a_tax_id_that_is_told_later_is_added_and_none_is_replaced(self):
        buyer = {"login": "br42"}
        _placed, first = self.import_one(country="BR", buyer=buyer)
        self.assertFalse(first.partner_id.vat)
        for number in ("12345678909", "98765432100"):
            self.import_one(country="BR", buyer=buyer, address={"cpf_no": number})
            self.assertEqual(first.partner_id.vat, "12345678909")

    def test_numbers_beside_the_phone_are_noted(self):
        _placed, order = self.import_one(address={"phone_area": "91", "phone_number": "5550199"})
        shipping = order.sale_order_id.partner_shipping_id
        self.assertEqual(shipping.phone, "+34600000000")
        self.assertIn("Other phone numbers as AliExpress gave them", shipping.comment)
        self.assertIn("5550199", shipping.comment)
        self.assertNotIn("600000000", shipping.comment)

    def test_masked_buyers_of_the_general_family_are_revealed(self):
        other = self.create_account("General", app="502345")
        self.sandbox.place_order([["TMUG-01", 1]], shop="2671514006", pay=True)
        self.import_orders()
        order = self.env["aliexpress.order"].search([("account_id", "=", other.id)])
        self.assertNotIn("*", order.address["name"])
        self.assertEqual(self.sandbox.count(REVEAL), 1)

    def test_a_masked_address_without_permission_to_reveal_loses_nothing(self):
        other = self.create_account("General", app="502345")
        self.sandbox.world.apps["502345"].denied.append(REVEAL)
        self.addCleanup(self.sandbox.reset)
        self.sandbox.place_order([["TMUG-01", 1]], shop="2671514006", pay=True)
        self.import_orders()
        order = self.env["aliexpress.order"].search([("account_id", "=", other.id)])
        self.assertIn("*", order.address["name"])
        self.assertTrue(order.sale_order_id)

    def import_masked(self):
        """Place and import an order of a shop whose buyers come masked; returns (the gateway's, the inbox order)."""
        self.env["product.product"].create({"name": "Travel mug", "default_code": "TMUG-01", "is_storable": True})
        other = self.create_account("General", app="502345")
        placed = self.sandbox.place_order([["TMUG-01", 1]], shop="2671514006", pay=True)
        self.import_orders()
        return placed, self.env["aliexpress.order"].search([("account_id", "=", other.id)])

    def test_a_hidden_address_is_told_until_it_is_readable(self):
        app = self.sandbox.world.apps["502345"]
        app.denied.append(REVEAL)
        self.addCleanup(self.sandbox.reset)
        _placed, order = self.import_masked()
        sale_order, delivery = order.sale_order_id, order.sale_order_id.picking_ids
        packer = new_test_user(self.env, "ae_hidden", "stock.group_stock_user")
        self.assertEqual(order.state, "done")
        told = order.address_notice
        self.assertIn(f"AliExpress hides the buyer's address of order {order.order_ref}", told)
        self.assertIn(f"request the permission for the method {REVEAL}", told)
        self.assertEqual(sale_order.aliexpress_address_notice, told)
        self.assertEqual(delivery.with_user(packer).aliexpress_shipping_message, told)
        self.assertEqual(Form(delivery).aliexpress_shipping_message, told)
        for model in ("aliexpress.order", "sale.order"):
            self.assertIn("address_notice", self.env[model].get_view(view_type="form")["arch"])
        # Nothing is stopped: many sellers print AliExpress' own labels.
        delivery.move_ids.picked = True
        delivery._aliexpress_check_validation()
        app.denied.remove(REVEAL)
        order.action_refresh()
        self.env.invalidate_all()
        self.assertNotIn("*", delivery.partner_id.street)
        self.assertFalse(
            order.address_notice or sale_order.aliexpress_address_notice or delivery.aliexpress_shipping_message
        )

    def test_a_hidden_address_that_somebody_enters_is_told_no_more(self):
        self.sandbox.world.apps["502345"].denied.append(REVEAL)
        self.addCleanup(self.sandbox.reset)
        _placed, order = self.import_masked()
        delivery = order.sale_order_id.picking_ids
        self.assertTrue(order.address_notice and delivery.aliexpress_shipping_message)
        order.sale_order_id.partner_shipping_id.write({"name": "Ana Ejemplo", "street": "Calle Ejemplo 1"})
        self.env.invalidate_all()
        self.assertFalse(order.address_notice or delivery.aliexpress_shipping_message or order.difference)

    def test_a_shop_that_cannot_have_addresses_revealed_is_sent_to_no_console(self):
        masked = {"contact_person": "An*******", "detail_address": "Cal******"}
        _placed, order = self.import_one(address=masked)
        self.assertIn("AliExpress hides the buyer's address", order.address_notice)
        self.assertNotIn("console", order.address_notice)

    def test_an_address_is_revealed_once(self):
        placed, order = self.import_masked()
        self.sandbox.act(placed, "request_cancel")
        self.import_orders()
        self.assertEqual(order.stage, "cancel_requested")
        self.assertNotIn("*", order.address["name"])
        self.assertEqual(self.sandbox.count(REVEAL), 1)
        with self.sandbox.lock:
            placed.address.detail_address = "Otra calle 9"
        self.sandbox.act(placed, "withdraw_cancel")
        self.import_orders()
        self.assertEqual(order.address["street"], "Otra calle 9")
        self.assertEqual(self.sandbox.count(REVEAL), 2)

    def change_while_hidden(self, **address):
        """Import an order whose address is known, then change it at the gateway while AliExpress tells none."""
        placed, order = self.import_masked()
        shipping = order.sale_order_id.partner_shipping_id
        self.known = (shipping.street, shipping.city, shipping.phone)
        self.assertNotIn("*", shipping.street)
        self.sandbox.add_fault(method=REVEAL, kind="rate_limit", style="app", seconds=36000)
        self.addCleanup(self.sandbox.reset)
        with self.sandbox.lock:
            for name, text in address.items():
                setattr(placed.address, name, text)
        order.action_refresh()
        self.run_job("process_orders")
        return order, order.sale_order_id

    def reveal(self, order):
        self.sandbox.clear_faults()
        order.address_retry_at -= timedelta(hours=1)
        self.import_orders()

    def test_another_address_that_is_hidden_is_not_mixed_with_the_old_one(self):
        for place in ({}, {"city": "Vigo", "zip": "36201"}):
            with self.subTest(place=place):
                self.sandbox.reset()
                self.env["aliexpress.account"].search([("name", "=", "General")]).active = False
                self.env["product.product"].search([("default_code", "=", "TMUG-01")]).default_code = False
                order, sale_order = self.change_while_hidden(
                    contact_person="Otra Persona", detail_address="Avenida Nueva 3", mobile_no="611222333", **place
                )
                old = sale_order.partner_shipping_id
                self.assertEqual((old.street, old.city, old.phone), self.known)
                self.assertIn("*", order.address["name"])
                self.assertIn("*", order.address["street"])
                self.assertIn("*", order.address["mobile"])
                for _time in range(2):
                    self.assertEqual(order.state, "hold")
                    self.assertIn("another one, which AliExpress still hides", order.hold_reason)
                    order.action_take_over()
                    self.run_job("process_orders")
                self.assertEqual(sale_order.partner_shipping_id, old)
                self.assertEqual((old.street, old.city, old.phone), self.known)
                self.reveal(order)
                self.assertEqual((order.address["name"], order.address["mobile"]), ("Otra Persona", "611222333"))
                order.action_take_over()
                self.run_job("process_orders")
                self.assertRecordValues(order, [{"state": "done", "hold_reason": False}])
                self.assertEqual(sale_order.picking_ids.partner_id.street, "Avenida Nueva 3")

    def test_another_address_that_is_hidden_may_be_entered(self):
        order, sale_order = self.change_while_hidden(detail_address="Avenida Nueva 3")
        self.assertEqual(order.state, "hold")
        sale_order.partner_shipping_id.street = "Avenida Nueva 3"
        self.run_job("process_orders")
        self.assertRecordValues(order, [{"state": "done", "hold_reason": False}])

    def test_another_address_that_somebody_enters_otherwise_is_taken_over(self):
        order, sale_order = self.change_while_hidden(detail_address="Avenida Nueva 3")
        sale_order.partner_shipping_id.street = "Av. Nueva 3"
        self.run_job("process_orders")
        self.assertEqual(order.state, "hold")
        order.action_take_over()
        self.run_job("process_orders")
        self.assertRecordValues(order, [{"state": "done", "hold_reason": False}])
        self.assertEqual(sale_order.partner_shipping_id.street, "Av. Nueva 3")

    def test_a_known_address_is_kept_while_it_is_hidden(self):
        order, _sale_order = self.change_while_hidden(city="SAN  JOSE", zip="")
        self.assertTrue(order.address_retry_at)
        self.assertRecordValues(order, [{"state": "done", "hold_reason": False}])
        self.assertEqual(order.address["street"], self.known[0])
        self.assertFalse("*" in order.address["mobile"] or order.address["zip"] == "")

    def test_an_odd_refusal_of_an_address_is_no_missing_permission(self):
        self.sandbox.add_fault("error", method=REVEAL, code="15", sub_code="isv.decrypt-limit", sub_text="no", count=2)
        self.addCleanup(self.sandbox.reset)
        _placed, order = self.import_masked()
        self.assertIn("*", order.address["name"])
        self.assertTrue(order.address_retry_at)
        order.action_refresh()
        self.assertTrue(order.address_retry_at)
        self.reveal(order)
        self.assertNotIn("*", order.sale_order_id.partner_shipping_id.name)
        self.assertFalse(order.address_retry_at)

    def test_refused_addresses_are_asked_for_a_few_times_in_a_run(self):
        self.sandbox.add_fault(method=REVEAL, kind="error", code="15", sub_code="isv.decrypt-limit", sub_text="no")
        self.addCleanup(self.sandbox.reset)
        for _number in range(20):
            self.sandbox.place_order([["TMUG-01", 1]], shop="2671514006", pay=True)
        _placed, order = self.import_masked()
        orders = self.env["aliexpress.order"].search([("account_id", "=", order.account_id.id)])
        self.assertTrue(all(orders.mapped("address_retry_at")))
        # Those that were under way at the same time are beside the three.
        self.assertLessEqual(self.sandbox.count(REVEAL), 3 + 6)

    def test_after_a_limit_addresses_are_asked_for_again_until_they_are_told(self):
        self.sandbox.add_fault(method=REVEAL, kind="rate_limit", style="app", seconds=36000)
        self.addCleanup(self.sandbox.reset)
        placed, order = self.import_masked()
        self.assertTrue(order.address_retry_at)
        # AliExpress' list shows the order no more.
        with self.sandbox.lock:
            placed.modified -= timedelta(days=10)
        self.run_job("fetch_orders")
        details = self.sandbox.count(GENERAL_DETAIL)
        self.run_job("fetch_orders")
        self.assertEqual(self.sandbox.count(GENERAL_DETAIL), details, "not before an hour has passed")
        self.sandbox.clear_faults()
        order.address_retry_at -= timedelta(hours=1)
        self.import_orders()
        self.assertNotIn("*", order.address["name"])
        self.assertNotIn("*", order.sale_order_id.partner_shipping_id.name)
        self.assertFalse(order.address_retry_at)

    def test_a_few_hidden_addresses_are_asked_for_while_others_were_refused(self):
        self.sandbox.add_fault(method=REVEAL, kind="http_500")
        self.addCleanup(self.sandbox.reset)
        _placed, order = self.import_masked()
        for _number in range(5):
            self.sandbox.place_order([["TMUG-01", 1]], shop="2671514006", pay=True)
        self.import_orders()
        orders = self.env["aliexpress.order"].search([("account_id", "=", order.account_id.id)], order="id")
        self.assertTrue(all(orders.mapped("address_retry_at")))
        self.sandbox.clear_faults()
        with self.sandbox.lock:
            for placed in self.sandbox.world.shop("2671514006").orders.values():
                placed.modified -= timedelta(days=10)
        for other in orders[:-1]:
            other.address_retry_at -= timedelta(hours=1)
        told = []
        for _number in range(3):
            self.run_job("fetch_orders")
            told.append(len(orders.filtered(lambda each: not each.address_retry_at)))
        self.assertEqual(told, [3, 5, 5], "the last one was refused within the hour")
        orders[-1].address_retry_at -= timedelta(hours=1)
        self.run_job("fetch_orders")
        self.assertFalse(any("*" in each.address["name"] for each in orders))

    def test_a_shop_that_may_not_know_addresses_is_not_asked_for_ever(self):
        self.sandbox.world.apps["502345"].denied.append(REVEAL)
        self.addCleanup(self.sandbox.reset)
        _placed, order = self.import_masked()
        self.assertIn("*", order.address["name"])
        self.assertFalse(order.address_retry_at)

    def test_a_limit_of_revealing_stops_nothing_else(self):
        for trouble in ({"kind": "rate_limit", "style": "app", "seconds": 3600}, {"kind": "http_500"}):
            with self.subTest(trouble=trouble["kind"]):
                self.sandbox.reset()
                self.env["aliexpress.account"].search([("name", "=", "General")]).active = False
                self.env["product.product"].search([("default_code", "=", "TMUG-01")]).default_code = False
                self.sandbox.add_fault(method=REVEAL, **trouble)
                _placed, order = self.import_masked()
                self.assertIn("*", order.address["name"])
                self.assertTrue(order.sale_order_id)
                self.assertFalse(order.error or order.account_id.retry_at or self.account.retry_at)
                self.sandbox.clear_faults()
                self.import_orders()
                self.assertNotIn("*", order.address["name"])
                self.assertEqual(order.state, "done")
                self.assertNotIn("*", order.sale_order_id.partner_shipping_id.name)
                self.assertNotIn("*", order.sale_order_id.picking_ids.partner_id.name)
