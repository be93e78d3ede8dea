import type { Micros } from '../model/units.ts'
import type { FilterField, FilterOperator, SortField } from '../query/trace-query.ts'

/**
 * What an answer costs. `exact`: the backend knows it, cheaply. `walk`: found by reading the newest traces up to
 * a bound, so it may be a part of the whole and is asked for only where somebody wants it. `none`: not offered.
 */
export const COSTS = ['exact', 'walk', 'none'] as const
export type Cost = (typeof COSTS)[number]

/** The questions whose answers cost something, each with its class. */
export interface Costs {
  readonly count: Cost
  readonly histogram: Cost
  readonly suggest: Cost
  readonly sessions: Cost
  readonly chatbots: Cost
  readonly aggregate: Cost
}

/** A field that a backend filters itself, and by which operators. */
export interface FilterAbility {
  readonly field: FilterField
  readonly operators: 'all' | readonly FilterOperator[]
}

/** What a source can do, and at what price. Pages ask this, never which source it is. */
export interface Capabilities {
  /** What it can be sorted by besides newest first, which every source can. */
  readonly sorts: readonly SortField[]
  /** Whether it can be asked for the least first: oldest, shortest, cheapest. */
  readonly ascending: boolean
  /** What it filters itself; everything else is matched while walking. */
  readonly filters: 'all' | readonly FilterAbility[]
  /** Whether free text is searched natively. */
  readonly text: boolean
  readonly costs: Costs
  /** Whether several spans' payloads come in one call to the backend, or each costs one. */
  readonly payloads: 'batch' | 'single'
  /** How often it may be asked again for what is new, ms. */
  readonly pollMs: number
}

/** What a backend says is left of how often it may be asked. */
export interface RateLimit {
  readonly remaining: number
  readonly limit?: number
  /** When it is filled again. */
  readonly resetAt?: Micros
}

/** How a backend was found when it was last asked. */
export interface SourceState {
  readonly reachable: boolean
  readonly version?: string
  /** Which of its interfaces it speaks. */
  readonly dialect?: string
  /** What it calls the collection that our credentials are for. */
  readonly project?: string
  /** Where it says so. */
  readonly rateLimit?: RateLimit
  /** Until when it asked to be left alone; absent where it did not, or that is over. */
  readonly retryAt?: Micros
  /** Names no credential and no address. */
  readonly lastError?: string
  /** How many services it was found to name, where that is how it is searched. */
  readonly services?: number
  readonly checkedAt: Micros
}

export interface SourceInfo {
  readonly id: string
  readonly label: string
  /** What sort of backend it is: for people and logs, not for decisions. */
  readonly kind: string
  /** The kind in a word or two: `embedded store`, `Jaeger`. */
  readonly about: string
  /** Its traces are made up: pages say so, and how to send one's own. */
  readonly sample?: true
  readonly capabilities: Capabilities
  /** Readers may give feedback on its turns. */
  readonly takesFeedback?: true
  /** Templates for links, with `{traceId}`, `{spanId}`, `{start}`, `{end}` (ms) and `{service}`. */
  readonly links?: readonly {
    readonly label: string
    readonly template: string
    readonly on: 'trace' | 'span'
  }[]
  /** In the list of sources: how the backend was when it was last asked, where the source knows. */
  readonly state?: SourceState
}

/** Whether a backend filters by a field itself; without an operator: by every operator of the field. */
export function filtersNatively(
  { filters }: Pick<Capabilities, 'filters'>,
  field: FilterField,
  operator?: FilterOperator,
): boolean {
  if (filters === 'all') return true
  const operators = filters.find((one) => one.field === field)?.operators
  return operators === 'all' || (operator !== undefined && operators?.includes(operator) === true)
}
