// The last JavaScript SDK that sends batches: langfuse 3.x.
import { Langfuse } from 'langfuse'

const failures = []
const langfuse = new Langfuse({ environment: 'staging', flushAt: 5 })
langfuse.on('error', (error) => failures.push(String(error)))
const trace = langfuse.trace({
  name: 'Order helper',
  userId: 'ana',
  sessionId: 's-js3',
  tags: ['vip'],
  input: { question: 'Where is my order?' },
  metadata: { channel: 'web' },
})
const span = trace.span({ name: 'look up', input: { order: 7 } })
const generation = span.generation({
  name: 'answer',
  model: 'gpt-4o-mini',
  modelParameters: { temperature: 0 },
  input: [{ role: 'user', content: 'Where is my order?' }],
})
trace.event({ name: 'cache miss' })
generation.end({
  output: 'On its way.',
  usage: { input: 12, output: 5, unit: 'TOKENS' },
  costDetails: { input: 0.001, output: 0.002, total: 0.003 },
})
span.end({ output: 'found' })
trace.update({ output: 'On its way.', metadata: { late: true } })
trace.score({ name: 'helpful', value: 1, dataType: 'BOOLEAN', comment: 'quick' })
generation.score({ name: 'relevance', value: 0.75 })
await langfuse.flushAsync()
await langfuse.shutdownAsync()
console.log(JSON.stringify({ traceId: trace.id, failures }))
