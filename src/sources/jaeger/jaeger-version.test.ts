import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { versionIn } from './jaeger-version.ts'

it.each([
  ['JAEGER_VERSION = {"gitCommit":"a1","gitVersion":"v1.76.0","buildDate":"2026"};', '1.76.0'],
  ['const JAEGER_VERSION={"gitVersion":"2.20.0-rc.1"}', '2.20.0-rc.1'],
  ['JAEGER_VERSION = {"gitCommit":"","gitVersion":"","buildDate":""};', undefined],
  ['JAEGER_VERSION = {"gitVersion":"dev"};', undefined],
  ['JAEGER_VERSION = {"gitVersion":"1 <script>"};', undefined],
  ['JAEGER_VERSION = {"gitVersion":7};', undefined],
  ['JAEGER_VERSION = DEFAULT_VERSION;', undefined],
  ['JAEGER_VERSION = {broken};', undefined],
  ['<title>Welcome</title>', undefined],
  ['', undefined],
])('%s tells version %s', (page, version) => {
  expect(versionIn(page)).toBe(version)
})

it.each(['v2.13-memory', 'main-memory'])('%s was built without one', (folder) => {
  const page = new URL(`../../formats/fixtures/jaeger/${folder}/ui-index.txt`, import.meta.url)
  expect(readFileSync(page, 'utf8')).toContain('JAEGER_VERSION = ')
  expect(versionIn(readFileSync(page, 'utf8'))).toBeUndefined()
})
