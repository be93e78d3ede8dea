import type { SpanKind } from '../../domain/span.ts'
import type { SpanId } from '../../domain/units.ts'

/** What the page asks of the span panel: a new object each time, so that asking twice acts twice. */
export type PanelWish =
  | { readonly wants: 'root-cause' }
  | { readonly wants: 'span'; readonly spanId: string }
  /** A turn of a call: opened, selected, its time alone shown. */
  | { readonly wants: 'turn'; readonly spanId: SpanId }
  | { readonly wants: 'kind'; readonly kind: SpanKind }
  | { readonly wants: 'only'; readonly label: string; readonly spanIds: readonly SpanId[] }
