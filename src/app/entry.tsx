import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { BrowserRouter } from 'react-router-dom'
import '../ui/theme.css'
import { retryPassing } from '../state/queries.ts'
import { BackendProvider } from '../state/source-context.tsx'
import { watchGateway } from '../state/watch-gateway.ts'
import { onServerAway } from '../ui/late-code.ts'
import { ErrorBoundary } from './error-boundary.tsx'
import { gatewayBackend } from './gateway-backend.ts'
import { prefetchAddress, prefetchOnIntent } from './prefetch.ts'
import { AppRoutes } from './routes.tsx'

const client = new QueryClient({
  defaultOptions: { queries: { retry: retryPassing, networkMode: 'always' } },
})
const backend = gatewayBackend()

onServerAway(watchGateway(client).look)
prefetchAddress(client, backend)
prefetchOnIntent(client, backend)

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <BackendProvider backend={backend}>
        <BrowserRouter>
          <ErrorBoundary>
            <AppRoutes />
          </ErrorBoundary>
        </BrowserRouter>
      </BackendProvider>
    </QueryClientProvider>
  </StrictMode>,
)
