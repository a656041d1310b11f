import contextlib
import logging
import time
import zlib
from datetime import timedelta

import psycopg2

from odoo import fields
from odoo.sql_db import PoolError, db_connect
from odoo.tools import SQL

from ..lib.errors import RATE_LIMIT, TransientError
from ..lib.transport import OpenGate

_logger = logging.getLogger(__name__)

# Spaces of PostgreSQL's advisory locks: one lock for each shop, and one for each application.
SHOPS, APPLICATIONS = 1_634_036_001, 1_634_036_002
# Seconds between two looks at a silence that is about to end, and how often one looks at most.
LOOK_EVERY, LOOKS = 0.05, 100
# Longer than any look takes.
LOCK_TIMEOUT = "200ms"


class CallGate(OpenGate):
    """The limits of a shop, shared by all processes and threads that call for it.

    A job sees its database as it was when its transaction began, and goes on for minutes; a limit that was announced to
    another worker in between must stop it as well. What is over in seconds is told by an advisory lock that is held
    meanwhile: writing `retry_at` would make other workers' transactions fail. What takes longer is written there, as
    soon as the transaction that met it has ended, also for a person whose request ends with an error.
    """

    def __init__(self, account, is_job):
        self._account, self._is_job = account, is_job
        self._database = account.env.cr.dbname
        self._shop = SQL("%s, %s", SHOPS, account.id)
        self._application = SQL("%s, %s", APPLICATIONS, zlib.crc32((account.app_key or "").encode()) & 0x7FFFFFFF)
        self._told = []

    def check(self):
        """Override: jobs wait for whatever `retry_at` stands for, a person for what AliExpress asked for alone."""
        for _look in range(LOOKS):
            retry_at, is_limited, is_held = self._look()
            left = retry_at and (retry_at - fields.Datetime.now()).total_seconds()
            if left and left > 0 and (self._is_job or is_limited):
                raise TransientError(RATE_LIMIT, retry_after=left, is_known=True)
            if not is_held:
                return
            time.sleep(LOOK_EVERY)

    def _look(self):
        try:
            # Not the registry's cursor: in tests that belongs to one thread.
            with db_connect(self._database).cursor() as cr:
                cr.execute(
                    SQL(
                        """
                        SELECT (SELECT retry_at FROM aliexpress_account WHERE id = %(shop)s),
                               (SELECT is_call_limited FROM aliexpress_account WHERE id = %(shop)s),
                               NOT pg_try_advisory_xact_lock_shared(%(shop_lock)s)
                               OR NOT pg_try_advisory_xact_lock_shared(%(application_lock)s)
                        """,
                        shop=self._account.id,
                        shop_lock=self._shop,
                        application_lock=self._application,
                    )
                )
                return cr.fetchone()
        except (psycopg2.Error, PoolError):
            # Not knowing is no reason to stand still: AliExpress refuses what it does not want.
            return None, False, False

    @contextlib.contextmanager
    def hold(self, error):
        """Override: no process calls meanwhile."""
        lock = self._application if error.concerns_app else self._shop
        with contextlib.ExitStack() as stack:
            # Where another thread holds it already, or nobody can, others find out themselves.
            with contextlib.suppress(psycopg2.Error, PoolError):
                cr = stack.enter_context(db_connect(self._database).cursor())
                cr.execute(SQL("SET LOCAL lock_timeout = %s", LOCK_TIMEOUT))
                cr.execute(SQL("SELECT pg_advisory_xact_lock(%s)", lock), log_exceptions=False)
            yield

    def note(self, error):
        """Override: remember it for when the transaction ends."""
        until = fields.Datetime.now() + timedelta(seconds=error.retry_after)
        self._told.append((until, error))
        cr = self._account.env.cr
        cr.postcommit.add(self._store)
        cr.postrollback.add(self._store)

    def _store(self):
        told, self._told = self._told, []
        if not told:
            return
        until, error = max(told, key=lambda each: each[0])
        try:
            with self._account.env.registry.cursor() as cr:
                account = self._account.with_env(self._account.env(cr=cr)).exists()
                if account and until > fields.Datetime.now() and until > (account.retry_at or until.min):
                    account._wait_for_gateway(until, error)
        except psycopg2.Error:
            _logger.warning("A limit of shop %s was not stored", self._account.id, exc_info=True)
