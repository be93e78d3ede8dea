import type { Span } from '../src/domain/model/span.ts'
import { encodeTracesProtobuf } from '../src/formats/otlp/testing/encode-traces-protobuf.ts'
import type { Random } from '../src/sources/sample/random.ts'
import { Random as Seeded } from '../src/sources/sample/random.ts'
import { TraceWriter } from '../src/sources/sample/trace-writer.ts'

const NAMES = [
  'MessageProcessor._predict_next_with_tracker',
  'GraphNode.FlowPolicy',
  'rasa.core.policies.flows.flow_executor.run_step',
  'chat gpt-4.1-mini',
  'execute_tool lookup_order',
  'Milvus_Store.search',
  'SELECT bookings',
  'POST /v2/quote',
] as const

/** One trace of about so many spans, eight levels deep, a few of them failing. */
export function longTrace(size: number, seed: number, start: number): readonly Span[] {
  const random: Random = new Seeded(seed, size)
  const writer = new TraceWriter(random, start, {
    scope: { name: 'bench' },
    resource: { 'service.name': 'long-runner', 'deployment.environment.name': 'bench' },
  })
  let left = size - 1
  const grow = (depth: number): void => {
    const children = depth === 0 ? Number.POSITIVE_INFINITY : random.int(0, depth > 7 ? 0 : 6)
    for (let index = 0; index < children && left > 0; index++) {
      left--
      const name = random.pick(NAMES)
      writer.span(
        name,
        {
          attributes: {
            'gen_ai.operation.name': name.startsWith('chat') ? 'chat' : undefined,
            'gen_ai.request.model': name.startsWith('chat') ? 'gpt-4.1-mini' : undefined,
            step: index,
            note: `step ${index} at depth ${depth} of a long run`,
          },
        },
        (span) => {
          writer.wait(random.skewed(0.0001, 0.01))
          grow(depth + 1)
          if (random.chance(0.0005)) span.fail({ type: 'TimeoutError', message: 'no answer in 3 s' })
        },
      )
    }
  }
  writer.span(
    'invoke_agent long-runner',
    {
      attributes: {
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.agent.name': `Long Runner ${size}`,
        'gen_ai.conversation.id': `long-${size}`,
      },
    },
    () => grow(0),
  )
  return writer.spans
}

/** Sends spans by OTLP/HTTP in requests of a usual size; rejects where one is not taken. */
export async function sendSpans(address: string, spans: readonly Span[], perRequest = 5000): Promise<void> {
  for (let at = 0; at < spans.length; at += perRequest) {
    const reply = await fetch(`${address}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf' },
      body: Buffer.from(encodeTracesProtobuf(spans.slice(at, at + perRequest))),
    })
    if (!reply.ok) throw new Error(`OTLP: ${reply.status} ${await reply.text()}`)
  }
}
