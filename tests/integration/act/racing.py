"""Several at once, begun together."""

from __future__ import annotations

import threading
from collections.abc import Callable

from domain.errors import Conflict, Stale, SupplyRoomError

TRIES = 5


def at_once[Result](*actions: Callable[[], Result]) -> list[Result | SupplyRoomError]:
    """What each gave, or its refusal. A conflict says that repeating is safe, so it is repeated, as the bot does."""
    results: list[Result | SupplyRoomError | None] = [None] * len(actions)
    failures: list[BaseException] = []
    barrier = threading.Barrier(len(actions))

    def run(index: int) -> None:
        barrier.wait()
        for _ in range(TRIES):
            try:
                results[index] = actions[index]()
                return
            except SupplyRoomError as error:
                results[index] = error
                if not isinstance(error, Conflict) or isinstance(error, Stale):
                    return
            except BaseException as error:  # noqa: BLE001 - raised in the main thread
                failures.append(error)
                return

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(actions))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return [result for result in results if result is not None]
