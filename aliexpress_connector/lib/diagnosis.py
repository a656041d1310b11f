"""Whether AliExpress answers a shop as this library expects: every reading act is tried once, its answer compared.

Nothing is changed, and nothing of what AliExpress answers is kept but names of fields and types of values.
"""

from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime
from functools import partial

from . import errors
from .answer_shape import Note, compare, load_documented
from .catalogue_values import STATUSES
from .normalize import unwrap
from .times import from_timestamp
from .transport import Transport

# Outcomes
EXPECTED = "expected"
DIFFERENT = "different"
DENIED = "denied"  # the application has not been granted the method
NOT_OFFERED = "not_offered"  # the family has nothing for it
FAILED = "failed"
SKIPPED = "skipped"  # the shop has nothing to try it with

# Kinds of notes, beside those of `answer_shape`
UNREADABLE = "could not be read"
ENVELOPE = "the answer comes in an envelope"
NO_OBJECT = "the envelope holds no object"
UNDOCUMENTED = "this answer is not documented"

_WINDOW = timedelta(days=28)


@dataclass(frozen=True, slots=True)
class Check:
    """What came of one act; `methods` are those that were called, `notes` are `Note`s or AliExpress' own words."""

    family: str
    act: str
    methods: tuple[str, ...]
    outcome: str
    notes: tuple[str, ...] = ()
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """`family`: the one that fits, "" where none does, None where failures left it open. `clock_difference`: seconds
    AliExpress is ahead, None if unknown.
    """

    checks: tuple[Check, ...]
    family: str | None
    clock_difference: int | None


