"""A gateway as a process of its own, as the tests of the browser start it."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Gateway:
    """Keeps its port and its data over `stop` and `start`."""

    def __init__(self) -> None:
        self.folder = tempfile.mkdtemp(prefix="turnscope-python-")
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        own = re.compile(r"^(TURNSCOPE|OTLP|LANGFUSE|JAEGER)|^(PORT|HOST)$")
        settings = {name: value for name, value in os.environ.items() if not own.match(name)}
        settings.update(
            PORT=str(self.port),
            OTLP_HTTP_PORT="off",
            OTLP_GRPC_PORT="off",
            TURNSCOPE_DATA_DIR=str(Path(self.folder) / "data"),
        )
        self._process = subprocess.Popen(
            ["node", str(ROOT / "scripts" / "start.mjs")],
            cwd=self.folder,
            env=settings,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for _ in range(600):
            try:
                with urllib.request.urlopen(f"{self.url}/healthz", timeout=1):
                    return
            except OSError:
                if self._process.poll() is not None:
                    raise AssertionError("the gateway did not start") from None
                time.sleep(0.1)
        raise AssertionError("the gateway did not answer within a minute")

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(30)
            self._process = None

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(f"{self.url}/api/v1/sources/local{path}", timeout=10) as reply:
            return json.load(reply)
