"""Tell the lines that come along when a page is copied (promotions, forms, tags, credits) from the story."""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import regex

from newslens.article.spans import normalise

Place = Literal["head", "body", "tail"]
"""Before the first paragraph of prose, in the story, behind its last paragraph."""

LONGEST = 400  # code points; no line of this kind is longer, and it bounds what the patterns can cost


@dataclass(frozen=True, slots=True)
class Rule:
    """Lines of one shape. `line` has to match all of a line, in small letters and without accents."""

    reason: str
    line: str
    places: tuple[Place, ...] = ("head", "body", "tail")


_END = r"[^.!?]{0,140}[.!]?"
_NETWORK = r"(?:facebook|twitter|x|linkedin|whatsapp|telegram|reddit|pinterest|instagram|bluesky|threads|youtube)"
_SHARE_WORD = (
    rf"(?:click to )?share (?:this )?(?:article |story |post )?(?:on|via) (?:{_NETWORK}|e-?mail)"
    r"(?: \(opens in new window\))?"
    rf"|compartir (?:en|por|via) (?:{_NETWORK}|correo)|share(?: this(?: article| story| post)?)?|tweet|tuitear"
    r"|compart(?:e|ir|a) (?:la|el|est[ae]) (?:noticia|articulo|nota|entrada|publicacion|contenido|historia)"
    r"|comparte(?:lo)?(?: (?:en|por|via) (?:redes(?: sociales)?))?|compartilh(?:e|ar)(?: est[ae] (?:noticia|materia))?"
    r"|partage[rz](?: (?:l'|cet )article)?|(?:artikel |beitrag )?teilen|condividi(?: (?:l'|questo )articolo)?"
    r"|分享(?:[到至给]?(?:新浪)?(?:微博|微信|朋友圈|qq空间|qq|脸书|推特|line))?"
    r"|شارك(?: (?:المقال|الخبر|هذا الخبر|على \w+))?"
    r"|compartir|print|imprimir|copy(?: link)?|copiar(?: el)? enlace|e-?mail|correo|save(?: for later)?|guardar"
    rf"|{_NETWORK}|listen(?: \(\d+ min\))?|pin(?: it)?|gift(?: this article)?|\d+ shares?"
)
_CONTACT = (
    r"(?:media |press )?contacts?|e-?mail|mail|tel(?:efono|ephone)?\.?|phone|mobile|fax|correo(?: electronico)?"
    r"|courriel|e-?mail address|contacto|kontakt|twitter|whatsapp|website|web"
)
_ADDRESS = r"<?[^\s@<>]{1,64}@[^\s@<>]{3,80}>?|\(?\+?\d[\d ()./-]{4,24}\d|(?:https?://|www\.)\S{3,200}|@\w{1,40}"
_SECTION = (
    r"home|news|sports?|politics|world|business|opinion|culture|tech(?:nology)?|science|health|local|u\.?s\.?|uk|europe"
    r"|africa|asia|americas|middle east|arts|life(?:style)?|travel|weather|video|audio|live|entertainment|environment"
    r"|money|economy|markets|climate|education|inicio|noticias|politica|economia|deportes|cultura|sociedad|internacional"
    r"|startseite|politik|wirtschaft|sport|kultur|accueil|politique|economie|monde"
)
_BAR = r"[|>/·•\"']"  # » and › are quotation marks too
_WORK = r"(?:reporting|writing|editing)"
_SEPARATED = r"[\s|·•,:/]+"

