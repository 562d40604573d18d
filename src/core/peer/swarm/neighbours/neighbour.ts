import type { Address, Connection } from '../../../interfaces.ts';
import type { SwarmMessage } from '../../../protocol/messages.ts';
import { ChunkSet } from '../../../chunk-set.ts';
import type { Download } from '../../download.ts';
import { Patience } from '../../patience.ts';
import type { Standing } from './neighbourhood.ts';
import { Pace } from './pace.ts';
import { RateMeter } from './rate-meter.ts';

/** Least times that we wait for its next part, for its first request when it is unchoked, and until it takes a part. */
export const SILENT_MS = 2000;
const UNUSED_MS = 1500;
const UNTAKEN_MS = 3000;

/** A request of ours that the neighbour has not answered yet. */
export interface OpenRequest {
  readonly index: number;
  readonly bytes: number;
  readonly download: Download;
  readonly sentMs: number;
  /** Where in the chunk it begins, and where its next part does. */
  readonly offset: number;
  nextOffset: number;
  /** When its first part came in; undefined before. */
  begunMs: number | undefined;
  /** Of parts that came in for nothing: after the request was given up, or when another had sent the same. */
  wastedBytes: number;
}

/** A request that we have not answered yet. */
export interface Serving {
  readonly index: number;
  /** Of the next part. */
  offset: number;
  begun: boolean;
  /** How often a later request of the same neighbour was served before it. */
  passed: number;
  readonly chunkBytes: number;
}

/** Another peer, on a swarm connection whose handshakes are done: what each side holds, wants and allows. */
export class Neighbour {
  /** Unique in this peer's life. */
  readonly id: number;
  /** Among those who are neighbours at the same time. */
  readonly slot: number;
  /** The slot is its own no longer. */
  gone = false;
  readonly connection: Connection;
  readonly openedByUs: boolean;
  /** Where it listens. */
  readonly address: Address;
  readonly name: string;
  /** What it admitted to hold. */
  readonly theirs: ChunkSet;
  /** How many of those we need. */
  usefulChunks = 0;
  /** What it has been told that we hold. */
  readonly told: ChunkSet;

  /** Its bitfield is here. */
  introduced = false;
  weAreInterested = false;
  /** It has not said so, but lacks a chunk that we hold. */
  interestIsPresumed = false;
  /** At some time, not only presumed. */
  saidInterested = false;
  /** It serves requests with an offset. */
  resumes = false;
  /** It minds not in which order its requests are served. */
  anyOrder = false;
  readonly #standing: Standing;
  #weChoke = true;
  #theyChoke = true;
  #theyAreInterested = false;
  #wantsNothing = false;
  /** When it was unchoked, or had last been sent all that it asked for. */
  idleSinceMs = 0;
  /** What it takes, where that does not fill our uplink; undefined: it may take all. */
  takesBytesPerMs: number | undefined;
  /** How soon it can answer: the shortest time from an unchoke to its request; undefined before the first. */
  awayMs: number | undefined;
  /** Highest rate at which it brought a whole chunk, its way apart; 0 before the first. */
  peakBytesPerMs = 0;

  /** Ours to them, oldest first. */
  readonly requests = new Map<number, OpenRequest>();
  /** How many requests may be open: grows while answers come promptly, see the downloader. */
  window = 2;
  /** Since then it has been as small as it is, or grown. */
  windowShrankMs = 0;
  /** Theirs to us; the first is being sent, or is served next; the others in the order in which they came, mostly. */
  readonly serving: Serving[] = [];
  /** Chunks that it was sent, or is being sent, and has not told yet that it holds: see `UntoldCopies`. */
  readonly untold = new Set<number>();

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
  readonly joinedMs: number;
  lastReceivedMs: number;
  lastSentMs: number;
  /** When a part last came in, or the first of the open requests was sent. */
  lastProgressMs: number;
  /** It rejected what it shows: nothing is requested from it before this time. */
  snubbedUntilMs = 0;
  /** How long the first part of a chunk is waited for, which comes when it is our turn, and how long the next one. */
  readonly turnPatience: Patience;
  readonly partPatience: Patience;
  /** The last part that came was not the last of its chunk. */
  isAmidChunk = false;
  /** It let us wait beyond that: nothing new is requested from it before it sends something. */
  silent = false;
  /** What it sent while it owed us something. */
  readonly pace = new Pace();

  /** How long we wait until it makes use of being unchoked, and until it takes the next part. */
  readonly usePatience = new Patience(UNUSED_MS);
  readonly takePatience = new Patience(UNTAKEN_MS);
  /** When it was unchoked without having asked for anything since. */
  unusedSinceMs: number | undefined;

  constructor(
    place: { readonly id: number; readonly slot: number; readonly standing: Standing },
    about: {
      readonly connection: Connection;
      readonly openedByUs: boolean;
      readonly address: Address;
      readonly name: string;
      readonly totalChunks: number;
      /** The bitfield that it was sent. */
      readonly shown: Uint8Array;
    },
    nowMs: number,
    usual?: { readonly turn: Patience; readonly part: Patience },
  ) {
    this.id = place.id;
    this.slot = place.slot;
    this.#standing = place.standing;
    this.turnPatience = new Patience(SILENT_MS, usual?.turn);
    this.partPatience = new Patience(SILENT_MS, usual?.part);
    this.connection = about.connection;
    this.openedByUs = about.openedByUs;
    this.address = about.address;
    this.name = about.name;
    this.theirs = new ChunkSet(about.totalChunks);
    this.told = ChunkSet.fromBits(about.shown, about.totalChunks)!;
    this.received = new RateMeter(nowMs);
    this.lastServedMs = nowMs;
    this.joinedMs = nowMs;
    this.lastReceivedMs = nowMs;
    this.lastSentMs = nowMs;
    this.lastProgressMs = nowMs;
  }

  get weChoke(): boolean {
    return this.#weChoke;
  }

  set weChoke(choke: boolean) {
    this.#weChoke = choke;
    if (!this.gone) this.#standing.choked.put(this.slot, choke);
  }

  get theyChoke(): boolean {
    return this.#theyChoke;
  }

  set theyChoke(choke: boolean) {
    this.#theyChoke = choke;
    if (!this.gone) this.#standing.serving.put(this.slot, !choke);
  }

  get theyAreInterested(): boolean {
    return this.#theyAreInterested;
  }

  set theyAreInterested(interested: boolean) {
    this.#theyAreInterested = interested;
    if (!this.gone) this.#standing.interested.put(this.slot, interested);
  }

  /** It said that it is not interested without having been: its bitfield hides what it holds. */
  get wantsNothing(): boolean {
    return this.#wantsNothing;
  }

  set wantsNothing(nothing: boolean) {
    this.#wantsNothing = nothing;
    if (!this.gone) this.#standing.hiding.put(this.slot, nothing);
  }

  /** How long what it sends next is waited for. */
  get patience(): Patience {
    return this.isAmidChunk ? this.partPatience : this.turnPatience;
  }

  send(message: SwarmMessage, nowMs: number): boolean {
    this.lastSentMs = nowMs;
    return this.connection.send(message);
  }
}
