import { useState } from 'react'
import type { SpanMeaning } from '../../../../domain/model/span.ts'
import { CopyLink } from '../../../../ui/copy-button.tsx'
import { LongText } from '../../../../ui/text/long-text.tsx'
import { printable } from '../../../../ui/text/printable-text.ts'
import { SectionHead } from '../../section.tsx'
import { frameRuns, type StackBlock, type StackFrame, stackBlocks } from './stack-frames.ts'

function FrameLine({ frame }: { readonly frame: StackFrame }) {
  return (
    <li className={frame.own ? 'text-text-1' : 'text-text-2'}>
      <span title={printable(frame.full)}>{printable(frame.place)}</span>
      {frame.code !== undefined && <span className="block pl-3.5">{printable(frame.code)}</span>}
    </li>
  )
}

/** Frames of libraries, folded into their count until asked for. */
function LibraryRun({ frames }: { readonly frames: readonly StackFrame[] }) {
  const [open, setOpen] = useState(false)
  return (
    <>
      <li>
        <button
          type="button"
          aria-expanded={open}
          className="text-text-3 hover:text-text-1 hover:underline"
          onClick={() => setOpen(!open)}
        >
          {frames.length === 1 ? '1 library frame' : `${frames.length} library frames`}
        </button>
      </li>
      {open && frames.map((frame, at) => <FrameLine key={`${frame.full} ${at}`} frame={frame} />)}
    </>
  )
}

function Frames({ block }: { readonly block: StackBlock }) {
  const runs = frameRuns(block.frames)
  const alone = runs.length === 1
  return (
    <ul className="mt-1.5 wrap-anywhere border-l-2 border-border-2 pl-2.5">
      {runs.map((run, at) =>
        run[0]?.own === false && !alone ? (
          <LibraryRun key={`library ${at}`} frames={run} />
        ) : (
          run.map((frame, i) => <FrameLine key={`${at} ${i} ${frame.full}`} frame={frame} />)
        ),
      )}
    </ul>
  )
}

type Failure = NonNullable<SpanMeaning['error']>

/** The failure of a span: its type, its message, its own frames plain and those of libraries folded. */
export function ExceptionView({ error, after }: { readonly error: Failure; readonly after: string }) {
  const [raw, setRaw] = useState(false)
  const { type, message, stack } = error
  const blocks = stack === undefined ? [] : stackBlocks(stack)
  const whole = [type === undefined ? message : `${type}: ${message}`, stack]
    .filter((part) => part)
    .join('\n\n')
  return (
    <section className="border-b border-border-1 px-gutter pt-2.5 pb-3">
      <SectionHead title="Exception" label={`after ${after}`} level={3}>
        {blocks.length > 0 && (
          <button
            type="button"
            aria-pressed={raw}
            className="text-accent hover:underline"
            onClick={() => setRaw(!raw)}
          >
            {raw ? 'Frames' : 'As recorded'}
          </button>
        )}
        <CopyLink label="Copy the exception" text={() => whole}>
          Copy
        </CopyLink>
      </SectionHead>
      <div className="font-mono text-code">
        {type !== undefined && <p className="font-semibold wrap-anywhere text-error">{printable(type)}</p>}
        <LongText text={message} first={2_000} />
        {raw && stack !== undefined && <LongText text={stack} className="mt-1.5 text-text-2" />}
        {!raw &&
          blocks.map((block, at) => (
            <div key={`${at} ${block.text[0] ?? ''}`}>
              <Frames block={block} />
              {/* The last block's text repeats the message above. */}
              {at < blocks.length - 1 && (
                <p className="mt-1.5 wrap-anywhere text-text-2">{printable(block.text.join('\n'))}</p>
              )}
            </div>
          ))}
      </div>
    </section>
  )
}
