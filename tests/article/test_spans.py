import unicodedata
from itertools import accumulate

import pytest
import regex
from hypothesis import assume, example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from newslens.article.spans import Span, find_borders, locate, locate_all, normalise

SENTENCE = "Mr. Trump’s offer won’t stand — “it is 3.5 percent,” the immigrant’s café in the U.S. must say."


PHRASES = [
    ("offer", SENTENCE, "offer"),
    ("Trump", SENTENCE, "Trump"),  # a possessive is the name
    ("Trump's offer won't stand", SENTENCE, "Trump’s offer won’t stand"),
    ('stand - "it is 3.5 percent,"', SENTENCE, "stand — “it is 3.5 percent,”"),
    ("CAFE\u0301", SENTENCE, "café"),
    ("must", SENTENCE, "must"),
    ("U.S.", SENTENCE, "U.S."),
    ("won", SENTENCE, None),
    ("will", SENTENCE, None),
    ("t stand", SENTENCE, None),
    ("rant", SENTENCE, None),
    ("US", SENTENCE, None),
    ("cafe", SENTENCE, None),
    ("5 percent", SENTENCE, None),
    ("3", SENTENCE, None),
    ("1,000", "It cost 1,000,000 pesos", None),
    ("the offer", SENTENCE, None),
    ("", SENTENCE, None),
    (" \u00ad\u200b ", SENTENCE, None),
    ("new york", "in  New\u00a0\nYork today", "New\u00a0\nYork"),
    ("military", "the mili\u00adtary aid", "mili\u00adtary"),
    ("US", "He told us that the US left", "US"),
    ("US", "He told us", None),
    ("us", "THE US LEFT", "US"),
    ("wait... no", "“wait… no”", "wait… no"),
    ("strasse", "Die Straße ist leer", "Straße"),
    ("stra", "Die Straße ist leer", None),
    ("s", "Die Straße", None),
    ("Amérique", "vers l’Amérique du Nord", "Amérique"),
    ("Brien", "Mr. O’Brien left", None),
    ("主席", "国家主席说", "主席"),
    ("Apple", "AppleのiPhone", "Apple"),
    ("대통령", "대통령은 말했다", "대통령"),
    ("राष्ट्रपति", "वह राष्ट्रपति है", "राष्ट्रपति"),
    ("राष्ट्र", "वह राष्ट्रपति है", None),
    ("الرئيس", "قال \u200fالرئيس إنه", "الرئيس"),
    ("🇺🇸", "🇲🇽🇺🇸", "🇺🇸"),
    ("🇽🇺", "🇲🇽🇺🇸", None),
    ("👩", "a 👨‍👩‍👧 family", None),
    ("e", "cafe\u0301 e", "e"),
    ("a\ud800b", "x a\ud800b y", "a\ud800b"),
    ("(.*)+$", "a (.*)+$ b", "(.*)+$"),
    ("{0} %s", "a {0} %S b", "{0} %S"),
]


def test_a_phrase_stands_where_its_words_stand() -> None:
    places = [(phrase, text, locate(phrase, text)) for phrase, text, _ in PHRASES]
    assert [(phrase, text, text[slice(*place)] if place else None) for phrase, text, place in places] == PHRASES


def test_exact_place_comes_before_an_earlier_normalised_one() -> None:
    assert locate("Trump", "TRUMP and Trump") == (10, 15)


def test_all_places_in_order() -> None:
    text = "Trump, TRUMP, Trump’s, trumpet, Tru\u00admp"
    assert [text[slice(*place)] for place in locate_all("Trump", text)] == [
        "Trump",
        "TRUMP",
        "Trump",
        "Tru\u00admp",
    ]


def test_search_stays_in_its_window() -> None:
    text = "aid and aid and aid"
    assert locate("aid", text, start=1) == (8, 11)
    assert locate("aid", text, start=1, end=10) is None
    assert locate_all("aid", text, start=1, end=15) == ((8, 11),)


WORDS = st.sampled_from(
    [
        "won’t",
        "can't",
        "Mexico",
        "U.S.",
        "cafetería",
        "3.5",
        "“No,”",
        "Straße",
        "राष्ट्रपति",
        "قال",
        "naïveté",
        "🇲🇽",
        "aid",
        "…",
    ]
)
MANGLES = st.sampled_from(
    [
        str.upper,
        str.title,
        lambda text: text.translate(str.maketrans("‘’“”—", "''\"\"-")),
        lambda text: text.translate(str.maketrans("'", "’")),
        lambda text: text.replace(" ", "\u00a0\n"),
        lambda text: unicodedata.normalize("NFD", text),
        lambda text: unicodedata.normalize("NFC", text),
        lambda text: "\u00ad".join(regex.findall(r"\X", text)),
        lambda text: f"\u200b {text}\ufeff ",
    ]
)


