"""Carries records to the explorer in the background."""

from __future__ import annotations

import os
import random
import threading
import time
import urllib.error
import urllib.request
import weakref
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from json import loads

_FIRST_WAIT = 0.5
_LONGEST_WAIT = 30.0
_HURRIED_WAIT = 0.2
# A request is closed at this many characters, whatever its count.
_BATCH_CHARACTERS = 2_000_000


@dataclass(frozen=True)
class DeliveryOptions:
    url: str
    token: str | None
    on_problem: Callable[[str], None]
    batch_size: int = 100
    flush_interval: float = 1.0
    max_queue: int = 10_000
    max_retries: int = 8
    timeout: float = 10.0


@dataclass(frozen=True)
class _Failure:
    """A request that was not taken. `retry_after`: seconds, where the explorer said; None = by back-off."""

    problem: str
    retried: bool
    retry_after: float | None = None


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirected POST would lose its body, and show the token to another host."""

    def redirect_request(self, *_args: object, **_more: object) -> None:
        return None


class Delivery:
    """Sends records in batches, in order, again after failures, one request at a time; what waits is bounded."""

    def __init__(self, options: DeliveryOptions) -> None:
        self._options = options
        # No proxy of the environment: the explorer is most often on this machine.
        self._opener = urllib.request.build_opener(_NoRedirects, urllib.request.ProxyHandler({}))
        self._begin()
        _deliveries.add(self)

    def _begin(self) -> None:
        self._changed = threading.Condition()
        self._waiting: deque[tuple[str, str]] = deque()
        self._under_way = 0
        self._flushers = 0
        self._hurry = False
        self._thread: threading.Thread | None = None

    def add(self, path: str, text: str) -> None:
        """Takes a record that is JSON already."""
        dropped = 0
        with self._changed:
            self._waiting.append((path, text))
            while len(self._waiting) > self._options.max_queue:
                self._waiting.popleft()
                dropped += 1
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="turnscope", daemon=True)
                self._thread.start()
            if len(self._waiting) == 1 or len(self._waiting) >= self._options.batch_size:
                self._changed.notify_all()
        if dropped:
            self.problem(f"{dropped} records dropped: {self._options.max_queue} wait already")

    def flush(self, timeout: float | None = None) -> bool:
        """Waits until all that was recorded was sent, or given up. False where that took longer than `timeout` s."""
        with self._changed:
            self._flushers += 1
            self._changed.notify_all()
            try:
                return self._changed.wait_for(lambda: not self._waiting and self._under_way == 0, timeout)
            finally:
                self._flushers -= 1

    def close(self, timeout: float | None = None) -> bool:
        """As flush, with one more try at most: for the end of a program."""
        with self._changed:
            self._hurry = True
            self._changed.notify_all()
        try:
            return self.flush(timeout)
        finally:
            with self._changed:
                # What is recorded after all is delivered as before.
                self._hurry = False

    def problem(self, text: str) -> None:
        try:
            self._options.on_problem(text)
        except Exception:
            pass  # Its own fault, and not the bot's.

    def _work(self) -> None:
        while True:
            batch = self._next_batch()
            try:
                self._send_or_give_up(batch)
            except Exception as error:
                self.problem(f"{len(batch)} records not recorded: {error}")
            finally:
                with self._changed:
                    self._under_way = 0
                    self._changed.notify_all()

    def _next_batch(self) -> list[tuple[str, str]]:
        with self._changed:
            self._changed.wait_for(lambda: bool(self._waiting))
            if not self._is_due():
                self._changed.wait_for(self._is_due, self._options.flush_interval)
            path = self._waiting[0][0]
            batch: list[tuple[str, str]] = []
            size = 0
            while self._waiting and len(batch) < self._options.batch_size:
                own, text = self._waiting[0]
                size += len(text)
                if own != path or (batch and size > _BATCH_CHARACTERS):
                    break
                batch.append(self._waiting.popleft())
            self._under_way = len(batch)
            return batch

    def _is_due(self) -> bool:
        return len(self._waiting) >= self._options.batch_size or self._flushers > 0 or self._hurry

    def _send_or_give_up(self, batch: list[tuple[str, str]]) -> None:
        wait = _FIRST_WAIT
        tried = 0
        while True:
            failure = self._send(batch)
            tried += 1
            if failure is None:
                return
            if not failure.retried:
                self.problem(f"{len(batch)} records not recorded: {failure.problem}")
                return
            if tried > (1 if self._hurry else self._options.max_retries):
                self.problem(f"{len(batch)} records not recorded in {tried} tries: {failure.problem}")
                return
            # Half of it by chance, so that many bots do not come back at once.
            pause = wait * (0.5 + random.random() / 2) if failure.retry_after is None else failure.retry_after
            self._pause(pause)
            wait = min(wait * 2, _LONGEST_WAIT)

    def _pause(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        with self._changed:
            # The end of the program cuts it short.
            self._changed.wait_for(lambda: self._hurry, max(0.0, until - time.monotonic()))
            if self._hurry:
                self._changed.wait(min(_HURRIED_WAIT, max(0.0, until - time.monotonic())))

    def _send(self, batch: list[tuple[str, str]]) -> _Failure | None:
        url = self._options.url.rstrip("/") + batch[0][0]
        if not url.startswith(("http://", "https://")):
            return _Failure(f'"{self._options.url}" is no URL', retried=False)
        headers = {"Content-Type": "application/json", "User-Agent": "turnscope-python"}
        if self._options.token:
            headers["Authorization"] = f"Bearer {self._options.token}"
        body = ("[" + ",".join(text for _, text in batch) + "]").encode("utf-8", "replace")
        try:
            request = urllib.request.Request(url, data=body, headers=headers, method="POST")
            with self._opener.open(request, timeout=self._options.timeout) as reply:
                self._tell_of_rejected(reply.read())
            return None
        except urllib.error.HTTPError as error:
            with error:
                return self._refused(error)
        except ValueError as error:
            return _Failure(str(error), retried=False)
        except Exception as error:
            return _Failure(f"the explorer does not answer: {error}", retried=True)

    def _refused(self, error: urllib.error.HTTPError) -> _Failure:
        text = error.read(100_000)
        if error.code in (408, 429) or error.code >= 500:
            return _Failure(f"the explorer answered {error.code}", True, _seconds(error.headers.get("Retry-After")))
        if not self._tell_of_rejected(text):
            said = text[:300].decode("utf-8", "replace")
            return _Failure(f"the explorer answered {error.code}: {said}", retried=False)
        return _Failure("none of them was right", retried=False)

    def _tell_of_rejected(self, text: bytes) -> bool:
        try:
            reply = loads(text)
            items = reply.get("items", []) if isinstance(reply, dict) else []
            wrong = [item["error"] for item in items if isinstance(item, dict) and "error" in item]
        except ValueError:
            return False  # A reply without items is no explorer's; it was taken all the same.
        for error in wrong:
            self.problem(f"a record was not recorded: {error.get('message') if isinstance(error, dict) else error}")
        return bool(wrong)


def _seconds(text: str | None) -> float | None:
    try:
        return min(max(0.0, float(text)), _LONGEST_WAIT) if text is not None else None
    except ValueError:
        return None


_deliveries: weakref.WeakSet[Delivery] = weakref.WeakSet()


def _after_fork() -> None:
    # Threads do not cross a fork, locks may be held for ever, and the parent sends what waits.
    for delivery in list(_deliveries):
        delivery._begin()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
