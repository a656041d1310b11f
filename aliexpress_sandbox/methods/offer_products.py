"""Products in the general sellers' methods."""

from ..catalogue import forms_offer, publishing, shown
from ..reading import field, required
from . import api


@api("aliexpress.offer.product.post", required("aeop_a_e_product", dict))
def offer_post(call):
    fields = forms_offer.read(call["aeop_a_e_product"], call.shop, new=True)
    product = publishing.create(call.sandbox, call.shop, fields)
    return {"result": {"product_id": product.product_id, "success": True}}


@api("aliexpress.offer.product.edit", required("aeop_a_e_product", dict))
def offer_edit(call):
    data = call["aeop_a_e_product"]
    product = publishing.find(call.shop, field(data, "product_id", int, required=True))
    fields = forms_offer.read(data, call.shop, new=False)
    publishing.change(call.sandbox, call.shop, product, fields)
    return {"result": {"product_id": product.product_id, "success": True}}


@api("aliexpress.offer.product.query", required("product_id", int))
def offer_query(call):
    return {"result": shown.twin(publishing.find(call.shop, call["product_id"]))}


@api("aliexpress.offer.product.delete", required("product_id", int))
def offer_delete(call):
    product = publishing.find(call.shop, call["product_id"])
    publishing.rules.check_editable(product, "delete", call.settings)
    del call.shop.products[product.product_id]
    return {"result": {"product_id": product.product_id, "success": True}}
