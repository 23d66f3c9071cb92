"""Makes the components known to Rasa's recipe; called where a model is trained, and only there.

Importing the recipe imports every component and policy that Rasa has, TensorFlow with them: 12 s and 500 MB that a service
which uses none of it would pay at each start. Rasa's engine loads a trained model's own components by module path.
"""

from __future__ import annotations

from rasa.engine.recipes.default_recipe import DefaultV1Recipe

from components.tokenizer import SupplyTokenizer
from components.understanding import SupplyUnderstanding


def register() -> None:
    """Let Rasa's recipe find the components by the names in config.yml."""
    kind = DefaultV1Recipe.ComponentType
    DefaultV1Recipe.register(kind.MESSAGE_TOKENIZER, is_trainable=False)(SupplyTokenizer)
    DefaultV1Recipe.register([kind.INTENT_CLASSIFIER, kind.ENTITY_EXTRACTOR], is_trainable=True)(SupplyUnderstanding)
