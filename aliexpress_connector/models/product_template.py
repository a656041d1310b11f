from odoo import Command, api, fields, models
from odoo.exceptions import ValidationError

from ..lib.catalogue_rules import UNITS
from .error_messages import told_at_once

SIZE_FIELDS = (
    "aliexpress_package_length",
    "aliexpress_package_width",
    "aliexpress_package_height",
    "aliexpress_lead_time",
    "aliexpress_lot_size",
)

# Who may read the records that say more about a product: everybody else reads a product without them.
CONTENT_READERS = "sales_team.group_sale_salesman,product.group_product_manager"


class ProductTemplate(models.Model):
    """What AliExpress asks about a product and Odoo has no field for. Empty fields take the default of the shop."""

    _inherit = "product.template"

    aliexpress_category_id = fields.Many2one(
        "aliexpress.category",
        string="AliExpress Category",
        compute="_compute_aliexpress_category_id",
        store=True,
        readonly=False,
        index="btree_not_null",
        domain=[("is_leaf", "=", True)],
        tracking=True,
        help="Where buyers find the product. Proposed by the product category, where that has one.",
        groups="base.group_user",
    )
    aliexpress_sku_code = fields.Char(
        string="AliExpress SKU Code",
        compute="_compute_aliexpress_sku_code",
        inverse="_inverse_aliexpress_sku_code",
        help="Code of the product on AliExpress, where it is not the reference. Variants have one each.",
        groups="base.group_user",
    )
    aliexpress_title = fields.Char(
        string="AliExpress Title",
        translate=True,
        help="At most 128 characters, no word twice. Empty: the title rule of the shop, or the product's name.",
        groups="base.group_user",
    )
    aliexpress_description = fields.Html(
        string="AliExpress Description",
        translate=True,
        sanitize_overridable=True,
        help=(
            "Bold, paragraphs, lists and lines reach AliExpress; any other formatting is left out. Empty: the "
            "sales description."
        ),
        groups="base.group_user",
    )
    aliexpress_mobile_description = fields.Text(
        string="AliExpress Description for Telephones",
        translate=True,
        help="Empty: the text of the description.",
        groups="base.group_user",
    )
    aliexpress_attribute_line_ids = fields.One2many(
        "aliexpress.product.attribute.line",
        "product_tmpl_id",
        string="AliExpress Attributes",
        groups=CONTENT_READERS,
    )
    aliexpress_required_line_ids = fields.One2many(
        "aliexpress.product.attribute.line",
        "product_tmpl_id",
        string="Mandatory Attributes",
        domain=[("requirement", "=", "3_required")],
        groups=CONTENT_READERS,
        help="AliExpress takes no product of this category without them.",
    )
    aliexpress_recommended_line_ids = fields.One2many(
        "aliexpress.product.attribute.line",
        "product_tmpl_id",
        string="Recommended Attributes",
        domain=[("requirement", "=", "2_recommended")],
        groups=CONTENT_READERS,
        help="Products with them are found more often.",
    )
    aliexpress_other_line_ids = fields.One2many(
        "aliexpress.product.attribute.line",
        "product_tmpl_id",
        string="Other Attributes",
        domain=[("requirement", "=", "1_other")],
        groups=CONTENT_READERS,
        help="What else AliExpress lets you say about products of this category.",
    )
    aliexpress_image_ids = fields.One2many(
        "aliexpress.product.image",
        "product_tmpl_id",
        string="AliExpress Pictures",
        groups=CONTENT_READERS,
        help="Pictures for AliExpress only, beside those of the product.",
    )
    aliexpress_brand = fields.Char(
        string="AliExpress Brand",
        help="Name of a brand that AliExpress has approved for the shop.",
        groups="base.group_user",
    )
    aliexpress_unit_code = fields.Selection(
        list(UNITS.items()), string="Sold per", help="Empty: as the shop says.", groups="base.group_user"
    )
    aliexpress_lot_size = fields.Integer(
        string="Pieces per Lot",
        help="Pieces that are sold together. Zero or one: each piece is sold for itself.",
        groups="base.group_user",
    )
    aliexpress_package_weight = fields.Float(
        string="Package Weight",
        digits="Stock Weight",
        help="With packaging. Zero: the weight of the heaviest variant.",
        groups="base.group_user",
    )
    aliexpress_package_length = fields.Integer(
        string="Package Length",
        help="Centimetres, packed for one buyer. Zero: as the shop says.",
        groups="base.group_user",
    )
    aliexpress_package_width = fields.Integer(
        string="Package Width", help="Centimetres. Zero: as the shop says.", groups="base.group_user"
    )
    aliexpress_package_height = fields.Integer(
        string="Package Height", help="Centimetres. Zero: as the shop says.", groups="base.group_user"
    )
    aliexpress_lead_time = fields.Integer(
        string="Preparation Days",
        help="Days until the parcel leaves. Zero: as the shop says.",
        groups="base.group_user",
    )
    aliexpress_listing_ids = fields.One2many(
        "aliexpress.listing", "product_tmpl_id", string="AliExpress Listings", groups="sales_team.group_sale_salesman"
    )
    aliexpress_listing_count = fields.Integer(
        string="Number of AliExpress Listings",
        compute="_compute_aliexpress_listing_count",
        groups="sales_team.group_sale_salesman",
        help="In how many AliExpress shops the product is listed.",
    )

    # === COMPUTE METHODS === #

    @api.depends("product_variant_ids.aliexpress_sku_code")
    def _compute_aliexpress_sku_code(self):
        self._compute_template_field_from_variant_field("aliexpress_sku_code")

    def _inverse_aliexpress_sku_code(self):
        self._set_product_variant_field("aliexpress_sku_code")

    def _get_related_fields_variant_template(self):
        """Override of `product` to keep the code of a product that is just created."""
        return [*super()._get_related_fields_variant_template(), "aliexpress_sku_code"]

    @api.depends("categ_id.aliexpress_category_id")
    def _compute_aliexpress_category_id(self):
        for template in self:
            template.aliexpress_category_id = (
                template.aliexpress_category_id or template.categ_id.aliexpress_category_id
            )

    @api.depends("aliexpress_listing_ids")
    def _compute_aliexpress_listing_count(self):
        for template in self:
            template.aliexpress_listing_count = len(template.aliexpress_listing_ids)

    # === CRUD METHODS === #

    def copy(self, default=None):
        """Override to copy the AliExpress page as well, whoever copies the product."""
        copies = super().copy(default)
        for template, copied in zip(self, copies, strict=True):
            # Warehouse and purchase users copy products too, without any right on AliExpress' records.
            source = template.sudo()
            source.aliexpress_attribute_line_ids.copy({"product_tmpl_id": copied.id})
            source.aliexpress_image_ids.copy({"product_tmpl_id": copied.id})
        return copies

    # === ATTRIBUTES === #

    def _get_aliexpress_asked_attributes(self, chosen):
        """The attributes of the product's category that AliExpress asks for when the values `chosen` are."""
        return self.aliexpress_category_id.attribute_ids.filtered(
            lambda attribute: (
                not attribute.is_sku and (not attribute.parent_value_ids or attribute.parent_value_ids & chosen._origin)
            )
        )

    def _sync_aliexpress_attribute_lines(self):
        """Give the products a line for each attribute that their category asks for.

        After a change of category, what was said about an attribute goes over to the same one of the new category, as
        far as that has the values; lines of attributes that it does not have go.
        """
        values = []
        for template in self:
            lines = template.aliexpress_attribute_line_ids.filtered("attribute_id")
            stale = lines.filtered(lambda line: line.attribute_id.category_id != line.category_id)
            said = {line.attribute_id.ref: line for line in stale}
            asked = template._get_aliexpress_asked_attributes(lines.value_ids)
            for attribute in asked - (lines - stale).attribute_id:
                values.append(template._prepare_aliexpress_line(attribute, said.get(attribute.ref)))
            stale.unlink()
        self.env["aliexpress.product.attribute.line"].create(values)

    def _prepare_aliexpress_line(self, attribute, said=None):
        """Values of the line of an attribute, taken over from `said`, a line of another category."""
        unit = next(iter(attribute._get_units()), False)
        values = {"product_tmpl_id": self.id, "attribute_id": attribute.id, "unit": unit}
        if said:
            refs = set(said.value_ids.mapped("ref"))
            same = attribute.value_ids.filtered(lambda value: value.ref in refs)
            values |= {"value_ids": [Command.set(same.ids)], "text": said.text, "unit": said.unit or unit}
        return values

    @api.constrains(*SIZE_FIELDS)
    def _check_aliexpress_sizes(self):
        for template in self:
            if any(template[name] < 0 for name in SIZE_FIELDS):
                raise ValidationError(
                    self.env._(
                        "The package, preparation days and lot of %(product)s on AliExpress cannot be negative.",
                        product=template.display_name,
                    )
                )

    # === ACTION METHODS === #

    def action_aliexpress_list(self):
        """Choose the shops in which the products are listed."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("List on AliExpress"),
            "res_model": "aliexpress.product.list",
            "view_mode": "form",
            "target": "new",
            "context": {"default_product_tmpl_ids": [Command.set(self.ids)]},
        }

    def action_aliexpress_listings(self):
        """Open the listings of the product."""
        action = self.env["ir.actions.act_window"]._for_xml_id("aliexpress_connector.aliexpress_listing_action")
        return action | {"domain": [("product_tmpl_id", "in", self.ids)], "context": {}}

    def action_aliexpress_add_attributes(self):
        """Open the attributes of the products, to fill in those of several products at once."""
        self.action_aliexpress_show_attributes()
        name = "aliexpress_connector.aliexpress_product_attribute_line_action"
        action = self.env["ir.actions.act_window"]._for_xml_id(name)
        return action | {"domain": [("product_tmpl_id", "in", self.ids)]}

    def action_aliexpress_show_attributes(self):
        """Have a line for each attribute that AliExpress asks about the product, reading them from AliExpress where
        needed.
        """
        self.check_access("write")
        self._read_aliexpress_attributes()
        self._sync_aliexpress_attribute_lines()

    def _read_aliexpress_attributes(self):
        """Read the attributes of the products' categories that were never read. Raises UserError with the reason when
        that fails.
        """
        # Categories are AliExpress' own data, which people may only read.
        categories = self.aliexpress_category_id.sudo().filtered(lambda category: category._is_reading_due())
        if not categories:
            return
        account = self.env["aliexpress.category.suggest"]._get_account()
        with told_at_once(self.env):
            for category in categories:
                category._read_attributes(account._get_client(), next(iter(account._get_languages())))
