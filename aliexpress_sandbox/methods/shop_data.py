"""What belongs to the seller: templates, groups, size charts, brands, profiles."""

from ..answers import Items, refused
from ..reading import optional, required
from . import api
from .products import id_list


@api("aliexpress.freight.redefining.listfreighttemplate")
def freight_templates(call):
    return {
        "result_success": True,
        "aeop_freight_template_d_t_o_list": Items(
            "aeopfreighttemplatedtolist",
            [
                {"template_id": x.template_id, "template_name": x.name, "is_default": x.is_default}
                for x in call.shop.freight_templates
            ],
        ),
    }


@api("aliexpress.freight.redefining.getfreightsettingbytemplatequery", required("template_id", int))
def freight_settings(call):
    template = next((x for x in call.shop.freight_templates if x.template_id == call["template_id"]), None)
    if not template:
        return {"is_success": False, "error_desc": "template not found"}
    return {"is_success": True, "freight_setting_list": Items("freightsettinglist", template.settings)}


@api("aliexpress.postproduct.redefining.querypromisetemplatebyid", required("template_id", int))
def promise_templates(call):
    wanted = call["template_id"]
    return {
        "result": {
            "template_list": Items(
                "templatelist",
                [
                    {"id": x.template_id, "name": x.name}
                    for x in call.shop.promise_templates
                    if wanted in (-1, x.template_id)
                ],
            )
        }
    }


@api("aliexpress.product.productgroups.get")
def groups(call):
    return {
        "result": {
            "success": True,
            "target_list": Items(
                "aeop_ae_product_tree_group",
                [
                    {
                        "group_id": group.group_id,
                        "group_name": group.name,
                        "child_group_list": Items(
                            "aeop_ae_product_child_group",
                            [{"group_id": x.group_id, "group_name": x.name} for x in group.children],
                        ),
                    }
                    for group in call.shop.groups
                ],
            ),
        }
    }


@api("aliexpress.postproduct.redefining.setgroups", required("product_id", int), required("group_ids"))
def set_groups(call):
    product = call.shop.products.get(call["product_id"])
    ids = id_list(call["group_ids"], ",")
    leaves = {leaf.group_id for group in call.shop.groups for leaf in group.children or [group]}
    if not product or len(ids) > 3 or not set(ids) <= leaves:
        return {"result": {"success": False, "error_code": "16009999", "error_message": "product or group is wrong"}}
    product.group_ids = ids
    product.modified = call.now
    return {"result": {"success": True}}


@api("aliexpress.postproduct.redefining.getsizechartinfobycategoryid", required("category_id", int))
def size_charts(call):
    return {
        "result": {
            "success": True,
            "sizechart_d_t_o_list": Items(
                "sizechart_dto",
                [
                    {"sizechart_id": x.chart_id, "name": x.name, "model_name": x.name, "is_default": x.is_default}
                    for x in call.shop.size_charts
                    if call["category_id"] in x.category_ids
                ],
            ),
        }
    }


@api(
    "aliexpress.postproduct.redefining.setsizechart",
    required("product_id", int),
    required("sizechart_id", int),
)
def set_size_chart(call):
    product = call.shop.products.get(call["product_id"])
    charts = {x.chart_id for x in call.shop.size_charts if product and product.category_id in x.category_ids}
    if call["sizechart_id"] not in charts:
        return {"result": {"success": False, "error_code": "13001024", "error_message": "size chart is wrong"}}
    product.size_chart_id = call["sizechart_id"]
    product.modified = call.now
    return {"result": {"success": True}}


@api("aliexpress.merchant.oversea.brand.get")
def brands(call):
    return {
        "result": {
            "datas": Items(
                "brand_dto",
                [
                    {"brand_id": x.brand_id, "brand_name": x.name, "invalid_time_str": x.valid_until}
                    for x in call.shop.brands
                ],
            )
        }
    }


@api("aliexpress.category.eu.responsible.persons.list", optional("category_id", int))
def responsible_persons(call):
    wanted = call["category_id"]
    return {
        "result": {
            "success": True,
            "eu_responsible_person_list": Items(
                "eu_responsible_person",
                [
                    {"msr_eu_id": x.person_id, "name": x.name}
                    for x in call.shop.responsible_persons
                    if wanted is None or not x.category_ids or wanted in x.category_ids
                ],
            ),
        }
    }


@api("aliexpress.solution.merchant.profile.get")
def merchant_profile(call):
    shop = call.shop
    return {
        "country_code": shop.country,
        "product_posting_forbidden": shop.posting_forbidden,
        "merchant_login_id": shop.login,
        "shop_id": int(shop.seller_id),
        "shop_name": shop.name,
        "shop_type": "official",
        "shop_url": f"//www.aliexpress.com/store/{shop.seller_id}",
    }


@api("aliexpress.merchant.profile.get")
def product_quota(call):
    shop = call.shop
    return {
        "profile": {
            "seller_id": int(shop.seller_id),
            "online_store_product_number": sum(x.status == "onSelling" for x in shop.products.values()),
            "auth_store_product_number": len(shop.products),
            "limit_store_product_number": shop.product_limit,
            "country": shop.country,
            "quotation_currency": shop.currency,
        }
    }


@api("aliexpress.solution.hscode.query", required("country_code"), required("category_id", int))
def hs_code(call):
    if call["category_id"] not in call.sandbox.world.categories:
        raise refused("isv.invalid-parameter", "非法参数: category_id")
    return {"hs_code": f"{call['category_id'] % 10**6:06d}"}


@api("global.seller.relation.query", required("business_type"))
def seller_relation(call):
    return {
        "seller_relation_list": Items(
            "seller_relation",
            [
                {
                    "channel": "AE_GLOBAL",
                    "channel_seller_id": int(call.shop.seller_id),
                    "channel_shop_name": call.shop.name,
                }
            ],
        )
    }