class ObservedTransport(Transport):
    """A `Transport` that keeps the answers it got, as they were decoded."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.seen = []
        self.clock_difference = None

    def _post(self, method, *args, **kwargs):
        self.seen.append((method, None))
        answer = super()._post(method, *args, **kwargs)
        self.seen[-1] = (method, answer)
        return answer

    def _send(self, *args, **kwargs):
        response = super()._send(*args, **kwargs)
        try:
            self.clock_difference = round(parsedate_to_datetime(response.headers["Date"]).timestamp() - self.clock())
        except (KeyError, TypeError, ValueError):
            self.clock_difference = None
        return response


class _NothingToTry(Exception):
    """The shop has none of what the act needs."""


def diagnose(transport, families):
    """Try all that is read with the methods of `families` ({name: class}) through an `ObservedTransport`.

    Raises `ReconnectError` when the shop's token is not accepted; about forty calls otherwise.
    """
    documented = load_documented()
    checks = []
    for name, family in families.items():
        acts = _Acts(family(transport), from_timestamp(transport.clock()))
        for act, attempt in acts.get_all().items():
            checks.append(_check(transport, name, act, attempt, documented))
    return Diagnosis(tuple(checks), _find_family(checks, families), transport.clock_difference)


def _find_family(checks, families):
    """Return the first of `families` that may read orders, "" where none may, None where a failure leaves it open."""
    for family in families:
        outcomes = {check.outcome for check in checks if check.family == family and check.act.startswith("orders")}
        if DENIED not in outcomes:
            return None if FAILED in outcomes else family
    return ""


class _Acts:
    """Everything a family reads; what one act finds is what the next is tried with."""

    def __init__(self, client, now):
        self.client = client
        self.start, self.end = now - _WINDOW, now
        self.found = {}

    def get_all(self):
        """Return `{what is read: function that reads it}`, in the order to try them."""
        client = self.client
        return {
            "orders changed lately": self._list_orders,
            "orders finished lately": partial(self._list_orders, finished=True),
            "orders placed lately": partial(self._list_orders, by="created"),
            "an order": self._get_order,
            "the address of an order": self._reveal_address,
            "carriers": client.list_carriers,
            "profile of the shop": client.get_profile,
            **{f"products {status}": partial(self._list_products, status) for status in STATUSES},
            "a product": self._get_product,
            "review of a product": self._with("product", client.get_review_state),
            "categories": self._list_categories,
            "suggested categories": partial(client.suggest_categories, "T-shirt"),
            "attributes of a category": self._with("category", client.get_attributes),
            "size charts of a category": self._with("category", client.list_size_charts),
            "responsible persons": self._with("category", client.list_responsible_persons),
            "freight templates": client.list_freight_templates,
            "service templates": client.list_service_templates,
            "product groups": client.list_product_groups,
            "brands": client.list_brands,
            "feeds": self._list_feeds,
            "a feed": self._with("feed", client.get_feed),
        }

    def _with(self, what, read):
        return lambda: read(self._need(what))

    def _need(self, what):
        if what not in self.found:
            raise _NothingToTry
        return self.found[what]

    def _keep(self, what, candidates):
        if what not in self.found and any(candidates):
            self.found[what] = next(filter(None, candidates))

    def _list_orders(self, **how):
        page = self.client.list_orders(self.start, self.end, page_size=10, **how)
        self._keep("order", [row.order_ref for row in page.rows])

    def _get_order(self):
        self.found["detail"] = self.client.get_order(self._need("order"))

    def _reveal_address(self):
        detail = self._need("detail")
        if not detail.address_key:
            raise _NothingToTry
        self.client.reveal_address(detail.order_ref, detail.address_key)

    def _list_products(self, status):
        page = self.client.list_products(status, page_size=10)
        self._keep("product", [row.product_ref for row in page.rows])

    def _get_product(self):
        detail = self.client.get_product(self._need("product"))
        self._keep("category", [detail.category_ref])

    def _list_categories(self):
        categories = self.client.list_categories()
        for _level in range(6):
            leaf = next((category for category in categories if category.is_leaf), None)
            if leaf or not categories:
                break
            categories = self.client.list_categories(categories[0].ref)
        self._keep("category", [leaf.ref] if leaf else [])

    def _list_feeds(self):
        page = self.client.list_feeds(page_size=10)
        self._keep("feed", [feed.feed_ref for feed in page.rows])


def _check(transport, family, act, attempt, documented):
    began = len(transport.seen)
    outcome, notes, request_id = EXPECTED, [], ""
    try:
        attempt()
    except _NothingToTry:
        outcome = SKIPPED
    except errors.ReconnectError:
        raise
    except errors.AliexpressError as error:
        outcome, request_id = _outcome_of(error), error.request_id
        notes = [] if outcome == NOT_OFFERED else [f"{error.code} {error.detail}".strip()]
    except Exception as error:  # an answer nobody thought of; its text may hold values
        outcome, notes = DIFFERENT, [Note(UNREADABLE, type(error).__name__)]
    seen = transport.seen[began:]
    for method, answer in seen:
        differences, remarks = _compare(method, answer, documented)
        notes += [text for text in [*differences, *remarks] if text not in notes]
        if differences and outcome == EXPECTED:
            outcome = DIFFERENT
    return Check(
        family, act, tuple(dict.fromkeys(method for method, _answer in seen)), outcome, tuple(notes), request_id
    )


def _outcome_of(error):
    if error.reason == errors.PERMISSION:
        return DENIED
    if error.reason == errors.NOT_OFFERED:
        return NOT_OFFERED
    return DIFFERENT if error.reason == errors.UNREADABLE else FAILED


def _compare(method, answer, documented):
    """Return `(differences, notes)` of one decoded answer; a call that failed has none."""
    if not isinstance(answer, dict):
        return [], []
    inside = unwrap(answer)
    # `simplify` was asked for: the envelope should not be there.
    envelope = [Note(ENVELOPE)] if inside is not answer else []
    if not isinstance(inside, dict):
        return [*envelope, Note(NO_OBJECT)], []
    if method not in documented:
        return envelope, [Note(UNDOCUMENTED)]
    differences, notes = compare(inside, documented[method])
    return envelope + differences, notes