@given(st.lists(WORDS, min_size=1, max_size=8), st.data())
def test_mangled_phrase_is_found_at_or_before_its_place(words: list[str], data: st.DataObject) -> None:
    text = " ".join(words)
    first = data.draw(st.integers(0, len(words) - 1))
    last = data.draw(st.integers(first, len(words) - 1))
    phrase = " ".join(words[first : last + 1])
    for mangle in data.draw(st.lists(MANGLES, max_size=4)):
        phrase = mangle(phrase)
    assume(normalise(phrase).text.strip() != "aid" or "AID" not in phrase.replace("\u00ad", ""))  # an acronym
    place = locate(phrase, text)
    assert place is not None
    assert place[0] <= len(" ".join([*words[:first], ""]))
    assert normalise(text[slice(*place)]).text == normalise(phrase).text.strip()


@given(st.text(alphabet=st.characters(exclude_categories=())), st.text(max_size=4))
def test_what_is_found_is_whole_clusters_that_read_the_same(text: str, phrase: str) -> None:
    borders = {match.start() for match in regex.finditer(r"\X", text)} | {len(text)}
    for place in (locate(phrase, text), *locate_all(phrase, text)):
        if place is not None:
            assert borders.issuperset(place)
            assert normalise(text[slice(*place)]).text.strip() == normalise(phrase).text.strip()


@example("11111.\u00ad1", 0, 5)
@given(st.text(alphabet="aA1.,'’ -“\u0301\u00ad\u200d🇺🇸각ั"), st.integers(0, 6), st.integers(1, 6))
def test_first_place_is_one_of_all_places(text: str, start: int, length: int) -> None:
    phrase = text[start : start + length]
    places = locate_all(phrase, text)
    assert locate(phrase, text) in (places or (None,))


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_offsets_lead_back_into_the_original(text: str) -> None:
    form = normalise(text)
    assert len(form.offsets) == len(form.text) + 1
    assert form.offsets[-1] == len(text)
    assert list(form.offsets) == sorted(form.offsets)
    assert normalise(form.text).text == form.text


@pytest.mark.parametrize(
    "text",
    [
        "Mexico won’t, he said.  " * 20_000,
        "a" * 1_000_000,
        "é\u0301\u0316" * 20_000,
        "各国主席说，" * 50_000,
    ],
    ids=["prose", "one letter", "marks", "Chinese"],
)
def test_nothing_is_found_in_a_megabyte(text: str) -> None:
    assert locate("nowhere to be found", text) is None


MISFITS: list[dict[str, object]] = [
    {"start": 0, "end": 0, "text": "", "sentence": 1},
    {"start": 3, "end": 2, "text": "a", "sentence": 1},
    {"start": -1, "end": 0, "text": "a", "sentence": 1},
    {"start": 0, "end": 2, "text": "a", "sentence": 1},
    {"start": 0, "end": 1, "text": "a", "sentence": -1},
    {"start": 0, "end": 1, "text": "a", "sentence": 1, "note": "x"},
]


def test_span_refuses_offsets_that_do_not_fit() -> None:
    for fields in MISFITS:
        with pytest.raises(ValidationError):
            Span.model_validate(fields)


def test_span_with_a_lone_surrogate_keeps_its_offsets_in_json() -> None:
    span = Span(start=0, end=3, text="a\ud800b", sentence=1)
    assert Span.model_validate_json(span.model_dump_json()) == span.model_copy(update={"text": "a\ufffdb"})


AWKWARD = [*"ab \r\n\u0301\u200d\U0001f1e9\U0001f468\U0001f3fd\u1100\u1161\u11a8각\u0600\u0915\u093f\ufe0f\x00", "\r\n"]
TEXTS = st.lists(st.sampled_from(AWKWARD), max_size=60).map("".join)
REPEATED = st.builds(lambda text, times: text * times, TEXTS.map(lambda text: text[:3]), st.integers(2, 60))


@given(TEXTS | REPEATED)
def test_the_nearest_borders_are_those_of_a_scan(text: str) -> None:
    scanned = [0, *accumulate(map(len, regex.findall(r"\X", text)))]
    for position in range(len(text) + 1):
        before = max(border for border in scanned if border <= position)
        behind = min(border for border in scanned if border >= position)
        middle = scanned[scanned.index(before) // 2]
        assert [find_borders(text, position, low) for low in (0, middle, before)] == [(before, behind)] * 3
