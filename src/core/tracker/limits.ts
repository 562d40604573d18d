/** What a tracker keeps and lists at most, so that no remote can make it grow without end. */
import { MIB } from '../units.ts';

/** Chunks of a file whose holders are tracked; announcements of higher indices are ignored. */
export const TRACKED_CHUNKS_MAX = MIB;

/** Different addresses of spec clients, which are never forgotten. Further ones are ignored. */
export const SPEC_CLIENTS_MAX = 10_000;

/** Spec clients that are kept as holders of one chunk. */
export const SPEC_HOLDERS_PER_CHUNK_MAX = 10_000;

/** Pairs of a spec client and a chunk it holds. About 100 bytes each. */
export const SPEC_HOLDINGS_MAX = 1_000_000;

/** Claims of one chunk that wait for agreement; the oldest gives way to a new one. */
export const WAITING_PER_CHUNK_MAX = 1000;

/** Claims of all chunks that wait for agreement; further ones are ignored. About 100 bytes each. */
export const WAITING_MAX = 1_000_000;

/** Agreements of all chunks, one content after another; after that the agreed content stays. 8 bytes each. */
export const AGREEMENTS_MAX = 8 * TRACKED_CHUNKS_MAX;

/** Chunks in question that are looked at when somebody goes; the others are when they are asked for or claimed. */
export const REVIEWED_MAX = 1000;

/** Connected swarm peers. Fewer when their bitfields would take more than BITFIELDS_BYTES_MAX. */
export const SWARM_PEERS_MAX = 50_000;
export const BITFIELDS_BYTES_MAX = 512 * MIB;

/** Addresses of swarm peers that were forgotten as silent: how long they are waited for is kept; the latest. */
export const SILENT_MAX = 10_000;

/** Open connections of either kind; further ones are closed at once. */
export const CONNECTIONS_MAX = 60_000;

/** Questions of one spec connection that wait behind a delayed answer; who asks more breaks the protocol. */
export const QUESTIONS_WAITING_MAX = 10_000;

/** Holders that are looked up for one classic answer, before it is cut to its bytes. */
export const LISTED_HOLDERS_MAX = 256;

/** How long the second and later CHUNK_LOCATION_UNKNOWN in a row wait, for clients that poll without pause. */
export const UNKNOWN_DELAY_MS = 200;

/** A spec client that announced nothing for this time has announced all it holds: some pause 2 s between messages. */
export const ANNOUNCED_ALL_MS = 3000;

/** Least time between two pushes of newly agreed hashes. */
export const PUSH_GAP_MS = 25;

/** After `close`, connections that do not end by themselves are aborted. */
export const CLOSE_GRACE_MS = 1000;
