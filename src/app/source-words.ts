import type { SourceInfo } from '../domain/port/source-info.ts'
import { formatCount } from '../ui/text/format.ts'

/** What the menu of sources says beside a source's name: what it is, and how it was when it was last asked. */
export function sourceDetail({ about, state }: Pick<SourceInfo, 'about' | 'state'>): string {
  if (state === undefined) return about
  const { reachable, lastError, version, services } = state
  const name = version === undefined ? about : `${about} ${version}`
  if (!reachable) return `${name}, cannot be reached`
  if (lastError !== undefined) return `${name}, ${lastError}`
  if (services === undefined) return name
  return `${name}, ${formatCount(services)} ${services === 1 ? 'service' : 'services'}`
}
