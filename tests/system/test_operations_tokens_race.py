"""Tokens when several processes need them at once."""

# Renews at the given moment (Unix time), as a job that met a refused token would: its own work is rolled back.
RENEW = """
import time
from odoo.addons.aliexpress_connector.lib.errors import ReconnectError
account = env["aliexpress.account"].search([])
try:
    account._get_client().probe()
except ReconnectError as refusal:
    error = refusal

env.cr.rollback()
time.sleep(max(0, {moment} - time.time()))
account.name = "never stored"
env.flush_all()
env.cr.rollback()
usable = account._renew_tokens(error)
env.cr.rollback()
print("USABLE", usable)
"""
WORK = """
import time
time.sleep(max(0, {moment} - time.time()))
env.ref("aliexpress_connector.ir_cron_fetch_orders").method_direct_trigger()
env.cr.commit()
env.ref("aliexpress_connector.ir_cron_fetch_orders").method_direct_trigger()
env.cr.commit()
"""
STATE = "SELECT state, name, token_renewed_date IS NOT NULL FROM aliexpress_account"


def run_together(odoo, script, count, delay=12):
    """Run `script` in `count` processes that begin their work at the same moment."""
    import time

    moment = time.time() + delay
    processes = [odoo.start(script.format(moment=moment)) for _number in range(count)]
    outputs = []
    for process in processes:
        assert process.wait(timeout=300) == 0
        process.log.seek(0)
        outputs.append(process.log.read().decode(errors="replace"))
    return outputs


def count_refreshes(gateway):
    calls = gateway.call("GET", "calls?detail=1&method=/auth/token/refresh")["calls"]
    return [call["outcome"] for call in calls]


def test_the_refresh_token_is_used_once_however_many_want_it(odoo, gateway):
    odoo.connect(gateway)
    gateway.call("POST", "expire_tokens")
    outputs = run_together(odoo, RENEW, 3)
    assert not [output for output in outputs if "Traceback" in output]
    assert count_refreshes(gateway) == ["ok"]
    # What was issued is stored, although everything else those processes did was rolled back.
    assert odoo.sql(STATE) == [("connected", "System test", "t")]
    gateway.call("POST", "orders", lines=[["CAP-RED", 1]], pay=True)
    odoo.run(WORK.format(moment=0))
    assert odoo.sql("SELECT count(*) FROM aliexpress_order") == [("1",)]
    assert count_refreshes(gateway) == ["ok"]


def test_a_job_goes_on_in_the_run_in_which_it_renewed_the_token(odoo, gateway):
    """With a real transaction: what it reads after the renewal must not be what it read before."""
    odoo.connect(gateway)
    gateway.call("POST", "orders", lines=[["CAP-RED", 1]], pay=True, count=3)
    gateway.call("POST", "expire_tokens")
    odoo.run('env.ref("aliexpress_connector.ir_cron_fetch_orders").method_direct_trigger()\nenv.cr.commit()\n')
    assert odoo.sql("SELECT count(*), min(state) FROM aliexpress_order") == [("3", "pending")]
    assert odoo.sql(STATE) == [("connected", "System test", "t")]
    assert count_refreshes(gateway) == ["ok"]


def test_jobs_side_by_side_share_one_renewal(odoo, gateway):
    odoo.connect(gateway)
    gateway.call("POST", "orders", lines=[["CAP-RED", 1]], pay=True, count=5)
    gateway.call("POST", "expire_tokens")
    run_together(odoo, WORK, 2)
    assert odoo.sql("SELECT count(*) FROM aliexpress_order") == [("5",)]
    assert count_refreshes(gateway) == ["ok"]
    assert odoo.sql(STATE) == [("connected", "System test", "t")]
