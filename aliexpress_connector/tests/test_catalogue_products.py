from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import Form, new_test_user
from odoo.tools import mute_logger

from .catalogue_common import CREATE, UPLOAD, CatalogueCase, make_picture

# A WebP picture of one pixel.
WEBP = "UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA"


class TestProductPage(CatalogueCase):
    category_ref = "200000346"

    def test_the_attributes_of_a_category_stand_in_three_blocks(self):
        with Form(self.env["product.template"]) as form:
            form.name = "Shirt"
            form.aliexpress_category_id = self.category
        template = form.record
        template.action_aliexpress_show_attributes()
        self.assertIn("Material", template.aliexpress_required_line_ids.attribute_id.mapped("name"))
        self.assertIn("Pattern Type", template.aliexpress_recommended_line_ids.attribute_id.mapped("name"))
        self.assertIn("Model Number", template.aliexpress_other_line_ids.attribute_id.mapped("name"))
        self.assertNotIn("Color", template.aliexpress_attribute_line_ids.attribute_id.mapped("name"))
        with Form(template) as form, form.aliexpress_required_line_ids.edit(0) as line:
            line.value_ids.add(self.choose_value(template.aliexpress_required_line_ids[0].attribute_id))
        self.assertTrue(template.aliexpress_required_line_ids[0].value_ids)

    def test_another_category_keeps_what_both_ask(self):
        other = self.load_category("200000402")
        material = self.category.attribute_ids.filtered(lambda attribute: attribute.name == "Material")
        template = self.product.product_tmpl_id
        template.aliexpress_category_id = other
        template.action_aliexpress_show_attributes()
        lines = template.aliexpress_attribute_line_ids
        self.assertEqual(lines.attribute_id.category_id, other)
        kept = lines.filtered(lambda line: line.attribute_id.ref == material.ref)
        self.assertEqual(kept.value_ids.mapped("ref"), self.choose_value(material).mapped("ref"))

    def test_a_value_that_opens_an_attribute_shows_it(self):
        origin = self.category.attribute_ids.filtered(lambda attribute: attribute.name == "Origin")
        template = self.product.product_tmpl_id
        line = template.aliexpress_attribute_line_ids.filtered(lambda line: line.attribute_id == origin)
        line.value_ids = origin.value_ids.filtered("has_children")[:1]
        template.action_aliexpress_show_attributes()
        self.assertTrue(template.aliexpress_attribute_line_ids.attribute_id.parent_value_ids)

    def test_a_product_category_rules_the_aliexpress_category(self):
        parent = self.env["product.category"].create({"name": "Clothes", "aliexpress_category_id": self.category.id})
        child = self.env["product.category"].create({"name": "Shirts", "parent_id": parent.id})
        product = self.env["product.template"].create({"name": "Shirt", "categ_id": child.id})
        self.assertEqual(product.aliexpress_category_id, self.category)
        own = self.env["product.template"].create(
            {"name": "Other", "categ_id": child.id, "aliexpress_category_id": False}
        )
        other = self.load_category("200000402")
        own.aliexpress_category_id = other
        parent.aliexpress_category_id = False
        self.assertEqual(own.aliexpress_category_id, other)

    def test_warehouse_people_copy_products_with_their_page(self):
        user = new_test_user(
            self.env, "catalogue_stock", groups="stock.group_stock_manager,product.group_product_manager"
        )
        copied = self.product.product_tmpl_id.with_user(user).copy()
        lines = copied.sudo().aliexpress_attribute_line_ids
        self.assertEqual(len(lines), len(self.product.aliexpress_attribute_line_ids))
        self.assertTrue(lines.value_ids)

    def test_texts_are_composed_of_fields_and_nothing_else(self):
        self.product.write({"aliexpress_title": False, "aliexpress_brand": "Cotton"})
        self.account.title_template = "{aliexpress_brand} {name} {categ_id.name} ({default_code})"
        self.product.categ_id = self.env["product.category"].create({"name": "Headgear"})
        title = self.create_listing(state="draft")._prepare_titles()["en"]
        self.assertEqual(title, "Cotton cap Headgear (CAP-100)")
        for wrong in ("{name.upper()}", "{__class__}", "{aliexpress_listing_ids.account_id.app_secret}", "{env}"):
            with self.subTest(wrong), self.assertRaises(ValidationError):
                self.account.title_template = wrong

    def test_every_language_of_the_shop_is_sent_once_it_is_translated(self):
        for code in ("es_ES", "fr_FR"):
            self.env["res.lang"]._activate_lang(code)
        self.account.lang_ids = self.env["res.lang"].search([("code", "in", ("es_ES", "fr_FR"))])
        self.product.with_context(lang="es_ES").aliexpress_title = "Gorra de algodón"
        self.product.aliexpress_description = "<p>Soft</p><table><tr><td>x</td></tr></table><script>alert(1)</script>"
        listing = self.create_online()
        self.assertEqual(self.remote(listing).subjects, {"en_US": "Cotton cap for summer", "es_ES": "Gorra de algodón"})
        self.assertNotIn("script", self.remote(listing).descriptions["en_US"].web)
        self.assertIn("Soft", self.remote(listing).descriptions["en_US"].mobile)
        # The main language never changes, whatever the shop says later.
        self.account.lang_id = self.env.ref("base.lang_es")
        self.product.aliexpress_title = "Linen cap"
        self.publish()
        self.assertEqual(self.remote(listing).locale, "en_US", listing.error)
        self.assertEqual(self.remote(listing).subject, "Linen cap")

    def test_english_texts_do_not_leave_as_another_language(self):
        for code in ("es_ES", "fr_FR"):
            self.env["res.lang"]._activate_lang(code)
        languages = self.env["res.lang"].search([("code", "in", ("fr_FR", "en_US"))])
        self.account.write({"lang_id": self.env.ref("base.lang_es").id, "lang_ids": [Command.set(languages.ids)]})
        self.product.aliexpress_description = "<p>Soft</p>"
        template = self.product.product_tmpl_id
        template.update_field_translations("aliexpress_title", {"es_ES": "Gorra de algodón"})
        template.update_field_translations("aliexpress_description", {"es_ES": {"Soft": "Suave"}})
        listing = self.create_listing(state="draft")
        self.assertEqual(listing._prepare_titles(), {"es": "Gorra de algodón", "en": "Cotton cap for summer"})
        self.assertEqual(list(listing._prepare_contents()[listing.id].descriptions), ["es", "en"])
        self.product.with_context(lang="fr_FR").aliexpress_title = "Casquette en coton"
        self.assertEqual(listing._prepare_titles()["fr"], "Casquette en coton")

    def test_values_come_from_odoo_attributes_fixed_values_and_fields(self):
        template = self.product.product_tmpl_id
        attributes = {attribute.name: attribute for attribute in self.category.attribute_ids}
        template.aliexpress_attribute_line_ids.filtered(
            lambda line: line.attribute_id in attributes["Material"] | attributes["Gender"]
        ).unlink()
        material = self.env["product.attribute"].create(
            {"name": "Fabric", "value_ids": [Command.create({"name": "Cotton"})]}
        )
        template.attribute_line_ids = [
            Command.create({"attribute_id": material.id, "value_ids": [Command.set(material.value_ids.ids)]})
        ]
        Mapping = self.env["aliexpress.attribute.mapping"]
        values = {"category_id": self.category.id}
        fabric = Mapping.create(
            values | {"attribute_id": attributes["Material"].id, "product_attribute_id": material.id}
        )
        fabric.action_map_by_name()
        self.assertEqual(fabric.line_ids.value_id.name, "Cotton")
        men = attributes["Gender"].value_ids[0]
        Mapping.create(values | {"attribute_id": attributes["Gender"].id, "value_ids": [Command.set(men.ids)]})
        Mapping.create(values | {"attribute_id": attributes["Model Number"].id, "text": "M-{default_code}"})
        listing = self.create_online()
        sent = {prop.name_id: (prop.value_id, prop.value) for prop in self.remote(listing).properties}
        self.assertEqual(str(sent[10][0]), fabric.line_ids.value_id.ref)
        self.assertEqual(str(sent[284][0]), men.ref)
        self.assertEqual(sent[3][1], "M-CAP-100")

    def test_listing_several_products_at_once(self):
        products = self.product | self.create_complete_product("CAP-300")
        action = products.product_tmpl_id.action_aliexpress_list()
        wizard = (
            self.env[action["res_model"]].with_context(**action["context"]).create({"account_ids": self.account.ids})
        )
        wizard.action_list()
        listings = self.env["aliexpress.listing"].search([("product_tmpl_id", "in", products.product_tmpl_id.ids)])
        self.assertEqual(len(listings), 2)
        wizard.action_list()
        self.publish()
        self.assertEqual(set(listings.mapped("state")), {"auditing"})

    def test_several_products_are_edited_at_once_from_the_list(self):
        for name in ("product_template_view_list", "aliexpress_product_attribute_line_view_list"):
            arch = self.env.ref(f"aliexpress_connector.{name}").arch
            self.assertIn('multi_edit="1"', arch)
        user = new_test_user(
            self.env, "catalogue_list", groups="sales_team.group_sale_manager,product.group_product_manager"
        )
        products = self.create_product("A-1", "Shirt") | self.create_product("A-2", "Blouse")
        templates = products.product_tmpl_id.with_user(user)
        templates.web_save({"aliexpress_category_id": self.category.id}, {"aliexpress_category_id": {}})
        lines = self.env["aliexpress.product.attribute.line"].with_user(user)
        lines = lines.search(templates.action_aliexpress_add_attributes()["domain"])
        lines = lines.filtered(lambda line: line.attribute_id.name == "Material")
        self.assertEqual(lines.product_tmpl_id, templates)
        value = self.choose_value(lines.attribute_id)
        lines.web_save({"value_ids": [Command.link(value.id)]}, {"value_ids": {}})
        self.assertEqual([line.value_ids for line in lines], [value, value])

    def test_new_products_are_listed_by_themselves_where_the_shop_wants_it(self):
        self.account.write({"is_listing_automatic": True, "product_domain": "[('default_code', '=', 'CAP-100')]"})
        self.publish()
        listing = self.env["aliexpress.listing"].search([("account_id", "=", self.account.id)])
        self.assertEqual((listing.product_tmpl_id, listing.state), (self.product.product_tmpl_id, "auditing"))

    def test_a_filter_whose_field_is_gone_stops_no_other_shop(self):
        offered = "[('default_code', '=', 'CAP-100')]"
        other = self.create_account("Other shop", is_listing_automatic=True, product_domain=offered, seller_ref="77")
        self.account.is_listing_automatic = True
        self.spoil_filter()
        self.publish()
        self.assertEqual(other.listing_ids.product_tmpl_id, self.product.product_tmpl_id)
        self.assertIn("filter of the offered products of Test shop", self.account.publishing_error)
        self.assertFalse(self.account.error or self.account.retry_at, "its orders go on")
        self.account.sync_orders = True
        self.run_job("fetch_orders")
        self.assertTrue(self.account.publishing_error)
        self.assertIn(self.account.publishing_error, self.account._get_problems())
        self.account.product_domain = "[('default_code', '=', 'NONE')]"
        self.publish()
        self.assertFalse(self.account.publishing_error)

    def spoil_filter(self):
        """As after the module was uninstalled that had a field of the shop's filter."""
        self.env.flush_all()
        query = "UPDATE aliexpress_account SET product_domain = %s WHERE id = %s"
        self.env.cr.execute(query, ["[('gone_with_its_module', '=', 1)]", self.account.id])
        self.env.invalidate_all()

    def test_a_filter_whose_field_is_gone_leaves_the_listings_as_they_are(self):
        online = self.create_online()
        waiting = self.create_listing(self.create_complete_product("CAP-101"))
        online.compared_at = False
        self.remote(online).status = "offline"
        reports = self.env["aliexpress.publish.result"].search_count([])
        self.spoil_filter()
        for job in ("publish_listings", "publish_listings", "refresh_listings"):
            self.run_job(job)
        self.assertRecordValues(
            online | waiting, [{"state": "online", "error": False}, {"state": "pending", "error": False}]
        )
        self.assertEqual(self.env["aliexpress.publish.result"].search_count([]), reports)
        self.assertIn("filter of the offered products of Test shop", self.account.publishing_error)
        self.assertFalse(self.account.error or self.account.retry_at, "its orders go on")
        self.account.product_domain = False
        self.publish()
        self.assertEqual(waiting.state, "auditing", waiting.error)
        self.assertEqual(online.state, "online")
        self.assertFalse(self.account.publishing_error)

    @mute_logger("odoo.addons.aliexpress_connector.models.aliexpress_job_mixin")
    def test_what_could_not_be_compared_is_as_before_once_it_can_be(self):
        listing = self.create_online()
        digests = listing.content_digests
        listing.write({"content_digests": "odd", "compared_at": False})
        self.publish()
        self.assertEqual(listing.state, "error")
        self.assertTrue(listing.error)
        self.publish()
        listing.write({"content_digests": digests, "retry_at": False})
        self.publish()
        self.assertRecordValues(listing, [{"state": "online", "error": False, "retry_at": False}])
        self.assertFalse(self.sandbox.counts())
        self.product.aliexpress_title = "Another cap"
        self.publish()
        self.assertEqual(listing.state, "auditing", listing.error)

    def test_what_changed_on_aliexpress_while_it_could_not_be_compared_stays_so(self):
        for status, expected in (("offline", "offline"), ("editingRequired", "rejected"), ("deleted", "error")):
            listing = self.create_online(self.create_complete_product(f"CAP-{status}"))
            digests = listing.content_digests
            listing.write({"content_digests": "odd", "compared_at": False})
            self.publish()
            self.assertEqual(listing.state, "error")
            if status == "deleted":
                del self.sandbox.shop.products[int(listing.product_ref)]
            else:
                self.remote(listing).status = status
            self.run_job("refresh_listings")
            listing.write({"content_digests": digests, "retry_at": False})
            self.publish()
            self.assertEqual(listing.state, expected, listing.error)
            self.assertEqual(listing.is_vanished, status == "deleted")
            self.assertEqual(bool(listing.error), expected in ("rejected", "error"))

    def test_a_picture_that_odoos_form_stored_as_webp_arrives_as_jpeg(self):
        self.product.image_1920 = WEBP
        listing = self.create_listing()
        self.publish()
        self.assertIn("jpg, png or gif", listing.error)
        # The form stores a JPEG beside each WebP.
        Attachment = self.env["ir.attachment"]
        values = {"name": "a.webp", "datas": WEBP, "res_model": "ir.attachment", "mimetype": "image/webp"}
        original = Attachment.create_unique([values])[0]
        jpeg = {"name": "a.jpg", "datas": make_picture(kind="JPEG"), "mimetype": "image/jpeg", "res_id": original}
        Attachment.create_unique([jpeg | {"res_model": "ir.attachment"}])
        listing.action_send()
        self.publish()
        self.assertEqual(listing.state, "auditing", listing.error)
        self.assertTrue(self.remote(listing).images[0].endswith(".jpg"), self.remote(listing).images)

    def test_pictures_by_address_cost_no_upload(self):
        self.account.image_source = "url"
        listing = self.create_online()
        [url] = self.remote(listing).images
        self.assertIn("access_token", url)
        self.assertFalse([call for call in self.sandbox.calls if "photobank" in call.method])

    def test_pictures_that_aliexpress_cannot_fetch_are_uploaded_once_the_shop_says_so(self):
        self.account.image_source = "url"
        listing = self.create_listing()
        self.sandbox.add_fault("error", method=CREATE, code="15", sub_code="10006008", sub_text="fetch", count=1)
        self.publish()
        self.assertEqual(listing.state, "error")
        self.account.image_source = "bank"
        listing.action_send()
        self.publish()
        self.assertEqual(listing.state, "auditing", listing.error)
        self.assertEqual(self.sandbox.count(UPLOAD), 1)
        self.assertNotIn("access_token", self.remote(listing).images[0])

    def test_marketing_pictures_always_lie_in_the_image_bank(self):
        self.account.image_source = "url"
        self.product.product_tmpl_id.aliexpress_image_ids = [
            Command.create({"kind": "square", "image": make_picture("blue")})
        ]
        listing = self.create_listing()
        self.publish()
        self.assertEqual(listing.state, "auditing", listing.error)
        remote = self.remote(listing)
        self.assertIn("access_token", remote.images[0])
        self.assertNotIn("access_token", remote.marketing_images[0]["image_url"])

    def test_a_product_without_variants_has_its_code_on_its_own_form(self):
        template = self.env["product.template"].create({"name": "Scarf", "aliexpress_sku_code": "SCARF-1"})
        self.assertEqual(template.product_variant_id.aliexpress_sku_code, "SCARF-1")
        template.aliexpress_sku_code = "SCARF-2"
        self.assertEqual(template.product_variant_id._get_aliexpress_sku_code(), "SCARF-2")
        arch = self.env["product.template"].get_view(self.env.ref("product.product_template_only_form_view").id)["arch"]
        self.assertIn('name="aliexpress_sku_code"', arch)

    def test_two_companies_list_the_same_product_with_their_own_shops(self):
        other = self.env["res.company"].create({"name": "Other company"})
        shop = self.create_account(
            "Other shop", company=other, lang_id=self.env.ref("base.lang_en").id, seller_ref="77"
        )
        shop.warehouse_id = self.env["stock.warehouse"].search([("company_id", "=", other.id)], limit=1)
        first = self.create_listing()
        second = self.create_listing(account_id=shop.id)
        self.publish()
        self.assertEqual((first.state, second.state), ("auditing", "auditing"), (first.error, second.error))
        self.assertNotEqual(first.product_ref, second.product_ref)
