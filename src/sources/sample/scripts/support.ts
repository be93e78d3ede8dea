import type { Caller, Data, Script } from '../exchange.ts'

interface Topic {
  readonly source: string
  readonly passage: string
  readonly ask: Readonly<Record<string, readonly [question: string, answer: string]>>
  readonly more: readonly [question: string, answer: string]
}

const TOPICS: readonly Topic[] = [
  {
    source: 'keys/rotation.md',
    passage:
      'A project holds up to five active keys. To rotate without downtime create a second key, deploy it everywhere, watch the last-used column of the first until it stands still, then revoke it. A revoked key is refused within ten seconds.',
    ask: {
      en: [
        'how do i rotate an api key without downtime',
        'Create a second key, switch your clients to it, then revoke the first one. A project can hold five keys at once.',
      ],
      de: [
        'Wie wechsle ich den API-Schlüssel ohne Ausfall?',
        'Legen Sie einen zweiten Schlüssel an, stellen Sie alle Clients um und sperren Sie dann den ersten. Ein Projekt kann fünf Schlüssel zugleich haben.',
      ],
      fr: [
        'comment changer de clé API sans coupure ?',
        'Créez une deuxième clé, déployez-la partout, puis révoquez la première. Un projet accepte cinq clés actives.',
      ],
    },
    more: ['how long until the old one stops working?', 'A revoked key is refused within ten seconds.'],
  },
  {
    source: 'limits/requests.md',
    passage:
      'Each key may send 600 requests a minute with bursts of 60. Beyond that the answer is 429 with a Retry-After header in seconds. Limits are per key, not per project; batch endpoints count one request per batch.',
    ask: {
      en: [
        'what is the rate limit on /v1/turns',
        '600 requests a minute per key; a 429 tells you in Retry-After how long to wait.',
      ],
      es: [
        '¿cuál es el límite de peticiones?',
        '600 peticiones por minuto y clave. Si se supera, la respuesta 429 indica en Retry-After cuántos segundos hay que esperar.',
      ],
      ja: [
        'APIのレート制限を教えてください',
        'キーごとに毎分600リクエストです。超えると429が返り、Retry-Afterヘッダーに待ち時間(秒)が入ります。',
      ],
    },
    more: [
      'does a batch count as one?',
      'Yes. Batch endpoints count one request per batch, whatever its size.',
    ],
  },
  {
    source: 'webhooks/delivery.md',
    passage:
      'Deliveries time out after 5 seconds. Anything but a 2xx is retried with growing pauses for 24 hours. A 502 usually means that the receiver closed the connection before answering; answer first, then work.',
    ask: {
      en: [
        'my webhook returns 502',
        'A 502 means that your receiver closed the connection before it answered. Answer 200 first and do the work afterwards; deliveries time out after 5 seconds.',
      ],
      de: [
        'Unser Webhook bekommt ständig 502',
        'Ein 502 heißt, dass Ihr Empfänger die Verbindung vor der Antwort geschlossen hat. Antworten Sie zuerst mit 200 und arbeiten Sie danach.',
      ],
      fr: [
        'notre webhook renvoie 502 depuis ce matin',
        'Un 502 signifie que votre serveur a fermé la connexion avant de répondre. Répondez 200 d’abord, traitez ensuite.',
      ],
    },
    more: [
      'how often do you retry?',
      'With growing pauses for 24 hours, then the delivery is marked as failed and can be replayed by hand.',
    ],
  },
  {
    source: 'export/csv.md',
    passage:
      'The export writes two rows for each turn. Feedback is one column holding JSON with name, value and comment. Exports are streamed; a file that was cut off misses its last line break. Times are UTC.',
    ask: {
      en: [
        'does the export include feedback comments?',
        'Yes. Feedback and its comment stand together in one column of the CSV, as JSON.',
      ],
      pt: [
        'a exportação inclui os comentários?',
        'Sim. O feedback e o comentário ficam juntos numa coluna do CSV, em JSON.',
      ],
    },
    more: ['in which time zone are the timestamps?', 'UTC, always.'],
  },
  {
    source: 'billing/seats.md',
    passage:
      'Seats are counted at the end of the month. Viewers are free. An invited person counts from the first sign-in. Downgrades take effect with the next invoice; credits are not paid out but kept for twelve months.',
    ask: {
      en: [
        'are we charged for people who only look?',
        'No, viewers are free. A seat counts from the first sign-in of someone with an editor role.',
      ],
      es: [
        '¿se paga por los usuarios que solo miran?',
        'No, los lectores son gratis. Solo cuentan los editores, desde su primer acceso.',
      ],
    },
    more: [
      'and if we remove someone in the middle of the month?',
      'Seats are counted at the end of the month, so someone removed before then costs nothing.',
    ],
  },
  {
    source: 'sdk/retries.md',
    passage:
      'The clients retry idempotent calls three times with jitter. Turn it off with maxRetries 0. A call that was cancelled is never retried. In serverless functions call flush before returning, or the last events are lost.',
    ask: {
      en: [
        'events from our lambda get lost sometimes',
        'Call flush() before your function returns: the runtime freezes right after, and what is still in the buffer never leaves.',
      ],
      de: [
        'Warum fehlen uns Events aus der Lambda-Funktion?',
        'Rufen Sie flush() auf, bevor die Funktion zurückkehrt: danach friert die Laufzeit ein und der Puffer geht verloren.',
      ],
    },
    more: ['how do I switch off retries?', 'Set maxRetries to 0 when you create the client.'],
  },
]

