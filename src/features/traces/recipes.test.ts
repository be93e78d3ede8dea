import { expect, test } from 'vitest'
import { addressesOf, recipesFor } from './recipes.ts'

const recipes = recipesFor(addressesOf({ origin: 'http://10.0.0.7:8080', hostname: '10.0.0.7' }))
const codeOf = (id: string) => recipes.find((recipe) => recipe.id === id)?.code ?? ''

test('every recipe names the address of this page’s gateway', () => {
  for (const { code } of recipes) expect(code).toMatch(/10\.0\.0\.7:(8080|4317)/)
})

test('Rasa exports over gRPC', () => {
  expect(codeOf('rasa')).toContain('endpoint: 10.0.0.7:4317')
})

test('the turn sent by hand is JSON once the shell has filled it in', () => {
  const body = /-d '([\s\S]*)'$/.exec(codeOf('curl'))?.[1] ?? ''
  const filled = body
    .replace(/'\$\(printf %032x \$NOW\)'/, '1'.padStart(32, '0'))
    .replace(/'\$\(printf %016x \$NOW\)'/, '1'.padStart(16, '0'))
    .replaceAll("'$NOW'", '1795000000')
  const span = JSON.parse(filled).resourceSpans[0].scopeSpans[0].spans[0]
  expect(span.traceId).toHaveLength(32)
  expect(span.spanId).toHaveLength(16)
  expect(BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano)).toBe(900_000_000n)
})
