import { posix } from 'node:path'
import { parseSync } from 'oxc-parser'

/** What each folder of src/ may import from src/, longest match first; `self` is always allowed. */
const ARROWS: Record<string, readonly string[]> = {
  domain: [],
  semantics: ['domain'],
  formats: ['domain', 'semantics'],
  sources: ['domain', 'semantics', 'formats'],
  state: ['domain', 'sources/trace-source.ts', 'sources/source-error.ts', 'sources/remote'],
  ui: [],
  filters: ['domain', 'state', 'ui'],
  features: ['domain', 'semantics', 'state', 'ui', 'filters'],
  app: [
    'domain',
    'features',
    'state',
    'ui',
    'sources/trace-source.ts',
    'sources/source-error.ts',
    'sources/remote',
  ],
  gateway: ['domain', 'semantics', 'formats', 'sources'],
  recorder: [],
}

/** Folders whose subfolders never import each other. */
const APART = ['features', 'sources']

/** The adapters, and the files that may name them beside tests. */
const ADAPTERS = ['sources/store', 'sources/sample', 'sources/jaeger', 'sources/langfuse']
const NAMES_ADAPTERS = ['gateway/source-table.ts']

const NODE_FOLDERS = ['gateway/', 'sources/store/', 'sources/jaeger/', 'sources/langfuse/']
const REACT_FOLDERS = ['ui/', 'filters/', 'features/', 'app/', 'state/']
const CATCH_ALL = /(^|\/)(utils?|helpers?|common|lib|misc|index)(\/|\.tsx?$)/
const LINE_WALL = 400

const isTest = (path: string) =>
  /\.test\.tsx?$|\.bench\.ts$|\/fixtures\/|\/testing\/|\/conformance(\/|\.ts$)|-drawing\.ts$/.test(path)

interface Import {
  readonly from: string
  readonly to: string
  readonly line: number
}

/**
 * Reads every import of a tree of sources and says which break the arrows of docs/architecture.md.
 * @param files path below src/ (posix) → text
 * @returns one line a violation, sorted; empty where all is well
 */
export function violations(files: ReadonlyMap<string, string>): string[] {
  const found: string[] = []
  const edges = new Map<string, string[]>()
  for (const [path, text] of files) {
    if (!/\.tsx?$/.test(path) || path.includes('/fixtures/')) continue
    if (CATCH_ALL.test(path)) found.push(`${path}: a catch-all name`)
    const lines = text.split('\n').length
    if (lines > LINE_WALL && !isTest(path))
      found.push(`${path}: ${lines} lines, over the wall of ${LINE_WALL}`)
    const imports = importsOf(path, text)
    const inside: string[] = []
    for (const each of imports) {
      if (!each.to.startsWith('.')) {
        found.push(...packageViolations(each))
        continue
      }
      const target = posix.normalize(posix.join(posix.dirname(path), each.to.replace(/\?.*$/, '')))
      if (target.startsWith('..')) continue
      inside.push(target)
      found.push(...arrowViolations(each, target))
    }
    edges.set(path, inside)
  }
  found.push(...circles(edges))
  return found.sort()
}

function importsOf(path: string, text: string): Import[] {
  const { module } = parseSync(path, text)
  const lineAt = (offset: number) => text.slice(0, offset).split('\n').length
  const requests = [
    ...module.staticImports.map((each) => each.moduleRequest),
    ...module.staticExports.flatMap((each) => each.entries.flatMap((entry) => entry.moduleRequest ?? [])),
  ].map((request) => ({ from: path, to: request.value, line: lineAt(request.start) }))
  const dynamic = module.dynamicImports.flatMap((each) => {
    const literal = /^\s*['"]([^'"]+)['"]\s*$/.exec(
      text.slice(each.moduleRequest.start, each.moduleRequest.end),
    )
    return literal?.[1] ? [{ from: path, to: literal[1], line: lineAt(each.start) }] : []
  })
  return [...requests, ...dynamic]
}

function packageViolations({ from, to, line }: Import): string[] {
  if (isTest(from)) return []
  const within = (folders: readonly string[]) => folders.some((folder) => from.startsWith(folder))
  if (to.startsWith('node:') && !within(NODE_FOLDERS))
    return [`${from}:${line}: ${to} outside of the gateway`]
  if (/^react(-dom|-router-dom)?($|\/)/.test(to) && !within(REACT_FOLDERS))
    return [`${from}:${line}: ${to} below the pages`]
  return []
}

function arrowViolations({ from, line }: Import, target: string): string[] {
  if (isTest(from)) return []
  const folder = from.split('/')[0] ?? ''
  const targetFolder = target.split('/')[0] ?? ''
  const say = (why: string) => [`${from}:${line}: imports ${target}: ${why}`]
  const allowed = ARROWS[folder]
  if (!allowed) return say(`src/${folder} has no arrows drawn`)
  if (isTest(target)) return say('a test is imported')
  const fits = (entry: string) => target === entry || target.startsWith(`${entry}/`)
  if (targetFolder !== folder && !allowed.some(fits)) return say(`${folder} may not import it`)
  const part = (path: string) => (path.split('/').length > 2 ? path.split('/')[1] : undefined)
  if (targetFolder === folder && APART.includes(folder)) {
    const [mine, theirs] = [part(from), part(target)]
    if (theirs && mine !== theirs && (mine || folder === 'features')) return say('parts that stay apart')
  }
  if (ADAPTERS.some(fits) && targetFolder !== folder && !NAMES_ADAPTERS.includes(from))
    return say('only the table of sources names an adapter')
  return []
}

/** Import circles, each named once, found without recursion (Tarjan's components by two passes). */
function circles(edges: ReadonlyMap<string, readonly string[]>): string[] {
  const order: string[] = []
  const seen = new Set<string>()
  for (const start of edges.keys()) {
    const stack: [string, number][] = seen.has(start) ? [] : [[start, 0]]
    seen.add(start)
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const next = edges.get(top[0])?.[top[1]++]
      if (next === undefined) order.push(stack.pop()?.[0] ?? '')
      else if (edges.has(next) && !seen.has(next)) {
        seen.add(next)
        stack.push([next, 0])
      }
    }
  }
  const back = new Map<string, string[]>()
  for (const [from, targets] of edges)
    for (const to of targets) if (edges.has(to)) back.set(to, [...(back.get(to) ?? []), from])
  const placed = new Set<string>()
  const found: string[] = []
  for (const start of order.reverse()) {
    if (placed.has(start)) continue
    const members: string[] = []
    const stack = [start]
    placed.add(start)
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      members.push(at)
      for (const from of back.get(at) ?? [])
        if (!placed.has(from)) {
          placed.add(from)
          stack.push(from)
        }
    }
    if (members.length > 1) found.push(`import circle: ${members.sort().join(', ')}`)
  }
  return found
}
