import { describe, expect, it } from 'vitest'
import { frameRuns, stackBlocks } from './stack-frames.ts'

const python = `Traceback (most recent call last):
  File "/app/actions/transfer.py", line 41, in run
    self.create_transfer(body)
    ~~~~~~~~~~~~~~~~~~~~^^^^^^
  File "/usr/lib/python3.10/site-packages/requests/sessions.py", line 589, in request
    resp = self.send(prep, **send_kwargs)
  File "/usr/lib/python3.10/site-packages/requests/adapters.py", line 713, in send
    raise ReadTimeout(e, request=request)
requests.exceptions.ReadTimeout: Read timed out. (read timeout=3.0)

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/app/actions/main.py", line 7, in call
    run()
RuntimeError: no transfer`

const drawn = (stack: string) =>
  stackBlocks(stack).map(({ text, frames }) => ({
    text,
    frames: frames.map(({ place, own }) => `${own ? 'own' : 'lib'} ${place}`),
  }))

describe('stack traces', () => {
  it('of Python: innermost first, code under its frame, causes apart', () => {
    expect(drawn(python)).toEqual([
      {
        text: [
          'requests.exceptions.ReadTimeout: Read timed out. (read timeout=3.0)',
          'During handling of the above exception, another exception occurred:',
        ],
        frames: [
          'lib site-packages/requests/adapters.py:713 in send',
          'lib site-packages/requests/sessions.py:589 in request',
          'own app/actions/transfer.py:41 in run',
        ],
      },
      { text: ['RuntimeError: no transfer'], frames: ['own app/actions/main.py:7 in call'] },
    ])
    expect(stackBlocks(python)[0]?.frames[2]).toMatchObject({
      full: '/app/actions/transfer.py:41',
      code: 'self.create_transfer(body)',
    })
  })
  it('of JavaScript', () => {
    expect(
      drawn(`TypeError: fetch failed
    at node:internal/deps/undici/undici:13510:13
    at async post (/app/node_modules/got/dist/core.js:10:2)
    at async Transfer.run (file:///app/src/transfer.ts:88:5)`),
    ).toEqual([
      {
        text: ['TypeError: fetch failed'],
        frames: [
          'lib deps/undici/undici:13510',
          'lib got/dist/core.js:10 in post',
          'own app/src/transfer.ts:88 in Transfer.run',
        ],
      },
    ])
  })
  it('of Java', () => {
    expect(
      drawn(`java.net.SocketTimeoutException: Read timed out
\tat java.base/java.net.SocketInputStream.read(SocketInputStream.java:12)
\tat com.example.Transfer.run(Transfer.java:41)`)[0]?.frames,
    ).toEqual([
      'lib SocketInputStream.java:12 in java.base/java.net.SocketInputStream.read',
      'own Transfer.java:41 in com.example.Transfer.run',
    ])
  })
  it('that are none stay text', () => {
    expect(drawn('something went wrong\n\nat some point')).toEqual([
      { text: ['something went wrong', 'at some point'], frames: [] },
    ])
    expect(stackBlocks('')).toEqual([])
  })
})

describe('runs of frames', () => {
  it('are own ones and those of libraries in turn', () => {
    const frames = stackBlocks(python)[0]?.frames ?? []
    expect(frameRuns(frames).map((run) => [run[0]?.own, run.length])).toEqual([
      [false, 2],
      [true, 1],
    ])
  })
})
