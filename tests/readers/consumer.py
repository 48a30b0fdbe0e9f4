"""Runs the Python on standard input as a user would, and prints what that printed, as JSON."""

import contextlib
import io
import json
import sys
import warnings

warnings.simplefilter("ignore")
printed = io.StringIO()
with contextlib.redirect_stdout(printed):
    exec(compile(sys.stdin.buffer.read().decode("utf-8"), "the docs", "exec"), {})
json.dump({"printed": printed.getvalue()}, sys.stdout)
