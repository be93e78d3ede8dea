import { Button } from '../ui/button.tsx'

/** Whether this browser was signed in with a token: the gateway says so beside the session, which is not readable. */
const isSignedIn = (cookies: string): boolean =>
  cookies.split(';').some((each) => each.trim() === 'turnscope_signed_in=1')

/** Ends the session, on the gateway and in the browser; nothing where none was needed. */
export function SignOut({ className = '' }: { readonly className?: string }) {
  if (!isSignedIn(document.cookie)) return null
  return (
    <form method="post" action="/sign-out" className={className}>
      <Button type="submit" variant="ghost">
        Sign out
      </Button>
    </form>
  )
}
