import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { resolve } from 'node:path'
import type { DurationMicros } from '../../domain/model/units.ts'
import { type LinkTemplates, readLinks } from '../api/link-settings.ts'
import type { Backend } from '../backends/backend-kind.ts'
import { readBackends } from '../backends/read-backends.ts'
import { DEFAULT_EXPORT_LIMITS, type ExportLimits } from '../csv/export-gate.ts'
import { type TextLimits, textLimits } from '../ingest/door/ingest-limits.ts'
import {
  type Environment,
  readCount,
  readFlag,
  readHost,
  readList,
  readPort,
  readPortOrOff,
  readSecret,
  readSize,
  readStretch,
  readText,
  SettingError,
} from './setting-readers.ts'

/** A port to listen on. One that was set must be free; a default one may be taken by another program. */
export interface PortConfig {
  readonly port: number
  /** The setting that names it. */
  readonly setting: string
  readonly wasSet: boolean
}

export interface AccessConfig {
  /** Asked of every reader where it is set. */
  readonly token?: string
  /** Asked of every sender where it is set; `token` serves as well. */
  readonly ingestToken?: string
  /** Senders beyond this machine need no token. */
  readonly allowAnonymousIngest: boolean
  /** Lower-case names under which a proxy serves the explorer, with or without a port. */
  readonly allowedHosts: readonly string[]
}

export interface Config {
  readonly host: string
  readonly port: PortConfig
  readonly otlp: {
    readonly host: string
    readonly http: PortConfig | null
    readonly grpc: PortConfig | null
    /** PEM texts. */
    readonly tls: { readonly cert: string; readonly key: string } | null
  }
  readonly dataDir: string
  /** null = traces are kept for ever. */
  readonly retention: DurationMicros | null
  /** Deletes what is older even where that is most of the store. */
  readonly retentionConfirmed: boolean
  readonly readOnly: boolean
  readonly access: AccessConfig
  readonly exports: ExportLimits
  /** How long texts may be that are taken in. */
  readonly texts: TextLimits
  /** Attribute keys that are looked at before the known ones. */
  readonly keys: {
    readonly chatbot: readonly string[]
    readonly session: readonly string[]
    readonly participant: readonly string[]
  }
  /** Links out of traces and spans. */
  readonly links: LinkTemplates
  readonly backends: readonly Backend[]
}

export interface ReadConfig {
  readonly config: Config
  /** One line each, for the log. */
  readonly warnings: readonly string[]
}

/** Whether a host can be reached from this machine alone. */
export const isLoopback = (host: string): boolean =>
  host.toLowerCase() === 'localhost' || (isIP(host) === 4 && host.startsWith('127.')) || host === '::1'

const OWN_NAMES: ReadonlySet<string> = new Set([
  'TURNSCOPE_DATA_DIR',
  'TURNSCOPE_RETENTION',
  'TURNSCOPE_RETENTION_CONFIRM',
  'TURNSCOPE_READ_ONLY',
  'TURNSCOPE_TOKEN',
  'TURNSCOPE_INGEST_TOKEN',
  'TURNSCOPE_ALLOWED_HOSTS',
  'TURNSCOPE_KEYS_CHATBOT',
  'TURNSCOPE_KEYS_SESSION',
  'TURNSCOPE_KEYS_PARTICIPANT',
  'TURNSCOPE_LINKS',
  'TURNSCOPE_MAX_EXPORTS',
  'TURNSCOPE_MAX_TEXT',
  'TURNSCOPE_MAX_TURN',
])

const SHORTEST_SAFE_TOKEN = 16

function otlpPort(env: Environment, setting: string, usual: number): PortConfig | null {
  const port = readPortOrOff(env, setting)
  return port === 'off' ? null : { port: port ?? usual, setting, wasSet: port !== undefined }
}

function readPem(env: Environment, name: string): string | undefined {
  const path = readText(env, name)
  if (path === undefined) return undefined
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new SettingError(
      name,
      `cannot read ${path} (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`,
    )
  }
}

function readTls(env: Environment): Config['otlp']['tls'] {
  const cert = readPem(env, 'OTLP_TLS_CERT')
  const key = readPem(env, 'OTLP_TLS_KEY')
  if (cert === undefined && key === undefined) return null
  if (cert === undefined) throw new SettingError('OTLP_TLS_CERT', 'is missing beside OTLP_TLS_KEY')
  if (key === undefined) throw new SettingError('OTLP_TLS_KEY', 'is missing beside OTLP_TLS_CERT')
  return { cert, key }
}

