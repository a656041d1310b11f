"""Stock and prices: batches of the overseas sellers, single edits of the others."""

from decimal import Decimal

from ..answers import GatewayError, Items, refused, refused_product
from ..catalogue import offers, publishing, rules
from ..faults import BATCH
from ..reading import cast, field, optional, required
from . import api

PART_FAILED = ("F00-00-10007-001", "part of the products failed")
AGAIN = ("F00-00-10014-018", "downstream update failed, please try again later")


@api(
    "aliexpress.solution.batch.product.inventory.update",
    required("mutiple_product_update_list", list),
)
def batch_inventory(call):
    def one(product, data):
        offers.set_stock(call.sandbox, product, _skus(data))

    return _batch(call, one)


@api(
    "aliexpress.solution.batch.product.price.update",
    required("mutiple_product_update_list", list),
)
def batch_price(call):
    def one(product, data):
        countries = field(data, "multi_country_price_configuration", dict)
        offers.set_prices(call.sandbox, product, _skus(data), countries)

    return _batch(call, one)


@api(
    "aliexpress.postproduct.redefining.editsingleskustock",
    required("product_id", int),
    required("sku_id"),
    required("ipm_sku_stock", int),
)
def edit_one_stock(call):
    return _edit(call, "stock", {call["sku_id"]: call["ipm_sku_stock"]}, _write_stock)


@api(
    "aliexpress.postproduct.redefining.editmutilpleskustocks",
    required("product_id", int),
    required("sku_stocks", dict),
)
def edit_stocks(call):
    return _edit(call, "stock", call["sku_stocks"], _write_stock)


@api(
    "aliexpress.postproduct.redefining.editsingleskuprice",
    required("product_id", int),
    required("sku_id"),
    required("sku_price", Decimal),
    optional("sale_price", Decimal),
)
def edit_one_price(call):
    return _edit(call, "price", {call["sku_id"]: (call["sku_price"], call["sale_price"])}, _write_price)


@api(
    "aliexpress.offer.product.skuprices.edit",
    required("product_id", int),
    required("sku_id_price_map", dict),
)
def edit_prices(call):
    return _edit(call, "price", call["sku_id_price_map"], _write_price)


def _skus(data):
    return field(data, "multiple_sku_update_list", list, required=True)


def _batch(call, function):
    """Each product for itself; the answer lists who succeeded and who did not."""
    items = call["mutiple_product_update_list"]
    if not 1 <= len(items) <= offers.MAX_PRODUCTS:
        raise refused("isv.invalid-parameter", f"非法参数: 1 - {offers.MAX_PRODUCTS} products")
    trouble = call.sandbox.faults.draw(BATCH, call.method, call.app.key, call.shop.seller_id)
    to_fail = sum(fault.rows for fault in trouble if fault.kind == "item_failed")
    done, failed = [], []
    for data in items:
        product_id = field(data, "product_id", int, required=True)
        try:
            product = publishing.find(call.shop, product_id)
            if len(failed) < to_fail:
                raise refused_product(*AGAIN)
            function(product, data)
            done.append({"product_id": product_id})
        except GatewayError as error:
            failed.append(_failure(product_id, error))
    if done and any(fault.kind == "both_lists" for fault in trouble):
        failed.append({**done[0], "error_code": AGAIN[0], "error_message": AGAIN[1]})
    return {
        "update_success": not failed,
        "update_error_code": PART_FAILED[0] if failed else None,
        "update_error_message": PART_FAILED[1] if failed else None,
        "update_successful_list": Items("synchronize_product_response_dto", done),
        "update_failed_list": Items("synchronize_product_response_dto", failed),
    }


def _failure(product_id, error):
    return {
        "product_id": product_id,
        "error_code": str(error.sub_code or error.code),
        "error_message": error.sub_message or error.message,
    }


def _edit(call, what, values, write):
    """Write values by SKU id text (`14:173#Navy;5:361386`, `<none>`), all or none."""
    try:
        product = publishing.find(call.shop, call["product_id"])
        rules.check_editable(product, what, call.settings)
        pairs = [(_sku(product, sku_id), value) for sku_id, value in values.items()]
        for sku, value in pairs:
            write(sku, value, check_only=True)
    except GatewayError as error:
        text = error.sub_message or error.message
        return {
            "result": {
                "success": False,
                "modify_count": 0,
                "product_id": call["product_id"],
                "error_code": str(error.sub_code or error.code),
                "error_message": text,
            }
        }
    for sku, value in pairs:
        write(sku, value)
    product.modified = call.now
    return {"result": {"success": True, "modify_count": len(pairs), "product_id": product.product_id}}


def _sku(product, sku_id):
    plain = _without_names(sku_id)
    for sku in product.skus:
        if sku_id in (sku.sku_id, str(sku.number)) or plain == _without_names(sku.sku_id):
            return sku
    raise refused_product(offers.NO_SKU, f"sku {sku_id} does not belong to product {product.product_id}")


def _without_names(sku_id):
    return ";".join(part.split("#")[0] for part in sku_id.split(";"))


def _write_stock(sku, value, check_only=False):
    quantity = cast("ipm_sku_stock", value, int)
    offers.check_stock(quantity)
    if not check_only:
        sku.stock = quantity


def _write_price(sku, value, check_only=False):
    """The price, or a pair with the sale price; one not given stays while it is below."""
    value, sale_price = value if isinstance(value, tuple) else (value, None)
    price = cast("sku_price", value, Decimal)
    rules.check_prices("sku_price", price, sale_price)
    if check_only:
        return
    sku.price = price
    if sale_price is not None:
        sku.sale_price = sale_price
    if sku.sale_price is not None and sku.sale_price >= price:
        sku.sale_price = None
