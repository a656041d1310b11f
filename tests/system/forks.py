"""Odoo, loaded once for a database, from which scripts are forked: each a process of its own that may be killed.

Run with the name of the database; each line of standard input is a script to start, each line of output its process.
"""

import json
import os
import random
import signal
import sys
import traceback


def main(database):
    """Start what standard input asks for until it ends."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    from odoo import sql_db
    from odoo.modules.registry import Registry
    from odoo.tools import config

    config.parse_config(["-d", database, "--no-http", "--max-cron-threads=0", "--log-level=warn"], setup_logging=True)
    Registry(database)
    # Nothing that is open may be shared between processes.
    sql_db.close_all()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if not pid:
            os._exit(work(database, **order))
        answers.write(f"{pid}\n")
        answers.flush()


def work(database, script, log, code, values):
    """Run `script` as Odoo's shell would; its output goes to the file `log`, what came of it to the file `code`."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    output = os.open(log, os.O_WRONLY)
    for number in (1, 2):
        os.dup2(output, number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.environ.update(values)
    random.seed()
    try:
        run(database, script)
        result = 0
    except BaseException:  # whatever a script raises, whoever started it is told
        traceback.print_exc()
        result = 1
    sys.stdout.flush()
    sys.stderr.flush()
    with open(code, "w") as file:
        file.write(str(result))
    return result


def run(database, script):
    """Execute `script` with `env`, in a transaction that is rolled back at the end."""
    import odoo
    from odoo.modules.registry import Registry

    registry = Registry(database).check_signaling()
    with registry.cursor() as cursor:
        env = odoo.api.Environment(cursor, odoo.SUPERUSER_ID, {})
        exec(compile(script, "script", "exec"), {"__name__": "__main__", "env": env, "odoo": odoo})  # noqa: S102
        if not cursor.closed:
            cursor.rollback()


if __name__ == "__main__":
    main(sys.argv[1])
