from . import (
    test_catalogue_adopt,
    test_catalogue_feeds,
    test_catalogue_publish,
    test_connect,
    test_offers_calls,
    test_offers_drift,
    test_offers_price,
    test_offers_push,
    test_offers_quantity,
    test_offers_screen,
    test_operations_login,
    test_operations_neutralize,
    test_operations_overview,
    test_operations_privacy,
    test_operations_push,
    test_operations_rights,
    test_operations_tokens,
    test_operations_watchdog,
    test_orders_import,
    test_orders_money,
    test_orders_people,
    test_orders_products,
    test_orders_speed,
    test_orders_status,
    test_orders_times,
    test_shipping_browser,
    test_shipping_carriers,
    test_shipping_changes,
    test_shipping_check,
    test_shipping_deadline,
    test_shipping_outside,
    test_shipping_parcels,
    test_shipping_table,
    test_shipping_walk,
    test_shop_data,
    test_shop_data_sandbox,
)
from . import test_shipping_browser
from . import test_shipping_carriers
from . import test_shipping_changes
from . import test_shipping_check
from . import test_shipping_deadline
from . import test_shipping_outside
from . import test_shipping_parcels
from . import test_shipping_table
from . import test_shipping_walk
from . import test_catalogue_adopt
from . import test_catalogue_feeds
from . import test_catalogue_quality
from . import test_catalogue_products
