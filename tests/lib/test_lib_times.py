from datetime import datetime, timedelta

import pytest

from aliexpress_connector.lib.times import (
    from_timestamp,
    pacific_to_utc,
    pacific_window,
    read_time,
    utc_to_pacific,
)


@pytest.mark.parametrize(
    "pacific, utc",
    [
        ("2024-01-15 12:00:00", datetime(2024, 1, 15, 20)),
        ("2024-07-15 12:00:00", datetime(2024, 7, 15, 19)),
        ("2024-03-19 23:10:02", datetime(2024, 3, 20, 6, 10, 2)),
    ],
)
def test_both_ways(pacific, utc):
    assert pacific_to_utc(pacific) == utc
    assert utc_to_pacific(utc) == pacific


def test_repeated_hour_is_the_earlier_one():
    assert pacific_to_utc("2024-11-03 01:30:00") == datetime(2024, 11, 3, 8, 30)
    assert pacific_to_utc("2024-11-03 02:00:00") == datetime(2024, 11, 3, 10)


def test_skipped_hour_is_the_earlier_one():
    assert pacific_to_utc("2024-03-10 01:59:59") == datetime(2024, 3, 10, 9, 59, 59)
    assert pacific_to_utc("2024-03-10 02:30:00") == datetime(2024, 3, 10, 9, 30)
    assert pacific_to_utc("2024-03-10 03:00:00") == datetime(2024, 3, 10, 10)


@pytest.mark.parametrize("text", [None, ""])
def test_no_time(text):
    assert pacific_to_utc(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "tomorrow",
        "2024-13-01 00:00:00",
        "2024-01-01",
        "0001-01-01 00:00:00",
        "9999-12-31 23:59:59",
        5,
        True,
        ["2024"],
        {"a": 1},
    ],
)
def test_what_is_no_time(text):
    with pytest.raises(ValueError):
        pacific_to_utc(text)


@pytest.mark.parametrize("value", [1_710_915_002, "1710915002", 1_710_915_002_123, "1710915002123"])
def test_unix_time_where_wall_time_is_expected(value):
    assert read_time(value) == datetime(2024, 3, 20, 6, 10, 2)
    assert read_time("2024-03-19 23:10:02") == datetime(2024, 3, 20, 6, 10, 2)


@pytest.mark.parametrize("value", [5, "123456789012", True, 0, "20240319231002", "tomorrow"])
def test_other_numbers_are_no_time(value):
    with pytest.raises(ValueError):
        read_time(value)


def test_unix_time():
    assert from_timestamp(1_700_000_000.9) == datetime(2023, 11, 14, 22, 13, 20)


def test_window_of_an_ordinary_day():
    assert pacific_window(datetime(2024, 7, 1), datetime(2024, 7, 2)) == ("2024-06-30 17:00:00", "2024-07-01 17:00:00")


def test_no_instant_falls_between_two_windows_when_the_hour_is_repeated():
    """Whichever of the two hours AliExpress reads in an ambiguous text, consecutive windows meet."""
    start = datetime(2024, 11, 3, 6)
    for minutes in range(0, 6 * 60, 7):
        cut = start + timedelta(minutes=minutes)
        _, end = pacific_window(start, cut)
        begin, _ = pacific_window(cut, cut + timedelta(hours=6))
        latest_begin = _latest(begin)
        assert latest_begin <= cut <= pacific_to_utc(end)
        assert latest_begin <= pacific_to_utc(end)


def _latest(text):
    earlier = pacific_to_utc(text)
    later = earlier + timedelta(hours=1)
    return later if utc_to_pacific(later) == text else earlier
