import type { Backend, OpenedBackend, OpeningParts } from './backend-kind.ts'

/** Opens backends side by side; where one cannot be opened, those that were are closed again. */
export async function openBackends(
  backends: readonly Backend[],
  parts: Omit<OpeningParts, 'signal'>,
): Promise<{ opened: readonly OpenedBackend[]; warnings: readonly string[] }> {
  const failed = new AbortController()
  const warnings: string[] = []
  const outcomes = await Promise.allSettled(
    backends.flatMap(({ kind, setting, open }) => {
      if (!open) {
        warnings.push(`${setting}: this version has no source of kind ${kind}: it is not shown`)
        return []
      }
      return [
        open({ ...parts, signal: failed.signal }).catch((error) => {
          failed.abort(error)
          throw error
        }),
      ]
    }),
  )
  const opened = outcomes.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  if (failed.signal.aborted) {
    await Promise.allSettled(opened.map(({ close }) => close()))
    throw failed.signal.reason
  }
  return { opened, warnings }
}
