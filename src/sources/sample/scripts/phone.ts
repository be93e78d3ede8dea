import type { Random } from '../random.ts'
import type { VoiceCall } from '../voice-call-trace.ts'

/** A call to the bank's card line. */
export const phoneCall = (random: Random, start: number): VoiceCall => {
  const last = random.pick(['four four seven one', 'nine zero two six', 'one eight three five'])
  const greeting = {
    opened: 'session-start',
    bot: 'Hello, this is the card line of Harbor Bank. How can I help you?',
  } as const
  const asked = random.pick([
    {
      user: 'Hi, I lost my card, I need to block it.',
      bot: `I can block it right away. Is it the card ending in ${last}?`,
    },
    {
      user: 'Somebody has used my card, I think.',
      bot: `I am sorry to hear that. Shall I block the card ending in ${last}?`,
    },
    {
      user: 'My wallet is gone.',
      bot: `That is annoying. Your card ending in ${last}, shall I block it now?`,
    },
  ])
  return {
    service: 'Card Line',
    environment: 'production',
    start,
    turns: [
      greeting,
      { opened: 'speech', ...asked, ...(random.chance(0.5) ? { interrupted: true as const } : {}) },
      {
        opened: 'speech',
        user: random.pick(['Yes, that one, please.', 'Yes. Quickly, please.', 'Yes, block it.']),
        bot: `Done. The card ending in ${last} is blocked, and a new one is on its way. Anything else?`,
      },
      ...(random.chance(0.5) ? [{ opened: 'silence', bot: 'Are you still there?' } as const] : []),
      {
        opened: 'speech',
        user: random.pick([
          'No, that is all, thank you.',
          'No thanks. Bye.',
          'How long will it take? Never mind. Bye.',
        ]),
        bot: 'You are welcome. Goodbye.',
      },
    ],
  }
}
