import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from threading import Event

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import split_every

from odoo.addons.base.models.ir_cron import MIN_TIME_PER_JOB

from ..lib.errors import AliexpressError, FixError, ReconnectError, TransientError
from .aliexpress_account_orders import AUDIT_EVERY
from .aliexpress_job_mixin import CONCURRENCY_ERRORS, OUTAGE_REASONS, RECORD_PAUSE, SHOP_REASONS
from .error_messages import describe_error
from .private_log import get_logger
from .res_partner import is_masked, is_masked_form, load_address

_logger = get_logger(__name__)

PAGE_SIZE = 50
# AliExpress lists at most 30 days of finished orders at once.
WINDOW = timedelta(days=28)
# A window with more pages is halved, so that each window fits into the time of a run.
MAX_PAGES = 20
SHORTEST_WINDOW = timedelta(minutes=10)
DETAIL_BATCH = 50
# Details are read by this many threads at once; AliExpress limits calls per second and app, not connections.
THREADS = 6
DETAIL_RETRY = timedelta(hours=1)
STORE_TRIES = 5


class AliexpressOrder(models.Model):
    """How orders come into the inbox: the list says what changed, then the details of what changed are read."""

    _inherit = "aliexpress.order"

    # === JOB === #

    @api.model
    def _cron_fetch_orders(self):
        """Store every change of the shops' orders since the last run, then wake the job that works on them."""
        accounts = self._get_accounts_to_list()
        commit_progress = self.env["ir.cron"]._commit_progress
        # Reading the details is one more thing to do.
        commit_progress(remaining=len(accounts) + 1)
        for account in accounts:
            has_time = account._guard_fetching(lambda account=account: self._list_changes(account))
            if not has_time or not commit_progress(1):
                return
        self._read_due_details()

    @api.model
    def _get_accounts_to_list(self):
        """The shops to list, the one first that was listed longest ago: a run may not have time for all.

        The scheduler calls a job again while something is left; what was listed completely since its first call is not
        listed again.
        """
        accounts = self.env["aliexpress.account"].search(
            self.env["aliexpress.account"]._get_due_domain("sync_orders"), order="orders_success_date NULLS FIRST, id"
        )
        end = self.env.context.get("cron_end_time")
        if not end:
            return accounts
        began = datetime.now() - timedelta(seconds=time.monotonic() - end + MIN_TIME_PER_JOB)
        return accounts.filtered(
            lambda account: (
                not (
                    account.orders_success_date
                    and account.orders_success_date > began
                    and account.orders_synced_until >= began.replace(microsecond=0)
                )
            )
        )

    @api.model
    def _list_changes(self, account):
        """List one shop's changes, window after window, until now; return False when the run's time is over before.

        The watermark moves only when everything of a window is stored. A run that was killed lists its window again,
        which costs no detail call for what is stored already.
        """
        client = account._get_client()
        now = fields.Datetime.now()
        is_audit = not account.orders_audit_date or account.orders_audit_date <= now - AUDIT_EVERY
        start = account._get_fetch_start(is_audit)
        # The present second is not over: what happens in it is listed already, and again by the next run.
        horizon = now + timedelta(seconds=1)
        if account.error:
            # Stored only when the list can be read; what is wrong with its rows is written anew.
            account.error = False
        while True:
            end = self._list_window(account, client, start, min(start + WINDOW, horizon))
            is_up_to_date = end >= horizon
            has_time = self._commit_with_retry(
                account._set_orders_synced, min(end, now), now if is_audit and is_up_to_date else None
            )
            if is_up_to_date or not has_time:
                return is_up_to_date
            start = end

    @api.model
    def _list_window(self, account, client, start, end):
        """Store the rows of one window, whatever time it takes: half a window is worth nothing. Return its end.

        The end comes earlier when the window has too many pages: it is halved until it has few enough.
        """
        for finished in (False, True):
            page = client.list_orders(start, end, page=1, page_size=PAGE_SIZE, finished=finished)
            while page.page_count > MAX_PAGES and end - start > SHORTEST_WINDOW:
                end = start + (end - start) / 2
                page = client.list_orders(start, end, page=1, page_size=PAGE_SIZE, finished=finished)
            self._store_pages(account, client, start, end, page, finished)
        return end

    @api.model
    def _store_pages(self, account, client, start, end, first_page, finished):
        """Store all pages, from the last down to the first.

        Orders that change while we page leave the window, and those behind them move up: towards pages not read yet,
        because we go down. The first page was read to know how many there are; it is read again when anything moved.
        Should the list have grown, orders moved down behind us: it is read once more.
        """
        start_date = account.order_start_date
        total = first_page.total
        totals = {total}
        for number in range(first_page.page_count, 1, -1):
            page = client.list_orders(start, end, page=number, page_size=PAGE_SIZE, finished=finished)
            self._commit_with_retry(self._store_rows, account, page, start_date)
            totals.add(page.total)
        self._commit_with_retry(self._store_rows, account, first_page, start_date)
        if totals != {total}:
            first_page = client.list_orders(start, end, page=1, page_size=PAGE_SIZE, finished=finished)
            self._commit_with_retry(self._store_rows, account, first_page, start_date)
        if max(totals) > total:
            self._store_pages(account, client, start, end, first_page, finished)

    @api.model
    def _commit_with_retry(self, store, *args):
        """Call `store(*args)` and commit, again when another process changed the same rows first; return whether there
        is time left.
        """
        for attempt in range(STORE_TRIES):
            try:
                store(*args)
                self.env.flush_all()
                return self.env["ir.cron"]._commit_progress() > 0
            except (*CONCURRENCY_ERRORS, UniqueViolation):
                self.env.cr.rollback()
                if attempt == STORE_TRIES - 1:
                    raise
                time.sleep(0.05 * 2**attempt)

    # === LIST === #

    @api.model
    def _store_rows(self, account, page, start_date=None):
        """Store the list rows of an `OrderPage` that differ from what was stored; returns the orders to be read.

        :param start_date: naive UTC; orders placed before are not imported, but those somebody imported are followed
        """
        if page.unreadable:
            account._report_unreadable_rows(len(page.unreadable))
        rows = {row.order_ref: row for row in page.rows}
        domain = Domain("account_id", "=", account.id) & Domain("order_ref", "in", list(rows))
        known = {order.order_ref: order for order in self.search(domain)}
        changed = self.browse()
        for order_ref, order in known.items():
            row = rows[order_ref]
            # AliExpress may leave out either.
            if (order.list_status or "", order.list_update_date or None) != (row.status or "", row.updated_at or None):
                order.with_context(tracking_disable=True).write(self._prepare_row_values(row))
                changed += order
        new_rows = [
            row
            for order_ref, row in rows.items()
            if order_ref not in known and not (start_date and row.created_at and row.created_at < start_date)
        ]
        values_list = [
            self._prepare_row_values(row) | {"account_id": account.id, "order_ref": row.order_ref} for row in new_rows
        ]
        return changed + self.with_context(tracking_disable=True).create(values_list)

    @api.model
    def _prepare_row_values(self, row):
        return {
            "list_status": row.status,
            "list_update_date": row.updated_at or False,
            "order_date": row.created_at or False,
            "is_detail_due": True,
            "retry_at": False,
        }

    # === DETAIL === #

    @api.model
    def _read_due_details(self):
        """Read the details of all orders that changed, batch by batch, each committed; only for `_cron_*` methods."""
        commit_progress = self.env["ir.cron"]._commit_progress
        domain = self._get_due_domain("sync_orders") & Domain("is_detail_due", "=", True)
        orders = self.search(domain, order="retry_at NULLS FIRST, id", limit=1000)
        commit_progress(remaining=len(orders))
        has_time = True
        for account, account_orders in orders.grouped("account_id").items():
            for ids in split_every(DETAIL_BATCH, account_orders.ids):
                if not has_time:
                    return
                account._guard_fetching(lambda ids=ids: self._read_batch(ids, domain))
                has_time = commit_progress(len(ids)) > 0
        if orders:
            self.env["ir.cron"]._aliexpress_wake("ir_cron_process_orders")
            # What AliExpress just sold, paid or not, is gone for the other shops that share the stock.
            self.env["ir.cron"]._aliexpress_wake("ir_cron_push_offers")

    @api.model
    def _read_batch(self, ids, domain):
        """Read and store the details of these orders, commit what was read, then raise what concerns the whole shop."""
        error = self.browse(ids)._read_details(domain)
        self.env["ir.cron"]._commit_progress()
        if error:
            raise error

    def _read_details(self, domain):
        """Read and store the details of the orders of one shop that still match `domain`. What cannot be read shows
        why on its row.

        :return: the error that concerns the whole shop, if one showed
        """
        orders = self.try_lock_for_update().filtered_domain(domain)
        if not orders:
            return None
        account = orders.account_id
        addresses = {order.order_ref: load_address(order.address) for order in orders}
        results = self._call_details(account._get_client(), orders.mapped("order_ref"), addresses)
        details, errors = {}, {}
        for order in orders:
            result = results.get(order.order_ref)
            if isinstance(result, Exception):
                errors[order] = result
            elif result is not None:
                details[order] = result
        has_worked = bool(details)
        errors |= self._store_each(details)
        shop_error = self._get_shop_error(errors, has_worked)
        for order, error in errors.items():
            if isinstance(error, ReconnectError):
                # Read again as soon as the token is renewed.
                return error
            order._set_detail_error(error)
        return shop_error

    @api.model
    def _store_each(self, details):
        """Store `{order: (lib Order, lib Address)}` at once; where that fails, one after the other, so that a bad
        order costs itself only.

        :return: `{order: the exception}` of those that could not be stored
        """
        try:
            with self.env.cr.savepoint():
                self._store_details(details)
            return {}
        except CONCURRENCY_ERRORS:
            raise
        except Exception as error:  # noqa: BLE001  whatever it is, it concerns these orders alone
            if len(details) == 1:
                return dict.fromkeys(details, error)
        failed = {}
        for order, detail in details.items():
            failed |= self._store_each({order: detail})
        return failed

    @api.model
    def _call_details(self, client, order_refs, addresses=None):
        """`{order_ref: (lib Order, what `_call_address` returns) or AliexpressError}`, read in parallel; what was not
        asked for after a shop-wide refusal is missing.

        The threads use nothing of Odoo: `client` is plain Python.

        :param addresses: `{order_ref: lib Address}` as stored already
        """
        stop, no_addresses, failures, worked = Event(), Event(), [], []

        def read(order_ref):
            if stop.is_set():
                return None
            try:
                order = client.get_order(order_ref)
                worked.append(order_ref)
                failures.clear()
                return order, self._call_address(client, order, (addresses or {}).get(order_ref), no_addresses)
            except AliexpressError as error:
                failures.append(order_ref)
                is_own = getattr(error, "reason", "") in OUTAGE_REASONS and worked and len(failures) < THREADS
                if isinstance(error, (ReconnectError, TransientError)) and not is_own:
                    stop.set()
                return error

        with ThreadPoolExecutor(max_workers=THREADS) as pool:
            results = dict(zip(order_refs, pool.map(read, order_refs), strict=True))
        return {order_ref: result for order_ref, result in results.items() if result is not None}

    @staticmethod
    def _call_address(client, order, stored=None, no_addresses=None):
        """The address of a lib Order, unmasked where the family can tell it; None while AliExpress fails to tell it.

        :param stored: the lib Address that is known already
        :param no_addresses: an Event, set when AliExpress tells no addresses for now
        """
        address = order.address
        if not order.address_key or not (is_masked(address.name) or is_masked(address.street)):
            return address
        if stored and is_masked_form(address, stored):
            return address
        if no_addresses and no_addresses.is_set():
            return None
        try:
            revealed = client.reveal_address(order.order_ref, order.address_key)
        except FixError:
            # Revealing needs a permission of its own; a masked address is no reason to lose the order.
            return address
        except TransientError:
            # It has a limit of its own too, which is not that of the shop.
            if no_addresses:
                no_addresses.set()
            return None
        # Only what is masked is told again.
        told = {name: value for name, value in asdict(revealed).items() if value} if revealed else {}
        return replace(address, **told)

    def _set_detail_error(self, error):
        """Show at the order why its detail could not be read; it is read again by itself."""
        message = describe_error(self.account_id._get_message_env(), error)
        if not isinstance(error, AliexpressError):
            _logger.error("Storing AliExpress order %s failed", self.id, exc_info=error)
        if isinstance(error, FixError) and error.reason not in SHOP_REASONS:
            pause = DETAIL_RETRY
        else:
            pause = timedelta(seconds=max(getattr(error, "retry_after", 0), RECORD_PAUSE))
        values = {"retry_at": fields.Datetime.now() + pause, "error": message}
        is_passing = isinstance(error, TransientError) or getattr(error, "reason", None) in SHOP_REASONS
        # A hold is the sign that a delivery may not leave: our own failure must not take it away.
        if not is_passing and self.state != "hold":
            values["state"] = "error"
        self.write(values)

    def _refresh_from_aliexpress(self):
        """Read the detail of this order now and store it; one or two calls. Raises the errors of `lib.errors`."""
        self.ensure_one()
        client = self.account_id._get_client()
        order = client.get_order(self.order_ref)
        self._store_details({self: (order, self._call_address(client, order, load_address(self.address)))})
