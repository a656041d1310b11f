"""`aliexpress.solution.*`: the methods of overseas sellers."""

from .common import CommonFamily
from .solution_catalogue import SolutionCatalogue


class SolutionFamily(SolutionCatalogue, CommonFamily):
    name = "solution"

    _list_method = "aliexpress.solution.order.get"
    _detail_method = "aliexpress.solution.order.info.get"
    _detail_path = ("result", "data")

    def reveal_address(self, order_ref, address_key):
        return None

    def declare_parcel(self, parcel):
        self._act("aliexpress.solution.order.fulfill", self._parcel_params(parcel))

    def _list_params(self, query):
        return query
