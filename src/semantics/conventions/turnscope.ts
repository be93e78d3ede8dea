import type { Convention } from './convention.ts'

/** Keys of this product's own, for whoever instruments a bot, and those of recorded conversation events. */
export const TURNSCOPE: Convention = {
  name: 'Turnscope',
  places: {
    channel: [[40, 'turnscope.channel']],
    input: [[130, 'turnscope.event.input']],
    output: [[130, 'turnscope.event.output']],
    tags: [[40, 'turnscope.tags']],
    dataBefore: [[10, 'turnscope.participant_data.before']],
    dataAfter: [[10, 'turnscope.participant_data.after']],
    sessionData: [[10, 'turnscope.session_data']],
  },
  kinds: [
    {
      rank: 10,
      key: 'turnscope.event.type',
      kinds: {
        MESSAGE: 'message',
        TOOL: 'tool',
        AGENT: 'agent',
        RETRIEVAL: 'retrieval',
        GENERATION: 'generation',
        ROUTER: 'router',
        SYSTEM: 'system',
        CUSTOM: 'custom',
        FEEDBACK: 'feedback',
      },
    },
  ],
  feedback: {
    name: 'turnscope.feedback.name',
    values: ['turnscope.feedback.value'],
    comment: 'turnscope.feedback.comment',
  },
}
