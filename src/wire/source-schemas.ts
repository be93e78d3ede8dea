import * as z from 'zod/mini'
import {
  type Capabilities,
  COSTS,
  type Costs,
  type FilterAbility,
  type RateLimit,
  type SourceInfo,
  type SourceState,
} from '../domain/port/source-info.ts'
import {
  FILTER_FIELDS,
  FILTER_OPERATORS,
  type FilterField,
  SORT_FIELDS,
} from '../domain/query/trace-query.ts'
import { optional, type Reads, time, whole } from './schema-parts.ts'

const filterField = z.enum(Object.keys(FILTER_FIELDS) as [FilterField, ...FilterField[]])

const filterOperator = z.enum(FILTER_OPERATORS)
const cost = z.enum(COSTS)

export const sourcesSchema: Reads<readonly SourceInfo[]> = z.array(
  whole<SourceInfo>()({
    id: z.string(),
    label: z.string(),
    kind: z.string(),
    about: z.string(),
    sample: optional(z.literal(true)),
    takesFeedback: optional(z.literal(true)),
    capabilities: whole<Capabilities>()({
      sorts: z.array(z.enum(SORT_FIELDS)),
      ascending: z.boolean(),
      filters: z.union([
        z.literal('all'),
        z.array(
          whole<FilterAbility>()({
            field: filterField,
            operators: z.union([z.literal('all'), z.array(filterOperator)]),
          }),
        ),
      ]),
      text: z.boolean(),
      costs: whole<Costs>()({
        count: cost,
        histogram: cost,
        suggest: cost,
        sessions: cost,
        chatbots: cost,
        aggregate: cost,
      }),
      payloads: z.enum(['batch', 'single']),
      pollMs: z.number(),
    }),
    state: optional(
      whole<SourceState>()({
        reachable: z.boolean(),
        version: optional(z.string()),
        dialect: optional(z.string()),
        project: optional(z.string()),
        rateLimit: optional(
          whole<RateLimit>()({
            remaining: z.number(),
            limit: optional(z.number()),
            resetAt: optional(time),
          }),
        ),
        retryAt: optional(time),
        lastError: optional(z.string()),
        services: optional(z.number()),
        checkedAt: time,
      }),
    ),
    links: optional(
      z.array(z.object({ label: z.string(), template: z.string(), on: z.enum(['trace', 'span']) })),
    ),
  }),
)
