import type { z } from 'zod'

/** One wrong field: where it stands, and what is wrong. */
export interface FieldError {
  /** `participant.id`, `feedback[0].name`; empty for the whole. */
  readonly path: string
  readonly message: string
}

const pathText = (path: readonly PropertyKey[]): string => {
  const text = path.reduce<string>(
    (before, step) =>
      typeof step === 'number'
        ? `${before}[${step}]`
        : before === ''
          ? String(step)
          : `${before}.${String(step)}`,
    '',
  )
  return text.length > MAX_PATH ? `${text.slice(0, MAX_PATH)}…` : text
}

const MAX_ERRORS = 100
/** Keys of the sender's own stand in paths. */
const MAX_PATH = 200

/** Read with `reportInput`, else it cannot be told. */
const missing = (issue: z.core.$ZodIssue): boolean => issue.code !== 'custom' && issue.input === undefined

/** Every wrong field by its path, an unknown one each by its own. */
export const fieldErrors = (error: z.ZodError): readonly FieldError[] =>
  error.issues
    .flatMap((issue): FieldError[] =>
      issue.code === 'unrecognized_keys'
        ? issue.keys
            .slice(0, MAX_ERRORS)
            .map((key) => ({ path: pathText([...issue.path, key]), message: 'is no field of this' }))
        : [{ path: pathText(issue.path), message: missing(issue) ? 'is missing' : issue.message }],
    )
    .slice(0, MAX_ERRORS)

/** The errors in one line. */
export const errorLine = (errors: readonly FieldError[]): string =>
  errors.map(({ path, message }) => (path === '' ? message : `${path} ${message}`)).join('; ')
