"""What both families do with the same methods, or with methods that differ in little more than their names."""

import re
from datetime import timedelta

from .. import errors
from ..parsing.carriers import parse_carriers
from ..parsing.orders import parse_order, parse_order_page, parse_parcels
from ..parsing.reader import Reader
from ..times import from_timestamp, pacific_window
from .base import Family

# Each method has its own words for whether it worked, and for why not. `target` tells whether a cancellation worked.
_SUCCESS = ("result_success", "success", "is_success", "target")
_CODE = ("result_error_code", "error_code", "code_of_error", "result_code")
_TEXT = ("result_error_desc", "error_message", "error_msg", "error_desc", "result_info")


class CommonFamily(Family):
    """The acts of `Family` as far as they are alike."""

    _list_method = ""
    _detail_method = ""
    _detail_path = ()

    # Orders

    def probe(self):
        now = from_timestamp(self.transport.clock())
        self.list_orders(now - timedelta(days=1), now, page_size=1)

    @classmethod
    def is_refused_by(cls, error):
        return error.reason == errors.PERMISSION and error.method == cls._list_method

    def list_orders(self, start, end, *, page=1, page_size=50, finished=False, by="updated"):
        start, end = pacific_window(start, end)
        prefix = {"updated": "modified_date", "created": "create_date"}[by]
        query = {f"{prefix}_start": start, f"{prefix}_end": end, "current_page": page, "page_size": page_size}
        if finished:
            query["order_status"] = "FINISH"
        result = self._ask(self._list_method, self._list_params(query)).child("result")
        if result.flag("success") is False:
            raise self._failure(result, self._list_method)
        if not result.has("success") and not result.has("total_count") and not result.has("target_list"):
            raise result.error("target_list", "no list of orders")
        return parse_order_page(result, page_size, page)

    def get_order(self, order_ref):
        data = self._ask_order(order_ref)
        order = parse_order(data)
        if order.order_ref != str(order_ref):
            raise data.error("id", "another order than the one that was asked for")
        return order

    def accept_cancel(self, order_ref, buyer_ref):
        self._answer_cancel("accept", order_ref, buyer_ref)

    def refuse_cancel(self, order_ref, buyer_ref, memo):
        self._answer_cancel("refuse", order_ref, buyer_ref, memo=memo)

    # Shipping

    def list_carriers(self):
        method = "aliexpress.logistics.redefining.listlogisticsservice"
        answer = self._ask(method)
        self._ensure_success(answer, method)
        return parse_carriers(answer)

    def correct_parcel(self, old, new):
        params = self._parcel_params(new)
        self._act(
            "aliexpress.logistics.sellermodifiedshipmentfortop",
            {
                "old_service_name": old.service_code,
                "old_logistics_no": old.tracking_ref,
                "new_service_name": params.pop("service_name"),
                "new_logistics_no": params.pop("logistics_no"),
                **params,
            },
        )

    def list_parcels(self, order_ref):
        return parse_parcels(self._ask_order(order_ref))

    # Helpers

    def _list_params(self, query):
        """Return the parameters that carry the fields of an order `query`."""
        raise NotImplementedError

    def _ask(self, method, params=None, *, is_read=True):
        """Call `method` and return the `Reader` of its answer."""
        return Reader(self.transport.call(method, params, is_read=is_read), method)

    def _act(self, method, params):
        """Call the writing `method` once and return the `Reader` of its outcome; raise unless that is success."""
        answer = self._ask(method, params, is_read=False)
        outcome = answer.child("result") or answer
        self._ensure_success(outcome, method)
        return outcome

    def _ask_order(self, order_ref):
        """Return the `Reader` of an order's detail."""
        answer = self._ask(self._detail_method, {"param1": {"order_id": self._number(order_ref)}})
        *outer, last = self._detail_path
        for key in outer:
            answer = answer.child(key)
        if not answer.has(last):
            default = errors.REFUSED if self._explains(answer) else errors.NOT_FOUND
            raise self._failure(answer, self._detail_method, default=default)
        return answer.child(last)

    def _answer_cancel(self, verb, order_ref, buyer_ref, **more):
        request = {"order_id": self._number(order_ref), "buyer_login_id": buyer_ref, **more}
        self._act(f"aliexpress.trade.seller.order.{verb}cancel", {"param_order_cancel_request": request})

    @staticmethod
    def _parcel_params(parcel):
        return {
            "service_name": parcel.service_code,
            "logistics_no": parcel.tracking_ref,
            "out_ref": parcel.order_ref,
            "send_type": "all" if parcel.is_last else "part",
            "tracking_website": parcel.tracking_website,
        }

    @staticmethod
    def _number(order_ref):
        """Return an order number as the integer AliExpress wants inside structures."""
        if not re.fullmatch("[0-9]{1,20}", str(order_ref)):
            raise errors.FixError(errors.NOT_FOUND, "an order number has digits only")
        return int(order_ref)

    def _ensure_success(self, outcome, method):
        """Raise unless `outcome` (a `Reader`) says that the call worked: silence is failure as well."""
        flags = [outcome.flag(key) for key in _SUCCESS if outcome.has(key)]
        if not flags or not all(flags):
            raise self._failure(outcome, method, default=errors.REFUSED if flags else errors.UNREADABLE)

    @staticmethod
    def _explains(outcome):
        """Whether `outcome` (a `Reader`) has a code or a text of a failure."""
        return any(outcome.has(key) for key in _CODE + _TEXT)

    def _failure(self, outcome, method, default=errors.REFUSED):
        """Return the error for the code and the text inside `outcome` (a `Reader`)."""
        code, text = (next((outcome.raw(key) for key in keys if outcome.has(key)), "") for keys in (_CODE, _TEXT))
        return self.transport.business_error(code, text, method, request_id=outcome.request_id, default=default)
