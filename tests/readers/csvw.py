"""Reads CSV as its metadata (CSV on the Web) describes it, with the library csvw, and prints the
rows as JSON, typed: decimals as text with all their digits.

    csvw.py METADATA         the address or file of a metadata document, which names its CSV
    csvw.py CSV METADATA     the address of CSV, and of the metadata to use with it
    csvw.py CSV              the address of CSV, whose metadata its Link header names
"""

import datetime
import json
import os
import sys
from decimal import Decimal

# This file has the library's name, and its folder is searched first.
folder = os.path.dirname(os.path.abspath(__file__))
sys.path = [place for place in sys.path if os.path.abspath(place or ".") != folder]

from csvw import CSVW  # noqa: E402


def told(value):
    """A typed value as JSON has it."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, (datetime.date, datetime.datetime)):
        return value.isoformat()
    if isinstance(value, list):
        return [told(one) for one in value]
    if hasattr(value, "unsplit"):
        return value.unsplit()
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return str(value)


found = CSVW(sys.argv[1], md_url=sys.argv[2] if len(sys.argv) > 2 else None, validate=True)
valid = found.is_valid
tables = []
for table in found.tables:
    rows = [
        {name: told(value) for name, value in row.items()}
        for row in table.iterdicts(strict=False)
    ]
    columns = table.tableSchema.columns
    types = {
        column.name: column.inherit("datatype").base if column.inherit("datatype") else None
        for column in columns
    }
    tables.append({"url": str(table.url), "rows": rows, "types": types})
json.dump(
    {
        "valid": valid,
        "warnings": [str(warning.message) for warning in found.warnings],
        "described": not found.no_metadata,
        "tables": tables,
    },
    sys.stdout,
)
