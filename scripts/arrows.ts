import { posix } from 'node:path'
import { parseSync } from 'oxc-parser'

/** What each folder of src/ may import from src/, longest match first; `self` is always allowed. */
const ARROWS: Record<string, readonly string[]> = {
  domain: [],
  wire: ['domain'],
  semantics: ['domain'],
  formats: ['domain', 'semantics'],
  sources: ['domain', 'wire', 'semantics', 'formats'],
  state: ['domain', 'wire'],
  ui: [],
  filters: ['domain', 'state', 'ui'],
  features: ['domain', 'semantics', 'state', 'ui', 'filters'],
  app: ['domain', 'features', 'state', 'ui', 'sources'],
  gateway: ['domain', 'wire', 'semantics', 'formats', 'sources'],
  recorder: [],
}

/** A folder below sources/ that holds a file of this name is an adapter. */
const ADAPTER_FILE = /^sources\/([^/]+)\/[^/]*-source\.ts$/

/** The files that may name adapters beside tests: the pattern of a path and the adapters that it may name. */
const NAMES_ADAPTERS: readonly (readonly [RegExp, (adapter: string, path: string) => boolean])[] = [
  [/^gateway\/sources\/source-table\.ts$/, (adapter) => adapter === 'store' || adapter === 'sample'],
  [
    /^gateway\/backends\/[^/]+-kind\.ts$/,
    (adapter, path) => path === `gateway/backends/${adapter}-kind.ts` || adapter === 'store',
  ],
  [/^app\/gateway-backend\.ts$/, (adapter) => adapter === 'remote'],
]

/** Of sources/, only adapters run in the gateway alone; the client of the gateway runs in the browser. */
const isNodeAdapter = (adapter: string): boolean => adapter !== 'remote' && adapter !== 'sample'

const REACT_FOLDERS = ['ui/', 'filters/', 'features/', 'app/', 'state/']
const CATCH_ALL = /(^|\/)(utils?|helpers?|common|lib|misc|index)(\/|\.tsx?$)/
const LINE_WALL = 400

/** Tests, and what stands beside them. */
export const isTest = (path: string) =>
  /\.test\.tsx?$|\.bench\.ts$|\/fixtures\/|\/testing\/|\/conformance(\/|\.ts$)/.test(path)

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
  const adapters = new Set([...files.keys()].flatMap((path) => ADAPTER_FILE.exec(path)?.[1] ?? []))
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
        found.push(...packageViolations(each, adapters))
        continue
      }
      const target = posix.normalize(posix.join(posix.dirname(path), each.to.replace(/\?.*$/, '')))
      if (target.startsWith('..')) continue
      inside.push(target)
      found.push(...arrowViolations(each, target, adapters))
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

/** The adapter whose folder a path lies in. */
const adapterOf = (path: string, adapters: ReadonlySet<string>): string | undefined => {
  const [folder, name = ''] = path.split('/')
  return folder === 'sources' && adapters.has(name) ? name : undefined
}

function packageViolations({ from, to, line }: Import, adapters: ReadonlySet<string>): string[] {
  if (isTest(from)) return []
  const adapter = adapterOf(from, adapters)
  const inNode = from.startsWith('gateway/') || (adapter !== undefined && isNodeAdapter(adapter))
  const within = (folders: readonly string[]) => folders.some((folder) => from.startsWith(folder))
  if (to.startsWith('node:') && !inNode) return [`${from}:${line}: ${to} outside of the gateway`]
  if (/^react(-dom|-router-dom)?($|\/)/.test(to) && !within(REACT_FOLDERS))
    return [`${from}:${line}: ${to} below the pages`]
  return []
}

function arrowViolations({ from, line }: Import, target: string, adapters: ReadonlySet<string>): string[] {
  if (isTest(from)) return []
  const folder = from.split('/')[0] ?? ''
  const targetFolder = target.split('/')[0] ?? ''
  const say = (why: string) => [`${from}:${line}: imports ${target}: ${why}`]
  const allowed = ARROWS[folder]
  if (!allowed) return say(`src/${folder} has no arrows drawn`)
  if (isTest(target)) return say('a test is imported')
  if (targetFolder !== folder && !allowed.includes(targetFolder)) return say(`${folder} may not import it`)
  if (folder === 'features' && targetFolder === folder && from.split('/')[1] !== target.split('/')[1])
    return say('parts that stay apart')
  const [mine, theirs] = [adapterOf(from, adapters), adapterOf(target, adapters)]
  if (theirs === undefined || mine === theirs) return []
  if (mine !== undefined) return say('parts that stay apart')
  const may = NAMES_ADAPTERS.some(([path, names]) => path.test(from) && names(theirs, from))
  return may ? [] : say('only the table of sources and its own kind name an adapter')
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
