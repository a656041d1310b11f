import json
import os
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user

from .common import AliexpressCase, envelope, error_response

TREE = "aliexpress.solution.seller.category.tree.query"
ATTRIBUTES = "aliexpress.category.redefining.getallchildattributesresult"
FREIGHT = "aliexpress.freight.redefining.listfreighttemplate"
PROMISE = "aliexpress.postproduct.redefining.querypromisetemplatebyid"
GROUPS = "aliexpress.product.productgroups.get"
BRANDS = "aliexpress.merchant.oversea.brand.get"
CHARTS = "aliexpress.postproduct.redefining.getsizechartinfobycategoryid"
PERSONS = "aliexpress.category.eu.responsible.persons.list"
PROFILE = "aliexpress.solution.merchant.profile.get"
QUOTA = "aliexpress.merchant.profile.get"
CARRIERS = "aliexpress.logistics.redefining.listlogisticsservice"
SUGGEST = "aliexpress.solution.product.category.suggest"


def texts(**names):
    return json.dumps(names)


def category(ref, is_leaf, **names):
    return {
        "children_category_id": ref,
        "is_leaf_category": is_leaf,
        "level": 1,
        "multi_language_names": texts(**names),
    }


def value(ref, name, **more):
    return {"id": ref, "names": texts(en=name), **more}


def attribute(ref, name, *values, **more):
    values = {"aeop_attr_value_dto": list(values)} if values else {}
    return {
        "id": ref,
        "names": texts(en=name),
        "required": False,
        "sku": False,
        "visible": True,
        "values": values,
        **more,
    }


class ShopDataCase(AliexpressCase):
    """A shop with a small tree of categories: clothes (with shirts and trousers below) and toys."""

    def set_answers(self):
        clothes = [category(348, True, en="Shirts", es="Camisas"), category(349, True, en="Trousers")]
        top = [category(3, False, en="Apparel", es="Ropa"), category(26, True, en="Toys")]
        self.tree = {"0": top, "3": clothes}
        self.attributes = [
            attribute(2, "Brand Name", value(200010868, "NONE"), value(4, "Other"), required=True),
            attribute(14, "Color", value(173, "Blue"), sku=True, customized_name=True, spec=1),
            attribute(284, "Length", units={"aeop_unit": [{"unit_name": "cm"}, {"unit_name": "m"}]}),
        ]
        self.children = {}
        self.freight = [{"template_id": 714844311, "template_name": "Spain", "is_default": True}]
        self.answers.update(
            {
                TREE: self.answer_tree,
                ATTRIBUTES: self.answer_attributes,
                FREIGHT: lambda call: envelope(
                    FREIGHT,
                    {
                        "result_success": True,
                        "aeop_freight_template_d_t_o_list": {"aeopfreighttemplatedtolist": self.freight},
                    },
                ),
                PROMISE: envelope(
                    PROMISE, {"result": {"template_list": {"templatelist": [{"id": 0, "name": "New sellers"}]}}}
                ),
                GROUPS: envelope(
                    GROUPS,
                    {
                        "result": {
                            "success": True,
                            "target_list": {
                                "aeop_ae_product_tree_group": [
                                    {
                                        "group_id": 262007001,
                                        "group_name": "Men",
                                        "child_group_list": {
                                            "aeop_ae_product_child_group": [
                                                {"group_id": 262007002, "group_name": "Shirts"}
                                            ]
                                        },
                                    }
                                ]
                            },
                        }
                    },
                ),
                BRANDS: envelope(BRANDS, {"result": {"datas": {"brand": [{"brand_id": 5, "brand_name": "Acme"}]}}}),
                CHARTS: envelope(
                    CHARTS,
                    {
                        "result": {
                            "success": True,
                            "sizechart_d_t_o_list": {"dto": [{"sizechart_id": 100, "name": "Shirts"}]},
                        }
                    },
                ),
                PERSONS: envelope(
                    PERSONS,
                    {"support": True, "eu_contact_module_list": {"dto": [{"msr_eu_id": 77, "name": "Example GmbH"}]}},
                ),
                PROFILE: envelope(
                    PROFILE, {"country_code": "ES", "shop_url": "//es.aliexpress.com/store/9", "shop_id": 9}
                ),
                QUOTA: envelope(
                    QUOTA,
                    {
                        "profile": {
                            "quotation_currency": "EUR",
                            "online_store_product_number": 12,
                            "limit_store_product_number": 100,
                        }
                    },
                ),
                CARRIERS: envelope(CARRIERS, {"result_success": True, "result_list": [{"service_name": "EMS"}]}),
            }
        )

    def answer_tree(self, call):
        children = self.tree.get(call.parameters["category_id"], [])
        return envelope(TREE, {"is_success": True, "children_category_list": {"category_info": children}})

    def answer_attributes(self, call):
        found = self.children.get(call.parameters.get("parent_attrvalue_list"), [])
        if "parent_attrvalue_list" not in call.parameters:
            found = self.attributes
        return envelope(ATTRIBUTES, {"result": {"success": True, "attributes": {"aeop_attribute_dto": found}}})

    def refresh(self):
        self.calls.clear()
        self.run_job("refresh_shop_data")

    def refresh_again(self):
        """Refresh when everything is due."""
        self.env["aliexpress.shop.data"].search([]).retry_at = False
        self.refresh()

    def get_category(self, ref):
        return self.env["aliexpress.category"].with_context(active_test=False).search([("ref", "=", ref)])

    def use_category(self, ref="348"):
        self.shirt.product_tmpl_id.aliexpress_category_id = self.get_category(ref)

    def get_messages(self):
        return "\n".join(self.account.message_ids.mapped("body"))


