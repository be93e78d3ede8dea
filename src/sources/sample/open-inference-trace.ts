import type { Span } from '../../domain/model/span.ts'
import type { LlmStep, Turn } from './exchange.ts'
import { writeFeedback } from './feedback-span.ts'
import { costOf } from './gen-ai-trace.ts'
import type { Random } from './random.ts'
import { TraceWriter, type Values } from './trace-writer.ts'

const AGENT = { name: 'relaydesk.answers', version: '2.3.0' }
const OPENAI = { name: 'openinference.instrumentation.openai', version: '0.1.66' }

const messagesOf = (prefix: string, messages: readonly { role: string; content: string }[]): Values => {
  const values: { [key: string]: string } = {}
  messages.forEach((message, index) => {
    values[`${prefix}.${index}.message.role`] = message.role
    values[`${prefix}.${index}.message.content`] = message.content
  })
  return values
}

/** A turn of a retrieval bot as OpenInference's instrumentation writes it. */
export const openInferenceTrace = (turn: Turn, random: Random): readonly Span[] => {
  const { deployment } = turn
  const { model } = deployment
  const writer = new TraceWriter(random, turn.start, {
    scope: AGENT,
    resource: {
      'service.name': 'support-rag',
      'service.version': deployment.version,
      'deployment.environment.name': deployment.environment,
      'telemetry.sdk.language': 'python',
      'telemetry.sdk.name': 'opentelemetry',
      'telemetry.sdk.version': '1.45.2',
    },
  })
  const who = { 'session.id': turn.session, 'user.id': turn.participant.id }
  const found = turn.steps.flatMap((step) => (step.kind === 'retrieval' ? step.retrieval.documents : []))
  const prompt = [
    { role: 'system', content: deployment.system },
    ...turn.history.flatMap((said) => [
      { role: 'user', content: said.user },
      ...(said.bot === null ? [] : [{ role: 'assistant', content: said.bot }]),
    ]),
    {
      role: 'user',
      content:
        found.length === 0
          ? turn.line.user
          : `Context:\n${found.map((document) => `[${document.id}] ${document.content}`).join('\n\n')}\n\nQuestion: ${turn.line.user}`,
    },
  ]

  const chat = (step: LlmStep) =>
    writer.span(
      'ChatCompletion',
      {
        scope: OPENAI,
        attributes: {
          ...who,
          'openinference.span.kind': 'LLM',
          'llm.provider': model.provider,
          'llm.system': model.provider,
          'llm.model_name': model.answered,
          'llm.invocation_parameters': JSON.stringify({
            model: model.requested,
            temperature: 0.1,
            max_tokens: 500,
          }),
          'input.mime_type': 'application/json',
          'input.value': JSON.stringify({ model: model.requested, messages: prompt }),
          ...messagesOf('llm.input_messages', prompt),
        },
      },
      (span) => {
        writer.wait(step.seconds * 0.35)
        if (step.fails !== undefined) {
          writer.wait(step.seconds * 0.65)
          span.fail(step.fails)
          return
        }
        span.event('First Token Stream Event')
        writer.wait(step.seconds * 0.65)
        const calls: { [key: string]: string } = {}
        step.calls?.forEach((tool, index) => {
          const at = `llm.output_messages.0.message.tool_calls.${index}.tool_call.function`
          calls[`${at}.name`] = tool.name
          calls[`${at}.arguments`] = JSON.stringify(tool.arguments)
        })
        span.set({
          ...messagesOf('llm.output_messages', [{ role: 'assistant', content: step.text ?? '' }]),
          ...calls,
          'output.value': step.text,
          'output.mime_type': step.text === undefined ? undefined : 'text/plain',
          'llm.token_count.prompt': step.inputTokens,
          'llm.token_count.completion': step.outputTokens,
          'llm.token_count.total': step.inputTokens + step.outputTokens,
          'llm.token_count.prompt_details.cache_read': step.cachedTokens,
          'llm.cost.total': costOf(turn, step),
        })
        span.ok()
      },
    )

  const searchKnowledge = (step: Extract<Turn['steps'][number], { kind: 'retrieval' }>) =>
    writer.span(
      'search_docs',
      { attributes: { ...who, 'openinference.span.kind': 'RETRIEVER', 'input.value': step.retrieval.query } },
      (span) => {
        writer.span(
          'CreateEmbeddings',
          {
            scope: OPENAI,
            attributes: {
              'openinference.span.kind': 'EMBEDDING',
              'embedding.model_name': 'text-embedding-3-small',
              'embedding.embeddings.0.embedding.text': step.retrieval.query,
              'llm.token_count.prompt': step.embeddingTokens,
              'llm.token_count.total': step.embeddingTokens,
            },
          },
          (embedding) => {
            writer.wait(random.skewed(0.04, 0.3))
            embedding.ok()
          },
        )
        writer.wait(step.seconds)
        const documents: { [key: string]: string | number } = {}
        step.retrieval.documents.forEach((document, index) => {
          const at = `retrieval.documents.${index}.document`
          documents[`${at}.id`] = document.id
          documents[`${at}.content`] = document.content
          documents[`${at}.score`] = Math.round(document.score * 1000) / 1000
        })
        span.set(documents)
        span.ok()
      },
    )

  writer.span(
    'answer_question',
    {
      attributes: {
        ...who,
        'openinference.span.kind': 'AGENT',
        'agent.name': deployment.chatbot,
        'input.value': turn.line.user,
        'input.mime_type': 'text/plain',
        'tag.tags': turn.tags.length > 0 ? turn.tags : undefined,
        input_channel: deployment.channel,
        metadata: JSON.stringify({ language: turn.language, plan: turn.before.plan ?? null }),
        'turnscope.participant_data.before': JSON.stringify(turn.before),
      },
    },
    (root) => {
      let failed = false
      for (const step of turn.steps) {
        if (step.kind === 'llm') chat(step)
        else if (step.kind === 'retrieval') searchKnowledge(step)
        else if (step.kind === 'tool') {
          writer.span(
            step.tool.name,
            {
              attributes: {
                'openinference.span.kind': 'TOOL',
                'tool.name': step.tool.name,
                'input.value': JSON.stringify(step.tool.arguments),
                'input.mime_type': 'application/json',
              },
            },
            (span) => {
              writer.wait(step.seconds)
              if (step.fails !== undefined) span.fail(step.fails)
              else {
                span.set({
                  'output.value': JSON.stringify(step.tool.result),
                  'output.mime_type': 'application/json',
                })
                span.ok()
              }
            },
          )
        }
        const fails = 'fails' in step ? step.fails : undefined
        failed = fails !== undefined
        if (failed && turn.bot === null && fails !== undefined) root.fail(fails)
      }
      root.set({ 'turnscope.participant_data.after': JSON.stringify(turn.after) })
      if (turn.bot !== null) {
        root.set({ 'output.value': turn.bot, 'output.mime_type': 'text/plain' })
        root.ok()
      }
      writeFeedback(writer, turn)
    },
  )
  return writer.spans
}
