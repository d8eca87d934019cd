"""Short texts in English are told as English, and those in other languages are not."""

import pytest

from newslens import Article, Lens
from newslens.errors import LanguageUnknown
from newslens.offline.language import is_english, need_english

ENGLISH = [
    "Trump slams Clinton.", "Stocks fall.", "MCALEENAN: 100 percent.", "Police arrested four men.", "Dogs bark.",
    "Mayor resigns after probe.", "Prices rose sharply last month.", "Senate passes bill", "Café owner wins award.",
    "De Niro's festival opens.",
]  # fmt: skip
OTHERS = [
    "El alcalde dijo el lunes que el puente cerrará.", "Le maire a démissionné lundi.", "Il sindaco si è dimesso.",
    "Der Bürgermeister tritt zurück.", "O prefeito renunciou na segunda-feira.", "Borgmästaren avgick på måndagen.",
    "Burmistrz podał się do dymisji.", "A polgármester hétfőn lemondott.", "Belediye başkanı istifa etti.",
    "Мэр подал в отставку.", "市長が辞任した。", "市长辞职了。", "العمدة استقال يوم الاثنين.", "Thị trưởng đã từ chức.",
    "Walikota mengundurkan diri pada hari Senin.",
]  # fmt: skip


@pytest.mark.parametrize("text", ENGLISH)
def test_a_short_text_in_english_is_english(text: str) -> None:
    assert is_english(None, [text])


@pytest.mark.parametrize("text", OTHERS)
def test_a_text_in_another_language_is_not(text: str) -> None:
    assert not is_english(None, [text])


@pytest.mark.parametrize(("declared", "told"), [("en", True), ("en-GB", True), ("EN_us", True), ("es", False)])
def test_a_declared_language_decides(declared: str, *, told: bool) -> None:
    assert is_english(declared, [*OTHERS, *ENGLISH]) == told


def test_a_longer_text_needs_its_share_of_function_words() -> None:
    assert not is_english(None, ["lorem ipsum dolor amet consectetur " * 10])
    with pytest.raises(
        LanguageUnknown, match=r"stances in English only, and this text seems to be in 'es'.*--language en"
    ):
        need_english("stances", "es", ["Hola"])


def test_what_needs_english_is_a_problem_and_the_summary_is_there() -> None:
    report = Lens(offline=True).analyze(Article.from_text(" ".join(OTHERS[:1] * 3)))
    assert report.summary
    assert {one.kind for one in report.problems} == {"LanguageUnknown"}
