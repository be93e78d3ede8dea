import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Span } from '../../domain/model/span.ts'
import { spanId } from '../../domain/model/units.ts'
import { decodeTracesJson } from '../../formats/otlp/decode-traces.ts'
import { readSpan } from '../span/read-span.ts'
import { dialogueStack, explainAction, phaseTimes, planExplanation, stackSpans } from './rasa-explanation.ts'

const file = join(
  import.meta.dirname,
  '..',
  '..',
  'formats',
  'otlp',
  'fixtures',
  'rasa',
  'b_turn_failing_custom_action.otlp.json',
)
const spans: readonly Span[] = decodeTracesJson(JSON.parse(readFileSync(file, 'utf8'))).spans
const outlines = spans.map((span) => readSpan(span).outline)
const byName = (name: string) => spans.find((span) => span.name === name)?.spanId ?? spanId('none')
const payloads = (ids: readonly string[]) => spans.filter((span) => ids.includes(span.spanId))

describe('why an action ran', () => {
  const plan = planExplanation(outlines, byName('core_banking.get_balance'))

  it('is found from any span inside the action', () => {
    expect(plan?.action).toBe(byName('MessageProcessor._run_action'))
    expect(planExplanation(outlines, byName('MessageProcessor.log_message'))).toBeUndefined()
    expect(planExplanation(outlines, spanId('unknown'))).toBeUndefined()
  })

  it('tells commands, flow steps, policies and who won', () => {
    if (!plan) throw new Error('no plan')
    const explanation = explainAction(payloads(plan.needed), plan)
    expect(explanation.action).toBe('action_check_sufficient_funds')
    expect(explanation.commands).toEqual(['set slot: transfer_money_amount'])
    expect(explanation.steps.map(({ flow, step }) => [flow, step])).toEqual([
      ['transfer_money', '1_collect_transfer_money_amount'],
      ['transfer_money', 'check_funds'],
    ])
    expect(explanation.steps[0]?.description).toBe(
      'The amount of money to transfer without any currency designation',
    )
    expect(explanation.policies).toMatchObject([{ policy: 'FlowPolicy', priority: 7, score: 1, won: true }])
  })

  it('leaves gaps where payloads are missing', () => {
    if (!plan) throw new Error('no plan')
    expect(explainAction([], plan)).toEqual({ action: '', commands: [], steps: [], policies: [] })
  })
})

it('tells what was on top of the dialogue stack', () => {
  const stack = dialogueStack(payloads(stackSpans(outlines)))
  expect(stack.map(({ flow }) => flow)).toEqual(['transfer_money', 'pattern_internal_error'])
  expect(stack[0]?.from).toBeLessThan(stack[1]?.from ?? 0)
})

it('tells time by phase, and nothing for traces of other software', () => {
  const times = phaseTimes(outlines)
  const root = outlines.find(({ parentId }) => parentId === null)
  expect(times?.action).toBeGreaterThan(5_000_000)
  expect(Object.values(times ?? {}).reduce((sum, time) => sum + time, 0)).toBeLessThanOrEqual(
    (root?.duration ?? 0) * 1.05,
  )
  expect(phaseTimes(outlines.filter(({ name }) => name === 'core_banking.get_balance'))).toBeUndefined()
})