function readAccess(env: Environment): AccessConfig {
  const token = readSecret(env, 'TURNSCOPE_TOKEN')
  const ingestToken = readSecret(env, 'TURNSCOPE_INGEST_TOKEN')
  const allowedHosts = readList(env, 'TURNSCOPE_ALLOWED_HOSTS').map((host) => host.toLowerCase())
  const strange = allowedHosts.find((host) => !/^[a-z0-9._-]+(:\d+)?$|^\[[0-9a-f:.]+\](:\d+)?$/.test(host))
  if (strange !== undefined) {
    throw new SettingError('TURNSCOPE_ALLOWED_HOSTS', `not a host name: ${JSON.stringify(strange)}`)
  }
  return {
    ...(token !== undefined && { token }),
    ...(ingestToken !== undefined && { ingestToken }),
    allowAnonymousIngest: readFlag(env, 'OTLP_ALLOW_ANONYMOUS'),
    allowedHosts,
  }
}

function readTexts(env: Environment): TextLimits {
  const texts = textLimits({
    text: readSize(env, 'TURNSCOPE_MAX_TEXT'),
    turn: readSize(env, 'TURNSCOPE_MAX_TURN'),
  })
  if (texts.turn < texts.text) throw new SettingError('TURNSCOPE_MAX_TURN', 'is less than TURNSCOPE_MAX_TEXT')
  return texts
}

function checkReach(config: Config): void {
  const { access, host, otlp } = config
  if (!isLoopback(host) && access.token === undefined) {
    throw new SettingError(
      'HOST',
      `${host} can be reached from other machines: set TURNSCOPE_TOKEN, or HOST=127.0.0.1`,
    )
  }
  const listens = otlp.http !== null || otlp.grpc !== null
  const guarded = access.allowAnonymousIngest || (access.ingestToken ?? access.token) !== undefined
  if (listens && !isLoopback(otlp.host) && !guarded) {
    throw new SettingError(
      'OTLP_HOST',
      `${otlp.host} can be reached from other machines: set TURNSCOPE_INGEST_TOKEN, or OTLP_ALLOW_ANONYMOUS=1`,
    )
  }
}

function warningsOf(env: Environment, config: Config): string[] {
  const warnings: string[] = []
  for (const name of Object.keys(env).sort()) {
    if (name.startsWith('TURNSCOPE_') && !OWN_NAMES.has(name)) warnings.push(`${name}: no such setting`)
  }
  const { token } = config.access
  if (token !== undefined && token.length < SHORTEST_SAFE_TOKEN && !isLoopback(config.host)) {
    warnings.push(`TURNSCOPE_TOKEN: shorter than ${SHORTEST_SAFE_TOKEN} characters, so it can be guessed`)
  }
  return warnings
}

/** Reads every setting from an environment. Throws a SettingError that names the first one that is wrong. */
export function readConfig(env: Environment): ReadConfig {
  const port = readPort(env, 'PORT')
  const { backends, warnings } = readBackends(env)
  const config: Config = {
    host: readHost(env, 'HOST') ?? '127.0.0.1',
    port: { port: port ?? 4320, setting: 'PORT', wasSet: port !== undefined },
    otlp: {
      host: readHost(env, 'OTLP_HOST') ?? '127.0.0.1',
      http: otlpPort(env, 'OTLP_HTTP_PORT', 4318),
      grpc: otlpPort(env, 'OTLP_GRPC_PORT', 4317),
      tls: readTls(env),
    },
    dataDir: resolve(readText(env, 'TURNSCOPE_DATA_DIR') ?? '.turnscope'),
    retention: readStretch(env, 'TURNSCOPE_RETENTION') ?? null,
    retentionConfirmed: readFlag(env, 'TURNSCOPE_RETENTION_CONFIRM'),
    readOnly: readFlag(env, 'TURNSCOPE_READ_ONLY'),
    access: readAccess(env),
    exports: {
      ...DEFAULT_EXPORT_LIMITS,
      atOnce: readCount(env, 'TURNSCOPE_MAX_EXPORTS') ?? DEFAULT_EXPORT_LIMITS.atOnce,
    },
    texts: readTexts(env),
    keys: {
      chatbot: readList(env, 'TURNSCOPE_KEYS_CHATBOT'),
      session: readList(env, 'TURNSCOPE_KEYS_SESSION'),
      participant: readList(env, 'TURNSCOPE_KEYS_PARTICIPANT'),
    },
    links: readLinks(env),
    backends,
  }
  checkReach(config)
  return { config, warnings: [...warnings, ...warningsOf(env, config)] }
}

/** The settings of this process: its environment, and `.env` in the working folder for what is not set there. */
export function loadConfig(): ReadConfig {
  try {
    process.loadEnvFile('.env')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ENOENT') throw new SettingError('.env', `cannot be read (${code ?? 'unknown'})`)
  }
  return readConfig(process.env)
}
