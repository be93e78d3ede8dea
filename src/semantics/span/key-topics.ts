/** What a key of a span may speak about, as bits: a span is asked only what some key of it can answer. */
export const TOPIC = {
  usage: 1,
  input: 2,
  output: 4,
  tags: 8,
  own: 16,
  voice: 32,
  plumbing: 64,
  evidence: 128,
} as const

/** Ordered by topic; a key may fit several. */
const PATTERNS: readonly (readonly [topic: number, fits: RegExp])[] = [
  [
    TOPIC.usage,
    /^(gen_ai\.usage\.|llm\.(token_count|usage|cost)\.|ai\.usage\.|langfuse\.observation\.(usage|cost)_details$|langsmith\.metadata\.usage_metadata$|len_prompt_tokens$)/,
  ],
  [
    TOPIC.input,
    /^(langfuse\.(trace|observation)\.input$|input\.value$|gen_ai\.input\.messages$|llm\.input_messages\.|traceloop\.entity\.input$|ai\.prompt(\.messages)?$|gen_ai\.prompt($|\.)|voice\.transcript\.final$|agent_input_user_message$|turnscope\.event\.input$)/,
  ],
  [
    TOPIC.output,
    /^(langfuse\.(trace|observation)\.output$|output\.value$|gen_ai\.output\.messages$|llm\.output_messages\.|traceloop\.entity\.output$|ai\.response\.text$|gen_ai\.completion($|\.)|voice\.(tts|playback)\.text$|agent_output_response_message$|turnscope\.event\.output$)/,
  ],
  [
    TOPIC.tags,
    /^(langfuse\.trace\.tags|tag\.tags|ai\.telemetry\.metadata\.tags|turnscope\.tags|langsmith\.span\.tags)$/,
  ],
  [TOPIC.own, /^turnscope\./],
  [TOPIC.voice, /^voice\./],
  [TOPIC.plumbing, /^(http|url|db|rpc|messaging|net)\./],
  [
    TOPIC.evidence,
    /^(gen_ai\.response\.id|ai\.response\.id|gen_ai\.output\.messages|llm\.output_messages\.0\.message\.role|gen_ai\.completion\.0\.role)$/,
  ],
]

/** Keys are few and repeat in every span: what each speaks about is found out once. */
const known = new Map<string, number>()
/** Keys with numbers or ids in them must not fill the memory. */
const MOST = 20_000

/** The topics of one key. */
function topicsOf(key: string): number {
  const found = known.get(key)
  if (found !== undefined) return found
  let topics = 0
  for (const [topic, fits] of PATTERNS) if (fits.test(key)) topics |= topic
  if (known.size < MOST) known.set(key, topics)
  return topics
}

/** The topics of all keys together. */
export function topicsIn(attributes: { readonly [key: string]: unknown }): number {
  let topics = 0
  for (const key in attributes) topics |= topicsOf(key)
  return topics
}
