/** One frame of a stack trace, innermost first. */
export interface StackFrame {
  /** `actions/transfer.py:88 in create_transfer` */
  readonly place: string
  /** The place as recorded. */
  readonly full: string
  readonly code?: string
  /** false for frames of libraries and of the language itself. */
  readonly own: boolean
}

/** Frames of one exception; `text` are the lines around them (the exception's own line, notes). */
export interface StackBlock {
  readonly text: readonly string[]
  readonly frames: readonly StackFrame[]
}

const MOST_LINES = 4_000

const LIBRARY =
  /[\\/](?:site-packages|dist-packages|node_modules|vendor|gems)[\\/]|[\\/]lib[\\/]python\d|<frozen |^node:|internal[\\/]|^(?:java|javax|jdk|sun|kotlin|scala)\./

/** The end of a path, long enough to tell files apart. */
const tail = (path: string): string => path.split(/[\\/]/).slice(-3).join('/')

type FrameRule = readonly [pattern: RegExp, frame: (match: RegExpExecArray) => StackFrame]

/** How languages write a frame, in the order they are tried. */
const FRAME_RULES: readonly FrameRule[] = [
  [
    /^\s*File "(.+?)", line (\d+)(?:, in (.+))?$/,
    ([, path = '', line, name]) => ({
      place: `${tail(path)}:${line}${name ? ` in ${name}` : ''}`,
      full: `${path}:${line}`,
      own: !LIBRARY.test(path),
    }),
  ],
  [
    /^\s*at (?:async )?(?:(.+?) \()?((?:file:\/\/|node:|[A-Za-z]:\\|\/|\.|https?:\/\/|webpack:)[^()]*?):(\d+)(?::\d+)?\)?$/,
    ([, name, path = '', line]) => ({
      place: `${tail(path)}:${line}${name ? ` in ${name}` : ''}`,
      full: `${path}:${line}`,
      own: !LIBRARY.test(path),
    }),
  ],
  [
    /^\s*at ([\w$.<>/]+)\(([^)]*)\)$/,
    ([, name = '', file = '']) => ({ place: `${file} in ${name}`, full: name, own: !LIBRARY.test(name) }),
  ],
]

const frameOf = (line: string): StackFrame | undefined => {
  for (const [pattern, build] of FRAME_RULES) {
    const match = pattern.exec(line)
    if (match) return build(match)
  }
  return undefined
}

const PYTHON_HEAD = /^\s*Traceback \(most recent call last\):$/
const MARKERS = /^\s*[\^~]+\s*$/

/**
 * Reads a stack trace of Python, JavaScript or Java. Blocks stand in the order recorded (Python: the first
 * cause first); the frames of each from the innermost outwards. Lines that are no frame are kept as text.
 */
export const stackBlocks = (stack: string): readonly StackBlock[] => {
  const blocks: { text: string[]; frames: StackFrame[]; python: boolean }[] = []
  const lines = stack.split('\n', MOST_LINES)
  let block = { text: [] as string[], frames: [] as StackFrame[], python: false }
  const close = () => {
    if (block.python) block.frames.reverse()
    if (block.frames.length > 0 || block.text.some((line) => line.trim() !== '')) blocks.push(block)
  }
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? ''
    if (PYTHON_HEAD.test(line)) {
      close()
      block = { text: [], frames: [], python: true }
      continue
    }
    const frame = frameOf(line)
    if (!frame) {
      if (!MARKERS.test(line)) block.text.push(line)
      continue
    }
    // Python writes the line of code under its frame, deeper than the frame.
    const below = lines[i + 1] ?? ''
    const isCode = block.python && /^\s{4,}\S/.test(below) && !frameOf(below)
    block.frames.push(isCode ? { ...frame, code: below.trim() } : frame)
    if (isCode) i++
  }
  close()
  return blocks.map(({ text, frames }) => ({ text: text.filter((line) => line.trim() !== ''), frames }))
}

/** Neighbouring frames of one sort: own ones are shown, those of libraries can be folded into a count. */
export const frameRuns = (frames: readonly StackFrame[]): readonly (readonly StackFrame[])[] => {
  const runs: StackFrame[][] = []
  for (const frame of frames) {
    const run = runs.at(-1)
    if (run?.[0]?.own === frame.own) run.push(frame)
    else runs.push([frame])
  }
  return runs
}
