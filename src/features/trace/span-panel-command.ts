import type { SpanKind } from '../../domain/model/span.ts'
import type { SpanId } from '../../domain/model/units.ts'

/** What the page asks of the span panel: a new object each time, so that asking twice acts twice. */
export type SpanPanelCommand =
  | { readonly shows: 'root-cause' }
  | { readonly shows: 'span'; readonly spanId: string }
  /** A turn of a call: opened, selected, its time alone shown. */
  | { readonly shows: 'turn'; readonly spanId: SpanId }
  | { readonly shows: 'kind'; readonly kind: SpanKind }
  | { readonly shows: 'only'; readonly label: string; readonly spanIds: readonly SpanId[] }
