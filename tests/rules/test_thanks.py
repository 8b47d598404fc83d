"""Mail that only says thanks disturbs nobody; one word more is a customer who wants something."""

import pytest

from mailcase.rules.thanks import COURTESY, THANKS, is_only_thanks

NAMES = ("Carla Diaz", "Anna Berg")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Thanks!"),
        ("en", "Thank you very much for your help, Anna.\n\nBest regards\nCarla Diaz"),
        ("en", "That worked. Thanks again!"),
        ("de", "Vielen Dank für die schnelle Hilfe!\nMit freundlichen Grüßen\nCarla"),
        ("de", "Super, danke schön :)"),
        ("fr", "Merci beaucoup, c'est parfait. Bonne journée"),
        ("es", "¡Muchas gracias por su ayuda!\nUn saludo"),
        ("it", "Grazie mille, ora funziona!"),
        ("nl", "Hartelijk dank voor de snelle reactie. Groeten, Carla"),
        ("pt", "Olá, muito obrigada pela ajuda!"),
        ("pl", "Dziękuję bardzo za pomoc. Pozdrawiam"),
        ("sv", "Tack så mycket för hjälpen! Mvh Carla"),
        ("da", "Mange tak for hjælpen"),
        (None, "Muchas gracias"),
        ("ja", "thanks"),
        ("nl", "Danke!"),
        ("en", "👍 thank you 🙏"),
    ],
)
def test_thanks_are_thanks(language: str | None, text: str) -> None:
    assert is_only_thanks(text, language, NAMES)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "nothing is no thanks"),
        ("Best regards\nCarla", "courtesy without thanks"),
        ("Thanks, still broken", "a complaint"),
        ("Thanks but it does not work", "a complaint"),
        ("Danke, geht nicht", "a complaint in German"),
        ("Thanks. When will it come?", "a question"),
        ("Thanks, order 1234", "a number"),
        ("Thanks, see https://x.example", "a link"),
        ("Thanks, write to me@x.example", "an address"),
        ("No thanks", "a refusal"),
        ("Thanks for nothing", "anger"),
        ("Thanks, Zoe", "a name that is not known may be anything"),
        ("thanks " * 60, "longer than thanks are"),
        ("Thankless", "part of a word"),
    ],
)
def test_anything_more_is_told(text: str, why: str) -> None:
    assert not is_only_thanks(text, "en", NAMES), why


def test_every_language_has_both_tables() -> None:
    assert set(THANKS) == set(COURTESY)
    assert {"en", "de", "fr", "es", "it", "nl", "pt", "pl", "sv", "da"} <= set(THANKS)


@pytest.mark.parametrize("language", sorted(THANKS))
def test_every_phrase_of_thanks_is_recognised(language: str) -> None:
    missed = [phrase for phrase in THANKS[language].split("|") if not is_only_thanks(phrase, language)]

    assert not missed
