"""Tell the name of an outlet that stands above a headline: "The Guardian", "BBC News", "El País"."""

import regex

# Words that seldom end a headline; the others need an article or "Daily" in front.
_RARE = (
    r"argus|bulletin|chronicle|courier|economist|examiner|gazette|guardian|herald|inquirer|journal|ledger|observer"
    r"|sentinel|spectator|telegraph|tribune|times|zeitung"
)
_COMMON = (
    r"atlantic|conversation|dispatch|echo|express|globe|hindu|independent|intercept|mail|mercury|mirror|monitor|news"
    r"|planet|post|press|record|register|reporter|review|standard|star|sun|weekly"
)
_NAME = regex.compile(
    rf"(?:the )?(?:[\p{{L}}.'’&-]+ ){{0,3}}(?:{_RARE})(?:[- ](?:{_RARE}|{_COMMON}))?(?: online)?"
    rf"|(?:the|daily|morning|evening|sunday) (?:[\p{{L}}.'’&-]+ ){{0,2}}(?:{_COMMON})(?: online)?"
    r"|(?!(?:good|bad|fake|big|no|more|old|in|the)\b)(?:[\p{L}.'’&-]+ ){1,2}(?<!(?:good|bad|fake|big|no|more|old) )news"
    r"|(?:bbc|cnn|npr|pbs|nbc|cbs|abc|msnbc|fox|itv|sky|cbc|dw|al jazeera)(?: (?:news|sport|world|business|politics))?"
    r"|reuters|(?:the )?associated press|ap|afp|agence france-presse|efe|dpa|ansa|bloomberg|politico"
    r"|axios|vox|propublica"
    r"|(?:el|la) (?:país|pais|mundo|nación|nacion|jornada|vanguardia|universal|tiempo|comercio|razón|repubblica|stampa)"
    r"|corriere della sera|le (?:monde|figaro|parisien|temps)|libération|der (?:spiegel|standard|tagesspiegel)"
    r"|die (?:zeit|welt|presse)|tagesschau|新华社|人民日报|الجزيرة|朝日新聞|연합뉴스"
    r"|[\w-]{2,40}(?:\.[\w-]{2,20})?\.(?:com|org|net|co\.uk|news|es|fr|de|it|mx|br|info)",
    regex.IGNORECASE,
)
_LONGEST = 60  # code points


def is_outlet(line: str) -> bool:
    """Whether the line may be an outlet's name; only what stands below tells it from a short headline."""
    words = line.split() if len(line) <= _LONGEST else []
    return bool(words) and (not words[-1][0].islower() or "." in line) and _NAME.fullmatch(line) is not None
