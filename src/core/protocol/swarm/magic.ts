/**
 * What both sides of a swarm connection send before their first frame. The first byte is no beginning of UTF-8, so
 * of no text; the rest reads `Swarm1` and a newline.
 */
export const SWARM_MAGIC: Uint8Array = Uint8Array.of(0x89, 0x53, 0x77, 0x61, 0x72, 0x6d, 0x31, 0x0a);

/** What a handshake says; another version is not understood. */
export const SWARM_VERSION = 1;

/** Whether a stream that begins with these bytes speaks the swarm protocol; `maybe` asks for more bytes. */
export function matchMagic(prefix: Uint8Array): 'yes' | 'no' | 'maybe' {
  const known = Math.min(prefix.length, SWARM_MAGIC.length);
  for (let at = 0; at < known; at++) if (prefix[at] !== SWARM_MAGIC[at]) return 'no';
  return known === SWARM_MAGIC.length ? 'yes' : 'maybe';
}
