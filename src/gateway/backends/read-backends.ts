import { type Environment, readText, SettingError } from '../settings/setting-readers.ts'
import type { Backend, BackendKind } from './backend-kind.ts'
import { BACKEND_KINDS } from './backend-kinds.ts'

const SUFFIXED = /^([A-Z_]+?)__([A-Za-z0-9](?:[A-Za-z0-9_]*[A-Za-z0-9])?)$/

/** The suffixes under which a kind's settings stand, the bare one (`''`) first. */
function suffixesOf(env: Environment, { names }: BackendKind): string[] {
  const suffixes = new Set<string>()
  for (const name of Object.keys(env)) {
    if (readText(env, name) === undefined) continue
    const [, base = name, suffix = ''] = SUFFIXED.exec(name) ?? []
    if (names.includes(base)) suffixes.add(suffix)
  }
  return [...suffixes].sort()
}

/**
 * The backends that the environment names, each by the setting that holds its address. Settings that only
 * describe a backend whose address is missing are no error (other programs use some of the names): a warning.
 */
export function readBackends(env: Environment): { backends: Backend[]; warnings: string[] } {
  const backends: Backend[] = []
  const warnings: string[] = []
  for (const kind of BACKEND_KINDS) {
    for (const suffix of suffixesOf(env, kind)) {
      const nameOf = (base: string) => (suffix === '' ? base : `${base}__${suffix}`)
      const id = [kind.kind, ...(suffix === '' ? [] : [suffix.toLowerCase().replace(/_+/g, '-')])].join('-')
      const trigger = nameOf(kind.trigger)
      if (readText(env, trigger) === undefined) {
        const given = kind.names.map(nameOf).filter((name) => readText(env, name) !== undefined)
        warnings.push(`${given.join(', ')}: no effect without ${trigger}`)
        continue
      }
      if (backends.some((backend) => backend.id === id)) {
        throw new SettingError(trigger, `a second source would be called ${id}`)
      }
      backends.push(kind.configure(id, { env, nameOf }))
    }
  }
  return { backends, warnings }
}