class TestShopData(ShopDataCase):
    def test_everything_of_a_shop_is_read(self):
        self.refresh()
        template = self.env["aliexpress.freight.template"].search([])
        self.assertRecordValues(template, [{"ref": "714844311", "name": "Spain", "is_default": True}])
        self.assertEqual(template.account_id, self.account)
        self.assertRecordValues(
            self.env["aliexpress.service.template"].search([]), [{"ref": "0", "name": "New sellers"}]
        )
        men, shirts = self.env["aliexpress.product.group"].search([], order="ref")
        self.assertEqual((men.is_leaf, shirts.parent_id, shirts.display_name), (False, men, "Men / Shirts"))
        self.assertEqual(self.env["aliexpress.brand"].search([]).name, "Acme")
        self.assertRecordValues(
            self.account,
            [
                {
                    "shop_url": "https://es.aliexpress.com/store/9",
                    "quotation_currency_id": self.env.ref("base.EUR").id,
                    "online_product_count": 12,
                    "product_limit": 100,
                    "is_publishing_forbidden": False,
                    "tax_country_id": self.env.ref("base.es").id,
                }
            ],
        )
        self.assertEqual(set(self.env["aliexpress.shop.data"].search([]).mapped("state")), {"done"})

    def test_prices_are_converted_into_the_currency_of_the_profile(self):
        dollar = self.env.ref("base.USD")
        dollar.active = False
        self.answers[QUOTA] = envelope(QUOTA, {"profile": {"quotation_currency": "USD"}})
        self.account.tax_country_id = self.env.ref("base.fr")
        self.refresh()
        self.assertTrue(dollar.active)
        self.assertEqual(self.account.currency_id, dollar)
        self.assertEqual(self.account.tax_country_id.code, "FR", "what somebody chose stays")

    def test_country_of_the_taxes_that_people_emptied_stays_empty(self):
        self.refresh()
        self.env.flush_all()
        self.account.tax_country_id = False
        self.refresh_again()
        self.assertFalse(self.account.tax_country_id)

    def test_categories_and_their_names(self):
        self.env["res.lang"]._activate_lang("es_ES")
        self.refresh()
        shirts = self.get_category("348")
        self.assertRecordValues(shirts, [{"name": "Shirts", "is_leaf": True, "display_name": "Apparel / Shirts"}])
        self.assertEqual(shirts.with_context(lang="es_ES").display_name, "Ropa / Camisas")
        self.assertEqual(self.get_category("349").with_context(lang="es_ES").name, "Trousers")
        self.assertEqual(shirts.account_ids, self.account)
        self.assertEqual(shirts.parent_id, self.get_category("3"))
        found = self.env["aliexpress.category"].name_search("shirt")
        self.assertEqual([name for _id, name in found], ["Apparel / Shirts"])

    def test_nothing_is_read_twice_a_day(self):
        self.refresh()
        self.assertTrue(self.calls)
        self.refresh()
        self.assertFalse(self.calls)

    def test_attributes_of_categories_in_use_only(self):
        self.refresh()
        self.assertFalse(self.called(ATTRIBUTES) + self.called(CHARTS) + self.called(PERSONS))
        self.use_category()
        self.refresh()
        self.assertEqual([call.parameters["cate_id"] for call in self.called(ATTRIBUTES)], ["348"])
        shirts = self.get_category("348")
        brand, colour, length = shirts.attribute_ids.sorted("ref")[1], *shirts.attribute_ids.sorted("ref")[::2]
        self.assertEqual(
            (brand.name, brand.is_required, brand.value_ids.mapped("ref")), ("Brand Name", True, ["200010868", "4"])
        )
        self.assertTrue(colour.is_sku and colour.has_custom_name)
        self.assertEqual((length.units, length.is_text), ("cm, m", True))
        self.assertEqual(self.env["aliexpress.size.chart"].search([]).category_id, shirts)
        self.assertEqual(self.env["aliexpress.responsible.person"].search([]).name, "Example GmbH")

    def test_categories_given_by_product_category_count_as_used(self):
        self.refresh()
        clothes = self.env["product.category"].create({"name": "Clothes"})
        clothes.aliexpress_category_id = self.get_category("349")
        self.refresh()
        self.assertEqual([call.parameters["cate_id"] for call in self.called(ATTRIBUTES)], ["349"])

    def test_attributes_of_values_that_were_chosen(self):
        self.attributes.append(
            attribute(219, "Device", value(9441741844, "Phone", has_sub_attr=True), value(7, "Other device"))
        )
        self.children['["219=9441741844"]'] = [attribute(500, "Model", value(1, "X1"), value(2, "X2"), required=True)]
        self.refresh()
        self.use_category()
        self.refresh()
        self.assertEqual(len(self.called(ATTRIBUTES)), 1)
        phone = self.env["aliexpress.attribute.value"].search([("ref", "=", "9441741844")])
        self.env["aliexpress.product.attribute.line"].create(
            {
                "product_tmpl_id": self.shirt.product_tmpl_id.id,
                "attribute_id": phone.attribute_id.id,
                "value_ids": [fields.Command.set(phone.ids)],
            }
        )
        self.refresh_again()
        model = self.env["aliexpress.attribute"].search([("ref", "=", "500")])
        self.assertEqual(model.parent_value_ids, phone)
        self.assertEqual(model.value_ids.mapped("name"), ["X1", "X2"])
        self.assertEqual(model.value_ids.parent_value_ids, phone)
        # The next reading of the category leaves alone what another call tells.
        self.children['["219=9441741844"]'] = [attribute(500, "Model", value(2, "X2"))]
        self.refresh_again()
        self.assertTrue(model.active)
        self.assertEqual(model.value_ids.mapped("name"), ["X2"])

    def test_a_choice_that_opens_no_attribute_is_read_once(self):
        self.attributes.append(attribute(219, "Device", value(5, "Phone", has_sub_attr=True)))
        self.attributes.append(attribute(220, "Case", value(6, "Hard", has_sub_attr=True)))
        # Of a case, only more values of the device.
        self.children['["220=6"]'] = [attribute(219, "Device", value(5, "Phone"), value(7, "Hard phone"))]
        self.refresh()
        self.use_category()
        self.refresh()
        shirts = self.get_category("348")
        self.assertFalse(shirts._is_reading_due())
        opening = shirts.attribute_ids.value_ids.filtered("has_children")
        self.assertEqual(len(opening), 2)
        self.env["aliexpress.product.attribute.line"].create(
            [
                {
                    "product_tmpl_id": self.shirt.product_tmpl_id.id,
                    "attribute_id": value.attribute_id.id,
                    "value_ids": [fields.Command.set(value.ids)],
                }
                for value in opening
            ]
        )
        self.assertTrue(shirts._is_reading_due())
        self.refresh_again()
        self.assertFalse(shirts._is_reading_due())

    def test_a_choice_may_repeat_what_the_category_asks_for_anyway(self):
        self.attributes.append(attribute(219, "Device", value(9441741844, "Phone", has_sub_attr=True)))
        self.refresh()
        self.use_category()
        self.refresh()
        phone = self.env["aliexpress.attribute.value"].search([("ref", "=", "9441741844")])
        self.env["aliexpress.product.attribute.line"].create(
            {
                "product_tmpl_id": self.shirt.product_tmpl_id.id,
                "attribute_id": phone.attribute_id.id,
                "value_ids": [fields.Command.set(phone.ids)],
            }
        )
        brand = self.attributes[0] | attribute(
            2, "Brand Name", value(200010868, "NONE"), value(8, "Phones only"), required=True
        )
        self.children['["219=9441741844"]'] = [brand, attribute(500, "Model", value(1, "X1"))]
        for _time in range(2):
            self.refresh_again()
            stored = self.env["aliexpress.attribute"].search([("ref", "=", "2")])
            self.assertFalse(stored.parent_value_ids)
            restricted = {value.ref: value.parent_value_ids for value in stored.value_ids}
            self.assertEqual(restricted, {"200010868": phone.browse(), "4": phone.browse(), "8": phone})
            self.assertEqual(self.env["aliexpress.attribute"].search([("ref", "=", "500")]).parent_value_ids, phone)


