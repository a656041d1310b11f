"""What PostgreSQL refuses stays out of the log: its words repeat whole rows, those of buyers and of tokens too."""

import logging
import re
import sys
import traceback

import psycopg2

OUR_CODE = __name__.removesuffix(".models.private_log")
STATEMENT = re.compile(r'\W*\w+ (?:\w+ )?"?\w+"?')


def get_logger(name):
    """The logger `name`; of an exception that comes of PostgreSQL it tells where and of which class it was."""
    logger = logging.getLogger(name)
    logger.addFilter(_hide_refused_row)
    return logger


def _hide_refused_row(record):
    error = record.exc_info and record.exc_info[1]
    if error and any(isinstance(cause, psycopg2.Error) for cause in _find_causes(error)):
        places = "".join(traceback.format_tb(error.__traceback__))
        record.exc_text, record.exc_info = f"{places}{type(error).__name__}", None
    return True


def _find_causes(error):
    while error:
        yield error
        error = error.__cause__ or error.__context__


def _hide_refused_statement(record):
    """Filter of Odoo's own log of statements: of one that was refused while our code was at work, its beginning."""
    if record.levelno >= logging.ERROR and isinstance(record.args, tuple) and len(record.args) == 2 and _is_ours():
        query, error = record.args
        query = query.decode(errors="replace") if isinstance(query, bytes) else str(query)
        beginning = STATEMENT.match(query)
        record.args = (f"{beginning.group() if beginning else ''} …", type(error).__name__)
    return True


def _is_ours():
    frame = sys._getframe()
    while frame:
        name = frame.f_globals.get("__name__", "")
        if name != __name__ and name.startswith(OUR_CODE):
            return True
        frame = frame.f_back
    return False


logging.getLogger("odoo.sql_db").addFilter(_hide_refused_statement)
