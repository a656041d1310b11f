from . import aliexpress_connector, aliexpress_push
