"""The last Python SDK that sends batches: langfuse 2.x."""
import json

from langfuse import Langfuse

langfuse = Langfuse(environment="staging", flush_at=5)
failures = [] if langfuse.auth_check() else ["auth check"]
trace = langfuse.trace(
    name="Order helper",
    user_id="ana",
    session_id="s-py2",
    tags=["vip"],
    input={"question": "Where is my order?"},
    metadata={"channel": "web"},
)
span = trace.span(name="look up", input={"order": 7})
generation = span.generation(
    name="answer",
    model="gpt-4o-mini",
    model_parameters={"temperature": "0"},
    input=[{"role": "user", "content": "Where is my order?"}],
)
trace.event(name="cache miss")
generation.end(
    output="On its way.",
    usage_details={"input": 12, "output": 5},
    cost_details={"input": 0.001, "output": 0.002, "total": 0.003},
)
span.end(output="found")
trace.update(output="On its way.", metadata={"late": True})
trace.score(name="helpful", value=1, data_type="BOOLEAN", comment="quick")
generation.score(name="relevance", value=0.75)
langfuse.flush()
langfuse.shutdown()
print(json.dumps({"traceId": trace.id, "failures": failures}))
