"""The newest Python SDK: spans over OTLP, scores in batches."""
import json

from langfuse import Langfuse, propagate_attributes

langfuse = Langfuse(environment="staging")
failures = [] if langfuse.auth_check() else ["auth check"]
with langfuse.start_as_current_observation(name="Order helper", input="Where is my order?") as root:
    with propagate_attributes(trace_name="Order helper", user_id="ana", session_id="s-py4", tags=["vip"]):
        with langfuse.start_as_current_observation(name="look up", input={"order": 7}):
            with langfuse.start_as_current_observation(
                name="answer",
                as_type="generation",
                model="gpt-4o-mini",
                input=[{"role": "user", "content": "Where is my order?"}],
                output="On its way.",
                usage_details={"input": 12, "output": 5},
                cost_details={"input": 0.001, "output": 0.002, "total": 0.003},
            ) as generation:
                pass
    root.update(output="On its way.")
trace_id = root.trace_id
langfuse.create_score(trace_id=trace_id, name="helpful", value=1, data_type="BOOLEAN", comment="quick")
langfuse.create_score(trace_id=trace_id, observation_id=generation.id, name="relevance", value=0.75)
langfuse.flush()
langfuse.shutdown()
print(json.dumps({"traceId": trace_id, "failures": failures}))
