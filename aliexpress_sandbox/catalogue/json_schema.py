"""Checks data against the part of JSON Schema draft-07 that product schemas use.

The complaints are worded like the validator behind AliExpress: a JSON pointer, a colon,
what was expected.
"""

import re
from decimal import Decimal

TYPES = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "number": (int, float, Decimal),
    "integer": int,
}
NAMES = {dict: "JSONObject", list: "JSONArray", str: "String", bool: "Boolean", int: "Integer", float: "Double"}


def complaints(schema, data, pointer="#"):
    """Every violation as text, in the order of the schema; [] when the data fits."""
    found = list(_type(schema, data, pointer))
    if found:
        return found
    found += _alternatives(schema, data, pointer)
    if isinstance(data, dict):
        found += _object(schema, data, pointer)
    elif isinstance(data, list):
        found += _array(schema, data, pointer)
    elif isinstance(data, str):
        found += _string(schema, data, pointer)
    elif not isinstance(data, bool) and data is not None:
        found += _number(schema, data, pointer)
    return found


def _type(schema, data, pointer):
    wanted = schema.get("type")
    if wanted is None:
        return
    names = wanted if isinstance(wanted, list) else [wanted]
    boolean_as_number = isinstance(data, bool) and "boolean" not in names
    if boolean_as_number or not any(isinstance(data, TYPES[name]) for name in names):
        found = NAMES.get(type(data), "Null")
        yield f"{pointer}: expected type: {names[0].capitalize()}, found: {found}"


def _alternatives(schema, data, pointer):
    if "const" in schema and data != schema["const"]:
        yield f"{pointer}: {data} is not a valid const value"
    if "enum" in schema and data not in schema["enum"]:
        yield f"{pointer}: {data} is not a valid enum value"
    if "oneOf" in schema:
        matched = sum(not complaints(option, data) for option in schema["oneOf"])
        if matched != 1:
            yield f"{pointer}: #: {matched} subschemas matched instead of one"
    if "if" in schema and not complaints(schema["if"], data):
        yield from complaints(schema.get("then", {}), data, pointer)


def _object(schema, data, pointer):
    for name in schema.get("required", ()):
        if name not in data:
            yield f"{pointer}: required key [{name}] not found"
    known = schema.get("properties", {})
    for name, value in data.items():
        if name in known:
            yield from complaints(known[name], value, f"{pointer}/{name}")
        elif schema.get("additionalProperties") is False:
            yield f"{pointer}: extraneous key [{name}] is not permitted"


def _array(schema, data, pointer):
    if len(data) < schema.get("minItems", 0):
        yield f"{pointer}: expected minimum item count: {schema['minItems']}, found: {len(data)}"
    if len(data) > schema.get("maxItems", len(data)):
        yield f"{pointer}: expected maximum item count: {schema['maxItems']}, found: {len(data)}"
    if "contains" in schema and all(complaints(schema["contains"], item) for item in data):
        yield f"{pointer}: expected at least one array item to match 'contains' schema"
    if "items" in schema:
        for index, item in enumerate(data):
            yield from complaints(schema["items"], item, f"{pointer}/{index}")


def _string(schema, data, pointer):
    if len(data) < schema.get("minLength", 0):
        yield f"{pointer}: expected minLength: {schema['minLength']}, actual: {len(data)}"
    if len(data) > schema.get("maxLength", len(data)):
        yield f"{pointer}: expected maxLength: {schema['maxLength']}, actual: {len(data)}"
    if "pattern" in schema and not re.search(schema["pattern"], data):
        yield f"{pointer}: string [{data}] does not match pattern {schema['pattern']}"


def _number(schema, data, pointer):
    number = Decimal(str(data))
    if number < Decimal(str(schema.get("minimum", number))):
        yield f"{pointer}: {data} is not greater or equal to {schema['minimum']}"
    if number > Decimal(str(schema.get("maximum", number))):
        yield f"{pointer}: {data} is not less or equal to {schema['maximum']}"
    step = schema.get("multipleOf")
    if step and number % Decimal(str(step)):
        yield f"{pointer}: {data} is not a multiple of {step}"
