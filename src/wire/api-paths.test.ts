import { describe, expect, it } from 'vitest'
import { PATHS, pathTo, withParams } from './api-paths.ts'
import { readIds, writeIds } from './parameters.ts'

describe('paths of the interface', () => {
  it('take ids with every character', () => {
    expect(pathTo(PATHS.span, { source: 'a b', traceId: '../x', spanId: ':traceId' })).toBe(
      '/api/v1/sources/a%20b/traces/..%2Fx/spans/%3AtraceId',
    )
  })

  it('carry parameters, but none that is absent', () => {
    expect(withParams('/x', [['tag', 'a&b']], { limit: 5, cursor: undefined })).toBe('/x?tag=a%26b&limit=5')
    expect(withParams('/x', [])).toBe('/x')
  })

  it.each([[['a', 'b']], [['a,b', '%2C', '100%']], [['ü 😀']]])('bring ids over together: %j', (ids) => {
    const [, value = ''] = withParams('/x', [], { ids: writeIds(ids) }).split('ids=')
    expect(readIds(new URLSearchParams(`ids=${value}`).get('ids') ?? '')).toEqual(ids)
  })

  it('know ids that are none', () => {
    expect(readIds('%zz')).toBeNull()
  })
})
