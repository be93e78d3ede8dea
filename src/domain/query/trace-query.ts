import type { TraceKind } from '../model/trace.ts'
import type { DurationMicros, Micros } from '../model/units.ts'
import type { AttributeCondition } from './attribute-filter.ts'

/** What kind of value a field holds decides which operators it takes. */
export type FieldType = 'text' | 'list' | 'number' | 'choice'

/** Every field that can be filtered by, with its type. Table, API, store and adapters share this list. */
export const FILTER_FIELDS = {
  chatbot: 'text',
  version: 'text',
  session: 'text',
  participant: 'text',
  status: 'choice',
  environment: 'text',
  channel: 'text',
  tag: 'list',
  model: 'list',
  tool: 'list',
  flow: 'list',
  spanName: 'list',
  error: 'text',
  service: 'list',
  changed: 'list',
  kind: 'choice',
  traceId: 'text',
  feedback: 'list',
  score: 'number',
  duration: 'number',
  tokens: 'number',
  cost: 'number',
  llmTurns: 'number',
  toolCalls: 'number',
  recovered: 'number',
} as const satisfies Record<string, FieldType>
export type FilterField = keyof typeof FILTER_FIELDS

const TEXT_OPERATORS = ['contains', 'lacks', 'starts', 'ends'] as const
export const FILTER_OPERATORS = ['is', 'not', ...TEXT_OPERATORS, 'all', 'min', 'max'] as const
export type FilterOperator = (typeof FILTER_OPERATORS)[number]

/** One condition. Values of a number field are numbers in text as given; duration is in ms there. */
export interface FilterCondition {
  readonly field: FilterField
  readonly operator: FilterOperator
  /** `is`, text operators: any of. `not`, `lacks`: none of. `all`: all of. `min`, `max`: one number. */
  readonly values: readonly string[]
}

export const SORT_FIELDS = ['startTime', 'duration', 'tokens', 'cost'] as const
export type SortField = (typeof SORT_FIELDS)[number]
export interface Sort {
  readonly field: SortField
  readonly descending: boolean
}
export const NEWEST_FIRST: Sort = { field: 'startTime', descending: true }

/** A question about traces; all conditions are ANDed. */
export interface TraceQuery {
  readonly conditions: readonly FilterCondition[]
  /** Conditions on any attribute of any span; absent = none. */
  readonly attributes?: readonly AttributeCondition[]
  /** Inclusive. */
  readonly from?: Micros
  /** Exclusive. */
  readonly to?: Micros
  /** A stretch back from now, frozen into from/to when a listing begins. */
  readonly last?: DurationMicros
  /** Free text over input, output and error, as typed: `searchTerms` says what it asks for. Case does not matter. */
  readonly text?: string
  readonly sort: Sort
}

export const EVERYTHING: TraceQuery = { conditions: [], sort: NEWEST_FIRST }

/** Kinds given where no `kind` condition stands. `kind=any` asks for all. */
export const DEFAULT_KINDS: readonly TraceKind[] = ['turn', 'call', 'other']
