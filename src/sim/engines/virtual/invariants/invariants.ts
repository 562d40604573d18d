import type { SwarmEvent, SwarmEventType } from '../../../../core/events.ts';
import type { Address, Clock } from '../../../../core/interfaces.ts';
import type { ConnectionWatch } from '../../../network/meter.ts';
import { hostOf, TRACKER_ADDRESS } from '../addresses.ts';
import { ConservedBytes } from './conserved-bytes.ts';
import type { Invariant } from './invariant.ts';
import { LinkRates } from './link-rates.ts';
import { Progress } from './progress.ts';
import { RegisteredPeers } from './registered-peers.ts';
import { RightHash } from './right-hash.ts';
import type { RunView } from './run-view.ts';
import { Shown, ShownChunks } from './shown-chunks.ts';
import { WatchedEnd } from './watched-end.ts';

/** Of virtual time, where a run is not looked at thoroughly. */
const LOOK_STEP_MS = 1000;

export interface InvariantsOptions {
  /** Look at everything every time: for small swarms. */
  readonly thorough: boolean;
}

/** Everything that must hold in a run: it is told what happens, and ends the run by an error when something is broken. */
export class Invariants {
  readonly #clock: Clock;
  readonly #view: RunView;
  readonly #isThorough: boolean;
  readonly #names: ReadonlyMap<string, string>;
  readonly #ends = new Map<string, Set<WatchedEnd>>();
  readonly #rightHash: RightHash;
  readonly #conserved: ConservedBytes;
  readonly #registered: RegisteredPeers;
  readonly #all: readonly Invariant[];
  readonly #listening = new Map<SwarmEventType, Invariant[]>();
  #nextLookMs = 0;

  constructor(
    { clock, view }: { readonly clock: Clock; readonly view: RunView },
    options: InvariantsOptions,
  ) {
    this.#clock = clock;
    this.#view = view;
    this.#isThorough = options.thorough;
    this.#names = new Map([
      ...view.peers.map(({ position, name }) => [hostOf(position), name] as const),
      [TRACKER_ADDRESS.host, 'tracker'],
    ]);
    this.#rightHash = new RightHash(view);
    this.#conserved = new ConservedBytes(view, (host) => this.#nameOf(host), options);
    this.#registered = new RegisteredPeers(view);
    this.#all = [
      this.#rightHash,
      this.#conserved,
      new LinkRates(view),
      new ShownChunks(view),
      new Progress(view, (host) => this.#ends.get(host) ?? []),
      this.#registered,
    ];
    for (const invariant of this.#all) {
      for (const type of invariant.sees ?? []) {
        this.#listening.set(type, [...(this.#listening.get(type) ?? []), invariant]);
      }
    }
  }

  /** @throws {InvariantError} */
  see(event: SwarmEvent): void {
    const listening = this.#listening.get(event.type);
    if (listening !== undefined) for (const invariant of listening) invariant.see!(event);
  }

  /** To be called a few times a second of virtual time. @throws {InvariantError} */
  look(): void {
    const nowMs = this.#clock.now();
    if (nowMs < this.#nextLookMs && !this.#isThorough) return;
    this.#nextLookMs = nowMs + LOOK_STEP_MS;
    for (const invariant of this.#all) invariant.look?.(nowMs);
  }

  /**
   * How much longer the run has to last, with nothing happening, until the tracker can be compared with the swarm;
   * undefined: too long, or never.
   */
  get settlingMs(): number | undefined {
    return this.#registered.settlingMs;
  }

  /** That time is over. @throws {InvariantError} */
  settled(): void {
    this.#registered.look(this.#clock.now());
  }

  /** Before anything is taken down. @throws {InvariantError} */
  end(): void {
    for (const invariant of this.#all) invariant.end?.(this.#clock.now());
  }

  /** Sees the messages of a connection that `host` has. @throws {InvariantError} from its methods */
  watch(host: string, remote: Address): ConnectionWatch {
    const end = new WatchedEnd({
      host,
      remoteHost: remote.host,
      openedMs: this.#clock.now(),
      out: this.#conserved.pair(host, remote.host),
      in: this.#conserved.pair(remote.host, host),
      shown: new Shown(this.#view.plan.content.totalChunks),
      onRequest: ({ options }, index) =>
        options.shown.requested(index, this.#clock.now(), [
          this.#nameOf(options.host),
          this.#nameOf(options.remoteHost),
        ]),
      onTold:
        remote.host === TRACKER_ADDRESS.host ? (message) => this.#rightHash.told(host, message) : undefined,
      onClosed: (closed) => this.#closed(closed),
    });
    const ends = this.#ends.get(host) ?? new Set();
    this.#ends.set(host, ends.add(end));
    return end;
  }

  /** So many bytes will never be received. */
  lost(from: string, to: string, bytes: number): void {
    this.#conserved.lost(from, to, bytes);
  }

  /** A peer joins at that host: what it had open before will not tell that it has closed. */
  joins(host: string): void {
    this.#ends.delete(host);
    this.#rightHash.joins(host);
  }

  #closed(end: WatchedEnd): void {
    const { host, out, in: into } = end.options;
    this.#ends.get(host)?.delete(end);
    const nowMs = this.#clock.now();
    this.#conserved.closed(out, nowMs);
    this.#conserved.closed(into, nowMs);
  }

  #nameOf(host: string): string {
    return this.#names.get(host) ?? host;
  }
}
