from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .aliexpress_listing_sections import SECTIONS, UNSAID

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

    _compared_idx = models.Index("(account_id, compared_at)")

    @api.model
    def _get_compare_domain(self):
        """Domain of listings whose product was written since they were last compared, and of those that rested for
        long.
        """
        Account = self.env["aliexpress.account"]
        accounts = Account.search(Account._get_due_domain("sync_listings", calls_gateway=False))
        rested_until = fields.Datetime.now() - LONGEST_REST
        rested = Domain("compared_at", "=", False) | Domain("compared_at", "<", rested_until)
        ids = self._find_written_since_compared(accounts, rested_until)
        states = Domain("state", "in", ("draft", "online", "offline", "rejected", "error"))
        due = self._get_due_domain("sync_listings", calls_gateway=False) & Domain("account_id", "in", accounts.ids)
        return due & states & (rested | Domain("id", "in", ids))

    @api.model
    def _get_uncompared_domain(self):
        """Domain of the listings that this run should have compared and did not come to. One whose comparison failed
        is no such listing.
        """
        run_at = self.env.context.get("aliexpress_run_at") or fields.Datetime.now()
        older = Domain("compared_at", "=", False) | Domain("compared_at", "<", run_at - LATE_COMMIT)
        return self._get_compare_domain() & older & Domain("state", "!=", "error")

    @api.model
    def _find_written_since_compared(self, accounts, rested_until):
        """Ids of listings of `accounts` whose product, variants, attributes, pictures or mappings changed since the
        last look, or that offer a variant which was deleted; of those compared before `rested_until` only the latter.
        """
        self.env.flush_all()
        written = self._read_written(self._get_oldest_comparison(accounts, rested_until))
        query = SQL(
            """
            SELECT listing.id, listing.compared_at
              FROM UNNEST(%(template_ids)s::int[], %(dates)s::timestamp[]) AS written (product_tmpl_id, write_date)
              JOIN aliexpress_listing listing ON listing.product_tmpl_id = written.product_tmpl_id
             WHERE listing.account_id = ANY(%(account_ids)s) AND written.write_date >= listing.compared_at
             UNION
            SELECT listing.id, listing.compared_at
              FROM aliexpress_listing_sku sku
              JOIN aliexpress_listing listing ON listing.id = sku.listing_id
             WHERE sku.product_id IS NULL AND sku.is_foreign IS NOT TRUE
               AND listing.account_id = ANY(%(account_ids)s)
               AND listing.state = 'online' AND listing.compared_at IS NOT NULL
             ORDER BY compared_at
             LIMIT %(limit)s
            """,
            template_ids=list(written),
            dates=list(written.values()),
            account_ids=accounts.ids,
            limit=COMPARE_LIMIT,
        )
        return [listing_id for listing_id, _compared_at in self.env.execute_query(query)]

    @api.model
    def _get_oldest_comparison(self, accounts, rested_until):
        """When the listing of `accounts` was compared that was compared longest ago, those before `rested_until` left
        out: nothing that was written earlier has to be read.
        """
        [(oldest,)] = self.env.execute_query(
            SQL(
                """
                SELECT MIN(oldest)
                  FROM UNNEST(%s::int[]) shop_id,
                       LATERAL (SELECT MIN(compared_at) AS oldest FROM aliexpress_listing
                                 WHERE account_id = shop_id AND compared_at >= %s) of_shop
                """,
                accounts.ids,
                rested_until,
            )
        )
        return oldest or fields.Datetime.now()

    @api.model
    def _read_written(self, since):
        """`{id of the product template: when last something about it was written}` of all written `since` then."""
        query = SQL(
            """
            SELECT id AS product_tmpl_id, write_date FROM product_template WHERE write_date >= %(since)s
             UNION ALL
            SELECT product_tmpl_id, write_date FROM product_product WHERE write_date >= %(since)s
             UNION ALL
            SELECT product_tmpl_id, write_date FROM aliexpress_product_attribute_line WHERE write_date >= %(since)s
             UNION ALL
            SELECT product_tmpl_id, write_date FROM aliexpress_product_image WHERE write_date >= %(since)s
             UNION ALL
            SELECT template.id, mapping.write_date
              FROM aliexpress_attribute_mapping mapping
              JOIN product_template template ON template.aliexpress_category_id = mapping.category_id
             WHERE mapping.write_date >= %(since)s
             UNION ALL
            SELECT template.id, line.write_date
              FROM aliexpress_attribute_mapping_value line
              JOIN aliexpress_attribute_mapping mapping ON mapping.id = line.mapping_id
              JOIN product_template template ON template.aliexpress_category_id = mapping.category_id
             WHERE line.write_date >= %(since)s
            """,
            since=since,
        )
        last = SQL("SELECT product_tmpl_id, MAX(write_date) FROM (%s) written GROUP BY product_tmpl_id", query)
        return dict(self.env.execute_query(last))

    def _compare(self):
        """Compare listings of one shop with what AliExpress has acknowledged: those that differ become pending."""
        compared_at = fields.Datetime.now() - LATE_COMMIT
        self._complete_lines()
        contents = self._prepare_contents()
        shelf = self._get_wanted_shelf()
        problems = self._check_quality(contents)
        self._take_baseline(contents)
        for listing in self:
            content = contents[listing.id]
            listing._end_compare_error()
            values = {"compared_at": compared_at}
            is_due = listing._is_send_due(content, shelf[listing.id], problems[listing.id])
            if is_due or listing._has_unread_attributes():
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
        """Make the listing again what it was before it could not be compared; what AliExpress changed meanwhile is read
        back like a review.
        """
        attempt = dict(self.attempt or {})
        if self.state != "error" or "before" not in attempt:
            return
        state, error = attempt.pop("before")
        if self.is_vanished and state != "error":
            self.attempt = attempt
            return
        if state in ("online", "offline", "rejected") and self.remote_state not in (state, False):
            state, error = "auditing", False
        self.write({"attempt": attempt, "state": state, "error": error, "retry_at": False})

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
        known = self.content_digests or {}
        refused = (self.attempt or {}).get("digests") or known
        digests = self._get_digests(content)
        # What was told since it was linked is not taken for what AliExpress has.
        is_told = self.product_ref and any(
            section not in known and refused.get(section, UNSAID) == UNSAID for section in SECTIONS
        )
        return bool(is_told) or any(digest not in (UNSAID, digests.get(section)) for section, digest in refused.items())

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
