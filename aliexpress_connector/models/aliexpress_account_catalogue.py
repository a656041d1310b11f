from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..lib.catalogue_rules import FORBIDDEN_FREIGHT_TEMPLATE, LANGUAGES, UNIT_PIECE, UNITS
from .composed_text import check_filter, find_wrong_paths

STOCK_DEDUCTIONS = [("order", "When the buyer orders"), ("payment", "When the buyer has paid")]
# What the content of every listing of the shop depends on.
CONTENT_FIELDS = {
    "lang_id",
    "lang_ids",
    "title_template",
    "unit_code",
    "package_length",
    "package_width",
    "package_height",
    "lead_time",
    "stock_deduction",
    "freight_template_id",
    "service_template_id",
    "product_group_id",
    "image_source",
    "is_content_frozen",
    "product_categ_ids",
    "product_domain",
    "excluded_product_ids",
}


class AliexpressAccount(models.Model):
    """What the listings of a shop have in common, and which products the shop offers."""

    _inherit = "aliexpress.account"

    lang_id = fields.Many2one(
        "res.lang",
        string="Main Language",
        default=lambda self: self._default_lang_id(),
        domain=[("active", "=", True)],
        help=(
            "Language in which products are published. AliExpress never lets the main language of a product "
            "change afterwards."
        ),
    )
    lang_ids = fields.Many2many(
        "res.lang",
        string="Further Languages",
        domain=[("active", "=", True)],
        help=(
            "Titles and descriptions translated into these languages are sent as well; AliExpress translates "
            "the others itself."
        ),
    )
    title_template = fields.Char(
        string="Title Rule",
        help="Composes the titles of products that have none of their own, from fields of the product in braces: "
        "{aliexpress_brand} {name} {categ_id.name}. Empty: the product's name.",
    )
    unit_code = fields.Selection(
        list(UNITS.items()),
        string="Sold per",
        default=UNIT_PIECE,
        required=True,
        help="What one unit of your products is called on AliExpress.",
    )
    package_length = fields.Integer(default=20, help="Centimetres, for products without a package of their own.")
    package_width = fields.Integer(default=15, help="Centimetres, for products without a package of their own.")
    package_height = fields.Integer(default=10, help="Centimetres, for products without a package of their own.")
    lead_time = fields.Integer(string="Preparation Days", default=3, help="Days until a parcel leaves.")
    stock_deduction = fields.Selection(
        STOCK_DEDUCTIONS,
        default="order",
        required=True,
        help="When AliExpress takes the units of an order out of the quantity it offers.",
    )
    freight_template_id = fields.Many2one(
        "aliexpress.freight.template",
        domain="[('account_id', '=', id)]",
        check_company=True,
        help="What delivery costs the buyer. Empty: the default of the shop.",
    )
    service_template_id = fields.Many2one(
        "aliexpress.service.template",
        domain="[('account_id', '=', id)]",
        check_company=True,
        help="What the shop promises about returns. Empty: AliExpress' default.",
    )
    product_group_id = fields.Many2one(
        "aliexpress.product.group",
        domain="[('account_id', '=', id), ('is_leaf', '=', True)]",
        check_company=True,
        help="The group of the seller centre that new products of this shop belong to.",
    )
    image_source = fields.Selection(
        [("bank", "Upload to AliExpress' image bank"), ("url", "AliExpress fetches them from this Odoo")],
        string="Pictures",
        default="bank",
        required=True,
        help="AliExpress can only fetch pictures from an Odoo that the whole internet reaches.",
    )
    is_content_frozen = fields.Boolean(
        string="Freeze Texts and Pictures",
        help=(
            "Titles, descriptions and pictures of listings that exist stay as they are on AliExpress. Prices "
            "and stock go on."
        ),
    )
    feed_minimum = fields.Integer(
        string="Feed From",
        default=50,
        help=(
            "From so many new products at once they are handed to AliExpress in one feed instead of one by one. "
            "Zero: never."
        ),
    )
    product_categ_ids = fields.Many2many(
        "product.category",
        string="Offered Product Categories",
        help="Only products of these categories and those below. Empty: of all.",
    )
    product_domain = fields.Char(string="Offered Products", help="Only products that match. Empty: all.")
    excluded_product_ids = fields.Many2many(
        "product.template", string="Excluded Products", check_company=True, help="Never offered in this shop."
    )
    is_listing_automatic = fields.Boolean(
        string="List New Products",
        help=(
            "Products with an AliExpress category that this shop offers are listed without asking. Off: a "
            "person lists them."
        ),
    )
    publishing_error = fields.Text(
        string="Publishing Stopped",
        copy=False,
        readonly=True,
        help="Why new products of the shop are not listed.",
    )
    listing_ids = fields.One2many("aliexpress.listing", "account_id")
    listing_count = fields.Integer(compute="_compute_listing_count", help="How many products this shop lists.")

    @api.model
    def _default_lang_id(self):
        code = self.env.company.partner_id.lang or self.env.lang or "en_US"
        return self.env["res.lang"]._lang_get(code)

    @api.depends("listing_ids")
    def _compute_listing_count(self):
        counts = dict(
            self.env["aliexpress.listing"]._read_group([("account_id", "in", self.ids)], ["account_id"], ["__count"])
        )
        for account in self:
            account.listing_count = counts.get(account, 0)

    @api.constrains("title_template")
    def _check_title_template(self):
        for account in self:
            wrong = find_wrong_paths(self.env["product.template"], account.title_template)
            if wrong:
                raise ValidationError(
                    self.env._(
                        "The title rule of %(name)s names fields that products do not have: %(paths)s. Use names such "
                        "as {name} or {categ_id.name}.",
                        name=account.name,
                        paths=", ".join(wrong),
                    )
                )

    @api.constrains("product_domain")
    def _check_product_domain(self):
        # As the person who writes it, whoever's rights the present call has.
        products = self.env["product.template"].with_user(self.env.user)
        for account in self:
            check_filter(products, account._get_product_filter(products))

    @api.constrains("package_length", "package_width", "package_height", "lead_time", "feed_minimum")
    def _check_sizes(self):
        for account in self:
            if (
                min(
                    account.package_length,
                    account.package_width,
                    account.package_height,
                    account.lead_time,
                    account.feed_minimum,
                )
                < 0
            ):
                raise ValidationError(
                    self.env._("Package, days and feed size of %(name)s cannot be negative.", name=account.name)
                )

    def write(self, vals):
        """Override to compare all listings of a shop anew when what they have in common changes. With another switch,
        what stopped the last run tells nothing about the next.
        """
        if not {"sync_listings", "is_listing_automatic"}.isdisjoint(vals):
            vals = {"publishing_error": False} | vals
        result = super().write(vals)
        if CONTENT_FIELDS & vals.keys():
            # Whoever may change the shop has its listings looked at.
            self.sudo().listing_ids.compared_at = False
        return result

    # === BUSINESS METHODS === #

    def _get_product_domain(self):
        """Domain of the product templates that the shop offers."""
        self.ensure_one()
        domain = Domain("company_id", "in", (False, self.company_id.id)) & Domain("sale_ok", "=", True)
        if self.product_categ_ids:
            domain &= Domain("categ_id", "child_of", self.product_categ_ids.ids)
        if self.excluded_product_ids:
            domain &= Domain("id", "not in", self.excluded_product_ids.ids)
        if self.product_domain:
            domain &= self.with_env(self._get_message_env())._get_product_filter(self.env["product.template"])
        return domain

    def _get_product_filter(self, products):
        """`product_domain` as a Domain over `products` (an empty recordset). Raises ValidationError when it cannot be
        used: a field that it asks about may have gone with its module.
        """
        try:
            domain = Domain(literal_eval(self.product_domain or "[]"))
            domain.validate(products)
        except (ValueError, SyntaxError, TypeError) as error:
            raise ValidationError(
                self.env._(
                    "The filter of the offered products of %(name)s cannot be used. Choose it again.", name=self.name
                )
            ) from error
        return domain

    def _get_languages(self):
        """The languages of the shop's texts, main language first: {ISO 639-1 code: Odoo language code}."""
        self.ensure_one()
        languages = {}
        for lang in self.lang_id | self.lang_ids:
            code = lang.code.partition("_")[0]
            if code in LANGUAGES:
                languages.setdefault(code, lang.code)
        return languages or {"en": "en_US"}

    def _get_default_freight_template(self):
        """The freight template of listings that choose none; may be empty when the shop has none that AliExpress
        allows.
        """
        self.ensure_one()
        templates = self.env["aliexpress.freight.template"].search([("account_id", "=", self.id)], order="id")
        allowed = templates.filtered(lambda template: template.ref != FORBIDDEN_FREIGHT_TEMPLATE)
        return self.freight_template_id or allowed.filtered("is_default")[:1] or allowed[:1]

    def action_view_listings(self):
        """Open the listings of the shop."""
        action = self.env["ir.actions.act_window"]._for_xml_id("aliexpress_connector.aliexpress_listing_action")
        return action | {"domain": [("account_id", "=", self.id)], "context": {"default_account_id": self.id}}
