"""What has been answered and what a run has done, in one SQLite file: nothing is lost, nothing is paid twice."""

from newslens.llm.store import Row, Store, Summary
from newslens.llm.store_address import address, server_name
from newslens.llm.store_asking import Stored
from newslens.llm.store_batches import Batches, BatchRow, Told

__all__ = ["BatchRow", "Batches", "Row", "Store", "Stored", "Summary", "Told", "address", "server_name"]
