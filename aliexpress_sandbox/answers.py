"""What the gateway answers: business results in both `simplify` forms, and errors.

Methods return plain dictionaries whose lists are `Items`; this module alone knows how
they look on the wire.
"""

import random

ENVELOPE_SUFFIX = "_response"


class Items(list):
    """A list that remembers the element name which wraps it while `simplify` is off."""

    def __init__(self, element, values=()):
        super().__init__(values)
        self.element = element


class GatewayError(Exception):
    """An answer of kind error: what the caller reads instead of a result.

    :param kind: `ISV` caller's fault, `ISP` backend, `SYSTEM` platform, or None to
        leave the key out, as the product family does
    :param code: gateway code, text or number
    """

    def __init__(self, code, message, kind="ISV", sub_code=None, sub_message=None):
        super().__init__(f"{code} {sub_code or ''} {sub_message or message}")
        self.code = code
        self.message = message
        self.kind = kind
        self.sub_code = sub_code
        self.sub_message = sub_message


def missing_parameter(name):
    return GatewayError(
        "MissingParameter",
        f'The input parameter "{name}" that is mandatory for processing this request is not supplied.',
    )


def invalid_parameter(name, reason="is not valid"):
    return GatewayError("InvalidParameter", f'The specified value of parameter "{name}" {reason}.')


def refused(sub_code, sub_message, kind="ISP"):
    """The backend's no: code "15" as text, with the backend's own code and words."""
    return GatewayError("15", "Remote service error", kind, sub_code, sub_message)


def refused_product(sub_code, sub_message):
    """The product layer's no: here 15 is a number and there is no type."""
    return GatewayError(15, "Remote service error", None, sub_code, sub_message)


def wire_result(method, result, request_id, simplify, empty="object"):
    """The JSON structure of a business answer.

    :param bool simplify: plain arrays and no envelope; otherwise wrapped lists
    :param str empty: what an empty wrapped list becomes: `object` ({}), `missing`,
        or `mixed` (either, as it comes)
    """
    body = _wire(result, simplify, empty)
    if simplify:
        return {**body, "code": "0", "request_id": request_id}
    return {envelope_name(method): {**body, "request_id": request_id}}


def wire_error(error, request_id, flat=False):
    """The JSON structure of an error; `flat` is the form of the /rest calls."""
    body = {
        "type": error.kind,
        "code": error.code,
        "message" if flat else "msg": error.message,
        "sub_code": error.sub_code,
        "sub_msg": error.sub_message,
        "request_id": request_id,
    }
    body = {key: value for key, value in body.items() if value is not None}
    return body if flat else {"error_response": body}


def envelope_name(method):
    return method.replace(".", "_") + ENVELOPE_SUFFIX


def _wire(value, simplify, empty):
    if isinstance(value, Items):
        values = [_wire(item, simplify, empty) for item in value]
        if simplify:
            return values
        return {value.element: values} if values else {}
    if isinstance(value, dict):
        return {
            key: _wire(item, simplify, empty)
            for key, item in value.items()
            if item is not None and not _left_out(item, simplify, empty)
        }
    return value


def _left_out(value, simplify, empty):
    if simplify or not isinstance(value, Items) or value:
        return False
    return empty == "missing" or (empty == "mixed" and random.random() < 0.5)