RULES = (
    Rule("separator", r"(?:[^\w©]|_)*"),
    Rule(
        "advertising",
        r"advert(?:isement|ising)|\(?ad\)?|publicidad|anuncio|sponsored(?: content)?|contenido patrocinado"
        r"|(?:story|article) continues (?:below|after)(?: (?:this )?(?:ad|advertisement))?|paid (?:content|post)"
        r"|scroll to continue(?: with content)?|la (?:noticia|nota) (?:sigue|continua) (?:debajo|despues).{0,40}",
    ),
    Rule(
        "subscription",
        r"sign up (?:here |now |today |free )?(?:for|to) [^.!?]{0,160}?"
        r"(?:newsletter|briefing|inbox|alert|e-?mail|digest|updates)" + _END + r"(?: (?:sign up|click)" + _END + ")?"
        r"|subscribe(?: (?:now|today|here))?[.!]?"
        r"|subscribe (?:(?:now|today|here) )?(?:to|for) (?:our|the|my|this|more|unlimited|full|continue|read)\b"
        + _END
        + r"|get (?:the|our|more) [^.!?]{1,120}(?:newsletter|inbox)\b"
        + _END
        + r"|(?:support|donate to) (?:our|independent|quality|local) journalism"
        + _END
        + r"|(?:download|get) (?:the|our) [^.!?]{0,40}app\b"
        + r"(?: (?:here|now|today|for|on|from|in)\b"
        + _END
        + r")?[.!]?"
        + r"|already a (?:subscriber|member)\?(?: (?:log|sign) in"
        + _END
        + ")?"
        + rf"|follow (?:us|me|@\w+|[^.!?]{{1,40}}) on {_NETWORK}\b"
        + _END
        + r"|click here (?:to|for) "
        + _END
        + r"|suscri(?:bete|base)(?: (?:a|al|ya|ahora|aqui|gratis|y)\b"
        + _END
        + ")?"
        + r"|(?:recibe|reciba|apuntate) [^.!?]{1,120}(?:boletin|newsletter|correo|bandeja de entrada)"
        + _END
        + rf"|siguenos en {_NETWORK}\b"
        + _END
        + r"|descarga (?:la|nuestra) (?:app|aplicacion)\b"
        + _END,
    ),
    Rule(
        "comment form",
        r"leave (?:a|your) (?:reply|comment)(?: cancel reply)?|(?:post|add) (?:a |your )?comment|comments? \(\d+\)"
        r"|(?:\d+|no) (?:comments?|responses?)|comments(?: are)? closed\.?|comments"
        r"|(?:show|view|see|read|load|hide) (?:all |more )?(?:\d+ )?comments?(?: \(\d+\))?"
        r"|your e-?mail address will not be published\.?(?: required fields are marked ?\*?)?"
        r"|required fields are marked ?\*?|(?:your )?(?:name|e-?mail(?: address)?|website|comment)"
        r"(?: ?\*| \(required\)):?"
        r"|save my name, e-?mail.{0,90}|notify me of .{0,60}(?:comments?|posts?)(?: by e-?mail)?\.?"
        r"|(?:you must be logged|please (?:log|sign)|log) in to (?:post|leave|reply|comment).{0,30}"
        r"|join the (?:conversation|discussion)(?: ?: .{0,80})?|this site uses akismet.{0,120}"
        r"|deja (?:un|una|tu) (?:comentario|respuesta)(?: cancelar(?: la)? respuesta)?|comentarios(?: \(\d+\))?"
        r"|(?:tu|su) direccion de correo(?: electronico)? no sera publicad[ao]\.?"
        r"(?: los campos (?:obligatorios|requeridos) estan marcados con ?\*?)?"
        r"|los campos (?:obligatorios|requeridos) estan marcados con ?\*?|(?:\d+|sin) comentarios"
        r"|(?:nombre|correo(?: electronico)?|web|comentario) ?\*|guardar? mi nombre, correo.{0,120}"
        r"|(?:publicar|enviar)(?: el)? comentario|(?:ir a los comentarios|(?:go|jump) to comments)",
    ),
    Rule("comment form", r"name|e-?mail|website|reply|cancel reply|submit|nombre|responder|enviar", ("tail",)),
    Rule(
        "share bar",
        r"(?=.*(?:\b(?:share|tweet|print|compart\w+|tuitear|imprimir|cop(?:y|iar)|partag\w+|teilen|condividi)\b|分享|شارك))"
        rf"(?>{_SHARE_WORD})(?:{_SEPARATED}(?>{_SHARE_WORD}))*:?"
        rf"|(?>{_SHARE_WORD})(?:{_SEPARATED}(?>{_SHARE_WORD})){{2,}}",
    ),
    Rule("share bar", rf"{_NETWORK}|mailto|e-?mail|correo|save|guardar|link|listen", ("head", "tail")),
    Rule(
        "correction note",
        r"(?:correction|clarification|editor'?s?'? note) ?: ?.{1,400}"
        r"|an earlier version of this (?:article|story|post|report) .{1,400}"
        r"|this (?:article|story|post|report|interview|live blog) (?:has been|was) "
        r"(?:updated|edited|corrected|amended|condensed).{0,300}",
    ),
    Rule("author note", r"about the authors?|sobre (?:la firma|el autor|la autora)"),
    Rule(
        "tags",
        r"(?:tags?|tagged(?: with| in)?|filed under|topics?|categor(?:y|ies)|posted in|keywords|related topics"
        r"|temas?|etiquetas|categorias?|archivado en|palabras clave) ?: ?.{0,300}[^.!?]"
        r"|(?:filed under|posted in|archivado en)(?: [^.!?]{1,120})?|#\w+(?:[ ,]+#\w+)*",
    ),
    Rule(
        "copyright",
        r"(?:©|\(c\) ?(?:19|20)\d\d|copyright (?:©|\(c\)|(?:19|20)\d\d)).{0,250}"
        r"|copyright [^.!?]{1,80} (?:19|20)\d\d\.?(?: all rights reserved\.?)?"
        r"|[^\"]{0,160}(?:all rights reserved|todos los derechos reservados)\.?"
        r"|this material may not be published, broadcast.{0,120}"
        r"|this (?:article|story|post) (?:was |is )?(?:originally|first) (?:published|appeared) (?:on|in|at|by) "
        + _END,
    ),
    Rule(
        "cookie notice",
        r"(?:we|this (?:web)?site|our (?:web)?site)(?: and our (?:\d+ )?partners)? uses? cookies.{0,340}"
        r"|by (?:continuing|using|clicking) .{1,160}(?:cookies|privacy policy|terms of (?:use|service)).{0,120}"
        r"|(?:accept|reject|manage)(?: all)?(?: cookies| preferences)|cookie (?:policy|settings|preferences)"
        r"|privacy policy|terms of (?:use|service)|do not sell my personal information"
        r"|(?:este sitio(?: web)?|esta (?:pagina )?web|nosotros)? ?(?:usa|utiliza|usamos|utilizamos) cookies.{0,340}"
        r"|aceptar(?: todas)?(?: las)? cookies|politica de (?:cookies|privacidad)",
    ),
    Rule(
        "photo credit",
        r"(?:image|media|video|figure|picture|photo) (?:source|caption|credit)[,:] ?[^ ].{0,300}"
        r"|(?:图片来源|图源|摄影|图)[:：/].{1,60}|(?:bildquelle|bild|credit photo|photo)[:] ?[^.!?]{1,80}"
        r"|\(?(?:photo(?:graph)?|image|picture|credit|illustration|file photo|foto(?:grafia)?|imagen|credito)s?"
        r"(?: credit)? ?[:/] ?[^.!?]{1,80}\)?|\((?:photo|photograph|image|foto) [^()]{1,90}\)|getty images"
        r"|(?:.{0,300}[.!?)] )?\(?(?:photo(?:graph)?|image|picture|credit|foto(?:grafia)?|imagen): [^.!?:]{1,50}\)?"
        r"|.{0,300}(?:\((?:photo|photograph|image|foto|ap photo|file photo)\b[^()]{0,90}\)|\bap photo/[^.!?]{1,50}"
        r"|[^.!?]{0,40}/ ?getty images\)?)|file (?:photo)? ?[-:] .{1,350}",
    ),
    Rule(
        "agency credit",
        r"\((?:additional )?(?:reporting|writing|editing|compiled|with reporting|con informacion|reporte|editado)"
        r" (?:by|de|por) [^()]{1,250}\)\.?"
        rf"|(?:additional )?{_WORK} by [^.;]{{1,120}}(?:; ?(?:additional )?{_WORK} by [^.;]{{1,120}})+\.?"
        r"|our standards: the thomson reuters trust principles\.?"
        r"|[^.!?]{1,120} contributed (?:to this (?:report|article|story)|reporting)(?: from [^.!?]{1,40})?\.?",
    ),
    Rule(
        "contact",
        rf"(?:{_CONTACT})(?: us)? ?[:：] ?(?>{_ADDRESS})(?>[ ,;|/]+(?:{_ADDRESS}|or|and|call|text|o|y|und|et))*+\.?"
        rf"|(?:{_CONTACT}) ?[:：] ?(?:[^.!?@:：]{{1,80}}?[ ,(<|]+)?(?:{_ADDRESS})\)?"
        r"|(?:[\w.+-]{1,64})@[\w-]{1,60}(?:\.[\w-]{1,60}){1,4}",
    ),
    Rule("contact", rf"(?:{_CONTACT}|phone|web) ?: ?(?:…|\.{{3}})?", ("head", "tail")),
    Rule(
        "mail",
        r"sent from (?:my|a) [\w ]{1,40}\.?|sent from (?:outlook|yahoo|proton ?mail|mail for windows)[\w ]{0,30}"
        r"|get outlook for \w+|enviado desde mi [\w ]{1,40}\.?|(?:von meinem|gesendet von) [\w ]{1,40}"
        r"|envoye de(?:puis)? mon [\w ]{1,40}|inviato da(?:l mio)? i(?:phone|pad)|发自我的.{1,20}|从我的.{1,20}发送"
        r"|-{3,} ?(?:forwarded|original|urspr\w+) (?:message|nachricht|mail) ?-{3,}|begin forwarded message:?"
        r"|on [^.!?]{6,60}\d [^!?]{0,120}(?:<[^<>]{3,80}>|@\S{3,80}) ?wrote:",
    ),
    Rule(
        "navigation",
        r"skip to (?:main )?content|saltar al contenido|back to top|volver arriba|load more|show more|(?:see|view) all"
        r"|\d+ min(?:ute)?s? read|lectura de \d+ min(?:utos)?|\d+ min(?:utos)? de lectura"
        r"|listen to (?:this )?article.{0,30}",
    ),
    Rule(
        "navigation",
        r"menu|search|log ?in|sign ?in|register|home|buscar|inicio|iniciar sesion|contact us|about us|close|cerrar",
        ("head", "tail"),
    ),
    Rule(
        "section label",
        r"(?:us|uk|world|local|national|latin america|europe|asia|africa|americas|middle east)(?: news)?"
        r"|opinion|editorial|analysis|news|breaking(?: news)?|exclusive|politics|world|business|sports?|commentary"
        r"|live(?: updates)?|explainer|feature|local|culture|tech(?:nology)?|science|health|analisis|exclusiva"
        r"|ultima hora|noticias|politica|internacional|nacional|economia|deportes|sociedad|cultura|opinion",
        ("head",),
    ),
    Rule(
        "section label",
        r"(?:-+ ?)?(?:not )?for immediate (?:release|distribution|publication)(?:[:,] ?[^!?]{0,60})?(?: ?-+)?"
        r"|(?:press|news|media) (?:release|advisory|statement)(?: no\.? ?\d+)?"
        r"|(?:strictly )?embargo(?:ed)? ?(?:until|till|to|for|:) .{1,80}"
        r"|(?:comunicado|nota) de prensa|para (?:su )?(?:difusion|publicacion) inmediata|communique(?: de presse)?"
        r"|pour (?:diffusion|publication) immediate|pressemitteilung|zur sofortigen veroffentlichung"
        r"|comunicato stampa|nota a imprensa|新闻稿|بيان صحفي"
        r"|\d{1,2}[:.h]\d\d(?: ?[ap]\.?m\.?)?(?: (?:[a-z]{2,4}|uhr))?",
        ("head",),
    ),
    Rule(
        "navigation",
        rf"(?:{_SECTION})(?: ?{_BAR} ?(?:{_SECTION}))+"
        rf"|(?:{_SECTION})(?> ?{_BAR}[^|>/·•.!?\"']{{1,25}}+){{2,12}}+",
        ("head",),
    ),
)

