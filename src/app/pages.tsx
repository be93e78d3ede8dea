import { type ComponentType, useEffect, useState } from 'react'
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

/**
 * A page whose code is fetched when it is first opened. Not by React's Suspense: that holds back what follows
 * a placeholder for 300 ms.
 */
const later = (load: () => Promise<ComponentType>): ComponentType => {
  let loaded: ComponentType | undefined
  return function LaterPage() {
    const [Page, setPage] = useState<ComponentType | undefined>(() => loaded)
    useEffect(() => {
      if (loaded) return
      load().then(
        (page) => {
          loaded = page
          setPage(() => page)
        },
        // Thrown while rendering, so that it reaches the page's error boundary.
        (error: unknown) =>
          setPage(() => {
            throw error
          }),
      )
    }, [])
    return Page ? <Page /> : <main aria-busy="true" className="min-h-0 flex-1" />
  }
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
