from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from ..lib.catalogue_rules import LANGUAGES
from ..models.error_messages import told_at_once

# Each product costs a call while a person waits.
MAX_PRODUCTS = 40


class AliexpressCategorySuggest(models.TransientModel):
    """Categories that AliExpress suggests for products, from their titles, to be chosen from."""

    _name = "aliexpress.category.suggest"
    _description = "Suggest AliExpress Categories"

    account_id = fields.Many2one("aliexpress.account", string="Shop", required=True, readonly=True)
    line_ids = fields.One2many("aliexpress.category.suggest.line", "wizard_id", string="Products")

    @api.model
    def _open_for(self, products):
        """Ask AliExpress about `products` and return the action that shows the answers. Raises UserError with the
        reason.
        """
        self.check_access("create")
        account = self._get_account()
        if len(products) > MAX_PRODUCTS:
            raise UserError(
                self.env._("Select at most %(count)s products: AliExpress is asked about each.", count=MAX_PRODUCTS)
            )
        with told_at_once(self.env):
            # Whoever may see the shop may ask about a title; what the first call finds out is kept on the shop.
            client = account.sudo()._get_client()
            lines = [Command.create(self._prepare_line_values(client, account, product)) for product in products]
        wizard = self.create({"account_id": account.id, "line_ids": lines})
        return wizard._get_records_action(name=self.env._("Suggested Categories"), target="new", context={})

    @api.model
    def _get_account(self):
        domain = Domain("state", "=", "connected") & Domain("company_id", "in", self.env.companies.ids)
        accounts = self.env["aliexpress.account"].search(domain)
        account = accounts.filtered(lambda account: account._has_catalogue())[:1]
        if not account:
            raise UserError(self.env._("No connected AliExpress shop can be asked. Connect a shop first."))
        return account

    @api.model
    def _prepare_line_values(self, client, account, product):
        language = (self.env.lang or "en").partition("_")[0]
        language = language if language in LANGUAGES else "en"
        title = product.aliexpress_title or product.name
        refs = [suggestion.ref for suggestion in client.suggest_categories(title, language)]
        categories = self.env["aliexpress.category"].search(
            [("ref", "in", refs), ("is_leaf", "=", True), ("account_ids", "in", account.ids)]
        )
        # AliExpress puts the best one first.
        categories = categories.sorted(lambda category: refs.index(category.ref))
        return {
            "product_tmpl_id": product.id,
            "suggested_ids": [Command.set(categories.ids)],
            "category_id": product.aliexpress_category_id.id or categories[:1].id,
        }

    def action_apply(self):
        """Give the products the chosen categories."""
        self.account_id.check_access("read")
        for category, lines in self.line_ids.filtered("category_id").grouped("category_id").items():
            lines.product_tmpl_id.write({"aliexpress_category_id": category.id})
        # What the categories ask for is read at once.
        self.env["aliexpress.shop.data"]._trigger_job()


class AliexpressCategorySuggestLine(models.TransientModel):
    _name = "aliexpress.category.suggest.line"
    _description = "AliExpress Category Suggestion"

    wizard_id = fields.Many2one("aliexpress.category.suggest", required=True, ondelete="cascade")
    product_tmpl_id = fields.Many2one("product.template", string="Product", required=True, readonly=True)
    suggested_ids = fields.Many2many(
        "aliexpress.category", readonly=True, help="What AliExpress makes of the title, the likeliest first."
    )
    category_id = fields.Many2one(
        "aliexpress.category",
        domain="[('is_leaf', '=', True), ('account_ids', '!=', False)]",
        help="The AliExpress category that the product gets.",
    )
