from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..lib.errors import NOT_FOUND, UNREADABLE
from .aliexpress_account_catalogue import STOCK_DEDUCTIONS
from .aliexpress_account_discovery import READING_PATIENCE
from .aliexpress_listing import REMOTE_STATES
from .aliexpress_listing_content import get_main_language, get_stock_deduction
from .product_reader import read_products
from .shop_run import UNREADABLE_PAUSE

READ_BATCH = 12


class AliexpressFoundProduct(models.Model):
    """A product that exists on AliExpress and no listing here knows: proposed to be linked with a product in Odoo.

    Nothing is written on AliExpress. `state` pending until its SKUs are read, then a person decides.
    """

    _name = "aliexpress.found.product"
    _description = "Product Found on AliExpress"
    _inherit = ["aliexpress.job.mixin"]
    _order = "match, id"

    account_id = fields.Many2one(ondelete="cascade")
    product_ref = fields.Char(
        string="AliExpress Product", required=True, readonly=True, help="The number of the product on AliExpress."
    )
    name = fields.Char(string="Title on AliExpress", readonly=True)
    remote_state = fields.Selection(
        REMOTE_STATES, string="On AliExpress", readonly=True, help="Whether the product is on sale there."
    )
    state = fields.Selection(
        [
            ("pending", "To read"),
            ("open", "To decide"),
            ("linked", "Linked"),
            ("ignored", "Ignored"),
            ("error", "Error"),
        ],
        default="pending",
        required=True,
        index=True,
    )
    match = fields.Selection(
        # The names sort as people work through them.
        [("1_certain", "Certain"), ("2_doubtful", "Doubtful"), ("3_none", "No match")],
        readonly=True,
        index=True,
        help="Certain: every SKU has the code of a variant of one product that is not listed yet.",
    )
    reason = fields.Char(string="Why", readonly=True, help="Why it was not linked by itself.")
    product_tmpl_id = fields.Many2one(
        "product.template", string="Product", index="btree_not_null", ondelete="set null", check_company=True
    )
    sku_ids = fields.One2many(
        "aliexpress.found.sku",
        "found_id",
        string="SKUs",
        help="The variants that AliExpress has, and which of yours each of them is.",
    )
    sku_count = fields.Integer(
        compute="_compute_sku_counts", string="SKUs Found", help="How many variants it has on AliExpress."
    )
    matched_count = fields.Integer(
        compute="_compute_sku_counts", string="SKUs Matched", help="How many of them were found among your variants."
    )
    lot_size = fields.Integer(readonly=True, help="How many pieces are sold together on AliExpress.")
    language = fields.Char(readonly=True, help="The main language of the product on AliExpress.")
    stock_deduction = fields.Selection(
        STOCK_DEDUCTIONS, readonly=True, help="When AliExpress takes the quantity off its stock."
    )
    listing_id = fields.Many2one(
        "aliexpress.listing",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The listing it was linked as.",
    )

    _product_uniq = models.UniqueIndex("(account_id, product_ref)", "This AliExpress product was already found.")

    @api.depends("sku_ids.product_id")
    def _compute_sku_counts(self):
        for found in self:
            found.sku_count = len(found.sku_ids)
            found.matched_count = len(found.sku_ids.filtered("product_id"))

    @api.depends("name", "product_ref")
    def _compute_display_name(self):
        for found in self:
            found.display_name = f"{found.name or ''} ({found.product_ref})".strip()

    def _trigger_job(self):
        self.env["aliexpress.listing"]._trigger_job()

    # === FINDING === #

    @api.model
    def _run_discovery(self, accounts, found):
        """Go on reading the lists of products of the shops `accounts` where they are wanted, then the products of the
        domain `found`, also while flows are off: it changes nothing. Only for `_cron_*` methods.
        """
        for account in accounts.filtered_domain(self._get_list_domain()):
            if not account._guard_fetching(account._discover_pages):
                return
        self._run_queue(self._get_read_domain() & found, "_read_details", batch_size=READ_BATCH)

    @api.model
    def _get_list_domain(self):
        """Domain of the shops whose list of products is to be read now."""
        return self.env["aliexpress.account"]._get_due_domain(None) & Domain("discovery_cursor", "!=", False)

    @api.model
    def _get_awaited_domain(self):
        """Domain of what was found and not read yet, and before which nothing is created."""
        not_tried = Domain("error", "=", False)
        lately = Domain("create_date", ">", fields.Datetime.now() - READING_PATIENCE)
        return Domain("state", "=", "pending") & (not_tried | lately)

    @api.model
    def _count_remaining(self):
        """How much a run that was cut short has left to read (int), 0 when nothing."""
        # A list that failed waits for the next regular run.
        unfinished = self._get_list_domain() & Domain("discovery_failing_since", "=", False)
        accounts = self.env["aliexpress.account"].search(unfinished)
        going_on = accounts.filtered(lambda account: account._has_call_budget("content"))
        return len(going_on) + self.search_count(self._get_read_domain(), limit=READ_BATCH)

    @api.model
    def _get_read_domain(self):
        return self._get_due_domain(None) & Domain("state", "=", "pending")

    @api.model
    def _take_page(self, account, page, status):
        """Remember the products of a `ProductPage` that no listing and no earlier search knows; return them."""
        # A product may move while it is listed, and come twice.
        rows = {row.product_ref: row for row in page.rows}
        domain = [("account_id", "=", account.id), ("product_ref", "in", list(rows))]
        known = set(self.search(domain).mapped("product_ref"))
        known |= set(self.env["aliexpress.listing"].search(domain).mapped("product_ref"))
        return self.create(
            [
                {
                    "account_id": account.id,
                    "product_ref": row.product_ref,
                    "name": row.name,
                    "remote_state": status,
                }
                for row in rows.values()
                if row.product_ref not in known
            ]
        )

    def _read_details(self):
        """Read the SKUs of some products of one shop, and propose what they are in Odoo; each gets its own outcome."""
        self.account_id._check_call_budget("content")
        details = read_products(self.account_id._get_client(), self)
        gone = self.filtered(lambda found: getattr(details[found], "reason", "") == NOT_FOUND)
        answers = self._take_failures({found: details[found] for found in self - gone})
        gone.unlink()
        for found, detail in answers.items():
            found._take_detail(detail)
        self.browse().union(*answers)._match()

    def _take_detail(self, detail):
        skus = [
            Command.create({"sku_code": sku.sku_code or False, "sku_ref": sku.sku_ref, "ean": sku.ean or False})
            for sku in detail.skus
        ]
        self.write(
            {
                "name": detail.name or self.name,
                "remote_state": detail.status or self.remote_state,
                "lot_size": detail.lot_size or 1,
                "language": get_main_language(detail),
                "stock_deduction": get_stock_deduction(detail),
                "sku_ids": [Command.clear(), *skus],
                "state": "open",
                "error": False,
                "retry_at": False,
            }
        )

    def _set_error(self, error):
        """Override to read again later what AliExpress answered in a way that nobody understood. About what it says
        nothing at all, twice, a person decides.
        """
        is_silent = getattr(error, "is_empty", False) and self._has_failed_before()
        if getattr(error, "reason", "") == UNREADABLE and not is_silent:
            error.retry_after = UNREADABLE_PAUSE
            return self._wait(error)
        return super()._set_error(error)

    # === DECISIONS === #

    def action_ignore(self):
        """Leave the products alone: they stay on AliExpress as they are. Listings that they kept back are published."""
        self.check_access("write")
        undecided = self.filtered(lambda found: found.state in ("open", "pending", "error"))
        undecided.write({"state": "ignored", "error": False, "retry_at": False})
        Listing = self.env["aliexpress.listing"]
        same = Domain("account_id", "in", undecided.account_id.ids) & Domain(
            "sku_ids.sku_code", "in", undecided.sku_ids.filtered("sku_code").mapped("sku_code")
        )
        Listing.search(Listing._get_unbegun_domain() & Domain("state", "=", "error") & same).action_retry()

    def action_retry(self):
        """Override to read only those again that could not be read."""
        return super(AliexpressFoundProduct, self.filtered(lambda found: found.state == "error")).action_retry()

    def action_reopen(self):
        """Decide again about ignored products."""
        self.check_access("write")
        self.filtered(lambda found: found.state == "ignored").state = "open"

    def action_link(self):
        """Make listings of the found products as they are proposed; AliExpress is not called."""
        self.check_access("write")
        chosen = self.filtered(lambda found: found.state == "open")
        without = chosen.filtered(lambda found: not found.product_tmpl_id)
        if without:
            raise UserError(
                self.env._(
                    "%(names)s has no product yet. Choose one first, or ignore it.",
                    names=", ".join(without[:10].mapped("display_name")),
                )
            )
        chosen._check_not_listed()
        values = [found._prepare_listing_values() for found in chosen]
        for found, listing_values in zip(chosen, values, strict=True):
            found._check_codes(listing_values)
        for found, listing in zip(chosen, self.env["aliexpress.listing"]._link(values), strict=True):
            found.write({"state": "linked", "listing_id": listing.id})

    def _check_not_listed(self):
        for found_products in self.grouped("account_id").values():
            templates = found_products.product_tmpl_id
            listed = templates & found_products._find_listed()
            groups = found_products.grouped("product_tmpl_id")
            twice = templates.filtered(lambda template, groups=groups: len(groups[template]) > 1)
            if listed or twice:
                raise UserError(
                    self.env._(
                        "A product has one listing in a shop, these would have two: %(names)s. Choose other "
                        "products or ignore some.",
                        names=", ".join((listed | twice)[:10].mapped("display_name")),
                    )
                )

    def _check_codes(self, values):
        """Raise UserError when two SKUs would have one code in the listing of these `values`."""
        # As the listing keeps them.
        codes = [sku["sku_code"].strip() for _command, _id, sku in values["sku_ids"] if sku["sku_code"]]
        twice = sorted({code for code in codes if codes.count(code) > 1})
        if twice:
            raise UserError(
                self.env._(
                    "Two SKUs of %(name)s would have the code %(codes)s. Choose another variant for one of them, or "
                    "give it another code on AliExpress.",
                    name=self.display_name,
                    codes=", ".join(twice),
                )
            )

    def _prepare_listing_values(self):
        """Values of the listing that takes the product over, with the SKUs as AliExpress has them."""
        variants = self.product_tmpl_id.product_variant_ids
        if len(self.sku_ids) == len(variants) == 1:
            self.sku_ids.product_id = variants
        own = self.sku_ids.filtered(lambda sku: sku.product_id in variants)
        return {
            "account_id": self.account_id.id,
            "product_tmpl_id": self.product_tmpl_id.id,
            "product_ref": self.product_ref,
            "state": self.remote_state or "online",
            "remote_state": self.remote_state,
            "goal": "offline" if self.remote_state == "offline" else "online",
            "lot_size": self.lot_size or 1,
            "language": self.language,
            "stock_deduction": self.stock_deduction or self.account_id.stock_deduction,
            "sku_ids": [
                Command.create(
                    {
                        # Old products have SKUs without code: the first update gives them the one of their variant.
                        "sku_code": sku.sku_code or (sku in own and sku.product_id._get_aliexpress_sku_code()),
                        "sku_ref": sku.sku_ref,
                        "product_id": sku.product_id.id if sku in own else False,
                        "is_foreign": sku not in own,
                    }
                )
                for sku in self.sku_ids
            ],
        }
