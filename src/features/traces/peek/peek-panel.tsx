import type { Trace, TraceSummary } from '../../../domain/model/trace.ts'
import type { TraceId } from '../../../domain/model/units.ts'
import { adviceFor } from '../../../state/advice.ts'
import { usePreferences } from '../../../state/preferences.ts'
import { useTrace } from '../../../state/queries.ts'
import { ButtonLink, IconButton } from '../../../ui/button.tsx'
import { Icon, StatusIcon } from '../../../ui/icons/icons.tsx'
import { Kbd } from '../../../ui/kbd.tsx'
import { Skeleton } from '../../../ui/skeleton.tsx'
import { ageText, clockTime, durationText, versionText } from '../../../ui/text/format.ts'
import { Markdown } from '../../../ui/text/markdown.tsx'
import { PeekChanges } from './peek-changes.tsx'
import { PeekFacts } from './peek-facts.tsx'
import { PeekSection } from './peek-section.tsx'
import { PeekSpans } from './peek-spans.tsx'
import { useDebouncedValue } from './use-debounced-value.ts'

export interface PeekPanelProps {
  readonly id: TraceId
  /** What the table already knows of it; shown until the rest is there. */
  readonly summary: TraceSummary | undefined
  readonly href: string
  readonly onNext: (() => unknown) | undefined
  readonly onPrevious: (() => unknown) | undefined
  readonly onClose: () => unknown
  readonly now: number
}

const errorParts = (trace: TraceSummary & Partial<Trace>): { type?: string; message: string } | undefined => {
  if (trace.status !== 'error') return undefined
  const cause = trace.rootCause
  if (cause) {
    // `requests.exceptions.ReadTimeout` is known by its end; messages often begin with it once more.
    const type = cause.type?.replace(/^.*\./, '')
    if (!type) return { message: cause.message }
    return {
      type,
      message: cause.message.startsWith(`${type}: `) ? cause.message.slice(type.length + 2) : cause.message,
    }
  }
  const message = trace.error ?? 'failed without a message'
  const named = /^([A-Za-z_][\w.]*(?:Error|Exception|Timeout|Failure|Warning)): (.+)$/s.exec(message)
  return named?.[1] && named[2] ? { type: named[1], message: named[2] } : { message }
}

/** What one turn said and did, beside the table. */
export function PeekPanel({ id, summary, href, onNext, onPrevious, onClose, now }: PeekPanelProps) {
  // Walking through the rows asks for the one that it stops at.
  const settled = useDebouncedValue(id, 80)
  const whole = useTrace(settled)
  const { utc } = usePreferences()
  const trace: (TraceSummary & Partial<Trace>) | undefined =
    settled === id ? (whole.data ?? summary) : summary

  return (
    <aside aria-label="Peek at the selected trace" className="flex min-h-0 flex-1 flex-col bg-surface-1">
      <header className="flex h-bar-tool flex-none items-center gap-0.5 border-b border-border-1 pr-2 pl-gutter">
        <h2 className="mr-auto flex min-w-0 items-center gap-1.5 text-prose font-semibold">
          {trace ? (
            <>
              <StatusIcon status={trace.status} />
              <span className="cut">{trace.chatbot.name}</span>
              {trace.chatbot.version && (
                <span className="pl-1 font-normal text-text-3">{versionText(trace.chatbot.version)}</span>
              )}
            </>
          ) : whole.error ? (
            'Trace'
          ) : (
            <Skeleton width="120px" />
          )}
        </h2>
        <IconButton label="Next trace (J)" disabled={!onNext} onClick={onNext}>
          <Icon name="down" />
        </IconButton>
        <IconButton label="Previous trace (K)" disabled={!onPrevious} onClick={onPrevious}>
          <Icon name="up" />
        </IconButton>
        <ButtonLink to={href}>
          Open
          <Kbd>↵</Kbd>
        </ButtonLink>
        <IconButton label="Close (Esc)" onClick={onClose}>
          <Icon name="close" />
        </IconButton>
      </header>
      <section
        aria-label="Trace in brief"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        className="relative min-h-0 flex-1 overflow-auto -outline-offset-2"
      >
        <div className="grid content-start max-wide:grid-cols-2">
          {trace ? (
            <PeekBody trace={trace} loaded={settled === id && whole.data !== undefined} utc={utc} now={now} />
          ) : whole.error ? (
            <PeekFailure error={whole.error} />
          ) : (
            <PeekSkeleton />
          )}
          {trace && whole.error && <PeekFailure error={whole.error} />}
        </div>
      </section>
    </aside>
  )
}

function PeekBody({
  trace,
  loaded,
  utc,
  now,
}: {
  trace: TraceSummary & Partial<Trace>
  loaded: boolean
  utc: boolean
  now: number
}) {
  const error = errorParts(trace)
  const who = trace.participant?.name ?? trace.participant?.id
  return (
    <>
      <PeekSection wide>
        <PeekFacts trace={trace} />
      </PeekSection>
      {error && (
        <p className="col-span-full flex min-h-9 items-center gap-2.5 border-b border-border-1 bg-error-tint px-gutter py-1.5 text-data shadow-[inset_2px_0_0_var(--error)]">
          <span className="text-error">
            <Icon name="error" />
          </span>
          <span className="line-clamp-6 min-w-0 break-words">
            {error.type && <b className="text-error">{error.type} </b>}
            {error.message}
          </span>
        </p>
      )}
      <PeekSection title="Input" label={[clockTime(trace.startTime, utc), who].filter(Boolean).join(' · ')}>
        <Said text={trace.input} none={trace.note ? 'Text not recorded.' : 'No input.'} />
      </PeekSection>
      <PeekSection
        title="Output"
        label={
          trace.status === 'pending'
            ? `running, began ${ageText(trace.startTime, now)}`
            : `after ${durationText(trace.duration)}`
        }
      >
        <Said
          text={trace.output}
          none={trace.status === 'pending' ? 'Not yet.' : trace.note ? 'Text not recorded.' : 'No output.'}
        />
      </PeekSection>
      {loaded && <PeekChanges data={trace.participantData} />}
      {loaded && trace.spans && <PeekSpans spans={trace.spans} rootCause={trace.rootCause?.spanId} />}
    </>
  )
}

function Said({ text, none }: { readonly text: string | undefined; readonly none: string }) {
  if (text === undefined || text === '') return <p className="text-prose text-text-3">{none}</p>
  return (
    <div className="max-h-[260px] overflow-auto text-prose">
      <Markdown text={text} plain={false} />
    </div>
  )
}

function PeekFailure({ error }: { readonly error: unknown }) {
  const { title, advice, detail } = adviceFor(error)
  return (
    <PeekSection wide>
      <p role="alert" className="text-data text-text-2">
        <b className="text-text-1">{title}.</b> {advice} <span className="text-text-3">{detail}</span>
      </p>
    </PeekSection>
  )
}

const PeekSkeleton = () => (
  <PeekSection wide>
    <div aria-busy="true" className="grid gap-3 py-1">
      <Skeleton width="80%" />
      <Skeleton width="60%" />
      <Skeleton width="72%" />
    </div>
  </PeekSection>
)
