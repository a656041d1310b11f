"""Command line: `python -m aliexpress_sandbox`."""

import argparse
import logging
import signal
import sys
import threading
from pathlib import Path

from .faults import KINDS
from .sandbox import Sandbox

DESCRIPTION = """\
A local AliExpress: the gateway (/sync, /rest), the login page (/oauth/authorize), the
shop's pages (/) where orders are placed and paid, and a control API (/_sandbox/).
Point the system parameter aliexpress_connector.gateway_url to its address.
"""
EPILOG = """\
scenarios: a file, or a built-in name: default (two shops with listings and orders),
  demo (one shop and more orders beside them), empty (the two without orders). A running sandbox writes
  its state with --save and takes it up again with --scenario.

faults (--fault, repeatable): kind=…[,method=…][,count=…][,skip=…][,probability=…]
  [,seconds=…][,style=…][,rows=…]; `method` may hold stars. Kinds:
"""
SAVE_SECONDS = 10


def parser():
    epilog = EPILOG + "\n".join(f"  {kind:22} {text}" for kind, (_stage, text) in KINDS.items())
    epilog += "\n\nexample: --fault 'kind=timeout,method=*fulfill,count=1,seconds=40'"
    result = argparse.ArgumentParser(
        prog="python -m aliexpress_sandbox",
        description=DESCRIPTION,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    result.add_argument("--host", default="127.0.0.1", help="default: %(default)s")
    result.add_argument("--port", type=int, default=8110, help="default: %(default)s")
    result.add_argument("--scenario", default="default", help="file or built-in name (default)")
    result.add_argument("--save", help="write the state to this file, at the end and while used")
    result.add_argument("--fault", action="append", default=[], help="switch trouble on, see below")
    result.add_argument("--seed", type=int, help="seed of everything random")
    result.add_argument("--offset", type=float, default=0, help="seconds the clock is ahead")
    result.add_argument("--url-file", help="write the address here once it serves")
    result.add_argument("--verbose", "-v", action="store_true", help="log each call")
    return result


def main(argv=None):
    """Serve until interrupted; the exit code is 0 for an orderly end."""
    options = parser().parse_args(argv)
    logging.basicConfig(
        level=logging.DEBUG if options.verbose else logging.WARNING,
        format="%(asctime)s %(levelname)s %(message)s",
    )
    try:
        sandbox = Sandbox(options.scenario, save=options.save)
        for text in options.fault:
            sandbox.add_fault(text)
    except (OSError, ValueError, TypeError, LookupError) as error:
        return fail(f"the scenario or a fault cannot be used: {error}")
    if options.seed is not None:
        sandbox.seed(options.seed)
    sandbox.clock.advance(options.offset)
    try:
        url = sandbox.start(options.port, options.host)
    except (OSError, SystemExit):
        return fail(f"port {options.port} is taken; choose another one with --port (0 finds one)")
    return serve(sandbox, url, options.url_file)


def serve(sandbox, url, url_file):
    done = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_args: done.set())
    if url_file:
        Path(url_file).write_text(url, "utf-8")
    sys.stdout.write(f"AliExpress sandbox on {url}\n")
    sys.stdout.flush()
    saved = sandbox.requests
    while not done.wait(SAVE_SECONDS):
        if sandbox.save_path and sandbox.requests != saved:
            saved = sandbox.requests
            sandbox.save()
    sandbox.stop()
    return 0


def fail(text):
    sys.stderr.write(f"aliexpress_sandbox: {text}\n")
    return 2


if __name__ == "__main__":
    sys.exit(main())
