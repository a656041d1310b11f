import threading
import time

import psycopg2

from odoo import fields
from odoo.sql_db import PoolError, db_connect
from odoo.tools import SQL

from ..lib.errors import RATE_LIMIT, TransientError

# What another process was told is known here after so many seconds.
LOOK_EVERY = 0.25


class CallGate:
    """Asked before each call of a job: raises TransientError(RATE_LIMIT) while the shop's `retry_at` lies ahead.

    A job sees its database as it was when its transaction began, and goes on for minutes; a limit that was announced to
    another worker in between must stop it as well. May be asked from several threads.
    """

    def __init__(self, account):
        self._database, self._account_id = account.env.cr.dbname, account.id
        self._lock, self._looked_at, self._retry_at = threading.Lock(), 0, None

    def __call__(self):
        with self._lock:
            if time.monotonic() - self._looked_at > LOOK_EVERY:
                self._look()
            left = self._retry_at and (self._retry_at - fields.Datetime.now()).total_seconds()
        if left and left > 0:
            raise TransientError(RATE_LIMIT, retry_after=left, is_known=True)

    def _look(self):
        try:
            # Not the registry's cursor: in tests that belongs to one thread.
            with db_connect(self._database).cursor() as cr:
                cr.execute(SQL("SELECT retry_at FROM aliexpress_account WHERE id = %s", self._account_id))
                self._retry_at = (cr.fetchone() or [None])[0]
        except (psycopg2.Error, PoolError):
            # Not knowing is no reason to stand still: AliExpress refuses what it does not want.
            self._retry_at = None
        self._looked_at = time.monotonic()
