"""The recorder: what a bot opens its turns on."""

from __future__ import annotations

import atexit
import json
import logging
import weakref
from collections.abc import Callable, Mapping
from typing import Any

from .delivery import Delivery, DeliveryOptions
from .events import Trace, _new_id
from .plain_json import plain_json

_EVENTS = "/api/v1/events"
_TURNS = "/api/v1/turns"
# How long the end of the program may wait for what is not sent yet.
_AT_EXIT_SECONDS = 5.0

_log = logging.getLogger("turnscope")


class Recorder:
    """
    Records what a bot does in Turnscope. It works in the background and never raises into the bot: what cannot
    be recorded is told to `on_problem`, by default as a warning of the logger `turnscope`.

    `url`: of the explorer, such as `http://127.0.0.1:4320`. `token`: the ingest token, where one is set.
    `flush_interval`, `timeout`: seconds. `max_queue`: records that wait at the most; beyond it the oldest go.
    """

    def __init__(
        self,
        url: str,
        *,
        chatbot: str | None = None,
        chatbot_version: str | None = None,
        environment: str | None = None,
        token: str | None = None,
        enabled: bool = True,
        on_problem: Callable[[str], None] | None = None,
        batch_size: int = 100,
        flush_interval: float = 1.0,
        max_queue: int = 10_000,
        max_retries: int = 8,
        timeout: float = 10.0,
    ) -> None:
        self._enabled = enabled
        self._metadata = {"chatbot": chatbot, "chatbot_version": chatbot_version, "environment": environment}
        self._delivery = Delivery(
            DeliveryOptions(
                url=str(url),
                token=token,
                on_problem=on_problem or _log.warning,
                batch_size=max(1, min(batch_size, 10_000)),
                flush_interval=flush_interval,
                max_queue=max(1, max_queue),
                max_retries=max_retries,
                timeout=timeout,
            )
        )
        _recorders.add(self)

    def trace(
        self,
        conversation_id: str,
        *,
        user: Mapping[str, Any] | str | None = None,
        session_id: str | None = None,
        channel_id: str | None = None,
        interaction_id: str | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> Trace:
        """Opens a turn of a conversation. `user`: `{"id": …, "name": …}`, or the id alone."""
        described = {key: value for key, value in {**self._metadata, **(metadata or {})}.items() if value is not None}
        common = {
            "conversation_id": conversation_id,
            "interaction_id": interaction_id or _new_id(),
            "session_id": session_id,
            "channel_id": channel_id,
            "user": {"id": user} if isinstance(user, str) else user,
            "metadata": described,
        }
        return Trace(common, lambda event: self._record(_EVENTS, event))

    def turn(self, turn: Mapping[str, Any]) -> None:
        """Records a whole turn at once, in the shape that `POST /api/v1/turns` takes."""
        self._record(_TURNS, turn)

    def flush(self, timeout: float | None = None) -> bool:
        """Waits until all that was recorded was sent, or given up. False where that took longer than `timeout` s."""
        return self._delivery.flush(timeout)

    def close(self, timeout: float | None = None) -> bool:
        """Sends what waits with one more try at most; for the end of a program, where it runs by itself."""
        return self._delivery.close(timeout)

    def __enter__(self) -> Recorder:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _record(self, path: str, value: Mapping[str, Any]) -> None:
        if not self._enabled:
            return
        try:
            held = {key: plain_json(each) for key, each in value.items() if each is not None}
            self._delivery.add(path, json.dumps(held, ensure_ascii=True, allow_nan=False))
        except Exception as error:
            self._delivery.problem(f"a record could not be written: {error}")


_recorders: weakref.WeakSet[Recorder] = weakref.WeakSet()


def _at_exit() -> None:
    for recorder in list(_recorders):
        recorder.close(_AT_EXIT_SECONDS)


atexit.register(_at_exit)
