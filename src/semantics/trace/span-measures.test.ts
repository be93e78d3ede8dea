import { expect, it } from 'vitest'
import type { Span } from '../../domain/model/span.ts'
import { traceOf } from '../../domain/testing/trace-drawing.ts'
import { readSpan } from '../span/read-span.ts'
import { measureSpans } from './span-measures.ts'

const RASA = { name: 'rasa_sdk.executor' }

/** Name → what is said of it; times in ms. */
function measured(spans: readonly Span[]) {
  const readings = spans.map((span) => readSpan(span))
  const measures = measureSpans(
    readings,
    readings.map(({ outline }) => outline),
  )
  return Object.fromEntries(
    spans.map(({ name }, at) => {
      const measure = measures[at]
      return [
        name,
        measure && {
          self: measure.selfTime === null ? null : measure.selfTime / 1_000,
          part: measure.part,
          within: measure.withinTool,
        },
      ]
    }),
  )
}

it('self time is what the union of the children leaves, each clipped to the span', () => {
  const spans = traceOf(`
    root       0..100
      a        10..40
      b        30..50
      c        90..130
      d        60..
  `)
  const found = measured(spans)
  // a and b together 40, c within the root 10; d runs to the end of the trace.
  expect(found.root?.self).toBe(20)
  expect(found.c?.self).toBe(40)
  expect(found.d?.self).toBeNull()
})

it('a custom action is parted into network, code and what the code called', () => {
  const spans = traceOf(`
    MessageProcessor._run_action          0..100  executor_class_name="HTTPCustomActionExecutor" action_name="action_pay"
      HTTPCustomActionExecutor.run        5..95
        EndpointConfig.request            10..90
          create_app.webhook              20..80
            ActionExecutor.run            25..75
              fetch the account           30..60
  `).map((span) => ({ ...span, scope: RASA }))
  const within = 'action_pay'
  expect(measured(spans)).toEqual({
    'MessageProcessor._run_action': { self: 10, part: 'engine', within },
    'HTTPCustomActionExecutor.run': { self: 10, part: 'engine', within },
    'EndpointConfig.request': { self: 20, part: 'action-network', within },
    'create_app.webhook': { self: 10, part: 'action-code', within },
    'ActionExecutor.run': { self: 20, part: 'action-code', within },
    'fetch the account': { self: 30, part: 'upstream', within },
  })
})

it('a request of the engine that is no custom action is none of its network', () => {
  const spans = traceOf(`
    MessageProcessor.handle_message       0..100
      EndpointConfig.request              10..90
  `).map((span) => ({ ...span, scope: RASA }))
  expect(measured(spans)['EndpointConfig.request']).toEqual({ self: 80, part: 'engine', within: null })
})

it('calls of models and searches are such, in a tool as well', () => {
  const spans = traceOf(`
    agent       0..100  gen_ai.operation.name="invoke_agent"
      tool      0..50   gen_ai.operation.name="execute_tool" gen_ai.tool.name="ask"
        chat    10..20  gen_ai.operation.name="chat"
        search  20..30  gen_ai.operation.name="retrieval"
        other   30..40
  `)
  const found = measured(spans)
  expect(Object.values(found).map((one) => one?.part)).toEqual([
    'engine',
    'tool',
    'model',
    'retrieval',
    'tool',
  ])
  expect(found.chat?.within).toBe('ask')
  expect(found.agent?.within).toBeNull()
})
