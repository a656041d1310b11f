from . import aliexpress_account
from . import aliexpress_listing
from . import aliexpress_order
from . import aliexpress_shipment
from . import ir_cron
from . import queue_job
