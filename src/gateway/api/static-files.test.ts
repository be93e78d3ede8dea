import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import { createApp } from './app.ts'
import { readStaticFiles, type StaticFiles } from './static-files.ts'

const HTML = '<!doctype html><script>dark()</script><script src="/assets/a.js"></script><style>b{}</style>'
const SCRIPT = 'console.log("hello")'.repeat(100)

let files: StaticFiles
let get: (path: string, headers?: Record<string, string>, method?: string) => Promise<Response>

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'turnscope-page-'))
  mkdirSync(join(folder, 'assets'))
  writeFileSync(join(folder, 'index.html'), HTML)
  writeFileSync(join(folder, 'favicon.svg'), '<svg/>')
  writeFileSync(join(folder, 'assets', 'a-1a2b.js'), SCRIPT)
  writeFileSync(join(folder, 'assets', 'a-1a2b.js.br'), brotliCompressSync(SCRIPT))
  writeFileSync(join(folder, 'assets', 'a-1a2b.js.gz'), gzipSync(SCRIPT))
  files = await readStaticFiles(folder)
  const app = createApp({
    host: '127.0.0.1',
    access: { allowAnonymousIngest: false, allowedHosts: [] },
    sources: () => [],
    files,
  })
  get = async (path, headers = {}, method = 'GET') =>
    app.request(`http://127.0.0.1:4320${path}`, { headers, method })
})

describe('the built page', () => {
  it('is kept for ever where its name is a hash', async () => {
    const reply = await get('/assets/a-1a2b.js')
    expect(reply.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect(reply.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    expect(await reply.text()).toBe(SCRIPT)
  })

  it('is asked for again where it is not, and then not sent again', async () => {
    const first = await get('/')
    expect(first.headers.get('cache-control')).toBe('no-cache')
    const etag = first.headers.get('etag') ?? ''
    expect(etag).toMatch(/^"[\w-]{22}"$/)
    for (const header of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
      expect([header, (await get('/', { 'if-none-match': header })).status]).toEqual([header, 304])
    }
    expect((await get('/', { 'if-none-match': '"x"' })).status).toBe(200)
  })

  it('comes in the smallest form that the reader takes', async () => {
    const bytes = async (accept: string) => {
      const reply = await get('/assets/a-1a2b.js', { 'accept-encoding': accept })
      return { coding: reply.headers.get('content-encoding'), body: Buffer.from(await reply.arrayBuffer()) }
    }
    const br = await bytes('gzip, deflate, br')
    expect([br.coding, brotliDecompressSync(br.body).toString()]).toEqual(['br', SCRIPT])
    const gzip = await bytes('gzip, br;q=0')
    expect([gzip.coding, gunzipSync(gzip.body).toString()]).toEqual(['gzip', SCRIPT])
    expect((await bytes('identity')).coding).toBeNull()
  })

  it('answers every page of the application, and no path that is none', async () => {
    for (const path of ['/', '/local/traces', '/local/traces/a.b', '/local/sessions/x%2Fy.js?tab=z']) {
      expect([path, await (await get(path)).text()]).toEqual([path, HTML])
    }
    for (const path of [
      '/assets/gone.js',
      '/gone.js',
      '/robots.txt',
      '/.env',
      '/assets/../../package.json',
    ]) {
      const reply = await get(path)
      expect([path, reply.status, (await reply.json()).error.kind]).toEqual([path, 404, 'not-found'])
    }
    expect((await get('/api/gone')).headers.get('content-type')).toBe('application/json')
    expect((await get('/local/traces', {}, 'POST')).status).toBe(404)
  })

  it('answers HEAD without a body', async () => {
    const reply = await get('/assets/a-1a2b.js', {}, 'HEAD')
    expect(reply.status).toBe(200)
    expect(reply.headers.get('content-length')).toBe(String(SCRIPT.length))
    expect(await reply.text()).toBe('')
  })

  it('lets its own inline parts through the policy by their hash alone', async () => {
    expect(files.inlineScripts).toHaveLength(1)
    expect(files.inlineStyles).toHaveLength(1)
    const policy = (await get('/')).headers.get('content-security-policy') ?? ''
    expect(policy).toContain(`script-src 'self' ${files.inlineScripts[0]};`)
    expect(policy).toContain(`style-src 'self' ${files.inlineStyles[0]};`)
  })

  it('says that it is not built', async () => {
    expect(await readStaticFiles('/nowhere/at/all')).toMatchObject({ index: undefined })
  })
})
