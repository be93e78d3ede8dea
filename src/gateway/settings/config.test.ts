import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isLoopback, readConfig } from './config.ts'

describe('settings', () => {
  it('has the documented defaults', () => {
    const { config, warnings } = readConfig({})
    expect(warnings).toEqual([])
    expect(config).toEqual({
      host: '127.0.0.1',
      port: { port: 4320, setting: 'PORT', wasSet: false },
      otlp: {
        host: '127.0.0.1',
        http: { port: 4318, setting: 'OTLP_HTTP_PORT', wasSet: false },
        grpc: { port: 4317, setting: 'OTLP_GRPC_PORT', wasSet: false },
        tls: null,
      },
      dataDir: resolve('.turnscope'),
      retention: null,
      retentionConfirmed: false,
      readOnly: false,
      exports: { atOnce: 8, stallMs: 60_000 },
      texts: { text: 8 * 1024 ** 2, turn: 48 * 1024 ** 2 },
      access: { allowAnonymousIngest: false, allowedHosts: [] },
      keys: { chatbot: [], session: [], participant: [] },
      links: [],
      backends: [],
    })
  })

  it('reads every setting', () => {
    const { config } = readConfig({
      PORT: '0',
      HOST: '[::]',
      OTLP_HTTP_PORT: 'off',
      OTLP_GRPC_PORT: '5317',
      TURNSCOPE_RETENTION: '30d',
      TURNSCOPE_READ_ONLY: 'yes',
      TURNSCOPE_TOKEN: 'a-long-enough-token',
      TURNSCOPE_INGEST_TOKEN: 'ingest',
      TURNSCOPE_ALLOWED_HOSTS: 'Traces.example.com, [::1]:80',
      TURNSCOPE_KEYS_SESSION: 'app.thread, app.session',
      OTLP_ALLOW_ANONYMOUS: '1',
    })
    expect(config).toMatchObject({
      host: '::',
      port: { port: 0, wasSet: true },
      otlp: { http: null, grpc: { port: 5317, wasSet: true } },
      retention: 30 * 86_400e6,
      readOnly: true,
      access: {
        token: 'a-long-enough-token',
        ingestToken: 'ingest',
        allowAnonymousIngest: true,
        allowedHosts: ['traces.example.com', '[::1]:80'],
      },
      keys: { session: ['app.thread', 'app.session'] },
    })
  })

  it('takes an empty value for not set', () => {
    expect(readConfig({ PORT: '', TURNSCOPE_TOKEN: ' ' }).config.access.token).toBeUndefined()
  })

  it.each([
    [{ PORT: '99999' }, 'PORT: not a port'],
    [{ PORT: 'off' }, 'PORT: not a port'],
    [{ OTLP_HTTP_PORT: '-1' }, 'OTLP_HTTP_PORT: not a port'],
    [{ HOST: 'http://x' }, 'HOST: not a host'],
    [{ HOST: '0.0.0.0' }, 'HOST: 0.0.0.0 can be reached from other machines: set TURNSCOPE_TOKEN'],
    [{ OTLP_HOST: '0.0.0.0' }, 'OTLP_HOST: 0.0.0.0 can be reached from other machines'],
    [{ TURNSCOPE_RETENTION: 'forever' }, 'TURNSCOPE_RETENTION: not a stretch'],
    [{ TURNSCOPE_RETENTION: '0d' }, 'TURNSCOPE_RETENTION: not a stretch'],
    [{ TURNSCOPE_READ_ONLY: 'maybe' }, 'TURNSCOPE_READ_ONLY: neither 1 nor 0'],
    [{ TURNSCOPE_MAX_EXPORTS: '0' }, 'TURNSCOPE_MAX_EXPORTS: not a number from 1 on'],
    [{ TURNSCOPE_MAX_TEXT: '8' }, 'TURNSCOPE_MAX_TEXT: not a size such as 512KiB or 8MiB'],
    [{ TURNSCOPE_MAX_TURN: '1MiB' }, 'TURNSCOPE_MAX_TURN: is less than TURNSCOPE_MAX_TEXT'],
    [{ TURNSCOPE_TOKEN: 'two words' }, 'TURNSCOPE_TOKEN: holds blanks'],
    [{ TURNSCOPE_ALLOWED_HOSTS: 'https://a' }, 'TURNSCOPE_ALLOWED_HOSTS: not a host name'],
    [{ OTLP_TLS_CERT: '/nowhere.pem' }, 'OTLP_TLS_CERT: cannot read /nowhere.pem (ENOENT)'],
    [{ LANGFUSE_BASE_URL: 'langfuse.test' }, 'LANGFUSE_BASE_URL: not an address'],
    [{ LANGFUSE_BASE_URL: 'http://l' }, 'LANGFUSE_PUBLIC_KEY: is missing beside LANGFUSE_BASE_URL'],
    [
      { LANGFUSE_BASE_URL__EU: 'http://l', LANGFUSE_PUBLIC_KEY__EU: 'pk' },
      'LANGFUSE_SECRET_KEY__EU: is missing',
    ],
    [{ JAEGER_QUERY_URL: 'http://u:p@j' }, 'JAEGER_QUERY_URL: holds credentials'],
    [{ JAEGER_QUERY_URL: 'http://j', JAEGER_USERNAME: 'u' }, 'JAEGER_PASSWORD: is missing'],
    [
      { JAEGER_QUERY_URL: 'http://j', JAEGER_USERNAME: 'u', JAEGER_BEARER_TOKEN: 't' },
      'JAEGER_BEARER_TOKEN: cannot stand beside JAEGER_USERNAME',
    ],
    [{ JAEGER_QUERY_URL: 'http://j', JAEGER_HEADERS: 'x' }, 'JAEGER_HEADERS: not of the form'],
  ])('stops at %o', (env, start) => {
    let message = ''
    try {
      readConfig(env)
    } catch (error) {
      message = (error as Error).message
    }
    expect(message.startsWith(start)).toBe(true)
    expect(message).not.toContain('\n')
  })

  it('never repeats a secret', () => {
    for (const name of [
      'TURNSCOPE_TOKEN',
      'TURNSCOPE_INGEST_TOKEN',
      'LANGFUSE_SECRET_KEY',
      'JAEGER_HEADERS',
    ]) {
      const env = { LANGFUSE_BASE_URL: 'http://l', LANGFUSE_PUBLIC_KEY: 'p', JAEGER_QUERY_URL: 'http://j' }
      expect(() => readConfig({ ...env, [name]: 's3cr\u00e9t value' })).toThrow(
        expect.objectContaining({ message: expect.not.stringContaining('s3cr') }),
      )
    }
  })

  it('needs both halves of a certificate', () => {
    const cert = join(mkdtempSync(join(tmpdir(), 'turnscope-')), 'cert.pem')
    writeFileSync(cert, 'PEM')
    expect(() => readConfig({ OTLP_TLS_CERT: cert })).toThrow('OTLP_TLS_KEY: is missing beside OTLP_TLS_CERT')
    expect(readConfig({ OTLP_TLS_CERT: cert, OTLP_TLS_KEY: cert }).config.otlp.tls).toEqual({
      cert: 'PEM',
      key: 'PEM',
    })
  })

  it('warns of names that it does not know and of guessable tokens', () => {
    const { warnings } = readConfig({
      TURNSCOPE_DATADIR: 'x',
      TURNSCOPE_TOKEN: 'short',
      HOST: '0.0.0.0',
      LANGFUSE_SECRET_KEY: 's',
    })
    expect(warnings).toEqual([
      'LANGFUSE_SECRET_KEY: no effect without LANGFUSE_BASE_URL',
      'TURNSCOPE_DATADIR: no such setting',
      'TURNSCOPE_TOKEN: shorter than 16 characters, so it can be guessed',
    ])
  })

  it('reads several backends of a kind by suffix', () => {
    const { config } = readConfig({
      LANGFUSE_BASE_URL: 'https://l.test/',
      LANGFUSE_PUBLIC_KEY: 'pk',
      LANGFUSE_SECRET_KEY: 'sk',
      LANGFUSE_BASE_URL__STAGING_EU: 'https://s.test/base/',
      LANGFUSE_PUBLIC_KEY__STAGING_EU: 'pk2',
      LANGFUSE_SECRET_KEY__STAGING_EU: 'sk2',
      JAEGER_QUERY_URL: 'http://j.test/jaeger',
      JAEGER_SERVICES: 'rasa, rasa_sdk',
      JAEGER_USERNAME: 'u',
      JAEGER_PASSWORD: 'p w',
      JAEGER_HEADERS: 'X-Scope-OrgID=one=two,b=c',
    })
    expect(config.backends.map(({ id, kind }) => [id, kind])).toEqual([
      ['langfuse', 'langfuse'],
      ['langfuse-staging-eu', 'langfuse'],
      ['jaeger', 'jaeger'],
    ])
    expect(config.backends[1]).toMatchObject({ baseUrl: 'https://s.test/base', secretKey: 'sk2' })
    expect(config.backends[2]).toMatchObject({
      queryUrl: 'http://j.test/jaeger',
      services: ['rasa', 'rasa_sdk'],
      credentials: { scheme: 'basic', username: 'u', password: 'p w' },
      headers: { 'x-scope-orgid': 'one=two', b: 'c' },
    })
  })

  it.each([
    ['localhost', true],
    ['127.0.0.53', true],
    ['::1', true],
    ['0.0.0.0', false],
    ['::', false],
    ['127.example.com', false],
    ['192.168.1.4', false],
  ])('knows whether %s is this machine alone', (host, expected) => {
    expect(isLoopback(host)).toBe(expected)
  })
})