const topicLines: Script = (caller) => {
  const { random, language } = caller
  const topic = random.pick(TOPICS)
  const known = topic.ask[language] ?? (topic.ask.en as readonly [string, string])
  const other = random.pick(TOPICS)
  const documents = [
    { id: topic.source, content: topic.passage, score: random.between(0.8, 0.96) },
    { id: other.source, content: other.passage, score: random.between(0.41, 0.72) },
    {
      id: 'index.md',
      content: 'Start here: keys, limits, webhooks, exports, billing and the clients in five languages.',
      score: random.between(0.2, 0.4),
    },
  ].slice(0, random.int(2, 3))
  const first = {
    user: known[0],
    bot: known[1],
    retrieval: { query: known[0], documents },
    tags: [topic.source.split('/')[0] ?? 'docs'],
    feedback: random.chance(0.18)
      ? [
          random.chance(0.7)
            ? { name: 'thumbs', value: 1 }
            : {
                name: 'thumbs',
                value: 0,
                comment: random.pick([
                  'not what I asked',
                  'too short',
                  'link is dead',
                  'answer is for the old version',
                ]),
              },
        ]
      : [],
  }
  if (language !== 'en' || random.chance(0.45)) return [first]
  return [
    first,
    {
      user: topic.more[0],
      bot: topic.more[1],
      retrieval: { query: `${known[0]} ${topic.more[0]}`, documents: documents.slice(0, 2) },
      tags: [topic.source.split('/')[0] ?? 'docs'],
    },
  ]
}

const status: Script = ({ random }) => {
  const region = random.pick(['eu-west', 'us-east', 'ap-south'])
  const late = random.chance(0.3)
  return [
    {
      user: random.pick([
        `is ${region} down?`,
        `anything going on in ${region}?`,
        'ingestion seems slow today',
      ]),
      bot: late
        ? `There is an open incident in ${region}: ingestion is delayed by about ${random.int(2, 14)} minutes. Nothing is lost.`
        : `All systems in ${region} are normal; the last incident was closed ${random.int(3, 40)} days ago.`,
      tools: [
        {
          name: 'get_service_status',
          arguments: { region },
          result: { region, status: late ? 'degraded' : 'operational' },
          seconds: 0.35,
          host: 'status.relaydesk.example',
        },
      ],
      tags: ['status'],
    },
  ]
}

const ticket: Script = ({ random }) => {
  const number = random.int(20_000, 89_999)
  return [
    {
      user: random.pick(['I want to talk to a human', 'this does not help, open a ticket please']),
      bot: `I have opened ticket ${number} with our conversation attached. Someone answers within four working hours.`,
      tools: [
        {
          name: 'create_ticket',
          arguments: { priority: random.pick(['normal', 'high']), attach_conversation: true },
          result: { ticket: number, queue: 'tier-2' },
          seconds: 0.55,
          host: 'desk.relaydesk.example',
        },
      ],
      tags: ['handover'],
      patch: (data: Data) => ({
        ...data,
        tickets: [...((data.tickets ?? []) as readonly number[]), number],
        tier: 2,
      }),
    },
  ]
}

const LOG_LINES = [
  'delivery 7f21 attempt 1 POST https://hooks.example/in status=502 after=5003ms',
  'delivery 7f21 attempt 2 POST https://hooks.example/in status=502 after=5001ms',
  'delivery 7f22 attempt 1 POST https://hooks.example/in status=200 after=412ms',
  'worker 3 queue depth 118 oldest 41s paused=false region=eu-west',
  'delivery 7f24 attempt 1 POST https://hooks.example/in error=ECONNRESET after=88ms',
  'signature check failed key=wh_live_2 clock skew 301s limit 300s',
  'delivery 7f25 attempt 3 giving up for now, next try in 640s',
  'client connected ip=203.0.113.24 agent=relaydesk-node/4.8.1',
] as const

/** Whoever pastes a log asks with a text far longer than a row of a table shows. */
const pastedLog: Script = ({ random }) => {
  const lines = Array.from({ length: random.int(9, 16) }, (_, index) => {
    const second = String((index * 7) % 60).padStart(2, '0')
    return `09:1${index % 10}:${second} ${random.pick(LOG_LINES)}`
  })
  return [
    {
      user: `${random.pick(['can you make sense of this log?', 'we see this since the last deploy:'])}\n\n${lines.join('\n')}`,
      bot: 'Two things stand out. Your receiver closes connections after five seconds, so answer 200 first and work afterwards. And one signature failed because a clock is five minutes off: let the machine sync its time.',
      retrieval: {
        query: 'webhook delivery 502 signature check failed clock skew',
        documents: [
          { id: 'webhooks/delivery.md', content: TOPICS[2]?.passage ?? '', score: random.between(0.7, 0.9) },
          {
            id: 'webhooks/signatures.md',
            content:
              'A signature is refused when its time lies more than 300 seconds from ours. Keep clocks in sync.',
            score: random.between(0.6, 0.8),
          },
        ],
      },
      tags: ['webhooks'],
    },
  ]
}

export const SUPPORT_SCRIPTS: readonly (readonly [Script, number])[] = [
  [topicLines, 9],
  [status, 2],
  [pastedLog, 1],
  [ticket, 1],
]

export const SUPPORT_CLOSING: Script = ({ random, language }) => [
  {
    user:
      language === 'de'
        ? 'danke!'
        : language === 'fr'
          ? 'merci'
          : random.pick(['thanks', 'perfect, thx', 'ok, will try']),
    bot: language === 'de' ? 'Gern geschehen.' : language === 'fr' ? 'Avec plaisir.' : 'Glad to help.',
  },
]

/** What the help desk knows of a visitor. */
export const supportVisitor = (random: Caller['random']): Data => ({
  plan: random.pick(['free', 'team', 'team', 'enterprise']),
  locale: random.pick(['en-GB', 'en-US', 'de-DE', 'fr-FR', 'es-ES', 'ja-JP']),
  seats: random.int(1, 60),
})
