import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { projectIdIn } from './project-id.ts'

it('is made once and kept', () => {
  const folder = mkdtempSync(join(tmpdir(), 'turnscope-project-'))
  try {
    const id = projectIdIn(folder)
    expect(id).toMatch(/^[0-9a-f]{24}$/)
    expect(projectIdIn(folder)).toBe(id)
    expect(statSync(join(folder, 'project-id')).mode & 0o777).toBe(0o600)
    writeFileSync(join(folder, 'project-id'), 'not an id\n')
    expect(projectIdIn(folder)).not.toBe(id)
    expect(projectIdIn(join(folder, 'missing'))).toMatch(/^[0-9a-f]{24}$/)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
