from collections import defaultdict
from contextlib import suppress
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.fields import Domain
from odoo.tools import split_every

from ..lib.errors import AliexpressError, FixError, ReconnectError
from .aliexpress_account import CONCURRENCY_ERRORS
from .error_messages import describe_error
from .private_log import get_logger
from .shop_run import OUTAGE_REASONS, RECORD_REASONS, SHOP_REASONS, ShopRun, get_pause, is_passing

_logger = get_logger(__name__)

# Records looked up at once: a run takes minutes at most, the next one goes on where it stopped.
QUEUE_LIMIT = 1000


class AliexpressJobMixin(models.AbstractModel):
    """A record of a shop that scheduled jobs work on.

    `state` of the concrete model says what is to be done, `error` why it was not done, `retry_at` (UTC) when it may be
    tried again; an empty `retry_at` means now. The three are enough: there is no queue beside the records themselves.
    """

    _name = "aliexpress.job.mixin"
    _description = "AliExpress record with jobs"
    _check_company_auto = True
    # The switch of the shop that the record's job needs.
    _flow = None

    account_id = fields.Many2one(
        "aliexpress.account", string="Shop", required=True, index=True, ondelete="restrict", check_company=True
    )
    company_id = fields.Many2one(related="account_id.company_id", store=True, index=True)
    error = fields.Text(readonly=True, copy=False, help="Why the last attempt failed, and what to do.")
    retry_at = fields.Datetime(
        string="Next Attempt", copy=False, help="Nothing is tried before this time. Empty it to try at the next run."
    )
    standstill = fields.Text(compute="_compute_standstill", help="Why no job touches this record, and what to do.")

    @api.depends(
        "account_id.active",
        "account_id.state",
        "account_id.sync_orders",
        "account_id.sync_shipments",
        "account_id.sync_listings",
    )
    def _compute_standstill(self):
        for record in self:
            is_concerned = record._flow and record.account_id and record._is_waiting_for_job()
            record.standstill = is_concerned and record.account_id._describe_standstill(record._flow) or False

    def _is_waiting_for_job(self):
        """Whether a job may still have something to do for this record."""
        return True

    def write(self, vals):
        """Override: writing `state` = pending makes the job take the record up at its next run, whatever it waited
        for.
        """
        if vals.get("state") == "pending":
            vals = {"retry_at": False} | vals
        return super().write(vals)

    # === JOBS === #

    @api.model
    def _get_due_domain(self, flow, calls_gateway=True, eager=Domain.FALSE):
        """Domain of the records that a job of `flow` (name of the switch on the shop) may touch now.

        :param bool calls_gateway: False for work inside Odoo only, which need not wait until AliExpress answers again
        :param eager: domain of what need not wait for its `retry_at`
        """
        now = fields.Datetime.now()
        domain = Domain("account_id", "any", self.env["aliexpress.account"]._get_due_domain(flow, calls_gateway))
        return domain & (Domain("retry_at", "=", False) | Domain("retry_at", "<=", now) | eager)

    @api.model
    def _run_queue(
        self,
        domain,
        worker,
        *,
        order="retry_at NULLS FIRST, id",
        batch_size=1,
        shop_runs=None,
        ignores_time=False,
    ):
        """Call the method named `worker` on the records of `domain`, batch by batch, each batch committed on its own.

        Only for `_cron_*` methods. A batch holds records of one shop. The worker does all or nothing and never commits;
        it must take its records out of the domain. What it raises is shown at the records. A batch that fails for a
        reason of its records is repeated record by record, so that one bad record costs one record.

        :param shop_runs: `defaultdict(ShopRun)` by id of the shop, of a run that consists of several queues
        :param ignores_time: whether a few records, which would cost more in the next run, are all done in this one
        """
        commit_progress = self.env["ir.cron"]._commit_progress
        shop_runs = defaultdict(ShopRun) if shop_runs is None else shop_runs
        records = self.search(domain, order=order, limit=QUEUE_LIMIT)
        commit_progress(remaining=len(records))
        for account, account_records in records.grouped("account_id").items():
            for ids in split_every(batch_size, account_records.ids):
                if not shop_runs[account.id].is_over:
                    self.browse(ids)._run_batch(domain, worker, shop_runs[account.id])
                has_time = commit_progress(len(ids))
                if not has_time and not ignores_time:
                    return

    def _run_batch(self, domain, worker, shop_run, is_repeated=False):
        """Run one batch of `_run_queue`; `shop_run` is over when the shop must be left alone for the rest of the
        run.
        """
        try:
            # Commits dropped locks and caches: what was taken up or changed meanwhile leaves the batch here. Others may
            # refer to the records while AliExpress is asked: a backorder or a return does not wait for its answers.
            batch = self.try_lock_for_update(allow_referencing=True).filtered_domain(domain)
        except CONCURRENCY_ERRORS:
            self.env.cr.rollback()
            return
        if not batch:
            return
        account = batch.account_id
        try:
            getattr(batch.with_company(account.company_id), worker)()
            self.env.flush_all()
            account._end_waiting_without_orders()
            shop_run.note_success()
        except CONCURRENCY_ERRORS:
            self.env.cr.rollback()
        except ReconnectError as error:
            self.env.cr.rollback()
            if account._recover_access(error, is_repeated):
                batch._run_batch(domain, worker, shop_run, is_repeated=True)
            else:
                shop_run.is_over = True
        except Exception as error:  # a bug costs one record, not the queue
            self.env.cr.rollback()
            batch._take_failure(error, domain, worker, shop_run)

    def _take_failure(self, error, domain, worker, shop_run):
        """Let the batch wait, or show the error, or try its records alone."""
        reason = getattr(error, "reason", None)
        if is_passing(error) and (len(self) == 1 or reason not in RECORD_REASONS):
            if reason in OUTAGE_REASONS:
                shop_run.note_failure(not all(record._has_failed_before() for record in self))
            shop_run.is_over |= not self._wait(error)
            if shop_run.is_outage():
                self.account_id._postpone(error)
        elif len(self) > 1:
            self.env["ir.cron"]._commit_progress()
            for record_id in self.ids:
                self.browse(record_id)._run_batch(domain, worker, shop_run)
                self.env["ir.cron"]._commit_progress()
        else:
            if isinstance(error, FixError):
                shop_run.note_success()
            self._set_error(error)

    def _take_failures(self, outcomes):
        """Let the records of one shop wait, or show why, for which calls made in parallel failed; the shop as well
        where none worked. Raises a ReconnectError.

        :param outcomes: `{records: what AliExpress answered, or an AliexpressError}`
        :return: those of them that AliExpress answered
        """
        errors = {records: error for records, error in outcomes.items() if isinstance(error, AliexpressError)}
        failures = {records[0]: error for records, error in errors.items() if is_passing(error)}
        shop_error = self._get_shop_error(failures, has_worked=len(failures) < len(outcomes))
        for records, error in errors.items():
            if isinstance(error, ReconnectError):
                raise error
            if is_passing(error):
                records._wait(error)
            else:
                records._set_error(error)
        if shop_error:
            self.account_id._postpone(shop_error)
        return {records: answer for records, answer in outcomes.items() if records not in errors}

    def _tell_listings(self, values):
        """Show at the listings that wait for these records why and for how long. Where somebody changes them just now,
        they show it next time: what was found out about the records themselves must not be lost with it.
        """
        self.flush_recordset()
        with suppress(*CONCURRENCY_ERRORS), self.env.cr.savepoint():
            listings = self.listing_ids.filtered(lambda listing: listing.state == "pending")
            listings.write(values)
            listings.flush_recordset()

    def _has_failed_before(self):
        """Whether this record waits already because AliExpress failed for it."""
        return bool(self.error and self.retry_at)

    def _wait(self, error):
        """Postpone the records, and their shop where the cause certainly concerns all of it; return False when it
        does.
        """
        is_shop_wide = error.reason in SHOP_REASONS - OUTAGE_REASONS
        retry_at = fields.Datetime.now() + timedelta(seconds=get_pause(error))
        for account, records in self.grouped("account_id").items():
            message = describe_error(account._get_message_env(), error)
            records.write({"retry_at": retry_at, "error": message})
            if is_shop_wide:
                account._postpone(error)
        return not is_shop_wide

    @api.model
    def _get_shop_error(self, errors, has_worked):
        """The one of `{record: error}` that concerns the whole shop, None when each is its record's own.

        To be asked before the errors are stored.

        :param has_worked: whether AliExpress answered for other records
        """
        shop_wide = {record: error for record, error in errors.items() if getattr(error, "reason", "") in SHOP_REASONS}
        certain = [error for error in shop_wide.values() if error.reason not in OUTAGE_REASONS]
        first_failures = [error for record, error in shop_wide.items() if not record._has_failed_before()]
        return next(iter(certain or (first_failures if len(first_failures) > 1 and not has_worked else [])), None)

    def _set_error(self, error):
        """Show `error` at the records, which leave the jobs' domains until a person writes `state` = pending again."""
        self._log_fault(error)
        for record in self:
            # No job takes them up again.
            message = describe_error(record.account_id._get_message_env(), error, is_by_hand=True)
            record.write({"state": "error", "error": message, "retry_at": False})

    def _log_fault(self, error):
        """Log `error` with its traceback where it is a fault of this addon."""
        if not isinstance(error, (AliexpressError, UserError, AccessError, RedirectWarning)):
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