class TestChanges(ShopDataCase):
    def test_what_vanished_is_archived_and_reported_where_it_is_used(self):
        self.refresh()
        self.use_category()
        self.tree["3"] = self.tree["3"][1:]
        self.freight = [{"template_id": 9, "template_name": "France", "is_default": False}]
        self.refresh_again()
        self.assertFalse(self.get_category("348").active)
        self.assertFalse(self.get_category("348").account_ids)
        self.assertIn("Apparel / Shirts (AliExpress Category, used 1 times)", self.get_messages())
        self.assertEqual(self.env["aliexpress.freight.template"].search([]).mapped("ref"), ["9"])
        # Nobody uses the old template: no news.
        self.assertNotIn("Freight", self.get_messages())
        self.set_answers()
        self.refresh_again()
        self.assertTrue(self.get_category("348").active)

    def test_a_branch_that_vanished(self):
        self.refresh()
        self.tree["0"] = self.tree["0"][1:]
        self.refresh_again()
        archived = self.env["aliexpress.category"].search([("active", "=", False)])
        self.assertEqual(set(archived.mapped("ref")), {"3", "348", "349"})
        rows = self.env["aliexpress.shop.data"].search([("kind", "=", "category")])
        self.assertFalse(rows.category_id)

    def test_attributes_that_became_mandatory_are_reported(self):
        self.refresh()
        self.use_category()
        self.refresh()
        self.assertNotIn("Brand", self.get_messages())
        self.attributes[2]["required"] = True
        self.attributes.append(attribute(10, "Material", required=True))
        self.refresh_again()
        self.assertIn("Length in Apparel / Shirts (1 products)", self.get_messages())
        self.assertIn("Material in Apparel / Shirts (1 products)", self.get_messages())
        self.assertNotIn("Brand", self.get_messages())

    def test_attributes_and_values_that_vanished_are_archived(self):
        self.refresh()
        self.use_category()
        self.refresh()
        del self.attributes[2]
        self.attributes[0]["values"]["aeop_attr_value_dto"].pop()
        self.refresh_again()
        attributes = self.env["aliexpress.attribute"].with_context(active_test=False).search([])
        self.assertEqual({one.ref: one.active for one in attributes}, {"2": True, "14": True, "284": False})
        values = attributes.value_ids
        self.assertEqual({one.ref: one.active for one in values}, {"200010868": True, "4": False, "173": True})

    def test_names_that_changed(self):
        self.env["res.lang"]._activate_lang("es_ES")
        self.refresh()
        self.tree["3"][0] = category(348, True, en="Nice shirts", es="Camisas bonitas")
        self.refresh_again()
        shirts = self.get_category("348")
        self.assertEqual(shirts.with_context(lang="en_US").name, "Nice shirts")
        self.assertEqual(shirts.with_context(lang="es_ES").name, "Camisas bonitas")

    def test_names_are_english_whoever_reads_them(self):
        """Feeds know attributes by their English names, and some answers tell one language only."""
        self.env["res.lang"]._activate_lang("es_ES")
        self.account.user_id = new_test_user(
            self.env, "ali_es", "sales_team.group_sale_manager", company_id=self.company.id, lang="es_ES"
        )
        words = {"en": ("Length", "Long"), "es": ("Largo", "Largo de verdad")}

        def answer(call):
            language = call.parameters["locale"][:2]
            name, name_of_value = ({language: word} for word in words[language])
            told = attribute(284, "", {"id": 7, "names": texts(**name_of_value)}) | {"names": texts(**name)}
            return envelope(ATTRIBUTES, {"result": {"success": True, "attributes": {"aeop_attribute_dto": [told]}}})

        self.answers[ATTRIBUTES] = answer
        self.refresh()
        self.use_category()
        self.refresh()
        for record, names in zip(
            [self.get_category("348").attribute_ids, self.get_category("348").attribute_ids.value_ids],
            zip(*words.values(), strict=True),
            strict=True,
        ):
            told = tuple(record.with_context(lang=code).name for code in ("en_US", "es_ES"))
            self.assertEqual(told, names)
        self.assertEqual(len(self.called(ATTRIBUTES)), 2)
        self.answers[ATTRIBUTES] = self.answer_attributes
        self.attributes[0]["names"] = texts(en="Brand Name", es="Marca")
        self.refresh_again()
        self.assertEqual(len(self.called(ATTRIBUTES)), 1, "told in every language at once")


