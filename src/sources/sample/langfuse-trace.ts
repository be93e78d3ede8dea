import type { Span } from '../../domain/model/span.ts'
import type { LlmStep, Turn } from './exchange.ts'
import { writeFeedback } from './feedback-span.ts'
import { costOf } from './gen-ai-trace.ts'
import type { Random } from './random.ts'
import { TraceWriter } from './trace-writer.ts'

/** A turn of a pipeline that is traced with Langfuse's SDK, as it arrives by OpenTelemetry. */
export const langfuseTrace = (turn: Turn, random: Random): readonly Span[] => {
  const { deployment } = turn
  const { model } = deployment
  const writer = new TraceWriter(random, turn.start, {
    scope: { name: 'langfuse-sdk', version: '5.0.4' },
    resource: {
      'service.name': 'benefits-helper',
      'telemetry.sdk.language': 'python',
      'telemetry.sdk.name': 'opentelemetry',
      'telemetry.sdk.version': '1.45.2',
    },
  })
  const ofTrace = {
    'langfuse.environment': deployment.environment,
    'langfuse.version': deployment.version,
    'session.id': turn.session,
    'user.id': turn.participant.id,
    'user.name': turn.participant.name,
    'langfuse.trace.name': deployment.chatbot,
  }
  const messages = [
    { role: 'system', content: deployment.system },
    ...turn.history.flatMap((said) => [
      { role: 'user', content: said.user },
      ...(said.bot === null ? [] : [{ role: 'assistant', content: said.bot }]),
    ]),
    { role: 'user', content: turn.line.user },
  ]

  const generation = (step: LlmStep) =>
    writer.span(
      'Respond',
      {
        attributes: {
          ...ofTrace,
          'langfuse.observation.type': 'generation',
          'langfuse.observation.model.name': model.answered,
          'langfuse.observation.model.parameters': JSON.stringify({ temperature: 0.3, max_tokens: 400 }),
          'langfuse.observation.input': JSON.stringify(messages),
        },
      },
      (span) => {
        writer.wait(step.seconds)
        if (step.fails !== undefined) {
          span.fail(step.fails)
          span.set({
            'langfuse.observation.level': 'ERROR',
            'langfuse.observation.status_message': step.fails.message,
          })
          return
        }
        span.set({
          'langfuse.observation.output': JSON.stringify({
            role: 'assistant',
            content: step.text ?? null,
            ...(step.calls === undefined
              ? {}
              : {
                  tool_calls: step.calls.map((tool) => ({
                    type: 'function',
                    function: { name: tool.name, arguments: JSON.stringify(tool.arguments) },
                  })),
                }),
          }),
          'langfuse.observation.usage_details': JSON.stringify({
            input: step.inputTokens - step.cachedTokens,
            input_cached_tokens: step.cachedTokens,
            output: step.outputTokens,
            total: step.inputTokens + step.outputTokens,
          }),
          'langfuse.observation.cost_details': JSON.stringify({ total: costOf(turn, step) }),
        })
      },
    )

  writer.span(
    deployment.chatbot,
    {
      attributes: {
        ...ofTrace,
        'langfuse.observation.type': 'agent',
        'langfuse.observation.input': turn.line.user,
        'langfuse.trace.input': turn.line.user,
        'langfuse.trace.tags': turn.tags.length > 0 ? turn.tags : undefined,
        'langfuse.trace.metadata.input_channel': deployment.channel,
        'langfuse.trace.metadata.language': turn.language,
        'turnscope.participant_data.before': JSON.stringify(turn.before),
        'turnscope.session_data': JSON.stringify(turn.sessionData),
      },
    },
    (root) => {
      writer.span('Route', { attributes: { ...ofTrace, 'langfuse.observation.type': 'chain' } }, () =>
        writer.wait(random.skewed(0.002, 0.02)),
      )
      for (const step of turn.steps) {
        if (step.kind === 'llm') generation(step)
        else if (step.kind === 'pipeline') {
          writer.span(
            step.node,
            { attributes: { ...ofTrace, 'langfuse.observation.type': 'chain' } },
            (span) => {
              writer.wait(random.skewed(0.1, 0.4))
              span.fail(step.fails)
              span.set({
                'langfuse.observation.level': 'ERROR',
                'langfuse.observation.status_message': step.fails.message,
              })
            },
          )
        } else if (step.kind === 'tool') {
          writer.span(
            step.tool.name,
            {
              attributes: {
                ...ofTrace,
                'langfuse.observation.type': 'tool',
                'langfuse.observation.input': JSON.stringify(step.tool.arguments),
              },
            },
            (span) => {
              writer.wait(step.seconds)
              if (step.fails === undefined)
                span.set({ 'langfuse.observation.output': JSON.stringify(step.tool.result) })
              else {
                span.fail(step.fails)
                span.set({
                  'langfuse.observation.level': 'ERROR',
                  'langfuse.observation.status_message': step.fails.message,
                })
              }
            },
          )
        }
        const fails = 'fails' in step ? step.fails : undefined
        if (fails !== undefined && turn.bot === null) {
          root.fail(fails)
          root.set({ 'langfuse.observation.level': 'ERROR' })
        }
      }
      root.set({ 'turnscope.participant_data.after': JSON.stringify(turn.after) })
      writeFeedback(writer, turn)
      if (turn.bot !== null)
        root.set({ 'langfuse.observation.output': turn.bot, 'langfuse.trace.output': turn.bot })
    },
  )
  return writer.spans
}
