from odoo.tests import tagged

from .common import SandboxCase


@tagged("post_install", "-at_install")
class TestShopDataSandbox(SandboxCase):
    def setUp(self):
        super().setUp()
        self.env["res.lang"]._activate_lang("es_ES")

    def get_category(self, ref):
        return self.env["aliexpress.category"].with_context(active_test=False).search([("ref", "=", ref)])

    def test_a_new_shop_gets_its_data(self):
        self.run_job("refresh_shop_data")
        self.assertEqual(set(self.env["aliexpress.shop.data"].search([]).mapped("state")), {"done"})
        shirts = self.get_category("200000346")
        path = "Ropa y accesorios / Ropa de hombre / Camisetas"
        self.assertEqual(
            shirts.with_context(lang="es_ES").display_name.replace("Men's Clothing", "Ropa de hombre"), path
        )
        default = self.env["aliexpress.freight.template"].search([("is_default", "=", True)])
        self.assertEqual((default.account_id, default.ref), (self.account, "714844311"))
        self.assertIn("Clothes / Caps", self.env["aliexpress.product.group"].search([]).mapped("display_name"))
        self.assertIn("ACME", self.env["aliexpress.brand"].search([]).mapped("name"))
        self.assertTrue(self.env["aliexpress.logistics.service"].search([("account_id", "=", self.account.id)]))
        self.assertEqual(self.account.quotation_currency_id.name, "EUR")
        self.assertFalse(self.sandbox.count("aliexpress.category.redefining.getallchildattributesresult"))

    def test_categories_in_use_get_their_attributes(self):
        self.run_job("refresh_shop_data")
        shirts = self.get_category("200000346")
        self.products[0].product_tmpl_id.aliexpress_category_id = shirts
        self.run_job("refresh_shop_data")
        attributes = {attribute.ref: attribute for attribute in shirts.attribute_ids}
        self.assertTrue(attributes["2"].is_required)
        self.assertTrue(attributes["14"].is_sku and attributes["14"].has_custom_name)
        self.assertEqual(attributes["2"].with_context(lang="es_ES").name, "Marca")
        self.assertTrue(attributes["219"].value_ids.filtered("has_children"))
        self.assertEqual(self.env["aliexpress.size.chart"].search([]).mapped("ref"), ["100"])
        self.sandbox.calls.clear()
        self.run_job("refresh_shop_data")
        self.assertFalse(self.sandbox.calls)

    def test_what_the_application_may_not_do_is_left_alone(self):
        self.sandbox.app.denied = [*self.sandbox.app.denied, "aliexpress.merchant.oversea.brand.get"]
        for _run in range(2):
            self.run_job("refresh_shop_data")
        row = self.env["aliexpress.shop.data"].search([("kind", "=", "brand")])
        self.assertEqual(row.state, "denied")
        self.assertEqual(self.sandbox.count("aliexpress.merchant.oversea.brand.get"), 1)
        self.assertEqual(
            set(self.env["aliexpress.shop.data"].search([("kind", "!=", "brand")]).mapped("state")), {"done"}
        )

    def test_an_expired_token_is_renewed_on_the_way(self):
        self.sandbox.expire_tokens()
        self.run_job("refresh_shop_data")
        self.assertTrue(self.get_category("200000346"))
        self.assertEqual(self.account.state, "connected")

    def test_suggested_categories(self):
        self.run_job("refresh_shop_data")
        product = self.products[0].product_tmpl_id
        product.name = "T-shirt of cotton"
        action = product.action_aliexpress_suggest_categories()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(wizard.line_ids.category_id, self.get_category("200000346"))
        wizard.action_apply()
        self.assertEqual(product.aliexpress_category_id, self.get_category("200000346"))