class TestTrouble(ShopDataCase):
    def get_row(self, kind, account=None):
        account = account or self.account
        return self.env["aliexpress.shop.data"].search([("kind", "=", kind), ("account_id", "=", account.id)], limit=1)

    def test_what_is_not_granted_is_reported_once_and_left_alone(self):
        self.answers[BRANDS] = error_response("InsufficientPermission", "no")
        self.refresh()
        self.assertEqual(self.get_row("brand").state, "denied")
        self.assertEqual(self.get_messages().count("Brands are not read any more"), 1)
        self.assertTrue(self.env["aliexpress.freight.template"].search([]))
        self.refresh_again()
        self.assertFalse(self.called(BRANDS))
        self.assertEqual(self.get_messages().count("Brands are not read any more"), 1)
        self.set_answers()
        self.account.action_refresh_shop_data()
        self.refresh()
        self.assertEqual(self.get_row("brand").state, "done")

    def test_what_is_not_granted_for_one_category_is_not_asked_for_the_next(self):
        self.answers[PERSONS] = error_response("InsufficientPermission", "no")
        self.refresh()
        self.use_category("348")
        self.cap.product_tmpl_id.aliexpress_category_id = self.get_category("349")
        self.refresh()
        self.assertEqual(len(self.called(PERSONS)), 2)  # a batch, and the single repetition of its first row
        self.assertEqual(self.get_messages().count("EU responsible persons are not read any more"), 1)
        self.cap.product_tmpl_id.aliexpress_category_id = self.get_category("26")
        self.refresh()
        self.assertFalse(self.called(PERSONS))

    def test_one_kind_that_fails_leaves_the_others(self):
        self.answers[GROUPS] = envelope(
            GROUPS, {"result": {"success": False, "error_code": "1", "error_message": "oops"}}
        )
        self.refresh()
        row = self.get_row("product_group")
        self.assertEqual(row.state, "error")
        self.assertIn("oops", row.error)
        self.assertTrue(self.env["aliexpress.brand"].search([]))
        self.set_answers()
        self.refresh_again()
        self.assertRecordValues(row, [{"state": "done", "error": False}])

    def test_a_busy_gateway_is_asked_again_soon(self):
        self.answers[PROFILE] = error_response("ServiceUnavailable", "busy")
        self.refresh()
        job = self.env.ref("aliexpress_connector.ir_cron_refresh_shop_data")
        times = self.env["ir.cron.trigger"].search([("cron_id", "=", job.id)]).mapped("call_at")
        self.assertTrue(
            any(fields.Datetime.now() < time < fields.Datetime.now() + timedelta(hours=1) for time in times)
        )
        # The other kinds do not wait for it.
        self.assertTrue(self.called(FREIGHT))
        self.set_answers()
        self.refresh_again()
        self.assertEqual(self.get_row("profile").state, "done")

    def test_kinds_that_always_fail_leave_the_shop_to_its_other_work(self):
        for method in (FREIGHT, GROUPS, BRANDS):
            self.answers[method] = error_response("ServiceUnavailable", "busy")
        self.refresh()
        self.assertFalse(self.account.retry_at)
        self.assertEqual(self.get_row("category").state, "done")
        self.env["aliexpress.shop.data"].search([("error", "!=", False)]).retry_at = fields.Datetime.now()
        self.refresh()
        self.assertFalse(self.account.retry_at)
        for kind in ("freight_template", "product_group", "brand"):
            row = self.get_row(kind)
            self.assertEqual(row.state, "pending")
            self.assertGreater(row.retry_at, fields.Datetime.now() + timedelta(minutes=50))

    def test_an_outage_makes_the_shop_wait(self):
        self.answers.clear()
        for method in (PROFILE, QUOTA, CARRIERS, FREIGHT, PROMISE, GROUPS, BRANDS, TREE):
            self.answers[method] = self.make_response("", status=502)
        self.refresh()
        self.assertTrue(self.account.retry_at)
        self.assertLessEqual(len(self.calls), 4 * 3)
        job = self.env.ref("aliexpress_connector.ir_cron_refresh_shop_data")
        times = self.env["ir.cron.trigger"].search([("cron_id", "=", job.id)]).mapped("call_at")
        # The shop's other jobs come first.
        self.assertTrue(all(time > self.account.retry_at for time in times if time > fields.Datetime.now()))

    def test_categories_go_on_where_they_stopped(self):
        def answer(call):
            if call.parameters["category_id"] == "3":
                return error_response("ServiceUnavailable", "busy")
            return self.answer_tree(call)

        self.answers[TREE] = answer
        self.refresh()
        self.assertTrue(self.get_category("26"))
        self.assertFalse(self.get_category("348"))
        self.set_answers()
        self.account.retry_at = False
        self.env["aliexpress.shop.data"].search([("state", "=", "pending")]).retry_at = False
        self.refresh()
        self.assertTrue(self.get_category("348"))
        self.assertEqual([call.parameters["category_id"] for call in self.called(TREE)], ["3"])

    def test_shops_that_are_not_connected_make_no_call(self):
        self.account.state = "draft"
        self.refresh()
        self.assertFalse(self.calls)

    def test_general_sellers_have_carriers_only(self):
        self.account.write({"family": "general", "family_looked_date": fields.Datetime.now()})
        self.refresh()
        self.assertEqual({call.method for call in self.calls}, {CARRIERS})

    def test_an_empty_list_archives_and_an_odd_answer_does_not(self):
        self.refresh()
        self.answers[BRANDS] = envelope(BRANDS, {"surprise": 1})
        self.refresh_again()
        self.assertTrue(self.env["aliexpress.brand"].search([]))
        self.assertEqual(self.get_row("brand").state, "error")
        self.answers[BRANDS] = envelope(BRANDS, {"result": {"datas": {}}})
        self.refresh_again()
        self.assertFalse(self.env["aliexpress.brand"].search([]))

    def test_an_empty_tree_and_an_empty_category_change_nothing(self):
        self.refresh()
        self.use_category()
        self.refresh()
        self.tree["0"], self.attributes = [], []
        self.refresh_again()
        self.assertTrue(self.get_category("348").active)
        self.assertEqual(len(self.get_category("348").attribute_ids), 3)
        soon = fields.Datetime.now() + timedelta(hours=4)
        failed = self.env["aliexpress.shop.data"].search([("state", "=", "error")])
        self.assertEqual(set(failed.mapped("kind")), {"category", "attribute"})
        self.assertLess(max(failed.mapped("retry_at")), soon)
        self.set_answers()
        self.refresh_again()
        self.assertFalse(self.env["aliexpress.shop.data"].search([("state", "=", "error")]))

    def test_a_tree_with_a_circle_is_read_to_its_end(self):
        self.tree["3"] = [category(348, False, en="Shirts"), category(3, False, en="Apparel")]
        self.tree["348"] = [category(3, False, en="Apparel"), category(348, True, en="Shirts")]
        for _run in range(3):
            self.refresh()
        self.assertEqual(self.get_category("348").parent_id, self.get_category("3"))
        self.assertFalse(self.get_category("3").parent_id)
        self.assertFalse(self.env["aliexpress.shop.data"].search([("state", "in", ("pending", "error"))]))


