"""What has been answered and what a run has done, in one SQLite file: nothing is lost, nothing is paid twice."""

from newslens.store.address import address, server_name
from newslens.store.asking import Stored
from newslens.store.batches import Batches, BatchRow, Told
from newslens.store.store import Row, Store, Summary

__all__ = ["BatchRow", "Batches", "Row", "Store", "Stored", "Summary", "Told", "address", "server_name"]
