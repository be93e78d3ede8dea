import { LangfuseSpanProcessor } from '@langfuse/otel'
import { setLangfuseTracerProvider, startObservation } from '@langfuse/tracing'
import { type Context, ROOT_CONTEXT, type Span, SpanStatusCode, trace } from '@opentelemetry/api'
import { OTLPTraceExporter as GrpcExporter } from '@opentelemetry/exporter-trace-otlp-grpc'
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { OTLPTraceExporter as ProtoExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { BasicTracerProvider, BatchSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace-base'
import { expect } from '@playwright/test'
import { type RunningGateway, test } from './gateway.ts'

/** A turn as a bot instrumented with the GenAI conventions makes it: agent, generation, tool. */
async function sendTurn(exporter: SpanExporter, question: string) {
  const provider = new BasicTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] })
  const tracer = provider.getTracer('bot')
  const child = (parent: Span, name: string, attributes: Record<string, string | number>) => {
    const context: Context = trace.setSpan(ROOT_CONTEXT, parent)
    return tracer.startSpan(name, { attributes }, context)
  }
  const message = (role: string, content: string) =>
    JSON.stringify([{ role, parts: [{ type: 'text', content }] }])
  const agent = tracer.startSpan('invoke_agent Harbour', {
    attributes: {
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': 'Harbour',
      'gen_ai.conversation.id': 'exported-1',
      'user.id': 'noor',
      'gen_ai.input.messages': message('user', question),
      'gen_ai.output.messages': message('assistant', `You asked: ${question}`),
    },
  })
  child(agent, 'chat', {
    'gen_ai.operation.name': 'chat',
    'gen_ai.request.model': 'gpt-4o-mini',
    'gen_ai.usage.input_tokens': 120,
    'gen_ai.usage.output_tokens': 9,
  }).end()
  const tool = child(agent, 'execute_tool tide_table', {
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': 'tide_table',
  })
  tool.setStatus({ code: SpanStatusCode.OK })
  tool.end()
  agent.end()
  await provider.forceFlush()
  await provider.shutdown()
}

async function sendWithLangfuse(gateway: RunningGateway, question: string) {
  const provider = new BasicTracerProvider({
    spanProcessors: [
      new LangfuseSpanProcessor({
        publicKey: 'pk-any',
        secretKey: 'sk-any',
        baseUrl: gateway.otlpUrl,
        exportMode: 'immediate',
      }),
    ],
  })
  setLangfuseTracerProvider(provider)
  const turn = startObservation('Harbour', { input: question }, { asType: 'agent' })
  const generation = turn.startObservation(
    'answer',
    { model: 'gpt-4o-mini', input: [{ role: 'user', content: question }] },
    { asType: 'generation' },
  )
  generation
    .update({ output: `You asked: ${question}`, usageDetails: { input: 120, output: 9, total: 129 } })
    .end()
  turn.update({ output: `You asked: ${question}` }).end()
  await provider.forceFlush()
  setLangfuseTracerProvider(null)
  await provider.shutdown()
}

const SENDERS: readonly [name: string, send: (gateway: RunningGateway, question: string) => Promise<void>][] =
  [
    [
      'protobuf over HTTP',
      (at, text) => sendTurn(new ProtoExporter({ url: `${at.otlpUrl}/v1/traces` }), text),
    ],
    ['JSON over HTTP', (at, text) => sendTurn(new JsonExporter({ url: `${at.otlpUrl}/v1/traces` }), text)],
    [
      'protobuf over HTTP on the main port',
      (at, text) => sendTurn(new ProtoExporter({ url: `${at.url}/v1/traces` }), text),
    ],
    ['gRPC on its port', (at, text) => sendTurn(new GrpcExporter({ url: `http://${at.grpcAddress}` }), text)],
    ['gRPC on the HTTP port', (at, text) => sendTurn(new GrpcExporter({ url: at.otlpUrl }), text)],
    ["Langfuse's SDK", sendWithLangfuse],
  ]

test('turns of the real exporters stand in the table as soon as they were taken', async ({
  freshGateway,
  page,
}) => {
  for (const [name, send] of SENDERS) {
    const question = `When is high tide, by ${name}?`
    await send(freshGateway, question)
    await page.goto(`${freshGateway.url}/local/traces`)
    const row = page.getByRole('row').filter({ hasText: question })
    await expect(row, name).toHaveCount(1)
    await expect(row).toContainText('Harbour')
    await expect(row).toContainText('129')
  }
})

test('an open table announces turns that come', async ({ freshGateway, page }) => {
  await sendTurn(new ProtoExporter({ url: `${freshGateway.otlpUrl}/v1/traces` }), 'The first one')
  await page.goto(`${freshGateway.url}/local/traces`)
  await expect(page.getByRole('row').filter({ hasText: 'The first one' })).toHaveCount(1)
  await sendTurn(new ProtoExporter({ url: `${freshGateway.otlpUrl}/v1/traces` }), 'The second one')
  await page.getByText('1 new').click()
  await expect(page.getByRole('row').filter({ hasText: 'The second one' })).toHaveCount(1)
})
