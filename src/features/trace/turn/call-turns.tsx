import type { CallTurn, Trace } from '../../../domain/model/trace.ts'
import type { Micros } from '../../../domain/model/units.ts'
import type { CallMoment, CallMomentKind } from '../../../semantics/trace/call-moments.ts'
import { Badge } from '../../../ui/badge.tsx'
import { Icon, type IconProps, StatusIcon } from '../../../ui/icons/icons.tsx'
import { durationText } from '../../../ui/text/format.ts'
import { Names } from '../../../ui/text/names.tsx'
import { cutAt, printable } from '../../../ui/text/printable-text.ts'
import { Duration } from '../../../ui/text/quantity.tsx'
import { SectionHead } from '../section.tsx'
import type { SpanPanelCommand } from '../span-panel-command.ts'
import { inOrderOfTime, momentDetail, momentName } from './call-moment-words.ts'

/** What opened a turn where it was no speech. */
const TRIGGERS: { readonly [trigger: string]: string } = {
  'session-start': 'the call began',
  silence: 'silence',
  dtmf: 'keypad',
}

/** Characters of a turn's text; the whole stands on its span. */
const PREVIEW = 400

function Said({ text, missing }: { readonly text: string | undefined; readonly missing: string }) {
  if (text === undefined) return <span className="text-text-3">{missing}</span>
  return <bdi className="wrap-anywhere">{printable(cutAt(text, PREVIEW))}</bdi>
}

function TurnRow({
  turn,
  start,
  missing,
  onOpen,
}: {
  readonly turn: CallTurn
  readonly start: Micros
  readonly missing: string
  readonly onOpen: (() => void) | undefined
}) {
  const heard = turn.trigger ? (TRIGGERS[turn.trigger] ?? turn.trigger) : missing
  return (
    <tr className="border-t border-border-1 align-top hover:bg-surface-2">
      <td className="py-1 pr-3 pl-gutter whitespace-nowrap text-text-3">
        +{durationText(turn.startTime - start)}
      </td>
      <td className="py-1 pr-2">
        <StatusIcon status={turn.status} size="small" />
      </td>
      <td className="py-1 pr-4">
        <Said text={turn.input} missing={heard} />
      </td>
      <td className="py-1 pr-4">
        {turn.responses ? (
          <Names names={turn.responses} label="Responses sent" />
        ) : (
          <Said text={turn.output} missing={missing} />
        )}
        {turn.error !== undefined && (
          <bdi className="block wrap-anywhere text-error">{printable(cutAt(turn.error, PREVIEW))}</bdi>
        )}
        {turn.interrupted && (
          <span className="pl-2">
            <Badge tone="warn">interrupted by the caller</Badge>
          </span>
        )}
      </td>
      <td className="py-1 pr-4 text-right whitespace-nowrap">
        <Duration value={turn.perceivedLatency} why="not reported" />
      </td>
      <td className="py-1 pr-4 text-right whitespace-nowrap">
        <Duration value={turn.duration} />
      </td>
      <td className="py-1 pr-gutter text-right whitespace-nowrap">
        {onOpen && (
          <button type="button" className="text-accent hover:underline" onClick={onOpen}>
            Spans <span className="sr-only">of turn {turn.index}</span>
            <Icon name="down" size="tiny" className="inline" />
          </button>
        )}
      </td>
    </tr>
  )
}

const MOMENT_ICONS: { readonly [Kind in CallMomentKind]: IconProps['name'] } = {
  'barge-in': 'warn',
  silence: 'pending',
  keypad: 'custom',
  rejected: 'warn',
  'hang-up': 'close',
  disconnect: 'close',
}

function MomentRow({
  moment,
  start,
  onOpen,
}: {
  readonly moment: CallMoment
  readonly start: Micros
  readonly onOpen: (() => void) | undefined
}) {
  const detail = momentDetail(moment)
  return (
    <tr className="border-t border-border-1 text-text-2 hover:bg-surface-2">
      <td className="py-0.5 pr-3 pl-gutter whitespace-nowrap text-text-3">
        +{durationText(moment.time - start)}
      </td>
      <td className="py-0.5 pr-2">
        <Icon
          name={MOMENT_ICONS[moment.kind]}
          size="small"
          className={moment.kind === 'barge-in' && moment.outcome !== 'ignored' ? 'text-warn' : 'text-text-3'}
        />
      </td>
      <td colSpan={4} className="py-0.5 pr-4">
        {momentName(moment)}
        {detail !== '' && (
          <bdi className="pl-2 wrap-anywhere text-text-3">{printable(cutAt(detail, PREVIEW))}</bdi>
        )}
      </td>
      <td className="py-0.5 pr-gutter text-right whitespace-nowrap">
        {onOpen && (
          <button type="button" className="text-accent hover:underline" onClick={onOpen}>
            Span <span className="sr-only">of {momentName(moment)}</span>
            <Icon name="down" size="tiny" className="inline" />
          </button>
        )}
      </td>
    </tr>
  )
}

const HEAD = 'py-1 text-left text-label font-normal text-text-3'

/** The turns of a voice call in order, each with how long the caller waited; each opens its part of the tree. */
export function CallTurns({
  trace,
  turns,
  moments,
  onCommand,
}: {
  readonly trace: Trace
  readonly turns: readonly CallTurn[]
  readonly moments: readonly CallMoment[]
  readonly onCommand: ((command: SpanPanelCommand) => void) | undefined
}) {
  const missing = trace.note === 'text-not-recorded' ? 'not recorded' : 'spoken, not recorded'
  return (
    <section aria-label="Turns of the call" className="border-b border-border-2 pt-2.5 pb-1">
      <div className="px-gutter">
        <SectionHead
          title="Turns of the call"
          label={`${turns.length}${turns.some((turn) => turn.interrupted) ? ', some interrupted' : ''}`}
        />
      </div>
      <div className="max-h-[60vh] overflow-y-auto">
        <table className="w-full text-data">
          <thead>
            <tr>
              <th scope="col" className={`${HEAD} w-[88px] pl-gutter`}>
                At
              </th>
              <th scope="col" className={`${HEAD} w-6`}>
                <span className="sr-only">Status</span>
              </th>
              <th scope="col" className={HEAD}>
                Caller
              </th>
              <th scope="col" className={HEAD}>
                Assistant
              </th>
              <th scope="col" className={`${HEAD} w-[112px] pr-4 text-right`}>
                Caller waited
              </th>
              <th scope="col" className={`${HEAD} w-[88px] pr-4 text-right`}>
                Turn took
              </th>
              <th scope="col" className={`${HEAD} w-[88px]`}>
                <span className="sr-only">Spans</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {inOrderOfTime(turns, moments).map((one, at) =>
              'turn' in one ? (
                <TurnRow
                  key={`${one.turn.spanId} ${one.turn.index}`}
                  turn={one.turn}
                  start={trace.startTime}
                  missing={missing}
                  onOpen={onCommand && (() => onCommand({ shows: 'turn', spanId: one.turn.spanId }))}
                />
              ) : (
                <MomentRow
                  key={`${one.moment.spanId} ${one.moment.kind} ${at}`}
                  moment={one.moment}
                  start={trace.startTime}
                  onOpen={onCommand && (() => onCommand({ shows: 'span', spanId: one.moment.spanId }))}
                />
              ),
            )}
          </tbody>
        </table>
      </div>
    </section>
  )
}
