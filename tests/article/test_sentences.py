import pytest
from hypothesis import given
from hypothesis import strategies as st

from newslens.article.sentences import guess_language, split

# Sentences as they have to come out, told apart by "|".
CASES = [
    ("en", "U.S. President Donald Trump met Mr. Smith. |J. Edgar Hoover was there. |It rained."),
    ("en", "The U.S. Senate met at 5 p.m. Monday. |He left at 5 p.m. |The next day was calm."),
    ("en", "It began at 3 a.m. ET and ended at 4 p.m. Eastern."),
    ("en", "Rep. Alexandria Ocasio-Cortez, D-N.Y., said no. |Sen. Lee, R-Utah, agreed."),
    ("en", "It cost $3.5 million, or 2.25 percent. |No. 5 was first."),
    ("en", "“Wait … I … no,” he said. |He left."),
    ("en", "She said, “This is bad.” |He left. |“No!” he cried."),
    ("en", '"I will not go. Never," she said. |"Why?" asked the U.S. president.'),
    ("en", "They came (on May 4. At last.) and left on Jan. 6. |What?! |No!!! |Then he wrote."),
    ("en", "John F. Kennedy and W. H. Auden met Dr. J.R.R. Tolkien. |See example.com. |It is there."),
    ("en", "Acme Inc. |The firm closed."),
    ("en", "It was over . . . |* * * Then they left. * * *"),
    ("en", "It was closed until May. |A spokesperson said no. |“We leave in May. |Then we rest."),
    ("en", "Theresa May. |That was the name. |It opens on May 5. |May I go? |She left in May."),
    ("en", "She may. |He may not."),
    ("en", "1. Mayor opposes the bridge. |He left."),
    ("en", "IV. The bridge is shut."),
    ("en", "(12) The bridge is shut on Mondays."),
    ("en", "It ended 2 to 1. |Mayor Lee left."),
    ("de", "5. Mai war der Tag der Wahl. |Dann kam der Regen."),
    ("en", "Q: Is it safe? |A: Absolutely. |I went."),
    ("es", "El Sr. Pérez dijo que no. |¿Por qué? |La Sra. López, de EE. UU., habló."),
    ("es", "«Si trabajo ocho, no. Y el mes que trabajo, sí», dijo. |Luego dijo que no. |Salió."),
    ("es", "«Nunca. Jamás», dijo. |Cuesta 3.500 pesos. |El Gral. Ruiz y el Lic. Paz salieron."),
    ("fr", "M. Macron a dit non. |Mme. Le Pen aussi. |« Jamais. Non. » a-t-il dit."),
    ("ar", "قال الرئيس إنه لن يذهب. |هل هذا صحيح؟ |نعم."),
    ("zh", "他说：“我不去。你去吧。”|然后他走了。|这是真的吗？|是的！|好。"),
    ("hi", "डॉ. सिंह ने कहा कि वह नहीं जाएंगे। |क्या यह सच है? |हाँ।"),
    ("en", "a\x00b said so. |C\ud800 d did not. |👨‍👩‍👧 Bye."),
]


@pytest.mark.parametrize("language", sorted({language for language, _ in CASES}))
def test_sentences_end_where_a_reader_ends_them(language: str) -> None:
    for marked in (marked for name, marked in CASES if name == language):
        text = marked.replace("|", "")
        sentences = [text[start:end] for start, end in split(text, language=language)]
        assert sentences == [sentence.strip() for sentence in marked.split("|")]


def test_language_is_guessed_when_it_is_not_told() -> None:
    text = "La Sra. López y el Dr. Gil, de EE. UU., hablaron de la guerra. Después salieron."
    assert [text[start:end] for start, end in split(text)] == [
        "La Sra. López y el Dr. Gil, de EE. UU., hablaron de la guerra.",
        "Después salieron.",
    ]


SAMPLES = {
    "The president of the country said that it was over": "en",
    "El presidente del país dijo que la guerra no es una solución": "es",
    "Le président a dit que la guerre est une erreur dans les faits": "fr",
    "Der Präsident sagt, dass das nicht mit dem Land zu machen ist": "de",
    "O presidente da república disse que não vai com os ministros": "pt",
    "Il presidente della repubblica non è con gli altri": "it",
    "国家主席说": "en",
    "": "en",
}


