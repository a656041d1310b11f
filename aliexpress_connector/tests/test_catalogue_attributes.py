from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user

from .catalogue_common import CatalogueCase

SUGGEST = "aliexpress.solution.product.category.suggest"


class AttributeCase(CatalogueCase):
    def get_attribute(self, name):
        return self.category.attribute_ids.filtered(lambda attribute: attribute.name == name)

    def check(self, listing):
        """The problems of a listing."""
        listing.action_check()
        return listing.problem_ids

    def find_problem(self, listing, text):
        problem = self.check(listing).filtered(lambda problem: text in problem.message)
        self.assertEqual(len(problem), 1, listing.problem_ids.mapped("message"))
        return problem


class TestMeasures(AttributeCase):
    """Numbers with units: AliExpress takes `12.5 cm`."""

    category_ref = "100004814"

    def setUp(self):
        super().setUp()
        self.height = self.get_attribute("Height")
        self.template = self.product.product_tmpl_id

    def say(self, text, unit=False):
        self.template.aliexpress_attribute_line_ids.filtered(lambda line: line.attribute_id == self.height).unlink()
        line = {"attribute_id": self.height.id, "text": text, "unit": unit}
        self.template.aliexpress_attribute_line_ids = [Command.create(line)]

    def get_said(self, listing):
        [choice] = [
            choice
            for choice in listing._prepare_contents()[listing.id].attributes
            if choice.attribute_ref == self.height.ref
        ]
        return choice.text, choice.unit

    def test_the_form_asks_for_the_unit(self):
        self.template.action_aliexpress_show_attributes()
        line = self.template.aliexpress_other_line_ids.filtered(lambda line: line.attribute_id == self.height)
        self.assertEqual((line.unit, line.units), ("cm", "cm, mm, inch"))
        index = self.template.aliexpress_other_line_ids.ids.index(line.id)
        with Form(self.template) as form, form.aliexpress_other_line_ids.edit(index) as edited:
            edited.text, edited.unit = "120", "mm"
        listing = self.create_listing()
        self.publish()
        self.assertEqual(listing.state, "auditing", listing.error)
        self.assertIn("120 mm", [prop.value for prop in self.remote(listing).properties])

    def test_numbers_and_units_are_written_as_aliexpress_takes_them(self):
        listing = self.create_listing(state="draft")
        cases = {
            ("12,5", False): ("12.5", "cm"),
            ("12 mm", "cm"): ("12", "mm"),
            ("7inch", False): ("7", "inch"),
            ("0.25", "mm"): ("0.25", "mm"),
        }
        for said, sent in cases.items():
            with self.subTest(said=said):
                self.say(*said)
                self.assertEqual(self.get_said(listing), sent)
                self.assertFalse(self.check(listing).filtered(lambda problem: problem.severity == "mandatory"))

    def test_a_number_or_unit_that_aliexpress_does_not_take_is_named(self):
        listing = self.create_listing(state="draft")
        self.say("12", "m")
        self.find_problem(listing, "Height is measured in cm, mm, inch, not in m")
        self.say("1,250")
        self.find_problem(listing, "Height must be a number, not 1,250")

    def test_a_mapped_field_is_sent_with_its_digits_in_any_language(self):
        self.env["res.lang"]._activate_lang("es_ES")
        self.account.lang_id = self.env.ref("base.lang_es")
        self.env["aliexpress.attribute.mapping"].create(
            {"category_id": self.category.id, "attribute_id": self.height.id, "text": "{list_price}"}
        )
        self.template.write({"list_price": 1234.56, "aliexpress_title": False, "name": "Taza {x}"})
        listing = self.create_listing()
        self.assertEqual(self.get_said(listing), ("1234.56", "cm"))
        self.account.title_template = "{name} {list_price}"
        self.assertEqual(listing._prepare_titles()["es"], "Taza {x} 1.234,56")
        self.publish()
        self.assertEqual(listing.state, "auditing", listing.error)


