import {
  type Environment,
  readHeaders,
  readList,
  readSecret,
  readText,
  readUrl,
  SettingError,
} from './setting-readers.ts'

export interface LangfuseBackend {
  readonly kind: 'langfuse'
  /** Names the source: `langfuse`, `langfuse-staging`. */
  readonly id: string
  /** The setting that asked for it. */
  readonly setting: string
  readonly baseUrl: string
  readonly publicKey: string
  readonly secretKey: string
}

export interface JaegerBackend {
  readonly kind: 'jaeger'
  readonly id: string
  readonly setting: string
  /** With its base path, without a trailing slash. */
  readonly queryUrl: string
  /** Empty = all that there are. */
  readonly services: readonly string[]
  readonly operations: readonly string[]
  readonly credentials:
    | { readonly scheme: 'none' }
    | { readonly scheme: 'bearer'; readonly token: string }
    | { readonly scheme: 'basic'; readonly username: string; readonly password: string }
  readonly headers: Readonly<Record<string, string>>
  /** Where people open Jaeger's own pages, where that differs from the query address. */
  readonly uiUrl?: string
}

export type BackendConfig = LangfuseBackend | JaegerBackend

interface Family {
  readonly kind: BackendConfig['kind']
  /** The setting that asks for a source; the others only describe it. */
  readonly trigger: string
  readonly names: readonly string[]
  readonly read: (env: Environment, nameOf: (base: string) => string, id: string) => BackendConfig
}

const required = (env: Environment, name: string, because: string): string => {
  const value = readSecret(env, name)
  if (value === undefined) throw new SettingError(name, `is missing beside ${because}`)
  return value
}

const urlOf = (env: Environment, name: string): string => {
  const url = readUrl(env, name)
  if (url === undefined) throw new SettingError(name, 'is missing')
  return url
}

function jaegerCredentials(env: Environment, nameOf: (base: string) => string): JaegerBackend['credentials'] {
  const token = readSecret(env, nameOf('JAEGER_BEARER_TOKEN'))
  const username = readText(env, nameOf('JAEGER_USERNAME'))
  const password = readText(env, nameOf('JAEGER_PASSWORD'))
  if (token !== undefined && username !== undefined) {
    throw new SettingError(nameOf('JAEGER_BEARER_TOKEN'), `cannot stand beside ${nameOf('JAEGER_USERNAME')}`)
  }
  if (token !== undefined) return { scheme: 'bearer', token }
  if (username === undefined && password === undefined) return { scheme: 'none' }
  if (username === undefined)
    throw new SettingError(nameOf('JAEGER_USERNAME'), 'is missing beside the password')
  if (password === undefined)
    throw new SettingError(nameOf('JAEGER_PASSWORD'), 'is missing beside the user name')
  return { scheme: 'basic', username, password }
}

const FAMILIES: readonly Family[] = [
  {
    kind: 'langfuse',
    trigger: 'LANGFUSE_BASE_URL',
    names: ['LANGFUSE_BASE_URL', 'LANGFUSE_PUBLIC_KEY', 'LANGFUSE_SECRET_KEY'],
    read: (env, nameOf, id) => {
      const setting = nameOf('LANGFUSE_BASE_URL')
      return {
        kind: 'langfuse',
        id,
        setting,
        baseUrl: urlOf(env, setting),
        publicKey: required(env, nameOf('LANGFUSE_PUBLIC_KEY'), setting),
        secretKey: required(env, nameOf('LANGFUSE_SECRET_KEY'), setting),
      }
    },
  },
  {
    kind: 'jaeger',
    trigger: 'JAEGER_QUERY_URL',
    names: [
      'JAEGER_QUERY_URL',
      'JAEGER_SERVICES',
      'JAEGER_OPERATIONS',
      'JAEGER_BEARER_TOKEN',
      'JAEGER_USERNAME',
      'JAEGER_PASSWORD',
      'JAEGER_HEADERS',
      'JAEGER_UI_URL',
    ],
    read: (env, nameOf, id) => {
      const setting = nameOf('JAEGER_QUERY_URL')
      const uiUrl = readUrl(env, nameOf('JAEGER_UI_URL'))
      return {
        kind: 'jaeger',
        id,
        setting,
        queryUrl: urlOf(env, setting),
        services: readList(env, nameOf('JAEGER_SERVICES')),
        operations: readList(env, nameOf('JAEGER_OPERATIONS')),
        credentials: jaegerCredentials(env, nameOf),
        headers: readHeaders(env, nameOf('JAEGER_HEADERS')),
        ...(uiUrl !== undefined && { uiUrl }),
      }
    },
  },
]

const SUFFIXED = /^([A-Z_]+?)__([A-Za-z0-9](?:[A-Za-z0-9_]*[A-Za-z0-9])?)$/

/** The suffixes under which a family's settings stand, the bare one (`''`) first. */
function suffixesOf(env: Environment, family: Family): string[] {
  const suffixes = new Set<string>()
  for (const name of Object.keys(env)) {
    if (readText(env, name) === undefined) continue
    const [, base = name, suffix = ''] = SUFFIXED.exec(name) ?? []
    if (family.names.includes(base)) suffixes.add(suffix)
  }
  return [...suffixes].sort()
}

/**
 * The backends that the environment names, each by the setting that holds its address. Settings that only
 * describe a backend whose address is missing are no error (other programs use some of the names): a warning.
 */
export function readBackends(env: Environment): { backends: BackendConfig[]; warnings: string[] } {
  const backends: BackendConfig[] = []
  const warnings: string[] = []
  for (const family of FAMILIES) {
    for (const suffix of suffixesOf(env, family)) {
      const nameOf = (base: string) => (suffix === '' ? base : `${base}__${suffix}`)
      const id = [family.kind, ...(suffix === '' ? [] : [suffix.toLowerCase().replace(/_+/g, '-')])].join('-')
      if (readText(env, nameOf(family.trigger)) === undefined) {
        const given = family.names.map(nameOf).filter((name) => readText(env, name) !== undefined)
        warnings.push(`${given.join(', ')}: no effect without ${nameOf(family.trigger)}`)
        continue
      }
      if (backends.some((backend) => backend.id === id)) {
        throw new SettingError(nameOf(family.trigger), `a second source would be called ${id}`)
      }
      backends.push(family.read(env, nameOf, id))
    }
  }
  return { backends, warnings }
}
