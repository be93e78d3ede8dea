const READS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])
const OWN_SITES: ReadonlySet<string> = new Set(['same-origin', 'none'])

/**
 * Why a write must be refused, in words; undefined where it may pass. A browser says from where a request
 * comes (Sec-Fetch-Site, Origin): one that another page sent is refused. Programs say neither, and pass.
 */
export function foreignWrite(method: string, header: (name: string) => string | null): string | undefined {
  if (READS.has(method.toUpperCase())) return undefined
  const site = header('sec-fetch-site')
  if (site !== null && !OWN_SITES.has(site.toLowerCase())) {
    return 'a write from a page of another site (Sec-Fetch-Site)'
  }
  const origin = header('origin')
  if (origin === null) return undefined
  const host = URL.canParse(origin) ? new URL(origin).host : null
  return host !== null && host === header('host')?.toLowerCase()
    ? undefined
    : 'a write from a page of another origin (Origin)'
}
