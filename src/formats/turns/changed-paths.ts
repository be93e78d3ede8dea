import type { AttributeValue } from '../../domain/span.ts'
import type { ParticipantData, RecordedChange } from '../../domain/trace.ts'

type Step = string | number

const isObject = (value: AttributeValue | undefined): value is { readonly [key: string]: AttributeValue } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** `orders[1].state`: keys joined by dots, indices in brackets. */
const pathText = (steps: readonly Step[]): string =>
  steps.reduce<string>(
    (path, step) => (typeof step === 'number' ? `${path}[${step}]` : path === '' ? step : `${path}.${step}`),
    '',
  )

/** Where a change's path leads: dots separate keys in a text, a list has a key or index each. */
const stepsOf = (path: RecordedChange[1]): readonly Step[] =>
  typeof path === 'string' ? (path === '' ? [] : path.split('.')) : path

const ofRecorded = ([kind, path, details]: RecordedChange): readonly Step[][] => {
  const steps = stepsOf(path)
  if (kind === 'change') return [[...steps]]
  // Additions and removals name their container, and what is in it as [key, value] pairs.
  const pairs = Array.isArray(details) ? details : []
  return pairs.flatMap((pair) => {
    const key = Array.isArray(pair) ? pair[0] : undefined
    return typeof key === 'string' || typeof key === 'number' ? [[...steps, key]] : []
  })
}

const MAX_PATHS = 1000

const walk = (
  before: AttributeValue | undefined,
  after: AttributeValue | undefined,
  at: Step[],
  into: Step[][],
) => {
  if (into.length >= MAX_PATHS || before === after) return
  if (isObject(before) && isObject(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)]))
      walk(before[key], after[key], [...at, key], into)
  } else if (Array.isArray(before) && Array.isArray(after)) {
    for (let index = 0; index < Math.max(before.length, after.length); index++)
      walk(before[index], after[index], [...at, index], into)
  } else into.push(at)
}

/** The paths of participant data that a turn changed, ancestors left out; at most 1,000. */
export const changedPaths = ({ before, after, changes }: ParticipantData): readonly string[] => {
  const steps: Step[][] = changes?.flatMap(ofRecorded) ?? []
  if (changes === undefined && after !== undefined) walk(before, after, [], steps)
  return [...new Set(steps.slice(0, MAX_PATHS).map(pathText))].filter((path) => path !== '')
}
