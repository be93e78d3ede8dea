import type { Convention } from './convention.ts'

/** Mastra's exporter: GenAI's keys for calls, keys of its own for runs of agents and what the app adds. */
export const MASTRA: Convention = {
  name: 'Mastra',
  places: {
    session: [[85, 'mastra.metadata.sessionId']],
    participant: [[75, 'mastra.metadata.userId']],
    input: [[25, 'mastra.agent_run.input']],
    output: [[25, 'mastra.agent_run.output']],
    timeToFirstToken: [[50, 'mastra.completion_start_time', { unit: 'time' }]],
    tags: [[45, 'mastra.tags']],
  },
  kinds: [
    {
      rank: 55,
      key: 'mastra.span.type',
      kinds: {
        agent_run: 'agent',
        model_inference: 'generation',
        tool_call: 'tool',
        model_generation: 'chain',
        model_step: 'chain',
        model_chunk: 'chain',
      },
    },
  ],
}