class TestManyCategories(ShopDataCase):
    def set_answers(self):
        super().set_answers()
        # 10 categories at the top, 24 below each, some below each of those: 5,000 in the long form.
        self.leaf_count = 20 if os.environ.get("ALIEXPRESS_LONG") else 4
        self.tree = {"0": [category(top, False, en=f"Top {top}") for top in range(10, 20)]}
        for top in range(10, 20):
            middle = [top * 100 + index for index in range(24)]
            self.tree[str(top)] = [category(ref, False, en=f"Middle {ref}", es=f"Medio {ref}") for ref in middle]
            for ref in middle:
                leaves = [ref * 100 + index for index in range(self.leaf_count)]
                self.tree[str(ref)] = [category(leaf, True, en=f"Leaf {leaf}", es=f"Hoja {leaf}") for leaf in leaves]

    def test_a_large_tree_is_read_bit_by_bit(self):
        self.env["res.lang"]._activate_lang("es_ES")
        for _run in range(20):
            self.refresh()
            if not self.env["aliexpress.shop.data"].search_count([("state", "=", "pending")]):
                break
        leaves = 240 * self.leaf_count
        self.assertEqual(self.env["aliexpress.category"].search_count([]), 10 + 240 + leaves)
        self.assertEqual(self.env["aliexpress.category"].search_count([("is_leaf", "=", True)]), leaves)


