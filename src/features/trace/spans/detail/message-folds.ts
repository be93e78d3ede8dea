import type { ReadableBlock } from '../../../../semantics/readable/readable-text.ts'

/** A run of messages: shown, or folded into one line until asked for. */
export interface MessageRun {
  readonly folded: boolean
  readonly why?: string
  readonly blocks: readonly ReadableBlock[]
}

/** Fewer messages are all shown. */
const FEW = 4
/** Longer instructions are folded. */
const LONG_INSTRUCTIONS = 600

const lengthOf = (block: ReadableBlock): number =>
  block.parts.reduce((sum, part) => sum + ('text' in part ? part.text.length : 40), 0)

const counted = (count: number, what: string): string =>
  count === 1 ? `1 ${what} message` : `${count} ${what} messages`

/** What of an input to show at first where it begins with what an earlier call was given or gave. */
export const continuedRuns = (
  repeated: readonly ReadableBlock[],
  fresh: readonly ReadableBlock[],
): readonly MessageRun[] => [
  { folded: true, why: `${counted(repeated.length, 'repeated')} of the call before`, blocks: repeated },
  { folded: false, blocks: fresh },
]

/**
 * What of a conversation to show at first: the instructions where they are short, and from the last words of
 * the user on. What stands before is history, folded where there is much.
 */
export const inputRuns = (blocks: readonly ReadableBlock[]): readonly MessageRun[] => {
  const runs: MessageRun[] = []
  let from = 0
  const first = blocks[0]
  if (first?.role === 'system' && blocks.length > 1 && lengthOf(first) > LONG_INSTRUCTIONS) {
    const length = lengthOf(first).toLocaleString('en')
    runs.push({ folded: true, why: `Instructions, ${length} characters`, blocks: [first] })
    from = 1
  }
  const rest = blocks.slice(from)
  const asked = rest.findLastIndex((block) => block.role === 'user')
  if (rest.length <= FEW || asked < 1) return [...runs, { folded: false, blocks: rest }]
  return [
    ...runs,
    { folded: true, why: counted(asked, 'earlier'), blocks: rest.slice(0, asked) },
    { folded: false, blocks: rest.slice(asked) },
  ]
}

/** What of an output to show at first: what did not stand in the input already. */
export const outputRuns = (
  repeated: readonly ReadableBlock[],
  fresh: readonly ReadableBlock[],
): readonly MessageRun[] => [
  ...(repeated.length > 0
    ? [{ folded: true, why: `${counted(repeated.length, 'repeated')} of the input`, blocks: repeated }]
    : []),
  { folded: false, blocks: fresh },
]
