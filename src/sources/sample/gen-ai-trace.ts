import type { AttributeValue, Span } from '../../domain/model/span.ts'
import type { LlmStep, Turn } from './exchange.ts'
import { writeFeedback } from './feedback-span.ts'
import type { Random } from './random.ts'
import { TraceWriter } from './trace-writer.ts'

const VERSION = '1.3b0'
const HANDLER = { name: 'opentelemetry.util.genai.handler', version: VERSION }
const CLIENT = { name: 'opentelemetry.instrumentation.genai.openai', version: VERSION }

const text = (role: string, content: string): AttributeValue => ({ role, parts: [{ type: 'text', content }] })

export const costOf = (turn: Turn, step: LlmStep): number => {
  const { inputPrice, cachedPrice, outputPrice } = turn.deployment.model
  const fresh = step.inputTokens - step.cachedTokens
  const total = fresh * inputPrice + step.cachedTokens * cachedPrice + step.outputTokens * outputPrice
  return Math.round(total * 10) / 10_000_000
}

const messagesBefore = (turn: Turn): readonly AttributeValue[] => [
  text('system', turn.deployment.system),
  ...turn.history.flatMap((said) => [
    text('user', said.user),
    ...(said.bot === null ? [] : [text('assistant', said.bot)]),
  ]),
  text('user', turn.line.user),
]

/** A turn as OpenTelemetry's GenAI instrumentation (v1.41, content in spans) writes it. */
export const genAiTrace = (turn: Turn, random: Random): readonly Span[] => {
  const { deployment } = turn
  const { model } = deployment
  const writer = new TraceWriter(random, turn.start, {
    scope: HANDLER,
    resource: {
      'service.name': deployment.chatbot,
      'service.version': deployment.version,
      'deployment.environment.name': deployment.environment,
      'telemetry.sdk.language': 'python',
      'telemetry.sdk.name': 'opentelemetry',
      'telemetry.sdk.version': '1.45.2',
      'host.name': `intake-${turn.index % 3}`,
    },
  })
  const conversation = { 'gen_ai.conversation.id': turn.session }
  const failure = turn.steps.findLast((step) => 'fails' in step && step.fails !== undefined)
  const messages = [...messagesBefore(turn)]

  const chat = (step: LlmStep) =>
    writer.span(
      `chat ${model.requested}`,
      {
        scope: CLIENT,
        otelKind: 'client',
        attributes: {
          ...conversation,
          'gen_ai.operation.name': 'chat',
          'gen_ai.provider.name': model.provider,
          'gen_ai.request.model': model.requested,
          'gen_ai.request.temperature': 0.2,
          'gen_ai.request.max_tokens': 600,
          'server.address': `api.${model.provider}.example`,
          'gen_ai.input.messages': JSON.stringify(messages),
        },
      },
      (span) => {
        writer.wait(step.seconds)
        if (step.fails !== undefined) {
          span.status = { code: 'error', message: step.fails.message }
          span.set({ 'error.type': step.fails.type.split('.').at(-1) })
          return
        }
        const calls = (step.calls ?? []).map((tool) => ({
          type: 'tool_call',
          name: tool.name,
          arguments: tool.arguments,
        }))
        const parts = [...(step.text === undefined ? [] : [{ type: 'text', content: step.text }]), ...calls]
        messages.push({ role: 'assistant', parts })
        span.set({
          'gen_ai.response.model': model.answered,
          'gen_ai.response.id': `chatcmpl-${random.hex(24)}`,
          'gen_ai.response.finish_reasons': [calls.length > 0 ? 'tool_calls' : 'stop'],
          'gen_ai.usage.input_tokens': step.inputTokens,
          'gen_ai.usage.output_tokens': step.outputTokens,
          'gen_ai.usage.cache_read.input_tokens': step.cachedTokens,
          'gen_ai.usage.cost': costOf(turn, step),
          'gen_ai.response.time_to_first_chunk': Math.round(step.seconds * 300) / 1000,
          'gen_ai.output.messages': JSON.stringify([{ role: 'assistant', parts, finish_reason: 'stop' }]),
        })
      },
    )

  writer.span(
    `invoke_agent ${deployment.chatbot}`,
    {
      attributes: {
        ...conversation,
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.agent.name': deployment.chatbot,
        'gen_ai.agent.version': deployment.version,
        'gen_ai.request.model': model.requested,
        'gen_ai.input.messages': JSON.stringify([text('user', turn.line.user)]),
        'user.id': turn.participant.id,
        'user.name': turn.participant.name,
        input_channel: deployment.channel,
        'tag.tags': turn.tags.length > 0 ? turn.tags : undefined,
        'turnscope.participant_data.before': JSON.stringify(turn.before),
        'turnscope.session_data': JSON.stringify(turn.sessionData),
      },
    },
    (root) => {
      for (const step of turn.steps) {
        if (step.kind === 'llm') chat(step)
        else if (step.kind === 'tool') {
          writer.span(
            `execute_tool ${step.tool.name}`,
            {
              attributes: {
                'gen_ai.operation.name': 'execute_tool',
                'gen_ai.tool.name': step.tool.name,
                'gen_ai.tool.type': 'function',
                'gen_ai.tool.call.id': step.callId,
                'gen_ai.tool.call.arguments': JSON.stringify(step.tool.arguments),
              },
            },
            (span) => {
              writer.wait(step.seconds)
              if (step.fails !== undefined) span.fail(step.fails)
              else span.set({ 'gen_ai.tool.call.result': JSON.stringify(step.tool.result) })
            },
          )
        }
      }
      root.set({ 'turnscope.participant_data.after': JSON.stringify(turn.after) })
      if (turn.bot !== null) {
        root.set({
          'gen_ai.output.messages': JSON.stringify([
            { ...(text('assistant', turn.bot) as object), finish_reason: 'stop' },
          ]),
        })
      } else if (failure !== undefined && 'fails' in failure && failure.fails !== undefined) {
        root.status = { code: 'error', message: failure.fails.message }
        root.set({ 'error.type': failure.fails.type.split('.').at(-1) })
      }
      writeFeedback(writer, turn)
    },
  )
  return writer.spans
}
