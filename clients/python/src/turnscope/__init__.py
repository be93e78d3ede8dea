"""Records a bot's turns in Turnscope."""

from .events import Event, Trace
from .recorder import Recorder

__all__ = ["Event", "Recorder", "Trace"]
