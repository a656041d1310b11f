"""What a piece of work takes: seconds, processor time here and in the database server, queries, memory."""

import gc
import os
import time


class Measure:
    """A `with` block whose cost is in `values` afterwards."""

    def __init__(self, cursor):
        self.cursor = cursor
        self.values = {}

    def __enter__(self):
        gc.collect()
        _forget_peak()
        self.start_memory = memory("VmRSS")
        self.start_queries = _queries()
        self.start_server = server_seconds(self.cursor)
        self.start_processor = time.process_time()
        self.start = time.perf_counter()
        return self

    def __exit__(self, *_exception):
        self.values = {
            "seconds": time.perf_counter() - self.start,
            "processor": time.process_time() - self.start_processor,
            "server": server_seconds(self.cursor) - self.start_server,
            "queries": _queries() - self.start_queries,
            "peak": memory("VmHWM") - self.start_memory,
        }
        gc.collect()
        self.values["resident"] = memory("VmRSS")


def _queries():
    from odoo import sql_db

    return sql_db.sql_counter


def _forget_peak():
    """The kernel counts the peak of memory anew."""
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")


def memory(name):
    """MiB that the kernel counts for this process: VmRSS now, VmHWM at most since `_forget_peak`."""
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) / 1024 for line in file if line.startswith(f"{name}:"))


def server_seconds(cursor):
    """Processor seconds of the database server's processes for this database, 0 where it runs on another machine."""
    cursor.execute("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
    return sum(process_seconds(pid) for (pid,) in cursor.fetchall())


def process_seconds(pid):
    """Processor seconds of a process so far."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            user, system = file.read().rpartition(")")[2].split()[11:13]
    except FileNotFoundError:
        return 0.0
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
