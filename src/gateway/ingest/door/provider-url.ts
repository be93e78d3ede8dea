/** Names of parameters that carry a secret, in part or whole. */
const SECRET_NAME =
  /token|secret|passw|pwd|passphrase|api[-_.]?key|access[-_.]?key|private[-_.]?key|^key$|subscription[-_.]?key|signature|^sig$|^hmac$|credential|^auth$|authorization|^bearer$|^jwt$|^code$|^otp$|session[-_.]?(id|key)?$|^sid$|^x-amz-|^x-goog-/i

const isSecretName = (name: string): boolean => SECRET_NAME.test(name)

/** A query, or a fragment that is written as one, without what carries a secret; the rest stays as it is. */
const withoutSecretParts = (text: string): string =>
  text
    .split('&')
    .filter((part) => !isSecretName([...new URLSearchParams(part).keys()][0] ?? ''))
    .join('&')

/**
 * A link as it may be kept and shown to every reader: http or https, without user name and password, and without
 * parameters that look like secrets, in the query or the fragment.
 * @returns null where it is no such URL
 */
export function shareableUrl(text: string): string | null {
  if (!/^https?:\/\//i.test(text) || /[\p{Cc}\s\\]/u.test(text) || !URL.canParse(text)) return null
  const url = new URL(text)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return null
  url.username = ''
  url.password = ''
  url.search = withoutSecretParts(url.search.slice(1))
  // A page's own route may stand before a query of its own: `#/traces/1?token=…`.
  const [route, ...query] = url.hash.slice(1).split('?')
  const parts = [route?.includes('=') ? withoutSecretParts(route) : (route ?? '')]
  if (query.length > 0) parts.push(withoutSecretParts(query.join('?')))
  url.hash = parts.filter((part, at) => at === 0 || part !== '').join('?')
  return url.href
}
