import { expect, it } from 'vitest'
import { STEPS } from './schema.ts'

/** What step 8 says, which is made of a list (typed-spans.ts). */
const STEP_8 = [
  `CREATE TABLE typed_spans (${[
    'trace_key INTEGER, trace_id VARCHAR, span_id VARCHAR, trace_start BIGINT',
    'trace_kind VARCHAR, start_time BIGINT, duration BIGINT, self_time BIGINT',
    'name VARCHAR, kind VARCHAR, service VARCHAR, state VARCHAR',
    'failed BOOLEAN, is_cause BOOLEAN, error_type VARCHAR, error VARCHAR',
    'part VARCHAR, within_tool VARCHAR, model VARCHAR, provider VARCHAR',
    'tool VARCHAR, flows VARCHAR, component VARCHAR, vector_store VARCHAR',
    'documents INTEGER, input_tokens DOUBLE, cached_tokens DOUBLE, output_tokens DOUBLE',
    'reasoning_tokens DOUBLE, total_tokens DOUBLE, embedding_tokens DOUBLE, cost DOUBLE',
    'first_token BIGINT, streamed BOOLEAN, is_llm_turn BOOLEAN, is_tool_call BOOLEAN',
    'counts_tokens BOOLEAN, counts_cost BOOLEAN',
  ].join(', ')})`,
  `CREATE TABLE untyped (
    trace_id VARCHAR NOT NULL, start_time BIGINT NOT NULL, may_have_rows BOOLEAN NOT NULL)`,
  'INSERT INTO untyped SELECT trace_id, start_time, false FROM traces',
]

it('leaves step 8 as it was published', () => {
  expect(STEPS[7], 'a published step never changes: add a step, and columns with its version').toEqual(STEP_8)
})
