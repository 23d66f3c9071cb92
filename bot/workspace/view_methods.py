"""``views.*``: modals and home tabs."""

from __future__ import annotations

from bot.workspace.calls import Arguments, Method
from bot.workspace.core import Core
from bot.workspace.errors import SlackRefusalError
from bot.workspace.state import Json, View


class ViewMethods:
    """The methods, over the shared core."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._state = core.state

    def table(self) -> dict[str, Method]:
        """Method names with their handlers."""
        return {
            "views.open": Method(self.open),
            "views.push": Method(self.push),
            "views.update": Method(self.update),
            "views.publish": Method(self.publish),
        }

    def _answer(self, view: View) -> Json:
        return {"view": self._core.shapes.view(view)}

    def open(self, arguments: Arguments) -> Json:
        """A modal where none is, or in place of those that are open."""
        trigger = self._core.use_trigger(arguments.values.get("trigger_id"))
        for view_id in self._state.stacks.pop(trigger.user, []):
            self._state.views.pop(view_id, None)
        return self._answer(
            self._core.push_view(trigger.user, arguments.values.get("view"), channel=trigger.channel)
        )

    def push(self, arguments: Arguments) -> Json:
        """A modal on top of the one that was used."""
        trigger = self._core.use_trigger(arguments.values.get("trigger_id"))
        if trigger.view_id is None or trigger.view_id not in self._state.stacks.get(trigger.user, []):
            raise SlackRefusalError("invalid_trigger_id")
        return self._answer(
            self._core.push_view(trigger.user, arguments.values.get("view"), channel=trigger.channel)
        )

    def _named(self, arguments: Arguments) -> View:
        external = arguments.text("external_id")
        for view in self._state.views.values():
            if view.id == arguments.text("view_id") or (
                external and view.body.get("external_id") == external
            ):
                return view
        raise SlackRefusalError("not_found")

    def update(self, arguments: Arguments) -> Json:
        """Other content for an open view; ``hash`` guards against two at once."""
        old = self._named(arguments)
        if arguments.text("hash") and arguments.text("hash") != old.hash:
            raise SlackRefusalError("hash_conflict")
        kind = str(old.body["type"])
        view = self._core.make_view(old.user, arguments.values.get("view"), kind=kind, old=old)
        if kind == "home":
            self._show_home(view)
        else:
            self._core.show_stack(old.user)
        return self._answer(view)

    def publish(self, arguments: Arguments) -> Json:
        """The home tab of one person."""
        user = arguments.need("user_id")
        if user not in self._state.users:
            raise SlackRefusalError("user_not_found")
        old = self._state.homes.get(user)
        if arguments.text("hash") and old is not None and arguments.text("hash") != old.hash:
            raise SlackRefusalError("hash_conflict")
        view = self._core.make_view(user, arguments.values.get("view"), kind="home", old=old)
        self._show_home(view)
        return self._answer(view)

    def _show_home(self, view: View) -> None:
        self._state.homes[view.user] = view
        self._state.tell("home", {"view": self._core.shapes.view(view)}, audience=frozenset({view.user}))
