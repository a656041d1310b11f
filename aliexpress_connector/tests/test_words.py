import re

from lxml import etree

from odoo.tests import TransactionCase, tagged

ADDON = "aliexpress_connector"
# Their label says it all, or they are technical: nobody needs a sentence about them.
PLAIN = {
    "account_id", "active", "attribute_id", "category_id", "company_id", "currency_id", "line_ids", "name", "order_id",
    "order_ref", "partner_id", "product_id", "product_tmpl_id", "sequence", "state", "display_name",
    "listing_ids", "tolerance_currency_id",
}  # fmt: skip


@tagged("post_install", "-at_install")
class TestWords(TransactionCase):
    """What somebody reads who sees the screens for the first time."""

    def get_own(self, model):
        """The records of `model` that the addon brings."""
        return self.env[model].browse(
            self.env["ir.model.data"].search([("module", "=", ADDON), ("model", "=", model)]).mapped("res_id")
        )

    def test_every_field_on_a_screen_is_explained(self):
        views = self.get_own("ir.ui.view")
        shown = {name for view in views for name in re.findall(r'<field [^>]*?name="(\w+)"', view.arch_db)}
        unexplained = [
            f"{model_name}.{name}"
            for model_name, model in self.env.items()
            if not model.is_transient()
            and (model_name.startswith("aliexpress.") or ADDON in model._inherit_module.values())
            for name, field in model._fields.items()
            if ADDON in field._modules and name in shown - PLAIN and not field.help
        ]
        self.assertFalse(unexplained)

    def test_what_people_enter_in_windows_is_explained(self):
        views = self.get_own("ir.ui.view")
        unexplained = [
            f"{view.model}.{node.get('name')}"
            for view in views.filtered(lambda view: view.model in self.env and self.env[view.model].is_transient())
            for node, field in self.find_entered(self.env[view.model], etree.fromstring(view.arch_db))
            if not field.help
        ]
        self.assertFalse(unexplained)

    def find_entered(self, model, tree):
        """`(node, field)` of what a view lets people enter, in its lists as well; a tick says all in its label."""
        for node in tree.iterchildren(etree.Element):
            field = model._fields.get(node.get("name")) if node.tag == "field" else None
            if field is None or field.readonly:
                yield from self.find_entered(model, node) if node.tag != "field" else ()
            elif field.type == "one2many":
                yield from self.find_entered(self.env[field.comodel_name], node)
            elif field.type != "boolean" and not (field.compute or field.related or node.get("column_invisible")):
                yield node, field

    def test_numbers_are_never_empty(self):
        wrong = [
            f"{model_name}.{name}"
            for model_name, model in self.env.items()
            if model_name.startswith("aliexpress.")
            for name, field in model._fields.items()
            if field.type in ("integer", "float", "monetary") and "Empty" in (field.help or "")
        ]
        self.assertFalse(wrong)

    def test_every_list_says_what_will_appear_in_it(self):
        actions = self.get_own("ir.actions.act_window").filtered(
            lambda action: action.target != "new" and action.view_mode != "form"
        )
        self.assertTrue(actions)
        self.assertFalse(actions.filtered(lambda action: not action.help).mapped("name"))

    def test_every_screen_has_an_address_of_its_own(self):
        actions = [menu.action for menu in self.get_own("ir.ui.menu") if menu.action]
        lost = [action.name for action in actions if action.target != "new" and not action.path]
        self.assertFalse(lost)
