import contextlib
import os
import random
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from string import ascii_lowercase

from odoo import Command

from ..lib.catalogue_values import MarketingImages, SkuAttribute
from ..lib.errors import AliexpressError
from ..lib.feed_values import FEED_CREATE, FeedItem
from ..models.attribute_resolver import AttributeResolver
from ..models.listing_rules import RULES
from ..models.quality_check import Check, ShopFacts
from .catalogue_common import CatalogueCase, make_picture


class TestQuality(CatalogueCase):
    category_ref = "200000346"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.required = cls.category.attribute_ids.filtered(
            lambda attribute: attribute.is_required and not attribute.is_sku and attribute.value_ids
        )

    def check(self, listing):
        """The messages of the mandatory problems of a listing, as one text."""
        listing.action_check()
        problems = listing.problem_ids.filtered(lambda problem: problem.severity == "mandatory")
        return " ".join(problems.mapped("message"))

    def test_a_complete_product_has_nothing_to_mend(self):
        listing = self.create_listing(state="draft")
        self.assertEqual(self.check(listing), "")
        self.assertEqual(listing.mandatory_problem_count, 0)

    def test_a_shop_whose_products_cannot_be_managed_from_here_says_only_that(self):
        self.account.family = "general"
        self.product.weight = 0
        listing = self.create_listing()
        self.publish()
        self.assertFalse(self.sandbox.counts())
        self.assertEqual(listing.state, "error")
        self.assertIn("methods for overseas sellers", listing.error)
        self.assertEqual(len(listing.problem_ids), 1)
        self.assertIn("methods for overseas sellers", self.check(listing))
        self.assertFalse(self.sandbox.counts())
        known = self.create_listing(self.create_complete_product("CAP-101"), state="online", product_ref="1005001")
        self.publish()
        known.product_tmpl_id.aliexpress_title = "Another title"
        self.publish()
        self.assertFalse(self.sandbox.counts())
        self.assertRecordValues(known, [{"state": "online", "error": False}])
        # Connected again with the other methods.
        self.account.family = "solution"
        self.product.weight = 0.2
        self.publish()
        self.assertEqual(listing.state, "auditing", listing.error)

    def test_each_rule_names_what_is_wrong_and_where(self):
        template = self.product.product_tmpl_id
        cases = [
            ({"aliexpress_category_id": False}, "no AliExpress category", "aliexpress_category_id"),
            ({"aliexpress_title": "Cap " * 40}, "characters, 128 at most are allowed", "aliexpress_title"),
            ({"image_1920": False}, "no picture", "image_1920"),
            ({"weight": 0}, "The weight with packaging is 0", "aliexpress_package_weight"),
            ({"weight": 501}, "The weight with packaging is 501", "aliexpress_package_weight"),
            ({"aliexpress_package_length": 701}, "Each side of the package must", "aliexpress_package_length"),
            (
                dict.fromkeys([f"aliexpress_package_{side}" for side in ("length", "width", "height")], 600),
                "The package is too large for AliExpress",
                "aliexpress_package_length",
            ),
            ({"aliexpress_lot_size": 3}, "Lots", "aliexpress_lot_size"),
            ({"aliexpress_attribute_line_ids": [Command.clear()]}, "mandatory in this category", None),
            ({"aliexpress_lead_time": 61}, "may take 60 days at most", "aliexpress_lead_time"),
            ({"default_code": "X" * 51}, "is too long: 50 characters", "aliexpress_sku_code"),
            ({"list_price": 0}, "has no price that AliExpress takes", "lst_price"),
            ({"aliexpress_brand": "Nobody"}, "not approved", "aliexpress_brand"),
            ({"aliexpress_brand": "Bygone"}, "permission for the brand Bygone has ended", "aliexpress_brand"),
            (self.say_own("n" * 41, "text"), "is too long: 40 characters at most", "aliexpress_attribute_line_ids"),
            (self.say_own("Care", "t" * 71), "has 71 characters, 70 at most", "aliexpress_attribute_line_ids"),
        ]
        brand = {"account_id": self.account.id}
        self.env["aliexpress.brand"].create(
            [
                brand | {"ref": "1", "name": "Somebody"},
                brand | {"ref": "2", "name": "Bygone", "valid_until": "2020-01-01 00:00:00"},
            ]
        )
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

    @staticmethod
    def say_own(name, text):
        return {"aliexpress_attribute_line_ids": [Command.create({"name": name, "text": text})]}

    def test_what_is_wrong_around_the_product_is_named(self):
        """Texts that other records than the product cause, each alone."""
        listing = self.create_listing(state="draft")
        line = self.product.aliexpress_attribute_line_ids[:1]
        number = self.category.attribute_ids.filtered(lambda attribute: not attribute.is_sku)[:1]

        def close_category():
            self.category.active = False

        def choose_a_node():
            self.category.is_leaf = False

        def say_other():
            value = self.env["aliexpress.attribute.value"].search(
                [("attribute_id", "=", line.attribute_id.id), ("ref", "=", "4")], limit=1
            )
            value = value or value.create({"ref": "4", "name": "Other", "attribute_id": line.attribute_id.id})
            line.write({"value_ids": [Command.set(value.ids)], "text": False})

        def write_a_word_for_a_number():
            number.write({"is_number": True, "is_text": True})
            own = self.product.aliexpress_attribute_line_ids.filtered(lambda own: own.attribute_id == number)
            own.unlink()
            self.product.product_tmpl_id.aliexpress_attribute_line_ids = [
                Command.create({"attribute_id": number.id, "text": "many"})
            ]

        def forbid_publishing():
            self.account.is_publishing_forbidden = True

        def fill_the_shop():
            self.account.write({"product_limit": 10, "online_product_count": 10})

        def choose_a_group_of_groups():
            self.account.product_group_id = self.env["aliexpress.product.group"].create(
                {"account_id": self.account.id, "ref": "5", "name": "Clothes", "is_leaf": False}
            )

        def archive_all_variants():
            self.product.active = False

        cases = {
            "AliExpress no longer offers the category": close_category,
            "has categories below it. Choose one of those": choose_a_node,
            "says Other: write what it is": say_other,
            "must be a number, not many": write_a_word_for_a_number,
            "AliExpress does not let the shop": forbid_publishing,
            "has 10 products on AliExpress, and may have 10": fill_the_shop,
            "The product group Clothes has groups below it": choose_a_group_of_groups,
            "The product has no active variant": archive_all_variants,
        }
        for text, spoil in cases.items():
            with self.subTest(text=text), self.env.cr.savepoint() as savepoint:
                spoil()
                self.assertIn(text, self.check(listing))
                savepoint.rollback()
            self.env.invalidate_all()

    def test_what_is_wrong_with_the_content_is_named(self):
        """Rules that a product cannot break by what people enter in most shops, on contents made for them."""
        listing = self.create_listing(self.create_shirt()[0], state="draft")
        listing.action_check()
        content = listing._prepare_contents()[listing.id]
        resolver = AttributeResolver(self.account, self.category)
        shop = ShopFacts(self.account, self.category)
        first, *others = content.skus
        many = tuple(SkuAttribute(str(number), "1") for number in range(1, 9))
        named = replace(first.attributes[0], custom_name="Sea")
        small = self.env["aliexpress.image"].new({"width": 10, "height": 10})
        self.category.attribute_ids.filtered("is_sku").has_custom_name = False

        def with_skus(*skus):
            return replace(content, skus=skus)

        cases = {
            "Several variants have the same values on AliExpress": with_skus(first, first),
            "AliExpress tells variants apart by 3 attributes at most": with_skus(replace(first, attributes=many)),
            "All variants must have the same attributes": with_skus(replace(first, attributes=()), *others),
            "does not allow names of your own: empty the name Sea": with_skus(replace(first, attributes=(named,))),
            "must be lower than its price": with_skus(replace(first, sale_price=first.price), *others),
            "The title in en is empty": replace(content, titles={"en": ""}),
            "The preparation takes one day at least": replace(content, lead_time_days=0),
            "days of preparation are refused in most categories": replace(content, lead_time_days=10),
            "The marketing picture 3:4 must have that shape": replace(
                content, marketing_images=MarketingImages("small", "small")
            ),
        }
        for text, spoilt in cases.items():
            with self.subTest(text=text):
                found, check = [], Check(listing, spoilt, resolver, {"small": small}, shop)
                for rule in RULES:
                    with contextlib.suppress(ValueError):  # two lists of variants of different length
                        found += [problem.message for problem in rule(check)]
                self.assertIn(text, " ".join(found))

    def test_recommendations_do_not_keep_a_product_from_being_sent(self):
        self.product.write({"aliexpress_title": "Cap cap summer summer", "barcode": "NO-EAN"})
        listing = self.create_listing()
        self.publish()
        self.assertEqual(listing.state, "auditing", listing.error)
        messages = " ".join(listing.problem_ids.mapped("message"))
        self.assertIn("repeats summer. AliExpress shows such titles less", messages)
        self.assertIn("no EAN", messages)

    def test_one_of_several_size_charts_is_to_be_chosen(self):
        from aliexpress_sandbox.shop import SizeChart

        numbers = (1, 2)
        self.sandbox.shop.size_charts = [SizeChart(one, f"Chart {one}", [int(self.category_ref)]) for one in numbers]
        listing = self.create_listing(state="draft")
        self.assertFalse(self.check(listing))
        messages = " ".join(listing.problem_ids.mapped("message"))
        self.assertIn("has several size charts for this category: Chart 1, Chart 2", messages)
        listing.size_chart_id = self.env["aliexpress.size.chart"].search([("ref", "=", "1")])
        self.check(listing)
        self.assertNotIn("size charts", " ".join(listing.problem_ids.mapped("message")))

    def test_two_variants_of_one_code_are_named(self):
        variants = self.create_shirt()
        variants.default_code = "SAME"
        self.assertIn("no code of its own", self.check(self.create_listing(variants[0], state="draft")))

    def test_variants_in_a_category_without_any_are_named(self):
        listing = self.create_listing(self.create_shirt()[0], state="draft")
        self.category.attribute_ids.filtered("is_sku").unlink()
        self.assertIn("AliExpress has no variants in the category", self.check(listing))
        self.assertNotIn("Map it", self.check(listing))

    def test_an_attribute_that_another_value_opens_is_asked_for(self):
        origin = self.category.attribute_ids.filtered(lambda attribute: attribute.name == "Origin")
        line = self.product.aliexpress_attribute_line_ids.filtered(lambda line: line.attribute_id == origin)
        line.value_ids = origin.value_ids.filtered("has_children")[:1]
        listing = self.create_listing()
        self.publish()
        self.assertEqual(listing.state, "error")
        self.assertIn("is mandatory beside", listing.error)
        opened = self.category.attribute_ids.filtered("parent_value_ids")
        self.product.product_tmpl_id.aliexpress_attribute_line_ids = [
            Command.create({"attribute_id": opened.id, "value_ids": [Command.set(opened.value_ids[:1].ids)]})
        ]
        self.publish()
        self.assertEqual(listing.state, "auditing", listing.error)

    def test_a_value_that_goes_only_with_another_is_named(self):
        value, other = self.choose_value(self.required[0]), self.required[1].value_ids
        value.parent_value_ids = other[-1:]
        line = self.product.aliexpress_attribute_line_ids.filtered(lambda line: line.attribute_id == self.required[1])
        listing = self.create_listing(state="draft")
        self.assertIn(f"goes only with {self.required[1].name}: {other[-1:].name}", self.check(listing))
        line.value_ids = other[-1:]
        self.assertNotIn("goes only with", self.check(listing))

    def test_what_the_seller_removed_on_aliexpress_is_not_sent(self):
        listing = self.create_listing(state="draft")
        self.assertEqual(self.check(listing), "")
        template = self.account._get_default_freight_template()
        listing.freight_template_id = template
        template.active = False
        self.assertIn(f"no longer has {template.name}", self.check(listing))
        listing.freight_template_id = False
        template.active = True
        self.account.service_template_id = self.env["aliexpress.service.template"].create(
            {"account_id": self.account.id, "ref": "77", "name": "Old promise", "active": False}
        )
        self.assertIn("no longer has Old promise", self.check(listing))
        found = listing.problem_ids.filtered(lambda problem: "Old promise" in problem.message)
        self.assertEqual((found.res_model, found.field_name), ("aliexpress.account", "service_template_id"))

    def test_what_became_mandatory_shows_at_the_products(self):
        listing = self.create_online()
        optional = self.category.attribute_ids.filtered(
            lambda attribute: not (attribute.is_required or attribute.is_sku or attribute.parent_value_ids)
        )[:1]
        self.sandbox.world.attribute(int(self.category_ref), int(optional.ref)).required = True
        self.run_job("refresh_shop_data")
        self.assertTrue(optional.is_required)
        self.publish()
        self.assertEqual(listing.state, "online", listing.error)
        self.assertIn(f"{optional.name} is mandatory", " ".join(listing.problem_ids.mapped("message")))

    def test_two_hundred_variants_are_the_most(self):
        colors, sizes = ("Blue", "Red"), [f"Size {number}" for number in range(100)]
        variants = self.create_shirt(colors, sizes)
        listing = self.create_listing(variants[0], state="draft")
        self.assertNotIn("200 at most", self.check(listing))
        self.assertEqual(len(listing.sku_ids), 200)
        extra = self.env["product.attribute.value"].create(
            {"name": "Size 100", "attribute_id": variants.attribute_line_ids.attribute_id[-1:].id}
        )
        variants.product_tmpl_id.attribute_line_ids[-1:].value_ids = [Command.link(extra.id)]
        self.assertIn("200 at most", self.check(listing))

    def test_quality_and_gateway_agree(self):
        """What quality accepts the gateway accepts, what the gateway refuses quality names."""
        generator = random.Random(5)  # reproducible, not secret
        self.load_pictures()
        self.mugs = self.load_category("100004814", "Mugs")
        Group = self.env["aliexpress.product.group"]
        Group._store_groups(self.account, self.account._get_client().list_product_groups())
        groups = Group.search([("account_id", "=", self.account.id)])
        self.right_groups, self.wrong_groups = groups.filtered("is_leaf"), groups.filtered("child_ids")
        self.sandbox.shop.product_limit = 10**6
        self.sandbox.shop.size_charts.clear()  # a feed carries none
        verdicts = {True: 0, False: 0}
        for first in range(0, 1000 if os.environ.get("ALIEXPRESS_LONG") else 200, 50):
            with self.env.cr.savepoint() as savepoint:
                stories = [self.draw_product(generator, number) for number in range(first, first + 50)]
                for is_accepted, count in self.compare(stories).items():
                    verdicts[is_accepted] += count
                savepoint.rollback()
            self.env.invalidate_all()
        self.assertGreater(min(verdicts.values()), 20, verdicts)

    def compare(self, stories):
        """Check and send products; returns how many were accepted and how many were not."""
        templates = self.create_drawn_products(stories)
        listings = self.env["aliexpress.listing"].create(
            [
                {"account_id": self.account.id, "product_tmpl_id": template.id, "product_group_id": story["group"]}
                for template, story in zip(templates, stories, strict=True)
            ]
        )
        listings.action_check()
        self.env["aliexpress.image"].search([("state", "=", "pending")]).write({"state": "done", "url": self.url})
        contents = listings._prepare_contents()
        client = self.account._get_client()
        verdicts = Counter()
        items = []
        for listing, story in zip(listings, stories, strict=True):
            problems = listing.problem_ids.filtered(lambda problem: problem.severity == "mandatory").mapped("message")
            try:
                content = listing._get_creation_content(contents[listing.id])
                content = listing._resolve_images(content)
                client.create_product(content)
                if listing._fits_feed(content):
                    items.append(FeedItem(str(listing.id), content))
                refusal = ""
            except (AliexpressError, ValueError) as error:
                refusal = str(error)
            self.assertEqual(bool(problems), bool(refusal), f"{story}\nquality: {problems}\ngateway: {refusal}")
            verdicts[not refusal] += 1
        self.compare_feed(client, items)
        return verdicts

    def compare_feed(self, client, items):
        """What may go alone may go in a feed."""
        feed_ref = client.submit_feed(FEED_CREATE, items)
        self.sandbox.advance(minutes=30)
        contents = {item.item_ref: item.content for item in items}
        for result in client.get_feed(feed_ref).results:
            self.assertFalse(result.error, f"{contents[result.item_ref]}\ngateway: {result.error}")

    def load_pictures(self):
        self.pictures = [make_picture("red", (90, 90)), make_picture("blue", (60, 60), "JPEG")]
        client = self.account._get_client()
        listing = self.create_listing(state="draft")
        image = listing._register_images()[:1]
        self.url = client.upload_image("p.png", image._find_attachment().raw).url
        listing.unlink()

    def draw_product(self, generator, number):
        """Values of a product whose every axis is right mostly and wrong now and then; what its variants get besides
        stands under `codes` and `barcodes`, to be taken in turn.
        """

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
            "aliexpress_category_id": pick([self.category.id, self.category.id, self.mugs.id], [False], 0.03),
            "group": pick([False, *self.right_groups.ids], self.wrong_groups.ids),
        }
        lines = []
        category = self.category.browse(story["aliexpress_category_id"] or self.category.id)
        for attribute in category.attribute_ids.filtered(lambda attribute: not attribute.is_sku):
            if attribute.parent_value_ids or (generator.random() < (0.03 if attribute.is_required else 0.5)):
                continue
            values = self.choose_value(attribute)
            if attribute.is_multiple and generator.random() < 0.5:
                values = attribute.value_ids.filtered(lambda value: value.ref != "4")[:2]
            line = {"attribute_id": attribute.id, "value_ids": [Command.set(values.ids)]}
            if attribute.is_number:
                text = pick(["12", "12,5", "7 mm", "{list_price}"], ["1,250", "high", "12 m"], 0.2)
                line = {"attribute_id": attribute.id, "text": text, "unit": pick([False, "cm", "inch"], ["m"], 0.1)}
            elif attribute.is_text:
                text = pick(["X-1", "{default_code}", "{list_price}", "x" * 70], ["x" * 71])
                line = {"attribute_id": attribute.id, "text": text}
            elif generator.random() < 0.1:
                line = {"attribute_id": attribute.id, "text": pick(["Of my own", "z" * 70], ["Mine"])}
            lines.append(Command.create(line))
        if generator.random() < 0.2:
            name, text = pick(["Care", "n" * 40], ["n" * 41]), pick(["Wash cold", "y" * 70], ["y" * 71])
            lines.append(Command.create({"name": name, "text": text}))
        return story | {
            "name": f"Generated {number}",
            "is_storable": True,
            "aliexpress_attribute_line_ids": lines,
            "attribute_line_ids": self.create_random_attributes(generator, number, pick),
            "codes": [
                pick([False, f"G{number}-{letter}", f"ÄÖ-1 {number} {letter}"], ["Z" * 51], 0.02)
                for letter in ascii_lowercase
            ],
            "barcodes": [pick([False, False, f"NOEAN{number}{letter}"], [False]) for letter in ascii_lowercase],
        }

    def create_drawn_products(self, stories):
        """Products (templates) of `draw_product`."""
        own = ("codes", "barcodes", "group")
        templates = self.env["product.template"].create(
            [{name: value for name, value in story.items() if name not in own} for story in stories]
        )
        for template, story in zip(templates, stories, strict=True):
            told = zip(template.product_variant_ids, story["codes"], story["barcodes"], strict=False)
            for variant, code, barcode in told:
                variant.write({"default_code": code, "barcode": barcode})
        return templates

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

    def get_different(self, listing):
        return {line.label for line in self.preview(listing).line_ids if line.is_different}

    def test_what_aliexpress_shows_otherwise_is_marked_too(self):
        listing = self.create_online()
        self.assertEqual(self.get_different(listing), set())
        self.product.image_1920 = make_picture("blue")
        self.assertEqual(self.get_different(listing), {"Pictures"})
        self.product.product_tmpl_id.aliexpress_brand = "Acme"
        self.assertEqual(self.get_different(listing), {"Pictures", "Changed since it was last sent"})
        lines = {line.label: (line.wanted, line.present) for line in self.preview(listing).line_ids}
        self.assertEqual(lines["Brand"], ("Acme", ""))
        deductions = dict(self.account._fields["stock_deduction"].selection)
        self.assertEqual(lines["Stock deduction"], (deductions["order"],) * 2)

    def test_another_group_and_a_text_for_telephones_are_marked(self):
        Group = self.env["aliexpress.product.group"]
        Group._store_groups(self.account, self.account._get_client().list_product_groups())
        shirts, caps = (Group.search([("name", "=", name)], limit=1) for name in ("Shirts", "Caps"))
        self.product.aliexpress_description = "<p>Soft</p>"
        listing = self.create_online(product_group_id=shirts.id)
        self.assertEqual(self.get_different(listing), set())
        listing.product_group_id = caps
        self.product.aliexpress_mobile_description = "For telephones"
        lines = {line.label: line for line in self.preview(listing).line_ids if line.is_different}
        self.assertEqual(set(lines), {"Product group", "Description for telephones (en)"})
        self.assertEqual((lines["Product group"].wanted, lines["Product group"].present), ("Caps", "Shirts"))

    def test_differences_are_marked_field_by_field(self):
        listing = self.create_online()
        self.product.write({"aliexpress_title": "Linen cap", "weight": 0.7})
        preview = self.preview(listing)
        different = preview.line_ids.filtered("is_different")
        self.assertEqual(set(different.mapped("label")), {"Title (en)", "Weight (kg)"})
