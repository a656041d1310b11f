import logging
from datetime import timedelta

import psycopg2

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

# Within this time every call is kept, later the last one about each record.
ALL_KEPT = timedelta(days=1)
COLUMNS = (
    "account_id, company_id, date, method, reference, outcome, request_id, seconds, request_excerpt, answer_excerpt"
)


class AliexpressExchange(models.Model):
    """What was last exchanged with AliExpress about a record: what their support asks for. Nothing personal is in it.

    Rows are only ever added, the cleaning keeps the last of each method and record.
    """

    _name = "aliexpress.exchange"
    _description = "AliExpress Exchange"
    _order = "date desc, id desc"
    _rec_name = "request_id"

    account_id = fields.Many2one("aliexpress.account", string="Shop", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    date = fields.Datetime(required=True, readonly=True, help="When it was last sent.")
    method = fields.Char(required=True, readonly=True, help="What AliExpress was asked for, in its own words.")
    reference = fields.Char(
        string="AliExpress Number", readonly=True, help="The order, product or feed that the call was about."
    )
    outcome = fields.Char(readonly=True, help="ok, or the kind of problem.")
    request_id = fields.Char(string="Request ID", readonly=True, help="What AliExpress' support asks for.")
    seconds = fields.Float(readonly=True, digits=(8, 3), help="How long the answer took.")
    request_excerpt = fields.Text(string="Sent", readonly=True, help="Personal data and secrets are masked.")
    answer_excerpt = fields.Text(string="Answered", readonly=True, help="Personal data and secrets are masked.")

    _reference_idx = models.Index("(account_id, reference, date)")
    _date_idx = models.Index("(account_id, date)")

    @api.model
    def _get_recorder(self, account):
        """A function for `Transport(on_exchange=…)`, None where the shop keeps nothing.

        It may be called from any thread. What it is given is stored when the transaction ends, however it ends. Calls
        that worked and are about no single record are not kept: there are many, and nobody asks about them.
        """
        if account.exchange_days <= 0:
            return None
        cr, registry, account_id, exchanges = self.env.cr, self.env.registry, account.id, []

        def store():
            _insert(cr, account_id, exchanges)

        def store_apart():
            if not exchanges:
                return
            try:
                with registry.cursor() as own_cr:
                    _insert(own_cr, account_id, exchanges)
            except psycopg2.Error:
                # Why the transaction was rolled back is more important than this record of it.
                _logger.warning("%s exchanges of shop %s were not stored", len(exchanges), account_id, exc_info=True)

        def record(exchange):
            if not exchange.reference and exchange.outcome == "ok":
                return
            if not exchanges:
                cr.precommit.add(store)
                # A savepoint that is undone in between forgets what was to be done before the commit.
                cr.postcommit.add(store_apart)
                cr.postrollback.add(store_apart)
            exchanges.append(exchange)

        return record

    @api.model
    def _remove_old(self):
        """Forget what is older than each shop keeps, and of the rest all but the last about each record."""
        for account in self.env["aliexpress.account"].with_context(active_test=False).search(Domain.TRUE):
            limit = fields.Datetime.now() - timedelta(days=max(account.exchange_days, 0))
            self.env.cr.execute(
                SQL(
                    """
                    DELETE FROM aliexpress_exchange old
                     WHERE account_id = %(account)s
                       AND (date < %(limit)s OR (date < %(recent)s AND reference IS NOT NULL AND EXISTS (
                           SELECT FROM aliexpress_exchange newer
                            WHERE newer.account_id = old.account_id AND newer.reference = old.reference
                              AND newer.method = old.method AND newer.date > old.date)))
                    """,
                    account=account.id,
                    limit=limit,
                    recent=fields.Datetime.now() - ALL_KEPT,
                )
            )
        self.invalidate_model()


def _insert(cr, account_id, exchanges):
    """Store `exchanges` (lib Exchanges) and empty the list. Stores nothing when the shop is gone."""
    taken = [exchanges.pop(0) for _exchange in range(len(exchanges))]
    if not taken:
        return
    rows = SQL(", ").join(
        SQL(
            "(%s::timestamp, %s, %s, %s, %s, %s::numeric, %s, %s)",
            exchange.sent_at,
            exchange.method,
            exchange.reference or None,
            exchange.outcome,
            exchange.request_id or None,
            round(exchange.seconds, 3),
            exchange.request,
            exchange.answer,
        )
        for exchange in taken
    )
    cr.execute(
        SQL(
            "INSERT INTO aliexpress_exchange (%s) SELECT account.id, account.company_id, row.* "
            "FROM aliexpress_account account, (VALUES %s) row WHERE account.id = %s",
            SQL(COLUMNS),
            rows,
            account_id,
        )
    )
