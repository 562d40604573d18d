/** A controller on a runtime that does at once what it is told, in time that goes on when told to. */
import type { Clock } from '../../../core/interfaces.ts';
import type { PlannedLeave, PlannedPeer } from '../../plan/plan.ts';
import { AwaitedController } from './awaited-controller.ts';
import type { SwarmEvent } from '../../../core/events.ts';
import type { Consequences, PeerRuntime, RunControllerOptions } from './run-controller.ts';
import { PeerState } from './peer-state.ts';

export const TOTAL_CHUNKS = 2;

/** Time that goes on when told to. */
export class ManualClock implements Clock {
  #nowMs = 1000;
  #timers: { readonly atMs: number; readonly callback: () => void }[] = [];

  now(): number {
    return this.#nowMs;
  }
  setTimer(delayMs: number, callback: () => void) {
    const timer = { atMs: this.#nowMs + delayMs, callback };
    this.#timers.push(timer);
    return { cancel: () => (this.#timers = this.#timers.filter((other) => other !== timer)) };
  }
  /** To `ms` after the start of the distribution. */
  async goTo(ms: number): Promise<void> {
    const target = 1000 + ms;
    for (;;) {
      const due = this.#timers.filter(({ atMs }) => atMs <= target).sort((a, b) => a.atMs - b.atMs)[0];
      if (due === undefined) break;
      this.#nowMs = Math.max(this.#nowMs, due.atMs);
      this.#timers = this.#timers.filter((other) => other !== due);
      due.callback();
      await settled();
    }
    this.#nowMs = target;
  }
}

export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Does what it is told before anything else happens, and notes it. */
export class NotingRuntime implements PeerRuntime {
  readonly notes: string[] = [];
  received = 0;
  prepare(peer: PeerState, onReady: () => void): void {
    this.notes.push(`prepare ${peer.name}`);
    queueMicrotask(onReady);
  }
  join(peer: PeerState, atMs: number): void {
    this.notes.push(`join ${peer.name} at ${atMs - 1000}`);
  }
  leave(peer: PeerState): void {
    this.notes.push(`leave ${peer.name}`);
  }
  crash(peer: PeerState, onDead: (diedMs: number) => void): void {
    this.notes.push(`crash ${peer.name}`);
    queueMicrotask(() => onDead(clock.now()));
  }
  release(peer: PeerState): void {
    this.notes.push(`release ${peer.name}`);
  }
  resetFolder(peer: PeerState): void {
    this.notes.push(`reset ${peer.name}`);
  }
  receivedBytes(): number {
    return this.received;
  }
}

export let clock: ManualClock;
export let runtime: NotingRuntime;
export function renewClock(): void {
  clock = new ManualClock();
}

/** To be done before each test: who imports this file may not be the first of its process to do so. */
export function renew(): void {
  renewClock();
  runtime = new NotingRuntime();
}

/** Keeps the events of its run. */
export class NotedController extends AwaitedController {
  readonly events: SwarmEvent[];

  constructor(peers: readonly PeerState[], options: RunControllerOptions, consequences?: Consequences) {
    const events: SwarmEvent[] = [];
    const onEvent = (event: SwarmEvent) => void events.push(event);
    super({ clock, runtime, onEvent, ...(consequences && { consequences }) }, peers, options);
    this.events = events;
  }
}

export const leave = (part: Partial<PlannedLeave>): PlannedLeave => ({
  how: 'graceful',
  from: 'start',
  afterMs: 0,
  keepChunks: true,
  ...part,
});

export function peerOf(
  position: number,
  planned: Partial<PlannedPeer>,
  held: readonly number[] = [],
): PeerState {
  const peer = {
    name: `p${position}`,
    mustComplete: true,
    sessions: [{ joinMs: 0, leave: null }],
    ...planned,
  } as PlannedPeer;
  return new PeerState(peer, position, TOTAL_CHUNKS, held);
}

export function conduct(
  peers: readonly PeerState[],
  { open = false, until = 'complete' }: Partial<Pick<RunControllerOptions, 'open' | 'until'>> = {},
): NotedController {
  const controller = new NotedController(peers, {
    timeLimitMs: 10_000,
    stallMs: 2000,
    open,
    until,
  });
  controller.begin(1000);
  return controller;
}

export const tell = (
  controller: NotedController,
  peer: string,
  type: 'joined' | 'completed',
  heldChunks = 0,
): void =>
  controller.hear(
    type === 'completed'
      ? { type: 'peer-completed', peer, atMs: clock.now() }
      : {
          type: 'peer-joined',
          peer,
          atMs: clock.now(),
          address: { host: '127.0.0.1', port: 1 },
          protocol: 'swarm',
          heldChunks,
          totalChunks: TOTAL_CHUNKS,
        },
  );