def test_commonest_words_tell_the_language() -> None:
    assert {sample: guess_language(sample) for sample in SAMPLES} == SAMPLES


def test_regional_tag_means_its_language() -> None:
    text = "La Sra. López habló. Salió."
    assert list(split(text, language="es-MX")) == list(split(text, language="es"))


def test_line_ends_end_sentences_unless_they_only_wrap() -> None:
    text = "The president\r\nsaid no. He\r\nleft."
    assert [text[slice(*place)] for place in split(text)] == ["The president", "said no.", "He", "left."]
    assert [text[slice(*place)] for place in split(text, wrapped=True)] == [
        "The president\r\nsaid no.",
        "He\r\nleft.",
    ]


MARKED = {
    "> The mayor said no. He left.": ["The mayor said no.", "He left."],
    ">> The mayor said\n>> no. He\n> left.": ["The mayor said\n>> no.", "He\n> left."],
    "- The mayor said no.": ["The mayor said no."],
    "• “No,” said the mayor. He left.": ["“No,” said the mayor.", "He left."],
    "* **Bridge:** shut.": ["**Bridge:** shut."],
    "> 5 of ten came.": ["> 5 of ten came."],
    ">= 5 of ten came.": [">= 5 of ten came."],
    "-5 degrees were measured.": ["-5 degrees were measured."],
    "*The mayor* said no.": ["*The mayor* said no."],
    "—No —dijo.": ["—No —dijo."],
    "* * * Then they left.": ["* * * Then they left."],
    "The mayor - a woman - left > right.": ["The mayor - a woman - left > right."],
    "1. The mayor said no.": ["1. The mayor said no."],
    "> ": [">"],
    "— Never —she said.": ["— Never —she said."],
}


def test_marks_that_open_a_line_are_in_no_sentence() -> None:
    found = {text: [text[slice(*place)] for place in split(text, language="en", wrapped=True)] for text in MARKED}
    assert found == MARKED


def test_only_the_asked_stretch_is_read() -> None:
    text = "One came. Two left. Three stayed."
    assert list(split(text, 10, 19)) == [(10, 19)]


def test_window_does_not_show_in_the_sentences() -> None:
    sentences = [f"Sentence number {n} tells of Mr. Smith and the U.S. Senate." for n in range(2_000)]
    text = " ".join(sentences)
    assert [text[start:end] for start, end in split(text)] == sentences


def test_a_sentence_longer_than_the_window_stays_one() -> None:
    text = f"It was {'very ' * 10_000}long. {'X' * 200_000}"
    assert list(split(text)) == [(0, 50_012), (50_013, 250_013)]


@given(
    st.text(alphabet=st.characters(exclude_categories=()) | st.sampled_from("aB. \n\r“”?!…>-•")),
    st.sampled_from(["lines", "wrapped"]),
)
def test_everything_but_white_space_and_opening_marks_is_in_one_sentence(text: str, shape: str) -> None:
    places = list(split(text, wrapped=shape == "wrapped"))
    rest = list(text)
    for start, end in places:
        assert text[start:end].strip() == text[start:end] != ""
        rest[start:end] = " " * (end - start)
    assert not "".join(rest).strip().translate(dict.fromkeys(map(ord, " \t\n\r>•·*▪●■-")))
    assert places == sorted(places)


@pytest.mark.parametrize(
    "text",
    [
        "“He. " * 10_000,
        "! " * 200_000,
        "a" * 300_000,
        "Mr. " * 50_000,
        "(He [went “on. " * 20_000,
        "> " * 200_000,
        "\n> - a" * 5_000,
    ],
)
def test_time_is_linear_in_hostile_text(text: str) -> None:
    assert list(split(text, language="en"))


def test_a_title_before_a_name_ends_no_sentence() -> None:
    text = "A spokesman said the company disputed Ms. Brenner's account. Mx. Lee agreed."
    assert [text[slice(*place)] for place in split(text)] == [
        "A spokesman said the company disputed Ms. Brenner's account.",
        "Mx. Lee agreed.",
    ]
