import { describe, expect, it } from 'vitest'
import { verdictOf } from './turn-feedback.tsx'

describe('the verdict of feedback', () => {
  it.each([
    [{ name: 'thumbs-down' }, 'down'],
    [{ name: 'Thumbs up' }, 'up'],
    [{ name: 'user-feedback', value: false }, 'down'],
    [{ name: 'user-feedback', value: 'positive' }, 'up'],
    [{ name: 'thumbs', value: 0 }, 'down'],
    [{ name: 'thumbs', value: 1 }, 'up'],
    [{ name: 'thumbs', value: 'up' }, 'up'],
    [{ name: 'thumbs', value: 'down' }, 'down'],
    [{ name: 'trend', value: 'up' }, undefined],
    [{ name: 'helpfulness', value: 0.4 }, undefined],
    [{ name: 'needs-follow-up' }, undefined],
  ] as const)('%j is %s', (feedback, verdict) => {
    expect(verdictOf(feedback)).toBe(verdict)
  })
})
