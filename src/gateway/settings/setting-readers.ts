import type { DurationMicros } from '../../domain/model/units.ts'

/** The environment as it was given: name to value. An empty value counts as not set. */
export type Environment = Readonly<Record<string, string | undefined>>

/** A setting that cannot be used. The message is one line, begins with the setting's name, holds no secret. */
export class SettingError extends Error {
  override readonly name = 'SettingError'
  readonly setting: string

  constructor(setting: string, fact: string) {
    super(`${setting}: ${fact}`)
    this.setting = setting
  }
}

const quoted = (text: string): string => JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text)

/** The setting's text without the blanks around it; undefined where it is not set. */
export function readText(env: Environment, name: string): string | undefined {
  const text = env[name]?.trim()
  return text === '' ? undefined : text
}

/** A port; `off` where the setting may say so; undefined where it is not set. 0 takes any free port. */
export function readPort(env: Environment, name: string): number | undefined {
  const text = readText(env, name)
  if (text === undefined) return undefined
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) {
    throw new SettingError(name, `not a port (0 to 65535): ${quoted(text)}`)
  }
  return Number(text)
}

export const readPortOrOff = (env: Environment, name: string): number | 'off' | undefined =>
  readText(env, name)?.toLowerCase() === 'off' ? 'off' : readPort(env, name)

/** A name or address to listen on, without brackets. */
export function readHost(env: Environment, name: string): string | undefined {
  const text = readText(env, name)?.replace(/^\[(.*)\]$/, '$1')
  if (text !== undefined && !/^[A-Za-z0-9.:_%-]+$/.test(text)) {
    throw new SettingError(name, `not a host name or address: ${quoted(text)}`)
  }
  return text
}

const YES = new Set(['1', 'true', 'yes', 'on'])
const NO = new Set(['0', 'false', 'no', 'off'])

export function readFlag(env: Environment, name: string): boolean {
  const text = readText(env, name)?.toLowerCase()
  if (text === undefined || NO.has(text)) return false
  if (YES.has(text)) return true
  throw new SettingError(name, `neither 1 nor 0: ${quoted(text)}`)
}

const UNIT_MICROS = { m: 60e6, h: 3600e6, d: 86_400e6 } as const

/** A stretch of time such as 90m, 12h or 30d. */
export function readStretch(env: Environment, name: string): DurationMicros | undefined {
  const text = readText(env, name)
  if (text === undefined) return undefined
  const [, amount, unit] = /^(\d{1,6})\s*([mhd])$/.exec(text) ?? []
  const length = Number(amount) * UNIT_MICROS[unit as 'm']
  if (!(length > 0)) throw new SettingError(name, `not a stretch such as 90m, 12h or 30d: ${quoted(text)}`)
  return length as DurationMicros
}

/** A whole number from 1 on. */
export function readCount(env: Environment, name: string): number | undefined {
  const text = readText(env, name)
  if (text === undefined) return undefined
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new SettingError(name, `not a number from 1 on: ${quoted(text)}`)
  return Number(text)
}

const SIZE_UNITS = { KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 } as const

/** A size such as 512KiB or 8MiB, in bytes. */
export function readSize(env: Environment, name: string): number | undefined {
  const text = readText(env, name)
  if (text === undefined) return undefined
  const [, amount, unit] = /^([1-9]\d{0,5})\s*([KMG]iB)$/.exec(text) ?? []
  if (unit === undefined) throw new SettingError(name, `not a size such as 512KiB or 8MiB: ${quoted(text)}`)
  return Number(amount) * SIZE_UNITS[unit as 'MiB']
}

/** Values between commas, blanks around them dropped. */
export function readList(env: Environment, name: string): readonly string[] {
  const parts = readText(env, name)?.split(',') ?? []
  return parts.map((part) => part.trim()).filter((part) => part !== '')
}

/** An address of a backend, without a trailing slash. Credentials have settings of their own. */
export function readUrl(env: Environment, name: string): string | undefined {
  const text = readText(env, name)
  if (text === undefined) return undefined
  const url = URL.canParse(text) ? new URL(text) : null
  if (url && (url.username !== '' || url.password !== '')) {
    throw new SettingError(name, 'holds credentials; they have settings of their own')
  }
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new SettingError(name, `not an address that begins with http:// or https://: ${quoted(text)}`)
  }
  if (url.search !== '' || url.hash !== '')
    throw new SettingError(name, `has a query or a fragment: ${quoted(text)}`)
  return url.href.replace(/\/+$/, '')
}

/** A secret that can stand in a header: printable ASCII without blanks. Never repeated in a message. */
export function readSecret(env: Environment, name: string): string | undefined {
  const text = readText(env, name)
  if (text !== undefined && !/^[\x21-\x7e]+$/.test(text)) {
    throw new SettingError(name, 'holds blanks or characters beyond ASCII')
  }
  return text
}

/** An address that must be there. */
export function requiredUrl(env: Environment, name: string): string {
  const url = readUrl(env, name)
  if (url === undefined) throw new SettingError(name, 'is missing')
  return url
}

/** A secret that must stand beside another setting. */
export function requiredSecret(env: Environment, name: string, beside: string): string {
  const value = readSecret(env, name)
  if (value === undefined) throw new SettingError(name, `is missing beside ${beside}`)
  return value
}

/** Headers as `name=value,name=value`; values may hold `=`, and are never repeated in a message. */
export function readHeaders(env: Environment, name: string): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {}
  for (const part of readList(env, name)) {
    const [, key = '', value = ''] = /^([^=]*)=(.*)$/s.exec(part) ?? []
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(key.trim()) || !/^[\x20-\x7e\t]+$/.test(value)) {
      throw new SettingError(name, 'not of the form name=value,name=value')
    }
    headers[key.trim().toLowerCase()] = value.trim()
  }
  return headers
}
