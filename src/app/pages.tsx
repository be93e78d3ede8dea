import { type ComponentType, useEffect, useState } from 'react'
import type { Capabilities } from '../domain/port/source-info.ts'
import { TracesPage } from '../features/traces/traces-page.tsx'
import { lateCode } from '../ui/late-code.ts'

interface AppPage {
  /** Below the source. */
  readonly path: string
  readonly Page: ComponentType
  /** Fetches its code, for a page whose code comes later. */
  readonly fetchCode?: () => Promise<unknown>
  /** How navigation and palette name it; absent for pages of one thing. */
  readonly name?: string
  /** Whether a source has it; absent = every source. */
  readonly offered?: (capabilities: Capabilities) => boolean
}

/**
 * A page whose code is fetched when it is first opened. Not by React's Suspense: that holds back what follows
 * a placeholder for 300 ms.
 */
const later = (load: () => Promise<ComponentType>): Pick<AppPage, 'Page' | 'fetchCode'> => {
  let loaded: ComponentType | undefined
  const fetchCode = async () => {
    loaded ??= await load()
    return loaded
  }
  function LaterPage() {
    const [Page, setPage] = useState<ComponentType | undefined>(() => loaded)
    useEffect(() => {
      // It may have come since this was drawn, by somebody's prefetch.
      if (loaded) setPage(() => loaded)
      else
        lateCode(fetchCode).then(
          (page) => setPage(() => page),
          // Thrown while rendering, so that it reaches the page's error boundary.
          (error: unknown) =>
            setPage(() => {
              throw error
            }),
        )
    }, [])
    return Page ? <Page /> : <main aria-busy="true" className="min-h-0 flex-1" />
  }
  return { Page: LaterPage, fetchCode }
}

/** Every page, in the order of the navigation. */
export const PAGES: readonly AppPage[] = [
  { path: 'traces', name: 'Traces', Page: TracesPage },
  {
    path: 'traces/:traceId',
    ...later(async () => (await import('../features/trace/trace-page.tsx')).TracePage),
  },
  {
    path: 'sessions',
    name: 'Sessions',
    ...later(async () => (await import('../features/sessions/sessions-page.tsx')).SessionsPage),
  },
  {
    path: 'sessions/:sessionId',
    ...later(async () => (await import('../features/sessions/session-page.tsx')).SessionPage),
  },
  {
    path: 'chatbots',
    name: 'Chatbots',
    ...later(async () => (await import('../features/chatbots/chatbots-page.tsx')).ChatbotsPage),
  },
  {
    path: 'chatbots/:chatbotId',
    ...later(async () => (await import('../features/chatbots/chatbot-page.tsx')).ChatbotPage),
  },
  {
    path: 'participants/:participantId',
    ...later(
      async () => (await import('../features/sessions/participant/participant-page.tsx')).ParticipantPage,
    ),
  },
  {
    path: 'insights',
    name: 'Insights',
    offered: ({ costs }) => costs.aggregate !== 'none',
    ...later(async () => (await import('../features/insights/insights-page.tsx')).InsightsPage),
  },
]
