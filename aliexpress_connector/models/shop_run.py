"""What a failure says about its record and about its shop, and when what failed is tried again."""

from ..lib.errors import BUSY, IN_AUDIT, IP_ADDRESS, LOCKED, NETWORK, RATE_LIMIT, SIGNATURE, TransientError

# Causes that concern the whole shop, not the record at which they showed.
SHOP_REASONS = {BUSY, IP_ADDRESS, NETWORK, RATE_LIMIT, SIGNATURE}
# Those of them that may concern one method or record alone: they concern the shop when nothing else works either.
OUTAGE_REASONS = {BUSY, NETWORK}
# So many failures in a row, and a shop is left alone for the rest of a run.
OUTAGE_AFTER = 3
# Passing causes that concern one record of a batch: the others need not wait with it.
RECORD_REASONS = {IN_AUDIT, LOCKED}
# A record that failed for a passing reason is tried again after this many seconds at the earliest; its shop sooner.
RECORD_PAUSE = 300
# An answer that could not be understood is asked for again after so many seconds.
UNREADABLE_PAUSE = 1800


def get_pause(error):
    """Seconds until what failed with `error` is tried again.

    After a limit as soon as AliExpress allows calls: the whole shop waits for that. Otherwise longer than the shop
    itself waits: its other records come first, and one that always fails starves none.
    """
    told = getattr(error, "retry_after", 0)
    return told if getattr(error, "reason", None) == RATE_LIMIT and told else max(told, RECORD_PAUSE)


def is_passing(error):
    """Whether what failed with `error` is tried again by itself: no record alone is the cause, or not for ever."""
    return getattr(error, "reason", None) in SHOP_REASONS or isinstance(error, TransientError)


class ShopRun:
    """How a shop fares in one run of a job: tells records that fail from an AliExpress that is down."""

    def __init__(self):
        self.has_worked = self.is_over = False
        self._failures = []

    def note_success(self):
        """AliExpress answered."""
        self.has_worked = True
        self._failures.clear()

    def note_failure(self, is_first):
        """AliExpress failed for a record, `is_first`: which did not fail before."""
        self._failures.append(is_first)
        self.is_over |= len(self._failures) >= OUTAGE_AFTER

    def is_outage(self):
        """Whether the shop must wait. What fails again and again is no sign of that: it would wait for ever."""
        return len(self._failures) >= OUTAGE_AFTER and not self.has_worked and any(self._failures)
