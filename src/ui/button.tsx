import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react'
import { Link, type LinkProps } from './link.tsx'

const BASE =
  'inline-flex flex-none items-center justify-center gap-1.5 h-control rounded-1 border text-data whitespace-nowrap ' +
  'transition-colors no-underline hover:no-underline disabled:opacity-50 disabled:pointer-events-none'
const VARIANTS = {
  plain: 'border-border-2 bg-surface-1 text-text-1 hover:bg-surface-3',
  primary: 'border-accent bg-accent text-text-on-accent hover:opacity-90',
  ghost: 'border-transparent text-text-2 hover:bg-surface-3 hover:text-text-1',
  pressed: 'border-accent-line bg-accent-tint text-accent',
  danger: 'border-error bg-surface-1 text-error hover:bg-error-tint',
} as const

export type ButtonVariant = keyof typeof VARIANTS

/** The classes of a button, for the few elements that must look like one. */
export const buttonClass = (variant: ButtonVariant = 'plain', icon = false): string =>
  `${BASE} ${VARIANTS[variant]} ${icon ? 'w-control' : 'px-2'}`

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly variant?: ButtonVariant
  readonly ref?: Ref<HTMLButtonElement>
}

/** A button of 24 px. `aria-pressed` makes it look pressed. */
export function Button({ variant = 'plain', className = '', ...rest }: ButtonProps) {
  const pressed = rest['aria-pressed'] === true || rest['aria-pressed'] === 'true'
  return (
    <button
      type="button"
      {...rest}
      className={`${buttonClass(pressed ? 'pressed' : variant)} ${className}`}
    />
  )
}

export interface IconButtonProps extends Omit<ButtonProps, 'children' | 'aria-label'> {
  /** Says what it does, key in brackets: `Next (J)`. Also its title. */
  readonly label: string
  readonly children: ReactNode
}

/** A square button with a glyph; ghost unless told. */
export function IconButton({ label, variant = 'ghost', className = '', ...rest }: IconButtonProps) {
  const pressed = rest['aria-pressed'] === true || rest['aria-pressed'] === 'true'
  return (
    <button
      type="button"
      title={label}
      aria-label={label}
      {...rest}
      className={`${buttonClass(pressed ? 'pressed' : variant, true)} ${className}`}
    />
  )
}

/** A link within the application that looks like a button. */
export function ButtonLink({
  variant = 'plain',
  className = '',
  ...rest
}: LinkProps & { variant?: ButtonVariant }) {
  return <Link {...rest} className={`${buttonClass(variant)} ${className}`} />
}
