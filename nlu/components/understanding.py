"""Rasa's slots for an intent classifier and an entity extractor, filled by one component (components.cascade)."""

from __future__ import annotations

import logging
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components.cascade import Cascade, Understood
from components.encoder import sentence_encoder
from components.intents import IntentModel
from components.lexicon import lexicon
from components.spans import Example, Span, SpanModel

logger = logging.getLogger(__name__)

RANKING_LENGTH = 5
_DRAFT = "draft.crf"
_FINAL = "final.crf"
_INTENTS = "intents.npz"


class SupplyUnderstanding(GraphComponent):
    """Sets ``intent``, ``intent_ranking`` and ``entities`` of a message."""

    def __init__(self, storage: ModelStorage, resource: Resource, cascade: Cascade | None) -> None:
        self._storage = storage
        self._resource = resource
        self._cascade = cascade

    @staticmethod
    def required_packages() -> list[str]:
        return ["onnxruntime", "sklearn", "sklearn_crfsuite", "tokenizers"]

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SupplyUnderstanding:
        return cls(model_storage, resource, None)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> SupplyUnderstanding:
        with model_storage.read_from(resource) as folder:
            cascade = Cascade(
                draft=SpanModel((folder / _DRAFT).read_bytes()),
                intents=IntentModel.load(folder / _INTENTS),
                final=SpanModel((folder / _FINAL).read_bytes()),
            )
        # The first message shall not pay for what the process reads once.
        lexicon()
        sentence_encoder()
        return cls(model_storage, resource, cascade)

    def train(self, training_data: TrainingData) -> Resource:
        examples = [example_of(message) for message in training_data.intent_examples]
        cascade = Cascade.train(examples, say=lambda line: logger.info("Training: %s", line))
        with self._storage.write_to(self._resource) as folder:
            (folder / _DRAFT).write_bytes(cascade.draft.weights)
            (folder / _FINAL).write_bytes(cascade.final.weights)
            cascade.intents.save(folder / _INTENTS)
        self._cascade = cascade
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        if self._cascade is None:
            raise RuntimeError("SupplyUnderstanding was asked before it was trained or loaded")
        for message in messages:
            text = message.get(TEXT) or ""
            understood = self._cascade.understand(text)
            ranking = [{"name": name, "confidence": value} for name, value in understood.ranking]
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking[:RANKING_LENGTH], add_to_output=True)
            message.set(ENTITIES, entities_of(text, understood), add_to_output=True)
        return messages


def example_of(message: Message) -> Example:
    """Rasa's training message as ours."""
    spans = tuple(
        Span(entity["start"], entity["end"], entity["entity"], entity.get("role")) for entity in message.get(ENTITIES, [])
    )
    return Example(message.get(TEXT), message.get(INTENT), spans)


def entities_of(text: str, understood: Understood) -> list[dict[str, Any]]:
    """Spans in Rasa's shape; ``value`` is the exact substring, and ``role`` is there only where there is one."""
    return [
        {
            "entity": span.entity,
            "value": text[span.start : span.end],
            "start": span.start,
            "end": span.end,
            **({"role": span.role} if span.role else {}),
        }
        for span in understood.spans
    ]
