import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'

/** The variants of one file of the built page, held in memory: the whole page is a few hundred kB. */
export interface StaticFile {
  readonly type: string
  readonly etag: string
  /** Named by the hash of its content, so it never changes. */
  readonly immutable: boolean
  readonly body: Buffer<ArrayBuffer>
  readonly br?: Buffer<ArrayBuffer>
  readonly gzip?: Buffer<ArrayBuffer>
}

export interface StaticFiles {
  /** By path from the root, with the leading slash. */
  readonly byPath: ReadonlyMap<string, StaticFile>
  readonly index: StaticFile | undefined
  /** CSP sources (`'sha256-…'`) of the inline scripts and styles that index.html carries. */
  readonly inlineScripts: readonly string[]
  readonly inlineStyles: readonly string[]
}

export const NO_FILES: StaticFiles = {
  byPath: new Map(),
  index: undefined,
  inlineScripts: [],
  inlineStyles: [],
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
}

const cspHash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

const inlineOf = (html: string, element: 'script' | 'style'): string[] => {
  const pattern = new RegExp(`<${element}(?![^>]*\\ssrc=)[^>]*>([\\s\\S]*?)</${element}>`, 'g')
  return [...html.matchAll(pattern)].map((match) => match[1] ?? '').filter((text) => text.length > 0)
}

async function pathsBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}

/** Reads the built page. A folder that is not there gives no files. */
export async function readStaticFiles(folder: string): Promise<StaticFiles> {
  const paths = await pathsBelow(folder)
  if (paths.length === 0) return NO_FILES
  const bodies = new Map<string, Buffer<ArrayBuffer>>()
  for (const path of paths) {
    bodies.set(`/${relative(folder, path).split(sep).join('/')}`, await readFile(path))
  }
  const byPath = new Map<string, StaticFile>()
  for (const [path, body] of bodies) {
    if (path.endsWith('.br') || path.endsWith('.gz')) continue
    const br = bodies.get(`${path}.br`)
    const gzip = bodies.get(`${path}.gz`)
    byPath.set(path, {
      type: TYPES[extname(path)] ?? 'application/octet-stream',
      etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
      immutable: path.startsWith('/assets/'),
      body,
      ...(br && { br }),
      ...(gzip && { gzip }),
    })
  }
  const index = byPath.get('/index.html')
  const html = index?.body.toString('utf8') ?? ''
  return {
    byPath,
    index,
    inlineScripts: inlineOf(html, 'script').map(cspHash),
    inlineStyles: inlineOf(html, 'style').map(cspHash),
  }
}

/** Whether an Accept-Encoding header takes a coding. */
export const acceptsEncoding = (header: string | null | undefined, name: 'br' | 'gzip'): boolean =>
  (header ?? '')
    .split(',')
    .map((part) =>
      part
        .trim()
        .toLowerCase()
        .split(/\s*;\s*q=/),
    )
    .some(([coding, weight]) => coding === name && Number(weight ?? '1') > 0)

/** Whether a list of entity tags (If-None-Match) holds this one, weak or strong. */
const holdsTag = (header: string | null, etag: string): boolean =>
  (header ?? '').split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag)

/** Answers one file: 304 where the reader has it, else the smallest variant that the reader takes. */
export function fileReply(file: StaticFile, request: Request): Response {
  const headers = new Headers({
    etag: file.etag,
    'cache-control': file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
    vary: 'Accept-Encoding',
  })
  if (holdsTag(request.headers.get('if-none-match'), file.etag)) {
    return new Response(null, { status: 304, headers })
  }
  const accept = request.headers.get('accept-encoding')
  const coding = (['br', 'gzip'] as const).find((name) => file[name] && acceptsEncoding(accept, name))
  const body = (coding && file[coding]) || file.body
  headers.set('content-type', file.type)
  headers.set('content-length', String(body.byteLength))
  if (coding) headers.set('content-encoding', coding)
  return new Response(request.method === 'HEAD' ? null : body, { headers })
}
