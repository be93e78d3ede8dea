// The newest JavaScript SDK: spans over OTLP, scores in batches.
import { LangfuseClient } from '@langfuse/client'
import { LangfuseSpanProcessor } from '@langfuse/otel'
import { propagateAttributes, startActiveObservation } from '@langfuse/tracing'
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node'

const failures = []
const processor = new LangfuseSpanProcessor({ environment: 'staging' })
new NodeTracerProvider({ spanProcessors: [processor] }).register()
const client = new LangfuseClient()
let traceId = ''
let spanId = ''
await startActiveObservation('Order helper', async (root) => {
  await propagateAttributes(
    { traceName: 'Order helper', userId: 'ana', sessionId: 's-js5', tags: ['vip'] },
    async () => {
      traceId = root.traceId
      root.update({ input: 'Where is my order?', output: 'On its way.' })
      const span = root.startObservation('look up', { input: { order: 7 } })
      const generation = span.startObservation(
        'answer',
        {
          model: 'gpt-4o-mini',
          input: [{ role: 'user', content: 'Where is my order?' }],
          output: 'On its way.',
          usageDetails: { input: 12, output: 5 },
          costDetails: { input: 0.001, output: 0.002, total: 0.003 },
        },
        { asType: 'generation' },
      )
      spanId = generation.id
      generation.end()
      span.end()
    },
  )
})
client.score.create({ traceId, name: 'helpful', value: 1, dataType: 'BOOLEAN', comment: 'quick' })
client.score.create({ traceId, observationId: spanId, name: 'relevance', value: 0.75 })
await processor.forceFlush()
await client.flush()
const health = await client.api.health.health()
const projects = await client.api.projects.get()
if (health.status !== 'OK' || projects.data.length !== 1) failures.push('no project')
await client.shutdown()
console.log(JSON.stringify({ traceId, failures }))
