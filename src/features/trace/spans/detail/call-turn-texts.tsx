import type { CallTurn, Trace } from '../../../../domain/model/trace.ts'
import { LongText } from '../../../../ui/text/long-text.tsx'
import { SectionHead } from '../../section.tsx'

/** What caller and assistant said in the turn of a call that a span is; its own recording holds no text. */
export function CallTurnTexts({ trace, turn }: { readonly trace: Trace; readonly turn: CallTurn }) {
  const missing = trace.note === 'text-not-recorded' ? 'Not recorded.' : 'Spoken, not recorded.'
  const heard = turn.trigger === undefined ? missing : `No words: ${turn.trigger}.`
  const said = [
    { title: 'Caller', text: turn.input, missing: heard },
    { title: 'Assistant', text: turn.output, missing },
  ]
  return said.map((one) => (
    <section key={one.title} className="border-b border-border-1 px-gutter pt-2.5 pb-3">
      <SectionHead title={one.title} level={3} label={`turn ${turn.index} of the call`} />
      {one.text === undefined ? (
        <p className="text-data text-text-2">{one.missing}</p>
      ) : (
        <LongText text={one.text} className="text-prose" />
      )}
    </section>
  ))
}
