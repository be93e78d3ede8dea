import { createHash } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { type Context, Hono } from 'hono'
import { DEFAULT_INGEST_LIMITS, type IngestLimits } from '../ingest/door/ingest-limits.ts'
import { REFUSALS, Refusal } from '../ingest/door/refusal.ts'
import { readBody } from '../ingest/door/request-body.ts'
import { SenderClock } from '../ingest/door/sender-clock.ts'
import type { ReaderAccess } from './reader-access.ts'
import { sessionCookie, signedInMark } from './session.ts'

// The page is served to strangers and loads nothing: the explorer's tokens (ui/theme.css) are repeated here.
const STYLE = `:root{color-scheme:light dark;font:13px/20px -apple-system,BlinkMacSystemFont,"Segoe UI",Roboto,"Noto Sans",Ubuntu,"Helvetica Neue","Liberation Sans",Arial,sans-serif;background:light-dark(#f5f6f8,#0c0e10);color:light-dark(#14171a,#e9ebee)}
body{display:grid;place-items:center;min-height:100vh;margin:0}
form{display:grid;gap:12px;width:min(320px,calc(100vw - 64px));padding:24px;background:light-dark(#ffffff,#121518);border:1px solid light-dark(#e4e7ea,#23282d);border-radius:5px}
h1{display:flex;gap:8px;align-items:center;margin:0;font-size:15px;font-weight:600;letter-spacing:-.01em}p{margin:0}
svg path{stroke:light-dark(#2054cf,#86a8ff)}
input,button{font:inherit;box-sizing:border-box;height:36px;padding:0 10px;border-radius:3px;border:1px solid light-dark(#858e98,#68727d);background:light-dark(#ffffff,#121518);color:inherit}
button{background:light-dark(#2054cf,#86a8ff);border-color:transparent;color:light-dark(#ffffff,#0b1020);cursor:pointer}
:focus-visible{outline:2px solid light-dark(#2054cf,#86a8ff);outline-offset:1px}
.wrong{color:light-dark(#c0271b,#ff8278)}`
const MARK =
  '<svg viewBox="0 0 16 16" width="20" height="20" fill="none" stroke="currentColor" stroke-width="1.5" aria-hidden="true"><circle cx="8" cy="8" r="6.2"/><path d="M8 1.8v6.2l4.4 4.4" stroke-linecap="round"/></svg>'

const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** What a wrong token costs, so that guessing is slow. */
const WRONG_TOKEN_DELAY_MS = 500
const FORM_LIMITS: IngestLimits = {
  ...DEFAULT_INGEST_LIMITS,
  bodyBytes: 16_384,
  decompressedBytes: 16_384,
}

const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)

/**
 * A path of this site, whatever stood in the address; `/` for anything that leads elsewhere. A browser reads the
 * path again, and `//host` or `/\host` as another site: what parsing makes of `/.//host` counts, not how it began.
 */
export function ownPath(next: string | undefined): string {
  const base = 'http://turnscope.invalid'
  if (next === undefined || !/^\/(?![/\\])\P{Cc}*$/u.test(next) || !URL.canParse(next, base)) return '/'
  const url = new URL(next, base)
  // Behind some proxies an encoded slash is one again.
  if (url.origin !== base || /^\/(?:[/\\]|%2f|%5c)/i.test(url.pathname)) return '/'
  return `${url.pathname}${url.search}${url.hash}`
}

const html = (context: Context, status: 200 | 401 | 429, head: string, body: string): Response =>
  context.html(
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Sign in · Turnscope</title>${head}<style>${STYLE}</style></head><body>${body}</body></html>`,
    status,
    { 'content-security-policy': POLICY, 'cache-control': 'no-store' },
  )

const form = (next: string, problem: string | null): string => `<form method="post" action="/sign-in">
<h1>${MARK}turnscope</h1>
<p><label for="token">Enter your access token</label></p>
${problem === null ? '' : `<p class="wrong" role="alert">${problem}</p>`}
<input type="hidden" name="next" value="${escaped(next)}">
<input id="token" name="token" type="password" autocomplete="current-password" required autofocus>
<button>Sign in</button>
</form>`

const isSecure = (context: Context): boolean =>
  new URL(context.req.url).protocol === 'https:' ||
  context.req.header('x-forwarded-proto')?.split(',')[0]?.trim() === 'https'

/** A form's fields. Anybody may send one, so it is bounded in size and time as traces are. */
const readForm = async (context: Context): Promise<URLSearchParams> => {
  const room = { clock: new SenderClock(FORM_LIMITS.pace), take: () => undefined }
  const body = await readBody(context.req.raw, FORM_LIMITS, room)
  return new URLSearchParams(body.toString('utf8'))
}

/** The page on which a reader gives the token, for browsers; it sets the session's cookie. */
export function signInRoutes(access: ReaderAccess): Hono {
  const app = new Hono()
  app.onError((error, context) => {
    if (!(error instanceof Refusal)) throw error
    return context.text(error.message, REFUSALS[error.reason].status, { connection: 'close' })
  })
  app.get('/sign-in', (context) => {
    const next = ownPath(context.req.query('next'))
    return access.mayRead(context) ? context.redirect(next, 303) : html(context, 200, '', form(next, null))
  })
  app.post('/sign-in', async (context) => {
    const fields = await readForm(context)
    const next = ownPath(fields.get('next') ?? undefined)
    if (access.sessions === null) return context.redirect(next, 303)
    const verdict = access.judgeToken(context, fields.get('token')?.trim() ?? '', 'sign-in')
    if (verdict.is === 'unread') {
      context.header('retry-after', String(Math.ceil(verdict.retryAfterMs / 1000)))
      const problem = 'Too many wrong tokens came from this address. Wait a minute, then try again.'
      return html(context, 429, '', form(next, problem))
    }
    if (verdict.is === 'wrong') {
      await delay(WRONG_TOKEN_DELAY_MS)
      return html(context, 401, '', form(next, 'Wrong token'))
    }
    context.header('set-cookie', sessionCookie(access.sessions.issue(Date.now() / 1000), isSecure(context)))
    context.header('set-cookie', signedInMark(true, isSecure(context)), { append: true })
    return context.redirect(next, 303)
  })
  app.post('/sign-out', (context) => {
    access.endSession(context)
    context.header('set-cookie', sessionCookie('', isSecure(context)))
    context.header('set-cookie', signedInMark(false, isSecure(context)), { append: true })
    return context.redirect('/sign-in', 303)
  })
  return app
}

/**
 * Sends a reader without a session to the sign-in page. A link in another site's page brings no
 * SameSite=Strict cookie even where there is a session, nor does a redirect from it: a page of ours in
 * between makes the next request our own, and the sign-in page passes on those who are signed in.
 */
export function toSignIn(context: Context): Response {
  const { pathname, search } = new URL(context.req.url)
  const target = `/sign-in?next=${encodeURIComponent(pathname + search)}`
  if (context.req.header('sec-fetch-site') !== 'cross-site') return context.redirect(target, 303)
  const head = `<meta http-equiv="refresh" content="0;url=${escaped(target)}">`
  return html(context, 200, head, `<p><a href="${escaped(target)}">Sign in</a></p>`)
}
