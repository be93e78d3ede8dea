import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

const key = randomBytes(32)
const digest = (text: string): Buffer => createHmac('sha256', key).update(text).digest()

/** Whether two secrets are the same, in a time that tells nothing of where (or in which length) they differ. */
export const sameSecret = (given: string, expected: string): boolean =>
  timingSafeEqual(digest(given), digest(expected))

/** What an Authorization header holds; null for a scheme that is neither Bearer nor Basic, or damaged. */
export function readCredentials(
  authorization: string | null | undefined,
): { scheme: 'bearer'; token: string } | { scheme: 'basic'; user: string; password: string } | null {
  const [, scheme = '', rest = ''] = /^(\S+) +(\S+) *$/.exec(authorization ?? '') ?? []
  if (scheme.toLowerCase() === 'bearer') return { scheme: 'bearer', token: rest }
  if (scheme.toLowerCase() !== 'basic') return null
  const pair = Buffer.from(rest, 'base64').toString('utf8')
  const colon = pair.indexOf(':')
  return colon < 0 ? null : { scheme: 'basic', user: pair.slice(0, colon), password: pair.slice(colon + 1) }
}
