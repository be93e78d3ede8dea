import type { Trace } from '../../../domain/model/trace.ts'
import { Button } from '../../../ui/button.tsx'
import { Icon } from '../../../ui/icons/icons.tsx'
import { Kbd } from '../../../ui/kbd.tsx'
import { cutAt, printable } from '../../../ui/text/printable-text.ts'

const LONGEST = 600

/** How many spans failed, and that the named one is where it began. */
const spread = (failed: number | undefined): string => {
  if (failed === undefined || failed < 1) return ''
  return failed === 1 ? ' 1 span failed.' : ` ${failed} spans failed; this is where it began.`
}

/** The failure of the turn in one line, and the way to the span where it began. */
export function RootCauseAlert({
  trace,
  service,
  onJump,
}: {
  readonly trace: Trace
  /** Of the span where it began, once the spans are there. */
  readonly service: string | undefined
  readonly onJump: (() => void) | undefined
}) {
  const { rootCause } = trace
  const message = rootCause?.message ?? trace.error ?? 'The turn failed and recorded no message.'
  const type = rootCause?.type?.replace(/^.*\.(?=\w)/, '')
  const bare =
    type !== undefined && message.startsWith(`${type}: `) ? message.slice(type.length + 2) : message
  const shown = printable(cutAt(bare, LONGEST))
  return (
    <div
      role="alert"
      className="relative flex min-h-9 items-center gap-2.5 border-b border-border-1 bg-error-tint px-gutter py-1.5 text-data before:absolute before:inset-y-0 before:left-0 before:w-0.5 before:bg-error"
    >
      <span className="text-error">
        <Icon name="error" />
      </span>
      <span className="cut flex-1" title={shown}>
        {type !== undefined && <b className="pr-2 text-error">{printable(type)}</b>}
        <bdi>{shown}</bdi>
        {rootCause && (
          <span className="pl-2 text-text-2">
            in <bdi>{printable(rootCause.name)}</bdi>
            {service !== undefined && `, ${printable(service)}`}.{spread(trace.errorCount)}
          </span>
        )}
      </span>
      {onJump && (
        <Button onClick={onJump}>
          Jump to root cause
          <Kbd>]</Kbd>
        </Button>
      )}
    </div>
  )
}
