"""Mail that only says thanks: it is filed, but reopens nothing and disturbs nobody.

A reply counts as thanks when it has words of thanks and, beside them, only words of courtesy and names that are known.
A question mark, a digit, or a single word more makes it ordinary mail: to disturb an agent for nothing costs
less than to overlook a customer.
"""

import re
import unicodedata
from collections.abc import Iterable

MAX_THANKS = 300  # characters; what is longer says more than thanks

# Whole phrases, longest first in matching; accents and case do not matter.
THANKS = {
    "en": "thank you very much|thank you so much|thanks a lot|thanks so much|many thanks|thank you|thanks again|thanks|thx|ty|much appreciated|appreciate it|i appreciate it|cheers",
    "de": "vielen herzlichen dank|vielen lieben dank|herzlichen dank|besten dank|vielen dank|tausend dank|danke schon|dankeschon|danke sehr|danke vielmals|danke euch|danke ihnen|danke dir|ich danke ihnen|danke|merci",
    "fr": "merci beaucoup|merci bien|mille mercis|un grand merci|grand merci|je vous remercie|merci a vous|merci d avance|merci",
    "es": "muchas gracias|muchisimas gracias|mil gracias|gracias por todo|se lo agradezco|te lo agradezco|gracias",
    "it": "grazie mille|molte grazie|tante grazie|grazie tante|la ringrazio|vi ringrazio|ti ringrazio|grazie",
    "nl": "heel erg bedankt|hartelijk dank|hartelijk bedankt|veel dank|dank u wel|dank je wel|dankjewel|dankuwel|dank u|dank je|bedankt|dank",
    "pt": "muito obrigado|muito obrigada|muitissimo obrigado|obrigado|obrigada|agradeco|grato|grata",
    "pl": "dziekuje bardzo|bardzo dziekuje|serdecznie dziekuje|dziekuje|dziekujemy|dzieki wielkie|wielkie dzieki|dzieki",
    "sv": "tack sa mycket|tack sa hemskt mycket|stort tack|tusen tack|manga tack|tackar|tack",
    "da": "tusind tak|mange tak|tak skal du have|tak skal i have|tak for hjaelpen|tak",
}  # fmt: skip
# Words of courtesy that may stand beside thanks and say nothing by themselves.
COURTESY = {
    "en": "hello|hi|hey|dear|all|team|everyone|sir|madam|good morning|good afternoon|good evening|for your help|for the help|for all your help|for your quick reply|for the quick reply|for your quick response|for the quick response|for your reply|for your support|for the information|for the info|for everything|so much|very much|again|indeed|perfect|great|excellent|wonderful|awesome|super|got it|it works now|it works|works now|works|that worked|it worked|that helped|this helped|solved|all good|ok|okay|have a nice day|have a great day|have a good day|have a nice weekend|best regards|kind regards|warm regards|regards|best wishes|best|sincerely|yours sincerely|yours|and",
    "de": "hallo|hi|guten tag|guten morgen|guten abend|moin|servus|liebes team|liebe|lieber|sehr geehrte damen und herren|sehr geehrte frau|sehr geehrter herr|zusammen|fur ihre hilfe|fur die hilfe|fur deine hilfe|fur die schnelle antwort|fur ihre schnelle antwort|fur die schnelle hilfe|fur ihre antwort|fur die ruckmeldung|fur die info|fur die information|fur ihre unterstutzung|nochmals|perfekt|super|prima|toll|alles klar|klappt jetzt|es klappt|jetzt klappt es|es funktioniert|es funktioniert jetzt|hat geklappt|erledigt|ok|mit freundlichen grussen|freundliche grusse|viele grusse|liebe grusse|beste grusse|schone grusse|gruss|grusse|mfg|lg|vg|einen schonen tag|schonen tag noch|schones wochenende|und",
    "fr": "bonjour|bonsoir|salut|madame|monsieur|a tous|pour votre aide|pour votre reponse|pour votre retour|pour votre reponse rapide|pour tout|encore|parfait|super|genial|ca marche|ca fonctionne|c est bon|c est parfait|d accord|ok|cordialement|bien cordialement|bien a vous|cdlt|bonne journee|bonne soiree|bon week end|excellente journee|et",
    "es": "hola|buenos dias|buenas tardes|buenas noches|estimados|estimado|estimada|por su ayuda|por tu ayuda|por la ayuda|por su respuesta|por la respuesta|por la rapida respuesta|de nuevo|otra vez|perfecto|genial|excelente|ya funciona|funciona|todo bien|vale|ok|un saludo|saludos|saludos cordiales|atentamente|que tenga un buen dia|buen dia|buen fin de semana|y",
    "it": "ciao|buongiorno|buonasera|salve|gentili|gentile|per l aiuto|per il vostro aiuto|per la risposta|per la rapida risposta|per la vostra risposta|per tutto|ancora|di nuovo|perfetto|ottimo|funziona|ora funziona|tutto ok|tutto a posto|va bene|ok|cordiali saluti|distinti saluti|un saluto|saluti|buona giornata|buona serata|buon fine settimana|e",
    "nl": "hallo|hoi|dag|beste|goedemorgen|goedemiddag|goedenavond|geachte heer|geachte mevrouw|voor uw hulp|voor je hulp|voor de hulp|voor uw reactie|voor de snelle reactie|voor de reactie|voor alles|nogmaals|alvast|perfect|super|top|geweldig|het werkt|het werkt nu|opgelost|ok|oke|met vriendelijke groet|met vriendelijke groeten|vriendelijke groet|groeten|groet|mvg|fijne dag|fijn weekend|nog een fijne dag|en",
    "pt": "ola|oi|bom dia|boa tarde|boa noite|prezados|caros|pela ajuda|pela sua ajuda|pela resposta|pela rapida resposta|por tudo|mais uma vez|perfeito|otimo|excelente|funcionou|ja funciona|resolvido|tudo certo|ok|atenciosamente|cumprimentos|com os melhores cumprimentos|melhores cumprimentos|abracos|abraco|um abraco|bom fim de semana|e",
    "pl": "dzien dobry|czesc|witam|dobry wieczor|szanowni panstwo|za pomoc|za odpowiedz|za szybka odpowiedz|za wsparcie|za informacje|za wszystko|jeszcze raz|super|swietnie|dziala|juz dziala|wszystko dziala|ok|pozdrawiam|pozdrawiam serdecznie|z powazaniem|milego dnia|milego weekendu|i",
    "sv": "hej|hejsan|god morgon|for hjalpen|for din hjalp|for er hjalp|for svaret|for snabbt svar|for det snabba svaret|for allt|igen|perfekt|toppen|bra|super|det fungerar|det fungerar nu|nu fungerar det|lost|ok|okej|med vanliga halsningar|vanliga halsningar|mvh|hilsen|halsningar|ha en bra dag|trevlig helg|och",
    "da": "hej|goddag|god morgen|kaere|for hjaelpen|for din hjaelp|for jeres hjaelp|for svaret|for det hurtige svar|for alt|igen|perfekt|super|fint|det virker|det virker nu|nu virker det|lost|ok|med venlig hilsen|venlig hilsen|mvh|vh|hilsen|hav en god dag|god weekend|og",
}  # fmt: skip
_LETTERS = str.maketrans({"ß": "ss", "ł": "l", "ø": "o", "æ": "ae", "œ": "oe", "’": " ", "'": " "})
_MORE = re.compile(r"[?？\d@]|https?:", re.IGNORECASE)


