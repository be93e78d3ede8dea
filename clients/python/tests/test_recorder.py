"""The client against a running gateway."""

from __future__ import annotations

import asyncio
import os
import threading
import time
import unittest

from gateway import Gateway, free_port
from turnscope import Recorder


class AgainstGateway(unittest.TestCase):
    gateway: Gateway

    @classmethod
    def setUpClass(cls) -> None:
        cls.gateway = Gateway()
        cls.gateway.start()

    @classmethod
    def tearDownClass(cls) -> None:
        cls.gateway.remove()

    def setUp(self) -> None:
        self.problems: list[str] = []

    def recorder(self, **options: object) -> Recorder:
        made = Recorder(
            self.gateway.url, **{"chatbot": "Fern", "on_problem": self.problems.append, **options}  # type: ignore[arg-type]
        )
        self.addCleanup(made.close, 10)
        return made

    def span(self, trace_id: str, event_id: str) -> dict:
        return self.gateway.get(f"/traces/{trace_id}/spans/{event_id}")

    def test_every_type_of_event_nested(self) -> None:
        recorder = self.recorder(environment="production", chatbot_version="7")
        trace = recorder.trace("c-1", user={"id": "ana", "name": "Ana"}, session_id="s-9", channel_id="web")
        events = {}
        with trace.message("Can I return boots?", task="turn") as message:
            events["turn"] = (message, None)
            with message.router(task="route") as router:
                events["route"] = (router, message)
                with router.retrieval("return boots", task="search") as retrieval:
                    events["search"] = (retrieval, router)
                    with retrieval.generation("p", task="answer", model="gpt-4o-mini") as generation:
                        events["answer"] = (generation, retrieval)
                        generation.end("Within 60 days.", usage={"input_tokens": 12, "output_tokens": 3})
                    retrieval.output = [{"chunk": "Boots go back within 60 days.", "score": 0.95}]
                router.output = "returns"
            with message.agent(task="think") as agent:
                events["think"] = (agent, message)
                with agent.tool({"id": 7}, task="lookup") as tool:
                    events["lookup"] = (tool, agent)
                    tool.output = {"state": "sent"}
                with agent.event(task="note") as note:
                    events["note"] = (note, agent)
            with trace.system(task="cache") as system:
                events["cache"] = (system, message)
                system.output = "warm"
            message.output = "Within 60 days."
        trace.feedback(tag="THUMBS_UP", text="thanks")
        self.assertTrue(recorder.flush(20))
        self.assertEqual(self.problems, [])

        turn = self.gateway.get(f"/traces/{trace.interaction_id}")
        self.assertEqual(turn["input"], "Can I return boots?")
        self.assertEqual(turn["output"], "Within 60 days.")
        self.assertEqual(turn["chatbot"], {"id": "Fern", "name": "Fern", "version": "7"})
        self.assertEqual(turn["session"], {"id": "c-1"})
        self.assertEqual(turn["participant"], {"id": "ana", "name": "Ana"})
        self.assertEqual(turn["environment"], "production")
        self.assertEqual(turn["status"], "ok")
        self.assertEqual(turn["metrics"]["inputTokens"], 12)
        self.assertEqual([one["name"] for one in turn["feedback"]], ["THUMBS_UP"])
        for name, (event, parent) in events.items():
            span = self.span(trace.interaction_id, event.id)["span"]
            self.assertEqual(span["name"], name)
            self.assertEqual(span["parentId"], parent and parent.id, name)
        kinds = {name: self.span(trace.interaction_id, event.id)["outline"]["kind"] for name, (event, _) in events.items()}
        self.assertEqual((kinds["lookup"], kinds["answer"], kinds["search"]), ("tool", "generation", "retrieval"))

    def test_an_exception_inside_a_context_manager_fails_the_event_and_goes_on(self) -> None:
        recorder = self.recorder()
        trace = recorder.trace("c-2")
        with self.assertRaises(KeyError):
            with trace.message("Where is it?") as message, message.tool({"id": 1}, task="lookup") as tool:
                raise KeyError("no order 1")
        self.assertTrue(recorder.flush(20))
        self.assertEqual(self.problems, [])
        turn = self.gateway.get(f"/traces/{trace.interaction_id}")
        self.assertEqual(turn["status"], "error")
        self.assertIn("no order 1", turn["error"])
        self.assertEqual(self.span(trace.interaction_id, tool.id)["outline"]["state"], "error")

    def test_async_events_and_a_second_end_that_does_nothing(self) -> None:
        recorder = self.recorder()
        trace = recorder.trace("c-3", user="bo")

        async def turn() -> None:
            async with trace.message("Hello") as message:
                await asyncio.sleep(0)
                message.end("Hi")

        asyncio.run(turn())
        self.assertTrue(recorder.flush(20))
        read = self.gateway.get(f"/traces/{trace.interaction_id}")
        self.assertEqual((read["output"], read["participant"]), ("Hi", {"id": "bo"}))

    def test_whole_turns_and_what_is_wrong_with_them(self) -> None:
        recorder = self.recorder()
        right = {
            "traceId": "python-turn-1",
            "startTime": 1_770_000_000_000_000,
            "duration": 1_200_000,
            "chatbot": {"name": "Fern"},
            "session": {"id": "c-4"},
            "input": "Thanks!",
        }
        recorder.turn(right)
        recorder.turn({**right, "traceId": "python-turn-2", "input": 5})
        self.assertTrue(recorder.flush(20))
        self.assertEqual(self.gateway.get("/traces/python-turn-1")["input"], "Thanks!")
        self.assertEqual(len(self.problems), 1)
        self.assertIn("input must be a text", self.problems[0])

    def test_values_that_json_cannot_say(self) -> None:
        recorder = self.recorder()
        trace = recorder.trace("c-5")
        circle: dict = {"name": "round"}
        circle["self"] = circle

        class Unwilling:
            def __str__(self) -> str:
                raise RuntimeError("no")

        deep: list = []
        for _ in range(200):
            deep = [deep]
        held = {"circle": circle, "nan": float("nan"), "big": 2**70, "bytes": b"\xff", "no": Unwilling(), "deep": deep}
        with trace.message("odd") as message, message.tool(held, task="odd") as tool:
            tool.output = "\ud83d half"
        self.assertTrue(recorder.flush(20))
        self.assertEqual(self.problems, [])
        arguments = self.span(trace.interaction_id, tool.id)["span"]["attributes"]["gen_ai.tool.call.arguments"]
        for part in ("[circular]", "[unreadable: RuntimeError]", '"nan":"nan"', str(2**70), "[too deep]"):
            self.assertIn(part, arguments)

    def test_many_threads_lose_nothing(self) -> None:
        recorder = self.recorder(batch_size=50)
        traces = []

        def work(number: int) -> None:
            for index in range(40):
                trace = recorder.trace(f"threads-{number}")
                with trace.message(f"{number}.{index}") as message:
                    message.output = "done"
                traces.append(trace.interaction_id)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertTrue(recorder.flush(60))
        self.assertEqual(self.problems, [])
        counts = [self.gateway.get(f"/traces/count?session=threads-{number}")["count"] for number in range(8)]
        self.assertEqual(counts, [40] * 8)

    @unittest.skipUnless(hasattr(os, "fork"), "this system has no fork")
    def test_a_forked_child_sends_its_own_and_no_other(self) -> None:
        recorder = self.recorder()
        with recorder.trace("fork-parent").message("parent"):
            pass
        child = os.fork()
        if child == 0:
            with recorder.trace("fork-child").message("child"):
                pass
            os._exit(0 if recorder.flush(20) else 1)
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        self.assertTrue(recorder.flush(20))
        self.assertEqual(self.gateway.get("/traces/count?session=fork-parent")["count"], 1)
        self.assertEqual(self.gateway.get("/traces/count?session=fork-child")["count"], 1)


