"""Rasa's slots for an intent classifier and an entity extractor, filled by one component (components.views)."""

from __future__ import annotations

import json
import logging
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components.cascade import Cascade
from components.intents import IntentModel
from components.network import Network
from components.reading import Understood
from components.spans import Example, Span, SpanModel
from components.views import TwoViews

logger = logging.getLogger(__name__)

RANKING_LENGTH = 5
SECONDS = "seconds.json"
"""File of a model with the seconds that each phase of its training took."""
_DRAFT = "draft.crf"
_FINAL = "final.crf"
_INTENTS = "intents.npz"


class SupplyUnderstanding(GraphComponent):
    """Sets ``intent``, ``intent_ranking`` and ``entities`` of a message."""

    def __init__(self, storage: ModelStorage, resource: Resource, views: TwoViews | None) -> None:
        self._storage = storage
        self._resource = resource
        self._views = views

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
            views = TwoViews(Network.load(folder), cascade)
        # The first message shall not pay for what the process reads once.
        views.understand("where are the gloves")
        return cls(model_storage, resource, views)

    def train(self, training_data: TrainingData) -> Resource:
        examples = [example_of(message) for message in training_data.intent_examples]
        views, seconds = TwoViews.train(examples, say=lambda line: logger.info("Training: %s", line))
        with self._storage.write_to(self._resource) as folder:
            views.network.save(folder)
            (folder / _DRAFT).write_bytes(views.cascade.draft.weights)
            (folder / _FINAL).write_bytes(views.cascade.final.weights)
            views.cascade.intents.save(folder / _INTENTS)
            (folder / SECONDS).write_text(json.dumps(seconds), "utf-8")
        self._views = views
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        if self._views is None:
            raise RuntimeError("SupplyUnderstanding was asked before it was trained or loaded")
        for message in messages:
            text = message.get(TEXT) or ""
            understood = self._views.understand(text)
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
