import tracemalloc
from collections.abc import Sequence
from itertools import pairwise

import pytest
import regex
from hypothesis import example, given, settings
from hypothesis import strategies as st

from newslens.article.sentences import split
from newslens.errors import ConfigurationError
from newslens.llm.tokens import encoding
from newslens.reading.chunking import Chunk, chunk

ENCODINGS = ("o200k_base", "cl100k_base")
BUDGETS = (1, 7, 30, 512)
ENGLISH = (
    "Mexico’s president said on Sunday that she had declined an offer of troops.\n"
    "“Sovereignty is not for sale,” Ms. Sheinbaum told a crowd of 5,000 in the U.S.-built hall.  "
    "Gov. J. B. Ortiz (D-N.Y.) called it “theatre”. The talks go on, officials said at 9 a.m. on Monday.\n\n"
)
CHINESE = "墨西哥总统周日表示，她拒绝了派兵的提议。“主权不容出卖。”她说：谈判仍在继续！下一轮会谈？尚未确定。"
HINDI = "राष्ट्रपति ने कहा कि प्रस्ताव अस्वीकार कर दिया गया। बातचीत जारी है।\n"
ARABIC = "قالت الرئيسة إنها رفضت العرض. المحادثات مستمرة، بحسب مسؤولين؟ نعم.\n\n"
EMOJI = "👩‍👩‍👧 🇩🇪🇫🇷🇲🇽 👍🏽 voted. 🇪🇺🇺🇳! e\u0301te\u0301. "
WHITE = "One.\r\n\r\nTwo.\t\u2028Three.\u3000\u3000Four. \x85 \n\x0b \x1cFive.\r\rSix.   \n   /seven.\n"
ODD = "<|endoftext|> \x00\x00. \ud800 x \udc00. \ud83d\ude00. \ufeff\u200f \u202e. {0} %s \\1.\n"
SEVERAL = (ENGLISH, CHINESE, "東京で会談が行われた。合意はなかった。", HINDI, ARABIC, EMOJI, WHITE, ODD)
LONG_SENTENCE = "The committee, which met in " + "Geneva, Vienna and Nairobi, " * 800 + "adjourned."


def count(text: str, name: str) -> int:
    return len(encoding(name).encode_ordinary(text))


def clusters(text: str) -> set[int]:
    return {0, *(match.end() for match in regex.finditer(r"\X", text))}


def check(text: str, sentences: Sequence[tuple[int, int]], chunks: Sequence[Chunk], budget: int, name: str) -> None:
    """Everything that holds for chunks of any text, with or without overlap."""
    starts = [part.fresh for part in chunks]
    ends = [part.end for part in chunks]
    assert [0, *ends] == [*starts, len(text)]
    borders = clusters(text)
    for part in chunks:
        assert part.start <= part.fresh < part.end
        assert part.tokens == count(text[part.start : part.end], name)
        assert {part.start, part.end} <= borders
        assert part.tokens <= budget or borders.isdisjoint(range(part.start + 1, part.end)), part
    for start, end in sentences:
        inside = {border for border in ends if start < border < end}
        if inside and borders >= {start, end}:
            assert count(text[start:end], name) > budget, text[start:end]


@st.composite
def texts(draw: st.DrawFn) -> tuple[str, list[tuple[int, int]], list[int]]:
    """A text with sentences and paragraph ends, both as the library finds them, or anywhere."""
    piece = st.one_of(st.sampled_from(SEVERAL), st.text(max_size=8), st.text(st.characters(), max_size=8))
    scraps = st.sampled_from(
        [" ", "\n", "\r\n", "\r", "/", "a", ".", "。", "中", "\u0301", "\u200d", "🇩", "👩", "\ud83d", "\ude00"]
    )
    text = "".join(draw(st.lists(st.one_of(piece, st.lists(scraps, max_size=6).map("".join)), max_size=6)))
    places = st.lists(st.integers(0, len(text)), max_size=12, unique=True).map(sorted)
    if draw(st.booleans()):
        sentences = list(split(text))
    else:
        cuts = draw(places)
        sentences = [cut for cut in pairwise(cuts) if draw(st.integers(0, 3))]
    return text, sentences, draw(places)


@settings(deadline=None, max_examples=25)
@given(texts(), st.integers(1, 60), st.sampled_from(ENCODINGS))
@example(("\r\n", [(0, 1), (1, 2)], []), 1, "o200k_base")
@example(("a.\u0301 b.", [(0, 2), (2, 6)], [2]), 2, "o200k_base")
@example(("\ud83d\ude00" * 3, [(0, 1), (1, 6)], []), 1, "o200k_base")
def test_chunks_without_overlap_join_to_the_text_and_keep_the_budget(
    case: tuple[str, list[tuple[int, int]], list[int]], budget: int, name: str
) -> None:
    text, sentences, paragraphs = case
    chunks = list(chunk(text, sentences, budget=budget, paragraphs=paragraphs, encoding=name))
    check(text, sentences, chunks, budget, name)
    assert "".join(text[part.start : part.end] for part in chunks) == text
    assert chunks == list(chunk(text, sentences, budget=budget, paragraphs=paragraphs, encoding=name))


