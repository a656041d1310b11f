from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import split_every

from ..lib.errors import (
    BUSY,
    IN_AUDIT,
    IP_ADDRESS,
    LOCKED,
    NETWORK,
    RATE_LIMIT,
    SIGNATURE,
    AliexpressError,
    ReconnectError,
    TransientError,
)
from .aliexpress_account import CONCURRENCY_ERRORS
from .error_messages import describe_error
from .private_log import get_logger

_logger = get_logger(__name__)

# Records looked up at once: a run takes minutes at most, the next one goes on where it stopped.
QUEUE_LIMIT = 1000
# Causes that concern the whole shop, not the record at which they showed.
SHOP_REASONS = {BUSY, IP_ADDRESS, NETWORK, RATE_LIMIT, SIGNATURE}
# Passing causes that concern one record of a batch: the others need not wait with it.
RECORD_REASONS = {IN_AUDIT, LOCKED}
# A record that failed for a passing reason is tried again after this many seconds at the earliest; its shop sooner.
RECORD_PAUSE = 300


class AliexpressJobMixin(models.AbstractModel):
    """A record of a shop that scheduled jobs work on.

    `state` of the concrete model says what is to be done, `error` why it was not done, `retry_at` (UTC) when it may be
    tried again;
    an empty `retry_at` means now. The three are enough: there is no queue beside the records themselves.
    """

    _name = "aliexpress.job.mixin"
    _description = "AliExpress record with jobs"
    _check_company_auto = True

    account_id = fields.Many2one(
        "aliexpress.account", string="Shop", required=True, index=True, ondelete="restrict", check_company=True
    )
    company_id = fields.Many2one(related="account_id.company_id", store=True, index=True)
    error = fields.Text(readonly=True, copy=False, help="Why the last attempt failed, and what to do.")
    retry_at = fields.Datetime(
        string="Next Attempt", copy=False, help="Nothing is tried before this time. Empty it to try at the next run."
    )

    def write(self, vals):
        """Override: writing `state` = pending makes the job take the record up at its next run, whatever it waited
        for.
        """
        if vals.get("state") == "pending":
            vals = {"retry_at": False} | vals
        return super().write(vals)

    # === JOBS === #

    @api.model
    def _get_due_domain(self, flow, calls_gateway=True):
        """Domain of the records that a job of `flow` (name of the switch on the shop) may touch now.

        :param bool calls_gateway: False for work inside Odoo only, which need not wait until AliExpress answers again
        """
        now = fields.Datetime.now()
        domain = Domain("account_id", "any", self.env["aliexpress.account"]._get_due_domain(flow, calls_gateway))
        return domain & (Domain("retry_at", "=", False) | Domain("retry_at", "<=", now))

    @api.model
    def _run_queue(self, domain, worker, *, order="retry_at NULLS FIRST, id", batch_size=1):
        """Call the method named `worker` on the records of `domain`, batch by batch, each batch committed on its own.

        Only for `_cron_*` methods. A batch holds records of one shop. The worker does all or nothing and never
        commits; it must take
        its records out of the domain. What it raises is shown at the records. A batch that fails for a reason of
        its records is repeated record by record, so that one bad record costs one record.
        """
        commit_progress = self.env["ir.cron"]._commit_progress
        records = self.search(domain, order=order, limit=QUEUE_LIMIT)
        commit_progress(remaining=len(records))
        skipped_accounts = set()
        for account, account_records in records.grouped("account_id").items():
            for ids in split_every(batch_size, account_records.ids):
                if account.id in skipped_accounts:
                    if not commit_progress(len(ids)):
                        return
                    continue
                if self.browse(ids)._run_batch(domain, worker) is False:
                    skipped_accounts.add(account.id)
                if not commit_progress(len(ids)):
                    return

    def _run_batch(self, domain, worker, is_repeated=False):
        """Run one batch of `_run_queue`; return False when the shop must be left alone for the rest of this run."""
        # Commits dropped locks and caches: what was taken up or changed meanwhile leaves the batch here.
        batch = self.try_lock_for_update().filtered_domain(domain)
        if not batch:
            return True
        account = batch.account_id
        try:
            getattr(batch.with_company(account.company_id), worker)()
            self.env.flush_all()
            return True
        except CONCURRENCY_ERRORS:
            self.env.cr.rollback()
            return True
        except ReconnectError as error:
            self.env.cr.rollback()
            if account._recover_access(error, is_repeated):
                return batch._run_batch(domain, worker, is_repeated=True)
            return False
        except Exception as error:  # noqa: BLE001  a bug costs one record, not the queue
            self.env.cr.rollback()
            reason = getattr(error, "reason", None)
            is_passing = reason in SHOP_REASONS or isinstance(error, TransientError)
            if is_passing and (len(batch) == 1 or reason not in RECORD_REASONS):
                return batch._wait(error)
            if len(batch) == 1:
                batch._set_error(error)
                return True
            self.env["ir.cron"]._commit_progress()
            return all([self.browse(record_id)._run_single(domain, worker) for record_id in batch.ids])

    def _run_single(self, domain, worker):
        """Run one record of a failed batch and commit it; return as `_run_batch`."""
        result = self._run_batch(domain, worker)
        self.env["ir.cron"]._commit_progress()
        return result

    def _wait(self, error):
        """Postpone the records, and their shop where the cause concerns all of it; return False when it does."""
        is_shop_wide = error.reason in SHOP_REASONS
        # Longer than the shop's own pause: the shop's other records come first, and one that always fails starves none.
        pause = max(getattr(error, "retry_after", 0), RECORD_PAUSE)
        for account, records in self.grouped("account_id").items():
            message = describe_error(account._get_message_env(), error)
            records.write({"retry_at": fields.Datetime.now() + timedelta(seconds=pause), "error": message})
            if is_shop_wide:
                account._postpone(error)
        return not is_shop_wide

    def _set_error(self, error):
        """Show `error` at the records, which leave the jobs' domains until a person writes `state` = pending again."""
        self._log_fault(error)
        for record in self:
            message = describe_error(record.account_id._get_message_env(), error)
            record.write({"state": "error", "error": message, "retry_at": False})

    def _log_fault(self, error):
        """Log `error` with its traceback where it is a fault of this addon."""
        if not isinstance(error, (AliexpressError, UserError, AccessError)):
            _logger.error("%s %s failed", self._name, self.ids, exc_info=error)

    # === ACTIONS === #

    def action_retry(self):
        """Try the selected records again at once, in the background."""
        self.check_access("write")
        self.write({"state": "pending", "retry_at": False})
        self._trigger_job()

    def _trigger_job(self):
        """Wake the job that takes up pending records of this model."""
        raise NotImplementedError
