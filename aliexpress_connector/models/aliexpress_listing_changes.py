from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .aliexpress_listing_content import CONFIRMED, FROZEN_SECTIONS, SECTIONS, UNLINKED, VARIANT_SECTIONS

# A transaction may commit this long after the time it writes as write_date: what was written shortly before a look is
# looked at again.
LATE_COMMIT = timedelta(minutes=15)
# Everything is compared once in a while, whatever was written.
LONGEST_REST = timedelta(days=1)
COMPARE_LIMIT = 1000
# What could not be compared is compared again after this time.
COMPARE_PAUSE = timedelta(hours=1)


class AliexpressListing(models.Model):
    """Changes of products are found by comparing, never by hooks: nothing is missed, and writing a product costs
    nothing.
    """

    _inherit = "aliexpress.listing"

    @api.model
    def _get_compare_domain(self):
        """Domain of listings whose product was written since they were last compared, and of those that rested for
        long.
        """
        rested = Domain("compared_at", "=", False) | Domain("compared_at", "<", fields.Datetime.now() - LONGEST_REST)
        ids = self._find_written_since_compared()
        states = Domain("state", "in", ("draft", "online", "offline", "rejected", "error"))
        return self._get_due_domain("sync_listings", calls_gateway=False) & states & (rested | Domain("id", "in", ids))

    @api.model
    def _get_uncompared_domain(self):
        """Domain of the listings that this run should have compared and did not come to. One whose comparison failed
        is no such listing.
        """
        run_at = self.env.context.get("aliexpress_run_at") or fields.Datetime.now()
        older = Domain("compared_at", "=", False) | Domain("compared_at", "<", run_at - LATE_COMMIT)
        return self._get_compare_domain() & older & Domain("state", "!=", "error")

    @api.model
    def _find_written_since_compared(self):
        """Ids of listings whose product, variants, attributes, pictures or mappings changed since the last look, or
        that offer a variant which was deleted.
        """
        self.env.flush_all()
        query = SQL(
            """
            SELECT listing.id
              FROM aliexpress_listing listing
              JOIN product_template template ON template.id = listing.product_tmpl_id
             WHERE listing.compared_at IS NOT NULL
               AND (template.write_date >= listing.compared_at
                OR EXISTS (SELECT FROM product_product
                            WHERE product_tmpl_id = template.id AND write_date >= listing.compared_at)
                OR EXISTS (SELECT FROM aliexpress_product_attribute_line
                            WHERE product_tmpl_id = template.id AND write_date >= listing.compared_at)
                OR EXISTS (SELECT FROM aliexpress_product_image
                            WHERE product_tmpl_id = template.id AND write_date >= listing.compared_at)
                OR EXISTS (SELECT FROM aliexpress_attribute_mapping mapping
                             LEFT JOIN aliexpress_attribute_mapping_value line ON line.mapping_id = mapping.id
                            WHERE mapping.category_id = template.aliexpress_category_id
                              AND GREATEST(mapping.write_date, line.write_date) >= listing.compared_at)
                OR listing.state = 'online'
                   AND EXISTS (SELECT FROM aliexpress_listing_sku
                                WHERE listing_id = listing.id AND product_id IS NULL AND is_foreign IS NOT TRUE))
             ORDER BY listing.compared_at
             LIMIT %s
            """,
            COMPARE_LIMIT,
        )
        return [listing_id for (listing_id,) in self.env.execute_query(query)]

    def _compare(self):
        """Compare listings of one shop with what AliExpress has acknowledged: those that differ become pending."""
        compared_at = fields.Datetime.now() - LATE_COMMIT
        self._sync_skus()
        self.env["aliexpress.attribute.mapping"]._map_products(self.product_tmpl_id)
        contents = self._prepare_contents()
        shelf = self._get_wanted_shelf()
        problems = self._check_quality(contents)
        self._take_baseline(contents, shelf)
        for listing in self:
            content = contents[listing.id]
            listing._end_compare_error()
            values = {"compared_at": compared_at}
            if listing._is_send_due(content, shelf[listing.id], problems[listing.id]):
                values |= {"state": "pending", "retry_at": False, "next_act": False}
            listing.write(values)

    def _take_failure(self, error, domain, worker, shop_run):
        """Override to remember what a listing was before it could not be compared. It was not refused."""
        known = self.attempt or {} if len(self) == 1 else {}
        before = known.get("before") or [self[:1].state, self[:1].error]
        super()._take_failure(error, domain, worker, shop_run)
        if worker == "_compare" and len(self) == 1 and self.state == "error":
            retry_at = fields.Datetime.now() + COMPARE_PAUSE
            self.write({"attempt": known | {"before": before}, "retry_at": retry_at})

    def _end_compare_error(self):
        """Make the listing again what it was before it could not be compared."""
        attempt = dict(self.attempt or {})
        if self.state == "error" and "before" in attempt:
            state, error = attempt.pop("before")
            self.write({"attempt": attempt, "state": state, "error": error, "retry_at": False})

    def _take_baseline(self, contents, shelf):
        """Take `contents` for what AliExpress has of listings that were not published from here: from now on their
        changes are sent, not what AliExpress had before.

        What is not offered now is left for later: without its variants it says little. So is what the variants say as
        long as a SKU is not linked with one.
        """
        for listing in self.filtered(lambda listing: listing.product_ref and shelf[listing.id] == "online"):
            known = listing.content_digests or {}
            is_linked = not any(listing.sku_ids.mapped("is_foreign"))
            if not known:
                known = listing._prepare_baseline(contents[listing.id])
            elif is_linked and UNLINKED in known.values():
                digests = listing._get_digests(contents[listing.id])
                known = {name: digests[name] if digest == UNLINKED else digest for name, digest in known.items()}
            if known != listing.content_digests:
                listing.content_digests = known

    def _prepare_baseline(self, content):
        """{section: digest} that stands for what AliExpress had before the listing was linked."""
        known = self._get_digests(content)
        if any(self.sku_ids.mapped("is_foreign")):
            known |= dict.fromkeys(VARIANT_SECTIONS, UNLINKED)
        if self._has_skus_to_mend():
            known.pop("skus")
        return known

    def _confirm_sections(self, sections):
        """Have `sections` (names) sent whatever AliExpress acknowledged: a person saw that it has something else."""
        self.check_access("write")
        self.ensure_one()
        if not self.product_ref:
            return
        content = self._prepare_contents()[self.id]
        known = self.content_digests or self._prepare_baseline(content)
        kept = FROZEN_SECTIONS if self._is_frozen() else ()
        confirmed = [
            section
            for section in sections
            if known.get(section) != UNLINKED
            and section not in kept
            and any(getattr(content, name) is not None for name in SECTIONS[section])
        ]
        self.content_digests = known | dict.fromkeys(confirmed, CONFIRMED)

    def _has_skus_to_mend(self):
        """Whether AliExpress' SKUs differ from those here: it had some without a code when the listing was linked,
        which prices and stock need, or a person had some removed.
        """
        if self.sku_ids.filtered(lambda sku: not sku.product_id and not sku.is_foreign):
            return True
        found = Domain("found_id.listing_id", "=", self.id) & Domain("sku_code", "=", False)
        return bool(self.env["aliexpress.found.sku"].search_count(found, limit=1))

    def _is_send_due(self, content, wanted, problems):
        """Whether the listing differs from what AliExpress acknowledged, in a way that was not refused already."""
        if self.state == "draft":
            return False  # a person decides when it is published
        if self.state in ("error", "rejected"):
            is_unblocked = wanted == "online" and self._is_unblocked(content, problems)
            return is_unblocked or self._is_mended(content) or self._is_wanted_elsewhere(wanted)
        if wanted != "online":
            return self.remote_state in ("online", False) or wanted == "deleted"
        if self.remote_state == "offline":
            return True
        sections = self._get_sections_to_send(content)
        return bool(sections) and not self._describe_blocking(problems, sections)

    def _is_mended(self, content):
        """Whether the listing says something else now than what was refused: it is sent again then, not over and
        over. Of a listing that was linked nothing was sent; AliExpress may have rejected what it had.
        """
        refused = (self.attempt or {}).get("digests") or self.content_digests or {}
        digests = self._get_digests(content)
        return any(digest not in (UNLINKED, digests[section]) for section, digest in refused.items())

    def _is_unblocked(self, content, problems):
        """Whether our own check refused the listing and would not any more: a rate was entered, the shop has room."""
        if self.state != "error" or not (self.attempt or {}).get("blocked"):
            return False
        sections = self._get_sections_to_send(content) if self.product_ref else list(SECTIONS)
        return not self._describe_blocking(problems, sections)

    def _is_wanted_elsewhere(self, wanted):
        """Whether a listing that may be on sale was refused when it was still wanted there, or the other way round."""
        was_wanted = (self.attempt or {}).get("wanted", "online")
        may_be_shown = self.product_ref and self.remote_state in ("online", "auditing", False)
        return bool(may_be_shown) and wanted != was_wanted
