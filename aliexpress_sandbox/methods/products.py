"""Creating, changing, reading and listing products: overseas sellers' methods."""

import json
from datetime import timedelta

from ..answers import Items, invalid_parameter, missing_parameter, refused, refused_product
from ..catalogue import forms_solution, publishing, schema_form, shown
from ..product import STATUSES
from ..reading import choice, field, moment, optional, page, required, slice_page
from . import api

SYSTEM_ERROR = ("F00-10-10000-001", "system error, please try again later")


@api("aliexpress.solution.product.post", required("post_product_request", dict))
def product_post(call):
    fields = forms_solution.read(call["post_product_request"], call.shop, new=True)
    product = publishing.create(call.sandbox, call.shop, fields)
    return {"result": {"product_id": product.product_id}}


@api("aliexpress.solution.product.edit", required("edit_product_request", dict))
def product_edit(call):
    data = call["edit_product_request"]
    product = publishing.find(call.shop, field(data, "product_id", int, required=True))
    fields = forms_solution.read(data, call.shop, new=False, known=product.properties)
    if fields.get("locale", product.locale) != product.locale:
        raise invalid_parameter("language", "can not be changed")
    publishing.change(call.sandbox, call.shop, product, fields)
    return {"result": {"product_id": product.product_id}}


@api("aliexpress.solution.product.schema.get", required("aliexpress_category_id", int))
def schema_get(call):
    world, category_id = call.sandbox.world, call["aliexpress_category_id"]
    category = world.categories.get(category_id)
    if not category or not world.is_leaf(category_id):
        return {
            "result": {
                "success": False,
                "error_code": "F00-00-10003-001",
                "error_message": f"category {category_id} is not a leaf category",
            }
        }
    schema = schema_form.schema_of(world, call.shop, category)
    return {"result": {"success": True, "schema": json.dumps(schema, ensure_ascii=False)}}


@api(
    "aliexpress.solution.schema.product.instance.post",
    required("product_instance_request", dict),
    optional("developer_features"),
)
def instance_post(call):
    return {"result": {"product_id": post_instance(call.sandbox, call.shop, call["product_instance_request"])}}


@api(
    "aliexpress.solution.schema.product.full.update",
    required("schema_full_update_request", dict),
    optional("developer_features"),
)
def full_update(call):
    return {"product_id": update_instance(call.sandbox, call.shop, call["schema_full_update_request"])}


@api("aliexpress.solution.product.info.get", required("product_id", int))
def product_info(call):
    product = publishing.find(call.shop, call["product_id"])
    if product.read_failures > 0:
        product.read_failures -= 1
        raise refused_product(*SYSTEM_ERROR)
    if call.sandbox.faults.random.random() < call.settings.read_failure_rate:
        raise refused_product(*SYSTEM_ERROR)
    return {"result": shown.full(product)}


@api("aliexpress.solution.product.list.get", required("aeop_a_e_product_list_query", dict))
def product_list(call):
    return {"result": _list(call, call["aeop_a_e_product_list_query"], STATUSES)}


@api("aliexpress.postproduct.redefining.findproductinfolistquery", required("aeop_a_e_product_list_query", dict))
def product_list_twin(call):
    return {"result": _list(call, call["aeop_a_e_product_list_query"], (*STATUSES, "service_delete", "deleted"))}


@api("aliexpress.solution.batch.product.delete", required("product_ids"))
def batch_delete(call):
    ids = id_list(call["product_ids"], ",")
    if len(ids) > 100:
        raise refused("isv.invalid-parameter", "非法参数: product_ids > 100")
    for product_id in ids:
        product = call.shop.products.get(product_id)
        if product:
            publishing.rules.check_editable(product, "delete", call.settings)
            del call.shop.products[product_id]
    return {"success": "true"}


@api("aliexpress.postproduct.redefining.onlineaeproduct", required("product_ids"))
def online(call):
    return {"result": _switch(call, True)}


