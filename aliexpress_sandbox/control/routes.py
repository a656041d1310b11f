"""How control addresses are registered, and what their functions share."""

import json

from .. import scenario

ROUTES = []


class Bad(Exception):
    """A control request that cannot be done; shown as {"error": …}."""

    def __init__(self, text, status=400):
        super().__init__(text)
        self.status = status


def route(methods, path, help_text):
    """Register a function for a path such as `orders/<id>`."""

    def register(function):
        ROUTES.append((methods.split(), path.split("/"), function, help_text))
        return function

    return register


def body(request):
    """The JSON body, {} without one."""
    data = request.get_data()
    if not data:
        return {}
    value = json.loads(data)
    if not isinstance(value, dict):
        raise Bad("the body must be a JSON object")
    return value


def patch(record, kind, data, sandbox):
    """Write typed values of a JSON object into a dataclass instance."""
    hints = scenario.hints_of(kind)
    now = sandbox.clock.now()
    unknown = set(data) - set(hints)
    if unknown:
        raise Bad(f"unknown {', '.join(sorted(unknown))}")
    for name, value in data.items():
        setattr(record, name, scenario.value(hints[name], value, now, name))
