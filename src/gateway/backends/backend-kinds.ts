import type { BackendKind } from './backend-kind.ts'
import { jaegerKind } from './jaeger-kind.ts'
import { langfuseKind } from './langfuse-kind.ts'

/** The kinds of backend that can be asked for by settings, in the order in which their sources are shown. */
export const BACKEND_KINDS: readonly BackendKind[] = [langfuseKind, jaegerKind]
