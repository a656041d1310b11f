import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from datetime import timedelta
from threading import Event

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import split_every

from ..lib.errors import NOT_OFFERED, PERMISSION, AliexpressError, FixError, ReconnectError, TransientError
from .aliexpress_job_mixin import CONCURRENCY_ERRORS
from .error_messages import describe_error
from .parallel_calls import THREADS
from .private_log import get_logger
from .res_partner import hides_address, is_masked_form, load_address
from .shop_run import OUTAGE_REASONS, SHOP_REASONS, get_pause

_logger = get_logger(__name__)

DETAIL_BATCH = 50
# Seconds after which no further detail of a batch is asked for: what was read is stored before Odoo ends a slow run.
LONGEST_READING = 45
DETAIL_RETRY = timedelta(hours=1)
# So many orders of a shop are asked for hidden addresses in a run while AliExpress told none of others.
ADDRESS_PROBES = 3


class AddressRun:
    """Whether AliExpress tells hidden addresses in one run; its threads share it."""

    def __init__(self):
        self.is_over = False
        self._refusals = 0

    def note_success(self):
        """AliExpress told an address."""
        self._refusals = 0

    def note_failure(self, error):
        """AliExpress did not, because of `error`. A limit ends the run; a refusal may be one of this order alone."""
        self._refusals += 1
        self.is_over |= isinstance(error, TransientError) or self._refusals >= ADDRESS_PROBES


class AliexpressOrder(models.Model):
    """How the details of orders that changed are read: in parallel, stored batch by batch, each fault at its order."""

    _inherit = "aliexpress.order"

    @api.model
    def _read_due_details(self):
        """Read the details of all orders that changed, batch by batch, each committed; only for `_cron_*` methods."""
        commit_progress = self.env["ir.cron"]._commit_progress
        domain = self._get_due_domain("sync_orders") & Domain("is_detail_due", "=", True)
        orders = self.search(domain, order="retry_at NULLS FIRST, id", limit=1000)
        commit_progress(remaining=len(orders))
        for account, account_orders in orders.grouped("account_id").items():
            left = len(account_orders)
            for ids in split_every(DETAIL_BATCH, account_orders.ids):
                is_tried = account._guard_fetching(lambda ids=ids: self._read_batch(ids, domain))
                # Where none could be read, the shop's others would fail as well, and cost as many calls.
                done = left if is_tried and all(self.browse(ids).mapped("is_detail_due")) else len(ids)
                left -= done
                if not commit_progress(done):
                    return
                if not left:
                    break
        if orders:
            self.env["ir.cron"]._aliexpress_wake("ir_cron_process_orders")
            # What AliExpress just sold, paid or not, is gone for the other shops that share the stock.
            self.env["ir.cron"]._aliexpress_wake("ir_cron_push_offers")

    @api.model
    def _read_batch(self, ids, domain):
        """Read and store the details of those of these orders of one shop that still match `domain`, commit what was
        read, then raise what concerns the whole shop.

        :return: whether AliExpress was asked; False when other processes work on all of them
        """
        # Others may refer to the orders meanwhile: a backorder or a return does not wait for AliExpress' answers.
        orders = self.browse(ids).try_lock_for_update(allow_referencing=True).filtered_domain(domain)
        error = orders._read_details() if orders else None
        self.env["ir.cron"]._commit_progress()
        if error:
            raise error
        return bool(orders)

    def _read_details(self):
        """Read and store the details of these orders of one shop. What cannot be read shows why on its row.

        :return: the error that concerns the whole shop, if one showed
        """
        account = self.account_id
        addresses = {order.order_ref: load_address(order.address) for order in self}
        erased = set(self.filtered("is_erased").mapped("order_ref"))
        results = self._call_details(account._get_client(), self.mapped("order_ref"), addresses, erased)
        details, errors = {}, {}
        for order in self:
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
        except Exception as error:  # whatever it is, it concerns these orders alone
            if len(details) == 1:
                return dict.fromkeys(details, error)
        failed = {}
        for order, detail in details.items():
            failed |= self._store_each({order: detail})
        return failed

    @api.model
    def _call_details(self, client, order_refs, addresses=None, erased=()):
        """`{order_ref: (lib Order, what `_call_address` returns) or AliexpressError}`, read in parallel; what was not
        asked for after a shop-wide refusal, or for want of time, is missing.

        The threads use nothing of Odoo: `client` is plain Python.

        :param addresses: `{order_ref: lib Address}` as stored already
        :param erased: numbers of orders whose buyers' data was erased
        """
        stop, address_run, failures, worked = Event(), AddressRun(), [], []
        end = time.monotonic() + LONGEST_READING

        def read(order_ref):
            if stop.is_set() or time.monotonic() > end:
                return None
            try:
                order = client.get_order(order_ref)
                worked.append(order_ref)
                failures.clear()
                if order_ref in erased:
                    return order, order.address
                return order, self._call_address(client, order, (addresses or {}).get(order_ref), address_run)
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
    def _call_address(client, order, stored=None, address_run=None):
        """The address of a lib Order, unmasked where the family can tell it; None while AliExpress fails to tell it.

        :param stored: the lib Address that is known already
        :param address_run: the `AddressRun` of several orders
        """
        address = order.address
        if not order.address_key or not hides_address(address):
            return address
        if stored and is_masked_form(address, stored):
            return address
        address_run = address_run or AddressRun()
        if address_run.is_over:
            return None
        try:
            revealed = client.reveal_address(order.order_ref, order.address_key)
        except (FixError, TransientError) as error:
            if error.reason in (PERMISSION, NOT_OFFERED):
                # Revealing needs a permission of its own; a masked address is no reason to lose the order.
                return address
            # It has a limit of its own too, which is not that of the shop.
            address_run.note_failure(error)
            return None
        address_run.note_success()
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
            pause = timedelta(seconds=get_pause(error))
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
        self._store_detail(client, order)

    def _store_detail(self, client, detail):
        """Store the lib Order `detail` of this order with its address. What was erased is not asked for again."""
        self.ensure_one()
        address = detail.address
        if not self.is_erased:
            address = self._call_address(client, detail, load_address(self.address))
        self._store_details({self: (detail, address)})