_LEAD = regex.compile(
    r"(?:you (?:may|might|'ll) also (?:like|enjoy|love|be interested in)(?: to (?:watch|read|see))?"
    r"|(?:read|see|watch) (?:more|also|next)|also read"
    r"|related(?: (?:stories|articles|posts|news|content|coverage|links))?"
    r"|recommended(?: (?:for you|stories|reading|articles))?|trending(?: now| stories)?|most (?:read|popular|viewed)"
    r"|more (?:stories|news|on this(?: story| topic)?)|popular (?:posts|stories)|don't miss|editors?'?s? picks?"
    r"|top stories"
    r"|up next|(?:next|previous) (?:article|post|story)|(?:keep|continue) reading|what to read next"
    r"|in case you missed it|from our partners|around the web"
    r"|(?:tambien )?(?:te|le) puede interesar|(?:quiza|quizas|tal vez) te interese|(?:tambien te|te) recomendamos"
    r"|(?:lee|leer|lea|vea|ver|mira) (?:mas|tambien)|mas (?:informacion|noticias)|lo mas (?:leido|visto)"
    r"|(?:noticias|articulos|notas|contenidos?) relacionad[oa]s?|relacionad[oa]s?|no te pierdas"
    r"|(?:sigue|seguir) leyendo|lesen sie auch|mehr zum thema|auch interessant|(?:a )?lire aussi"
    r"|sur le meme (?:sujet|theme)|leggi anche|leia (?:tambem|mais)|相关(?:阅读|新闻|报道)|延伸阅读|推荐阅读|関連記事"
    r"|اقرا (?:ايضا|المزيد)|مواضيع ذات صلة)"
    r"(?![\w'])"
)
_REPORTED = regex.compile(r"\b(?:said|says|told|according to|dijo|segun|aseguro|explico)\b")
_MATCH = tuple((rule, regex.compile(rule.line)) for rule in RULES)
_LONGEST_LINK = 120  # code points of a link's text that ends like a sentence
_ARROWS = " \t>»›|▶►→"
_BULLETS = " \t•·*-–—>»›|▶►→●■▪"


