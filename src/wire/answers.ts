import * as z from 'zod/mini'
import type { Answer, Bounds } from '../domain/port/trace-source.ts'
import { boundsSchema } from './reply-schemas.ts'

/** A derived answer as it is sent: one object, its bounds beside its value. */
export const flatAnswer = <Value extends object>({ value, ...bounds }: Answer<Value>): Value & Bounds => ({
  ...value,
  ...bounds,
})

/** The same read back. */
export function answerOf<Value extends object>(sent: Value & Bounds): Answer<Value> {
  const { scanned, problems, ...value } = sent
  return { value: value as unknown as Value, ...(scanned && { scanned }), ...(problems && { problems }) }
}

/** Where the bounds of an answer stand whose body is a bare list. */
const HEADERS = { scanned: 'Turnscope-Scanned', problems: 'Turnscope-Problems' } as const

/** Headers are small: servers and proxies refuse long ones. */
const MOST_PROBLEMS = 5
const LONGEST_PROBLEM = 300

/** JSON in ASCII: a header carries nothing else. */
const asciiJson = (value: unknown): string =>
  JSON.stringify(value).replaceAll(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

/** The bounds of an answer as headers; none where there are no bounds. */
export const boundsHeaders = ({ scanned, problems }: Bounds): Record<string, string> => ({
  ...(scanned && { [HEADERS.scanned]: asciiJson(scanned) }),
  ...(problems && {
    [HEADERS.problems]: asciiJson(
      problems.slice(0, MOST_PROBLEMS).map((problem) => problem.slice(0, LONGEST_PROBLEM)),
    ),
  }),
})

/** Reads them back; what is malformed is as if it were absent, for the list is there all the same. */
export function readBounds(header: (name: string) => string | null): Bounds {
  const bounds: Record<string, unknown> = {}
  for (const [key, name] of Object.entries(HEADERS)) {
    try {
      const text = header(name)
      if (text !== null) bounds[key] = JSON.parse(text)
    } catch {
      return {}
    }
  }
  const parsed = z.safeParse(boundsSchema, bounds)
  return parsed.success ? parsed.data : {}
}
