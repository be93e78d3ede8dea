import type { AttributeValue } from '../model/span.ts'
import type { ParticipantData, RecordedChange } from '../model/trace.ts'
import { type Change, changesBetween } from './changes.ts'
import { isArray, isObject, own, put } from './value-identity.ts'

export interface AppliedChanges {
  readonly after: AttributeValue
  /** What did not fit, in words; at most `MAX_PROBLEMS` and a last one that counts the others. */
  readonly problems: readonly string[]
}

const MAX_PROBLEMS = 50
/** Of a path; deeper is no real data. */
const MAX_SEGMENTS = 1_000

type Segment = string | number
type Missing = 'made object' | 'made list' | 'a problem'
type Container = AttributeValue[] | Record<string, AttributeValue>
interface Work {
  root: AttributeValue
  /** Containers that were copied already and may be written to. */
  readonly copies: Set<object>
  readonly problems: string[]
}

const KINDS: Record<string, (work: Work, path: readonly Segment[], details: AttributeValue) => void> = {
  add: (work, path, details) => {
    const firstKey = isArray(details) && isArray(details[0]) ? details[0][0] : undefined
    const missing = typeof firstKey === 'number' ? 'made list' : 'made object'
    eachEntry(work, path, details, missing, addEntry)
  },
  remove: (work, path, details) => eachEntry(work, path, details, 'a problem', removeEntry),
  change: (work, path, details) => {
    if (!isArray(details) || details.length !== 2)
      work.problems.push(`${pathName(path)}: not an old and a new value`)
    else changeValue(work, path, details[0] as AttributeValue, details[1] as AttributeValue)
  },
}

/**
 * Applies changes in the shape that Open Chat Studio records (dictdiffer's) to the data at the start. Data
 * that does not match is no reason to stop: what can be applied is, and what did not fit is said. What is
 * given is not written to.
 */
export function applyRecorded(before: AttributeValue, changes: readonly RecordedChange[]): AppliedChanges {
  const work: Work = { root: before, copies: new Set(), problems: [] }
  changes.forEach((change: unknown, index) => {
    const [kind, path, details] = Array.isArray(change) ? (change as unknown[]) : []
    const apply = typeof kind === 'string' && Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined
    const segments = segmentsOf(work.root, path)
    if (apply === undefined || segments === null || details === undefined)
      work.problems.push(`change ${index + 1} is not a recorded change`)
    else apply(work, segments, details as AttributeValue)
  })
  const { root, problems } = work
  const more = problems.length - MAX_PROBLEMS
  return {
    after: root,
    problems: more > 0 ? [...problems.slice(0, MAX_PROBLEMS), `and ${more} more`] : problems,
  }
}

/** A path as segments. In text, keys are joined by dots, and nothing is the root. */
function segmentsOf(root: AttributeValue, path: unknown): readonly Segment[] | null {
  if (typeof path === 'string') {
    if (path === '') return []
    // A key with a dot is recorded in a list; where it was not, the key itself tells.
    if (isObject(root) && Object.hasOwn(root, path)) return [path]
    const segments = path.split('.')
    return segments.length <= MAX_SEGMENTS ? segments : null
  }
  if (!Array.isArray(path) || path.length > MAX_SEGMENTS) return null
  return path.every((segment) => typeof segment === 'string' || Number.isSafeInteger(segment))
    ? (path as Segment[])
    : null
}

function pathName(path: readonly Segment[]): string {
  const name = path.length === 0 ? 'the root' : path.join('.')
  return name.length > 200 ? `${name.slice(0, 200)}…` : name
}

function shortJson(value: AttributeValue | undefined): string {
  if (value === undefined) return 'nothing'
  if (typeof value === 'object' && value !== null) return isArray(value) ? 'a list' : 'an object'
  const text = JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}

/** An index of an array, told by number or digits; null where it is none. */
function indexOf(segment: Segment): number | null {
  const index = typeof segment === 'number' ? segment : /^\d{1,9}$/.test(segment) ? Number(segment) : -1
  return index >= 0 ? index : null
}

const read = (container: AttributeValue | undefined, segment: Segment): AttributeValue | undefined => {
  if (isArray(container)) return container[indexOf(segment) ?? -1]
  return isObject(container) ? own(container, String(segment)) : undefined
}

/** A value's copy that may be written to; made once. */
function writable(work: Work, value: AttributeValue): Container | null {
  if (typeof value !== 'object' || value === null) return null
  if (work.copies.has(value)) return value as Container
  const copy: Container = isArray(value) ? [...value] : { ...(value as Record<string, AttributeValue>) }
  work.copies.add(copy)
  return copy
}

function write(container: Container, segment: Segment, value: AttributeValue): void {
  if (Array.isArray(container)) container[indexOf(segment) ?? container.length] = value
  else put(container, String(segment), value)
}

/**
 * The container at a path, writable all the way, or null and a problem. One that is missing is made as
 * `missing` says, and objects on the way to it; never a list on the way, whose other items are not known.
 */
