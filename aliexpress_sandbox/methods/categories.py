"""Category trees, attributes, and guesses from a title."""

import json

from ..answers import Items, refused
from ..reading import field, optional, required
from . import api


@api(
    "aliexpress.solution.seller.category.tree.query",
    required("category_id", int),
    optional("filter_no_permission", bool),
)
def category_tree(call):
    world = call.sandbox.world
    _known(world, call["category_id"])
    children = [
        category
        for category in world.children(call["category_id"])
        if not call["filter_no_permission"] or permitted(call.shop, category)
    ]
    return {
        "is_success": True,
        "children_category_list": Items(
            "category_info",
            [
                {
                    "children_category_id": category.category_id,
                    "is_leaf_category": world.is_leaf(category.category_id),
                    "level": level(world, category),
                    "multi_language_names": names(category),
                }
                for category in children
            ],
        ),
    }


@api("aliexpress.category.redefining.getchildrenpostcategorybyid", required("param0", int))
def children_categories(call):
    world = call.sandbox.world
    _known(world, call["param0"])
    return {
        "result": {
            "success": True,
            "aeop_post_category_list": Items(
                "aeop_post_category_dto",
                [
                    {
                        "id": category.category_id,
                        "isleaf": world.is_leaf(category.category_id),
                        "level": level(world, category),
                        "names": names(category),
                        "features": "{}",
                    }
                    for category in world.children(call["param0"])
                ],
            ),
        }
    }


@api(
    "aliexpress.category.redefining.getallchildattributesresult",
    required("cate_id", int),
    optional("locale"),
    optional("parent_attrvalue_list", list),
)
def attributes(call):
    """The attributes of a category. Those that hang on a value come only when that value
    is among the parents asked for, as `name=value` ids."""
    category = _leaf(call.sandbox.world, call["cate_id"])
    parents = {int(str(pair).split("=")[-1]) for pair in call["parent_attrvalue_list"] or () if "=" in str(pair)}
    brought = {
        child
        for attribute in category.attributes
        for value in attribute.values
        if value.value_id in parents
        for child in value.child_attributes
    }
    shown = [x for x in category.attributes if (x.attribute_id in brought if parents else not x.child_of)]
    return {
        "result": {
            "success": True,
            "attributes": Items("aeop_attribute_dto", [_attribute(x) for x in shown]),
        }
    }


@api("aliexpress.solution.sku.attribute.query", required("query_sku_attribute_info_request", dict))
def sku_attributes(call):
    request = call["query_sku_attribute_info_request"]
    category = _leaf(call.sandbox.world, field(request, "aliexpress_category_id", int, required=True))
    return {
        "result": {
            "supporting_sku_attribute_list": Items(
                "supported_sku_attribute_dto", [_sku_simple(x) for x in category.attributes if x.sku]
            ),
            "supporting_common_attribute_list": Items(
                "supported_common_attribute_dto", [_common_simple(x) for x in category.attributes if not x.sku]
            ),
        }
    }


@api(
    "aliexpress.solution.product.category.suggest",
    required("title"),
    optional("language"),
    optional("image_url"),
)
def suggest(call):
    found = guesses(call.sandbox.world, call["title"])
    return {
        "suggest_category_list": Items(
            "suggest_category_dto",
            [
                {
                    "id": category.category_id,
                    "name": category.name,
                    "id_path": "/".join(str(x.category_id) for x in path(call.sandbox.world, category)),
                    "name_path": "/".join(x.name for x in path(call.sandbox.world, category)),
                }
                for category in found
            ],
        )
    }


@api(
    "aliexpress.postproduct.redefining.categoryforecast",
    required("subject"),
    optional("locale"),
    optional("image_url"),
    optional("is_filter_by_permission"),
)
def forecast(call):
    found = [
        category
        for category in guesses(call.sandbox.world, call["subject"])
        if call["is_filter_by_permission"] != "Y" or permitted(call.shop, category)
    ]
    if not found:
        return {"result": {"success": False, "error_code": 24000011, "error_message": "category forecast empty"}}
    texts = [
        json.dumps({"categoryId": category.category_id, "suitabilityRank": rank, "score": round(1 / rank, 2)})
        for rank, category in enumerate(found, 1)
    ]
    return {"result": {"success": True, "category_suitability_list": Items("json", texts)}}


@api("aliexpress.category.qualifications.list", required("category_id", int), optional("locale"))
def qualifications(call):
    category = _leaf(call.sandbox.world, call["category_id"])
    return {"result": {"success": True, "qualification_list": Items("qualification", category.qualifications)}}


def guesses(world, title):
    """Leaf categories whose keywords are in the title, longest keyword first."""
    text = title.lower()
    best = {}
    for category in world.categories.values():
        lengths = [len(word) for word in category.keywords if word in text]
        if lengths and world.is_leaf(category.category_id):
            best[category.category_id] = max(lengths)
    return [world.categories[x] for x in sorted(best, key=lambda x: (-best[x], x))]


def permitted(shop, category):
    return not category.restricted or category.category_id in shop.permitted_categories


def names(record):
    """The JSON text of the names by language."""
    return json.dumps({"en": record.name, **record.names}, ensure_ascii=False)


def path(world, category):
    """The category with its parents, root first."""
    chain = [category]
    while chain[0].parent_id in world.categories:
        chain.insert(0, world.categories[chain[0].parent_id])
    return chain


def level(world, category):
    return len(path(world, category))


def _known(world, category_id):
    if category_id and category_id not in world.categories:
        raise refused("isv.invalid-parameter", f"非法参数: category {category_id}")


def _leaf(world, category_id):
    category = world.categories.get(category_id)
    if not category or not world.is_leaf(category_id):
        raise refused("isv.invalid-parameter", f"非法参数: category {category_id}")
    return category


def _attribute(attribute):
    return {
        "id": attribute.attribute_id,
        "names": names(attribute),
        "required": attribute.required,
        "key_attribute": attribute.key_attribute,
        "sku": attribute.sku,
        "customized_name": attribute.custom_name,
        "customized_pic": attribute.custom_picture,
        "input_type": attribute.input_type,
        "attribute_show_type_value": attribute.kind,
        "spec": attribute.spec,
        "visible": True,
        "units": Items("aeop_unit", [{"unit_name": unit, "rate": "1"} for unit in attribute.units]),
        "values": Items(
            "aeop_attr_value_dto",
            [
                {
                    "id": value.value_id,
                    "names": names(value),
                    "has_sub_attr": True if value.child_attributes else None,
                }
                for value in attribute.values
            ],
        ),
    }


def _sku_simple(attribute):
    return {
        "aliexpress_sku_name": attribute.name,
        "aliexpress_sku_name_id": attribute.attribute_id,
        "required": attribute.required,
        "support_customized_name": attribute.custom_name,
        "support_customized_picture": attribute.custom_picture,
        "aliexpress_sku_value_list": Items(
            "sku_value_simplified_info_dto",
            [
                {"aliexpress_sku_value_name": value.name, "aliexpress_sku_value_id": value.value_id}
                for value in attribute.values
            ],
        ),
    }


def _common_simple(attribute):
    return {
        "aliexpress_common_attribute_name_id": attribute.attribute_id,
        "aliexpress_common_attribute_name": attribute.name,
        "required": attribute.required,
        "aliexpress_common_attribute_value_list": Items(
            "common_attribute_value_info_dto",
            [
                {
                    "aliexpress_common_attribute_value_id": value.value_id,
                    "aliexpress_common_attribute_value": value.name,
                }
                for value in attribute.values
            ],
        ),
    }
