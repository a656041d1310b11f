from . import aliexpress_cancel_refuse, aliexpress_order_import, aliexpress_sku_link
