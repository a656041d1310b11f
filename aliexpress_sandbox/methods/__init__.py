"""The business methods, by their dotted names.

A method is a function of one `Call` that returns a dictionary (lists as `Items`) or
raises a `GatewayError`. Importing the modules below fills `METHODS`.
"""

from dataclasses import dataclass, field

METHODS = {}


@dataclass
class Method:
    name: str
    function: object
    params: tuple


@dataclass
class Call:
    """What a method gets: the sandbox, the seller, the typed parameters."""

    sandbox: object
    method: str
    app: object
    shop: object
    values: dict = field(default_factory=dict)

    @property
    def now(self):
        return self.sandbox.clock.now()

    @property
    def settings(self):
        return self.sandbox.world.settings

    def __getitem__(self, name):
        return self.values.get(name)


def api(name, *params):
    """Register the decorated function as the method `name`."""

    def register(function):
        METHODS[name] = Method(name, function, params)
        return function

    return register


def load():
    """Import every module of methods, once."""
    from . import (
        categories,
        feeds,
        issues,
        offer_products,
        offers,
        order_details,
        order_lists,
        pictures,
        products,
        shipping,
        shipping_lines,
        shop_data,
    )

    return METHODS