@lru_cache(maxsize=4_096)
def reason(line: str, place: Place) -> str | None:
    """Why a line is not part of the story, in words; None when it is, or may be.

    Words and shape have to agree over the whole line: prose that only begins like a promotion stays prose.
    """
    if len(line) > LONGEST:
        return None
    plain = _plain(line)
    if _REPORTED.search(plain) and plain.endswith((".", '"', "'")):
        return None
    for rule, pattern in _MATCH:
        if place in rule.places and pattern.fullmatch(plain):
            return rule.reason
    return "promotion" if _is_promotion(line, plain) else None


def opens_a_list(line: str) -> bool:
    """Whether links are bound to follow: "Related stories", "Read more"."""
    match = _LEAD.match(_plain(line)) if len(line) <= LONGEST else None
    return match is not None and not match.string[match.end() :].strip(" :.!")


def _is_promotion(line: str, plain: str) -> bool:
    """Whether the line is a lead such as "read more", alone, before a colon, or in capitals."""
    lead = _LEAD.match(plain)
    if lead is None:
        return False
    rest = plain[lead.end() :].lstrip()
    if len(rest) > _LONGEST_LINK and rest.endswith("."):
        return False  # a paragraph of the story is glued to the link
    return not rest.strip(" .!") or rest[0] in ":|>" or _is_shouted(line, lead.end())


def _is_shouted(line: str, length: int) -> bool:
    return line.lstrip(_BULLETS)[:length].isupper()


def _plain(line: str) -> str:
    text = normalise(line.lstrip(_BULLETS).rstrip(_ARROWS)).text.strip()
    return "".join(character for character in text if not unicodedata.combining(character))
