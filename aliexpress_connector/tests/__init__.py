from . import test_orders_import
from . import test_orders_status
from . import test_orders_money
from . import test_orders_products
from . import test_orders_people
from . import test_offers_push
from . import test_operations_neutralize
from . import test_operations_rights
