import { createHash } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { type Context, Hono } from 'hono'
import { DEFAULT_INGEST_LIMITS, type IngestLimits } from '../ingest/door/ingest-limits.ts'
import { REFUSALS, Refusal } from '../ingest/door/refusal.ts'
import { readBody } from '../ingest/door/request-body.ts'
import { SenderClock } from '../ingest/door/sender-clock.ts'
import type { ReaderAccess } from './reader-access.ts'
import { sessionCookie } from './session.ts'

const STYLE = `:root{color-scheme:light dark;font:15px/1.5 system-ui,sans-serif;background:light-dark(#fafafa,#121417);color:light-dark(#1a1d21,#e8eaed)}
body{display:grid;place-items:center;min-height:100vh;margin:0}
form{display:grid;gap:12px;width:min(320px,90vw)}
h1{margin:0;font-size:20px}p{margin:0}
input,button{font:inherit;padding:8px 10px;border-radius:6px;border:1px solid light-dark(#c5c9cf,#3c4148);background:light-dark(#fff,#1b1e22);color:inherit}
button{background:light-dark(#1f5fd0,#2f6fe0);border-color:transparent;color:#fff;cursor:pointer}
.wrong{color:light-dark(#b3261e,#f2b8b5)}`

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
<h1>Turnscope</h1>
<p><label for="token">This explorer asks for its token.</label></p>
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
      return html(context, 401, '', form(next, 'This is not the token.'))
    }
    context.header('set-cookie', sessionCookie(access.sessions.issue(Date.now() / 1000), isSecure(context)))
    return context.redirect(next, 303)
  })
  app.post('/sign-out', (context) => {
    access.endSession(context)
    context.header('set-cookie', sessionCookie('', isSecure(context)))
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
