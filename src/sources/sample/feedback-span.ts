import type { Turn } from './exchange.ts'
import type { TraceWriter } from './trace-writer.ts'

/** What a participant thought of the answer: a span each, as a bot records it under the project's own keys. */
export const writeFeedback = (writer: TraceWriter, turn: Turn): void => {
  for (const { name, value, comment } of turn.line.feedback ?? []) {
    if (turn.bot !== turn.line.bot) return
    writer.span('feedback', {
      attributes: {
        'openinference.span.kind': 'FEEDBACK',
        'turnscope.feedback.name': name,
        'turnscope.feedback.value': value,
        'turnscope.feedback.comment': comment,
      },
    })
  }
}
