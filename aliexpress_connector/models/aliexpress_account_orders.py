from datetime import timedelta
from decimal import Decimal

from odoo import fields, models

from ..lib.errors import AliexpressError, ReconnectError
from .aliexpress_account import CONCURRENCY_ERRORS, GATEWAY_PAUSE
from .error_messages import describe_error
from .private_log import get_logger

_logger = get_logger(__name__)

# Changes may show in AliExpress' list some minutes late, and clocks differ. Listing an unchanged order again costs
# nothing.
OVERLAP = timedelta(minutes=15)
# Once a day the list is read this far back, in case AliExpress showed a change much later than it happened.
AUDIT_EVERY = timedelta(days=1)
AUDIT_DEPTH = timedelta(days=3)


class AliexpressAccount(models.Model):
    """How the orders of a shop become Odoo's: where the import stands, and what a person set for it."""

    _inherit = "aliexpress.account"

    orders_audit_date = fields.Datetime(
        copy=False, help="When the last days were listed once more, to find what came late."
    )
    tolerance_amount = fields.Monetary(
        string="Accepted Difference",
        currency_field="tolerance_currency_id",
        help="A difference up to this between AliExpress' total and its own figures is booked as a difference; above "
        "it the order waits on hold. Zero accepts no difference.",
    )
    tolerance_currency_id = fields.Many2one(related="company_id.currency_id")
    suspicious_amount = fields.Monetary(
        string="Hold Above Total",
        currency_field="tolerance_currency_id",
        help="Orders above this total wait on hold until somebody looked at them. 0 holds none.",
    )
    suspicious_quantity = fields.Integer(
        string="Hold Above Quantity",
        help=(
            "Orders with more units of one product than this wait on hold until somebody looked at them. 0 holds none."
        ),
    )

    def write(self, vals):
        """Override to list from the first day again when somebody sets it back."""
        start = fields.Datetime.to_datetime(vals.get("order_start_date"))
        later = self.filtered(lambda account: start and start < (account.order_start_date or account.create_date))
        result = super().write(vals)
        for account in later:
            if account.orders_synced_until and "orders_synced_until" not in vals:
                account.orders_synced_until = min(account.orders_synced_until, start)
        return result

    def _get_fetch_start(self, is_audit):
        """From when changes are listed (naive UTC): the watermark less an overlap, further back once a day."""
        self.ensure_one()
        if not self.orders_synced_until:
            return min(self.order_start_date or self.create_date, fields.Datetime.now())
        # Also before the shop's first day: what somebody imported from then may have changed.
        return self.orders_synced_until - (AUDIT_DEPTH if is_audit else OVERLAP)

    def _get_fetch_mark(self):
        """What a listing starts out from: the watermark and the shop's first day (naive UTC)."""
        self.ensure_one()
        return self.orders_synced_until, self.order_start_date or self.create_date

    def _set_orders_synced(self, end, mark, audit_date):
        """Note that the list could be read, however far back it still is, and move the watermark to `end` (naive UTC),
        never back, unless somebody moved it or set the first day back since `mark` was taken: then the next run begins
        there.
        """
        # Pages that tell nothing new are not committed: the shop was read before them.
        self.invalidate_recordset(["orders_synced_until", "order_start_date"])
        self.orders_success_date = fields.Datetime.now()
        synced, first_day = self._get_fetch_mark()
        if synced != mark[0] or first_day < mark[1]:
            return
        values = {"orders_synced_until": max(end, synced or end)}
        if audit_date:
            values["orders_audit_date"] = audit_date
        self.write(values)

    def _report_unreadable_rows(self, count):
        """Show at the shop that `count` orders of a list cannot be told, and note it once in its history."""
        self.ensure_one()
        text = self._get_message_env()._(
            "AliExpress listed %(count)s orders of the shop %(name)s without an order number. Look for new orders in "
            "the seller centre and report this to AliExpress.",
            count=count,
            name=self.name,
        )
        # The list is read every few minutes, and most of the time these rows are too old to be in it.
        if text[:100] not in (self.message_ids[:1].preview or ""):
            self.message_post(body=text)
        self.error = text

    def _get_tolerance(self, currency):
        """The accepted difference (Decimal) in `currency` (`res.currency`)."""
        self.ensure_one()
        if not self.tolerance_amount:
            return Decimal(0)
        amount = self.tolerance_currency_id._convert(
            self.tolerance_amount, currency, self.company_id, fields.Date.today()
        )
        return Decimal(str(amount))

    def _get_order_pricelist(self, currency):
        """The pricelist that makes a sale order be in `currency`; empty where the company's currency is meant."""
        self.ensure_one()
        pricelists = self.env["product.pricelist"]
        if self.pricelist_id.currency_id == currency:
            return self.pricelist_id
        if not currency or currency == self.company_id.currency_id:
            return pricelists
        name = f"AliExpress {currency.name}"
        domain = [("name", "=", name), ("currency_id", "=", currency.id), ("company_id", "=", self.company_id.id)]
        return pricelists.search(domain, limit=1) or pricelists.create(
            {"name": name, "currency_id": currency.id, "company_id": self.company_id.id}
        )

    def _guard_fetching(self, work):
        """Call `work`, which commits by itself; one shop's failure ends here. Returns what `work` returns, True after
        a failure.

        An expired token is renewed once and `work` done again; so it is once where the application may use other
        methods by now or another transaction was quicker, and then by the next run.
        """
        self.ensure_one()
        for is_repeated in (False, True):
            try:
                return work()
            except ReconnectError as error:
                self.env.cr.rollback()
                if not self._recover_access(error, is_repeated):
                    return True
            except AliexpressError as error:
                self.env.cr.rollback()
                if is_repeated or not self._is_family_refused(error) or not self._takes_other_family():
                    self._postpone(error)
                    return True
                self.env["ir.cron"]._commit_progress()
            except CONCURRENCY_ERRORS:
                self.env.cr.rollback()
            except Exception:
                self.env.cr.rollback()
                _logger.exception("The work on shop %s failed", self.id)
                # Without a pause the job would be called again at once, for ever.
                until = fields.Datetime.now() + timedelta(seconds=GATEWAY_PAUSE)
                self._wait_until(until, describe_error(self._get_message_env(), RuntimeError()), is_limit=False)
                return True
        return True