class WithoutGateway(unittest.TestCase):
    def setUp(self) -> None:
        self.problems: list[str] = []

    def test_nothing_is_raised_and_the_bot_does_not_wait(self) -> None:
        recorder = Recorder(f"http://127.0.0.1:{free_port()}", on_problem=self.problems.append, max_retries=0)
        began = time.monotonic()
        with recorder.trace("c").message("hello"):
            pass
        self.assertLess(time.monotonic() - began, 1)
        self.assertTrue(recorder.close(20))
        self.assertEqual(len(self.problems), 1)
        self.assertIn("1 records not recorded", self.problems[0])

    def test_what_waits_is_bounded_and_the_oldest_goes(self) -> None:
        recorder = Recorder("http://127.0.0.1:9", on_problem=self.problems.append, max_queue=5, flush_interval=60, batch_size=100)
        for _ in range(8):
            recorder.turn({})
        self.assertEqual(sum("dropped" in problem for problem in self.problems), 3)
        self.assertTrue(recorder.close(20))

    def test_no_address_a_wrong_callback_and_a_recorder_that_is_off(self) -> None:
        def fails(problem: str) -> None:
            self.problems.append(problem)
            raise RuntimeError("a callback's own fault")

        wrong = Recorder("not an address", on_problem=fails)
        wrong.trace("c").message("hello").end()
        self.assertTrue(wrong.flush(20))
        self.assertIn("is no URL", self.problems[0])
        off = Recorder("not an address", on_problem=fails, enabled=False)
        off.trace("c").message("hello").end()
        self.assertTrue(off.flush(5))
        self.assertEqual(len(self.problems), 1)


class DownAndBack(unittest.TestCase):
    def test_what_is_recorded_while_the_gateway_is_down_arrives_when_it_is_back(self) -> None:
        gateway = Gateway()
        self.addCleanup(gateway.remove)
        gateway.start()
        problems: list[str] = []
        recorder = Recorder(gateway.url, chatbot="Fern", on_problem=problems.append, flush_interval=0.1, max_retries=100)
        self.addCleanup(recorder.close, 10)
        with recorder.trace("down").message("before"):
            pass
        self.assertTrue(recorder.flush(20))
        gateway.stop()
        for index in range(20):
            with recorder.trace("down").message(f"while it is down {index}"):
                pass
        self.assertFalse(recorder.flush(1.5))
        gateway.start()
        self.assertTrue(recorder.flush(60))
        self.assertEqual(problems, [])
        self.assertEqual(gateway.get("/traces/count?session=down")["count"], 21)


if __name__ == "__main__":
    unittest.main()
