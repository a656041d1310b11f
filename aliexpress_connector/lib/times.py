"""AliExpress' wall clocks to naive UTC and back.

Order times and the filters of the order list are US Pacific wall time without a zone. Two hours a year have no single
meaning:

- the hour that is repeated in autumn, and the hour that is skipped in spring, are read as daylight saving time. That is
  the earlier of the possible instants, so a deadline is never believed to be later than it is;
- a window sent to AliExpress is widened to the whole repeated hour (`pacific_window`): whichever of the two AliExpress
  means, nothing falls between two windows.

pytz, which Odoo requires, is used rather than zoneinfo because it brings its own time zone data.
"""

import re
from datetime import datetime, timedelta
from functools import lru_cache

import pytz

_PACIFIC = pytz.timezone("America/Los_Angeles")
_FORMAT = "%Y-%m-%d %H:%M:%S"
# Seconds, or milliseconds, from 2001 to 2286.
_UNIX = re.compile(r"([1-9][0-9]{9})([0-9]{3})?")
_SECOND, _HOUR = timedelta(seconds=1), timedelta(hours=1)


def read_time(value):
    """Naive UTC of a time as AliExpress writes it: US Pacific wall time or Unix time, in seconds or milliseconds; None
    for no value. Raises ValueError for all else.
    """
    unix = _UNIX.fullmatch(str(value).strip())
    return from_timestamp(unix.group(1)) if unix else pacific_to_utc(value)


def pacific_to_utc(text):
    """Naive UTC of US Pacific wall time `yyyy-MM-dd HH:mm:ss`; None for no text. Raises ValueError for all else."""
    return None if text is None or text == "" else _pacific_to_utc(str(text))


# The orders of the window are listed again every few minutes, with the same times.
@lru_cache(maxsize=8192)
def _pacific_to_utc(text):
    return _PACIFIC.localize(_parse(text), is_dst=True).astimezone(pytz.utc).replace(tzinfo=None)


def from_timestamp(seconds):
    """Naive UTC of Unix time."""
    return datetime(1970, 1, 1) + timedelta(seconds=int(seconds))


def utc_to_pacific(moment):
    """US Pacific wall time of naive UTC `moment`, as AliExpress writes it."""
    return _wall(moment).strftime(_FORMAT)


def latest_meaning(moment):
    """The latest instant that AliExpress may have meant where `read_time` took its text for naive UTC `moment`."""
    return moment + _HOUR if _is_repeated(_wall(moment)) else moment


def pacific_window(start, end):
    """Texts of a window from `start` to `end` (naive UTC), widened where the wall clock is ambiguous."""
    start, end = _wall(start), _wall(end)
    if _is_repeated(start):
        start = start.replace(minute=0, second=0) - _SECOND
    if _is_repeated(end):
        end = end.replace(minute=0, second=0) + _HOUR
    return start.strftime(_FORMAT), end.strftime(_FORMAT)


def _parse(text):
    wall = datetime.strptime(str(text).strip(), _FORMAT)
    # Far from the edges of the calendar, where shifting the zone would overflow.
    if not 1970 <= wall.year <= 2999:
        raise ValueError("not a time")
    return wall


def _wall(moment):
    return pytz.utc.localize(moment).astimezone(_PACIFIC).replace(tzinfo=None)


def _is_repeated(wall):
    try:
        _PACIFIC.localize(wall, is_dst=None)
    except pytz.AmbiguousTimeError:
        return True
    return False
