import type { Trace } from '../../../domain/model/trace.ts'
import { paths } from '../../../state/location.ts'
import { usePreferences } from '../../../state/preferences.ts'
import { returnLink } from '../../../state/return-link.ts'
import { useSource } from '../../../state/source-context.tsx'
import { Badge } from '../../../ui/badge.tsx'
import { ButtonLink, buttonClass } from '../../../ui/button.tsx'
import { CopyGlyph } from '../../../ui/copy-button.tsx'
import { Crumb } from '../../../ui/crumb.tsx'
import { Icon, STATUS_TEXT } from '../../../ui/icons/icons.tsx'
import { ageText, fullTime, versionText } from '../../../ui/text/format.ts'
import { printable } from '../../../ui/text/printable-text.ts'
import { DownloadMenu } from './download-menu.tsx'
import { traceLinks } from './outward-links.ts'
import type { SessionPlace } from './session-neighbours.ts'

const STATUS_WORDS = { ok: 'OK', error: 'Error', pending: 'Pending' } as const

const ID_SHOWN = 16

function Neighbours({ place, source }: { readonly place: SessionPlace; readonly source: string }) {
  const { position, total, previous, next } = place
  if (total === 1) return null
  const step = (turn: SessionPlace['next'], label: string, icon: 'left' | 'right') =>
    turn ? (
      <ButtonLink
        to={paths.trace(source, turn.traceId)}
        aria-label={label}
        title={label}
        className="w-control"
      >
        <Icon name={icon} />
      </ButtonLink>
    ) : (
      <span className={`${buttonClass('plain', true)} opacity-50`} aria-hidden="true">
        <Icon name={icon} />
      </span>
    )
  return (
    <>
      {position !== undefined && (
        <span className="text-data text-text-2">
          Turn {position}
          {total !== undefined && ` of ${total}`}
        </span>
      )}
      <span className="flex -space-x-px">
        {step(previous, 'Previous turn of this session ({)', 'left')}
        {step(next, 'Next turn of this session (})', 'right')}
      </span>
    </>
  )
}

/** Which turn this is, how it went, when; its neighbours and the ways out. */
export function TraceTitle({
  trace,
  place,
}: {
  readonly trace: Trace
  readonly place: SessionPlace | undefined
}) {
  const { source, sources } = useSource()
  const { utc } = usePreferences()
  const { status, chatbot, startTime, traceId, kind } = trace
  const when = new Date(startTime / 1000)
  return (
    <header className="flex min-h-11 flex-wrap items-center gap-x-2.5 gap-y-1 px-gutter py-1.5 whitespace-nowrap">
      <Crumb to={returnLink('traces', source.info.id) ?? paths.traces(source.info.id)}>Traces</Crumb>
      <h1 className="flex min-w-0 items-center gap-[7px] text-title font-semibold">
        <span className={STATUS_TEXT[status]}>
          <Icon name={status} className="block" />
        </span>
        <bdi className="cut" title={printable(chatbot.name)}>
          {printable(chatbot.name)}
        </bdi>
        {chatbot.version !== undefined && (
          <bdi className="cut max-w-[16ch] font-normal text-text-3">
            {printable(versionText(chatbot.version))}
          </bdi>
        )}
      </h1>
      {kind !== 'turn' && kind !== 'other' && <Badge>{kind}</Badge>}
      <span className={`text-data font-semibold ${STATUS_TEXT[status]}`}>{STATUS_WORDS[status]}</span>
      <time className="text-text-2" dateTime={when.toISOString()} title={when.toISOString()}>
        {fullTime(startTime, utc)}
      </time>
      <span className="hidden text-text-3 wide:inline">{ageText(startTime, Date.now() * 1000)}</span>
      <span className="hidden items-center gap-1.5 px-2 font-mono text-label text-text-2 wide:inline-flex">
        <bdi title={traceId}>{traceId.length > ID_SHOWN ? `${traceId.slice(0, ID_SHOWN)}…` : traceId}</bdi>
        <CopyGlyph label="Copy trace id" text={() => traceId} />
      </span>
      <span className="min-w-2 flex-1" />
      {place && <Neighbours place={place} source={source.info.id} />}
      <DownloadMenu trace={trace} />
      {traceLinks(trace, source.info, sources).map((link) => (
        <a
          key={link.href}
          href={link.href}
          target="_blank"
          rel="noopener noreferrer"
          className={buttonClass('plain')}
        >
          {link.label}
          <Icon name="external" size="small" className="text-text-3" />
        </a>
      ))}
    </header>
  )
}
