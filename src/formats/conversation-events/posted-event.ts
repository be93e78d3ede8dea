import type { Attributes, AttributeValue } from '../../domain/model/span.ts'
import type { Micros } from '../../domain/model/units.ts'

/** What an event is of, in the words of the conversation-event model. */
export const EVENT_TYPES = [
  'message',
  'tool',
  'agent',
  'retrieval',
  'generation',
  'router',
  'system',
  'custom',
  'feedback',
] as const
export type EventType = (typeof EVENT_TYPES)[number]

/** One conversation event, checked at the door: times read, ids printable, names as they are sent. */
export interface PostedEvent {
  readonly conversation_id: string
  /** Shared by the events of one turn. */
  readonly interaction_id: string
  readonly type: EventType
  readonly task: string
  /** Names this event; a child's `parent_id` names it. */
  readonly trace_id?: string | undefined
  readonly parent_id?: string | undefined
  readonly session_id?: string | undefined
  readonly channel_id?: string | undefined
  readonly input?: AttributeValue | undefined
  readonly output?: AttributeValue | undefined
  readonly feedback_tag?: string | undefined
  readonly feedback_text?: string | undefined
  readonly start_timestamp?: Micros | undefined
  readonly end_timestamp?: Micros | undefined
  /** Milliseconds. */
  readonly latency?: number | undefined
  readonly custom?: Attributes | undefined
  readonly user?: { readonly id?: string | undefined; readonly name?: string | undefined } | undefined
  readonly metadata?: Attributes | undefined
}
