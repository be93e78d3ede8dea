import { isIP } from 'node:net'
import { isLoopback } from '../settings/config.ts'
import { isForwarded, isLoopbackPeer } from './peer-address.ts'

/** A Host header in its parts, lower case, without brackets; null where it is none. */
function splitHost(header: string): { name: string; port: string } | null {
  const match = /^(?:\[([0-9a-f:.%]+)\]|([^\s:/?#[\]@]+))(?::(\d{0,5}))?$/i.exec(header)
  const name = match?.[1] ?? match?.[2]
  return name === undefined ? null : { name: name.toLowerCase(), port: match?.[3] ?? '' }
}

/**
 * Whether a request's Host names this gateway. A page of a stranger whose name was made to resolve to this
 * machine (DNS rebinding) sends the stranger's name, and gets nothing. An address is no name that a stranger
 * can own, so beyond loopback every address passes.
 */
export function ownHost(host: string, allowed: readonly string[]): (header: string) => boolean {
  return (header) => {
    const parts = splitHost(header)
    if (parts === null) return false
    const { name } = parts
    if (isLoopback(name) || name.endsWith('.localhost') || name === host.toLowerCase()) return true
    if (!isLoopback(host) && isIP(name) !== 0) return true
    return allowed.some((one) => {
      const wanted = splitHost(one)
      return wanted?.name === name && (wanted.port === '' || wanted.port === parts.port)
    })
  }
}

/**
 * Whether a request can only have been made on this machine: where we listen, its sender and the name it asks for
 * are all the loopback's, and nothing tells of a proxy that may serve others. Where names for a proxy are allowed,
 * there is one.
 */
export function isLocalRequest(
  listener: { readonly host: string; readonly allowedHosts: readonly string[] },
  headers: Headers,
  peer: string | undefined,
): boolean {
  const name = splitHost(headers.get('host') ?? '')?.name ?? ''
  return (
    isLoopback(listener.host) &&
    isLoopbackPeer(peer) &&
    (isLoopback(name) || name.endsWith('.localhost')) &&
    listener.allowedHosts.length === 0 &&
    !isForwarded(headers)
  )
}
