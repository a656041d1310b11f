from odoo import api, fields, models

from .aliexpress_listing_images import IMAGE_MARK
from .aliexpress_listing_sections import SECTIONS
from .attribute_resolver import AttributeResolver
from .error_messages import told_at_once
from .listing_rules import find_problems
from .quality_check import EVERYTHING, MANDATORY, Check, ShopFacts


class AliexpressListing(models.Model):
    """Quality: what is wrong with a listing is known, and shown, before AliExpress refuses it."""

    _inherit = "aliexpress.listing"

    problem_ids = fields.One2many(
        "aliexpress.listing.problem",
        "listing_id",
        string="To Mend",
        readonly=True,
        help="What AliExpress would refuse, found before anything is sent.",
    )
    mandatory_problem_count = fields.Integer(
        compute="_compute_problem_counts",
        store=True,
        string="Mandatory Problems",
        help="Problems that keep the product from being sent.",
    )
    problem_count = fields.Integer(compute="_compute_problem_counts", store=True, string="Problems")

    @api.depends("problem_ids.severity")
    def _compute_problem_counts(self):
        for listing in self:
            listing.problem_count = len(listing.problem_ids)
            listing.mandatory_problem_count = len(
                listing.problem_ids.filtered(lambda problem: problem.severity == MANDATORY)
            )

    def action_check(self):
        """Check the listings now and show what is to be mended."""
        self.check_access("write")
        for account, listings in self.grouped("account_id").items():
            if account.state == "connected":
                listings._read_shop_data_now()
            listings._sync_skus()
            self.env["aliexpress.attribute.mapping"]._map_products(listings.product_tmpl_id)
            listings._register_images()
        self._check_quality(self._prepare_contents())

    def _read_shop_data_now(self):
        with told_at_once(self.env):
            # AliExpress' own data, which people may only read.
            self.sudo()._read_missing_shop_data()

    def _check_quality(self, contents):
        """Check `contents` ({id: ProductContent}), store the problems, and return {id: list of Problem}."""
        problems = {}
        for account, listings in self.grouped("account_id").items():
            # People read these in the language of the shop's responsible person.
            listings = listings.with_env(account._get_message_env()).with_company(account.company_id)
            resolver = AttributeResolver(account, listings.product_tmpl_id.aliexpress_category_id)
            images = listings._get_images_by_mark()
            shop = ShopFacts(listings.account_id, listings.product_tmpl_id.aliexpress_category_id)
            for listing in listings:
                problems[listing.id] = find_problems(Check(listing, contents[listing.id], resolver, images, shop))
        self._store_problems(problems)
        return problems

    def _get_images_by_mark(self):
        """{mark in the contents: aliexpress.image} of the pictures of the shop that the listings show."""
        checksums = {attachment.checksum for chosen in self._get_images().values() for attachment in chosen.attachments}
        images = self.env["aliexpress.image"].search(
            [("account_id", "=", self.account_id.id), ("checksum", "in", list(checksums))]
        )
        return {IMAGE_MARK + image.checksum: image for image in images}

    def _store_problems(self, problems):
        """Replace the stored problems of the listings whose `problems` ({id: list of Problem}) are others than
        before.
        """
        values = []
        for listing in self:
            found = [listing._prepare_problem_values(problem) for problem in problems[listing.id]]
            names = ("severity", "section", "message", "res_model", "res_id", "field_name")
            stored = [{name: problem[name] for name in names} for problem in listing.problem_ids]
            if sorted(map(str, found)) != sorted(map(str, stored)):
                listing.problem_ids.sudo().unlink()  # results of the check, which people may only read
                values += [{"listing_id": listing.id} | problem for problem in found]
        self.env["aliexpress.listing.problem"].sudo().create(values)

    def _prepare_problem_values(self, problem):
        return {
            "severity": problem.severity,
            "section": problem.section,
            "message": problem.message,
            "res_model": problem.record._name,
            "res_id": problem.record.id,
            "field_name": problem.field or False,
        }

    def _describe_blocking(self, problems, sections):
        """The text for a person about what keeps `sections` from being sent, "" when nothing does."""
        # A size chart belongs to a category.
        sections = {*sections, *(["category"] if "size_chart" in sections else [])}
        told = {name for section in sections for name in SECTIONS[section]}
        blocking = [
            problem
            for problem in problems
            if problem.severity == MANDATORY
            and (problem.section == EVERYTHING or not told.isdisjoint(SECTIONS[problem.section]))
        ]
        if not blocking:
            return ""
        env = self.account_id._get_message_env()
        lines = "\n".join(f"• {problem.message}" for problem in blocking[:10])
        return env._("Not sent. To mend first:\n%(problems)s", problems=lines)
