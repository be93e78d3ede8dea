"""One turn of a conversation and the events within it."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any

Emit = Callable[[Mapping[str, Any]], None]


def _now() -> int:
    """Microseconds since 1970."""
    return time.time_ns() // 1000


def _new_id() -> str:
    return str(uuid.uuid4())


class _Turn:
    """What the events of a turn share."""

    def __init__(self, common: Mapping[str, Any], emit: Emit) -> None:
        self.common = common
        self.emit = emit
        # The first message of the turn: what is recorded on the turn itself stands below it.
        self.message_id: str | None = None


class _Opener:
    """Opens events below a turn or below another event."""

    def __init__(self, turn: _Turn, parent_id: str | None) -> None:
        self._turn = turn
        self._parent_id = parent_id

    def tool(self, input: Any = None, **options: Any) -> Event:
        """A call of a function, a database or a service."""
        return self._open("TOOL", input, options)

    def agent(self, input: Any = None, **options: Any) -> Event:
        """A step of reasoning, or a decision."""
        return self._open("AGENT", input, options)

    def retrieval(self, input: Any = None, **options: Any) -> Event:
        """A search for documents; its output `[{"chunk": …, "score": …}]` is shown as such."""
        return self._open("RETRIEVAL", input, options)

    def generation(self, input: Any = None, **options: Any) -> Event:
        """A prompt and its completion."""
        return self._open("GENERATION", input, options)

    def router(self, input: Any = None, **options: Any) -> Event:
        """A choice of path."""
        return self._open("ROUTER", input, options)

    def system(self, input: Any = None, **options: Any) -> Event:
        """Infrastructure: a cache warmed, an error of the platform."""
        return self._open("SYSTEM", input, options)

    def event(self, input: Any = None, **options: Any) -> Event:
        """The application's own."""
        return self._open("CUSTOM", input, options)

    def feedback(self, tag: str | None = None, text: str | None = None) -> None:
        """A rating or comment; it is recorded at once."""
        at = _now()
        self._turn.emit(
            {
                **self._turn.common,
                "type": "FEEDBACK",
                "task": "feedback",
                "trace_id": _new_id(),
                "parent_id": self._parent_id or self._turn.message_id,
                "feedback_tag": tag,
                "feedback_text": text,
                "start_timestamp": at,
                "end_timestamp": at,
            }
        )

    def _open(self, type: str, input: Any, options: Mapping[str, Any]) -> Event:
        parent = None if type == "MESSAGE" else (self._parent_id or self._turn.message_id)
        event = Event(self._turn, type, parent, input, **options)
        if type == "MESSAGE" and self._turn.message_id is None:
            self._turn.message_id = event.id
        return event


class Trace(_Opener):
    """One turn of a conversation. `interaction_id` is its trace id in the explorer."""

    def __init__(self, common: Mapping[str, Any], emit: Emit) -> None:
        super().__init__(_Turn(common, emit), None)
        self.interaction_id: str = common["interaction_id"]

    def message(self, input: Any = None, **options: Any) -> Event:
        """The user's message; its output is the bot's answer."""
        return self._open("MESSAGE", input, options)


class Event(_Opener):
    """
    An event that is open until it ends, and opens others below itself. As a context manager it ends with the
    block, with its `output`; an exception ends it as failed and goes on.
    """

    def __init__(
        self,
        turn: _Turn,
        type: str,
        parent_id: str | None,
        input: Any = None,
        *,
        task: str | None = None,
        model: str | None = None,
        parameters: Mapping[str, Any] | None = None,
        custom: Mapping[str, Any] | None = None,
        output: Any = None,
        usage: Mapping[str, Any] | None = None,
        **unknown: Any,
    ) -> None:
        self.id = _new_id()
        super().__init__(turn, self.id)
        self._type = type
        self._parent = parent_id
        self._task = task or type.lower()
        self._start = _now()
        self._ended = False
        self.input = input
        self.output = output
        self.model = model
        self.parameters = parameters
        # A mistyped option is no reason to fail the bot, nor to lose what it says.
        self.custom: dict[str, Any] = {**(custom or {}), **unknown}
        self.usage = usage

    def end(
        self,
        output: Any = None,
        *,
        usage: Mapping[str, Any] | None = None,
        custom: Mapping[str, Any] | None = None,
    ) -> None:
        """Records the event with its output. Ending it again does nothing."""
        if self._ended:
            return
        self._ended = True
        described = {
            **self.custom,
            **(custom or {}),
            "model": self.model,
            "parameters": self.parameters,
            "usage": self.usage if usage is None else usage,
        }
        self._turn.emit(
            {
                **self._turn.common,
                "type": self._type,
                "task": self._task,
                "trace_id": self.id,
                "parent_id": self._parent,
                "input": self.input,
                "output": self.output if output is None else output,
                "custom": {key: value for key, value in described.items() if value is not None},
                "start_timestamp": self._start,
                "end_timestamp": _now(),
            }
        )

    def fail(
        self,
        error: object,
        *,
        usage: Mapping[str, Any] | None = None,
        custom: Mapping[str, Any] | None = None,
    ) -> None:
        """Ends the event as failed."""
        try:
            said = str(error)
        except Exception:
            said = type(error).__name__
        self.end(f"Error: {said or type(error).__name__}", usage=usage, custom=custom)

    def __enter__(self) -> Event:
        return self

    def __exit__(
        self, type: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is None:
            self.end()
        else:
            self.fail(error)

    async def __aenter__(self) -> Event:
        return self

    async def __aexit__(
        self, type: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.__exit__(type, error, traceback)
