import { type ComponentType, lazy, Suspense } from 'react'
import { TracesPage } from '../features/traces/traces-page.tsx'
import type { Capabilities } from '../state/source-context.tsx'

interface AppPage {
  /** Below the source. */
  readonly path: string
  readonly Page: ComponentType
  /** How navigation and palette name it; absent for pages of one thing. */
  readonly name?: string
  /** Whether a source has it; absent = every source. */
  readonly offered?: (capabilities: Capabilities) => boolean
}

/** A page whose code is fetched when it is first opened. */
const later = (load: () => Promise<ComponentType>): ComponentType => {
  const Loaded = lazy(async () => ({ default: await load() }))
  return () => (
    <Suspense fallback={<main aria-busy="true" className="min-h-0 flex-1" />}>
      <Loaded />
    </Suspense>
  )
}

/** Every page, in the order of the navigation. */
export const PAGES: readonly AppPage[] = [
  { path: 'traces', name: 'Traces', Page: TracesPage },
  {
    path: 'traces/:traceId',
    Page: later(async () => (await import('../features/trace/trace-page.tsx')).TracePage),
  },
  {
    path: 'sessions',
    name: 'Sessions',
    Page: later(async () => (await import('../features/sessions/sessions-page.tsx')).SessionsPage),
  },
  {
    path: 'sessions/:sessionId',
    Page: later(async () => (await import('../features/sessions/session-page.tsx')).SessionPage),
  },
  {
    path: 'chatbots',
    name: 'Chatbots',
    Page: later(async () => (await import('../features/chatbots/chatbots-page.tsx')).ChatbotsPage),
  },
  {
    path: 'chatbots/:chatbotId',
    Page: later(async () => (await import('../features/chatbots/chatbot-page.tsx')).ChatbotPage),
  },
]
