import type { TraceSource } from '../../domain/port/trace-source.ts'
import type { KeyOverrides } from '../../semantics/conventions/key-index.ts'
import type { Reader } from '../../sources/store/columns/reader.ts'
import type { Environment } from '../settings/setting-readers.ts'

/** What a backend is opened with. */
export interface OpeningParts {
  readonly log: (line: string) => void
  /** Reads spans by the conventions and by the keys of the settings. */
  readonly reader: Reader
  readonly keys: KeyOverrides
  /** Aborted once the start has failed. */
  readonly signal: AbortSignal
}

export interface OpenedBackend {
  readonly source: TraceSource
  readonly close: () => Promise<void>
}

/** The settings of one backend, under the names that they have with its suffix. */
export interface GivenSettings {
  readonly env: Environment
  readonly nameOf: (base: string) => string
}

interface KindParts<Settings> {
  /** Begins the ids of its sources: `jaeger`, `jaeger-staging`. */
  readonly kind: string
  /** The setting that asks for a source; the others only describe it. */
  readonly trigger: string
  /** Every setting that is read, with the trigger. */
  readonly names: readonly string[]
  /** Throws a SettingError where a setting is missing or wrong. */
  readonly read: (given: GivenSettings) => Settings
  /**
   * Makes a source of it. Rejects, in one line that names the setting, where a setting is wrong; a backend
   * that merely does not answer is opened all the same, and says so by its `state`. A kind that cannot be
   * opened has its settings read, to say that they have no effect.
   */
  readonly open?: (id: string, settings: Settings, parts: OpeningParts) => Promise<OpenedBackend>
}

/** A backend that the environment asks for. */
export interface Backend {
  readonly kind: string
  /** Names the source: `jaeger`, `jaeger-staging`. */
  readonly id: string
  /** The setting that asked for it. */
  readonly setting: string
  readonly settings: unknown
  readonly open?: (parts: OpeningParts) => Promise<OpenedBackend>
}

/** A kind of backend, whatever its settings look like. */
export interface BackendKind {
  readonly kind: string
  readonly trigger: string
  readonly names: readonly string[]
  readonly isServed: boolean
  readonly configure: (id: string, given: GivenSettings) => Backend
}

/** A kind of backend of its parts: what its settings look like stays between `read` and `open`. */
export function backendKind<Settings>(parts: KindParts<Settings>): BackendKind {
  const { kind, trigger, names, read, open } = parts
  return {
    kind,
    trigger,
    names,
    isServed: open !== undefined,
    configure: (id, given) => {
      const settings = read(given)
      return {
        kind,
        id,
        setting: given.nameOf(trigger),
        settings,
        ...(open && { open: (opening) => open(id, settings, opening) }),
      }
    },
  }
}
