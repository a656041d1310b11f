from . import (
    aliexpress_cancel_refuse,
    aliexpress_category_suggest,
    aliexpress_diagnosis,
    aliexpress_diagnosis_line,
    aliexpress_listing_delete,
    aliexpress_listing_preview,
    aliexpress_order_import,
    aliexpress_order_rehearsal,
    aliexpress_partner_erase,
    aliexpress_product_list,
    aliexpress_sku_link,
    base_partner_merge,
)