@api("aliexpress.postproduct.redefining.offlineaeproduct", required("product_ids"), optional("edit_reason"))
def offline(call):
    return {"result": _switch(call, False)}


@api("aliexpress.postproduct.redefining.findaeproductstatusbyid", required("product_id", int))
def product_status(call):
    product = publishing.find(call.shop, call["product_id"])
    status = {"auditing": "auditing", "editingRequired": "refuse"}.get(product.status, "approved")
    return {"result": {"success": True, "status": status, "product_id": product.product_id}}


def post_instance(sandbox, shop, data):
    """Product id of a schema instance just created."""
    fields = schema_form.read(sandbox.world, shop, data)
    return publishing.create(sandbox, shop, fields).product_id


def update_instance(sandbox, shop, data):
    """Product id of a schema instance that replaced the content of a product."""
    product = publishing.find(shop, field(data, "aliexpress_product_id", int, required=True))
    fields = schema_form.read(sandbox.world, shop, data)
    publishing.change(sandbox, shop, product, fields)
    return product.product_id


def id_list(text, separator):
    """Ids of a separated list or a JSON array."""
    try:
        values = json.loads(text) if text.startswith("[") else text.split(separator)
        return [int(value) for value in values if str(value).strip()]
    except ValueError as error:
        raise invalid_parameter("product_ids") from error


def _list(call, query, statuses):
    status = field(query, "product_status_type")
    if not status:
        raise missing_parameter("product_status_type")
    choice("product_status_type", status, statuses)
    query = {"current_page": 1, "page_size": 20, **query}
    number, size = page(query, biggest=99)
    rows = [x for x in call.shop.products.values() if x.status == status and _wanted(call, query, x)]
    rows.sort(key=lambda product: (product.modified, product.product_id), reverse=True)
    rows, count, pages = slice_page(rows, number, size)
    return {
        "success": True,
        "product_count": count,
        "total_page": pages,
        "current_page": number,
        "aeop_a_e_product_display_d_t_o_list": Items(
            "item_display_dto", [shown.row(call.shop, product) for product in rows]
        ),
    }


def _wanted(call, query, product):
    product_id = field(query, "product_id", int)
    excepted = [int(x) for x in field(query, "excepted_product_ids", list) or ()]
    code = field(query, "sku_code")
    subject = field(query, "subject")
    group = field(query, "group_id", int)
    display = field(query, "ws_display")
    days = field(query, "off_line_time", int)
    offline_until = product.offline_date and product.offline_date + timedelta(days=days or 0)
    return (
        product_id in (None, product.product_id)
        and product.product_id not in excepted
        and (code is None or any(sku.sku_code == code for sku in product.skus))
        and (subject is None or subject.lower() in product.subject.lower())
        and (group is None or group in product.group_ids)
        and (display is None or display == product.offline_reason)
        and (days is None or bool(offline_until and offline_until >= call.now))
        and _in_window(query, "gmt_create", product.created)
        and _in_window(query, "gmt_modified", product.modified)
    )


def _in_window(query, name, value):
    start, end = moment(query, f"{name}_start"), moment(query, f"{name}_end")
    return (start is None or start <= value) and (end is None or value <= end)


def _switch(call, online):
    ids = id_list(call["product_ids"], ";")
    if len(ids) > 50:
        raise refused("isv.invalid-parameter", "非法参数: product_ids > 50")
    changed, problems = [], []
    for product_id in ids:
        product = call.shop.products.get(product_id)
        try:
            if not product:
                raise ValueError("product not found")
            publishing.set_online(call.sandbox, product, online, call["edit_reason"] or "user_offline")
            changed.append(product_id)
        except ValueError as error:
            problems.append(
                {
                    "error_code": "13004001",
                    "error_message": str(error),
                    "product_ids": Items("number", [product_id]),
                }
            )
    return {
        "success": bool(changed),
        "modify_count": len(changed),
        "product_id": changed[0] if changed else None,
        "error_details": Items("error_detail", problems),
    }
