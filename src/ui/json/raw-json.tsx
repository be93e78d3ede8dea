import { useMemo, useState } from 'react'
import { CopyLink } from '../copy-button.tsx'
import { printable } from '../text/printable-text.ts'
import { type Json, jsonLines, jsonText } from './json-lines.ts'

/** Lines drawn at once; a value of a million nodes shows these and the way to more. */
const CHUNK = 1_000
/** Characters of one line: a text of megabytes is one line of JSON. */
const LONGEST_LINE = 20_000

interface Drawn {
  readonly chunks: readonly string[]
  readonly more: boolean
}

const draw = (value: Json, chunks: number): Drawn => {
  const lines = jsonLines(value)
  const drawn: string[] = []
  for (let i = 0; i < chunks; i++) {
    const chunk: string[] = []
    for (let line = lines.next(); !line.done; line = lines.next()) {
      const text = line.value
      chunk.push(text.length > LONGEST_LINE ? `${text.slice(0, LONGEST_LINE)}… (cut in this view)` : text)
      if (chunk.length === CHUNK) break
    }
    if (chunk.length > 0) drawn.push(printable(chunk.join('\n')))
    if (chunk.length < CHUNK) return { chunks: drawn, more: false }
  }
  return { chunks: drawn, more: !lines.next().done }
}

/** A value as indented JSON, as recorded, a thousand lines at a time. */
export function RawJson({ value, label }: { readonly value: Json; readonly label: string }) {
  const [count, setCount] = useState(1)
  const drawn = useMemo(() => draw(value, count), [value, count])
  return (
    <div>
      <div className="rounded-1 bg-surface-2 px-2 py-1.5 font-mono text-code text-text-1">
        {drawn.chunks.map((chunk, at) => (
          <pre key={at} dir="ltr" className="m-0 wrap-anywhere whitespace-pre-wrap">
            {chunk}
          </pre>
        ))}
      </div>
      <p className="mt-1 flex gap-3 text-label text-text-3">
        {drawn.more && (
          <>
            <span>First {(count * CHUNK).toLocaleString('en')} lines.</span>
            <button type="button" className="text-accent hover:underline" onClick={() => setCount(count * 4)}>
              Show more
            </button>
          </>
        )}
        <CopyLink label={`Copy ${label} as JSON`} text={() => jsonText(value)}>
          Copy JSON
        </CopyLink>
      </p>
    </div>
  )
}
