import { type ReactNode, useState } from 'react'
import type { Trace } from '../../../domain/model/trace.ts'
import { CopyLink } from '../../../ui/copy-button.tsx'
import { durationText } from '../../../ui/text/format.ts'
import { looksLikeMarkdown, Markdown } from '../../../ui/text/markdown.tsx'
import { Names } from '../../../ui/text/names.tsx'
import { printable } from '../../../ui/text/printable-text.ts'
import { SectionHead } from '../section.tsx'

/** Why a text is missing, where the recording says so. */
const NOTES = {
  'text-not-recorded': 'Not recorded by the assistant.',
  'spoken-not-recorded': 'Spoken, not recorded.',
} as const

function Said({
  title,
  label,
  text,
  missing,
  plain,
  responses = [],
  children,
}: {
  readonly title: string
  readonly label?: string
  readonly text: string | undefined
  readonly missing: string
  readonly plain: boolean
  /** Names of responses whose words are not known. */
  readonly responses?: readonly string[]
  readonly children?: ReactNode
}) {
  return (
    <>
      <SectionHead title={title} label={label && <bdi>{printable(label)}</bdi>}>
        {children}
        {text !== undefined && text !== '' && (
          <CopyLink label={`Copy the ${title.toLowerCase()}`} text={() => text}>
            Copy
          </CopyLink>
        )}
      </SectionHead>
      {text === undefined || text === '' ? (
        (text === '' || responses.length === 0) && (
          <p className="text-data text-text-2">{text === '' ? 'An empty text.' : missing}</p>
        )
      ) : (
        <div className="max-h-[60vh] overflow-y-auto">
          <Markdown text={text} plain={plain} className="max-w-[68ch] text-prose" />
        </div>
      )}
      {responses.length > 0 && (
        <div className="grid gap-1 pt-1">
          <p className="text-label text-text-3">Sent by name; the words were not recorded.</p>
          <Names names={responses} label="Responses sent" />
        </div>
      )}
    </>
  )
}

const inputMissing = (trace: Trace): string => (trace.note && NOTES[trace.note]) ?? 'None recorded.'

const outputMissing = (trace: Trace): string => {
  if (trace.note) return NOTES[trace.note]
  if (trace.status === 'pending') return 'The turn has not ended.'
  return trace.status === 'error' ? 'None: the turn failed before an answer was given.' : 'None recorded.'
}

/** What the participant said. */
export function TurnInput({ trace }: { readonly trace: Trace }) {
  const who = [trace.participant?.name ?? trace.participant?.id, trace.channel].filter(
    (part) => part !== undefined,
  )
  const [plain, setPlain] = useState(false)
  return (
    <Said title="Input" label={who.join(', ')} text={trace.input} missing={inputMissing(trace)} plain={plain}>
      <PlainSwitch text={trace.input} plain={plain} onChange={setPlain} />
    </Said>
  )
}

/** What the assistant answered. */
export function TurnOutput({ trace }: { readonly trace: Trace }) {
  const [plain, setPlain] = useState(false)
  const answered = trace.output !== undefined && trace.status !== 'pending'
  return (
    <Said
      title="Output"
      {...(answered && { label: `after ${durationText(trace.duration)}` })}
      text={trace.output}
      missing={outputMissing(trace)}
      plain={plain}
      {...(trace.responses && { responses: trace.responses })}
    >
      <PlainSwitch text={trace.output} plain={plain} onChange={setPlain} />
    </Said>
  )
}

function PlainSwitch({
  text,
  plain,
  onChange,
}: {
  readonly text: string | undefined
  readonly plain: boolean
  readonly onChange: (plain: boolean) => void
}) {
  if (text === undefined || !looksLikeMarkdown(text)) return null
  return (
    <button
      type="button"
      aria-pressed={plain}
      className="text-label text-accent hover:underline"
      onClick={() => onChange(!plain)}
    >
      {plain ? 'Formatted' : 'Plain text'}
    </button>
  )
}
