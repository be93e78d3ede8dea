import { readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isTest, violations } from './arrows.ts'
import { fileSizes } from './file-sizes.ts'

const root = join(import.meta.dirname, '..', 'src')
const tree = new Map(
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(tsx?|css)$/.test(path))
    .map((path) => [path.split(sep).join('/'), readFileSync(join(root, path), 'utf8')] as const),
)

describe('the arrows between folders', () => {
  it('hold in this tree', () => {
    expect(tree.size).toBeGreaterThan(6)
    expect(violations(tree)).toEqual([])
  })

  const planted: [string, Record<string, string>, RegExp][] = [
    [
      'domain imports semantics',
      { 'domain/a.ts': "import { b } from '../semantics/b.ts'" },
      /domain may not import/,
    ],
    ['a type import counts', { 'ui/a.ts': "import type { b } from '../domain/b.ts'" }, /ui may not import/],
    ['a re-export counts', { 'domain/a.ts': "export * from '../sources/b.ts'" }, /domain may not import/],
    [
      'a dynamic import counts',
      { 'state/a.ts': "await import('../gateway/main.ts')" },
      /state may not import/,
    ],
    ['features stay apart', { 'features/a/x.ts': "import '../b/y.ts'" }, /parts that stay apart/],
    [
      'adapters stay apart, whatever they are called',
      {
        'sources/store/x.ts': "import '../new/y.ts'",
        'sources/new/new-source.ts': '',
        'sources/store/stored-source.ts': '',
      },
      /parts that stay apart/,
    ],
    [
      'what adapters share knows none of them',
      { 'sources/walking/x.ts': "import '../new/y.ts'", 'sources/new/new-source.ts': '' },
      /name an adapter/,
    ],
    [
      'only one file names adapters',
      { 'gateway/api/app.ts': "import '../../sources/new/s.ts'", 'sources/new/new-source.ts': '' },
      /name an adapter/,
    ],
    [
      'a kind of backend names its own adapter alone',
      {
        'gateway/backends/other-kind.ts': "import '../../sources/new/s.ts'",
        'sources/new/new-source.ts': '',
      },
      /name an adapter/,
    ],
    [
      'the table of sources leaves backends to their kinds',
      {
        'gateway/sources/source-table.ts': "import '../../sources/new/s.ts'",
        'sources/new/new-source.ts': '',
      },
      /name an adapter/,
    ],
    [
      'the page has no backend',
      { 'app/gateway-backend.ts': "import '../sources/new/s.ts'", 'sources/new/new-source.ts': '' },
      /name an adapter/,
    ],
    ['what is sent knows no source', { 'wire/a.ts': "import '../sources/b.ts'" }, /wire may not import/],
    ['views know no wire', { 'features/a/x.ts': "import '../../wire/b.ts'" }, /features may not import/],
    ['node in what adapters share', { 'sources/walking/x.ts': "import 'node:fs'" }, /outside of the gateway/],
    ['node below the gateway', { 'domain/a.ts': "import 'node:fs'" }, /outside of the gateway/],
    ['react below the pages', { 'domain/a.ts': "import 'react'" }, /below the pages/],
    ['a catch-all name', { 'domain/utils.ts': '' }, /catch-all/],
    ['a barrel', { 'ui/index.ts': '' }, /catch-all/],
    ['a file over the wall', { 'domain/a.ts': '\n'.repeat(401) }, /over the wall/],
    [
      'a circle',
      {
        'domain/a.ts': "import './b.ts'",
        'domain/b.ts': "import './c.ts'",
        'domain/c.ts': "import './a.ts'",
      },
      /import circle: domain\/a.ts, domain\/b.ts, domain\/c.ts/,
    ],
    ['a product file that imports a test', { 'domain/a.ts': "import './b.test.ts'" }, /a test is imported/],
    ['an unknown folder', { 'extras/a.ts': "import './b.ts'" }, /no arrows drawn/],
  ]
  it.each(planted)('catch a planted violation: %s', (_name, files, expected) => {
    expect(violations(new Map(Object.entries(files))).join('\n')).toMatch(expected)
  })

  it('let the table of sources name adapters, and tests look upward', () => {
    const fine = {
      'gateway/sources/source-table.ts': "import '../../sources/store/s.ts'",
      'sources/store/s.ts': '',
      'gateway/backends/new-kind.ts': "import '../../sources/new/new-source.ts'",
      'sources/new/new-source.ts': '',
      'domain/a.test.ts': "import '../sources/b.ts'\nimport 'node:fs'",
      'features/trace/x.ts': "import '../../domain/y.ts'",
      'features/trace/z.ts': "import '../../domain/port/trace-source.ts'",
      'sources/store/s-source.ts': "import '../walking/walk.ts'\nimport 'node:fs'",
      'app/gateway-backend.ts': "import '../sources/remote/r-source.ts'",
      'sources/remote/r-source.ts': "import '../../wire/api-paths.ts'",
    }
    expect(violations(new Map(Object.entries(fine)))).toEqual([])
  })
})

describe('the sizes of files', () => {
  it('are about one idea each', () => {
    const { median, p90, crowded } = fileSizes(new Map([...tree].filter(([path]) => !isTest(path))))
    expect(median).toBeLessThanOrEqual(110)
    expect(p90).toBeLessThanOrEqual(250)
    expect(crowded).toEqual({})
  })

  const file = (lines: number) => '\n'.repeat(lines - 1)
  it('are counted in lines, nine of ten below p90', () => {
    const files = Array.from(
      { length: 10 },
      (_, at) => [`a/${at}.ts`, file(at === 9 ? 300 : at + 1)] as const,
    )
    expect(fileSizes(new Map(files))).toEqual({ median: 6, p90: 300, crowded: {} })
    expect(fileSizes(new Map([...files, ['a/x.tsx', file(2)] as const]))).toMatchObject({ median: 5, p90: 9 })
    expect(fileSizes(new Map())).toEqual({ median: 0, p90: 0, crowded: {} })
  })

  it('a folder is full at twenty files, of whatever kind', () => {
    const files = (count: number) => Array.from({ length: count }, (_, at) => [`ui/${at}.css`, ''] as const)
    expect(fileSizes(new Map([...files(20), ['ui/text/a.css', '']])).crowded).toEqual({})
    expect(fileSizes(new Map(files(21))).crowded).toEqual({ 'ui/': 21 })
  })
})
