"""Odoo as a worker of the benchmarks: one work a line comes in, its result and what it took go out."""

import contextlib
import cProfile
import json
import os
import pathlib
import pstats
import sys


@contextlib.contextmanager
def profiled(name):
    """Writes where the time goes into the folder that ALIEXPRESS_PROFILE names, where it names one."""
    folder = os.environ.get("ALIEXPRESS_PROFILE")
    if not folder:
        yield
        return
    profile = cProfile.Profile()
    with profile:
        yield
    profile.dump_stats(pathlib.Path(folder) / f"{name}.prof")
    with (pathlib.Path(folder) / f"{name}.txt").open("w") as file:
        pstats.Stats(profile, stream=file).sort_stats("cumulative").print_stats(150)


def main(database):
    """Do the works that standard input names until it ends."""
    # Whatever Odoo prints must not get between the answers.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry
    from odoo.tools import config

    config.parse_config(["-d", database, "--no-http", "--max-cron-threads=0", "--log-level=warn"])
    registry = Registry(database)
    from . import catalogue_works, offer_works, works
    from .measure import Measure

    modules = (works, catalogue_works, offer_works)
    for line in sys.stdin:
        name, arguments = json.loads(line)
        with registry.cursor() as watching, registry.cursor() as cursor:
            watching._cnx.autocommit = True
            env = api.Environment(cursor, SUPERUSER_ID, {})
            with Measure(watching) as measure:
                work = next(getattr(module, name) for module in modules if hasattr(module, name))
                with profiled(name):
                    result = work(env, **arguments)
                    env.flush_all()
                    cursor.commit()
        answers.write(json.dumps({"result": result, **measure.values}) + "\n")
        answers.flush()


if __name__ == "__main__":
    main(sys.argv[1])
