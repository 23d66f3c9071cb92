"""Rasa's tokeniser slot, filled with our own split into words."""

from __future__ import annotations

from typing import Any

from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message

from components.words import split_words


class SupplyTokenizer(Tokenizer):
    """Splits a message by `components.words`; offsets are those of the message as given."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        # An intent's name is one label, never split; Rasa's base class reads the other two keys.
        return {
            "intent_tokenization_flag": False,
            "intent_split_symbol": "_",
            "token_pattern": None,
            "prefix_separator_symbol": None,
        }

    @classmethod
    def create(cls, config: dict[str, Any], *_: Any) -> SupplyTokenizer:
        return cls(config)

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        return [Token(word.text, word.start, word.end) for word in split_words(message.get(attribute))]
