"""Reads a workbook on standard input with openpyxl and prints it as JSON: of every sheet its
cells, their types (`s` text, `n` number, `f` formula, as the file says) and how it looks.
"""

import io
import json
import sys

from openpyxl import load_workbook

workbook = load_workbook(io.BytesIO(sys.stdin.buffer.read()))
sheets = []
for sheet in workbook.worksheets:
    rows = list(sheet.iter_rows())
    sheets.append(
        {
            "name": sheet.title,
            "rows": [[cell.value for cell in row] for row in rows],
            "types": [[cell.data_type for cell in row] for row in rows],
            "formats": [[cell.number_format for cell in row] for row in rows],
            "quoted": [[bool(cell.quotePrefix) for cell in row] for row in rows],
            "bold": [bool(cell.font.b) for cell in rows[0]] if rows else [],
            "frozen": sheet.freeze_panes,
            "filter": sheet.auto_filter.ref,
            "widths": {
                column: found.width for column, found in sheet.column_dimensions.items()
            },
        }
    )
properties = workbook.properties
json.dump(
    {
        "sheets": sheets,
        "title": properties.title,
        "author": properties.creator,
        "created": properties.created.isoformat(),
    },
    sys.stdout,
)
