from odoo import models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tests import new_test_user, tagged

from .common import AliexpressCase
from .records import Records, get_models
from .shipping_common import CORREOS, ShippingCase

# Metadata of AliExpress itself, the same for every shop.
SHARED = {
    "aliexpress.attribute",
    "aliexpress.attribute.value",
    "aliexpress.category",
    "aliexpress.order.status",
}
SECRETS = ("app_key", "app_secret", "access_token", "refresh_token")
OPERATIONS = ("read", "write", "create", "unlink")


@tagged("post_install", "-at_install")
class TestRights(AliexpressCase):
    """Who may see and do what, for every model of the addon there is."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.salesman = new_test_user(cls.env, "ae_salesman", "sales_team.group_sale_salesman")
        cls.manager = new_test_user(cls.env, "ae_manager", "sales_team.group_sale_manager,base.group_allow_export")
        cls.portal = new_test_user(cls.env, "ae_portal", "base.group_portal")
        cls.public = cls.env.ref("base.public_user")
        other_company = cls.env["res.company"].create({"name": "Other company"})
        cls.stranger = new_test_user(
            cls.env,
            "ae_stranger",
            "sales_team.group_sale_manager,stock.group_stock_manager,base.group_partner_manager",
            company_id=other_company.id,
            company_ids=[(6, 0, other_company.ids)],
        )
        cls.models = get_models(cls.env)
        cls.stored_models = [model for model in cls.models if not model._transient]
        cls.records = Records(cls.account, cls.manager)
        for model in cls.models:
            cls.records.get(model._name)

    def assertRefused(self, call, *args):
        """`call` raises AccessError."""
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            call(*args)

    def assertHarmless(self, button):
        """`button` raises AccessError, or does nothing but name a window."""
        # What somebody else has read would be there without asking.
        self.env.invalidate_all()
        try:
            with self.env.cr.savepoint():
                action = button()
        except AccessError:
            return
        self.assertIsInstance(action, dict)
        self.assertEqual(action["type"], "ir.actions.act_window")

    # === ACCESS LISTS AND RULES === #

    def test_every_model_has_access_lines_and_each_names_a_group(self):
        for model in self.models:
            with self.subTest(model=model._name):
                lines = self.env["ir.model.access"].search([("model_id.model", "=", model._name)])
                self.assertTrue(lines)
                self.assertTrue(all(line.group_id for line in lines))

    def test_every_model_that_is_not_shared_has_a_company_and_a_rule(self):
        for model in self.stored_models:
            with self.subTest(model=model._name):
                if model._name in SHARED:
                    self.assertNotIn("account_id", model._fields)
                    continue
                self.assertIn("company_id", model._fields)
                rules = self.env["ir.rule"].search([("model_id.model", "=", model._name), ("groups", "=", False)])
                self.assertTrue(any("company_ids" in (rule.domain_force or "") for rule in rules))

    def test_another_companys_user_sees_nothing(self):
        for model in self.stored_models:
            if model._name in SHARED:
                continue
            with self.subTest(model=model._name):
                record = self.records.get(model._name)
                theirs = model.with_user(self.stranger)
                self.assertFalse(theirs.search([]))
                self.assertFalse(theirs.search_count([("id", "=", record.id)]))
                self.assertFalse(theirs.name_search(record.display_name))
                for operation in ("read", "write", "unlink"):
                    self.assertFalse(record.with_user(self.stranger).has_access(operation))

    def test_what_a_person_reads_in_a_window_is_for_that_person_alone(self):
        for model in self.models:
            if not model._transient:
                continue
            with self.subTest(model=model._name):
                record = self.records.get(model._name)
                self.assertTrue(record.with_user(self.manager).has_access("read"))
                self.assertFalse(model.with_user(self.stranger).search([]))
                for user in (self.stranger, self.salesman):
                    for operation in OPERATIONS:
                        self.assertFalse(record.with_user(user).has_access(operation))

    def test_another_companys_user_links_none_of_our_orders_or_products(self):
        Wizard = self.env["aliexpress.sku.link"].with_user(self.stranger)
        line, product = self.records.get("aliexpress.order.line"), self.shirt
        product.company_id = self.company
        wizard = Wizard.create(
            {
                "order_id": line.order_id.id,
                "line_ids": [(0, 0, {"order_line_id": line.id, "product_id": product.id})],
            }
        )
        self.env.invalidate_all()
        self.assertRefused(wizard.action_link)
        self.assertRefused(wizard.line_ids._link)
        self.assertRefused(wizard.line_ids.read, ["name"])
        self.assertFalse(product.aliexpress_sku_code)

    def test_another_companys_user_can_press_no_button(self):
        for model in self.stored_models:
            record = self.records.get(model._name).with_user(self.stranger)
            for name in dir(model):
                if (
                    name.startswith("action_")
                    and not hasattr(models.BaseModel, name)
                    and not hasattr(self.env["mail.thread"], name)
                ):
                    if model._name in SHARED or hasattr(self.env["mail.activity.mixin"], name):
                        continue
                    with self.subTest(model=model._name, method=name):
                        self.assertHarmless(getattr(record, name))
        self.assertFalse(self.calls)

    def test_portal_and_public_reach_nothing(self):
        for user in (self.portal, self.public):
            for model in self.models:
                for operation in OPERATIONS:
                    with self.subTest(model=model._name, user=user.login, operation=operation):
                        self.assertFalse(self.records.get(model._name).with_user(user).has_access(operation))

    def test_portal_and_public_see_none_of_our_fields_elsewhere(self):
        for user in (self.portal, self.public):
            for name, model in self.env.items():
                if name.startswith("aliexpress.") or model._abstract or not model.with_user(user).has_access("read"):
                    continue
                # The order's number is known to its buyer.
                ours = {field for field in model._fields if field.startswith("aliexpress_")} - {"aliexpress_order_ref"}
                with self.subTest(model=name, user=user.login):
                    self.assertFalse(ours & set(model.with_user(user).fields_get()))

    def test_salespeople_read_but_change_nothing_by_themselves(self):
        for model in self.stored_models:
            with self.subTest(model=model._name):
                record = self.records.get(model._name).with_user(self.salesman)
                self.assertTrue(record.has_access("read"))
                record.read()
                for operation in ("write", "create", "unlink"):
                    self.assertFalse(record.has_access(operation))

    def test_sales_managers_read_every_field_of_every_view(self):
        for model in self.models:
            with self.subTest(model=model._name):
                self.records.get(model._name).with_user(self.manager).read()

    def test_warehouse_people_without_sales_rights_see_no_order(self):
        packer = new_test_user(self.env, "ae_packer", "stock.group_stock_user")
        for model in self.models:
            with self.subTest(model=model._name):
                self.assertFalse(self.records.get(model._name).with_user(packer).has_access("write"))

    # === SECRETS === #

    def test_secrets_are_for_administrators_only(self):
        for name in SECRETS:
            field = self.account._fields[name]
            with self.subTest(field=name):
                self.assertEqual(field.groups, "base.group_system")
                self.assertFalse(field.copy)
                self.assertFalse(getattr(field, "tracking", None))

    def test_secrets_are_unreadable_for_a_sales_manager(self):
        account = self.account.with_user(self.manager)
        Account = self.env["aliexpress.account"].with_user(self.manager)
        Order = self.env["aliexpress.order"].with_user(self.manager)
        self.assertFalse(set(SECRETS) & set(Account.fields_get()))
        self.assertFalse(set(SECRETS) & set(account.read()[0]))
        self.assertFalse(set(SECRETS) & set(Account.search_read([], limit=1)[0]))
        self.assertFalse(set(SECRETS) & set(account.copy_data()[0]))
        for name in SECRETS:
            ways = {
                "attribute": lambda name=name: account[name],
                "read": lambda name=name: account.read([name]),
                "web_read": lambda name=name: account.web_read({name: {}}),
                "search_read": lambda name=name: Account.search_read([], [name]),
                "search": lambda name=name: Account.search([(name, "like", "5")]),
                "search by way of orders": lambda name=name: Order.search([(f"account_id.{name}", "like", "5")]),
                "order": lambda name=name: Account.search([], order=name),
                "filter": lambda name=name: account.filtered_domain([(name, "like", "5")]),
                "group": lambda name=name: Account.formatted_read_group([], [name], ["__count"]),
                "aggregate": lambda name=name: Account.formatted_read_group([], [], [f"{name}:array_agg"]),
                "group by way of orders": lambda name=name: Order.formatted_read_group(
                    [], [f"account_id.{name}"], ["__count"]
                ),
                "offered products": lambda name=name: account.write(
                    {"product_domain": f"[('aliexpress_listing_ids.account_id.{name}', '=like', 'h%')]"}
                ),
                "offered products, nested": lambda name=name: account.write(
                    {
                        "product_domain": "['|', ('id', '>', 0), ('aliexpress_listing_ids', 'any', "
                        f"[('account_id', 'not any', [('{name}', '=like', 'h%')])])]"
                    }
                ),
                "offered products, as a new shop": lambda name=name: Account.create(
                    {"name": "x", "product_domain": f"[('aliexpress_listing_ids.account_id.{name}', '!=', False)]"}
                ),
                "write": lambda name=name: account.write({name: "x"}),
                "mapped": lambda name=name: account.mapped(name),
                "onchange": lambda name=name: account.onchange({}, [], {name: {}})["value"][name],
            }
            for way, reach in ways.items():
                with self.subTest(field=name, way=way):
                    self.assertRefused(reach)

    def test_the_filter_of_offered_products_asks_only_what_its_writer_may_read(self):
        account = self.account.with_user(self.manager)
        self.assertRefused(account.write, {"product_domain": "[('message_ids.mail_ids.state', '=', 'sent')]"})
        for allowed in ("[('categ_id.name', 'ilike', 'x'), ('create_date.month_number', '=', 3)]", "[]", False):
            account.product_domain = allowed
        self.account.product_domain = "[('aliexpress_listing_ids.account_id.app_key', '!=', False)]"

    def test_secrets_are_not_exported(self):
        for path in SECRETS:
            with self.subTest(field=path):
                self.assertRefused(self.account.with_user(self.manager).export_data, [path])
        order = self.records.get("aliexpress.order").with_user(self.manager)
        for path in SECRETS:
            with self.subTest(field=f"account_id/{path}"):
                self.assertRefused(order.export_data, [f"account_id/{path}"])

    def test_no_other_stored_field_holds_a_secret(self):
        secrets = [
            value for value in self.account.read(SECRETS)[0].values() if isinstance(value, str) and len(value) > 6
        ]
        for model in self.stored_models:
            names = [
                name
                for name, field in model._fields.items()
                if field.store and field.type in ("char", "text", "html", "json")
            ]
            for row in model.sudo().search(Domain.TRUE).read([name for name in names if name not in SECRETS]):
                with self.subTest(model=model._name):
                    self.assertFalse([secret for secret in secrets if secret in str(row)])


class TestExtendedModels(ShippingCase):
    """What the addon adds to the records of others is in nobody's way."""

    def make_records(self):
        """`{model: a record}` of a delivery that left, with all that belongs to it."""
        _placed, order = self.import_order()
        delivery = self.get_delivery(order)
        packages = self.pack(delivery, [{delivery.move_ids.product_id: 2}])
        self.ship(delivery, CORREOS.format(1))
        self.push()
        product = delivery.move_ids.product_id
        sale_order = order.sale_order_id
        records = [delivery, packages, sale_order, sale_order.order_line[:1], order.partner_id, self.correos]
        records += [product, product.product_tmpl_id, product.categ_id, self.env.user]
        self.assertTrue(delivery.aliexpress_shipment_ids)
        return {record._name: record for record in records}

    def test_everybody_who_may_read_a_record_reads_all_that_the_addon_added(self):
        """What a read without a list of fields asks for; Odoo itself refuses some of its own fields there."""
        records = self.make_records()
        extended = {
            name
            for name, model in self.env.items()
            if not (name.startswith("aliexpress.") or model._abstract)
            and any(field.startswith("aliexpress_") for field in model._fields)
        }
        self.assertEqual(extended, set(records))
        groups = (
            "base.group_user",
            "stock.group_stock_user",
            "stock.group_stock_manager",
            "sales_team.group_sale_manager",
        )
        groups += ("account.group_account_invoice", "product.group_product_manager", "sales_team.group_sale_salesman")
        for number, group in enumerate(groups):
            user = new_test_user(self.env, f"ae_reader_{number}", group)
            for name, record in records.items():
                theirs = record.with_user(user)
                names = [field for field in theirs.fields_get() if field.startswith("aliexpress_")]
                # No name at all means each field.
                if not names or not theirs.has_access("read"):
                    continue
                with self.subTest(group=group, model=name):
                    self.env.invalidate_all()
                    theirs.read(names)

    def test_the_warehouse_reads_whole_deliveries(self):
        delivery = self.make_records()["stock.picking"]
        packer = new_test_user(self.env, "ae_whole", "stock.group_stock_user")
        [row] = self.env["stock.picking"].with_user(packer).search_read([("id", "=", delivery.id)])
        self.assertEqual(row["aliexpress_shipping_state"], "sent")
        self.assertNotIn("aliexpress_shipment_ids", row)
        self.assertTrue(delivery.with_user(packer).read())
