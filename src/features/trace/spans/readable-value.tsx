import { useMemo, useState } from 'react'
import type { AttributeValue } from '../../../domain/span.ts'
import { JsonView } from '../../../ui/json-view.tsx'
import { looksLikeMarkdown, Markdown } from '../../../ui/markdown.tsx'
import { Pair, Pairs } from './key-values.tsx'

/** Longer texts are not tried as JSON: reading megabytes only to show them is not worth the wait. */
const LONGEST_PARSED = 500_000

/** Text that holds a JSON object or list, as that; anything else as it is. */
export const unpacked = (value: AttributeValue): AttributeValue => {
  if (typeof value !== 'string' || value.length > LONGEST_PARSED || !/^\s*[[{]/.test(value)) return value
  try {
    return JSON.parse(value) as AttributeValue
  } catch {
    return value
  }
}

const isPlain = (value: AttributeValue): value is string | number | boolean | null =>
  typeof value !== 'object' || value === null

const MOST_PAIRS = 24

/** An object of a few plain values reads as pairs. */
const asPairs = (value: AttributeValue): readonly (readonly [string, string])[] | undefined => {
  if (isPlain(value) || Array.isArray(value)) return undefined
  const entries = Object.entries(value)
  if (entries.length === 0 || entries.length > MOST_PAIRS) return undefined
  return entries.every(([, one]) => isPlain(one) && String(one).length < 300)
    ? entries.map(([name, one]) => [name, String(one)] as const)
    : undefined
}

/** A text with a switch between Markdown and as it was written. */
export function ReadableText({ text }: { readonly text: string }) {
  const [plain, setPlain] = useState(false)
  return (
    <div>
      <Markdown text={text} plain={plain} className="text-prose" />
      {looksLikeMarkdown(text) && (
        <button
          type="button"
          aria-pressed={plain}
          className="text-label text-accent hover:underline"
          onClick={() => setPlain(!plain)}
        >
          {plain ? 'Formatted' : 'Plain text'}
        </button>
      )}
    </div>
  )
}

/** An input or output so that one can read it. */
export function ReadableValue({ value, label }: { readonly value: AttributeValue; readonly label: string }) {
  const shown = useMemo(() => unpacked(value), [value])
  if (typeof shown === 'string') return <ReadableText text={shown} />
  const pairs = asPairs(shown)
  if (!pairs) return <JsonView value={shown} label={label} />
  return (
    <Pairs>
      {pairs.map(([name, one]) => (
        <Pair key={name} name={name}>
          <bdi>{one}</bdi>
        </Pair>
      ))}
    </Pairs>
  )
}
