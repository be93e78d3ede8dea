import { JaegerSource } from '../../sources/jaeger/jaeger-source.ts'
import {
  readHeaders,
  readList,
  readSecret,
  readText,
  readUrl,
  requiredUrl,
  SettingError,
} from '../settings/setting-readers.ts'
import { backendKind, type GivenSettings } from './backend-kind.ts'

type Credentials =
  | { readonly scheme: 'none' }
  | { readonly scheme: 'bearer'; readonly token: string }
  | { readonly scheme: 'basic'; readonly username: string; readonly password: string }

function readCredentials({ env, nameOf }: GivenSettings): Credentials {
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

/** The header that shows who asks, and what of it must never be repeated. */
function authorizationOf(credentials: Credentials): { header?: string; secrets: readonly string[] } {
  if (credentials.scheme === 'none') return { secrets: [] }
  if (credentials.scheme === 'bearer')
    return { header: `Bearer ${credentials.token}`, secrets: [credentials.token] }
  const { username, password } = credentials
  const encoded = Buffer.from(`${username}:${password}`, 'utf8').toString('base64')
  return { header: `Basic ${encoded}`, secrets: [password, encoded] }
}

export const jaegerKind = backendKind({
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
  read: (given) => {
    const { env, nameOf } = given
    return {
      /** With its base path, without a trailing slash. */
      queryUrl: requiredUrl(env, nameOf('JAEGER_QUERY_URL')),
      /** Where people open Jaeger's own pages, where that differs from the query address. */
      uiUrl: readUrl(env, nameOf('JAEGER_UI_URL')),
      /** Empty = all that there are. */
      services: readList(env, nameOf('JAEGER_SERVICES')),
      operations: readList(env, nameOf('JAEGER_OPERATIONS')),
      credentials: readCredentials(given),
      headers: readHeaders(env, nameOf('JAEGER_HEADERS')),
    }
  },
  open: async (id, settings, { reader, keys }) => {
    const { queryUrl, uiUrl, services, operations, headers } = settings
    const { header, secrets } = authorizationOf(settings.credentials)
    const closed = new AbortController()
    const source = new JaegerSource({
      id,
      queryUrl,
      ...(uiUrl !== undefined && { uiUrl }),
      services,
      operations,
      headers: { ...headers, ...(header !== undefined && { authorization: header }) },
      // Short values occur in any message.
      secrets: [...secrets, ...Object.values(headers).filter((value) => value.length >= 6)],
      reader,
      keys,
    })
    // Whether it answers is said by its state; the start does not wait for it.
    source.look(closed.signal).catch(() => {})
    return { source, close: async () => closed.abort() }
  },
})
