"""Names, polarity toward a target, and who is for or against what, without a model."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newslens.analyses import assets
from newslens.errors import LanguageUnknown
from newslens.offline import lexicon
from newslens.offline.language import need_english
from newslens.offline.names import Actor, Mention, mentions
from newslens.offline.parsing import parse
from newslens.offline.pronouns import Referents
from newslens.offline.sentiment import Polarity, toward
from newslens.offline.stance import MOST, Position, positions
from newslens.offline.turns import turns

SEEDS = assets.root().parent / "seeds"
LEXICONS = ["cues", "grammar", "inflection", "names", "sentiment", "stances", "verbs", "words"]


def at(sentence: str, target: str) -> list[tuple[int, int]]:
    start = sentence.index(target)
    return [(start, start + len(target))]


# names


def test_names_of_the_same_person_are_one_actor() -> None:
    sentences = [
        "Mexican President Claudia Sheinbaum spoke on Monday.",
        "However, Sheinbaum’s aides met Donald Trump.",
        "Later Mr Trump left.",
    ]
    assert mentions(sentences) == (
        Actor("Claudia Sheinbaum", "person", "she", (Mention(0, 18, 35), Mention(1, 9, 18))),
        Actor("Donald Trump", "person", "he", (Mention(1, 31, 43), Mention(2, 9, 14))),
    )


@pytest.mark.parametrize(
    ("sentences", "names"),
    [
        (["Bill Clinton met Hillary Clinton.", "Then Clinton left."], {"Bill Clinton", "Hillary Clinton", "Clinton"}),
        (["The European Union agreed.", "It said the EU was ready."], {"European Union"}),
        (["The U.S. and the United States are one."], {"United States"}),
        (["The Ministry of Defence hired Jean de Villiers."], {"Ministry of Defence", "Jean de Villiers"}),
        (["Critics spoke on Tuesday.", "Historically, French wine sells."], set()),
        (["Ann Lee won.", "Ann Lee Wins Race With Big Margin Again"], {"Ann Lee"}),
        (["Der Bürgermeister und die Stadt Berlin haben das nicht gesagt."], set()),
    ],
)
def test_names_are_found_and_merged_only_when_sure(sentences: list[str], names: set[str]) -> None:
    assert {actor.name for actor in mentions(sentences)} == names


@pytest.mark.parametrize(
    ("sentences", "name"),
    [
        (["Claudia Sheinbaum spoke.", "Later she left."], "Claudia Sheinbaum"),
        (["Claudia Sheinbaum met Donald Trump.", "Later she left."], "Claudia Sheinbaum"),
        (["Claudia Sheinbaum met Maria Lopez.", "Later she left."], None),
        (["Claudia Sheinbaum met Mayor Kim Okafor.", "Later she left."], None),
        (["Donald Trump spoke.", "Later she left."], None),
    ],
)
def test_a_pronoun_stands_for_somebody_only_without_doubt(sentences: list[str], name: str | None) -> None:
    actor = Referents(mentions(sentences)).of("she", 1, sentences[1].index("she"))
    assert (actor.name if actor else None) == name


def test_a_pronoun_does_not_reach_into_the_paragraph_before() -> None:
    sentences = ["Claudia Sheinbaum spoke.", "Later she left."]
    assert Referents(mentions(sentences), paragraphs=[0, 1]).of("she", 1, 6) is None


# polarity toward a target


@pytest.mark.parametrize(
    ("sentence", "target", "label", "words"),
    [
        ("Jones was praised by Smith.", "Jones", "favor", ["praised"]),
        ("Jones saved three children from the fire.", "Jones", "favor", ["saved"]),
        ("The plan was widely welcomed.", "plan", "favor", ["welcomed"]),
        ("Critics accused Jones of lying to the court.", "Jones", "against", ["Critics", "accused"]),
        ("Jones was convicted of fraud.", "Jones", "against", ["convicted", "fraud"]),
        ("The decision to close the clinic was cruel.", "decision", "against", ["cruel"]),
        ("The mayor attacked the corrupt senator.", "senator", "against", ["attacked", "corrupt"]),
        ("The meeting begins on Monday at noon.", "meeting", "none", []),
        ("“It is a beautiful day,” Jones said.", "Jones", "none", []),
        ("Der Plan ist und bleibt die brutal cruel attack.", "Plan", "none", []),
    ],
)
def test_a_sentence_speaks_of_its_target(sentence: str, target: str, label: str, words: list[str]) -> None:
    found = toward(sentence, at(sentence, target))
    assert (found.label, [sentence[start:end] for start, end in found.cues]) == (label, words)


def test_a_negation_turns_the_polarity_round() -> None:
    plain, negated = "Jones was convicted of fraud.", "Jones was not convicted of fraud."
    assert toward(plain, [(0, 5)]).value < 0 < toward(negated, [(0, 5)]).value


def test_who_does_a_thing_and_who_suffers_it_are_told_apart() -> None:
    sentence = "Smith betrayed the generous mayor."
    assert toward(sentence, at(sentence, "Smith")).value < toward(sentence, at(sentence, "mayor")).value


@given(st.text(max_size=300), st.integers(0, 300), st.integers(1, 20))
def test_polarity_is_defined_for_any_text_and_place(sentence: str, start: int, length: int) -> None:
    found = toward(sentence, [(start, start + length)])
    assert -1 <= found.value <= 1
    assert all(0 <= first < last <= len(sentence) for first, last in found.cues)
    assert toward(sentence, []) == Polarity(0.0, "none", ())


# positions


def brief(sentences: list[str], targets: tuple[str, ...] = ()) -> list[tuple[str, str, str, str]]:
    return [(one.holder, one.target, one.label, one.voice) for one in positions(sentences, targets=targets)]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("The board rejected the plan.", [("The board", "the plan", "against", "paraphrased")]),
        ("The plan was rejected by the board.", [("the board", "The plan", "against", "paraphrased")]),
        ("Mayor Ann Lee refused to support the deal.", [("Ann Lee", "the deal", "against", "paraphrased")]),
        ("Ann Lee’s decision to back the deal was late.", [("Ann Lee", "the deal", "favor", "paraphrased")]),
        ("Ann Lee’s refusal of the deal was noted.", [("Ann Lee", "the deal", "against", "paraphrased")]),
        ("By rejecting the deal, Ann Lee lost votes.", [("Ann Lee", "the deal", "against", "paraphrased")]),
        ("Union leaders are opposed to the merger.", [("Union leaders", "the merger", "against", "paraphrased")]),
        ("Residents voiced concern about the closure.", [("Residents", "the closure", "against", "paraphrased")]),
        ("Doctors warned that the cuts would kill.", [("Doctors", "the cuts", "against", "paraphrased")]),
        ("The minister called the strike “a disgrace.”", [("The minister", "the strike", "against", "quoted")]),
        ("“I oppose this bill,” said Senator Mark Hill.", [("Mark Hill", "this bill", "against", "quoted")]),
        (
            "The maker, Halden Aeronautics, rejects the claim.",
            [("Halden Aeronautics", "the claim", "against", "paraphrased")],
        ),
        ("Hill did not oppose the bill.", []),
        ("The bill was opposed.", []),
        ("They rejected it.", []),
        ("She offered an apology.", []),
    ],
)
def test_a_side_is_taken_in_so_many_words(sentence: str, expected: list[tuple[str, str, str, str]]) -> None:
    assert brief([sentence]) == expected


def test_an_offer_stands_for_what_is_offered_under_its_fullest_name() -> None:
    sentences = [
        "President Donald Trump offered military assistance to Mexico.",
        "Mexican President Claudia Sheinbaum declined Trump’s offer.",
        "Later she made the bold decision to decline U.S. military assistance again.",
    ]
    assert positions(sentences) == (
        Position(
            "Claudia Sheinbaum",
            "U.S. military assistance",
            "against",
            "paraphrased",
            (1, 2),
            ((1, 36, 44), (2, 36, 43)),
        ),
        Position("Donald Trump", "military assistance", "favor", "paraphrased", (0,), ((0, 23, 30),)),
    )


PLAIN = "The meeting lasted for an hour."


@pytest.mark.parametrize(
    ("sentences", "target"),
    [
        ([PLAIN, "A bomb exploded in Kabul, killing ten people."], "Kabul"),
        (["KYIV, Ukraine — Snow fell.", "Russian forces attacked Kharkiv with drones on Monday."], "Ukraine"),
        ([PLAIN, "The bill failed."], "the bill"),
        ([PLAIN, "Apple lost a court case."], "Apple"),
        ([PLAIN, "Jones was convicted of fraud."], "Jones"),
        ([PLAIN, "Police said that a bomb killed ten people in Kabul."], "Kabul"),
        (["I used to think phone bans were silly.", "I was wrong."], "phone bans"),
        ([PLAIN, "Is the plan wrong?"], "the plan"),
        ([PLAIN, "Kabul is best known for its gardens."], "Kabul"),
        ([PLAIN, "The guards were right behind Jones, and Jones was right there."], "Jones"),
        (["“The plan is wrong.", "It is a disaster.", "The plan is a shame.”", PLAIN], "the plan"),
        ([PLAIN, "The critics of the plan are wrong."], "the plan"),
        ([PLAIN, "If the plan is wrong, nobody says so."], "the plan"),
    ],
)
def test_bad_news_and_questions_are_not_the_authors_stance(sentences: list[str], target: str) -> None:
    assert [one for one in brief(sentences, (target,)) if one[2] != "none"] == []


@pytest.mark.parametrize(
    ("sentences", "target", "label"),
    [
        ([PLAIN, "The plan is wrong."], "the plan", "against"),
        ([PLAIN, "Jones has been excellent."], "Jones", "favor"),
        ([PLAIN, "This reckless bill was passed in May."], "bill", "against"),
        ([PLAIN, "The tower must not be built, and the permit should be revoked."], "the permit", "none"),
        ([PLAIN, "The tower should be scrapped."], "the tower", "against"),
        (["I have read it.", "I think that phone bans are necessary."], "phone bans", "favor"),
        (["I have read it.", "I oppose the plan."], "the plan", "against"),
    ],
)
def test_the_authors_own_judgement_is_the_authors_stance(sentences: list[str], target: str, label: str) -> None:
    assert brief(sentences, (target,)) == [("author", target, label, "author")]


@pytest.mark.parametrize(
    "sentence",
    [
        "Jones withdrew his support for the bill.",
        "Jones has dropped her support for the bill.",
        "Jones ended his opposition to the bill.",
        "Will Jones support the bill?",
        "“Does Jones support the bill?” Smith asked.",
        "It is unclear whether Jones supports the bill.",
        "Jones asked if Smith would support the bill.",
        "If Jones opposed the bill, she would say so.",
        "Jones would support the bill if it were shorter.",
        "Jones may oppose the bill.",
        "Jones might well support the bill.",
        "The bill could be opposed by Jones.",
        "Jones threatened to oppose the bill.",
        "Smith does not think that Jones is against the bill.",
        "“I don’t think Jones opposes the bill,” Smith said.",
        "There is no evidence that Jones opposes the bill.",
        "Jones has not endorsed the bill.",
        "Jones did not back the bill.",
        "Jones declined to endorse the bill.",
        "Jones refused to condemn the bill.",
        "Jones had supported the bill last year.",
        "Jones once supported the bill.",
        "Jones used to support the bill.",
        "Jones no longer supports the bill.",
        "Jones supported the bill until May.",
        "Jones denied that he was against the bill.",
        "Jones denied supporting the bill.",
        "Jones said that the bill was not a disaster.",
        "Jones reportedly opposes the bill.",
        "Jones denied that the bill was a disaster.",
        "Jones did not say that the bill was a disaster.",
        "Jones or Smith opposes the bill.",
        "Few senators support the bill.",
        "No senators support the bill.",
        "Hardly any senators support the bill.",
        "Not all senators support the bill.",
        "Others support the bill.",
        "Some oppose the bill.",
        "Jones backed a similar bill in 2019.",
        "Jones rejected another bill.",
        "Jones attacked critics of the bill.",
        "Jones hopes that Smith will support the bill.",
    ],
)
def test_what_is_not_asserted_is_no_stance(sentence: str) -> None:
    found = brief([PLAIN, sentence], ("the bill",))
    assert [one for one in found if one[2] != "none"] == []
    assert [one for one in brief([sentence]) if one[1] == "the bill"] == []


def test_a_denial_is_not_support_for_what_somebody_else_blocks() -> None:
    sentences = ["Hungary has blocked aid to Kyiv.", "China denied that it was helping Moscow."]
    assert [one[0] for one in brief(sentences)] == ["Hungary"]


@pytest.mark.parametrize(
    ("sentence", "holders", "label"),
    [
        ("Jones supports the bill.", ["Jones"], "favor"),
        ("Jones does not support the bill.", ["Jones"], "against"),
        ("Jones refused to back the bill.", ["Jones"], "against"),
        ("Jones could not support the bill.", ["Jones"], "against"),
        ("Smith said that the board had rejected the bill.", ["the board"], "against"),
        ("Jones voiced her support for the bill.", ["Jones"], "favor"),
        ("Although it may rain, Jones opposes the bill.", ["Jones"], "against"),
        ("Jones and Smith oppose the bill.", ["Jones", "Smith"], "against"),
        ("Neither Jones nor Smith supports the bill.", ["Jones", "Smith"], "against"),
        ("The bill was backed by Jones.", ["Jones"], "favor"),
        (
            "The bill was backed by the mayors of San Francisco and Oakland.",
            ["the mayors of San Francisco and Oakland"],
            "favor",
        ),
        ("Polls show that voters support the bill.", ["voters"], "favor"),
        ("Smith said critics oppose the bill.", ["critics"], "against"),
        ("Jones backed a similar bill in 2019 but vetoed the bill in May.", ["Jones"], "against"),
    ],
)
def test_what_is_asserted_is_a_stance(sentence: str, holders: list[str], label: str) -> None:
    sides = [one[:3] for one in brief([PLAIN, "Jones met Smith.", sentence], ("the bill",)) if one[0] != "author"]
    assert sides == [(holder, "the bill", label) for holder in holders]


@pytest.mark.parametrize(
    ("sentence", "target"),
    [
        ("Jones accused Mr Trump of killing the deal.", "Mr Trump"),
        ("Smith accused Jones of supporting terrorism.", "Jones"),
        ("Smith accused Jones of fraud.", "Jones"),
        ("Jones opposed the bill last week.", "the bill"),
        ("Jones opposed the bill on the floor.", "the bill"),
        ("Jones criticized property developers Thursday.", "property developers"),
        ("Jones rejected the aid in April.", "the aid"),
        ("Trump criticized Powell on social media.", "Powell"),
        ("Jones opposes a ban on phones.", "a ban on phones"),
        ("Jones criticized Robert March.", "Robert March"),
        ("Jones opposes the cost of living bill.", "the cost of living bill"),
    ],
)
def test_a_target_has_no_tail_that_is_none_of_its_name(sentence: str, target: str) -> None:
    assert [one[1] for one in brief([sentence])] == [target]


@pytest.mark.parametrize(
    "sentence",
    [
        "Tatum attacked the basket.",
        "Jones slammed the door.",
        "Jones welcomed 300 guests.",
        "The bar backed the river up.",
        "Jones defended her thesis.",
        "The mayor embraced his wife.",
        "Jones supports solutions.",
        "Russian forces attacked Kharkiv.",
        "The dog attacked Smith’s house.",
        "Protesters attacked police.",
    ],
)
def test_what_bodies_do_is_no_position(sentence: str) -> None:
    assert brief([sentence]) == []


@pytest.mark.parametrize(
    ("sentence", "target"),
    [
        ("The mayor attacked the plan.", "the plan"),
        ("Jones slammed the remarks.", "the remarks"),
        ("Jones welcomed the ruling.", "the ruling"),
        ("Trump attacked Smith.", "Smith"),
        ("Jones defended the governor.", "the governor"),
        ("The senator blocked the nomination.", "the nomination"),
    ],
)
def test_what_people_argue_about_is_a_position(sentence: str, target: str) -> None:
    assert [one[1] for one in brief([sentence])] == [target]


def test_many_positions_are_all_found() -> None:
    sentences = [f"Board {chr(65 + k)} rejected the {word} plan." for k, word in enumerate("bcdefghjklmnopqr")]
    assert len(positions(sentences)) == len(sentences)


def test_a_quoted_position_is_never_the_authors() -> None:
    sentences = ["“The plan is a disaster,” said Maria Lopez.", "The plan was published in May."]
    assert brief(sentences, ("plan",)) == [
        ("author", "plan", "none", "author"),
        ("Maria Lopez", "plan", "against", "quoted"),
    ]


def test_a_quotation_that_runs_over_sentences_is_nobodys_rather_than_the_authors() -> None:
    sentences = ["“The plan is cruel.", "I hate and reject the plan.", "The plan is a disaster.”", "It was published."]
    assert brief(sentences, ("plan",)) == [("author", "plan", "none", "author")]
    assert brief(sentences) == []


def test_holders_on_both_sides_of_a_thing_are_mixed() -> None:
    sentences = ["The council rejected the plan in May.", "The council welcomed the plan in June."]
    assert brief(sentences) == [("The council", "the plan", "mixed", "paraphrased")]


def test_a_column_speaks_for_its_author() -> None:
    sentences = ["I have read the proposal from the mayor.", "I think it is a bad plan.", "The board should reject it."]
    assert brief(sentences) == [("author", "the proposal from the mayor", "against", "author")]


@pytest.mark.parametrize("name", ["Claudia Sheinbaum", "sheinbaum", "President Sheinbaum", "CLAUDIA  SHEINBAUM"])
def test_a_target_is_found_under_every_name_of_the_actor(name: str) -> None:
    sentences = ["President Claudia Sheinbaum is right.", "Sheinbaum was wise, and the day was long."]
    author = positions(sentences, targets=[name])[0]
    assert (author.holder, author.target, author.label, author.evidence) == ("author", name, "favor", (0, 1))


def test_a_reported_side_says_nothing_of_the_authors() -> None:
    sentences = ["The board angrily rejected the cruel plan.", "The board met at noon in the town hall to vote."]
    assert brief(sentences, ("plan",)) == [
        ("author", "plan", "none", "author"),
        ("The board", "plan", "against", "paraphrased"),
    ]


def test_a_target_of_no_naming_word_may_be_asked() -> None:
    sentences = ["“They betrayed her and lied to her,” Ann Lee said.", "The day was long."]
    assert brief(sentences, ("her",)) == [("author", "her", "none", "author")]


def test_a_target_that_is_not_named_has_no_position() -> None:
    assert positions(["Ann Lee lied.", "Lee failed."], targets=["Leeds", ""]) == (
        Position("author", "Leeds", "none", "author", (), ()),
        Position("author", "", "none", "author", (), ()),
    )


@pytest.mark.parametrize("sentence", ["Jones was convicted of fraud.", "“Jones is a hero,” she said.", "Jones left."])
def test_for_a_single_sentence_the_author_says_what_the_sentence_says(sentence: str) -> None:
    assert positions([sentence], targets=["Jones"])[0].label == toward(sentence, at(sentence, "Jones")).label


def test_other_languages_have_no_positions() -> None:
    spanish = ["El alcalde rechazó el plan de la ciudad y criticó la propuesta.", "La oposición apoya el plan."]
    assert positions(spanish, targets=["plan"]) == ()
    assert positions(spanish) == ()


def test_every_seed_gives_few_positions_with_cues_in_their_evidence() -> None:
    for path in sorted(SEEDS.glob("*.txt")):
        sentences = [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        found = positions(sentences)
        assert len(found) <= MOST
        for one in found:
            assert {k for k, _, _ in one.cues} == set(one.evidence)
            assert all(sentences[k][start:end].strip() for k, start, end in one.cues)


@given(st.lists(st.text(max_size=80), max_size=6), st.text(max_size=10))
def test_any_text_can_be_asked(sentences: list[str], target: str) -> None:
    for one in positions(sentences, targets=[target]):
        assert all(0 <= start < end <= len(sentences[k]) for k, start, end in one.cues)


@pytest.mark.parametrize(
    "text",
    [
        "x" * 1_000_000,
        "the plan was rejected by " * 40_000,
        "“" * 1_000_000,
        "U." * 500_000,
        "a-" * 500_000,
        "he said " * 480,
    ],
    ids=["no space", "no end", "quotation marks", "full stops", "hyphens", "nothing but sources"],
)
def test_hostile_sentences_are_read_without_a_hang(text: str) -> None:
    positions([text, text], targets=["plan"])


# lexicons


@pytest.mark.parametrize("name", LEXICONS)
def test_every_lexicon_names_its_origin(name: str) -> None:
    assert "newslens" in lexicon.table(name)["origin"] or "general knowledge" in lexicon.table(name)["origin"]


@pytest.mark.parametrize(
    ("verb", "forms"),
    [
        ("deny", {"deny", "denies", "denied", "denying"}),
        ("lie", {"lie", "lies", "lied", "lying"}),
        ("snub", {"snub", "snubs", "snubbed", "snubbing"}),
        ("speak", {"speak", "speaks", "spoke", "spoken", "speaking"}),
        ("turn down", {"turn down", "turns down", "turned down", "turning down"}),
    ],
)
def test_a_verb_has_its_forms(verb: str, forms: set[str]) -> None:
    assert lexicon.forms(verb) == forms


def test_no_word_is_both_good_and_bad() -> None:
    good, bad = (
        lexicon.entries("words", one, "words") | lexicon.entries("words", other, "words")
        for one, other in (("good", "merit"), ("bad", "fault"))
    )
    assert good & bad == set()


# other languages

OTHERS = {
    "Danish": "Regeringen meddelte mandag, at den vil hæve pensionerne for alle. Det er for dyrt, siger oppositionen.",
    "Dutch": "De regering kondigde maandag aan dat zij de pensioenen verhoogt. Dit is in het belang.",
    "Finnish": "Hallitus ilmoitti maanantaina, että se korottaa eläkkeitä ensi vuonna.",
    "French": "Le gouvernement a annoncé lundi qu’il augmenterait les retraites. C’est dans l’intérêt du pays.",
    "German": "Die Regierung kündigte am Montag an, die Renten zu erhöhen. Das war im Interesse des Landes.",
    "Hungarian": "A kormány hétfőn bejelentette, hogy emelni fogja a nyugdíjakat. Ez is az ország érdeke.",
    "Polish": "Rząd ogłosił w poniedziałek, że podniesie emerytury. Premier powiedział, że to leży w interesie kraju.",
    "Portuguese": "O governo anunciou que vai aumentar as pensões no próximo ano. É do interesse do país.",
    "Russian": "Правительство объявило в понедельник, что повысит пенсии в следующем году.",
    "Spanish": "El gobierno anunció el lunes que subirá las pensiones el próximo año.",
    "Turkish": "Hükümet pazartesi günü gelecek yıl emekli maaşlarını artıracağını açıkladı.",
}


@pytest.mark.parametrize("text", OTHERS.values(), ids=OTHERS)
def test_a_text_in_another_language_is_refused_unless_it_is_declared_english(text: str) -> None:
    with pytest.raises(LanguageUnknown, match=r"English only.*language=.en., --language en"):
        need_english("stances", None, [text])
    need_english("stances", "en-GB", [text])


@pytest.mark.parametrize(
    "text",
    [
        "The board rejected the plan.",
        "Trump attacked Clinton over her emails.",
        "Legit, he said.",
        "",
        "“This is a big report,” Feinstein said.",
        "Republicans slam bill",
        "Jerome Powell is puzzled.",
    ],
)
def test_english_is_not_refused_unless_another_language_is_declared(text: str) -> None:
    need_english("stances", None, [text])
    with pytest.raises(LanguageUnknown, match="seems to be de-AT"):
        need_english("stances", "de-AT", [text])


@pytest.mark.parametrize(
    "sentence",
    [
        "The board rejected the plan{k} of the day.",
        "Ann Lee rejected it.",
        "She rejected the plan.",
        "Ann K{k}o Lee left.",
    ],
    ids=["positions of one holder", "it", "she", "people of one name"],
)
def test_a_long_paragraph_stays_linear(sentence: str) -> None:
    positions([sentence.format(k=k) for k in range(6_000)])


@pytest.mark.parametrize(
    ("sentence", "holders", "label"),
    [
        ("The Institute of Masons opposes the levy.", ["Institute of Masons"], "against"),
        ("The mayor of Hull on Monday rejected the merger.", ["The mayor of Hull"], "against"),
        ("Families in Hull oppose the merger.", ["Families in Hull"], "against"),
        ("The nurses' college backs the merger.", ["The nurses' college"], "favor"),
        ('The board rejected the firm\'s "derisory" offer.', ["The board"], "against"),
        ("The Pilots' Association rejects the merger.", ["Pilots' Association"], "against"),
        ("Ann Lee cannot support the merger.", ["Ann Lee"], "against"),
        ("Dan Webb said he opposed the merger.", ["Dan Webb"], "against"),
        ("The union said it opposed the merger.", ["The union"], "against"),
        ("The mayors of Hull and York rejected the merger.", ["The mayors of Hull and York"], "against"),
        ("The board disputes that levy.", ["The board"], "against"),
        ("The mention of Ann Lee's rejection of the merger spread.", [], ""),
        ("The union called for the levy to be renamed.", [], ""),
        ("Residents demanded that the levy be explained.", [], ""),
    ],
)
def test_a_holder_is_the_whole_of_its_phrase_or_nobody(sentence: str, holders: list[str], label: str) -> None:
    found = positions([sentence])
    assert [one.holder.removeprefix("The ") for one in found] == [one.removeprefix("The ") for one in holders]
    assert {one.label for one in found} == ({label} if label else set())


@pytest.mark.parametrize(
    ("sentence", "holder", "target", "label"),
    [
        ("Nurses want a ban on agency staff.", "Nurses", "a ban on agency staff", "favor"),
        ("The islanders demanded an immediate end to test drilling.", "The islanders", "test drilling", "against"),
        ("The envoy would like to see a halt to the raids.", "The envoy", "the raids", "against"),
        ("Growers want the quota lifted.", "Growers", "the quota", "against"),
        ("Traders want the permit in Leith to be kept.", "Traders", "the permit", "favor"),
        ("The charity called for the badger cull to be halted.", "The charity", "the badger cull", "against"),
        ("The league demanded that the fee not be scrapped.", "The league", "the fee", "favor"),
        ("The senator insisted that the treaty be ratified.", "The senator", "the treaty", "favor"),
        ("Lawyers have urged the court to quash the verdict.", "Lawyers", "the verdict", "against"),
        ("Villagers pressed the ministry in March to rethink the bypass.", "Villagers", "the bypass", "against"),
        ("The bishop appealed to the government to drop the bill.", "The bishop", "the bill", "against"),
        ("The guild begged the trust not to abandon the scheme.", "The guild", "the scheme", "favor"),
        ("Mayor Dan Holt called on the senate to pass the housing bill.", "Dan Holt", "the housing bill", "favor"),
        ("The board wants to scrap the fee.", "The board", "the fee", "against"),
        ("Ann Lee said the council should abandon the scheme.", "Ann Lee", "the scheme", "against"),
        ("The guild wants a rise and has rejected an offer.", "The guild", "an offer", "against"),
    ],
)
def test_what_somebody_wants_done_to_a_thing_is_a_side_on_it(
    sentence: str, holder: str, target: str, label: str
) -> None:
    assert [one[:3] for one in brief([PLAIN, sentence])] == [(holder, target, label)]


@pytest.mark.parametrize(
    "sentence",
    [
        "The man is wanted by police.",
        "The striker wants the ball.",
        "The union wants the report published.",
        "The nurse told the court she had to scrap the plan.",
        "Power firms urged households to save electricity.",
        "The song ended the show.",
        "Jones did not urge the board to scrap the plan.",
        "Jones did not want the board to scrap the plan.",
        "Jones was urged to scrap the plan.",
        "Jones was asked by Smith to scrap the plan.",
        "Do parents want the plan scrapped?",
        "It is unclear who wants the plan scrapped.",
        "Smith hoped that Jones would want the plan scrapped.",
        "He wants his dinner kept warm.",
    ],
)
def test_what_is_wanted_of_nobody_or_by_nobody_is_no_side(sentence: str) -> None:
    assert brief([PLAIN, sentence]) == []


@pytest.mark.parametrize(
    ("sentence", "sides"),
    [
        ("Anglers were appalled by the spill.", [("Anglers", "the spill", "against")]),
        ("Dana Orr is furious at the ruling.", [("Dana Orr", "the ruling", "against")]),
        ("Ann Lee was not happy with the plan.", [("Ann Lee", "the plan", "against")]),
        ("The board is not in favour of the plan.", [("The board", "the plan", "against")]),
        ("The board is not opposed to the plan.", []),
        ("The verdict outraged campaigners.", [("campaigners", "The verdict", "against")]),
        ("The storm upset the boat.", []),
        ("The two countries fought a war.", []),
        (
            "Nurses cheered a ruling that dismayed developers and pleased farmers.",
            [("Nurses", "a ruling", "favor"), ("developers", "a ruling", "against"), ("farmers", "a ruling", "favor")],
        ),
    ],
)
def test_what_somebody_feels_at_a_thing_is_a_side_on_it(sentence: str, sides: list[tuple[str, str, str]]) -> None:
    assert [one[:3] for one in brief([PLAIN, sentence])] == sides


@pytest.mark.parametrize(
    ("sentence", "sides"),
    [
        ("Nina Falk is a fierce critic of the reform.", [("Nina Falk", "the reform", "against")]),
        ("Nina Falk, a leading supporter of the reform, spoke.", [("Nina Falk", "the reform", "favor")]),
        ("Nina Falk is not a critic of the reform.", []),
        ("Nina Falk was once a critic of the reform.", []),
        ("Critics of the reform say it helps landlords.", []),
    ],
)
def test_a_critic_of_a_thing_is_against_it(sentence: str, sides: list[tuple[str, str, str]]) -> None:
    assert [one[:3] for one in brief([PLAIN, sentence])] == sides


@pytest.mark.parametrize(
    "holder", ["The results", "The results of the survey", "The evidence", "That report", "The bill"]
)
def test_a_thing_takes_no_side(holder: str) -> None:
    assert brief([PLAIN, f"{holder} supports the minister."]) == []


def test_a_question_behind_it_leaves_a_statement_as_it_is() -> None:
    assert [one[:3] for one in brief([PLAIN, "The isle wants a ban. Will you agree?"])] == [
        ("The isle", "a ban", "favor")
    ]


@pytest.mark.parametrize(
    ("sentence", "verb", "negated"),
    [
        ("Ann Lee, who was not there, rejected the plan.", "rejected", False),
        ("Ann Lee did not, however, reject the plan.", "reject", True),
        ("Ann Lee did not reject the plan.", "reject", True),
    ],
)
def test_what_an_insertion_denies_is_not_what_its_sentence_says(sentence: str, verb: str, *, negated: bool) -> None:
    parsed = parse(sentence)
    assert parsed.negated(parsed.lows.index(verb)) is negated


def test_it_is_no_verb_that_was_read_before() -> None:
    sentences = ["Ann Lee moved an amendment to freeze the price.", "Dan Orr opposes it."]
    assert ("Dan Orr", "an amendment", "against") in [one[:3] for one in brief(sentences)]


@pytest.mark.parametrize(
    ("sentence", "sides"),
    [
        ("The tower attracted sharp criticism from planners.", [("planners", "The tower", "against")]),
        ("The tower provoked anger from planners.", [("planners", "The tower", "against")]),
        ("The bypass won the backing of Hull council.", [("Hull council", "The bypass", "favor")]),
        ("Dan Orr has won praise from the guild.", [("the guild", "Dan Orr", "favor")]),
        ("The bypass did not win support from farmers.", []),
        ("The actor won the defence of the title.", []),
        ("The team received a call from the coach.", []),
    ],
)
def test_what_a_thing_meets_with_is_the_side_of_those_it_comes_from(
    sentence: str, sides: list[tuple[str, str, str]]
) -> None:
    assert [one[:3] for one in brief([PLAIN, sentence])] == sides


@pytest.mark.parametrize(
    ("sentence", "sides"),
    [
        ("The guild renewed its call for a ban on nets.", [("The guild", "a ban on nets", "favor")]),
        ("Dan Orr repeated his call for the levy to be scrapped.", [("Dan Orr", "the levy", "against")]),
        ("Dan Orr led calls for an end to the embargo.", [("Dan Orr", "the embargo", "against")]),
        ("Dan Orr dropped his call for a ban.", []),
        ("The minister rejected calls for a ban.", []),
    ],
)
def test_a_call_for_a_thing_is_the_side_of_whom_it_is_from(sentence: str, sides: list[tuple[str, str, str]]) -> None:
    assert [one[:3] for one in brief([PLAIN, sentence])] == sides


INTERVIEW = ["We met Ann Lee in Hull.", "Q: Do you like the levy?", "A: I oppose the levy.", "Q: And the merger?"]


def test_who_answers_in_an_interview_holds_what_the_answer_says() -> None:
    found = positions(INTERVIEW, paragraphs=[0, 1, 2, 3])
    assert [(one.holder, one.target, one.label, one.voice) for one in found] == [
        ("Ann Lee", "the levy", "against", "quoted")
    ]


def test_labels_that_are_no_speakers_leave_a_text_as_it_is() -> None:
    assert turns(["Pros: I support it.", "Cons: I oppose it.", "Pros: none."], [0, 1, 2], ()) == {}


def test_whom_a_quotation_names_is_not_the_one_who_is_quoted() -> None:
    sentence = "“I trust Donald Trump,” he said."
    quoted = Referents(mentions([sentence]), quoted=lambda _, start: start < sentence.index("”"))
    assert quoted.of("he", 0, sentence.index("he said")) is None
