"""Limits that AliExpress announces to one process hold for all of them, and for people."""

from datetime import datetime, timedelta

from test_operations_tokens_race import run_together

LIST = "aliexpress.solution.order.get"
# A job that is told of the limit.
LISTS = """
WAIT
env["aliexpress.order"].with_context(cron_id=1)._cron_fetch_orders()
env.cr.commit()
"""
# Another job of the shop, which goes on calling in one transaction.
READS = """
import time
client = env["aliexpress.account"].search([]).with_context(cron_id=1)._get_client()
WAIT
until = time.monotonic() + 5
while time.monotonic() < until:
    client.list_carriers()
    time.sleep(0.05)
"""
# A person whose request ends with the error.
ASKS = """
from odoo.exceptions import UserError
wizard = env["aliexpress.order.import"].create(
    {"account_id": env["aliexpress.account"].search([]).id, "numbers": "8100"}
)
try:
    wizard.action_import()
except UserError as error:
    print("TOLD", error)

env.cr.rollback()
"""


def get_calls(gateway):
    """`(moment, method, outcome)` of all calls, in order."""
    calls = gateway.call("GET", "calls?detail=1")["calls"]
    return sorted((datetime.fromisoformat(call["at"]), call["method"], call["outcome"]) for call in calls)


def test_nobody_calls_while_one_process_waits_out_a_ban_of_seconds(odoo, gateway):
    odoo.connect(gateway)
    odoo.run('env["aliexpress.account"].search([])._get_client()\nenv.cr.commit()')
    gateway.call("POST", "faults", kind="rate_limit", method=LIST, seconds=2, count=1)
    run_together(odoo, LISTS, READS)
    calls = get_calls(gateway)
    [began] = [at for at, _method, outcome in calls if outcome == "ApiCallLimit"]
    under_way = timedelta(seconds=0.2)
    inside = [call for call in calls if began + under_way < call[0] < began + timedelta(seconds=2)]
    assert not inside
    after = {method for at, method, _outcome in calls if at > began + under_way}
    assert len(after) > 1, "both go on"
    assert odoo.sql("SELECT orders_synced_until IS NOT NULL, error FROM aliexpress_account") == [("t", "")]


def test_a_limit_that_a_person_meets_holds_for_jobs_and_for_people(odoo, gateway):
    odoo.connect(gateway)
    odoo.run('env["aliexpress.account"].search([])._get_client()\nenv.cr.commit()')
    gateway.call("POST", "faults", kind="rate_limit", method="*", seconds=60, count=1)
    assert "allows no more calls for the moment" in odoo.run(ASKS)
    assert odoo.sql("SELECT retry_at > now() at time zone 'utc' + interval '50 s' FROM aliexpress_account") == [("t",)]
    made = len(get_calls(gateway))
    assert "allows no more calls for the moment" in odoo.run(ASKS)
    odoo.run('env["aliexpress.order"].with_context(cron_id=1)._cron_fetch_orders()')
    assert len(get_calls(gateway)) == made
    odoo.sql("UPDATE aliexpress_account SET is_call_limited = false")
    odoo.run(ASKS)
    assert len(get_calls(gateway)) > made, "what AliExpress did not ask for, people need not wait for"