describe('.env.example', () => {
  const text = readFileSync(new URL('../../../.env.example', import.meta.url), 'utf8')
  const names = [...text.matchAll(/^# ([A-Z_]+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value])

  it('gives the defaults, all commented', () => {
    expect(text.split('\n').every((line) => line === '' || line.startsWith('#'))).toBe(true)
    expect(readConfig(Object.fromEntries(names))).toEqual({
      config: {
        ...readConfig({}).config,
        port: { port: 4320, setting: 'PORT', wasSet: true },
        otlp: {
          ...readConfig({}).config.otlp,
          http: { port: 4318, setting: 'OTLP_HTTP_PORT', wasSet: true },
          grpc: { port: 4317, setting: 'OTLP_GRPC_PORT', wasSet: true },
        },
      },
      warnings: [],
    })
  })

  it('lists every setting that is read', () => {
    const code = ['config.ts', 'setting-readers.ts', 'backend-settings.ts']
      .map((file) => readFileSync(new URL(file, import.meta.url), 'utf8'))
      .join('')
    const read = new Set(
      [...code.matchAll(/'((?:TURNSCOPE|OTLP|JAEGER|LANGFUSE)_[A-Z_]+|PORT|HOST)'/g)].map(([, name]) => name),
    )
    expect(new Set(names.map(([name]) => name))).toEqual(read)
  })
})
