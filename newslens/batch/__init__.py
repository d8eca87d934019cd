"""Requests that a server answers within a day, at half the price."""

from newslens.batch.batch import Batch, Submitted
from newslens.batch.gathering import Gathered
from newslens.batch.standing import Standing

__all__ = ["Batch", "Gathered", "Standing", "Submitted"]
