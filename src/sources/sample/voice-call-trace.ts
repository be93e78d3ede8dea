import type { Span } from '../../domain/model/span.ts'
import type { Random } from './random.ts'
import { TraceWriter, type Values } from './trace-writer.ts'

export interface VoiceCall {
  readonly service: string
  readonly environment: string
  readonly start: number
  /** What opened a turn, what was said and what was answered, in order. */
  readonly turns: readonly {
    readonly opened: 'session-start' | 'speech' | 'silence'
    readonly user?: string
    readonly bot: string
    readonly interrupted?: true
  }[]
}

const VOICE = { name: 'rasa.voice' }
const SECONDS_PER_CHARACTER = 0.052

const EVENT = {
  'session-start': 'SessionStartedInteractionEvent',
  speech: 'UserTranscript',
  silence: 'SilenceTimeoutInteractionEvent',
} as const

/** A streaming phone call: one trace as long as the call, its turns inside it. */
export const voiceCallTrace = (call: VoiceCall, random: Random): readonly Span[] => {
  const writer = new TraceWriter(random, call.start, {
    scope: VOICE,
    resource: {
      'service.name': call.service,
      'deployment.environment.name': call.environment,
      'telemetry.sdk.language': 'python',
      'telemetry.sdk.name': 'opentelemetry',
      'telemetry.sdk.version': '1.33.1',
    },
  })
  const callId = `CA${random.hex(32)}`
  const base: Values = { 'rasa.conversation.id': `MZ${random.hex(32)}`, 'voice.channel.call_id': callId }
  const asr: Values = {
    ...base,
    'voice.asr.provider': 'deepgram',
    'voice.asr.language': 'en',
    'voice.asr.model': 'nova-3',
  }
  const tts: Values = { ...base, 'voice.tts.provider': 'rime', 'voice.tts.language': 'en' }

  const speak = (text: string, interrupted: boolean) => {
    const bytes = text.length * 480
    writer.span(
      'synthesize speech',
      { attributes: { ...tts, 'voice.tts.cache_hit': false, 'voice.tts.text': text } },
      (span) => {
        span.event('voice.tts_request')
        writer.wait(random.between(0.2, 0.28))
        span.event('voice.tts_first_audio_generated', { 'voice.tts.audio_source': 'generated' })
        span.set({ 'audio.bytes.total': bytes, 'audio.chunk.count': Math.ceil(bytes / 2000) })
        span.event('voice.tts_complete')
      },
    )
    writer.span('play audio', { attributes: { ...base, 'voice.playback.text': text } }, (span) => {
      span.event('voice.playback_start')
      writer.wait(text.length * SECONDS_PER_CHARACTER * (interrupted ? 0.5 : 1))
      if (interrupted) {
        span.set({ 'voice.interrupted': true })
        span.event('voice.playback_interrupted')
      }
      span.event('voice.playback_finished')
    })
  }

  writer.span(
    'voice call',
    {
      attributes: {
        ...base,
        'voice.channel.name': 'twilio_media_streams',
        'voice.asr.provider': 'deepgram',
        'voice.tts.provider': 'rime',
        'voice.locale': 'en',
      },
    },
    (root) => {
      root.event('voice.call_started')
      writer.span('connect asr', { otelKind: 'client', attributes: asr }, () =>
        writer.wait(random.between(0.1, 0.25)),
      )
      writer.span('connect tts', { otelKind: 'client', attributes: tts }, () =>
        writer.wait(random.between(0.02, 0.05)),
      )
      call.turns.forEach((turn, index) => {
        if (turn.user !== undefined) {
          writer.wait(random.between(0.4, 2.5))
          writer.span(
            'transcribe audio',
            {
              attributes: {
                ...asr,
                'voice.transcript.final': turn.user,
                'partial_transcript.count': random.int(4, 14),
              },
            },
            (span) => {
              writer.wait(turn.user === undefined ? 0 : turn.user.length * SECONDS_PER_CHARACTER)
              span.event('voice.final_transcript')
            },
          )
        }
        if (turn.opened === 'silence') {
          writer.wait(7.5)
          writer.span('handle silence', { attributes: base }, (span) => {
            span.event('voice.silence_detected')
            span.event('voice.silence_accepted')
          })
        }
        root.event('voice.turn_event_enqueued', {
          'voice.turn_event.type': EVENT[turn.opened],
          'voice.queue.size': 1,
        })
        const began = writer.clock
        writer.span(
          'handle turn',
          {
            attributes: {
              ...base,
              'voice.turn.index': index + 1,
              'voice.latency.user_perceived_ms':
                turn.opened === 'session-start' ? undefined : Math.round(random.between(480, 1600) * 10) / 10,
            },
          },
          (span) => {
            writer.wait(random.between(0.4, 1.5))
            speak(turn.bot, turn.interrupted === true)
            span.set({ 'voice.latency.rasa_processing_ms': Math.round((writer.clock - began) / 100) / 10 })
          },
        )
      })
      root.event('voice.hangup_requested')
      writer.span('disconnect tts', { otelKind: 'client', attributes: tts }, () => writer.wait(0.03))
      writer.span('disconnect asr', { otelKind: 'client', attributes: asr }, () => writer.wait(0.2))
    },
  )
  return writer.spans
}
