"""The wire of the Batch API: lines are what was written, and errors of the wire are ours."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newslens.corpus.batch_lines import write_files
from newslens.corpus.batch_server import split_lines


@given(st.lists(st.binary(max_size=12)))
def test_lines_do_not_depend_on_how_the_bytes_came(pieces: list[bytes]) -> None:
    async def come() -> AsyncIterator[bytes]:
        for piece in pieces:
            yield piece

    async def read() -> list[bytes]:
        return [line async for line in split_lines(come())]

    whole = b"".join(pieces)
    assert asyncio.run(read()) == whole.removesuffix(b"\n").split(b"\n") * bool(whole)


@pytest.mark.parametrize("separator", ["\u2028", "\x85", "\r", "\x0c"])
def test_only_a_line_feed_ends_a_line(separator: str) -> None:
    async def come() -> AsyncIterator[bytes]:
        yield f'{{"text": "a{separator}b"}}\n'.encode()

    async def read() -> list[bytes]:
        return [line async for line in split_lines(come())]

    assert asyncio.run(read()) == [f'{{"text": "a{separator}b"}}'.encode()]


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.binary(max_size=9).map(lambda text: text + b"\n"))))
def test_a_spool_has_every_address_once_and_its_lines_in_order(lines: list[tuple[str, bytes]]) -> None:
    first = dict(reversed(lines))
    read = [(keys, file.read()) for file, keys in write_files(lines)]
    order = list(dict.fromkeys(address for address, _ in lines))
    content = b"".join(first[address] for address in order)
    assert read == [(order, content)] * bool(lines)
