"""Answers as no documentation has them: what a gateway, or what stands before it, may send all the same."""

import copy
import json
import random

# Names of fields no program thinks of.
ODD_KEYS = ["", "\ud83d", "\x00", "n" * 5000, "%s", "订单"]
# Deep enough for a program to give up, and not for JSON.
DEPTHS = (450, 900)


def _nest(depth):
    """A value so many levels deep."""
    value = []
    for level in range(depth):
        value = {"a": value} if level % 2 else [value]
    return value


# No value here could be the right one of any field.
ODD_VALUES = [
    None,
    "",
    [],
    {},
    [[]],
    {"a": 1},
    [None],
    ["x", 1],
    True,
    -1,
    1e30,
    10**30,
    "\x00",
    "\ud83d",
    "2024-13-45 99:99:99",
    "NaN",
    "9" * 400,
    "<b>x</b>",
    "%s %(name)s {0}",
]
REFUSALS = [
    ("IllegalAccessToken", ""),
    ("InsufficientPermission", ""),
    ("InvalidParameter", ""),
    ("MissingParameter", ""),
    ("ServiceTimeout", ""),
    ("ServiceUnavailable", ""),
    ("SYSTEM_ERROR", ""),
    ("ApiCallLimit", ""),
    ("15", "isv.invalid-parameter"),
    ("15", "isp.50001"),
    ("15", "F00-00-10001-002"),
    ("15", "PRODUCT_IN_AUDIT_PENDING"),
    ("15", "never-heard-of"),
    (15, ""),
    (27, ""),
    ("", ""),
]
BODIES = ["", "null", "[]", "{}", "0", '"ok"', "<html>502</html>", "{" * 3000, '{"a":' * 3000, "\x00", "{]"]
STATUSES = [204, 302, 400, 404, 429, 500, 502, 503]


class Mutator:
    """Changes answers; the same seed changes the same answers in the same way.

    `change(text)` returns `(status, text, what)`; `what` names the kind of change: for those in `SURE` nothing of the
    answer can be believed.
    """

    SURE = {"status", "body", "cut", "refusal"}

    def __init__(self, seed):
        self.random = random.Random(seed)  # reproducible, not secret
        self.count = 0

    def change(self, text, was_created=False):
        """The changed answer to show instead of `text`. Where something `was_created`, it does not claim the opposite:
        nobody could see through that.
        """
        self.count += 1
        kinds = ["tree"] * 8 + ["body", "cut"] + ([] if was_created else ["refusal", "status"])
        kind = self.random.choice(kinds)
        return getattr(self, f"_{kind}")(text)

    def _status(self, text):
        return self.random.choice(STATUSES), self.random.choice(["", "<html></html>", "{}"]), "status"

    def _body(self, _text):
        return 200, self.random.choice(BODIES), "body"

    def _cut(self, text):
        return 200, text[: self.random.randrange(max(len(text) - 1, 1))], "cut"

    def _refusal(self, _text):
        code, sub_code = self.random.choice(REFUSALS)
        error = {"type": "ISP", "code": code, "msg": "Remote service error", "request_id": "210126da17109432355961299"}
        if sub_code:
            error |= {"sub_code": sub_code, "sub_msg": "系统异常 or anything else"}
        return 200, json.dumps({"error_response": error}), "refusal"

    def _tree(self, text):
        data = copy.deepcopy(json.loads(text))
        for _number in range(self.random.choice([1, 1, 1, 2])):
            container, key = self.random.choice(list(_places(data)))
            self._spoil(container, key)
        return 200, json.dumps(data), "tree"

    def _spoil(self, container, key):
        act = self.random.randrange(8)
        value = container[key]
        if act == 0 and isinstance(container, dict):
            container["renamed_" + str(key)] = container.pop(key)
        elif act == 1:
            del container[key]
        elif act == 2 and isinstance(value, list) and value:
            value.append(copy.deepcopy(value[0]))
        elif act == 3 and isinstance(value, list):
            container[key] = {"some_dto": value} if value else {}
        elif act == 4 and isinstance(value, dict):
            container[key] = json.dumps(value)
        elif act == 5 and isinstance(value, dict):
            value[self.random.choice(ODD_KEYS)] = self.random.choice(ODD_VALUES)
        elif act == 6:
            container[key] = _nest(self.random.choice(DEPTHS))
        else:
            container[key] = copy.deepcopy(self.random.choice(ODD_VALUES))


def _places(data):
    """`(container, key)` of everything inside `data`."""
    pairs = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in list(pairs):
        yield data, key
        yield from _places(value)
