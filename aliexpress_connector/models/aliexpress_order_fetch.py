import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from itertools import islice

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.base.models.ir_cron import MIN_TIME_PER_JOB

from ..lib.times import latest_meaning
from .aliexpress_account_orders import AUDIT_EVERY
from .aliexpress_job_mixin import CONCURRENCY_ERRORS
from .aliexpress_order_reading import ADDRESS_PROBES, DETAIL_BATCH

PAGE_SIZE = 50
# AliExpress lists at most 30 days of finished orders at once.
WINDOW = timedelta(days=28)
# A window with more pages is halved.
MAX_PAGES = 100
# A window whose reading would take longer (seconds) is cut to what is read in a quarter of it: Odoo ends a run after
# two minutes, and nothing of a window that was not read to its end counts as listed.
LONGEST_READING = 80
# After so many seconds the pace is known.
PACE_KNOWN_AFTER = 20
# How often a window is read whose orders move, or come in another order, while they are read.
MAX_ROUNDS = 3
SHORTEST_WINDOW = timedelta(minutes=10)
STORE_TRIES = 5


class AliexpressOrder(models.Model):
    """How orders come into the inbox: AliExpress' list says what changed."""

    _inherit = "aliexpress.order"

    # === JOB === #

    @api.model
    def _cron_fetch_orders(self):
        """Store every change of the shops' orders since the last run, then wake the job that works on them. What
        AliExpress pushed is looked at first.
        """
        self.env["aliexpress.push.message"]._take_messages()
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
                    and account.orders_synced_until
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
        # Committed before anything is read of the shop that people may change meanwhile.
        self._commit_with_retry(self._mark_hidden_addresses, account)
        client = account._get_client()
        now = fields.Datetime.now()
        is_audit = not account.orders_audit_date or account.orders_audit_date <= now - AUDIT_EVERY
        start, mark = account._get_fetch_start(is_audit), account._get_fetch_mark()
        # The present second is not over: what happens in it is listed already, and again by the next run.
        horizon = now + timedelta(seconds=1)
        if account.error:
            # Stored only when the list can be read; what is wrong with its rows is written anew.
            account.error = False
        while True:
            end = self._list_window(account, client, start, min(start + WINDOW, horizon))
            is_up_to_date = end >= horizon
            has_time = self._commit_with_retry(
                account._set_orders_synced, min(end, now), mark, now if is_audit and is_up_to_date else None
            )
            mark = (max(min(end, now), mark[0] or min(end, now)), mark[1])
            if is_up_to_date or not has_time or account.orders_synced_until != mark[0]:
                return is_up_to_date
            start = end

    @api.model
    def _mark_hidden_addresses(self, account):
        """Have orders read again whose address AliExpress could not tell for now: the list may never show them again.

        As many as are read at once; only a few while others were refused within the hour: that limit may go on.
        """
        domain = Domain("account_id", "=", account.id) & Domain("address_retry_at", "!=", False)
        domain &= Domain("stage", "in", ("new", "waiting_shipment"))
        waiting = self.search(domain, order="address_retry_at, id")
        now = fields.Datetime.now()
        due = waiting.filtered(lambda order: order.address_retry_at <= now)
        due[: DETAIL_BATCH if due == waiting else ADDRESS_PROBES].is_detail_due = True

    @api.model
    def _list_window(self, account, client, start, end):
        """Store the rows of one window, whatever time it takes: half a window is worth nothing. Return its end.

        The end comes earlier when the window has too many pages, or AliExpress is too slow for them. A page that tells
        nothing new costs no commit, after which all that is known of the shop would be read again.
        """
        began, read, pages = time.monotonic(), 0, 0
        for finished in (False, True):
            first_page, end = self._read_first_page(client, start, end, finished=finished)
            pages += max(first_page.page_count, 1)
            for page in self._read_pages(client, start, end, first_page, finished=finished):
                if page.unreadable or any(self._find_changes(account, page, account.order_start_date)):
                    self._commit_with_retry(self._store_rows, account, page, account.order_start_date)
                read += 1
                seconds = time.monotonic() - began
                needed, slice_seconds = seconds * pages / read, LONGEST_READING / 4
                is_long = needed > LONGEST_READING and needed - seconds > slice_seconds
                if is_long and seconds > PACE_KNOWN_AFTER and end - start > SHORTEST_WINDOW:
                    end = start + max((end - start) * (slice_seconds / needed), SHORTEST_WINDOW)
                    return self._list_window(account, client, start, end)
        return end

    @api.model
    def _read_first_page(self, client, start, end, **query):
        """The first page of a window and the end of the window, halved until it has few enough pages."""
        page = client.list_orders(start, end, page=1, page_size=PAGE_SIZE, **query)
        while page.page_count > MAX_PAGES and end - start > SHORTEST_WINDOW:
            end = start + (end - start) / 2
            page = client.list_orders(start, end, page=1, page_size=PAGE_SIZE, **query)
        return page, end

    @api.model
    def _read_pages(self, client, start, end, first_page, **query):
        """Yield all pages of a window, from the last down to the first.

        Orders that change while we page leave the window, and those behind them move up: towards pages not read yet,
        because we go down. The first page was read to know how many there are; it is read again when anything moved.
        Should the list have grown, orders moved down behind us, and where it shows some twice without a change it has
        no firm order, so that others may not have come: it is read once more.
        """
        read = partial(client.list_orders, start, end, page_size=PAGE_SIZE, **query)
        for _round in range(MAX_ROUNDS):
            totals, order_refs = {first_page.total}, []  # all None where nothing is counted
            for page in self._walk_pages(read, first_page):
                totals.add(page.total)
                order_refs += [row.order_ref for row in page.rows]
                yield page
            has_moved = totals != {first_page.total}
            is_shuffled = not has_moved and len(order_refs) > len(set(order_refs))
            if not has_moved and not is_shuffled:
                return
            has_grown = max(total or 0 for total in totals) > (first_page.total or 0)
            first_page = read(page=1)
            yield first_page
            if not has_grown and not is_shuffled:
                return

    @api.model
    def _walk_pages(self, read, first_page):
        """Yield the pages of a window: from the last down to the first, where `first_page` was read already."""
        last = first_page
        for page in self._read_ahead(read, range(first_page.page_count, 1, -1)):
            last = page if last is first_page else last
            yield page
        number = max(first_page.page_count, 1)
        # What AliExpress' counters leave out stands behind the last page they know.
        while self._has_more(last, number):
            number += 1
            before, last = last, read(page=number)
            if last.rows == before.rows:
                break  # the last page again
            yield last
        yield first_page

    @api.model
    def _has_more(self, page, number):
        """Whether there is a page behind this one, the page `number`, whatever AliExpress counts."""
        is_full = len(page.rows) + len(page.unreadable) >= PAGE_SIZE
        return page.page_count > number or (is_full and page.total != number * PAGE_SIZE)

    @staticmethod
    def _read_ahead(read, numbers):
        """Yield `read(page=number)` of each of `numbers`, one after the other; a thread, which uses nothing of Odoo,
        reads the next page while the caller stores the last.
        """
        numbers = iter(numbers)
        with ThreadPoolExecutor(max_workers=1) as pool:
            reading = [pool.submit(read, page=number) for number in islice(numbers, 1)]
            while reading:
                page = reading.pop().result()
                reading = [pool.submit(read, page=number) for number in islice(numbers, 1)]
                yield page

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
        changed, new_rows = self._find_changes(account, page, start_date)
        for order, row in changed.items():
            order.with_context(tracking_disable=True).write(self._prepare_row_values(row))
        # The company follows from the shop; told at once it costs no second statement.
        shop = {"account_id": account.id, "company_id": account.company_id.id}
        values_list = [self._prepare_row_values(row) | shop | {"order_ref": row.order_ref} for row in new_rows]
        return self.browse().union(*changed) + self.with_context(tracking_disable=True).create(values_list)

    @api.model
    def _find_changes(self, account, page, start_date):
        """What of an `OrderPage` differs from what was stored: `{order: row}` and the rows of new orders."""
        rows = {row.order_ref: row for row in page.rows}
        domain = Domain("account_id", "=", account.id) & Domain("order_ref", "in", list(rows))
        known = self.search_fetch(domain, ["order_ref", "list_status", "list_update_date"])
        changed = {}
        for order in known:
            row = rows.pop(order.order_ref)
            # AliExpress may leave out either.
            if (order.list_status or "", order.list_update_date or None) != (row.status or "", row.updated_at or None):
                changed[order] = row
        new_rows = [
            row
            for row in rows.values()
            if not (start_date and row.created_at and latest_meaning(row.created_at) < start_date)
        ]
        return changed, new_rows

    @api.model
    def _prepare_row_values(self, row):
        return {
            "list_status": row.status,
            "list_update_date": row.updated_at or False,
            "order_date": row.created_at or False,
            "is_detail_due": True,
            "retry_at": False,
        }
