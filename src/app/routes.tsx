import { Suspense } from 'react'
import { Navigate, Route, Routes, useLocation, useParams } from 'react-router-dom'
import { useSources } from '../state/queries.ts'
import { lateComponent } from '../ui/late-code.ts'
import { ErrorBoundary } from './error-boundary.tsx'
import { PAGES } from './pages.tsx'
import { Bare, Shell, SourcesFailed, SourcesLoading } from './shell.tsx'
import { homeSource, landingFor } from './source-choice.ts'

const NotFound = lateComponent(async () => (await import('./not-found.tsx')).NotFound)

/** `/` opens the store, or the sample while the store is empty. */
function Home() {
  const sources = useSources()
  if (sources.data) {
    const home = homeSource(sources.data)
    return home ? (
      <Navigate to={`/${encodeURIComponent(home.id)}/traces`} replace />
    ) : (
      <NotFound what="source" />
    )
  }
  return sources.error ? <SourcesFailed error={sources.error} retry={sources.refetch} /> : <SourcesLoading />
}

function SourcePages() {
  const { source: id = '' } = useParams()
  const { pathname, search } = useLocation()
  const sources = useSources({ watch: id === 'sample' })
  if (!sources.data) {
    return sources.error ? (
      <SourcesFailed error={sources.error} retry={sources.refetch} />
    ) : (
      <SourcesLoading />
    )
  }
  const landing = landingFor(id, pathname, sources.data)
  if (landing.to === 'elsewhere') return <Navigate to={{ pathname: landing.pathname, search }} replace />
  if (landing.to === 'nowhere') {
    return (
      <Bare>
        <NotFound what="source" name={id} sources={sources.data} />
      </Bare>
    )
  }
  return (
    <Shell key={landing.info.id} info={landing.info} sources={sources.data}>
      <ErrorBoundary key={pathname}>
        <Routes>
          {PAGES.map(({ path, Page }) => (
            <Route key={path} path={path} element={<Page />} />
          ))}
          <Route path="/" element={<Navigate to="traces" replace />} />
          <Route
            path="*"
            element={
              <main>
                <Suspense>
                  <NotFound what="page" />
                </Suspense>
              </main>
            }
          />
        </Routes>
      </ErrorBoundary>
    </Shell>
  )
}

/** All addresses of the application. */
export function AppRoutes() {
  return (
    <Suspense>
      <Routes>
        <Route path="/" element={<Home />} />
        <Route path="/:source/*" element={<SourcePages />} />
      </Routes>
    </Suspense>
  )
}