def _plain(text: str) -> str:
    """Return `text` in lower case without accents, so that the tables need one spelling."""
    lowered = unicodedata.normalize("NFKD", text.lower().translate(_LETTERS))
    return "".join(c for c in lowered if not unicodedata.combining(c))


def _pattern(table: dict[str, str], languages: tuple[str, ...]) -> re.Pattern[str]:
    phrases = {phrase for language in languages for phrase in table[language].split("|")}
    return re.compile(rf"\b(?:{'|'.join(sorted(map(re.escape, phrases), key=len, reverse=True))})\b")


_ALL = tuple(THANKS)
_THANKS = {language: _pattern(THANKS, tuple({language, "en"})) for language in THANKS} | {"": _pattern(THANKS, _ALL)}
_COURTESY = {language: _pattern(COURTESY, tuple({language, "en"})) for language in THANKS} | {
    "": _pattern(COURTESY, _ALL)
}


def is_only_thanks(text: str, language: str | None = None, names: Iterable[str] = ()) -> bool:
    """Return whether `text`, the new part of a reply, says thanks and nothing else.

    `language` is ISO 639-1; the words of all languages are tried where those of `language` and English do not do, as
    a short text is easily taken for another language. `names` are words that may stand in a greeting or a signature,
    such as the names of the sender and of the agents.
    """
    if len(text) > MAX_THANKS or _MORE.search(text):
        return False
    plain, known = _plain(text), {word for name in names for word in _words(_plain(name))}
    tried = dict.fromkeys((language if language in THANKS else "", ""))
    return any(_is_thanks(plain, table, known) for table in tried)


def _is_thanks(plain: str, table: str, names: set[str]) -> bool:
    rest, count = _THANKS[table].subn(" ", plain)
    return count > 0 and not set(_words(_COURTESY[table].sub(" ", rest))) - names


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text)
