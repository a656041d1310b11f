"""The JSON control API below /_sandbox: everything a test in another process needs.

The modules beside this one register functions of (sandbox, request, *parts of the
path) that return plain data.
"""

from urllib.parse import unquote

from .. import lifecycle
from ..catalogue import publishing
from ..faults import KINDS
from . import records, traffic, world  # they register their routes
from .routes import ROUTES, Bad


def answer(sandbox, request):
    """(data, HTTP status) of a control request."""
    parts = [unquote(p) for p in request.path.split("/")[2:] if p]
    if not parts:
        return help_page(), 200
    for methods, pattern, function, _help in ROUTES:
        values = _match(pattern, parts)
        if values is None or request.method not in methods:
            continue
        try:
            with sandbox.lock:
                sandbox.sweep()
                result = function(sandbox, request, *values)
            return ({"ok": True} if result is None else result), 200
        except Bad as error:
            return {"error": str(error)}, error.status
        except LookupError as error:
            return {"error": str(error)}, 404
        except (ValueError, TypeError) as error:
            return {"error": str(error)}, 400
    return {"error": "no such control address; see /_sandbox/"}, 404


def help_page():
    return {
        "control API": [
            f"{' '.join(methods)} /_sandbox/{'/'.join(path)} – {help_text}"
            for methods, path, _function, help_text in ROUTES
        ],
        "faults": {kind: text for kind, (_stage, text) in KINDS.items()},
        "order actions": sorted(lifecycle.ACTIONS),
        "listing actions": sorted(publishing.ACTIONS),
    }


def _match(pattern, parts):
    if len(pattern) != len(parts):
        return None
    values = []
    for name, part in zip(pattern, parts, strict=True):
        if name.startswith("<"):
            values.append(part)
        elif name != part:
            return None
    return values
