"""The words of formulas by language; for `speech`. A new language is one more table `speech_words_*`."""

from collections.abc import Mapping
from types import MappingProxyType

from .speech_vocabulary import Words
from .speech_words_de import GERMAN
from .speech_words_en import ENGLISH
from .speech_words_es import SPANISH
from .speech_words_fr import FRENCH
from .speech_words_hi import HINDI

LANGUAGES: Mapping[str, Words] = MappingProxyType(
    {"en": ENGLISH, "de": GERMAN, "fr": FRENCH, "es": SPANISH, "hi": HINDI}
)
