from concurrent.futures import ThreadPoolExecutor

from ..lib.errors import AliexpressError

# AliExpress limits calls per second and application, not connections.
THREADS = 6


def call_each(call, arguments):
    """What `call` returns for each of `arguments`, or the AliexpressError it raises (list), called in parallel.

    The threads use nothing of Odoo: `call` is plain Python.
    """

    def call_once(argument):
        try:
            return call(argument)
        except AliexpressError as error:
            return error

    if not arguments:
        return []
    with ThreadPoolExecutor(max_workers=min(THREADS, len(arguments))) as pool:
        return list(pool.map(call_once, arguments))
