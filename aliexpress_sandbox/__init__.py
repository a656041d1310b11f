"""A local AliExpress: strict gateway, shops with a memory, trouble on request.

from aliexpress_sandbox import Sandbox

with Sandbox("default") as sandbox:
    order = sandbox.place_order(["TSHIRT-BLU-M"], pay=True)
    ...  # talk to sandbox.url
    assert sandbox.shipments == []
"""

from .sandbox import Sandbox

__all__ = ["Sandbox"]