class TestTwoShops(ShopDataCase):
    def test_shared_categories_and_own_templates(self):
        other_company = self.env["res.company"].create({"name": "Other"})
        other = self.create_account("Other shop", company=other_company, seller_ref="99")
        self.refresh()
        self.assertEqual(self.get_category("348").account_ids, self.account | other)
        self.assertEqual(self.env["aliexpress.freight.template"].search_count([]), 2)
        # One of the shops may not use shirts any more: the other one still does.
        self.tree["3"] = self.tree["3"][1:]
        self.env["aliexpress.shop.data"].search([("account_id", "=", other.id)]).retry_at = False
        self.refresh()
        self.assertRecordValues(self.get_category("348"), [{"active": True, "account_ids": self.account.ids}])

    def test_attributes_are_read_by_one_shop(self):
        self.create_account("Other shop", seller_ref="99")
        self.refresh()
        self.use_category()
        self.refresh()
        self.assertEqual((len(self.called(ATTRIBUTES)), len(self.called(CHARTS))), (1, 2))

    def test_lost_values_are_told_to_the_shops_that_list_such_products(self):
        other_company = self.env["res.company"].create({"name": "Other"})
        other = self.create_account("Other shop", company=other_company, seller_ref="99")
        self.refresh()
        self.use_category()
        self.refresh()
        lost = self.env["aliexpress.attribute.value"].search([("ref", "=", "4")])
        template = self.shirt.product_tmpl_id
        self.env["aliexpress.product.attribute.line"].create(
            {
                "product_tmpl_id": template.id,
                "attribute_id": lost.attribute_id.id,
                "value_ids": [fields.Command.set(lost.ids)],
            }
        )
        self.env["aliexpress.listing"].create({"account_id": other.id, "product_tmpl_id": template.id})
        self.attributes[0]["values"]["aeop_attr_value_dto"].pop()
        self.refresh_again()
        self.assertFalse(lost.active)
        self.assertIn("Other of Brand Name in Apparel / Shirts", "".join(other.message_ids.mapped("body")))
        self.assertNotIn("Other of Brand Name", self.get_messages())

    def test_companies_and_rights(self):
        other_company = self.env["res.company"].create({"name": "Other"})
        self.create_account("Other shop", company=other_company, seller_ref="99")
        self.refresh()
        salesman = new_test_user(self.env, "ali_salesman", "sales_team.group_sale_salesman", company_id=self.company.id)
        for model in ("aliexpress.freight.template", "aliexpress.brand", "aliexpress.shop.data"):
            found = self.env[model].with_user(salesman).search([])
            self.assertEqual(found.account_id, self.account, model)
        self.assertTrue(self.env["aliexpress.category"].with_user(salesman).search([]))
        with self.assertRaises(AccessError):
            self.env["aliexpress.freight.template"].with_user(salesman).search([]).name = "Mine"
        with self.assertRaises(AccessError):
            self.account.with_user(salesman).action_refresh_shop_data()


