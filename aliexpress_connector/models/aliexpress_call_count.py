import logging
from collections import Counter
from datetime import timedelta

import psycopg2

from odoo import api, fields, models
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

BEIJING = timedelta(hours=8)
KEPT_FOR = timedelta(days=400)


class AliexpressCallCount(models.Model):
    """How often a method was called for a shop on a day, as AliExpress counts days: from midnight in Beijing.

    Rows are only ever added, several for the same shop, day and method: updating one would make the jobs wait for each
    other. Sum them.
    """

    _name = "aliexpress.call.count"
    _description = "AliExpress Calls"
    _order = "date desc, id desc"
    _rec_name = "method"

    account_id = fields.Many2one("aliexpress.account", string="Shop", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    date = fields.Date(
        string="Day", required=True, readonly=True, help="The day in Beijing, where AliExpress' limits begin anew."
    )
    method = fields.Char(required=True, readonly=True, help="What AliExpress was asked for, in its own words.")
    count = fields.Integer(string="Calls", readonly=True, help="How often AliExpress was called.")
    error_count = fields.Integer(string="Failed Calls", readonly=True, help="Of these, how many calls failed.")

    _day_idx = models.Index("(account_id, date)")

    @api.model
    def _get_today(self):
        """The day in Beijing (date)."""
        return (fields.Datetime.now() + BEIJING).date()

    @api.model
    def _get_seconds_left(self):
        """Seconds until the day ends in Beijing (int)."""
        now = fields.Datetime.now() + BEIJING
        return 86400 - (now.hour * 3600 + now.minute * 60 + now.second)

    @api.model
    def _get_counter(self, account):
        """A function for `Transport(on_call=…)` that counts the calls of `account`, also those of a transaction that is
        rolled back.

        It may be called from any thread; the counts are written when the transaction ends.
        """
        cr, registry, account_id, calls = self.env.cr, self.env.registry, account.id, []

        def store():
            _insert(cr, account_id, calls)

        def store_apart():
            if not calls:
                return
            try:
                with registry.cursor() as own_cr:
                    _insert(own_cr, account_id, calls)
            except psycopg2.Error:
                # Losing a count is better than hiding why the transaction was rolled back.
                _logger.warning("Counting %s calls of shop %s failed", len(calls), account_id, exc_info=True)

        def count(method, outcome):
            calls.append((self._get_today(), method, outcome))
            cr.precommit.add(store)
            # A savepoint that is undone in between forgets what was to be done before the commit.
            cr.postcommit.add(store_apart)
            cr.postrollback.add(store_apart)

        return count

    @api.model
    def _merge_rows(self):
        """Make one row of all rows of a shop, day and method, for the days that are over; forget the oldest."""
        self.search([("date", "<", self._get_today() - KEPT_FOR)]).unlink()
        self.env.cr.execute(
            SQL(
                """
                WITH gone AS (
                     DELETE FROM aliexpress_call_count
                      WHERE date < %(today)s
                        AND (account_id, date, method) IN (
                            SELECT account_id, date, method FROM aliexpress_call_count
                             WHERE date < %(today)s GROUP BY account_id, date, method HAVING COUNT(*) > 1
                        )
                  RETURNING *
                )
                INSERT INTO aliexpress_call_count (account_id, company_id, date, method, count, error_count)
                     SELECT account_id, MAX(company_id), date, method, SUM(count), SUM(error_count)
                       FROM gone GROUP BY account_id, date, method
                """,
                today=self._get_today(),
            )
        )
        self.invalidate_model()


def _insert(cr, account_id, calls):
    """Add up and store `calls` [(day, method, outcome)], and empty the list. Stores nothing when the shop is gone."""
    taken = [calls.pop() for _call in range(len(calls))]
    totals = Counter((day, method) for day, method, _outcome in taken)
    errors = Counter((day, method) for day, method, outcome in taken if outcome != "ok")
    for (day, method), count in totals.items():
        cr.execute(
            SQL(
                """
                INSERT INTO aliexpress_call_count (account_id, company_id, date, method, count, error_count)
                SELECT id, company_id, %s, %s, %s, %s FROM aliexpress_account WHERE id = %s
                """,
                day,
                method,
                count,
                errors[day, method],
                account_id,
            )
        )
