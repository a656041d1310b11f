"""Category attributes and SKU attributes of a listing against its category."""

from decimal import Decimal, InvalidOperation

from ..answers import refused_product
from . import terms

UNKNOWN_KEY = "F00-00-10003-005"
UNKNOWN_SKU_NAME = "F00-00-10007-015"
SCHEMA = "F00-00-10020-002"


def check_attributes(category, product):
    """Every given attribute known and well filled, every required one given."""
    known = {x.attribute_id: x for x in category.attributes if not x.sku}
    given = {}
    for prop in product.properties:
        if prop.name_id is None:
            _check_own(prop)
            continue
        attribute = known.get(prop.name_id)
        if not attribute:
            raise refused_product(
                UNKNOWN_KEY, f"Attribute key:{prop.name or prop.name_id}; Category:{category.category_id}"
            )
        _check_value(attribute, prop)
        given.setdefault(prop.name_id, []).append(prop)
    for attribute in known.values():
        values = given.get(attribute.attribute_id, [])
        if len(values) > 1 and attribute.kind != "check_box":
            raise _broken(attribute, "expected maximum item count: 1")
        if not values and attribute.required and _applies(attribute, known, given):
            raise refused_product(SCHEMA, f"#/category_attributes: required key [{attribute.name}] not found")


def check_sku_attributes(category, product):
    """SKU attributes known, well named, the same on each SKU, no combination twice."""
    known = {x.attribute_id: x for x in category.attributes if x.sku}
    seen = set()
    for sku in product.skus:
        for prop in sku.properties:
            attribute = known.get(prop.property_id)
            if not attribute:
                raise refused_product(
                    UNKNOWN_SKU_NAME, f"sku attribute {prop.property_id} is not in category {category.category_id}"
                )
            _check_sku_value(attribute, prop)
        ids = [prop.property_id for prop in sku.properties]
        if len(ids) != len(set(ids)) or len(ids) > terms.MAX_SKU_ATTRIBUTES:
            raise refused_product(SCHEMA, "#/sku_info_list: too many sku attributes")
        if len(product.skus) > 1 and not ids:
            raise refused_product(SCHEMA, "#/sku_info_list: sku attributes are required on each of several skus")
        if set(ids) != {prop.property_id for prop in product.skus[0].properties}:
            raise refused_product(SCHEMA, "#/sku_info_list: every sku must have the same sku attributes")
        combination = frozenset((prop.property_id, prop.value_id) for prop in sku.properties)
        if combination in seen:
            raise refused_product(SCHEMA, f"#/sku_info_list: the combination {sku.sku_id} exists twice")
        seen.add(combination)
    for attribute in known.values():
        if attribute.required and not any(p.property_id == attribute.attribute_id for p in product.skus[0].properties):
            raise refused_product(SCHEMA, f"#/sku_info_list/0: required key [{attribute.name}] not found")


def _check_own(prop):
    if not prop.name or not prop.value:
        raise refused_product(SCHEMA, "#/attribute_list: a name and a value are required")
    if len(prop.name) > 40 or len(prop.value) > 70:
        raise refused_product(SCHEMA, "#/attribute_list: expected maxLength: 70")


def _check_value(attribute, prop):
    if attribute.kind == "input" or not attribute.values:
        if not prop.value:
            raise _broken(attribute, "required key [value] not found")
        if len(prop.value) > 70:
            raise _broken(attribute, f"expected maxLength: 70, actual: {len(prop.value)}")
        if attribute.input_type == "NUMBER":
            _check_number(attribute, prop.value)
        return
    if prop.value_id is None and prop.value:
        return  # name id with a free value is one of the four ways
    if prop.value_id not in {value.value_id for value in attribute.values}:
        raise _broken(attribute, "#: 0 subschemas matched instead of one")
    if prop.value_id == terms.OTHER_VALUE and not prop.value:
        raise _broken(attribute, "required key [customValue] not found")


def _check_number(attribute, text):
    number, _space, unit = text.partition(" ")
    try:
        Decimal(number)
    except InvalidOperation as error:
        raise _broken(attribute, f"expected type: Number, found: {text}") from error
    if attribute.units and unit not in attribute.units:
        raise _broken(attribute, f"unit {unit or 'none'} is not a valid enum value")


def _check_sku_value(attribute, prop):
    if prop.value_id not in {value.value_id for value in attribute.values}:
        raise _broken(attribute, "#: 0 subschemas matched instead of one")
    if prop.name:
        if not attribute.custom_name:
            raise _broken(attribute, "extraneous key [alias] is not permitted")
        if len(prop.name) > terms.MAX_VALUE_NAME:
            raise _broken(attribute, f"expected maxLength: {terms.MAX_VALUE_NAME}, actual: {len(prop.name)}")
        if any(sign in prop.name for sign in terms.FORBIDDEN_IN_VALUE_NAME):
            raise _broken(attribute, f"string [{prop.name}] does not match pattern ^[^#:=,]*$")
    if prop.image and not attribute.custom_picture:
        raise _broken(attribute, "extraneous key [sku_image_url] is not permitted")


def _applies(attribute, known, given):
    """Dependent attributes are required only where a chosen value brings them in."""
    if not attribute.child_of:
        return True
    chosen = {prop.value_id for values in given.values() for prop in values}
    return any(
        attribute.attribute_id in value.child_attributes and value.value_id in chosen
        for parent in known.values()
        for value in parent.values
    )


def _broken(attribute, text):
    return refused_product(SCHEMA, f"#/category_attributes/{attribute.name}/value: {text}")
