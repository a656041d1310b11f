"""Attributes inside a product schema, by their English names."""

from . import terms


def category_attributes(category):
    """The object `category_attributes`; dependent attributes are never required here."""
    attributes = [x for x in category.attributes if not x.sku]
    return {
        "type": "object",
        "required": [x.name for x in attributes if x.required and not x.child_of],
        "properties": {x.name: _attribute(x) for x in attributes},
    }


def sku_attributes(category):
    attributes = [x for x in category.attributes if x.sku]
    return {
        "type": "object",
        "required": [x.name for x in attributes if x.required],
        "properties": {x.name: _sku_attribute(x) for x in attributes},
    }


def _attribute(attribute):
    properties = {"value": _value(attribute)}
    result = {"title": attribute.name, "type": "object", "required": ["value"], "properties": properties}
    if attribute.units:
        properties["unit"] = {"type": "string", "oneOf": [{"const": x, "title": x} for x in attribute.units]}
    if any(value.value_id == terms.OTHER_VALUE for value in attribute.values):
        properties["customValue"] = {"type": "string", "maxLength": 70}
        other = str(terms.OTHER_VALUE)
        kind = {"contains": {"const": other}} if attribute.kind == "check_box" else {"const": other}
        result["if"] = {"properties": {"value": kind}}
        result["then"] = {"required": ["customValue"]}
    return result


def _value(attribute):
    if not attribute.values:
        return {"type": "string", "minLength": 1, "maxLength": 70}
    options = _options(attribute)
    if attribute.kind == "check_box":
        return {"type": "array", "minItems": 1, "items": {"type": "string", "oneOf": options}}
    return {"type": "string", "oneOf": options}


def _sku_attribute(attribute):
    properties = {"value": {"type": "string", "oneOf": _options(attribute)}}
    if attribute.custom_name:
        properties["alias"] = {"type": "string", "maxLength": terms.MAX_VALUE_NAME, "pattern": "^[^#:=,]*$"}
    if attribute.custom_picture:
        properties["sku_image_url"] = {"type": "string"}
    return {
        "title": attribute.name,
        "type": "object",
        "required": ["value"],
        "properties": properties,
        "additionalProperties": False,
    }


def _options(attribute):
    return [{"const": str(value.value_id), "title": value.name} for value in attribute.values]
