import { Link as RouterLink, type LinkProps as RouterLinkProps } from 'react-router-dom'

export type LinkProps = RouterLinkProps

/** A link within the application, in the accent's colour unless told otherwise. */
export function Link({ className = '', ...rest }: LinkProps) {
  return <RouterLink {...rest} className={className} />
}
