"""Results on disk: CSV or Parquet row by row, the record of the run beside them, and both again."""

from fundus_gui.core.export.chain import Chain
from fundus_gui.core.export.earlier import EarlierResults, read_results
from fundus_gui.core.export.pseudonyms import Pseudonyms, own_pseudonyms
from fundus_gui.core.export.resuming import Predict, Resumption
from fundus_gui.core.export.run_record import RunRecord
from fundus_gui.core.export.tables import defused, table_columns, table_row, undefused
from fundus_gui.core.export.verifying import CheckedTable, SampledRow, check_table, locate
from fundus_gui.core.export.writing import check_format, export_results

__all__ = [
    "Chain",
    "CheckedTable",
    "EarlierResults",
    "Predict",
    "Pseudonyms",
    "Resumption",
    "RunRecord",
    "SampledRow",
    "check_format",
    "check_table",
    "defused",
    "export_results",
    "locate",
    "own_pseudonyms",
    "read_results",
    "table_columns",
    "table_row",
    "undefused",
]
