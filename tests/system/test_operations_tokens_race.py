"""Tokens when several processes need them at once."""

import time

# Says that it is ready and waits for the start.
WAIT = """
import pathlib, time
pathlib.Path({folder!r}, "ready{number}").touch()
while not pathlib.Path({folder!r}, "go").exists():
    time.sleep(0.01)

"""
# What a job does that met a refused token; its own work is rolled back.
RENEW = """
from odoo.addons.aliexpress_connector.lib.errors import ReconnectError
account = env["aliexpress.account"].search([])
try:
    account._get_client().probe()
except ReconnectError as refusal:
    error = refusal

env.cr.rollback()
WAIT
env["res.partner"].create({"name": "never stored"})
env.flush_all()
env.cr.rollback()
account._renew_tokens(error)
env.cr.rollback()
"""
WORK = """
WAIT
env["aliexpress.order"]._cron_fetch_orders()
env.cr.commit()
"""
# What the request of a person who comes back from AliExpress' login does, repeated where Odoo repeats a request.
LOG_IN = """
import os
from odoo.service.model import retrying
account = env["aliexpress.account"].search([])
name = account.name
WAIT
retrying(lambda: account._log_in(os.environ["CODE"]), env)
"""
# A job that stores something at the shop all the time.
WRITE = """
import time
from psycopg2.errors import SerializationFailure
WAIT
until = time.monotonic() + 3
while time.monotonic() < until:
    try:
        env.cr.execute("UPDATE aliexpress_account SET sequence = sequence + 1", log_exceptions=False)
        env.cr.commit()
    except SerializationFailure:
        env.cr.rollback()
"""
ASK = """
from datetime import datetime, timedelta
account = env["aliexpress.account"].search([])
now = datetime.now()
account.write({"authorization_expiry": now + timedelta(days=1), "token_renewal_date": now - timedelta(days=1)})
account._ask_to_connect(now.date())
env.cr.commit()
"""
RENEW_AHEAD = """
WAIT
env["aliexpress.account"]._cron_refresh_tokens()
"""
# A person does it while AliExpress is answering.
ANSWER = """
WAIT
time.sleep(0.7)
env["aliexpress.account"].search([]).activity_ids.unlink()
env.cr.commit()
"""
STATE = "SELECT state, name, token_renewed_date IS NOT NULL FROM aliexpress_account"


def run_together(odoo, *scripts, **values):
    """Run `scripts` in processes that all wait where it says WAIT until the last of them is there."""
    texts = [text.replace("WAIT", WAIT.format(folder=str(odoo.folder), number=n)) for n, text in enumerate(scripts)]
    processes = [odoo.start(text, **values) for text in texts]
    deadline = time.monotonic() + 300
    while len(list(odoo.folder.glob("ready*"))) < len(processes) and not any(process.poll() for process in processes):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    (odoo.folder / "go").touch()
    for process in processes:
        code = process.wait(timeout=300)
        process.log.seek(0)
        output = process.log.read().decode(errors="replace")
        assert code == 0 and "Traceback" not in output, output


def count_refreshes(gateway):
    calls = gateway.call("GET", "calls?detail=1&method=/auth/token/refresh")["calls"]
    return [call["outcome"] for call in calls]


def test_the_refresh_token_is_used_once_however_many_want_it(odoo, gateway):
    odoo.connect(gateway)
    gateway.call("POST", "expire_tokens")
    run_together(odoo, RENEW, RENEW, RENEW)
    assert count_refreshes(gateway) == ["ok"]
    # What was issued is stored, although everything else those processes did was rolled back.
    assert odoo.sql(STATE) == [("connected", "System test", "t")]
    gateway.call("POST", "orders", lines=[["CAP-RED", 1]], pay=True)
    odoo.run(WORK.replace("WAIT", ""))
    assert odoo.sql("SELECT count(*) FROM aliexpress_order") == [("1",)]
    assert count_refreshes(gateway) == ["ok"]


def test_jobs_side_by_side_share_one_renewal_and_go_on(odoo, gateway):
    """In the same run: what a transaction reads after the renewal must not be what it read before."""
    odoo.connect(gateway)
    gateway.call("POST", "orders", lines=[["CAP-RED", 1]], pay=True, count=5)
    gateway.call("POST", "expire_tokens")
    run_together(odoo, WORK, WORK)
    assert odoo.sql("SELECT count(*) FROM aliexpress_order") == [("5",)]
    assert count_refreshes(gateway) == ["ok"]
    assert odoo.sql(STATE) == [("connected", "System test", "t")]


def test_a_login_uses_its_code_once_however_busy_the_shop_is(odoo, gateway):
    odoo.connect(gateway)
    code = gateway.call("POST", "codes")["code"]
    gateway.call("POST", "faults", kind="latency", method="/auth/token/create", seconds=1)
    run_together(odoo, LOG_IN, WRITE, CODE=code)
    calls = gateway.call("GET", "calls?detail=1&method=/auth/token/create")["calls"]
    assert [call["outcome"] for call in calls] == ["ok"]
    assert odoo.sql("SELECT state, error IS NULL, seller_ref IS NOT NULL FROM aliexpress_account") == [
        ("connected", "t", "t")
    ]


def test_new_tokens_survive_what_people_do_meanwhile(odoo, gateway):
    odoo.connect(gateway)
    odoo.run(ASK)
    gateway.call("POST", "faults", kind="latency", method="/auth/token/refresh", seconds=2)
    run_together(odoo, RENEW_AHEAD, ANSWER)
    assert count_refreshes(gateway) == ["ok"]
    assert odoo.sql(STATE) == [("connected", "System test", "t")]
    assert odoo.sql("SELECT count(*) FROM mail_activity WHERE res_model = 'aliexpress.account'") == [("0",)]
