"""Acts on the catalogue that both families do with the same methods."""

from .. import errors
from ..catalogue_rules import PRODUCTS_PER_SHELF_CALL
from ..catalogue_values import BatchResult
from ..languages import write_locale
from ..parsing.batches import parse_shelf_result
from ..parsing.catalogue import parse_uploaded_image
from ..parsing.reader import Reader
from ..parsing.shop_data import (
    parse_attributes,
    parse_brands,
    parse_freight_templates,
    parse_product_groups,
    parse_responsible_persons,
    parse_service_templates,
    parse_size_charts,
)
from .catalogue_base import CatalogueActs

# Where an answer says whether it worked, or why not.
_VERDICTS = ("success", "is_success", "result_success", "error_code", "error_message", "error_msg", "error_desc")


class SharedCatalogue(CatalogueActs):
    """Goes before `CommonFamily`, whose helpers it uses."""

    # Shop data

    def get_attributes(self, category_ref, language="en", parents=()):
        method = "aliexpress.category.redefining.getallchildattributesresult"
        params = {"cate_id": category_ref, "locale": write_locale(language)}
        if parents:
            params["parent_attrvalue_list"] = [f"{attribute_ref}={value_ref}" for attribute_ref, value_ref in parents]
        return parse_attributes(self._outcome(method, params, "attributes"))

    def list_freight_templates(self):
        method = "aliexpress.freight.redefining.listfreighttemplate"
        return parse_freight_templates(self._outcome(method, {}, "aeop_freight_template_d_t_o_list"))

    def list_service_templates(self):
        method = "aliexpress.postproduct.redefining.querypromisetemplatebyid"
        return parse_service_templates(self._outcome(method, {"template_id": -1}, "template_list"))

    def list_product_groups(self):
        return parse_product_groups(self._outcome("aliexpress.product.productgroups.get", {}, "target_list"))

    def list_brands(self):
        return parse_brands(self._outcome("aliexpress.merchant.oversea.brand.get", {}, "datas"))

    def list_size_charts(self, category_ref):
        method = "aliexpress.postproduct.redefining.getsizechartinfobycategoryid"
        return parse_size_charts(self._outcome(method, {"category_id": category_ref}, "sizechart_d_t_o_list"))

    def list_responsible_persons(self, category_ref):
        method = "aliexpress.category.eu.responsible.persons.list"
        outcome = self._outcome(method, {"category_id": category_ref}, "eu_contact_module_list", "support")
        return parse_responsible_persons(outcome)

    # Products

    def upload_image(self, file_name, content):
        method = "aliexpress.photobank.redefining.uploadimageforsdk"
        files = {"image_bytes": (file_name, content)}
        params = {"file_name": file_name, "group_id": "0"}
        answer = Reader(self.transport.call(method, params, files=files, is_read=False), method)
        outcome = answer.child("result") or answer
        self._ensure_success(outcome, method)
        return parse_uploaded_image(outcome)

    def put_on_shelf(self, product_refs):
        return self._move("aliexpress.postproduct.redefining.onlineaeproduct", product_refs)

    def take_off_shelf(self, product_refs):
        return self._move("aliexpress.postproduct.redefining.offlineaeproduct", product_refs)

    # Helpers

    def _outcome(self, method, params, *keys):
        """Call the reading `method` and return the `Reader` of its outcome, which has the list of one of `keys`.

        An empty list may be left out; then a flag must say that this is success, where the method has one.
        """
        answer = self._ask(method, params)
        outcome = answer.child("result") or answer
        if any(outcome.has(key) for key in keys):
            return outcome
        is_list_told = "result" in answer.keys() or any(key in outcome.keys() for key in keys)
        if not is_list_told or any(outcome.has(key) for key in _VERDICTS):
            self._ensure_success(outcome, method)
        return outcome

    def _move(self, method, product_refs):
        refs = product_refs_of(product_refs, PRODUCTS_PER_SHELF_CALL)
        answer = self._ask(method, {"product_ids": ";".join(refs)}, is_read=False)

        def read():
            return parse_shelf_result(answer.child("result") or answer, refs, self._error_maker(method, answer))

        return self._read_batch(read, refs)

    def _read_batch(self, read, refs):
        """What `read` returns; when it cannot read the answer, nobody knows what became of any of the products."""
        try:
            return read()
        except errors.FixError as error:
            if error.reason != errors.UNREADABLE:
                raise
            return BatchResult(unclear=dict.fromkeys(refs, error))

    def _error_maker(self, method, answer):
        def make_error(code, text):
            return self.transport.business_error(code, text, method, request_id=answer.request_id)

        return make_error


def product_refs_of(product_refs, limit):
    """The numbers as texts. Raises ValueError for none, for more than `limit`, and for the same one twice."""
    refs = [str(int(ref)) for ref in product_refs]
    if not 0 < len(refs) <= limit or len(set(refs)) < len(refs):
        raise ValueError(f"one call takes 1 to {limit} different products")
    return refs
