"""How fast and how often calls are made that AliExpress refuses because there are too many."""

import random
import threading
import time

from .errors import BUSY, NETWORK, RATE_LIMIT

# A read that failed quickly is worth another try at once; what takes longer belongs to the caller's schedule.
MAX_TRIES = 3
TRY_AGAIN_WITHIN = 5
# Limits that end within seconds are waited for, all those that a call meets together for so long.
LONGEST_BAN_WAITED_FOR = 3
PATIENCE = 30
# Seconds between two calls after the first refusal, doubled with each further one.
SMALLEST_GAP, LARGEST_GAP = 1 / 16, 2


class Pace:
    """Spreads the calls of all threads evenly as soon as AliExpress refused one because they were too many a second:
    its limits differ by method and application, and are told nowhere.
    """

    def __init__(self, clock, sleep):
        self._clock, self._sleep = clock, sleep
        self._lock = threading.Lock()
        self._gap = self._next_turn = self._slowed_at = 0

    def take_turn(self):
        """Wait until it is this call's turn; return the Unix time of it."""
        with self._lock:
            now = self._clock()
            turn = max(now, self._next_turn)
            self._next_turn = turn + self._gap
        if turn > now:
            self._sleep(turn - now)
        return turn

    def slow_down(self, turn):
        """The call that was made at this `turn` was refused. One that was on its way already says nothing new."""
        with self._lock:
            if turn >= self._slowed_at:
                self._gap = min(max(2 * self._gap, SMALLEST_GAP), LARGEST_GAP)
                self._slowed_at = self._clock()


class Tries:
    """How often one call is made."""

    def __init__(self, is_read):
        self._left = MAX_TRIES if is_read else 1
        self._began, self._waited = 0, 0

    def begin(self):
        """The call is made now, whatever time it waited for that."""
        self._began = time.monotonic()

    def get_wait(self, error, is_limit):
        """Seconds after which the call may be made again that ended with this TransientError, None for not at all.

        :param is_limit: whether AliExpress refused the call before it did anything: a write may be repeated too
        """
        if is_limit:
            self._waited += error.retry_after
            is_short = error.retry_after <= LONGEST_BAN_WAITED_FOR and self._waited <= PATIENCE
            return error.retry_after if is_short else None
        self._left -= 1
        if not self._left or time.monotonic() - self._began > TRY_AGAIN_WITHIN:
            return None
        if error.reason == RATE_LIMIT and error.retry_after <= LONGEST_BAN_WAITED_FOR:
            return error.retry_after
        return self._get_pause() if error.reason in (NETWORK, BUSY) else None

    def _get_pause(self):
        return 0.2 * 2 ** (MAX_TRIES - self._left) * random.uniform(0.5, 1.5)
