/** Limits of the swarm protocol. A message beyond them violates the protocol; docs/protocol.md repeats them. */
import { KIB, MIB } from '../../units.ts';

/** Most chunks of a file; a bitfield then takes 1 MiB. Chunk indices are 1 to this. */
export const CHUNKS_MAX = 8 * MIB;

/** Most bytes of a bitfield, wherever one stands. */
export const BITFIELD_BYTES_MAX = CHUNKS_MAX / 8;

/** Most bytes after a frame's length field, for every frame but `chunk`. What a decoder may have to hold. */
export const FRAME_BYTES_MAX = 4 * MIB;

/** Most indices in one `have-many` frame. */
export const HAVE_MANY_MAX = 1024;

/** Most bytes of a chunk in one `chunk` frame. */
export const PART_BYTES_MAX = MIB;

/** Most bytes of UTF-8 in a name. */
export const NAME_BYTES_MAX = 255;

/** Most characters of a host, which is printable ASCII without blanks and commas. */
export const HOST_BYTES_MAX = 255;

/** Most peers in one `peers` frame, and the most that an announce may want. */
export const PEERS_MAX = 200;

/** Most claims in one `announce` or `peers` frame (2 MiB); further ones go into the next frame. */
export const CLAIMS_MAX = 64 * KIB;

/** Most bytes of bitfields in one `peers` frame; peers beyond it are left for another answer. */
export const PEERS_BITS_BYTES_MAX = MIB;
