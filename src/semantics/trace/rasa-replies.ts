import { type ReplyFacts, SENT_TEXT } from '../conventions/rasa/rasa-replies.ts'
import type { SpanReading } from '../reading.ts'
import type { Verdict } from './judge.ts'

/** What a bot of Rasa's replied, as far as its steps tell. */
export interface Replies {
  /** The words of what it said, in order. */
  readonly text?: string
  /** Names of the responses that were sent and whose words were not recorded, in order. */
  readonly names: readonly string[]
}

const MOST_NAMES = 50

/** What was offered since the last action, what policies decided on apart from what models wrote. */
interface Offers {
  readonly decided: Set<string>
  readonly drafts: Set<string>
}

/** The one text that was offered; undefined where there are several: nothing tells which was said. */
function only({ decided, drafts }: Offers): string | undefined {
  const texts = decided.size > 0 ? decided : drafts
  return texts.size === 1 ? [...texts][0] : undefined
}

/**
 * The replies of a turn, from the actions that ran and what the steps before each recorded. Texts that a policy
 * offered and no action sent are not among them.
 * @param turn index of the span that holds the turn; undefined = the whole trace
 */
export function repliesOf(
  readings: readonly SpanReading[],
  { tree }: Pick<Verdict, 'tree'>,
  turn?: number,
): Replies {
  const from = turn === undefined ? 0 : (tree.place[turn] as number)
  const until = turn === undefined ? tree.order.length : (tree.end[turn] as number)
  const texts: string[] = []
  const names: string[] = []
  const offers: Offers = { decided: new Set(), drafts: new Set() }
  let ran = false
  const take = ({ runs, sendsText, names: sent, offered, draft }: ReplyFacts) => {
    if (offered !== undefined) (draft ? offers.drafts : offers.decided).add(offered)
    if (sent) names.push(...sent)
    if (sendsText) {
      const text = only(offers)
      if (text === undefined) names.push(SENT_TEXT)
      else texts.push(text)
    }
    if (!runs) return
    ran = true
    offers.decided.clear()
    offers.drafts.clear()
  }
  for (let place = from; place < until; place++) {
    const reply = readings[tree.order[place] as number]?.facts.reply
    if (reply) take(reply)
  }
  // No action was recorded: what the flow decided to say is what is known.
  const left = ran ? undefined : only({ decided: offers.decided, drafts: new Set() })
  if (left !== undefined) texts.push(left)
  return { ...(texts.length > 0 && { text: texts.join('\n') }), names: names.slice(0, MOST_NAMES) }
}
