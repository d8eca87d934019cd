"""Frames by cue terms: what matches, how it is counted, and what counts as present."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newslens.analyses.codebook import Codebook
from newslens.offline.frames import CueIndex, FrameScore, Framing, Hit, choose
from newslens.offline.lexicon import listed

STORY = [
    "President Sheinbaum said Mexico would not accept foreign troops on its soil.",
    "The army and the police will fight the drug cartels together.",
    "The embassy called the decision a matter of national sovereignty.",
]


def found(sentence: str, *cues: str) -> list[str]:
    """The stretches of a sentence that cues of one frame match."""
    (frame,) = CueIndex({"frame": dict.fromkeys(cues, 1.0)}).tally([sentence])
    return [sentence[hit.start : hit.end] for hit in frame.hits]


@pytest.mark.parametrize(
    ("sentence", "cues", "matches"),
    [
        ("A tax on taxis", ["tax"], ["tax"]),
        ("TAXES, Taxes; taxes", ["taxes"], ["TAXES", "Taxes", "taxes"]),
        ("Immigrants and emigrants", ["immigra*"], ["Immigrants"]),
        ("The law's delay, the law’s end", ["law's"], ["law's", "law’s"]),
        ("Voters' rights and sovereignty’s price", ["voters", "sovereignty"], ["Voters", "sovereignty"]),
        (
            "cross-border, cross border, cross‑border",
            ["cross border"],
            ["cross-border", "cross border", "cross‑border"],
        ),
        ("the supreme court and a court", ["court", "supreme court"], ["supreme court", "court"]),
        ("the supreme judge of the court", ["court", "supreme court"], ["court"]),
        ("Courts", ["court*", "courts"], ["Courts"]),
        ("It went to court. Order was kept", ["court order"], []),
        ("a U.S. base", ["u.s."], ["U.S."]),
        ("$37 and 5%", ["$", "%"], ["$", "%"]),
        ("civil  rights\n\tmovements", ["civil rights movement*"], ["civil  rights\n\tmovements"]),
        ("deployed soldiers", ["deploy* soldier*"], ["deployed soldiers"]),
        ("Straße", ["straße"], ["Straße"]),
        ("İstanbul courts", ["courts"], ["courts"]),
        ("总统拒绝军事援助", ["军事", "总统"], ["总统", "军事"]),
        ("tax\0tax\ud800tax", ["tax"], ["tax", "tax", "tax"]),
        ("\u200f\u202etax\u202c", ["tax"], ["tax"]),
        ("", ["tax"], []),
    ],
)
def test_cues_match_whole_words_phrases_and_stems(sentence: str, cues: list[str], matches: list[str]) -> None:
    assert found(sentence, *cues) == matches


def test_a_stem_gives_way_to_a_longer_stem_and_to_the_word_itself() -> None:
    (frame,) = CueIndex({"f": {"tax*": 1, "taxat*": 2, "tax": 3}}).tally(["taxation taxed tax"])

    assert [(hit.cue, hit.weight) for hit in frame.hits] == [("taxat*", 2), ("tax*", 1), ("tax", 3)]


def test_frames_do_not_take_words_from_each_other() -> None:
    cues = {"security": {"military": 2.0}, "external": {"military aid": 3.0}, "health": {"nurse*": 1.0}}

    scores = CueIndex(cues).tally(["No.", "Military aid was refused, military bases too."])

    assert scores == (
        FrameScore(
            "security",
            2 * (1 + math.log(2)) / 4,
            (Hit(1, 0, 8, "military", 2.0), Hit(1, 26, 34, "military", 2.0)),
        ),
        FrameScore("external", 3 / 4, (Hit(1, 0, 12, "military aid", 3.0),)),
        FrameScore("health", 0.0, (), carried=False),
    )


def test_a_repeated_cue_counts_less_than_as_many_different_ones() -> None:
    cues = {"same": {"tax": 1.0}, "varied": {"wage": 1.0, "debt": 1.0, "loan": 1.0}}

    varied, same = CueIndex(cues).tally(["tax wage", "tax debt", "tax loan"])

    assert (varied.code, same.code) == ("varied", "same")
    assert varied.score > same.score


def test_the_same_cues_in_a_longer_text_score_less() -> None:
    short = CueIndex({"f": {"tax": 1.0}}).tally(["The tax is due."])
    long = CueIndex({"f": {"tax": 1.0}}).tally(["The tax is due.", *["Nothing of that kind here."] * 20])

    assert short[0].hits == long[0].hits
    assert short[0].score > long[0].score


@pytest.mark.parametrize("cue", ["", "*", "Tax", "t*x", "*tax", " tax", "tax  cut", "...", "tax*ed"])
def test_a_cue_that_cannot_match_is_refused(cue: str) -> None:
    with pytest.raises(ValueError, match="of 'f'"):
        CueIndex({"f": {cue: 1.0}})


def score(code: str, value: float) -> FrameScore:
    return FrameScore(code, value, (Hit(0, 0, 1, "a", 1.0),) if value else ())


@pytest.mark.parametrize(
    ("scores", "primary", "present"),
    [
        ([], "none", []),
        ([score("a", 0.0), score("b", 0.0)], "none", []),
        ([score("a", 0.2), score("b", 0.1)], "none", []),
        ([score("b", 0.3), score("a", 0.9)], "a", ["a", "b"]),
        ([score("a", 2.0), score("b", 0.7), score("c", 0.6)], "a", ["a", "b"]),
        ([score("a", 0.4), score("b", 0.26), score("c", 0.2)], "a", ["a", "b"]),
    ],
)
def test_frames_are_present_over_the_floor_and_beside_the_strongest(
    scores: list[FrameScore], primary: str, present: list[str]
) -> None:
    framing = choose(scores)

    assert framing == Framing(primary, framing.present)
    assert [frame.code for frame in framing.present] == present


def test_a_lower_floor_and_share_let_more_frames_in() -> None:
    scores = [score("a", 0.2), score("b", 0.03)]

    assert [frame.code for frame in choose(scores, floor=0.01, share=0.1).present] == ["a", "b"]


def test_the_policy_frames_tell_a_story_of_troops_police_and_sovereignty() -> None:
    framing = choose(CueIndex(Codebook.named("policy_frames").cues).tally(STORY))

    assert {frame.code for frame in framing.present} == {"security", "crime", "external_regulation"}


@pytest.mark.parametrize(
    "sentence",
    [
        "Donald Trump met Angela Merkel on Tuesday.",
        "President Biden spoke for an hour.",
        "The kettle stood on the table and nobody touched it.",
    ],
)
def test_a_politicians_name_or_office_alone_is_no_frame(sentence: str) -> None:
    assert choose(CueIndex(Codebook.named("policy_frames").cues).tally([sentence])).primary == "none"


PLAIN = "The meeting lasted for an hour."


@pytest.mark.parametrize(
    ("sentence", "frame"),
    [
        ("A police spokesman attended.", "crime"),
        ("The police officers attended.", "crime"),
        ("Tatum attacked the basket and defended well in the last quarter.", "security"),
        ("Two gangs work at each crane, and a third gang rests.", "crime"),
        ("The union opposes the rota.", "public_opinion"),
        ("The price of bread rose 3%.", "public_opinion"),
        ("She defended her thesis.", "security"),
    ],
)
def test_one_weak_word_is_no_frame_of_several_sentences(sentence: str, frame: str) -> None:
    framing = choose(CueIndex(Codebook.named("policy_frames").cues).tally([PLAIN, sentence]))

    assert frame not in {one.code for one in framing.present}


@pytest.mark.parametrize(
    ("sentence", "frame"),
    [
        ("Police arrested two men.", "crime"),
        ("Police said that a man was killed.", "crime"),
        ("The gang was convicted of murder.", "crime"),
        ("Soldiers attacked the town.", "security"),
        ("A poll shows that 60% of voters oppose the rota.", "public_opinion"),
    ],
)
def test_a_strong_word_or_two_weak_ones_are_a_frame_of_several_sentences(sentence: str, frame: str) -> None:
    framing = choose(CueIndex(Codebook.named("policy_frames").cues).tally([PLAIN, sentence]))

    assert frame in {one.code for one in framing.present}


@pytest.mark.parametrize(
    ("sentences", "carried"),
    [
        (["tax", "No."], False),
        (["tax", "tax", "No."], True),
        (["tax tax tax", "No.", "No."], False),
        (["tax wage", "No.", "No."], True),
        (["tax bit", "No.", "No."], False),
        (["gdp", "No.", "No."], True),
        (["gdp", "No.", "No.", "No.", "No."], False),
        (["gdp", "No.", "gdp", "No.", "No."], True),
        (["gdp tax", "No.", "No.", "No.", "No."], True),
        (["bit"], True),
    ],
)
def test_what_carries_a_frame(sentences: list[str], *, carried: bool) -> None:
    (frame,) = CueIndex({"f": {"tax": 1.0, "wage": 1.5, "gdp": 2.0, "bit": 0.5}}).tally(sentences)

    assert frame.carried == carried


@pytest.mark.parametrize(
    ("sentence", "cues", "matches"),
    [
        ("A war of words over a war", ["war"], ["war"]),
        ("It pays tribute to what they pay", ["pay*"], ["pay"]),
        ("A father-in-law and the law", ["law"], ["law"]),
        ("The secret weapons were weapons", ["weapon*"], ["weapons"]),
        ("They moved to Health Street for their Health", ["health*"], ["Health"]),
        ("Maria Price asked for a Price", ["price*"], ["Price"]),
        ("The Health Ministry and Justice Gray", ["health*", "justice"], ["Health", "Justice"]),
        ("On Wall Street", ["wall street"], ["Wall Street"]),
    ],
)
def test_no_cue_is_found_in_an_idiom_or_a_name(sentence: str, cues: list[str], matches: list[str]) -> None:
    assert found(sentence, *cues) == matches


@pytest.mark.parametrize("idiom", listed("frames", "idioms", "phrases"))
def test_an_idiom_hides_a_cue_of_the_policy_frames(idiom: str) -> None:
    index = CueIndex(Codebook.named("policy_frames").cues)
    first, rest = idiom.replace("*", "").split(maxsplit=1)

    assert not any(frame.hits for frame in index.tally([f"{first} {rest}"]))
    assert any(frame.hits for frame in index.tally([f"{first}. {rest}"]))


def test_a_prevailing_case_is_episodic_and_a_trend_thematic() -> None:
    cues = Codebook.named("episodic_thematic").cues
    case = [
        "On Monday night a man was found dead in his kitchen, police said.",
        "When she knocked, nobody came to the door.",
    ]
    trend = [
        "Over the decade rents have doubled, studies by the institute show.",
        "Experts see causes in policy and poverty.",
    ]

    assert choose(CueIndex(cues).tally(case)).primary == "episodic"
    assert choose(CueIndex(cues).tally(trend)).primary == "thematic"


CUES = {"a": {"tax*": 1.0, "wage gap": 2.0, "$": 0.5}, "b": {"court": 1.0, "supreme court*": 3.0}}
WORDS = st.sampled_from(
    ["tax", "Taxed", "wage", "gap", "wage-gap", "court", "Supreme", "$", ".", "’", "\0", "\ud800", "ß"]
)
SENTENCES = st.lists(st.one_of(st.text(), st.lists(WORDS).map(" ".join)), max_size=5)


@given(SENTENCES)
def test_hits_stand_in_the_text_in_order_and_do_not_overlap(sentences: list[str]) -> None:
    for frame in CueIndex(CUES).tally(sentences):
        places = [(hit.sentence, hit.start, hit.end) for hit in frame.hits]
        assert places == sorted(places)
        for hit in frame.hits:
            matched = sentences[hit.sentence][hit.start : hit.end].casefold()
            assert matched.split("-")[0].split()[0].startswith(hit.cue.split()[0].rstrip("*"))
        for (one, _, end), (other, start, _) in itertools.pairwise(places):
            assert one < other or end <= start


@given(SENTENCES)
def test_scores_are_sorted_finite_and_positive_only_with_hits(sentences: list[str]) -> None:
    scores = CueIndex(CUES).tally(sentences)

    assert {frame.code for frame in scores} == set(CUES)
    assert [frame.score for frame in scores] == sorted((frame.score for frame in scores), reverse=True)
    assert all(math.isfinite(frame.score) and (frame.score > 0) == bool(frame.hits) for frame in scores)


@given(SENTENCES)
def test_an_index_gives_what_tally_gives_however_often_it_is_used(sentences: list[str]) -> None:
    index = CueIndex(CUES)

    assert index.tally(sentences) == index.tally(sentences) == CueIndex(CUES).tally(sentences)


@pytest.mark.parametrize(
    "hostile",
    [
        "a" * 1_000_000,
        "." * 1_000_000,
        "tax " * 250_000,
        "wage " * 250_000,
        "wage" + " " * 1_000_000 + "gap",
        "\0" * 1_000_000,
    ],
    ids=["no space", "marks", "one cue", "half a cue", "spaces", "NULs"],
)
def test_hostile_text_takes_linear_time(hostile: str) -> None:
    index = CueIndex(CUES)

    index.tally([hostile, hostile])
