"""The methods of general sellers: `trade.seller`, `trade.new.redefining`, `logistics`."""

from .. import errors
from ..parsing.orders import parse_address
from .catalogue_shared import SharedCatalogue
from .common import CommonFamily


class GeneralFamily(SharedCatalogue, CommonFamily):
    name = "general"
    declares_lines = True
    reveal_method = "aliexpress.trade.seller.order.decrypt"

    _list_method = "aliexpress.trade.seller.orderlist.get"
    _detail_method = "aliexpress.trade.new.redefining.findorderbyid"
    _detail_path = ("target",)

    def reveal_address(self, order_ref, address_key):
        if not address_key:
            return None
        # Not a read to repeat: it has a quota of its own.
        answer = self._ask(self.reveal_method, {"orderId": order_ref, "oaid": address_key}, is_read=False)
        if not answer.has("result_obj"):
            raise self._failure(answer, self.reveal_method)
        return parse_address(answer.child("result_obj"))

    def declare_parcel(self, parcel):
        if parcel.lines:
            self._declare_lines(parcel)
        else:
            self._act("aliexpress.logistics.sellershipmentfortop", self._parcel_params(parcel))

    def _declare_lines(self, parcel):
        method = "aliexpress.logistics.order.shipment"
        shipment = {
            "logistics_no": parcel.tracking_ref,
            "service_name": parcel.service_code,
            "tracking_web_site": parcel.tracking_website,
            "actual_carrier": parcel.actual_carrier,
        }
        shipments = [{key: value for key, value in shipment.items() if value}]
        lines = [
            {
                "sub_trade_order_index": line.sort_index,
                "send_type": "all" if line.is_complete else "part",
                "shipment_list": shipments,
            }
            for line in parcel.lines
        ]
        request = {"trade_order_id": self._number(parcel.order_ref), "sub_trade_order_list": lines}
        outcome = self._act(method, {"param_aeop_seller_shipment_sub_trade_order_request": request})
        # AliExpress repeats each line that it has accepted.
        accepted = {line.integer("sub_trade_order_index") for line in outcome.children("sub_trade_order_list")}
        missing = sorted({line.sort_index for line in parcel.lines} - accepted)
        if accepted and missing:
            raise errors.FixError(errors.REFUSED, f"line {missing[0]} was not accepted", method=method)

    def _parcel_params(self, parcel):
        return {**super()._parcel_params(parcel), "actual_carrier": parcel.actual_carrier}

    def _list_params(self, query):
        return {"param_aeop_order_query": query}
