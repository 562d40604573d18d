import type { Address, Connection } from '../../interfaces.ts';
import type { SwarmMessage } from '../../protocol/messages.ts';
import { ChunkSet } from '../../chunk-set.ts';
import type { Download } from '../ledger.ts';
import { RateMeter } from './rate-meter.ts';

/** A request of ours that the neighbour has not answered yet. */
export interface OpenRequest {
  readonly index: number;
  readonly bytes: number;
  readonly download: Download;
  readonly sentMs: number;
  /** Parts that came in after the request was given up: they are waste. */
  wastedBytes: number;
}

/** Another peer, on a swarm connection whose handshakes are done: what each side holds, wants and allows. */
export class Neighbour {
  /** Unique in this peer's life. */
  readonly id: number;
  readonly connection: Connection;
  readonly openedByUs: boolean;
  /** Where it listens. */
  readonly address: Address;
  readonly name: string;
  /** What it admitted to hold. */
  readonly theirs: ChunkSet;
  /** How many of those we need. */
  usefulChunks = 0;

  /** Its bitfield is here. */
  introduced = false;
  weChoke = true;
  weAreInterested = false;
  theyChoke = true;
  theyAreInterested = false;
  /** Not only presumed. */
  saidInterested = false;
  /** It said that it is not interested without having been: its bitfield hides what it holds. */
  wantsNothing = false;
  optimistic = false;

  /** Ours to them, oldest first. */
  readonly requests = new Map<number, OpenRequest>();
  /** How many requests may be open: grows while answers come promptly, see the downloader. */
  window = 2;
  /** Since then it has been as small as it is, or grown. */
  windowShrankMs = 0;
  /** Theirs to us, in order; the first is being sent. */
  readonly serving: { readonly index: number; offset: number; readonly chunkBytes: number }[] = [];

  /** The connection has enough to send: nothing is added before it has drained. */
  blocked = false;

  /** When it was unchoked, or last took a part. */
  lastServedMs: number;
  /** It made no use of being unchoked: others come first until this time, or until it is heard of. */
  rest: { readonly sinceMs: number; readonly untilMs: number } | undefined;

  readonly received: RateMeter;
  sentBytes = 0;
  /** Shortest time from a request on an idle connection to its first byte; undefined before the first. */
  roundTripMs: number | undefined;
  lastReceivedMs: number;
  lastSentMs: number;
  /** When a part last came in, or the first of the open requests was sent. */
  lastProgressMs: number;
  /** It let us wait too long: nothing is requested from it before this time. */
  snubbedUntilMs = 0;

  constructor(
    id: number,
    about: {
      readonly connection: Connection;
      readonly openedByUs: boolean;
      readonly address: Address;
      readonly name: string;
      readonly totalChunks: number;
    },
    nowMs: number,
  ) {
    this.id = id;
    this.connection = about.connection;
    this.openedByUs = about.openedByUs;
    this.address = about.address;
    this.name = about.name;
    this.theirs = new ChunkSet(about.totalChunks);
    this.received = new RateMeter(nowMs);
    this.lastServedMs = nowMs;
    this.lastReceivedMs = nowMs;
    this.lastSentMs = nowMs;
    this.lastProgressMs = nowMs;
  }

  send(message: SwarmMessage, nowMs: number): boolean {
    this.lastSentMs = nowMs;
    return this.connection.send(message);
  }
}