class TestAttributes(AttributeCase):
    category_ref = "200000346"

    def say_text(self, has_other):
        """Give the product a free text for an attribute with a list, which has the value Other or not."""
        attribute = self.category.attribute_ids.filtered(
            lambda attribute: (
                attribute.value_ids and not attribute.is_sku and has_other == ("4" in attribute.value_ids.mapped("ref"))
            )
        )[:1]
        template = self.product.product_tmpl_id
        template.aliexpress_attribute_line_ids.filtered(lambda line: line.attribute_id == attribute).unlink()
        template.aliexpress_attribute_line_ids = [Command.create({"attribute_id": attribute.id, "text": "Hemp"})]
        return attribute

    def test_a_text_that_the_list_does_not_have_stands_beside_other(self):
        attribute = self.say_text(has_other=True)
        self.sandbox.shop.size_charts.clear()  # a feed carries none
        self.account.feed_minimum = 1
        listing = self.create_listing()
        self.publish()
        self.assertFalse(listing.product_ref, "it goes by feed")
        self.sandbox.advance(minutes=30)
        self.env["aliexpress.feed"].search([]).retry_at = False
        self.publish()
        self.assertEqual(listing.state, "auditing", listing.error)
        sent = [prop for prop in self.remote(listing).properties if str(prop.name_id) == attribute.ref]
        self.assertEqual([(prop.value_id, prop.value) for prop in sent], [(4, "Hemp")])

    def test_what_feeds_do_not_take_goes_by_itself(self):
        listing = self.create_listing()
        self.assertTrue(listing._filter_for_feed())
        self.say_text(has_other=False)
        self.assertFalse(listing._filter_for_feed())
        self.publish()
        self.assertEqual(listing.state, "auditing", listing.error)
        other = self.create_listing(self.create_complete_product("CAP-2"))
        other.product_tmpl_id.write(
            {"aliexpress_description": "<p>Soft</p>", "aliexpress_mobile_description": "For telephones"}
        )
        self.assertFalse(other._filter_for_feed())

    def test_a_value_that_aliexpress_took_away_shows_at_the_products(self):
        listing = self.create_online()
        line = self.product.aliexpress_attribute_line_ids[:1]
        value = line.value_ids
        attribute = self.sandbox.world.attribute(int(self.category_ref), int(line.attribute_id.ref))
        attribute.values = [one for one in attribute.values if str(one.value_id) != value.ref]
        self.run_job("refresh_shop_data")
        self.assertFalse(value.active)
        self.assertIn(f"{value.name} of {line.attribute_id.name}", self.account.message_ids[:1].body)
        self.publish()
        problem = self.find_problem(listing, "AliExpress no longer has the value")
        self.assertIn(value.name, problem.message)
        line.attribute_id.active = False
        self.find_problem(listing, "AliExpress no longer asks for")

    def test_two_hundred_variants_of_three_attributes_are_published(self):
        attributes = self.category.attribute_ids.filtered("is_sku")
        names = {attribute.name: attribute.value_ids.mapped("name") for attribute in attributes}
        variants = self.create_shirt(names["Color"][:10], names["Size"][:5])
        values = [Command.create({"name": name}) for name in names["Ships From"]]
        origin = self.env["product.attribute"].create({"name": "Ships From", "value_ids": values})
        template = variants.product_tmpl_id
        template.attribute_line_ids = [
            Command.create({"attribute_id": origin.id, "value_ids": [Command.set(origin.value_ids.ids)]})
        ]
        listing = self.create_online(template.product_variant_ids[:1])
        skus = self.remote(listing).skus
        self.assertEqual((len(skus), len({sku.sku_id for sku in skus})), (200, 200))
        self.assertEqual({len(sku.properties) for sku in skus}, {3})
        self.assertEqual(set(listing.sku_ids.mapped("sku_ref")), {sku.sku_id for sku in skus})
        self.publish()
        self.assertFalse(self.sandbox.counts())

    def test_what_is_mapped_is_mended_in_the_mapping(self):
        listing = self.create_listing(self.create_shirt(colors=("Blue", "Nobody knows"))[0], state="draft")
        action = self.find_problem(listing, "Nobody knows of Color has no value").action_mend()
        mapping = self.env["aliexpress.attribute.mapping"].browse(action["res_id"])
        self.assertEqual((action["res_model"], mapping.attribute_id.name), (mapping._name, "Color"))
        mapping.unlink()
        self.env["product.attribute"].search([("name", "=", "Color")]).name = "Shade"
        action = self.find_problem(listing, "Nobody knows of Shade has no value").action_mend()
        self.assertEqual(action["domain"], [("category_id", "=", self.category.id)])

    def test_problems_of_the_aliexpress_page_open_it(self):
        self.product.product_tmpl_id.aliexpress_title = "x" * 129
        listing = self.create_listing(state="draft")
        [(view_id, _kind)] = self.find_problem(listing, "129 characters").action_mend()["views"]
        arch = self.env["product.template"].get_view(view_id, "form")["arch"]
        self.assertRegex(arch, '<page name="aliexpress"[^>]*autofocus="autofocus"')

    def test_whoever_may_not_change_products_is_not_asked_to(self):
        template = self.product.product_tmpl_id
        seller = new_test_user(self.env, "catalogue_seller", groups="sales_team.group_sale_manager")
        owner = new_test_user(
            self.env, "catalogue_owner", groups="sales_team.group_sale_salesman,product.group_product_manager"
        )
        names = ("action_aliexpress_show_attributes", "action_aliexpress_suggest_categories")
        for user, is_shown in ((seller, False), (owner, True)):
            arch = template.with_user(user).get_view(view_type="form")["arch"]
            self.assertEqual([name in arch for name in names], [is_shown] * 2)
        self.sandbox.calls.clear()
        with self.assertRaises(AccessError):
            template.with_user(seller).action_aliexpress_suggest_categories()
        self.assertFalse(self.sandbox.count(SUGGEST))
        template.with_user(owner).action_aliexpress_add_attributes()
        wizard = template.with_user(owner).action_aliexpress_suggest_categories()
        self.env[wizard["res_model"]].with_user(owner).browse(wizard["res_id"]).action_apply()
