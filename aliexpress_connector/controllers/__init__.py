from . import aliexpress_connector
