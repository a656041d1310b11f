from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .aliexpress_account_catalogue import STOCK_DEDUCTIONS

REMOTE_STATES = [
    ("auditing", "In review"),
    ("online", "Online"),
    ("offline", "Off the shelf"),
    ("rejected", "Rejected"),
]
# What the listing itself says about its content; the rest is the product's and the shop's.
CONTENT_FIELDS = {
    "goal",
    "is_content_frozen",
    "lot_size",
    "stock_deduction",
    "freight_template_id",
    "service_template_id",
    "product_group_id",
    "size_chart_id",
}


class AliexpressListing(models.Model):
    """A product template offered in a shop.

    `goal` is what a person wants, `state` what the jobs are doing about it, `remote_state` what AliExpress last
    acknowledged. A listing with a `product_ref` exists on AliExpress, whatever its state. `pending` makes the
    publishing job take the listing up: it sends what differs from what was acknowledged, and nothing when nothing
    differs.
    """

    _name = "aliexpress.listing"
    _description = "AliExpress Listing"
    _inherit = ["aliexpress.job.mixin", "mail.thread", "mail.activity.mixin"]
    _flow = "sync_listings"
    _order = "id desc"

    product_tmpl_id = fields.Many2one(
        "product.template", string="Product", required=True, index=True, ondelete="restrict", check_company=True
    )
    name = fields.Char(related="product_tmpl_id.name")
    product_ref = fields.Char(
        string="AliExpress Product",
        copy=False,
        index="btree_not_null",
        help="The number of the product on AliExpress, empty until it is there.",
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("pending", "To send"),
            ("auditing", "In review"),
            ("online", "Online"),
            ("offline", "Off the shelf"),
            ("rejected", "Rejected"),
            ("error", "Error"),
        ],
        default="draft",
        required=True,
        copy=False,
        index=True,
        tracking=True,
    )
    remote_state = fields.Selection(
        REMOTE_STATES, string="On AliExpress", readonly=True, copy=False, help="As AliExpress last told it."
    )
    is_vanished = fields.Boolean(
        string="Gone from AliExpress", copy=False, readonly=True, help="AliExpress has not got the product any more."
    )
    goal = fields.Selection(
        [("online", "On the shelf"), ("offline", "Off the shelf"), ("deleted", "Deleted")],
        default="online",
        required=True,
        copy=False,
        tracking=True,
        help=(
            "What you want. A product that is archived, not sold or excluded in the shop comes off the shelf by itself."
        ),
    )
    result_ids = fields.One2many(
        "aliexpress.publish.result",
        "listing_id",
        string="History",
        copy=False,
        help="What was done with this product on AliExpress, and what came of it.",
    )
    sku_ids = fields.One2many(
        "aliexpress.listing.sku",
        "listing_id",
        string="SKUs",
        copy=False,
        help="One line for each variant on AliExpress.",
    )
    language = fields.Char(
        string="Main Language",
        readonly=True,
        copy=False,
        help="In which the product was published; AliExpress never lets it change.",
    )
    is_published_here = fields.Boolean(
        copy=False, readonly=True, help="Odoo created the product on AliExpress; otherwise it was linked."
    )
    intent_date = fields.Datetime(
        copy=False,
        readonly=True,
        help="Since when AliExpress is being asked to create this product, as long as its answer is not known.",
    )
    compared_at = fields.Datetime(copy=False, readonly=True, help="The product was compared with what AliExpress has.")
    content_digests = fields.Json(copy=False, readonly=True)  # of what AliExpress acknowledged, by section
    # What is being sent or was refused: {"digests": as above, "offers": {SKU code: [quantity, price, sale price]},
    # "wanted": on the shelf or off it, "blocked": our own check refused it, "denied": a method was not granted}.
    attempt = fields.Json(copy=False, readonly=True)
    next_act = fields.Selection(
        [
            ("create", "Create"),
            ("update", "Update"),
            ("online", "Put on the shelf"),
            ("offline", "Take off the shelf"),
            ("delete", "Delete"),
            ("read", "Read back"),
        ],
        string="Next Step",
        copy=False,
        readonly=True,
        index="btree_not_null",
        help="What the publishing job found to be done, after its checks.",
    )
    image_ids = fields.Many2many(
        "aliexpress.image",
        "aliexpress_listing_image_rel",
        "listing_id",
        "image_id",
        string="Pictures to Upload",
        copy=False,
        readonly=True,
    )
    feed_id = fields.Many2one(
        "aliexpress.feed",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The batch that the product was last sent with.",
    )
    sent_at = fields.Datetime(copy=False, readonly=True, help="When content was last accepted by AliExpress.")
    is_content_frozen = fields.Boolean(
        string="Freeze Texts and Pictures",
        help="Title, description and pictures stay as they are on AliExpress; prices and stock go on.",
    )
    lot_size = fields.Integer(compute="_compute_lot_size", store=True, readonly=False, help="Pieces sold together.")
    stock_deduction = fields.Selection(
        STOCK_DEDUCTIONS,
        compute="_compute_stock_deduction",
        store=True,
        readonly=False,
        help="When AliExpress takes the quantity off its stock.",
    )
    freight_template_id = fields.Many2one(
        "aliexpress.freight.template",
        domain="[('account_id', '=', account_id)]",
        check_company=True,
        help="Empty: as the shop says.",
    )
    service_template_id = fields.Many2one(
        "aliexpress.service.template",
        domain="[('account_id', '=', account_id)]",
        check_company=True,
        help="Empty: as the shop says.",
    )
    product_group_id = fields.Many2one(
        "aliexpress.product.group",
        domain="[('account_id', '=', account_id), ('is_leaf', '=', True)]",
        check_company=True,
        help="Empty: as the shop says.",
    )

    size_chart_id = fields.Many2one(
        "aliexpress.size.chart",
        domain="[('account_id', '=', account_id), ('category_id', '=', category_id)]",
        check_company=True,
        help="Empty: AliExpress' own chart of the category, where it has one; a linked listing keeps the one it has.",
    )
    category_id = fields.Many2one(related="product_tmpl_id.aliexpress_category_id", string="AliExpress Category")

    _product_uniq = models.UniqueIndex(
        "(account_id, product_ref) WHERE product_ref IS NOT NULL",
        "This AliExpress product is already linked in this shop.",
    )
    _template_uniq = models.UniqueIndex(
        "(account_id, product_tmpl_id)", "This product already has a listing in this shop."
    )

    # === COMPUTE METHODS === #

    @api.depends("account_id.stock_deduction")
    def _compute_stock_deduction(self):
        for listing in self:
            listing.stock_deduction = listing.account_id.stock_deduction

    @api.depends("product_tmpl_id.aliexpress_lot_size")
    def _compute_lot_size(self):
        for listing in self:
            listing.lot_size = max(1, listing.product_tmpl_id.aliexpress_lot_size)

    @api.depends("product_tmpl_id", "account_id")
    def _compute_display_name(self):
        for listing in self:
            listing.display_name = f"{listing.product_tmpl_id.display_name} ({listing.account_id.name})"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override to remember what Odoo says of products that AliExpress has already."""
        listings = super().create(vals_list)
        listings.filtered("product_ref")._remember_contents()
        return listings

    def write(self, vals):
        """Override to look at a listing anew when what is said on the listing itself changes.

        Whoever changes the goal, or marks the listing as pending, has its next step found out anew. What AliExpress
        has in any state has not vanished. Of another product it acknowledged no price and no stock.
        """
        if CONTENT_FIELDS & vals.keys():
            vals = {"compared_at": False} | vals
        if "goal" in vals or vals.get("state") == "pending":
            vals = {"next_act": False} | vals
        if vals.get("remote_state"):
            vals = {"is_vanished": False} | vals
        if "product_ref" in vals:
            moved = self.filtered(lambda listing: listing.product_ref and listing.product_ref != vals["product_ref"])
            moved.sku_ids._forget_offers()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_on_aliexpress(self):
        for listing in self:
            if listing.product_ref:
                raise UserError(
                    self.env._(
                        "%(name)s is on AliExpress. Press Delete… on the listing first.",
                        name=listing.display_name,
                    )
                )
            if listing.intent_date:
                raise UserError(
                    self.env._(
                        "It is not known yet whether AliExpress has %(name)s. Press Send: it is looked for there "
                        "first. Then delete it.",
                        name=listing.display_name,
                    )
                )

    # === ACTION METHODS === #

    def action_send(self):
        """Have the publishing job take the listings up at once."""
        self.action_retry()

    def action_preview(self):
        """Show what will be sent, and what differs from AliExpress."""
        self.ensure_one()
        return self.env["aliexpress.listing.preview"]._open_for(self)

    def action_ask_delete(self):
        """Ask whether the listings shall be deleted on AliExpress for good."""
        self.check_access("write")
        wizard = self.env["aliexpress.listing.delete"].create({"listing_ids": self.filtered("product_ref").ids})
        return wizard._get_records_action(name=self.env._("Delete on AliExpress"), target="new", context={})

    def _trigger_job(self):
        self.env["ir.cron"]._aliexpress_wake("ir_cron_publish_listings")

    # === BUSINESS METHODS === #

    @api.model
    def _get_living_domain(self):
        """Domain of the listings that exist on AliExpress and whose offers are worth sending."""
        return Domain("product_ref", "!=", False) & Domain("goal", "!=", "deleted")

    def _get_languages(self):
        """{ISO 639-1 code: Odoo language code}, main language first: the one the listing was created with, or the
        shop's.
        """
        self.ensure_one()
        languages = self.account_id._get_languages()
        if not self.language or self.language in languages:
            return {code: languages[code] for code in sorted(languages, key=lambda code: code != self.language)}
        installed = {code.partition("_")[0]: code for code, _name in self.env["res.lang"].get_installed()}
        return {self.language: installed.get(self.language, "en_US")} | languages

    def _get_template(self):
        """The listing's product as the jobs read it: in the shop's company and main language."""
        self.ensure_one()
        languages = self._get_languages()
        return self.product_tmpl_id.with_company(self.company_id).with_context(lang=next(iter(languages.values())))
