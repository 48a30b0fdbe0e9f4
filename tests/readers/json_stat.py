"""Reads a JSON-stat dataset on standard input with pyjstat, having checked it against the
standard with jsonstat-validator, and prints its cells as JSON: one object for each, its
categories by code, its labels by name, its value as text with all its digits.
"""

import json
import sys
import warnings
from collections import OrderedDict
from decimal import Decimal

import pandas
from jsonstat_validator import validate_jsonstat
from pyjstat.pyjstat import Dataset

# pyjstat warns of its own inner calls.
warnings.simplefilter("ignore")


def told(value):
    """A cell's value or status, None for none."""
    if value is None or value is pandas.NA or value != value:
        return None
    return format(value, "f") if isinstance(value, Decimal) else str(value)


text = sys.stdin.buffer.read().decode("utf-8")
plain = json.loads(text)
validate_jsonstat(plain)
dataset = Dataset.read(
    json.loads(text, object_pairs_hook=OrderedDict, parse_float=Decimal)
)
rows = []
# pyjstat cannot make a table without rows.
if 0 not in dataset["size"]:
    cells = dataset.write("dataframe", naming="id").to_dict("records")
    labels = dataset.write("dataframe", naming="label").to_dict("records")
    statuses = [{}] * len(cells)
    if dataset.get("status"):
        statuses = dataset.write("dataframe", naming="id", value="status")
        statuses = statuses.to_dict("records")
    for cell, names, status in zip(cells, labels, statuses):
        names.pop("value")
        value, status = told(cell.pop("value")), told(status.get("status"))
        rows.append({**cell, "value": value, "status": status, "labels": names})
# What pyjstat leaves as it is.
plain.pop("value")
plain.pop("status", None)
json.dump({"rows": rows, "dataset": plain}, sys.stdout)
