import type { MiddlewareHandler } from 'hono'

/** Content-Security-Policy of the page: its own files, its own API, nothing else. */
export const pagePolicy = (inline: {
  readonly inlineScripts: readonly string[]
  readonly inlineStyles: readonly string[]
}): string =>
  [
    "default-src 'none'",
    ["script-src 'self'", ...inline.inlineScripts].join(' '),
    ["style-src 'self'", ...inline.inlineStyles].join(' '),
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')

/** Sets on every reply what keeps a browser from reading it elsewhere, guessing its type or framing it. */
export const responseHeaders =
  (policy: string): MiddlewareHandler =>
  async (context, next) => {
    await next()
    const { headers } = context.res
    if (!headers.has('content-security-policy')) headers.set('content-security-policy', policy)
    headers.set('x-content-type-options', 'nosniff')
    headers.set('x-frame-options', 'DENY')
    // Not `no-referrer`: with that a form of our own is sent with `Origin: null`, as a stranger's is.
    headers.set('referrer-policy', 'same-origin')
    headers.set('cross-origin-opener-policy', 'same-origin')
    headers.set('cross-origin-resource-policy', 'same-origin')
    headers.set('permissions-policy', 'camera=(), geolocation=(), microphone=()')
  }
