"""The record of calls: what tests count."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass
class CallRecord:
    """One call the gateway received. `params` holds no secrets; `unknown` names what
    the method does not know; `outcome` is `ok` or the error code; `fault` the trouble
    that was made."""

    method: str
    at: datetime
    seller_id: str = ""
    app_key: str = ""
    params: dict = field(default_factory=dict)
    unknown: list = field(default_factory=list)
    outcome: str = "ok"
    request_id: str = ""
    fault: str = ""
    seconds: float = 0.0