@settings(deadline=None, max_examples=25)
@given(texts(), st.integers(1, 60), st.integers(0, 70), st.sampled_from(ENCODINGS))
def test_overlap_repeats_whole_sentences_within_its_own_budget(
    case: tuple[str, list[tuple[int, int]], list[int]], budget: int, overlap: int, name: str
) -> None:
    text, sentences, paragraphs = case
    chunks = list(chunk(text, sentences, budget=budget, overlap=overlap, paragraphs=paragraphs, encoding=name))
    check(text, sentences, chunks, budget, name)
    borders = clusters(text)
    for before, part in pairwise(chunks):
        assert before.start < part.start <= part.fresh == before.end
        assert count(text[part.start : part.fresh], name) <= overlap
        if part.start < part.fresh:
            whole = [sentence for sentence in sentences if sentence[0] in borders]
            assert not any(start < part.start < end for start, end in whole)


def named(value: object) -> str:
    return str(value)[:20].encode("ascii", "backslashreplace").decode()


@pytest.mark.parametrize("text", ["", "word", *(text * 2 for text in SEVERAL), LONG_SENTENCE[:2_000]], ids=named)
def test_every_budget_holds_for_every_writing(text: str) -> None:
    sentences = list(split(text))
    for budget in BUDGETS:
        for overlap in (0, budget // 5):
            chunks = list(chunk(text, sentences, budget=budget, overlap=overlap))
            check(text, sentences, chunks, budget, "o200k_base")


RANDOM_RUN = "".join(chr(97 + (i * i * 7919 + i // 3) % 26) for i in range(10_000))


@pytest.mark.parametrize(
    ("text", "budget"),
    [
        *((RANDOM_RUN, budget) for budget in (7, 512)),
        *((character * 2_000, 7) for character in "中a\n=\x00“"),
        *((character * 20_000, 512) for character in "中a \n"),
        ("🇩" * 5_001, 512),
        ("a" + "\u0301" * 5_000, 512),
        ("x " * 5_000, 512),
        (" \n" * 5_000, 512),
    ],
    ids=named,
)
def test_texts_without_sentences_are_cut_between_tokens(text: str, budget: int) -> None:
    chunks = list(chunk(text, [(0, len(text))], budget=budget))
    assert "".join(text[part.start : part.end] for part in chunks) == text
    sample = [*chunks[:20], *chunks[-3:]]
    assert [part.tokens for part in sample] == [count(text[part.start : part.end], "o200k_base") for part in sample]
    assert all(0.9 * budget < part.tokens <= budget for part in chunks[:-1])


def test_a_grapheme_over_the_budget_stands_alone_with_its_true_count() -> None:
    zalgo = "a" + "\u0301" * 3_000
    text = f"Before. {zalgo} after."
    chunks = list(chunk(text, [(0, 7), (8, len(text))], budget=512))
    alone = next(part for part in chunks if part.tokens > 512)
    assert text[alone.start : alone.end] == zalgo
    assert alone.tokens == count(zalgo, "o200k_base")
    assert [part.tokens > 512 for part in chunks].count(True) == 1


def sentences_of(*lengths: int) -> tuple[str, list[tuple[int, int]]]:
    """A text of sentences with so many tokens each, one space between them."""
    parts = [" ".join(["the"] * (length - 1)) + "." for length in lengths]
    text = " ".join(parts)
    ends = [sum(map(len, parts[: number + 1])) + number for number in range(len(parts))]
    return text, [(end - len(part), end) for end, part in zip(ends, parts, strict=True)]


def tokens_of(text: str, sentences: list[tuple[int, int]], **options: object) -> list[tuple[int, int]]:
    """Number of tokens of each chunk, and how many of them are new."""
    chunks = chunk(text, sentences, **options)  # type: ignore[arg-type] # options as the tests spell them
    return [(part.tokens, count(text[part.fresh : part.end], "o200k_base")) for part in chunks]


@pytest.mark.parametrize(
    ("lengths", "options", "expected"),
    [
        ((10, 10, 10, 10), {"budget": 40}, [(40, 40)]),
        ((10, 10, 10, 10), {"budget": 39}, [(30, 30), (10, 10)]),
        ((10, 10, 10, 10), {"budget": 10}, [(10, 10)] * 4),
        ((10, 45, 10), {"budget": 20}, [(10, 10), (20, 20), (20, 20), (15, 15)]),
        ((10, 10, 10, 10), {"budget": 30, "overlap": 10}, [(30, 30), (20, 10)]),
        ((10, 10, 10, 10), {"budget": 30, "overlap": 19}, [(30, 30), (20, 10)]),
        ((10, 10, 10, 10), {"budget": 30, "overlap": 9}, [(30, 30), (10, 10)]),
        ((10, 10, 25), {"budget": 30, "overlap": 10}, [(20, 20), (25, 25)]),
        ((10, 10, 10, 10), {"budget": 20, "overlap": 20}, [(20, 20), (20, 10), (20, 10)]),
        ((10, 10, 10, 10), {"budget": 10, "overlap": 10}, [(10, 10)] * 4),
    ],
)
def test_sentences_fill_chunks(
    lengths: tuple[int, ...], options: dict[str, int], expected: list[tuple[int, int]]
) -> None:
    text, sentences = sentences_of(*lengths)
    assert tokens_of(text, sentences, **options) == expected


@pytest.mark.parametrize(
    ("paragraph", "expected"),
    [(8, [(90, 90), (30, 30)]), (7, [(100, 100), (20, 20)]), (9, [(100, 100), (20, 20)])],
)
def test_a_paragraph_end_is_preferred_where_it_fills_the_chunk(paragraph: int, expected: list[tuple[int, int]]) -> None:
    """Ten tokens a sentence: the end of the ninth leaves 10 % of the budget empty, that of the eighth 20 %."""
    text, sentences = sentences_of(*[10] * 12)
    assert tokens_of(text, sentences, budget=100, paragraphs=[sentences[paragraph][1]]) == expected


@pytest.mark.parametrize("space", ["\n\n", "\r\n", "\n", "  \n \n"])
def test_line_ends_go_with_the_line_and_spaces_with_the_word_after_them(space: str) -> None:
    text = f"One two.{space}Three four. Five six."
    second, third = text.index("Three"), text.index("Five")
    sentences = [(0, 8), (second, third - 1), (third, len(text))]
    parts = [text[part.start : part.end] for part in chunk(text, sentences, budget=5)]
    assert parts == [f"One two.{space}", "Three four.", " Five six."]


def test_a_sentence_over_the_budget_is_cut_between_words() -> None:
    chunks = list(chunk(LONG_SENTENCE, [(0, len(LONG_SENTENCE))], budget=100))
    assert all(LONG_SENTENCE[part.start] == " " for part in chunks[1:])
    assert all(part.tokens > 95 for part in chunks[:-1])


@pytest.mark.parametrize("paragraph", [0, 3, 9, 15, 40, 10**9])
def test_a_paragraph_end_that_is_none_changes_nothing_but_the_choice(paragraph: int) -> None:
    text, sentences = sentences_of(5, 5, 5, 5)
    assert tokens_of(text, sentences, budget=11, paragraphs=[paragraph]) == [(10, 10), (10, 10)]


@pytest.mark.parametrize("options", [{"budget": 0}, {"budget": -1}, {"budget": 5, "overlap": -1}])
def test_senseless_numbers_are_refused_at_once(options: dict[str, int]) -> None:
    with pytest.raises(ConfigurationError, match="budget >= 1 and overlap >= 0"):
        chunk("text", [(0, 4)], **options)  # type: ignore[arg-type] # one of three keywords


def test_an_unknown_encoding_is_refused_at_once() -> None:
    with pytest.raises(ConfigurationError, match="klingon"):
        chunk("text", [(0, 4)], budget=5, encoding="klingon")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "budget"),
    [(ENGLISH, 512), (CHINESE, 512), ("a", 30), (" ", 2), ("🇩🇪", 30), ("中。", 7), ("x ", 7)],
    ids=named,
)
def test_time_grows_with_the_text_and_no_faster(text: str, budget: int) -> None:
    """A million characters take a second or two; quadratic time would take hours."""
    whole = text * (1_000_000 // len(text))
    step = len(text) if len(text) > 9 else len(whole)
    sentences = [(start, min(start + step, len(whole))) for start in range(0, len(whole), step)]

    parts = list(chunk(whole, sentences, budget=budget, overlap=budget // 8))

    assert (parts[0].start, parts[-1].end) == (0, len(whole))


@pytest.mark.slow
def test_memory_does_not_grow_with_the_text() -> None:
    def peak(times: int) -> int:
        text = ENGLISH * times
        sentences = list(split(ENGLISH))
        sentences = [
            (start + shift, end + shift) for shift in range(0, len(text), len(ENGLISH)) for start, end in sentences
        ]
        tracemalloc.start()
        for _part in chunk(text, sentences, budget=512, overlap=50):
            pass
        high = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return high

    peak(10)
    assert peak(1_600) < 1.5 * peak(100)


def test_chunks_of_a_long_article_are_filled_well() -> None:
    text = ENGLISH * (100_000 // len(ENGLISH))
    once = list(split(ENGLISH))
    sentences = [(start + shift, end + shift) for shift in range(0, len(text), len(ENGLISH)) for start, end in once]
    chunks = list(chunk(text, sentences, budget=512))
    assert sum(part.tokens for part in chunks) == count(text, "o200k_base")
    assert sum(part.tokens for part in chunks[:-1]) / (512 * (len(chunks) - 1)) > 0.94
