import { BlockList, isIP, isIPv6 } from 'node:net'

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/** Whether an address at the other end of a connection is this machine's own, as IPv6 may write it too. */
export function isLoopbackPeer(peer: string | undefined): boolean {
  const address = peer?.split('%', 1)[0] ?? ''
  return isIP(address) !== 0 && loopback.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
}

const PROXY_HEADERS = ['forwarded', 'via', 'x-real-ip', 'x-client-ip', 'true-client-ip', 'cf-connecting-ip']

/** Whether a proxy says that it stands between. */
export const isForwarded = (headers: Headers): boolean =>
  PROXY_HEADERS.some((name) => headers.has(name)) ||
  [...headers.keys()].some((name) => name.startsWith('x-forwarded') || name.startsWith('x-envoy-'))

/**
 * The address that a request is held against: the other end of its connection, or behind a proxy on this machine
 * what that proxy added last to X-Forwarded-For. What stands before it anybody may have written.
 */
export function accountableAddress(
  peer: string | undefined,
  forwardedFor: string | null,
): string | undefined {
  const added = forwardedFor?.split(',').at(-1)?.trim() ?? ''
  return isLoopbackPeer(peer) && isIP(added) !== 0 ? added : peer
}
