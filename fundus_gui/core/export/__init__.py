"""Results on disk: CSV or Parquet row by row, and the record of the run beside them."""

from fundus_gui.core.export.run_record import RunRecord
from fundus_gui.core.export.tables import defused, export_results, table_columns, table_row

__all__ = ["RunRecord", "defused", "export_results", "table_columns", "table_row"]
