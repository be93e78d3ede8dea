import { Component, type ReactNode } from 'react'
import { Button, buttonClass } from '../ui/button.tsx'
import { CodeMissing, NewerVersion } from '../ui/late-code.ts'
import { Notice } from '../ui/notice.tsx'

interface State {
  readonly error?: Error
}

const wordsFor = (error: Error): { readonly title: string; readonly advice: string } => {
  // A deployment replaces the files that an open page would load later.
  if (error instanceof NewerVersion)
    return { title: 'A newer Turnscope was installed', advice: 'Reload the page to use it.' }
  if (error instanceof CodeMissing)
    return { title: 'Part of this page could not be loaded', advice: 'Reload the page to try again.' }
  return {
    title: 'This page could not be shown',
    advice:
      'Your traces are not affected. Reload the page; if it fails again, the text below helps to find the fault.',
  }
}

/** A fault while drawing: says so in place, and how to go on. A key on it starts afresh. */
export class ErrorBoundary extends Component<{ readonly children: ReactNode }, State> {
  override state: State = {}

  static getDerivedStateFromError(error: unknown): State {
    return { error: error instanceof Error ? error : new Error(String(error)) }
  }

  override render() {
    const { error } = this.state
    if (!error) return this.props.children
    const { title, advice } = wordsFor(error)
    return (
      <Notice
        alert
        heading="h1"
        title={title}
        detail={error.message}
        actions={
          <>
            <Button variant="primary" onClick={() => window.location.reload()}>
              Reload
            </Button>
            <a href="/" className={buttonClass()}>
              All traces
            </a>
          </>
        }
      >
        {advice}
      </Notice>
    )
  }
}
