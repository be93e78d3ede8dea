import { describe, expect, it } from 'vitest'
import type { Trace } from '../../../domain/model/trace.ts'
import { durationMicros, micros, spanId, traceId } from '../../../domain/model/units.ts'
import { spanLinks, traceLinks } from './outward-links.ts'

const local = { id: 'local', label: 'Embedded store', kind: 'store' }
const jaeger = {
  id: 'jaeger',
  label: 'Jaeger',
  kind: 'jaeger',
  links: [{ label: 'Open in Jaeger', template: 'http://jaeger:16686/trace/{traceId}', on: 'trace' }],
}
const trace = (more: Partial<Trace>): Trace =>
  ({
    traceId: traceId('turn/1'),
    startTime: micros(1_000_500),
    duration: durationMicros(2_000_001),
    services: [],
    spans: null,
    ...more,
  }) as Trace

describe('the ways out of a turn', () => {
  it('fill the templates of settings, encoded, times in ms', () => {
    const logs = {
      ...local,
      links: [{ label: 'Logs', template: 'https://logs/?q={traceId}&from={start}&to={end}', on: 'trace' }],
    }
    expect(traceLinks(trace({}), logs, [logs])).toEqual([
      { label: 'Logs', href: 'https://logs/?q=turn%2F1&from=1000&to=3001' },
    ])
  })
  it('lead to the source that holds the spans, under its own trace id', () => {
    const away = trace({
      spans: { source: 'jaeger', traceId: traceId('abc') },
      externalUrl: 'http://jaeger:16686/trace/abc',
    })
    expect(traceLinks(away, local, [local, jaeger])).toEqual([
      { label: 'Open in Jaeger', href: 'http://jaeger:16686/trace/abc' },
    ])
  })
  it('lead to a provider that is no source here by its own address', () => {
    const away = (source: string) =>
      traceLinks(trace({ spans: { source, traceId: traceId('x') }, externalUrl: 'https://lf/x' }), local, [
        local,
      ]).map(({ label }) => label)
    expect(away('langfuse-staging')).toEqual(['Open in Langfuse'])
    expect(away('elsewhere')).toEqual(['Open in its provider'])
  })
  it('of settings that stand on every source are given once, under the id that the provider knows', () => {
    const links = [{ label: 'Logs', template: 'https://logs/{traceId}', on: 'trace' }]
    const away = trace({ spans: { source: 'jaeger', traceId: traceId('abc') } })
    expect(
      traceLinks(away, { ...local, links }, [
        { ...local, links },
        { ...jaeger, links },
      ]),
    ).toEqual([{ label: 'Logs', href: 'https://logs/abc' }])
  })
  it('name the service, and are left out where none is known', () => {
    const source = {
      ...local,
      links: [{ label: 'Metrics', template: 'https://m/{service}', on: 'trace' }],
    }
    expect(traceLinks(trace({ services: ['my bot'] }), source, [source])).toEqual([
      { label: 'Metrics', href: 'https://m/my%20bot' },
    ])
    expect(traceLinks(trace({}), source, [source])).toEqual([])
  })
  it.each(['javascript:alert(1)', 'data:text/html,x', '//evil.example', 'http://['])(
    'never are %s',
    (url) => {
      expect(traceLinks(trace({ externalUrl: url }), local, [local])).toEqual([])
    },
  )
})

it('a span has its own', () => {
  const source = {
    ...local,
    links: [{ label: 'Logs', template: 'https://l/{traceId}/{spanId}', on: 'span' }],
  }
  const span = { spanId: spanId('s1'), startTime: micros(5), duration: null }
  expect(spanLinks(span, traceId('t'), source)).toEqual([{ label: 'Logs', href: 'https://l/t/s1' }])
})
