"""What stands in quotation marks, sentence by sentence."""

from newslens.article.sentences import find_quotations, quotations

QUOTED: list[tuple[str, list[str]]] = [
    ("“We stay,” he said, “until May.”", ["We stay,", "until May."]),
    ('He called it "a farce".', ["a farce"]),
    ("''We stay,'' he said.", ["We stay,"]),
    ("He called it ‘a farce’, and the owners' plan 'a joke'.", ["a farce", "a joke"]),
    ("«On reste», dit-il.", ["On reste"]),
    ("It's the owners' plan.", []),
    ("We stay,” he said.", ["We stay,"]),
    ("“We stay,", ["We stay,"]),
]


def test_quotations_are_found_between_their_marks() -> None:
    for sentence, quoted in QUOTED:
        assert [sentence[start:end] for start, end in quotations(sentence).spans] == quoted


def test_a_quotation_goes_on_in_its_paragraph_only() -> None:
    found = list(find_quotations(["“We stay.", "Until May.", "“We stay.", "The pier moved."], {0, 3}))

    assert [(one.opened, one.awaited) for one in found] == [(False, "”"), (True, "”"), (True, "”"), (False, "")]
