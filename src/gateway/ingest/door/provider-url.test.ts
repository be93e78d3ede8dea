import { describe, expect, it } from 'vitest'
import { shareableUrl } from './provider-url.ts'

describe('a link to where a turn’s spans are', () => {
  it.each([
    ['https://langfuse.example/trace/abc', 'https://langfuse.example/trace/abc'],
    ['https://user:pw@langfuse.example/trace/abc', 'https://langfuse.example/trace/abc'],
    ['https://user@langfuse.example/', 'https://langfuse.example/'],
    ['https://x.example/?a=1&token=t&b=2', 'https://x.example/?a=1&b=2'],
    ['https://x.example/?api_key=t', 'https://x.example/'],
    ['https://x.example/?%74oken=t&a', 'https://x.example/?a'],
    ['https://x.example/?X-Amz-Signature=s&X-Amz-Credential=c', 'https://x.example/'],
    ['https://x.example/#access_token=t&a=1', 'https://x.example/#a=1'],
    ['https://x.example/#/trace/1?token=t', 'https://x.example/#/trace/1'],
    ['https://x.example/#/trace/1?view=2', 'https://x.example/#/trace/1?view=2'],
    ['https://x.example/?keyword=k&monkey=m&author=a', 'https://x.example/?keyword=k&monkey=m&author=a'],
    ['javascript:alert(1)', null],
    ['ftp://x.example/', null],
    ['https:x.example', null],
    ['https://x.example/\njavascript:1', null],
    ['https://', null],
    ['', null],
  ])('%s is kept as %s', (given, kept) => {
    expect(shareableUrl(given)).toBe(kept)
  })
})
