import { describe, expect, it } from 'vitest'
import { readConfig } from '../settings/config.ts'
import { oneTraceSource } from '../testing/one-trace-source.ts'
import { createApp } from './app.ts'
import { NO_FILES } from './static-files.ts'

const linksOf = (TURNSCOPE_LINKS: string) => readConfig({ TURNSCOPE_LINKS }).config.links

describe('TURNSCOPE_LINKS', () => {
  it('are links on traces and spans; those that name a span on spans alone', () => {
    const logs = 'https://logs.example/?q={traceId}&from={start}&to={end}'
    const span = 'http://metrics.example/{service}/{spanId}'
    expect(linksOf(` Logs=${logs} | Span metrics=${span}|`)).toEqual([
      { label: 'Logs', template: logs, on: 'trace' },
      { label: 'Logs', template: logs, on: 'span' },
      { label: 'Span metrics', template: span, on: 'span' },
    ])
    expect(readConfig({}).config.links).toEqual([])
  })

  it.each([
    ['Logs=javascript:alert(1)', /http:\/\/ or https/],
    ['Logs=//logs.example/{traceId}', /http:\/\/ or https/],
    ['Logs=https://logs.example/{traceid}', /"\{traceid\}" is not known; there are \{traceId\}/],
    ['Logs=https://{service}.example/', /host cannot be filled/],
    ['Logs=https://me:secret@logs.example/', /credentials/],
    ['https://logs.example/', /Label=https/],
    ['=https://logs.example/', /Label=https/],
    ['Logs=https://a.example/|More=ftp://b.example/', /http:\/\/ or https/],
    ['Logs', /Label=https/],
  ])('%s stops the start', (value, message) => {
    expect(() => linksOf(value)).toThrow(/^TURNSCOPE_LINKS: /)
    expect(() => linksOf(value)).toThrow(message)
  })

  it('stand on every source, after its own', async () => {
    const own = { label: 'Open in Jaeger', template: 'http://jaeger/{traceId}', on: 'trace' } as const
    const plain = oneTraceSource('local').source
    const jaeger = oneTraceSource('jaeger').source
    const links = linksOf('Logs=https://logs.example/{spanId}')
    const app = createApp({
      host: '127.0.0.1',
      access: { allowAnonymousIngest: false, allowedHosts: [] },
      sources: () => [plain, { ...jaeger, info: { ...jaeger.info, links: [own] } }],
      files: NO_FILES,
      links,
    })
    const reply = await app.request('http://127.0.0.1:4320/api/v1/sources')
    expect(await reply.json()).toMatchObject([{ links }, { links: [own, ...links] }])
  })
})
