"""The words of formulas by language; for `read_aloud`. A new language is one more table `speech_words_*`."""

from collections.abc import Mapping
from types import MappingProxyType

from examgen.typeset.speech.speech_vocabulary import Words
from examgen.typeset.speech.speech_words_de import GERMAN
from examgen.typeset.speech.speech_words_en import ENGLISH
from examgen.typeset.speech.speech_words_es import SPANISH
from examgen.typeset.speech.speech_words_fr import FRENCH
from examgen.typeset.speech.speech_words_hi import HINDI

LANGUAGES: Mapping[str, Words] = MappingProxyType(
    {"en": ENGLISH, "de": GERMAN, "fr": FRENCH, "es": SPANISH, "hi": HINDI}
)
