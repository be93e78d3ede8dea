import { expect, test } from 'vitest'
import { addressesOf, recipesFor } from './recipes.ts'

const recipes = recipesFor(addressesOf({ origin: 'http://10.0.0.7:8080', hostname: '10.0.0.7' }))
const codeOf = (id: string) => recipes.find((recipe) => recipe.id === id)?.code ?? ''

test('every recipe names the address of this page’s gateway', () => {
  expect(recipes.length).toBeGreaterThan(3)
  for (const { code } of recipes) expect(code).toMatch(/10\.0\.0\.7:(8080|4317)/)
})

test('Rasa exports over gRPC', () => {
  expect(codeOf('rasa')).toContain('endpoint: 10.0.0.7:4317')
})

test('the turn is JSON once the shell has filled in the time', () => {
  const body = /-d '([\s\S]*)'$/.exec(codeOf('turn'))?.[1] ?? ''
  const turn = JSON.parse(body.replace("'$(date -u +%FT%TZ)'", '2026-11-20T14:02:03Z'))
  expect(turn).toMatchObject({ startTime: '2026-11-20T14:02:03Z', session: { id: 's-1' }, input: 'hello' })
})