function containerAt(work: Work, path: readonly Segment[], missing: Missing): Container | null {
  let container = writable(work, work.root)
  if (container === null) {
    work.problems.push(`${pathName(path)}: the data is ${shortJson(work.root)}`)
    return null
  }
  work.root = container
  for (let depth = 0; depth < path.length; depth++) {
    const segment = path[depth] as Segment
    const found = read(container, segment)
    const isUnknowable = Array.isArray(container) || typeof path[depth + 1] === 'number'
    if (found === undefined && (isUnknowable || missing === 'a problem')) {
      work.problems.push(`${pathName(path)}: ${pathName(path.slice(0, depth + 1))} is not there`)
      return null
    }
    if (found === undefined)
      work.problems.push(`${pathName(path)}: ${pathName(path.slice(0, depth + 1))} was not there and is made`)
    const made = missing === 'made list' && depth === path.length - 1 ? [] : {}
    const inner = writable(work, found ?? made)
    if (inner === null) {
      const what = shortJson(found)
      work.problems.push(`${pathName(path)}: ${pathName(path.slice(0, depth + 1))} is ${what}`)
      return null
    }
    write(container, segment, inner)
    container = inner
  }
  return container
}

type EntryStep = (work: Work, container: Container, key: Segment, value: AttributeValue, name: string) => void

function eachEntry(
  work: Work,
  path: readonly Segment[],
  details: AttributeValue,
  missing: Missing,
  step: EntryStep,
): void {
  const entries = isArray(details) ? details : null
  if (entries === null) {
    work.problems.push(`${pathName(path)}: not a list of keys and values`)
    return
  }
  const container = containerAt(work, path, missing)
  if (container === null) return
  for (const entry of entries) {
    const [key, value] = isArray(entry) ? entry : []
    if ((typeof key !== 'string' && typeof key !== 'number') || value === undefined)
      work.problems.push(`${pathName(path)}: ${shortJson(entry)} is not a key and a value`)
    else step(work, container, key, value, pathName([...path, key]))
  }
}

const addEntry: EntryStep = (work, container, key, value, name) => {
  if (!Array.isArray(container)) {
    if (Object.hasOwn(container, key)) work.problems.push(`${name}: was there already and is replaced`)
    put(container, String(key), value)
    return
  }
  const index = indexOf(key)
  if (index === null || index > container.length)
    work.problems.push(`${name}: the list has ${container.length} items; added at its end`)
  container.splice(index ?? container.length, 0, value)
}

const removeEntry: EntryStep = (work, container, key, value, name) => {
  const found = read(container, key)
  if (found === undefined) {
    work.problems.push(`${name}: is not there to be removed`)
    return
  }
  if (differs(found, value)) work.problems.push(`${name}: removed, though it was ${shortJson(found)}`)
  if (Array.isArray(container)) container.splice(indexOf(key) ?? 0, 1)
  else delete container[key]
}

function changeValue(
  work: Work,
  path: readonly Segment[],
  old: AttributeValue,
  current: AttributeValue,
): void {
  // Nothing names the root, and as well a key without a name in it.
  if (path.length === 0 && !(isObject(work.root) && Object.hasOwn(work.root, ''))) {
    if (differs(work.root, old))
      work.problems.push(`the root: changed, though it was ${shortJson(work.root)}`)
    work.root = current
    return
  }
  const key = path.at(-1) ?? ''
  const container = containerAt(
    work,
    path.slice(0, -1),
    typeof key === 'number' ? 'a problem' : 'made object',
  )
  if (container === null) return
  const found = read(container, key)
  if (found === undefined && Array.isArray(container)) {
    work.problems.push(`${pathName(path)}: is not there to be changed`)
    return
  }
  if (found === undefined) work.problems.push(`${pathName(path)}: was not there and is added`)
  else if (differs(found, old))
    work.problems.push(`${pathName(path)}: changed, though it was ${shortJson(found)}`)
  write(container, key, current)
}

/** Whether scalars differ or one of two is none; what is inside of structures is not looked at. */
function differs(found: AttributeValue, expected: AttributeValue): boolean {
  const isStructure = typeof found === 'object' && found !== null
  if (!isStructure) return found !== expected
  return isArray(found) ? !isArray(expected) : !isObject(expected)
}

/** Participant data with what stood at the end worked out of its recorded changes, where only those came. */
export function withAfter(data: ParticipantData): ParticipantData {
  if (data.after !== undefined || data.changes === undefined) return data
  const { after, problems } = applyRecorded(data.before, data.changes)
  return { ...data, after, ...(problems.length > 0 && { problems: [...(data.problems ?? []), ...problems] }) }
}

/** What changed in a turn's participant data; nothing where nothing did or the end is not known. */
export function changesIn(data: ParticipantData): readonly Change[] {
  const { before, after } = withAfter(data)
  return after === undefined ? [] : changesBetween(before, after)
}
