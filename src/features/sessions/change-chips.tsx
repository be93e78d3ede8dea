import { useMemo } from 'react'
import type { Change } from '../../domain/diff/changes.ts'
import { changesIn } from '../../domain/diff/recorded-changes.ts'
import type { ParticipantData } from '../../domain/model/trace.ts'
import { pathText } from '../../ui/json/json-rows.ts'
import { Link } from '../../ui/link.tsx'
import { formatCount } from '../../ui/text/format.ts'
import { printable } from '../../ui/text/printable-text.ts'

/** Chips that stand in a turn's row; the others are counted. */
const MOST = 8
const LONGEST = 48

const KINDS: Record<Change['kind'], { glyph: string; word: string; look: string }> = {
  added: { glyph: '+', word: 'added', look: 'bg-added-tint text-added' },
  removed: { glyph: '−', word: 'removed', look: 'bg-removed-tint text-removed' },
  modified: { glyph: '~', word: 'modified', look: 'bg-modified-tint text-modified' },
  moved: { glyph: '~', word: 'moved', look: 'bg-modified-tint text-modified' },
}

/** The end of a path tells more than its beginning. */
const shortPath = (path: string): string =>
  path.length <= LONGEST ? path : `…${[...path].slice(1 - LONGEST).join('')}`

/** What a turn changed in the participant's data, a chip a path; each leads to the trace's changes. */
export function ChangeChips({ data, to }: { readonly data: ParticipantData; readonly to: string }) {
  const changes = useMemo(() => changesIn(data), [data])
  if (changes.length === 0) return null
  const target = `${to}#changes`
  return (
    <ul aria-label="Changed participant data" className="mt-1 flex flex-wrap gap-1 font-mono text-key">
      {changes.slice(0, MOST).map((change, at) => {
        const { glyph, word, look } = KINDS[change.kind]
        const path = change.path.length === 0 ? '(all)' : printable(pathText(change.path))
        return (
          <li key={at} className="min-w-0">
            <Link
              to={target}
              title={`${path} ${word}`}
              className={`cut block rounded-[2px] px-[5px] ${look}`}
            >
              <span aria-hidden="true">{glyph} </span>
              <bdi>{shortPath(path)}</bdi>
              <span className="sr-only"> {word}</span>
            </Link>
          </li>
        )
      })}
      {changes.length > MOST && (
        <li>
          <Link to={target} className="px-[5px] font-sans text-label text-accent">
            +{formatCount(changes.length - MOST)} more
          </Link>
        </li>
      )}
    </ul>
  )
}
