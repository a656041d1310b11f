"""The acts a shop needs, in the product's words. One class per family of AliExpress methods implements them."""

from abc import ABC, abstractmethod


class Family(ABC):
    """Acts on one shop through `transport`. Every method may raise any class of `lib.errors`.

    Reads may be called from several threads at once. Writes do what they say once and are never repeated here: after a
    `TransientError` of a write nobody knows whether it took effect, so the caller reads back before it repeats.
    """

    name = ""
    # Can a parcel name the child orders it holds?
    declares_lines = False
    # What an application needs a permission of its own for, to be told addresses that come masked; "" where nothing is.
    reveal_method = ""

    def __init__(self, transport):
        self.transport = transport

    @abstractmethod
    def probe(self):
        """Raise `FixError(PERMISSION)` when the application may not use this family's orders; cost: one list call."""

    @classmethod
    @abstractmethod
    def is_refused_by(cls, error):
        """Whether `error` (an `AliexpressError`) says that the application may not use this family's orders."""

    # Orders

    @abstractmethod
    def list_orders(self, start, end, *, page=1, page_size=50, finished=False, by="updated"):
        """One `OrderPage` of the orders updated (or `by="created"`) from `start` to `end`, naive UTC, at most 30 days.

        Without `finished` AliExpress lists every status except FINISH, with it FINISH alone.
        """

    @abstractmethod
    def get_order(self, order_ref):
        """The `Order` with all its lines. Raises `FixError(NOT_FOUND)` when the shop has no such order."""

    @abstractmethod
    def reveal_address(self, order_ref, address_key):
        """The `Address` of an order whose detail came masked, or None where the family cannot tell more.

        It holds only what AliExpress masks; fields that are empty stay as the detail has them.
        """

    @abstractmethod
    def accept_cancel(self, order_ref, buyer_ref):
        """Accept the buyer's request to cancel."""

    @abstractmethod
    def refuse_cancel(self, order_ref, buyer_ref, memo):
        """Refuse the buyer's request to cancel, with the reason the buyer will read."""

    # Shipping

    @abstractmethod
    def list_carriers(self):
        """The `Carrier`s this shop may use, as a tuple."""

    @abstractmethod
    def declare_parcel(self, parcel):
        """Tell AliExpress that a `Parcel` has left.

        Raises `FixError` with `ALREADY_DECLARED`, `TRACKING_REFUSED`, `CARRIER_REFUSED`, `WRONG_STATUS`, `NOT_FOUND` or
        `REFUSED`.
        """

    @abstractmethod
    def correct_parcel(self, old, new):
        """Replace what was declared as `DeclaredParcel` `old` by `Parcel` `new`; errors as `declare_parcel`."""

    @abstractmethod
    def list_parcels(self, order_ref):
        """The `DeclaredParcel`s AliExpress has for the order, as a tuple."""
