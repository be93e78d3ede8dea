import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { buildJaeger, NoJaegerError } from './build-jaeger.ts'

/** A program in Go's place: what it does for each of its commands, in the language of the shell. */
interface Go {
  readonly version?: string
  readonly list?: string
  readonly build?: string
}

describe('a Jaeger to test with', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'turnscope-go-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const logged: string[] = []
  const build = ({ version = 'go1.26.1', list = ':', build: made = 'echo program > "$3"' }: Go) => {
    const go = join(folder, 'go')
    const cases = `env) echo ${version};; list) ${list};; build) echo built >> ${folder}/builds; ${made};;`
    writeFileSync(go, `#!/bin/sh\ncase "$1" in ${cases} esac\n`)
    chmodSync(go, 0o755)
    const path = [folder, process.env.PATH].join(delimiter)
    return buildJaeger((line) => logged.push(line), { PATH: path, XDG_CACHE_HOME: join(folder, 'cache') })
  }
  const fails = (words: string) => `echo '${words}' >&2; exit 1`

  it('is built once, into the cache of whoever runs it', async () => {
    const program = await build({})
    expect(program).toBe(join(folder, 'cache', 'turnscope', 'jaeger-2.13.0', 'jaeger'))
    expect(readFileSync(program, 'utf8')).toBe('program\n')
    expect(await build({ version: 'go1.20', build: fails('no') })).toBe(program)
    expect(readFileSync(join(folder, 'builds'), 'utf8')).toBe('built\n')
    expect(logged.join('\n')).toMatch(/Jaeger was built in \d+ s/)
  })

  it.each([
    ['an old Go', { version: 'go1.25.9' }, /Go is go1\.25\.9; 1\.26 or newer/],
    [
      'no way to the modules',
      { list: fails('dial tcp: lookup modules.example: no such host') },
      /cannot be had.*no such host/,
    ],
    ['a proxy that has none', { list: fails('reading https://proxy/x.mod: 404 Not Found') }, /cannot be had/],
  ] as const)('cannot be had with %s', async (_, go, words) => {
    const built = build(go)
    await expect(built).rejects.toThrow(NoJaegerError)
    await expect(built).rejects.toThrow(words)
  })

  it('is a newer Go’s as well', async () => {
    await expect(build({ version: 'go2.0' })).resolves.toBeTypeOf('string')
  })

  it.each([
    ['modules that do not fit', { list: fails('SECURITY ERROR: checksum mismatch') }, /do not fit/],
    ['a build that fails', { build: fails('undefined: main') }, /was not built: undefined: main/],
    ['a build without a word', { build: 'exit 2' }, /Go says nothing/],
  ] as const)('is a failure with %s, and leaves nothing behind', async (_, go, words) => {
    const built = build(go)
    await expect(built).rejects.toThrow(words)
    await expect(built).rejects.not.toThrow(NoJaegerError)
    const cache = join(folder, 'cache', 'turnscope', 'jaeger-2.13.0')
    expect(existsSync(join(cache, 'jaeger'))).toBe(false)
    await expect(build({})).resolves.toBe(join(cache, 'jaeger'))
    expect(dirname(await build({}))).toBe(cache)
  })
})
