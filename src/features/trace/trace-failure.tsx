import { adviceFor, signInHref } from '../../state/advice.ts'
import { paths } from '../../state/location.ts'
import { useSource } from '../../state/source-context.tsx'
import { Button, ButtonLink, buttonClass } from '../../ui/button.tsx'
import { Notice } from '../../ui/notice.tsx'
import { failureKind, usePollUntilArrived } from './poll-until-arrived.ts'

/** In place of the page: what went wrong, and what may help. */
export function TraceFailure({ error, onAgain }: { readonly error: Error; readonly onAgain: () => unknown }) {
  const { source } = useSource()
  usePollUntilArrived(error, onAgain)
  const { title, advice, detail, remedy } = adviceFor(error)
  const absent = failureKind(error) === 'not-found'
  return (
    <Notice
      alert
      title={absent ? `No such trace in ${source.info.label}` : title}
      detail={detail}
      actions={
        <>
          {remedy === 'sign-in' ? (
            <a href={signInHref()} className={buttonClass('primary')}>
              Sign in
            </a>
          ) : (
            <Button onClick={() => onAgain()}>Try again</Button>
          )}
          <ButtonLink to={paths.traces(source.info.id)}>All traces</ButtonLink>
        </>
      }
    >
      {advice}
    </Notice>
  )
}
