const HEX = /^[0-9a-f]+$/

/** 32-bit FNV-1a, seeded: several seeds make as many bits as an id needs. */
const fnv1a = (text: string, seed: number): string => {
  let hash = 0x811c9dc5 ^ seed
  for (let index = 0; index < text.length; index++) {
    hash ^= text.charCodeAt(index)
    hash = Math.imul(hash, 0x01000193)
  }
  hash ^= hash >>> 15
  return (Math.imul(hash, 0x2c1b3c6d) >>> 0).toString(16).padStart(8, '0')
}

/**
 * An id as OTLP writes it, in so many hex digits. Shorter hex (64-bit trace ids of Jaeger) is filled with zeros
 * from the left, a UUID loses its hyphens; any other text becomes a digest, the same one each time.
 */
export const hexId = (id: string, digits: 16 | 32): string => {
  const bare = id.toLowerCase().replaceAll('-', '')
  const hex = bare.padStart(digits, '0')
  if (HEX.test(bare) && hex.length === digits && !/^0*$/.test(hex)) return hex
  let digest = ''
  for (let seed = 0; digest.length < digits; seed++) digest += fnv1a(id, seed * 0x9e3779b1)
  return digest
}