class TestSuggestions(ShopDataCase):
    def set_answers(self):
        super().set_answers()
        suggested = [{"id": 349, "name": "Trousers"}, {"id": 348, "name": "Shirts"}, {"id": 12345, "name": "Unknown"}]
        self.answers[SUGGEST] = envelope(SUGGEST, {"suggest_category_list": {"suggest_category": suggested}})

    def suggest(self, products):
        action = products.action_aliexpress_suggest_categories()
        return self.env[action["res_model"]].browse(action["res_id"])

    def test_suggestions_are_chosen_from(self):
        self.refresh()
        products = (self.shirt | self.cap).product_tmpl_id
        wizard = self.suggest(products)
        self.assertEqual(self.called(SUGGEST)[0].parameters["title"], "Cotton T-shirt")
        shirts, trousers = self.get_category("348"), self.get_category("349")
        for line in wizard.line_ids:
            # Best first, and only what the shop may use.
            self.assertEqual(set(line.suggested_ids), {shirts, trousers})
            self.assertEqual(line.category_id, trousers)
        wizard.line_ids[0].category_id = shirts
        wizard.line_ids[1].category_id = False
        wizard.action_apply()
        self.assertEqual(products[0].aliexpress_category_id, shirts)
        self.assertFalse(products[1].aliexpress_category_id)

    def test_salespeople_who_change_products_may_ask(self):
        self.refresh()
        self.account.family = False
        groups = "sales_team.group_sale_salesman,product.group_product_manager"
        salesman = new_test_user(self.env, "ali_salesman", groups, company_id=self.company.id)
        self.answers["aliexpress.solution.order.get"] = envelope(
            "aliexpress.solution.order.get", {"result": {"success": True, "total_count": 0}}
        )
        self.assertTrue(self.suggest(self.shirt.product_tmpl_id.with_user(salesman)).line_ids.suggested_ids)

    def test_a_category_that_is_there_stays(self):
        self.refresh()
        self.use_category("26")
        self.assertEqual(self.suggest(self.shirt.product_tmpl_id).line_ids.category_id, self.get_category("26"))

    def test_what_goes_wrong_is_told(self):
        self.answers[SUGGEST] = error_response("InsufficientPermission", "no")
        with self.assertRaises(UserError):
            self.suggest(self.shirt.product_tmpl_id)
        self.account.state = "draft"
        with self.assertRaises(UserError):
            self.suggest(self.shirt.product_tmpl_id)
