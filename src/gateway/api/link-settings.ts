import type { SourceInfo } from '../../domain/port/source-info.ts'
import { type Environment, readText, SettingError } from '../settings/setting-readers.ts'

/** Links out of traces and spans, on every source. */
export type LinkTemplates = NonNullable<SourceInfo['links']>

const SETTING = 'TURNSCOPE_LINKS'
const PLACEHOLDERS: ReadonlySet<string> = new Set(['traceId', 'spanId', 'start', 'end', 'service'])
const MOST_LINKS = 20
const LONGEST_LABEL = 40

const quoted = (text: string): string => JSON.stringify(text.slice(0, 120))

function checkTemplate(template: string): void {
  for (const [whole, name = ''] of template.matchAll(/\{([^{}]*)\}/g)) {
    if (PLACEHOLDERS.has(name)) continue
    throw new SettingError(
      SETTING,
      `${quoted(whole)} is not known; there are ${[...PLACEHOLDERS].map((one) => `{${one}}`).join(', ')}`,
    )
  }
  const sample = template.replaceAll(/\{[^{}]*\}/g, 'x')
  const url = URL.canParse(sample) ? new URL(sample) : null
  if (!url || !/^https?:$/.test(url.protocol) || !/^https?:\/\//i.test(template)) {
    throw new SettingError(
      SETTING,
      `not an address that begins with http:// or https://: ${quoted(template)}`,
    )
  }
  if (url.username !== '' || url.password !== '') {
    throw new SettingError(SETTING, 'an address holds credentials, which every reader would see')
  }
  if (/^[^/]*\/\/[^/?#]*[{}]/.test(template)) {
    throw new SettingError(SETTING, `the host cannot be filled in: ${quoted(template)}`)
  }
}

/**
 * Reads `Label=https://…{traceId}…`, several between `|`, which no address holds. What names a span stands on
 * spans alone, the rest on traces and spans. Throws a SettingError that says what is wrong.
 */
export function readLinks(env: Environment): LinkTemplates {
  const parts = (readText(env, SETTING) ?? '').split('|').map((part) => part.trim())
  const given = parts.filter((part) => part !== '')
  if (given.length > MOST_LINKS) throw new SettingError(SETTING, `more than ${MOST_LINKS} links`)
  return given.flatMap((part): LinkTemplates => {
    const [, label = '', template = ''] = /^([^=]*)=(.*)$/s.exec(part) ?? []
    if (label.trim() === '' || template.trim() === '' || label.trim().length > LONGEST_LABEL) {
      throw new SettingError(SETTING, `not of the form Label=https://…|Label=https://…: ${quoted(part)}`)
    }
    checkTemplate(template.trim())
    const link = { label: label.trim(), template: template.trim() }
    const ofSpan = { ...link, on: 'span' } as const
    return template.includes('{spanId}') ? [ofSpan] : [{ ...link, on: 'trace' }, ofSpan]
  })
}
