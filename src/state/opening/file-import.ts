import { PATHS } from '../../wire/api-paths.ts'
import { errorWords, readImportLine } from './import-reply.ts'
import { isUnderWay, type OpenedFile, openedFiles, settleOpenedFiles as settle } from './opened-files.ts'

/** Files of one drop; what is beyond is named as refused. */
const MOST = 200

let waiting: { readonly id: number; readonly file: File }[] = []
let running: { readonly id: number; readonly request: XMLHttpRequest } | undefined
let numbers = 0

const update = (id: number, change: Partial<OpenedFile>) =>
  settle(openedFiles().map((file) => (file.id === id ? { ...file, ...change } : file)))

/** The last whole line that can be read: what comes is always more than what came. */
function lastWord(text: string) {
  const lines = text
    .slice(0, text.lastIndexOf('\n') + 1)
    .trimEnd()
    .split('\n')
  return readImportLine(lines.at(-1) ?? '')
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * Sends one file as the body. By XMLHttpRequest, because fetch tells nothing of how much was sent; the
 * gateway reads only as fast as it stores, so what was sent is what came in but for the network's buffers.
 */
function send(id: number, file: File) {
  const request = new XMLHttpRequest()
  running = { id, request }
  const end = (change: Partial<OpenedFile>) => {
    running = undefined
    update(id, change)
    next()
  }
  request.upload.onprogress = ({ loaded }) => update(id, { sent: loaded })
  request.onprogress = () => {
    const word = lastWord(request.responseText)
    if (word?.type === 'progress') update(id, { report: word.report })
  }
  request.onload = () => {
    if (request.status !== 200) {
      const words = errorWords(parsed(request.responseText))
      end({ state: 'failed', message: words ?? `the gateway answered with ${request.status}` })
      return
    }
    const word = lastWord(request.responseText)
    if (word?.type === 'done') end({ state: 'done', sent: file.size, report: word.report })
    else if (word?.type === 'error') end({ state: 'failed', message: word.message })
    else end({ state: 'failed', message: 'the answer was cut off' })
  }
  request.onerror = () => end({ state: 'failed', message: 'the connection to the gateway broke off' })
  request.onabort = () => end({ state: 'cancelled' })
  request.open('POST', PATHS.import)
  request.setRequestHeader('content-type', 'application/octet-stream')
  update(id, { state: 'running' })
  request.send(file)
}

function next() {
  const first = waiting.shift()
  if (first) send(first.id, first.file)
}

/** Brings files in, one after the other. Those of the last time that ended are forgotten. */
export function openFiles(chosen: Iterable<File>): void {
  const added = [...chosen].slice(0, MOST).map((file) => ({ id: ++numbers, file }))
  if (added.length === 0) return
  const underWay = openedFiles().filter(isUnderWay)
  settle([
    ...underWay,
    ...added.map(({ id, file }) => ({
      id,
      name: file.name,
      size: file.size,
      state: 'waiting' as const,
      sent: 0,
    })),
  ])
  waiting = [...waiting, ...added]
  if (!running) next()
}

/** Asks for files by the browser's own dialog. */
export function chooseFiles(): void {
  const input = document.createElement('input')
  input.type = 'file'
  input.multiple = true
  input.accept = '.json,.jsonl,.ndjson,.gz,application/json'
  input.hidden = true
  input.addEventListener('change', () => {
    openFiles(input.files ?? [])
    input.remove()
  })
  input.addEventListener('cancel', () => input.remove())
  // In the document, else it may be collected while its dialog is open.
  document.body.append(input)
  input.click()
}

/** Stops all that is under way. What came in already stays. */
export function cancelImport(): void {
  const left = new Set(waiting.map(({ id }) => id))
  waiting = []
  settle(openedFiles().map((file) => (left.has(file.id) ? { ...file, state: 'cancelled' } : file)))
  running?.request.abort()
}

/** Takes the word on files that ended away. */
export const dismissImport = (): void => settle(openedFiles().filter(isUnderWay))
