import { useMemo } from 'react'
import type { Change } from '../../../domain/diff/changes.ts'
import { changesIn } from '../../../domain/diff/recorded-changes.ts'
import type { ParticipantData } from '../../../domain/model/trace.ts'
import { pathText } from '../../../ui/json/json-rows.ts'
import { printable } from '../../../ui/text/printable-text.ts'
import { briefValue } from './brief-value.ts'
import { PeekSection } from './peek-section.tsx'

const MOST = 8

const KINDS = {
  added: { glyph: '+', text: 'text-added', tint: 'bg-added-tint' },
  removed: { glyph: '−', text: 'text-removed', tint: 'bg-removed-tint' },
  modified: { glyph: '~', text: 'text-modified', tint: 'bg-modified-tint' },
  moved: { glyph: '~', text: 'text-modified', tint: 'bg-modified-tint' },
} as const

/** From here on a text's change is only named: the trace page shows its words. */
const LONG_TEXT = 40
const isLong = (value: unknown): boolean => typeof value === 'string' && value.length > LONG_TEXT

/** What the turn changed in the participant's data, in brief. Nothing where nothing changed or nothing is known. */
export function PeekChanges({ data }: { readonly data: ParticipantData | undefined }) {
  const changes = useMemo(() => (data ? changesIn(data) : []), [data])
  if (changes.length === 0) return null
  const count = (kind: Change['kind']) => changes.filter((change) => change.kind === kind).length
  return (
    <PeekSection
      title="Changes during this trace"
      after={
        <span className="inline-flex gap-2 font-mono">
          {(['added', 'removed', 'modified', 'moved'] as const).map(
            (kind) =>
              count(kind) > 0 && (
                <span key={kind} className={KINDS[kind].text} title={`${count(kind)} ${kind}`}>
                  {KINDS[kind].glyph}
                  {count(kind)}
                </span>
              ),
          )}
        </span>
      }
    >
      <ul className="grid gap-px font-mono text-code">
        {changes.slice(0, MOST).map((change, at) => (
          <Line key={at} change={change} />
        ))}
      </ul>
      {changes.length > MOST && (
        <p className="pt-1 text-label text-text-3">{changes.length - MOST} more on the trace page</p>
      )}
    </PeekSection>
  )
}

function Line({ change }: { readonly change: Change }) {
  const { glyph, text, tint } = KINDS[change.kind]
  return (
    <li className={`grid grid-cols-[18px_minmax(0,1fr)] rounded-[2px] pr-1.5 break-words ${tint}`}>
      <b className={`text-center font-bold ${text}`}>
        {glyph}
        <span className="sr-only">{change.kind}</span>
      </b>
      <span>
        {change.path.length === 0 ? '(all)' : printable(pathText(change.path))} <Values change={change} />
      </span>
    </li>
  )
}

function Values({ change }: { readonly change: Change }) {
  if (change.kind === 'moved') return <span className="text-text-3">moved from {change.from}</span>
  if (change.kind === 'added') return <span className="text-added">{briefValue(change.new)}</span>
  if (change.kind === 'removed') return <span className="text-removed">{briefValue(change.old)}</span>
  if (isLong(change.old) && isLong(change.new)) return <span className="text-text-3">words changed</span>
  return (
    <>
      <span className="text-removed">{briefValue(change.old)}</span>{' '}
      <span className="px-0.5 text-text-3">→</span>{' '}
      <span className="text-added">{briefValue(change.new)}</span>
    </>
  )
}
