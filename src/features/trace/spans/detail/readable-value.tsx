import { type ReactNode, useMemo, useState } from 'react'
import type { AttributeValue } from '../../../../domain/model/span.ts'
import type { ReadablePart } from '../../../../semantics/readable/readable-parts.ts'
import { type ReadableBlock, readable, splitHistory } from '../../../../semantics/readable/readable-text.ts'
import { Icon } from '../../../../ui/icons/icons.tsx'
import { JsonView } from '../../../../ui/json/json-view.tsx'
import { looksLikeMarkdown, Markdown } from '../../../../ui/text/markdown.tsx'
import { printable } from '../../../../ui/text/printable-text.ts'
import { unpacked } from './json-in-text.ts'
import { Pair, Pairs } from './key-values.tsx'
import { continuedRuns, inputRuns, type MessageRun, outputRuns } from './message-folds.ts'

const MOST_PAIRS = 24
const LONGEST_IN_PAIR = 300

const isPlain = (value: AttributeValue): value is string | number | boolean | null =>
  typeof value !== 'object' || value === null

/** An object of a few plain values reads as pairs. */
const asPairs = (value: AttributeValue): readonly (readonly [string, string])[] | undefined => {
  if (isPlain(value) || Array.isArray(value)) return undefined
  const entries = Object.entries(value)
  if (entries.length === 0 || entries.length > MOST_PAIRS) return undefined
  return entries.every(([, one]) => isPlain(one) && String(one).length < LONGEST_IN_PAIR)
    ? entries.map(([name, one]) => [name, String(one)] as const)
    : undefined
}

/** A text with a switch between Markdown and as it was written. */
function ReadableText({ text }: { readonly text: string }) {
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

/** A value that is no message. */
function PlainValue({ value: recorded, label }: { readonly value: AttributeValue; readonly label: string }) {
  const value = useMemo(() => unpacked(recorded), [recorded])
  if (typeof value === 'string') return <ReadableText text={value} />
  const pairs = asPairs(value)
  if (!pairs) return <JsonView value={value} label={label} />
  return (
    <Pairs>
      {pairs.map(([name, one]) => (
        <Pair key={name} name={printable(name)}>
          <bdi>{printable(one)}</bdi>
        </Pair>
      ))}
    </Pairs>
  )
}

const Framed = ({ title, children }: { readonly title: ReactNode; readonly children: ReactNode }) => (
  <div className="my-0.5 border-l-2 border-border-2 pl-2.5">
    <p className="text-label text-text-3">{title}</p>
    {children}
  </div>
)

function Part({ part }: { readonly part: ReadablePart }) {
  switch (part.kind) {
    case 'text':
      return <ReadableText text={part.text} />
    case 'reasoning':
      return (
        <Framed title="Reasoning">
          <div className="text-text-2">
            <ReadableText text={part.text} />
          </div>
        </Framed>
      )
    case 'tool-call':
      return (
        <Framed
          title={
            <>
              Calls <b className="font-mono text-text-1">{printable(part.name)}</b>
            </>
          }
        >
          <PlainValue value={part.arguments} label={`Arguments of ${part.name}`} />
        </Framed>
      )
    case 'tool-result':
      return (
        <Framed title={part.name === undefined ? 'Result' : `Result of ${printable(part.name)}`}>
          <PlainValue value={part.content} label="Result" />
        </Framed>
      )
    case 'image':
      return <p className="wrap-anywhere text-text-3">[image: {printable(part.reference)}]</p>
    case 'data':
      return <PlainValue value={part.value} label="Value" />
  }
}

/** Who said it, told apart by colour beside the word. */
const ROLE_TEXT: Readonly<Record<string, string>> = {
  system: 'text-kind-system',
  user: 'text-text-1',
  assistant: 'text-kind-generation',
  tool: 'text-kind-tool',
}

function Message({ block }: { readonly block: ReadableBlock }) {
  const who = block.name === undefined ? block.role : `${block.role ?? ''} ${block.name}`.trim()
  return (
    <div className="mb-1.5 last:mb-0">
      {who !== undefined && (
        <p
          className={`mb-0.5 w-fit rounded-1 bg-surface-3 px-1.5 text-label font-semibold ${ROLE_TEXT[block.role ?? ''] ?? 'text-text-2'}`}
        >
          {printable(who)}
        </p>
      )}
      {block.parts.map((part, at) => (
        <Part key={`${at} ${part.kind}`} part={part} />
      ))}
    </div>
  )
}

function Run({ run }: { readonly run: MessageRun }) {
  const [open, setOpen] = useState(!run.folded)
  const messages = run.blocks.map((block, at) => <Message key={`${at} ${block.role}`} block={block} />)
  if (!run.folded) return messages
  return (
    <div className="mb-1.5">
      <button
        type="button"
        aria-expanded={open}
        className="flex items-center gap-1.5 text-label text-text-3 hover:text-text-1"
        onClick={() => setOpen(!open)}
      >
        <Icon name={open ? 'down' : 'right'} size="tiny" />
        {run.why}
      </button>
      {open && <div className="pt-1 pl-4">{messages}</div>}
    </div>
  )
}

/**
 * An input or output so that one can read it: messages with who said them, tool calls and results, texts.
 * With `after`, messages that stood there already are folded; with `earlier`, those of another call before.
 */
export function ReadableValue({
  value,
  after,
  earlier,
}: {
  readonly value: AttributeValue
  readonly after?: AttributeValue | undefined
  readonly earlier?: readonly AttributeValue[] | undefined
}) {
  const runs = useMemo(() => {
    const blocks = readable(value)
    if (after === undefined) {
      const { repeated, fresh } = splitHistory(blocks, earlier?.flatMap((one) => readable(one)) ?? [])
      return repeated.length > 0 ? continuedRuns(repeated, fresh) : inputRuns(blocks)
    }
    const { repeated, fresh } = splitHistory(blocks, readable(after))
    return outputRuns(repeated, fresh)
  }, [value, after, earlier])
  if (runs.every((run) => run.blocks.length === 0))
    return <p className="text-data text-text-2">An empty value.</p>
  return (
    <div className="text-data">
      {runs.map((run, at) => (
        <Run key={`${at} ${run.why ?? ''}`} run={run} />
      ))}
    </div>
  )
}
