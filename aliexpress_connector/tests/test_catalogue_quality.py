import os
import random
from decimal import Decimal

from odoo import Command

from ..lib.errors import AliexpressError
from .catalogue_common import CatalogueCase, make_picture


class TestQuality(CatalogueCase):
    category_ref = "200000346"

    def check(self, listing):
        """The messages of the mandatory problems of a listing, as one text."""
        listing.action_check()
        problems = listing.problem_ids.filtered(lambda problem: problem.severity == "mandatory")
        return " ".join(problems.mapped("message"))

    def test_a_complete_product_has_nothing_to_mend(self):
        listing = self.create_listing(state="draft")
        self.assertEqual(self.check(listing), "")
        self.assertEqual(listing.mandatory_problem_count, 0)

    def test_each_rule_names_what_is_wrong_and_where(self):
        template = self.product.product_tmpl_id
        cases = [
            ({"aliexpress_category_id": False}, "no AliExpress category", "aliexpress_category_id"),
            ({"aliexpress_title": "Cap " * 40}, "128 at most", "aliexpress_title"),
            ({"image_1920": False}, "no picture", "image_1920"),
            ({"weight": 0}, "weight", "aliexpress_package_weight"),
            ({"weight": 501}, "weight", "aliexpress_package_weight"),
            ({"aliexpress_package_length": 701}, "Each side", "aliexpress_package_length"),
            ({"aliexpress_lot_size": 3}, "Lots", "aliexpress_lot_size"),
            ({"aliexpress_attribute_line_ids": [Command.clear()]}, "mandatory in this category", None),
            ({"aliexpress_lead_time": 61}, "60 days at most", "aliexpress_lead_time"),
            ({"default_code": "X" * 51}, "too long", "aliexpress_sku_code"),
            ({"list_price": 0}, "no price", "lst_price"),
            ({"aliexpress_brand": "Nobody"}, "not approved", "aliexpress_brand"),
        ]
        self.env["aliexpress.brand"].create({"account_id": self.account.id, "ref": "1", "name": "Somebody"})
        for values, message, field in cases:
            with self.subTest(values), self.env.cr.savepoint() as savepoint:
                template.write(values)
                listing = self.create_listing(state="draft")
                self.assertIn(message, self.check(listing))
                found = listing.problem_ids.filtered(lambda problem, message=message: message in problem.message)
                self.assertTrue(found[0].res_model)
                if field:
                    self.assertEqual(found[0].field_name, field)
                    self.assertEqual(found[0].action_mend()["res_id"], found[0].res_id)
                savepoint.rollback()
            self.env.invalidate_all()

    def test_recommendations_do_not_keep_a_product_from_being_sent(self):
        self.product.write({"aliexpress_title": "Cap cap summer summer", "barcode": "NO-EAN"})
        listing = self.create_listing()
        self.publish()
        self.assertEqual(listing.state, "auditing", listing.error)
        messages = " ".join(listing.problem_ids.mapped("message"))
        self.assertIn("summer", messages)
        self.assertIn("no EAN", messages)

    def test_two_variants_of_one_code_are_named(self):
        variants = self.create_shirt()
        variants.default_code = "SAME"
        self.assertIn("no code of its own", self.check(self.create_listing(variants[0], state="draft")))

    def test_an_attribute_that_another_value_opens_is_asked_for(self):
        origin = self.category.attribute_ids.filtered(lambda attribute: attribute.name == "Origin")
        line = self.product.aliexpress_attribute_line_ids.filtered(lambda line: line.attribute_id == origin)
        line.value_ids = origin.value_ids.filtered("has_children")[:1]
        listing = self.create_listing()
        self.publish()
        self.assertEqual(listing.state, "error")
        self.assertIn("mandatory", listing.error)
        opened = self.category.attribute_ids.filtered("parent_value_ids")
        self.product.product_tmpl_id.aliexpress_attribute_line_ids = [
            Command.create({"attribute_id": opened.id, "value_ids": [Command.set(opened.value_ids[:1].ids)]})
        ]
        self.publish()
        self.assertEqual(listing.state, "auditing", listing.error)

    def test_quality_and_gateway_agree(self):
        """What quality accepts the gateway accepts, what the gateway refuses quality names."""
        generator = random.Random(5)  # noqa: S311  reproducible, not secret
        self.load_pictures()
        self.sandbox.shop.product_limit = 10**6
        verdicts = {True: 0, False: 0}
        for number in range(1000 if os.environ.get("ALIEXPRESS_LONG") else 60):
            with self.subTest(number), self.env.cr.savepoint() as savepoint:
                template, story = self.create_random_product(generator, number)
                verdicts[self.compare(template, story)] += 1
                savepoint.rollback()
            self.env.invalidate_all()
        self.assertGreater(min(verdicts.values()), 5, verdicts)

    def compare(self, template, story):
        """Check and send one product; returns whether it was accepted."""
        listing = self.create_listing(template.product_variant_id, state="draft")
        problems = self.check(listing)
        self.env["aliexpress.image"].search([("state", "=", "pending")]).write({"state": "done", "url": self.url})
        content = listing._get_creation_content(listing._prepare_contents()[listing.id])
        try:
            self.account._get_client().create_product(listing._resolve_images(content))
            refusal = ""
        except (AliexpressError, ValueError) as error:
            refusal = str(error)
        self.assertEqual(bool(problems), bool(refusal), f"{story}\nquality: {problems}\ngateway: {refusal}")
        return not refusal

    def load_pictures(self):
        self.pictures = [make_picture("red"), make_picture("blue", (300, 300), "JPEG")]
        client = self.account._get_client()
        listing = self.create_listing(state="draft")
        image = listing._register_images()[:1]
        self.url = client.upload_image("p.png", image._find_attachment().raw).url
        listing.unlink()

    def create_random_product(self, generator, number):
        """A product whose every axis is right mostly and wrong now and then; returns (template, what was chosen)."""

        def pick(right, wrong, chance=0.06):
            return generator.choice(wrong if generator.random() < chance else right)

        story = {
            "aliexpress_title": pick(["Cotton shirt", "Ünïcode – тест 棉", "x" * 128], ["x" * 129, "ab " * 60]),
            "aliexpress_package_weight": pick([0.001, 0.25, 12.3456, 500.0], [500.1, 1000.0]),
            "aliexpress_package_length": pick([0, 1, 30, 700], [701, 5000]),
            "aliexpress_package_width": pick([0, 1, 20], [900]),
            "aliexpress_lead_time": pick([0, 1, 3, 7], [61, 99]),
            "aliexpress_lot_size": pick([0, 1], [2, 10], 0.03),
            "aliexpress_unit_code": pick([False, "100000015", "100000013"], [False]),
            "list_price": pick([0.01, 9.99, 999999.0], [0.0, 2000000.0]),
            "image_1920": pick(self.pictures, [False]),
            "aliexpress_description": pick(
                [False, "<h1>Hi</h1><script>x()</script><p onclick='x'>Text<br></p>", "<ul><li>a</li></ul>"], [False]
            ),
            "aliexpress_category_id": pick([self.category.id], [False], 0.03),
        }
        lines = []
        for attribute in self.category.attribute_ids.filtered(lambda attribute: not attribute.is_sku):
            if attribute.parent_value_ids or (generator.random() < (0.03 if attribute.is_required else 0.5)):
                continue
            values = self.choose_value(attribute)
            if attribute.is_multiple and generator.random() < 0.5:
                values = attribute.value_ids.filtered(lambda value: value.ref != "4")[:2]
            line = {"attribute_id": attribute.id, "value_ids": [Command.set(values.ids)]}
            if attribute.is_text:
                line = {"attribute_id": attribute.id, "text": pick(["X-1", "{default_code}", "{list_price}"], ["X"])}
            lines.append(Command.create(line))
        if generator.random() < 0.2:
            lines.append(Command.create({"name": "Care", "text": pick(["Wash cold", "y" * 60], ["Wash"])}))
        attributes = self.create_random_attributes(generator, number, pick)
        template = self.env["product.template"].create(
            story
            | {
                "name": f"Generated {number}",
                "is_storable": True,
                "aliexpress_attribute_line_ids": lines,
                "attribute_line_ids": attributes,
            }
        )
        for variant in template.product_variant_ids:
            variant.default_code = pick([False, f"G{number}-{variant.id}", "ÄÖ-1 " + str(variant.id)], ["Z" * 51], 0.02)
            variant.barcode = pick([False, False, f"NOEAN{variant.id}"], [False])
        story["variants"] = template.product_variant_ids.mapped("display_name")
        story["codes"] = template.product_variant_ids.mapped("default_code")
        story.pop("image_1920")
        return template, story

    def create_random_attributes(self, generator, number, pick):
        """Commands for the variant attributes of a random product: known values, own names, or values nobody mapped."""
        commands = []
        for name, values in (("Color", ("Blue", "Red", "Black")), ("Size", ("S", "M", "L"))):
            if generator.random() < 0.5:
                continue
            attribute = self.env["product.attribute"].search([("name", "=", name)], limit=1)
            attribute = attribute or self.env["product.attribute"].create({"name": name})
            chosen = generator.sample(values, generator.randint(1, 3))
            if generator.random() < 0.1:
                chosen = [*chosen, f"Nobody knows {number}"]
            ids = []
            for text in chosen:
                known = attribute.value_ids.filtered(lambda value, text=text: value.name == text)
                ids.append((known or known.create({"name": text, "attribute_id": attribute.id})).id)
            commands.append(Command.create({"attribute_id": attribute.id, "value_ids": [Command.set(ids)]}))
        return commands


class TestPreview(CatalogueCase):
    def preview(self, listing):
        action = listing.action_preview()
        return self.env[action["res_model"]].browse(action["res_id"])

    def test_before_publishing_everything_that_will_be_sent_is_shown(self):
        listing = self.create_listing(state="draft")
        preview = self.preview(listing)
        lines = {line.label: line.wanted for line in preview.line_ids}
        self.assertEqual(lines["Title (en)"], "Cotton cap for summer")
        offer = listing.sku_ids._prepare_offer()[listing.sku_ids.id]
        self.assertEqual(Decimal(lines["Price"]), offer.price)
        self.assertFalse(preview.is_compared)

    def test_a_published_listing_equals_what_was_sent(self):
        preview = self.preview(self.create_online())
        different = preview.line_ids.filtered("is_different")
        self.assertFalse(different, [(line.label, line.wanted, line.present) for line in different])
        self.assertTrue(preview.is_compared)

    def test_differences_are_marked_field_by_field(self):
        listing = self.create_online()
        self.product.write({"aliexpress_title": "Linen cap", "weight": 0.7})
        preview = self.preview(listing)
        different = preview.line_ids.filtered("is_different")
        self.assertEqual(set(different.mapped("label")), {"Title (en)", "Weight (kg)"})
