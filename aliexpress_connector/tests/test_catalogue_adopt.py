import json
from dataclasses import replace

from odoo import Command, fields
from odoo.exceptions import UserError

from .catalogue_common import DETAIL, EDIT, LIST, CatalogueCase, make_picture


class TestAdopting(CatalogueCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account.discovered_at = False

    def find(self):
        """Look through the shop of the sandbox; returns what was found."""
        self.account.action_find_listings()
        self.sandbox.calls.clear()
        self.run_job("publish_listings")
        return self.env["aliexpress.found.product"].search([("account_id", "=", self.account.id)])

    def test_every_product_is_found_and_nothing_is_written(self):
        found = self.find()
        self.assertEqual(len(found), len(self.sandbox.shop.products))
        self.assertEqual(set(found.mapped("state")), {"open"})
        writes = {name for name in self.sandbox.counts() if not name.endswith((".get", ".list.get"))}
        self.assertFalse(writes)
        self.assertTrue(self.account.discovered_at)
        again = self.find()
        self.assertEqual(again, found)

    def test_a_product_that_is_listed_twice_is_found_once(self):
        products = self.sandbox.shop.products
        number = self.product_of("MUG-01")
        products[number + 1] = products[number]
        self.addCleanup(products.pop, number + 1)
        found = self.find()
        self.assertEqual(len(found), len(products) - 1)
        self.assertFalse(self.account.error)

    def test_products_that_move_while_they_are_listed_are_found(self):
        products = self.sandbox.shop.products
        example = products[self.product_of("MUG-01")]
        added = [example.product_id + number for number in range(1, 120)]
        for number in added:
            products[number] = replace(example, product_id=number)
            self.addCleanup(products.pop, number)
        self.sandbox.add_fault("drift", method=LIST, rows=1, count=5)
        found = self.find()
        self.assertEqual(set(found.mapped("product_ref")), {str(number) for number in products})
        self.assertFalse(self.account.discovery_cursor)

    def test_a_search_that_is_not_granted_stops_with_its_reason(self):
        self.account.setup_step = "listings"
        self.sandbox.app.denied = [LIST]
        self.addCleanup(setattr, self.sandbox.app, "denied", [])
        self.find()
        self.publish()
        self.assertFalse(self.account.retry_at)
        self.assertFalse(self.account.discovery_cursor)
        self.assertFalse(self.sandbox.counts(), "not tried again by itself")
        self.assertIn(LIST, self.account.setup_advice)
        self.place()
        self.assertTrue(self.import_orders())
        self.sandbox.app.denied = []
        self.find()
        self.assertFalse(self.account.discovery_error)
        self.assertTrue(self.account.discovered_at)

    def test_a_found_product_that_cannot_be_read_is_read_again(self):
        odd = self.sandbox.shop.products[self.product_of("LAMP-01")]
        days, odd.prepare_days = odd.prepare_days, "soon"
        found = self.find().filtered(lambda found: found.product_ref == str(odd.product_id))
        self.assertEqual(found.state, "pending")
        self.assertTrue(found.retry_at and found.error)
        self.assertFalse(self.account.retry_at)
        odd.prepare_days = days
        found.retry_at = False
        self.run_job("publish_listings")
        self.assertRecordValues(found, [{"state": "open", "error": False}])

    def test_a_found_product_that_was_refused_is_tried_again_or_ignored(self):
        self.sandbox.add_fault("error", method=DETAIL, code="15", sub_code="isv.odd", sub_text="Odd")
        refused = self.find()
        self.assertEqual(set(refused.mapped("state")), {"error"})
        self.assertEqual(self.account.found_count, len(refused))
        self.sandbox.clear_faults()
        refused[1:].action_ignore()
        self.env["aliexpress.found.product"].search([]).action_retry()
        self.run_job("publish_listings")
        self.assertEqual(refused[0].state, "open")
        self.assertEqual(set(refused[1:].mapped("state")), {"ignored"})

    def test_certain_doubtful_and_unmatched(self):
        barcode = self.create_product("OTHER-CODE", "Lamp", barcode="8412345678905")
        self.sandbox.shop.products[self.product_of("LAMP-01")].skus[0].ean = "8412345678905"
        self.find()
        self.assertEqual(self.found_with("MUG-01").match, "1_certain")
        self.assertEqual(self.found_with("TSHIRT-BLU-M").match, "2_doubtful", "each shirt is a product of its own here")
        self.assertEqual(self.found_with("EAR-01").match, "3_none")
        lamp = self.found_with("LAMP-01")
        self.assertEqual((lamp.match, lamp.product_tmpl_id), ("2_doubtful", barcode.product_tmpl_id))

    def test_spaces_around_a_code_of_a_product_do_not_count(self):
        for field_name in ("default_code", "aliexpress_sku_code"):
            with self.subTest(field_name):
                spaced = self.create_product("OTHER", "Earphones", **{field_name: " EAR-01 "})
                self.find()
                found = self.found_with("EAR-01")
                self.assertEqual((found.match, found.product_tmpl_id), ("1_certain", spaced.product_tmpl_id))
                self.assertIn(field_name, ("default_code", "aliexpress_" + found.sku_ids.matched_by))
                found.unlink()
                spaced.write({"default_code": False, "aliexpress_sku_code": False})

    def test_several_candidates_are_told_and_none_is_certain(self):
        mug = self.products.filtered(lambda product: product.default_code == "MUG-01")
        self.create_product("TWIN-2", "Other twin", aliexpress_sku_code="EAR-01")
        self.create_product("TWIN-3", "Third twin", aliexpress_sku_code="EAR-01")
        self.sandbox.shop.products[self.product_of("LAMP-01")].skus[0].sku_code = "MUG-01"
        self.find()
        earphones = self.found_with("EAR-01")
        self.assertEqual((earphones.match, bool(earphones.product_tmpl_id)), ("2_doubtful", False))
        self.assertIn("Several variants have the code EAR-01", earphones.reason)
        rivals = self.found_with("MUG-01")
        self.assertEqual(len(rivals), 2)
        self.assertEqual(set(rivals.mapped("match")), {"2_doubtful"})
        self.assertEqual(rivals.product_tmpl_id, mug.product_tmpl_id)
        self.assertIn("Several products on AliExpress", rivals[0].reason)

    def test_linking_makes_listings_without_a_call(self):
        self.find()
        found = self.found_with("MUG-01")
        self.sandbox.calls.clear()
        found.action_link()
        self.assertFalse(self.sandbox.counts())
        listing = found.listing_id
        self.assertEqual((listing.state, listing.product_ref), ("online", found.product_ref))
        self.assertEqual(listing.sku_ids.product_id.default_code, "MUG-01")

    def test_a_linked_listing_is_left_as_it_is_until_its_product_changes(self):
        self.find()
        found = self.found_with("MUG-01")
        found.action_link()
        listing = found.listing_id
        self.publish()
        self.assertFalse(self.sandbox.counts())
        before = self.remote(listing)
        weight, descriptions = before.weight, dict(before.descriptions)
        listing.product_tmpl_id.write({"aliexpress_title": "A better mug"})
        self.publish()
        after = self.remote(listing)
        self.assertEqual(after.subjects[after.locale], "A better mug", listing.error)
        self.assertEqual((after.weight, dict(after.descriptions)), (weight, descriptions))
        self.assertEqual(self.told_parts(), {"multi_language_subject_list"})

    def told_parts(self):
        """What the only update of the last run told, beside the product and its language."""
        (call,) = (call for call in self.sandbox.calls if call.method == EDIT)
        return json.loads(call.params["edit_product_request"]).keys() - {"product_id", "language"}

    def test_reading_shop_data_later_changes_nothing_of_a_linked_listing(self):
        """Terms, size charts and attributes that Odoo learns about after linking are no changes of the product."""
        remote = self.sandbox.shop.products[self.product_of("SHIRT-UNI")]
        remote.freight_template_id, remote.promise_template_id, remote.size_chart_id = 714844312, 100123, 101
        color, *others = remote.skus[0].properties
        red = [replace(color, value_id=10, name=""), *others]
        remote.skus.append(replace(remote.skus[0], sku_code="SHIRT-RED", properties=red))
        variants = self.create_shirt(colors=("Blue", "Red"), sizes=("M",), default_code=False)
        variants.product_tmpl_id.aliexpress_category_id = self.env["aliexpress.category"].create(
            {"ref": "348", "name": "Shirts", "is_leaf": True}
        )
        self.products.filtered(lambda product: product.default_code == "SHIRT-UNI").default_code = False
        variants[0].default_code, variants[1].default_code = "SHIRT-UNI", "SHIRT-RED"
        listing = self.link("SHIRT-UNI")
        self.assertEqual(listing.sku_ids.product_id, variants)
        self.publish()
        self.run_job("refresh_shop_data")
        self.assertTrue(listing.category_id.attribute_ids and self.env["aliexpress.freight.template"].search([]))
        listing.compared_at = False
        self.publish()
        self.assertFalse(self.sandbox.count(EDIT))
        listing.product_tmpl_id.aliexpress_title = "A better shirt"
        self.publish()
        self.assertEqual(self.told_parts(), {"multi_language_subject_list"}, listing.error)
        self.assertEqual(remote.size_chart_id, 101)

    def test_what_is_changed_after_linking_is_sent_once_the_flow_is_on(self):
        self.account.sync_listings = False
        listing = self.link("MUG-01")
        self.publish()
        listing.product_tmpl_id.aliexpress_title = "A better mug"
        self.account.sync_listings = True
        self.publish()
        self.assertEqual(self.told_parts(), {"multi_language_subject_list"}, listing.error)

    def test_what_is_changed_after_a_listing_was_made_from_records_is_sent(self):
        mug = self.products.filtered(lambda product: product.default_code == "MUG-01")
        number = str(self.product_of("MUG-01"))
        for state in ("online", "pending"):
            with self.subTest(state):
                listing = self.create_listing(mug, product_ref=number, state=state)
                mug.aliexpress_title = f"A better mug, {state}"
                self.publish()
                self.assertEqual(self.told_parts(), {"multi_language_subject_list"}, listing.error)
                self.settle(listing)
                listing._forget()
                listing.unlink()

    def test_a_category_chosen_after_linking_changes_nothing(self):
        listing = self.link("MUG-01")
        self.publish()
        listing.product_tmpl_id.aliexpress_category_id = self.category
        self.publish()
        self.assertFalse(self.sandbox.count(EDIT))
        listing.product_tmpl_id.aliexpress_title = "A better mug"
        self.publish()
        self.assertEqual(self.told_parts(), {"multi_language_subject_list"}, listing.error)

    def test_empty_attributes_shown_after_linking_are_no_change(self):
        listing = self.link("MUG-01")
        self.make_older(listing)
        template = listing.product_tmpl_id
        template.aliexpress_category_id = self.category
        template.action_aliexpress_show_attributes()
        self.assertTrue(template.aliexpress_attribute_line_ids)
        self.publish()
        self.assertFalse(self.sandbox.count(EDIT))
        template.aliexpress_title = "A better mug"
        self.publish()
        self.assertEqual(self.told_parts(), {"multi_language_subject_list"}, listing.error)

    def test_a_brand_told_with_the_category_after_linking_is_sent(self):
        remote = self.sandbox.shop.products[self.product_of("MUG-01")]
        before = [prop for prop in remote.properties if prop.name_id != 2]
        listing = self.link("MUG-01")
        self.publish()
        brand = self.sandbox.shop.brands[0].name
        listing.product_tmpl_id.write({"aliexpress_category_id": self.category.id, "aliexpress_brand": brand})
        self.publish()
        self.assertEqual(self.told_parts(), {"brand_name"}, listing.error)
        self.assertEqual([prop for prop in remote.properties if prop.name_id != 2], before)
        self.assertEqual([prop.value for prop in remote.properties if prop.name_id == 2], [brand])
        self.settle(listing)
        self.publish()
        self.assertFalse(self.sandbox.count(EDIT))

    def create_with_lines(self, code="MUG-01"):
        """A listing made from records, and its lines from others."""
        product = self.products.filtered(lambda product: product.default_code == code)
        product.weight = 0.4
        listing = self.create_listing(product, product_ref=str(self.product_of(code)), state="online")
        line = {"listing_id": listing.id, "product_id": product.id, "sku_code": code}
        self.env["aliexpress.listing.sku"].create(line)
        return listing, product

    def test_a_weight_changed_before_the_first_look_is_sent(self):
        listing, mug = self.create_with_lines()
        mug.weight = 0.9
        self.publish()
        self.assertEqual(self.told_parts(), {"weight"}, listing.error)

    def test_a_variant_made_before_the_first_look_is_sent(self):
        self.sandbox.shop.products[self.product_of("MUG-01")].skus[0].sku_code = "MUG-S"
        variants = self.create_shirt(colors=("Blue",), sizes=("M",), weight=0.3)
        template, number = variants.product_tmpl_id, str(self.product_of("MUG-S"))
        variants.default_code = "MUG-S"
        listing = self.create_listing(variants, product_ref=number, state="online")
        line = {"listing_id": listing.id, "product_id": variants.id, "sku_code": "MUG-S"}
        self.env["aliexpress.listing.sku"].create(line)
        self.make_older(listing)
        color = template.attribute_line_ids[0]
        color.value_ids |= color.value_ids.create({"name": "Red", "attribute_id": color.attribute_id.id})
        (template.product_variant_ids - variants).write({"default_code": "MUG-L", "weight": 0.3})
        self.publish()
        self.assertEqual(self.told_parts(), {"sku_info_list"}, listing.error)

    def test_a_category_that_was_never_read_is_sent_as_the_preview_showed_it(self):
        listing = self.link("MUG-01")
        template = listing.product_tmpl_id
        self.publish()
        template.write(
            {
                "aliexpress_category_id": self.category.id,
                "aliexpress_attribute_line_ids": self.prepare_attribute_lines(),
            }
        )
        self.category.attribute_date = False
        preview = self.env["aliexpress.listing.preview"].browse(listing.action_preview()["res_id"])
        preview.line_ids.filtered(lambda line: "category" not in line.parts).is_different = False
        preview.action_send()
        self.publish()
        self.assertIn("aliexpress_category_id", self.told_parts(), listing.error)

    def test_a_package_weight_told_while_a_sku_is_not_linked_is_sent(self):
        cushion = self.create_product("CUSH-GRY", "Cushion", weight=0.3)
        listing = self.link("CUSH-GRY")
        self.assertTrue(any(listing.sku_ids.mapped("is_foreign")))
        self.publish()
        cushion.aliexpress_package_weight = 0.8
        self.publish()
        self.assertEqual(self.told_parts(), {"weight"}, listing.error)

    def test_own_attributes_told_before_the_category_was_read_are_sent(self):
        listing = self.link("MUG-01")
        template = listing.product_tmpl_id
        self.publish()
        self.make_older(listing)
        self.category.attribute_date = False
        lines = [*self.prepare_attribute_lines(), Command.create({"name": "Care", "text": "By hand"})]
        template.write({"aliexpress_category_id": self.category.id, "aliexpress_attribute_line_ids": lines})
        self.publish()
        self.assertIn("attribute_list", self.told_parts(), listing.error)

    def tell_category(self, listing):
        """Choose a category for the product and tell its attributes."""
        values = {
            "aliexpress_category_id": self.category.id,
            "aliexpress_attribute_line_ids": self.prepare_attribute_lines(),
        }
        listing.product_tmpl_id.write(values)

    def test_attributes_told_with_the_category_after_linking_are_sent(self):
        listing = self.link("MUG-01")
        self.publish()
        self.make_older(listing)
        self.tell_category(listing)
        self.publish()
        self.assertEqual(self.told_parts(), {"aliexpress_category_id", "attribute_list"}, listing.error)

    def test_one_measure_of_a_linked_product_leaves_the_others(self):
        remote = self.sandbox.shop.products[self.product_of("CUSH-GRY")]
        remote.length, remote.width, remote.height, remote.unit = 60, 40, 30, 100000014
        remote.promise_template_id = 100123
        del remote.skus[1]
        cushion = self.create_product("CUSH-GRY", "Cushion", weight=0.3)
        listing = self.link("CUSH-GRY")
        cushion.aliexpress_package_weight = 0.8
        self.publish()
        self.assertEqual(self.told_parts(), {"weight"}, listing.error)
        self.settle(listing)
        listing.freight_template_id = self.env["aliexpress.freight.template"].search([("ref", "=", "714844312")])
        self.publish()
        self.assertEqual(self.told_parts(), {"freight_template_id"}, listing.error)
        self.settle(listing)
        self.account.lead_time = 5
        self.publish()
        self.assertEqual(self.told_parts(), {"shipping_lead_time"}, listing.error)
        kept = (remote.length, remote.width, remote.height, remote.unit, remote.promise_template_id)
        self.assertEqual(kept, (60, 40, 30, 100000014, 100123))

    def test_a_found_product_is_not_created_again(self):
        mug = self.products.filtered(lambda product: product.default_code == "MUG-01")
        self.find()
        listing = self.create_listing(mug)
        self.publish()
        self.assertEqual(listing.state, "error")
        self.assertIn("already has", listing.error)

    def test_a_product_is_never_linked_twice(self):
        self.find()
        found = self.found_with("MUG-01") | self.found_with("EAR-01")
        found.product_tmpl_id = self.found_with("MUG-01").product_tmpl_id
        with self.assertRaisesRegex(Exception, "one listing in a shop"):
            found.action_link()

    def test_skus_without_variant_are_kept_and_block_the_update_of_variants(self):
        self.find()
        found = self.found_with("CAP-RED")
        self.assertEqual(found.match, "2_doubtful")
        found.action_link()
        listing = found.listing_id
        self.assertTrue(listing.sku_ids.filtered("is_foreign"))
        self.publish()
        cap = self.products.filtered(lambda product: product.default_code == "CAP-RED")
        cap.barcode = "8412345678905"
        self.publish()
        self.assertEqual(len(self.remote(listing).skus), len(listing.sku_ids))
        self.assertIn("no variant here", " ".join(listing.problem_ids.mapped("message")))

    def test_a_sku_without_variant_is_removed_when_a_person_says_so(self):
        self.find()
        found = self.found_with("CAP-RED")
        cap = found.product_tmpl_id
        cap.write({"aliexpress_category_id": self.category.id, "image_1920": make_picture(), "weight": 0.2})
        found.action_link()
        listing = found.listing_id
        self.publish()
        listing.sku_ids.filtered("is_foreign").action_remove()
        self.publish()
        self.assertEqual([sku.sku_code for sku in self.remote(listing).skus], ["CAP-RED"], listing.error)
        self.assertEqual(listing.sku_ids.mapped("sku_code"), ["CAP-RED"])

    def test_a_product_without_codes_gets_those_of_its_variants(self):
        """Prices and stock are sent by code, and old products on AliExpress have none."""
        mug = self.products.filtered(lambda product: product.default_code == "MUG-01")
        mug.write({"aliexpress_category_id": self.category.id, "image_1920": make_picture(), "weight": 0.2})
        remote = self.sandbox.shop.products[self.product_of("MUG-01")]
        remote.skus[0].sku_code = ""
        stock = remote.skus[0].stock
        self.find()
        found = self.env["aliexpress.found.product"].search([("product_ref", "=", str(remote.product_id))])
        self.assertEqual(found.match, "3_none")
        found.product_tmpl_id = mug.product_tmpl_id
        found.action_link()
        listing = found.listing_id
        self.assertEqual(listing.sku_ids.sku_code, "MUG-01")
        self.publish()
        self.assertEqual([sku.sku_code for sku in remote.skus], ["MUG-01"], listing.error)
        self.assertTrue(stock)

    def test_linking_many_names_the_product_whose_skus_would_have_one_code(self):
        shirt = self.products.filtered(lambda product: product.default_code == "TSHIRT-BLU-M")
        self.find()
        found = self.found_with("TSHIRT-BLU-M")
        found.sku_ids.write({"sku_code": False, "product_id": shirt.id})
        mug = self.found_with("MUG-01")
        self.assertTrue(mug.product_tmpl_id)
        found.product_tmpl_id = shirt.product_tmpl_id
        with self.assertRaises(UserError) as raised:
            (mug | found).action_link()
        self.assertIn(found.name, str(raised.exception))
        self.assertIn("the code TSHIRT-BLU-M", str(raised.exception))

    def test_another_code_than_proposed_is_given_to_a_product_without(self):
        mug = self.products.filtered(lambda product: product.default_code == "MUG-01")
        mug.write({"aliexpress_category_id": self.category.id, "image_1920": make_picture(), "weight": 0.2})
        remote = self.sandbox.shop.products[self.product_of("MUG-01")]
        remote.skus[0].sku_code = ""
        self.find()
        found = self.env["aliexpress.found.product"].search([("product_ref", "=", str(remote.product_id))])
        found.product_tmpl_id = mug.product_tmpl_id
        found.action_link()
        listing = found.listing_id
        listing.sku_ids.sku_code = "MUG-NEW"
        mug.product_tmpl_id.aliexpress_title = "A better mug"
        self.publish()
        self.assertEqual(self.sandbox.count(EDIT), 1, listing.error)
        self.assertEqual([sku.sku_code for sku in remote.skus], ["MUG-NEW"])

    def test_a_found_product_that_aliexpress_tells_nothing_about_is_left_to_a_person(self):
        number = self.product_of("LAMP-01")
        found = self.find().filtered(lambda found: found.product_ref == str(number))
        found.state = "pending"
        self.sandbox.add_fault("drop_field", method=DETAIL, text="result", count=6)
        self.run_job("publish_listings")
        self.assertTrue(found.error and found.retry_at)
        found.retry_at = fields.Datetime.subtract(fields.Datetime.now(), seconds=1)
        self.run_job("publish_listings")
        self.assertEqual(found.state, "error")
        self.assertIn("Try again; if this stays", found.error)
        found.action_retry()
        self.run_job("publish_listings")
        self.assertRecordValues(found, [{"state": "open", "error": False}])

    def test_a_found_product_that_is_gone_again_leaves(self):
        number = self.product_of("LAMP-01")
        found = self.find().filtered(lambda found: found.product_ref == str(number))
        found.state = "pending"
        lamp = self.sandbox.shop.products.pop(number)
        self.addCleanup(self.sandbox.shop.products.__setitem__, number, lamp)
        self.run_job("publish_listings")
        self.assertFalse(found.exists())

    def link(self, code):
        """The listing of the found product with this SKU code."""
        self.find()
        self.found_with(code).action_link()
        return self.found_with(code).listing_id

    def test_a_product_none_of_whose_skus_is_known_stays_on_the_shelf(self):
        self.find()
        found = self.found_with("CAP-RED")
        found.product_tmpl_id = self.create_product("UNKNOWN", "Cap of another kind").product_tmpl_id
        found.action_link()
        listing = found.listing_id
        self.assertTrue(all(listing.sku_ids.mapped("is_foreign")))
        self.publish()
        self.assertFalse(self.sandbox.counts())
        self.assertEqual((listing.state, self.remote(listing).status), ("online", "onSelling"))

    def test_linking_skus_by_hand_sends_nothing(self):
        self.find()
        found = self.found_with("CAP-RED")
        colors = [f"Colour {number}" for number in range(len(found.sku_ids))]
        variants = self.create_shirt(colors=colors, sizes=("M",), weight=0.3)
        found.product_tmpl_id = variants.product_tmpl_id
        found.action_link()
        listing = found.listing_id
        self.publish()
        for sku, variant in zip(listing.sku_ids, variants, strict=True):
            sku.product_id = variant
        variants.product_tmpl_id.list_price = 21
        self.publish()
        variants.product_tmpl_id.aliexpress_title = "Cap in many colours"
        self.publish()
        sent = [str(call.params) for call in self.sandbox.calls if call.method == EDIT]
        self.assertEqual(len(sent), 1, listing.problem_ids.mapped("message"))
        self.assertIn("Cap in many colours", sent[0])
        self.assertNotIn("sku_info_list", sent[0])

    def assert_comes_back_as_it_was(self, listing, take_off, put_back):
        take_off()
        self.publish()
        self.assertEqual((listing.state, self.remote(listing).status), ("offline", "offline"))
        put_back()
        self.publish()
        self.assertFalse(self.sandbox.count(EDIT))
        self.assertEqual((listing.state, self.remote(listing).status), ("online", "onSelling"), listing.error)

    def test_a_linked_listing_taken_off_at_once_comes_back_as_it_was(self):
        listing = self.link("MUG-01")
        self.assert_comes_back_as_it_was(listing, listing.action_take_offline, listing.action_put_online)

    def test_a_linked_product_archived_at_once_comes_back_as_it_was(self):
        mug = self.products.filtered(lambda product: product.default_code == "MUG-01")
        mug.weight = 0.4
        listing = self.link("MUG-01")
        template = listing.product_tmpl_id
        self.assert_comes_back_as_it_was(listing, template.action_archive, template.action_unarchive)

    def test_sending_a_linked_listing_at_once_sends_nothing(self):
        listing = self.link("MUG-01")
        listing.action_send()
        self.publish()
        self.assertFalse(self.sandbox.count(EDIT))
        self.assertEqual(listing.state, "online", listing.error)

    def test_what_was_off_the_shelf_stays_off(self):
        self.create_product("LAMP-01", "Lamp")
        self.find()
        found = self.found_with("LAMP-01")
        found.action_link()
        self.publish()
        self.assertEqual(found.listing_id.state, "offline")
        self.assertEqual(self.remote(found.listing_id).status, "offline")

    def test_a_linked_listing_is_sent_as_the_preview_showed_it(self):
        mug = self.products.filtered(lambda product: product.default_code == "MUG-01")
        mug.aliexpress_title = "A better mug"
        listing = self.link("MUG-01")
        self.publish()
        self.assertFalse(self.sandbox.count(EDIT), "AliExpress had another title before")
        preview = self.env["aliexpress.listing.preview"].browse(listing.action_preview()["res_id"])
        preview.line_ids.filtered(lambda line: line.parts != "title").is_different = False
        preview.action_send()
        self.publish()
        self.assertEqual(self.sandbox.count(EDIT), 1, listing.error)
        self.assertEqual(self.remote(listing).subject, "A better mug")
        self.settle(listing)
        self.publish()
        self.assertFalse(self.sandbox.count(EDIT))

    def test_learning_the_language_sends_one_update(self):
        remote = self.sandbox.shop.products[self.product_of("MUG-01")]
        remote.locale, remote.subjects = "es_ES", {"es_ES": "Taza"}
        self.find()
        found = self.found_with("MUG-01")
        found.language = False
        found.action_link()
        listing = found.listing_id
        self.publish()
        listing.product_tmpl_id.aliexpress_title = "A better mug"
        self.publish()
        self.assertEqual((self.sandbox.count(EDIT), listing.language), (1, "es"), listing.error)
        self.settle(listing)
        self.publish()
        self.assertFalse(self.sandbox.count(EDIT))
        self.assertEqual(listing.state, "online", listing.error)

    def test_a_rejected_product_is_sent_once_it_is_mended_after_linking(self):
        remote = self.sandbox.shop.products[self.product_of("MUG-01")]
        remote.status = "editingRequired"
        listing = self.link("MUG-01")
        self.publish()
        self.assertEqual(listing.state, "rejected")
        listing.product_tmpl_id.aliexpress_title = "A better mug"
        self.publish()
        self.assertEqual((listing.state, remote.subject), ("auditing", "A better mug"), listing.error)

    def test_a_rejected_product_is_sent_once_its_category_is_mended_after_linking(self):
        for code, read_at in (("MUG-01", fields.Datetime.now()), ("CAP-RED", False)):
            remote = self.sandbox.shop.products[self.product_of(code)]
            remote.status = "editingRequired"
            listing = self.link(code)
            self.publish()
            self.make_older(listing)
            self.category.attribute_date = read_at
            self.tell_category(listing)
            self.publish()
            self.assertEqual(listing.state, "auditing", listing.error)
            self.assertEqual(self.told_parts(), {"aliexpress_category_id", "attribute_list"})
            remote.status = "editingRequired"
            listing.retry_at = False
            for _run in range(2):
                self.publish()
                self.assertEqual(listing.state, "rejected")
                self.assertFalse(self.sandbox.count(EDIT), "not sent over and over")
                listing.compared_at = False

    def test_the_brand_of_a_linked_product_stays_in_another_category(self):
        brand = self.sandbox.shop.brands[0]
        remote = self.sandbox.shop.products[self.product_of("MUG-01")]
        others = [prop for prop in remote.properties if prop.name_id != 2]
        remote.properties = [*others, replace(remote.properties[0], name_id=2, value_id=brand.brand_id)]
        mug = self.products.filtered(lambda product: product.default_code == "MUG-01")
        mug.aliexpress_brand = brand.name
        listing = self.link("MUG-01")
        self.publish()
        self.make_older(listing)
        self.tell_category(listing)
        self.publish()
        self.assertEqual(self.told_parts(), {"aliexpress_category_id", "attribute_list", "brand_name"}, listing.error)
        self.assertEqual([prop.value for prop in remote.properties if prop.name_id == 2], [brand.name])

    def test_attributes_that_aliexpress_asks_for_since_linking_are_no_change(self):
        mug = self.products.filtered(lambda product: product.default_code == "MUG-01")
        self.tell_category(mug)
        lines = mug.aliexpress_attribute_line_ids
        lines.attribute_id.is_required = self.category.attribute_date = False
        listing = self.link("MUG-01")
        self.make_older(listing, *lines)
        self.publish()
        self.run_job("refresh_shop_data")
        self.assertEqual(set(lines.mapped("requirement")), {"3_required"})
        listing.compared_at = False
        self.publish()
        self.assertFalse(self.sandbox.count(EDIT), listing.error)


class TestAdoptingVariants(CatalogueCase):
    category_ref = "200000346"

    def setUp(self):
        from aliexpress_sandbox.product import Property

        super().setUp()
        self.variants = self.create_shirt(colors=("Blue",))
        published = self.create_online(self.variants[0])
        self.product_on_aliexpress = remote = self.remote(published)
        for sku in remote.skus:
            color = next(prop for prop in sku.properties if prop.property_id == 14)
            color.name, color.image = "Deep sea", "https://ae01.alicdn.com/kf/sea.jpg"
            sku.sale_price = sku.price / 2
        remote.properties.append(Property(None, "Care", None, "Wash cold"))
        remote.subjects["es_ES"] = "Camisa"
        published._forget()
        published.unlink()
        self.account.action_find_listings()
        self.run_job("publish_listings")
        found = self.env["aliexpress.found.product"].search([("product_ref", "=", str(remote.product_id))])
        found.product_tmpl_id = self.variants.product_tmpl_id
        by_code = {variant._get_aliexpress_sku_code(): variant for variant in self.variants}
        for sku in found.sku_ids:
            sku.product_id = by_code[sku.sku_code]
        found.action_link()
        self.listing = found.listing_id
        self.publish()

    def test_what_aliexpress_has_and_odoo_does_not_say_survives_an_update(self):
        remote = self.product_on_aliexpress
        before = {(prop.name_id, prop.value_id, prop.value) for prop in remote.properties}
        self.variants[0].barcode = "8412345678905"
        self.variants.product_tmpl_id.aliexpress_title = "Linen shirt"
        line = self.variants.product_tmpl_id.aliexpress_attribute_line_ids[0]
        line.value_ids = (line.attribute_id.value_ids - line.value_ids)[-1]
        self.publish()
        self.assertEqual(self.sandbox.counts(), {DETAIL: 1, EDIT: 1}, self.listing.error)
        colors = {(prop.name, prop.image) for sku in remote.skus for prop in sku.properties if prop.property_id == 14}
        self.assertEqual(colors, {("Deep sea", "https://ae01.alicdn.com/kf/sea.jpg")})
        self.assertEqual(remote.subjects["es_ES"], "Camisa")
        self.assertEqual(remote.subject, "Linen shirt")
        after = {(prop.name_id, prop.value_id, prop.value) for prop in remote.properties}
        self.assertEqual(len(before - after), 1, "the attribute that was changed")
        self.assertIn((None, None, "Wash cold"), after)
        self.assertTrue(all(sku.sale_price for sku in remote.skus))

    def test_descriptions_in_other_languages_go_back_as_they_came(self):
        from aliexpress_sandbox.product import Description

        remote = self.product_on_aliexpress
        picture = {"type": "image", "images": [{"url": "https://ae01.alicdn.com/kf/chart.jpg", "style": {}}]}
        # As AliExpress wrote it, spaces and all.
        web = json.dumps({"version": "2.0.0", "moduleList": [picture]}, indent=1)
        remote.descriptions["fr_FR"] = Description(web, "")
        self.variants.product_tmpl_id.aliexpress_description = "<p>A better shirt</p>"
        self.publish()
        self.assertEqual(self.sandbox.count(EDIT), 1, self.listing.error)
        self.assertIn("A better shirt", remote.descriptions["en_US"].web)
        self.assertEqual((remote.descriptions["fr_FR"].web, remote.descriptions["fr_FR"].mobile), (web, ""))

    def test_descriptions_that_aliexpress_refuses_do_not_go_back(self):
        from aliexpress_sandbox.product import Description

        remote = self.product_on_aliexpress
        web = json.dumps({"version": "2.0.0", "moduleList": [{"type": "text", "texts": [{"content": "Bonjour"}]}]})
        html = {"type": "html", "html": {"content": "<p>Bonjour</p>"}}
        dynamic = {"type": "dynamic", "reference": {"type": "relation", "moduleId": 1}}
        for number, modules in enumerate(([html], [dynamic], [], None)):
            with self.subTest(modules=modules):
                told = {} if modules is None else {"version": "2.0.0", "moduleList": modules}
                remote.descriptions["fr_FR"] = Description(web, json.dumps(told))
                self.variants.product_tmpl_id.aliexpress_description = f"<p>Better shirt {number}</p>"
                self.publish()
                self.assertEqual(self.sandbox.count(EDIT), 1, self.listing.error)
                self.assertIn(f"Better shirt {number}", remote.descriptions["en_US"].web, self.listing.error)
                self.assertEqual(remote.descriptions["fr_FR"].web, web)
                self.settle(self.listing)

    def test_sale_prices_are_not_erased_for_an_answer_without_skus(self):
        self.sandbox.add_fault("drop_field", method=DETAIL, text="aeop_ae_product_s_k_us", count=1)
        self.variants[0].barcode = "8412345678905"
        self.publish()
        self.assertFalse(self.sandbox.count(EDIT))
        self.assertEqual(self.listing.state, "pending")
        self.assertIn("could not be understood", self.listing.error)
        self.listing.retry_at = False
        self.publish()
        self.assertEqual(self.sandbox.count(EDIT), 1, self.listing.error)
        self.assertTrue(all(sku.sale_price for sku in self.product_on_aliexpress.skus))

    def test_what_the_preview_showed_replaces_what_aliexpress_has_besides(self):
        self.variants.product_tmpl_id.aliexpress_title = "Linen shirt"
        preview = self.env["aliexpress.listing.preview"].browse(self.listing.action_preview()["res_id"])
        self.assertIn("Care", preview.line_ids.filtered("is_different").mapped("label"))
        preview.action_send()
        self.publish()
        self.assertEqual(self.sandbox.count(EDIT), 1, self.listing.error)
        remote = self.product_on_aliexpress
        self.assertNotIn("Wash cold", [prop.value for prop in remote.properties])
        self.assertEqual((remote.subject, remote.subjects.get("es_ES")), ("Linen shirt", "Camisa"))
        self.publish()
        self.assertNotIn("keeps what it was told", " ".join(self.listing.problem_ids.mapped("message")))
        self.assertTrue(all(sku.sale_price for sku in remote.skus))
