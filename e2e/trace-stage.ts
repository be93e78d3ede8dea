import type { Page, Route } from '@playwright/test'
import type { SpanDetail, SpanOutline } from '../src/domain/model/span.ts'
import type { Trace } from '../src/domain/model/trace.ts'
import { durationMicros } from '../src/domain/model/units.ts'
import type { SourceErrorKind } from '../src/domain/port/source-error.ts'
import { DRAWING_START, DRAWING_TRACE, outlinesOf } from '../src/domain/testing/trace-drawing.ts'
import { type Json, jsonText } from '../src/ui/json/json-lines.ts'
import { HTTP_STATUS } from '../src/wire/error-body.ts'
import { readIds } from '../src/wire/parameters.ts'
import { encodeSpanColumns } from '../src/wire/span-columns.ts'

/** A reply that says what went wrong. */
export interface StagedFailure {
  readonly kind: SourceErrorKind
  readonly message: string
  readonly retryAfterMs?: number
}

/** What the gateway is made to say of one trace; the rest of it stays as it is. */
export interface Staged {
  readonly trace?: Partial<Trace> | StagedFailure
  /** A drawing, outlines, or a failure; asked anew for each request. */
  readonly spans?: string | readonly SpanOutline[] | StagedFailure | (() => string | StagedFailure)
  /** Leaves input and output out. */
  readonly silent?: boolean
  readonly detail?: (outline: SpanOutline) => Partial<SpanDetail>
}

export const STAGED_TRACE: Trace = {
  traceId: DRAWING_TRACE,
  startTime: DRAWING_START,
  duration: durationMicros(6_210_000),
  status: 'ok',
  kind: 'turn',
  chatbot: { id: 'Transfer', name: 'Transfer', version: 'v12' },
  session: { id: 's-91c4' },
  participant: { id: 'ana', name: 'Ana Souza' },
  input: 'Yes, send 200 to Marta from my savings',
  output: 'Done.',
  metrics: {},
  tags: [],
  feedback: [],
  services: ['rasa'],
  spans: { source: 'local', traceId: DRAWING_TRACE },
}

const isFailure = (value: unknown): value is StagedFailure =>
  typeof value === 'object' &&
  value !== null &&
  'kind' in value &&
  'message' in value &&
  !('traceId' in value)

const fail = (route: Route, { kind, message, retryAfterMs }: StagedFailure) =>
  route.fulfill({
    status: HTTP_STATUS[kind],
    json: { error: { kind, message, ...(retryAfterMs !== undefined && { retryAfterMs }) } },
  })

const detailOf = (outline: SpanOutline, more: Partial<SpanDetail>): SpanDetail => ({
  outline,
  span: {
    traceId: DRAWING_TRACE,
    spanId: outline.spanId,
    parentId: outline.parentId,
    name: outline.name,
    otelKind: 'internal',
    startTime: outline.startTime,
    duration: outline.duration,
    status: { code: outline.state === 'error' ? 'error' : 'unset' },
    attributes: { 'tool.name': outline.name },
    events: [],
    links: [],
    resource: { 'service.name': outline.service },
    scope: { name: 'stage' },
  },
  meaning: {},
  ...more,
})

/** Address of the staged trace's page. */
export const stagedPath = (search = ''): string => `/local/traces/${DRAWING_TRACE}${search}`

/** Answers for one trace in the gateway's place. */
export async function stage(page: Page, staged: Staged): Promise<void> {
  const base = `**/api/v1/sources/local/traces/${DRAWING_TRACE}`
  let outlines: readonly SpanOutline[] = []
  await page.route(base, (route) => {
    if (isFailure(staged.trace)) return fail(route, staged.trace)
    const { input, output, ...rest } = STAGED_TRACE
    return route.fulfill({ json: { ...rest, ...(!staged.silent && { input, output }), ...staged.trace } })
  })
  await page.route(`${base}/spans`, (route) => {
    const given = typeof staged.spans === 'function' ? staged.spans() : (staged.spans ?? [])
    if (isFailure(given)) return fail(route, given)
    outlines = typeof given === 'string' ? outlinesOf(given) : (given as readonly SpanOutline[])
    return route.fulfill({ json: encodeSpanColumns({ spans: outlines, complete: true }) })
  })
  await page.route(
    (url) => url.pathname.endsWith(`/traces/${DRAWING_TRACE}/spans`) && url.searchParams.has('ids'),
    (route) => {
      const wanted = readIds(new URL(route.request().url()).searchParams.get('ids') ?? '') ?? []
      const items = wanted.flatMap((id) => {
        const outline = outlines.find((one) => one.spanId === id)
        return outline ? [detailOf(outline, staged.detail?.(outline) ?? {})] : []
      })
      return route.fulfill({
        contentType: 'application/json',
        body: jsonText({ items } as unknown as Json),
      })
    },
  )
  await page.route(`${base}/spans/*`, (route) => {
    const id = decodeURIComponent(new URL(route.request().url()).pathname.split('/').at(-1) ?? '')
    const outline = outlines.find((one) => one.spanId === id)
    if (!outline) return fail(route, { kind: 'not-found', message: `no span ${id}` })
    // JSON.stringify gives up on values of thousands of levels; ours does not.
    const detail = detailOf(outline, staged.detail?.(outline) ?? {})
    return route.fulfill({ contentType: 'application/json', body: jsonText(detail as unknown as Json) })
  })
}

/** A turn that failed in an action, with a fold, an orphan and two services. */
export const FAILED_TURN = `
  Agent.handle_message             0..6210     kind=message state="contains-error" @rasa
    MessageProcessor.log_message   18..1330    kind=chain @rasa
      LLMCommandGenerator.invoke_llm  31..1235  kind=generation label="gpt-4o" @rasa
    flow_executor.advance_flows    1774..1813  kind=chain @rasa
      flow_executor.run_step       1776..1777  #step1 kind=chain @rasa
      flow_executor.run_step       1778..1779  #step2 kind=chain @rasa
      flow_executor.run_step       1780..1781  #step3 kind=chain @rasa
      flow_executor.run_step       1782..1783  #step4 kind=chain @rasa
      flow_executor.run_step       1784..1785  #step5 kind=chain @rasa
    MessageProcessor._run_action   1828..5010  kind=tool state="contains-error" @rasa
      ActionExecutor.run           1858..4987  kind=tool error "no answer" @rasa_sdk
        payments.create_transfer   1968..4972  #cause kind=tool error "no answer" @rasa_sdk
    MessageProcessor.save_tracker  6158..6199  kind=system @rasa
  POST /v1/transfers               1990..6100  #lost ^gone kind=system @payments
`
