from dataclasses import replace

from odoo import api, fields, models
from odoo.fields import Command, Domain

from ..lib.errors import UNREADABLE, FixError


class AliexpressCategory(models.Model):
    """A category of AliExpress' own tree; shared by all shops. `account_ids` are the shops that may use it."""

    _name = "aliexpress.category"
    _description = "AliExpress Category"
    _inherit = ["aliexpress.metadata.mixin"]
    _parent_store = True
    _order = "name, id"
    _rec_names_search = ["name", "parent_id.name", "ref"]

    name = fields.Char(translate=True)
    display_name = fields.Char(recursive=True)
    parent_id = fields.Many2one(
        "aliexpress.category", readonly=True, index=True, ondelete="restrict", help="The category above."
    )
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many(
        "aliexpress.category", "parent_id", string="Categories Below", help="The categories below."
    )
    is_leaf = fields.Boolean(
        string="For Products", readonly=True, help="Products go into categories without categories below only."
    )
    account_ids = fields.Many2many(
        "aliexpress.account", string="Shops", readonly=True, help="The shops that may use this category."
    )
    attribute_ids = fields.One2many(
        "aliexpress.attribute",
        "category_id",
        string="Attributes",
        help="What AliExpress wants to know about products of this category.",
    )
    attribute_date = fields.Datetime(
        string="Attributes Read On",
        readonly=True,
        copy=False,
        help="When the attributes were last read from AliExpress.",
    )
    product_count = fields.Integer(
        string="Products", compute="_compute_product_count", help="How many of your products are in this category."
    )

    _ref_uniq = models.UniqueIndex("(ref)", "This AliExpress category is already there.")

    @api.depends("name", "parent_id.display_name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for category in self:
            category.display_name = " / ".join(filter(None, [category.parent_id.display_name, category.name]))

    def _compute_product_count(self):
        counts = self._get_product_counts()
        for category in self:
            category.product_count = counts.get(category, 0)

    # === USE === #

    def _get_product_counts(self):
        """`{category: number of products}` of these categories, without those that have none."""
        groups = self.env["product.template"]._read_group(
            [("aliexpress_category_id", "in", self.ids)], ["aliexpress_category_id"], ["__count"]
        )
        return dict(groups)

    @api.model
    def _get_used(self):
        """The leaf categories that products have, or get by their product category."""
        domain = Domain("aliexpress_category_id", "!=", False)
        used = self.browse()
        for model in ("product.template", "product.category"):
            for [category] in self.env[model]._read_group(domain, ["aliexpress_category_id"]):
                used |= category
        return used.filtered(lambda category: category.is_leaf and category.active)

    def action_open_products(self):
        """Open the products of the category."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Products"),
            "res_model": "product.template",
            "view_mode": "kanban,list,form",
            "domain": [("aliexpress_category_id", "=", self.id)],
        }

    # === REFRESH === #

    @api.model
    def _store_children(self, account, parent, categories):
        """Store what `account` may use below `parent` (empty: at the top) as AliExpress tells it (`Category` values).

        :return: the children that have children themselves, and all categories that this shop may no longer use
        """
        items, names = {}, {}
        above = set(self.with_context(active_test=False).search([("id", "parent_of", parent.ids)]).mapped("ref"))
        # Nothing lies below itself, whatever an answer says.
        categories = [category for category in categories if category.ref not in above]
        for category in categories:
            key = (category.ref,)
            items[key] = {"name": category.name, "is_leaf": category.is_leaf, "parent_id": parent.id or False}
            # English is the name itself.
            names[key] = category.names
        refs = [category.ref for category in categories]
        children, _none = self._store([("ref", "in", refs)], items, names)
        children.filtered(lambda child: account not in child.account_ids).account_ids = [Command.link(account.id)]
        before = self.search([("parent_id", "=", parent.id or False), ("account_ids", "in", account.ids)])
        lost = self.search([("id", "child_of", (before - children).ids), ("account_ids", "in", account.ids)])
        lost.account_ids = [Command.unlink(account.id)]
        lost.filtered(lambda category: not category.account_ids).active = False
        return children.filtered(lambda child: not child.is_leaf), lost

    def _is_reading_due(self):
        """Whether attributes are missing that products of the category need: it was never read, or a value that opens
        more is new.
        """
        self.ensure_one()
        if not self.is_leaf or not self.active:
            return False
        if not self.attribute_date:
            return True
        return not all(self._get_chosen_values().mapped("opening_date"))

    def _read_attributes(self, client, language="en"):
        """Read the attributes of this category from AliExpress: one call, and one for each chosen value that opens
        more.

        :return: the attributes that became mandatory by this
        """
        self.ensure_one()
        Attribute = self.env["aliexpress.attribute"]
        was_read = bool(self.attribute_date)
        # A person and a job may read the same category at the same time: the second one waits here, and starts anew.
        self.attribute_date = fields.Datetime.now()
        self.flush_recordset(["attribute_date"])
        before = Attribute.search([("category_id", "=", self.id), ("is_required", "=", True)])
        attributes = _ask_attributes(client, self.ref, language)
        if not attributes and self.attribute_ids:
            # A category does not lose all of them; without any, every product of it would be sent bare.
            raise FixError(UNREADABLE, f"no attributes of category {self.ref}, which had {len(self.attribute_ids)}")
        Attribute._store_of_category(self, attributes)
        for value in self._get_chosen_values():
            attributes = _ask_attributes(client, self.ref, language, value._get_path())
            Attribute._store_opened_by(value, attributes)
        after = Attribute.search([("category_id", "=", self.id), ("is_required", "=", True)])
        return after - before if was_read else Attribute

    def _get_used_values(self):
        """`{shop: values}` that the products of this category which a shop lists, or its mappings, say."""
        listed = Domain("product_tmpl_id.aliexpress_category_id", "=", self.id)
        groups = self.env["aliexpress.listing"]._read_group(listed, ["account_id"], ["product_tmpl_id:recordset"])
        return {account: self._get_values_of(account, products) for account, products in groups}

    def _get_values_of(self, account, products):
        domain = Domain("attribute_id.category_id", "=", self.id)
        mappings = self.env["aliexpress.attribute.mapping"].search(
            domain & Domain("account_id", "in", (False, account.id))
        )
        lines = products.aliexpress_attribute_line_ids.filtered_domain(domain)
        values = lines.value_ids | mappings.value_ids | mappings.line_ids.value_id
        return values.filtered(lambda value: value.active and value.attribute_id.active)

    def _get_chosen_values(self):
        """The values that products of this category have chosen, and that open further attributes."""
        domain = Domain("attribute_id.category_id", "=", self.id) & Domain("value_ids.has_children", "=", True)
        return self.env["aliexpress.product.attribute.line"].search(domain).value_ids.filtered("has_children")

    def action_read_attributes(self):
        """Read the attributes of the selected categories in the background."""
        return self.env["aliexpress.shop.data"]._request_attributes(self)


def _ask_attributes(client, ref, language, path=()):
    """The `Attribute`s of a category in English, by whose names AliExpress knows them, and in `language`: some answers
    hold the names in every language, some only in the one that was asked for.
    """
    attributes = client.get_attributes(ref, "en", path)
    if language == "en" or not attributes or any(language in attribute.names for attribute in attributes):
        return attributes
    translated = {attribute.ref: attribute for attribute in client.get_attributes(ref, language, path)}
    return tuple(_add_names(attribute, translated.get(attribute.ref, attribute)) for attribute in attributes)


def _add_names(attribute, translated):
    """`attribute` with the names that `translated`, the same one, has besides, and so its values."""
    names = {value.ref: value.names for value in translated.values}
    values = tuple(replace(value, names=names.get(value.ref, {}) | value.names) for value in attribute.values)
    return replace(attribute, names=translated.names | attribute.names, values=values)
