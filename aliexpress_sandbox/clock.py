"""The sandbox's own time, and the three ways AliExpress writes it."""

import re
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

UTC = timezone.utc
PACIFIC = ZoneInfo("America/Los_Angeles")
BEIJING = timezone(timedelta(hours=8))
FORMAT = "%Y-%m-%d %H:%M:%S"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SPAN = re.compile(r"^([+-])(?=\d)(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$", re.ASCII)


class Clock:
    """Real time plus an offset, so that tests can make days pass."""

    def __init__(self, offset=0.0):
        self.offset = float(offset)

    def now(self):
        """The current time, UTC, whole seconds."""
        real = datetime.now(UTC) + timedelta(seconds=self.offset)
        return real.replace(microsecond=0)

    def millis(self):
        exact = datetime.now(UTC) + timedelta(seconds=self.offset)
        return to_millis(exact)

    def advance(self, seconds):
        self.offset += float(seconds)


def to_millis(moment):
    return int((moment - EPOCH) / timedelta(milliseconds=1))


def from_millis(millis):
    return EPOCH + timedelta(milliseconds=int(millis))


def pacific(moment):
    """US Pacific wall time, the zone of all order times; None stays None."""
    return moment and moment.astimezone(PACIFIC).strftime(FORMAT)


def beijing(moment):
    return moment.astimezone(BEIJING).strftime(FORMAT)


def read_pacific(text):
    """UTC of a Pacific wall time; raises ValueError. The repeated hour of autumn is
    read as its first pass, the missing hour of spring as if clocks had not moved."""
    return datetime.strptime(text, FORMAT).replace(tzinfo=PACIFIC).astimezone(UTC)


def read_moment(text, now):
    """UTC of what scenarios contain: ISO 8601, `now`, or a distance such as `-2d3h`."""
    if text == "now":
        return now
    span = _SPAN.match(text)
    if span:
        sign, *parts = span.groups()
        days, hours, minutes, seconds = (int(part or 0) for part in parts)
        distance = timedelta(days, seconds, 0, 0, minutes, hours)
        return now + distance if sign == "+" else now - distance
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
