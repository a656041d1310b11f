"""What a shop has besides products and orders. Each function takes the `Reader` of a call's outcome and returns a
tuple.
"""

from ..errors import FixError
from ..normalize import storable_text
from ..shop_values import (
    Attribute,
    AttributeValue,
    Brand,
    Category,
    CategorySuggestion,
    FreightTemplate,
    MerchantProfile,
    ProductGroup,
    ResponsiblePerson,
    ServiceTemplate,
    SizeChart,
)
from .details import parse_names, parse_number_ref, unique

_MULTIPLE = frozenset({"check_box", "group_table"})
_TYPED = frozenset({"input", "input_int", "input_string", "interval"})


def parse_profile(data, quota):
    """The `MerchantProfile` of the shop's profile and, where the application may read it, its `quota`."""
    return MerchantProfile(
        shop_url=data.text("shop_url"),
        country_code=data.country("country_code"),
        currency=quota.text("quotation_currency"),
        can_publish=data.flag("product_posting_forbidden") is not True,
        product_count=_count(quota, "online_store_product_number"),
        product_limit=_count(quota, "limit_store_product_number"),
    )


def parse_categories(data, parent_ref):
    rows = (_parse_category(row, parent_ref) for row in data.children("children_category_list"))
    return unique(rows, lambda category: category.ref)


def _parse_category(row, parent_ref):
    ref = row.ref("children_category_id", required=True)
    name, names = parse_names(row, "multi_language_names")
    return Category(
        ref=ref,
        parent_ref=parent_ref,
        name=name or ref,
        names=names,
        is_leaf=row.flag("is_leaf_category") is True,
    )


def parse_suggestions(data):
    found = (
        CategorySuggestion(
            ref=row.ref("id", required=True),
            name=row.text("name") or row.ref("id"),
            path=_texts(row, "name_path"),
        )
        for row in data.children("suggest_category_list")
    )
    return unique(found, lambda suggestion: suggestion.ref)


def parse_attributes(data):
    rows = data.children("attributes")
    # AliExpress asks to leave out what its own pages hide.
    found = (_parse_attribute(row) for row in rows if row.flag("visible") is not False)
    return unique(found, lambda attribute: attribute.ref)


def _parse_attribute(row):
    ref = row.ref("id", required=True)
    name, names = parse_names(row, "names")
    kind = row.text("attribute_show_type_value").lower()
    values = unique((_parse_value(value) for value in row.children("values")), lambda value: value.ref)
    return Attribute(
        ref=ref,
        name=name or ref,
        names=names,
        position=_count(row, "spec") or 0,
        is_required=row.flag("required") is True,
        is_sku=row.flag("sku") is True,
        is_key=row.flag("key_attribute") is True,
        is_multiple=kind in _MULTIPLE,
        is_text=kind in _TYPED or not values,
        is_number=kind == "input_int" or row.text("input_type").upper() == "NUMBER",
        has_custom_name=row.flag("customized_name") is True,
        has_custom_image=row.flag("customized_pic") is True,
        units=tuple(dict.fromkeys(filter(None, (unit.text("unit_name") for unit in row.children("units"))))),
        values=values,
    )


def _parse_value(row):
    ref = parse_number_ref(row, "id", required=True)
    name, names = parse_names(row, "names")
    return AttributeValue(ref, name or ref, names, has_children=row.flag("has_sub_attr") is True)


def parse_freight_templates(data):
    found = (
        FreightTemplate(
            ref=row.ref("template_id", required=True),
            name=row.text("template_name") or row.ref("template_id"),
            is_default=row.flag("is_default") is True,
        )
        for row in data.children("aeop_freight_template_d_t_o_list")
    )
    return unique(found, lambda template: template.ref)


def parse_service_templates(data):
    found = []
    for row in data.children("template_list"):
        ref = parse_number_ref(row, "id", required=True)
        found.append(ServiceTemplate(ref, row.text("name") or ref))
    return unique(found, lambda template: template.ref)


def parse_product_groups(data):
    found = []
    for row in data.children("target_list"):
        parent_ref = row.ref("group_id", required=True)
        found.append(ProductGroup(parent_ref, row.text("group_name") or parent_ref, ""))
        for child in row.children("child_group_list"):
            ref = child.ref("group_id", required=True)
            found.append(ProductGroup(ref, child.text("group_name") or ref, parent_ref))
    return unique(found, lambda group: group.ref)


def parse_brands(data):
    found = []
    for row in data.children("datas"):
        ref = row.ref("brand_id", required=True)
        try:
            valid_until = row.time("invalid_time_str")
        except FixError:
            valid_until = None
        found.append(Brand(ref, row.text("brand_name") or ref, valid_until))
    return unique(found, lambda brand: brand.ref)


def parse_size_charts(data):
    found = []
    for row in data.children("sizechart_d_t_o_list"):
        ref = row.ref("sizechart_id", required=True)
        name, model = row.text("name") or ref, row.text("model_name")
        name = f"{name} ({model})" if model not in ("", name) else name
        found.append(SizeChart(ref, name, row.flag("is_default") is True))
    return unique(found, lambda chart: chart.ref)


def parse_responsible_persons(data):
    found = []
    for row in data.children("eu_contact_module_list"):
        ref = row.ref("msr_eu_id", required=True)
        found.append(ResponsiblePerson(ref, row.text("name") or ref))
    return unique(found, lambda person: person.ref)


def _count(row, key):
    """A number that is only for people: None where it is missing or none."""
    try:
        return row.integer(key) if row.has(key) else None
    except FixError:
        return None


def _texts(row, key):
    """A path for people to read, which may come as a list or as one text."""
    try:
        return tuple(text for text in (storable_text(item) for item in row.items(key)) if text)
    except FixError:
        return (row.text(key),)
