import { beforeEach, describe, expect, it } from 'vitest';
import type { Clock } from '../../../core/interfaces.ts';
import type { PlannedLeave, PlannedPeer } from '../../plan/plan.ts';
import { Conductor } from './conductor.ts';
import type { Stage } from './conductor.ts';
import { PeerState } from './peer-state.ts';

const TOTAL_CHUNKS = 2;

/** Time that goes on when told to. */
class ManualClock implements Clock {
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

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Does at once what it is told, and notes it. */
class NotingStage implements Stage {
  readonly notes: string[] = [];
  useful = 0;
  prepare(peer: PeerState): Promise<void> {
    this.notes.push(`prepare ${peer.name}`);
    return Promise.resolve();
  }
  join(peer: PeerState, atMs: number): void {
    this.notes.push(`join ${peer.name} at ${atMs - 1000}`);
  }
  leave(peer: PeerState): void {
    this.notes.push(`leave ${peer.name}`);
  }
  crash(peer: PeerState): Promise<number> {
    this.notes.push(`crash ${peer.name}`);
    return Promise.resolve(clock.now());
  }
  release(peer: PeerState): void {
    this.notes.push(`release ${peer.name}`);
  }
  resetFolder(peer: PeerState): void {
    this.notes.push(`reset ${peer.name}`);
  }
  usefulBytes(): number {
    return this.useful;
  }
}

let clock: ManualClock;
let stage: NotingStage;
beforeEach(() => {
  clock = new ManualClock();
  stage = new NotingStage();
});

const leave = (part: Partial<PlannedLeave>): PlannedLeave => ({
  how: 'graceful',
  from: 'start',
  afterMs: 0,
  keepChunks: true,
  ...part,
});

function peerOf(position: number, planned: Partial<PlannedPeer>, held: readonly number[] = []): PeerState {
  const peer = {
    name: `p${position}`,
    mustComplete: true,
    sessions: [{ joinMs: 0, leave: null }],
    ...planned,
  } as PlannedPeer;
  const files = held.map((index) => ({ index, name: '', path: '' }));
  return new PeerState(peer, position, TOTAL_CHUNKS, files);
}

function conduct(peers: readonly PeerState[], open = false): Conductor {
  const conductor = new Conductor({ clock, stage }, peers, { timeLimitMs: 10_000, open });
  conductor.begin(1000);
  return conductor;
}

const tell = (conductor: Conductor, peer: string, type: 'joined' | 'completed', heldChunks = 0): void =>
  conductor.hear({
    type: 'events',
    events: [
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
    ],
  });

describe('Conductor', () => {
  it('ends the run as completed when the last peer that must complete has', async () => {
    const conductor = conduct([peerOf(0, {}), peerOf(1, { mustComplete: false })]);
    tell(conductor, 'p0', 'joined');
    await clock.goTo(500);
    tell(conductor, 'p0', 'completed');
    expect(await conductor.ended).toEqual({ ending: 'completed', atMs: 500 });
  });

  it('counts times of events from the start of the distribution', async () => {
    const conductor = conduct([peerOf(0, {})]);
    await clock.goTo(250);
    tell(conductor, 'p0', 'joined');
    expect(conductor.events.map(({ atMs }) => atMs)).toEqual([250]);
  });

  it('takes what was ready before the start for ready at the start', () => {
    const conductor = new Conductor({ clock, stage }, [peerOf(1, {})], { timeLimitMs: 10_000, open: false });
    const address = { host: '127.0.0.1', port: 5100 };
    conductor.hear({
      type: 'events',
      events: [{ type: 'tracker-started', peer: 'tracker', atMs: 900, address }],
    });
    conductor.begin(1000);
    expect(conductor.events).toEqual([{ type: 'tracker-started', peer: 'tracker', atMs: 0, address }]);
  });

  it('ends at the time limit', async () => {
    const conductor = conduct([peerOf(0, {})]);
    await clock.goTo(10_000);
    expect(await conductor.ended).toEqual({ ending: 'time-limit', atMs: 10_000 });
  });

  it('waits for a late joiner even when all others are complete', async () => {
    const late = peerOf(1, { sessions: [{ joinMs: 3000, leave: null }] });
    const conductor = conduct([peerOf(0, {}), late]);
    tell(conductor, 'p0', 'joined', TOTAL_CHUNKS);
    await clock.goTo(4000);
    tell(conductor, 'p1', 'joined');
    tell(conductor, 'p1', 'completed');
    expect(await conductor.ended).toEqual({ ending: 'completed', atMs: 4000 });
    expect(stage.notes).toEqual(['join p0 at 0', 'join p1 at 3000']);
  });

  it('counts a leave from completion from the completion', async () => {
    const sessions = [{ joinMs: 0, leave: leave({ from: 'completion', afterMs: 100 }) }];
    const conductor = conduct([peerOf(0, { sessions, mustComplete: false }), peerOf(1, {})]);
    tell(conductor, 'p0', 'joined');
    await clock.goTo(700);
    tell(conductor, 'p0', 'completed');
    await clock.goTo(799);
    expect(stage.notes).not.toContain('leave p0');
    await clock.goTo(801);
    expect(stage.notes).toContain('leave p0');
  });

  it('tells of a crash, and brings the peer back as planned with what it had', async () => {
    const sessions = [
      { joinMs: 0, leave: leave({ how: 'crash', afterMs: 1000 }) },
      { joinMs: 2000, leave: null },
    ];
    const peer = peerOf(0, { sessions });
    const conductor = conduct([peer]);
    tell(conductor, 'p0', 'joined');
    await clock.goTo(1500);
    expect(conductor.events.at(-1)).toEqual({ type: 'peer-crashed', peer: 'p0', atMs: 1000 });
    expect(stage.notes).toEqual(['join p0 at 0', 'crash p0', 'prepare p0', 'join p0 at 2000']);
    await clock.goTo(2100);
    tell(conductor, 'p0', 'joined', 1);
    tell(conductor, 'p0', 'completed');
    expect((await conductor.ended).ending).toBe('completed');
  });

  it('resets the folder of a peer that is to come back without its chunks', async () => {
    const sessions = [
      { joinMs: 0, leave: leave({ how: 'crash', afterMs: 1000, keepChunks: false }) },
      { joinMs: 2000, leave: null },
    ];
    const conductor = conduct([peerOf(0, { sessions })]);
    tell(conductor, 'p0', 'joined');
    await clock.goTo(1500);
    expect(stage.notes.slice(1)).toEqual(['crash p0', 'reset p0', 'prepare p0', 'join p0 at 2000']);
  });

  it('ends as stalled when all that must complete are gone for good', async () => {
    const sessions = [{ joinMs: 0, leave: leave({ how: 'crash', afterMs: 1000 }) }];
    const conductor = conduct([peerOf(0, { sessions })]);
    tell(conductor, 'p0', 'joined');
    await clock.goTo(1001);
    expect((await conductor.ended).ending).toBe('stalled');
  });

  it('ends as stalled when nobody has or brings what is missing, and nothing moves', async () => {
    const sessions = [{ joinMs: 0, leave: leave({ afterMs: 1000 }) }];
    const conductor = conduct([peerOf(0, { sessions, mustComplete: false }, [1, 2]), peerOf(1, {})]);
    tell(conductor, 'p0', 'joined', 2);
    tell(conductor, 'p1', 'joined');
    await clock.goTo(5000);
    conductor.checkStall();
    expect(conductor.now()).toBe(5000);
    conductor.hear({ type: 'gone', peer: 'p0', atMs: clock.now() });
    conductor.checkStall();
    expect(await conductor.ended).toEqual({ ending: 'stalled', atMs: 5000 });
  });

  it('does not call it stalled while bytes come in, nor where others may join', async () => {
    for (const open of [false, true]) {
      const conductor = conduct([peerOf(0, {})], open);
      tell(conductor, 'p0', 'joined');
      for (let ms = 1000; ms < 6000; ms += 1000) {
        await clock.goTo(ms);
        if (!open) stage.useful++;
        conductor.checkStall();
      }
      conductor.end('interrupted');
      expect((await conductor.ended).ending).toBe('interrupted');
      clock = new ManualClock();
    }
  });

  it('keeps what was told late of the time before the end, and nothing of the time after', async () => {
    const conductor = conduct([peerOf(0, {})]);
    await clock.goTo(400);
    conductor.end('interrupted');
    conductor.hear({
      type: 'events',
      events: [
        { type: 'chunk-asked', peer: 'p0', atMs: 1399, index: 1 },
        { type: 'chunk-asked', peer: 'p0', atMs: 1401, index: 2 },
      ],
    });
    expect(conductor.events).toEqual([{ type: 'chunk-asked', peer: 'p0', atMs: 399, index: 1 }]);
  });

  it('rejects with the class and code of what broke in a thread', async () => {
    const conductor = conduct([peerOf(0, {})]);
    const error = { name: 'StoreError', code: 'STORE', message: 'disk full' } as const;
    conductor.hear({ type: 'failed', error });
    await expect(conductor.ended).rejects.toMatchObject({ name: 'StoreError', code: 'STORE' });
    expect(() => conductor.throwIfFailed()).toThrow('disk full');
  });
});

describe('a peer that may be excused', () => {
  const excusable = (sessions: PlannedPeer['sessions'] = [{ joinMs: 0, leave: null }]) =>
    ({ mustComplete: 'unless-gone', sessions }) as const;
  const leavesAt = (afterMs: number, how: PlannedLeave['how'] = 'graceful') =>
    excusable([{ joinMs: 0, leave: leave({ afterMs, how }) }]);
  const gone = (conductor: Conductor, peer: string): void =>
    conductor.hear({ type: 'gone', peer, atMs: clock.now() });

  /** `undefined` while the run is open. */
  async function endOf(conductor: Conductor): Promise<string | undefined> {
    const open = settled().then(() => undefined);
    return (await Promise.race([conductor.ended, open]))?.ending;
  }

  it('holds the run open although it is to leave later, and ends it by completing', async () => {
    const conductor = conduct([peerOf(0, excusable(), [1, 2]), peerOf(1, leavesAt(5000))]);
    tell(conductor, 'p0', 'joined', TOTAL_CHUNKS);
    tell(conductor, 'p1', 'joined');
    await clock.goTo(4000);
    expect(await endOf(conductor)).toBeUndefined();
    tell(conductor, 'p1', 'completed');
    expect(await conductor.ended).toEqual({ ending: 'completed', atMs: 4000 });
  });

  it('is excused once it is gone, not when it is told to go', async () => {
    const peers = [peerOf(0, excusable(), [1, 2]), peerOf(1, excusable()), peerOf(2, leavesAt(1000))];
    const conductor = conduct(peers);
    tell(conductor, 'p0', 'joined', TOTAL_CHUNKS);
    tell(conductor, 'p1', 'joined');
    tell(conductor, 'p2', 'joined');
    tell(conductor, 'p1', 'completed');
    await clock.goTo(1000);
    expect(stage.notes).toContain('leave p2');
    expect(peers[2]!.mustComplete).toBe(true);
    expect(await endOf(conductor)).toBeUndefined();
    gone(conductor, 'p2');
    expect(await endOf(conductor)).toBe('completed');
    expect(peers.map(({ mustComplete, leftIncomplete }) => [mustComplete, leftIncomplete])).toEqual([
      [true, false],
      [true, false],
      [false, true],
    ]);
  });

  it('is excused by a crash only when it is dead', async () => {
    const peers = [
      peerOf(0, excusable(), [1, 2]),
      peerOf(1, excusable()),
      peerOf(2, leavesAt(1000, 'crash')),
    ];
    let die!: (atMs: number) => void;
    stage.crash = () => new Promise((resolve) => (die = resolve));
    const conductor = conduct(peers);
    tell(conductor, 'p0', 'joined', TOTAL_CHUNKS);
    tell(conductor, 'p1', 'joined');
    tell(conductor, 'p2', 'joined');
    await clock.goTo(1000);
    tell(conductor, 'p1', 'completed');
    expect(await endOf(conductor)).toBeUndefined();
    die(clock.now());
    expect(await endOf(conductor)).toBe('completed');
    expect(conductor.events.at(-1)).toMatchObject({ type: 'peer-crashed', peer: 'p2' });
  });

  it('counts as complete when it left after it had completed', async () => {
    const peers = [peerOf(0, leavesAt(1000)), peerOf(1, excusable())];
    const conductor = conduct(peers);
    tell(conductor, 'p0', 'joined');
    tell(conductor, 'p1', 'joined');
    tell(conductor, 'p0', 'completed');
    await clock.goTo(1000);
    gone(conductor, 'p0');
    expect(peers[0]).toMatchObject({ mustComplete: true, leftIncomplete: false, finished: true });
    expect(await endOf(conductor)).toBeUndefined();
  });

  it('does not hold the run open by a departure that is still to come when all are complete', async () => {
    const conductor = conduct([peerOf(0, leavesAt(9000), [1, 2]), peerOf(1, leavesAt(9000))]);
    tell(conductor, 'p0', 'joined', TOTAL_CHUNKS);
    tell(conductor, 'p1', 'joined');
    tell(conductor, 'p1', 'completed');
    expect(await endOf(conductor)).toBe('completed');
  });

  it('is not excused by a departure from which it comes back, nor by breaking', async () => {
    const back = excusable([
      { joinMs: 0, leave: leave({ how: 'crash', afterMs: 1000 }) },
      { joinMs: 6000, leave: null },
    ]);
    const peers = [peerOf(0, excusable(), [1, 2]), peerOf(1, back), peerOf(2, excusable())];
    const conductor = conduct(peers);
    for (const name of ['p1', 'p2']) tell(conductor, name, 'joined');
    tell(conductor, 'p0', 'joined', TOTAL_CHUNKS);
    const failed = { type: 'node-failed', code: 'STORE', detail: 'x', peer: 'p2', atMs: 1000 } as const;
    conductor.hear({ type: 'events', events: [failed] });
    gone(conductor, 'p2');
    await clock.goTo(5000);
    conductor.checkStall();
    expect(await endOf(conductor)).toBeUndefined();
    expect(peers.map(({ mustComplete }) => mustComplete)).toEqual([true, true, true]);
    await clock.goTo(6000);
    tell(conductor, 'p1', 'joined', 1);
    tell(conductor, 'p1', 'completed');
    expect(await endOf(conductor)).toBe('stalled');
  });

  it('is not excused when the user says that it must complete', async () => {
    const peers = [peerOf(0, excusable(), [1, 2]), peerOf(1, { ...leavesAt(1000), mustComplete: true })];
    const conductor = conduct(peers);
    tell(conductor, 'p0', 'joined', TOTAL_CHUNKS);
    tell(conductor, 'p1', 'joined');
    await clock.goTo(1000);
    gone(conductor, 'p1');
    expect(await endOf(conductor)).toBe('stalled');
    expect(peers[1]).toMatchObject({ mustComplete: true, lost: true });
  });

  it('ends the run as stalled, not as completed, when seeders alone are left', async () => {
    const conductor = conduct([peerOf(0, excusable(), [1, 2]), peerOf(1, leavesAt(1000, 'crash'))]);
    tell(conductor, 'p0', 'joined', TOTAL_CHUNKS);
    tell(conductor, 'p1', 'joined');
    await clock.goTo(1000);
    expect(await endOf(conductor)).toBe('stalled');
  });

  it('is incomplete at the time limit while it is still there', async () => {
    const peers = [peerOf(0, excusable(), [1, 2]), peerOf(1, leavesAt(50_000))];
    const conductor = conduct(peers);
    tell(conductor, 'p0', 'joined', TOTAL_CHUNKS);
    tell(conductor, 'p1', 'joined');
    await clock.goTo(10_000);
    expect(await conductor.ended).toMatchObject({ ending: 'time-limit' });
    expect(peers[1]).toMatchObject({ mustComplete: true, complete: false });
  });
});

describe('a crash by a fault', () => {
  const crash = { fault: 'kill', returnAfterMs: null, keepChunks: true };

  it('ends the stay for good, is told with its name, and the run does not wait for the peer', async () => {
    const peers = [peerOf(0, {}, [1, 2]), peerOf(1, {})];
    const conductor = conduct(peers);
    tell(conductor, 'p0', 'joined', 2);
    tell(conductor, 'p1', 'joined');
    await clock.goTo(500);
    expect(conductor.crash(peers[1]!, crash)).toBe(true);
    await settled();
    expect((await conductor.ended).ending).toBe('stalled');
    expect(conductor.events).toContainEqual({ type: 'peer-crashed', peer: 'p1', atMs: 500, fault: 'kill' });
  });

  it('excuses a peer that may be excused once it is dead, but not one that had completed', async () => {
    const peers = [1, 2, 3].map((position) => peerOf(position, { mustComplete: 'unless-gone' }));
    const conductor = conduct(peers);
    for (const name of ['p1', 'p2', 'p3']) tell(conductor, name, 'joined');
    tell(conductor, 'p2', 'completed');
    conductor.crash(peers[0]!, crash);
    conductor.crash(peers[1]!, crash);
    expect(peers[0]!.mustComplete).toBe(true);
    await settled();
    expect(peers.map(({ mustComplete }) => mustComplete)).toEqual([false, true, true]);
    tell(conductor, 'p3', 'completed');
    expect((await conductor.ended).ending).toBe('completed');
  });

  it('of a peer that is not in the swarm does nothing', () => {
    const peers = [peerOf(0, {})];
    const conductor = conduct(peers);
    expect(conductor.crash(peers[0]!, crash)).toBe(false);
    expect(stage.notes).toEqual(['join p0 at 0']);
  });

  it('makes the run wait for a peer that comes back, complete or not', async () => {
    const peers = [peerOf(0, {}, [1, 2]), peerOf(1, {}), peerOf(2, {})];
    const conductor = conduct(peers);
    for (const [name, held] of [
      ['p0', 2],
      ['p1', 0],
      ['p2', 0],
    ] as const)
      tell(conductor, name, 'joined', held);
    tell(conductor, 'p1', 'completed');
    await clock.goTo(500);
    conductor.crash(peers[1]!, { ...crash, returnAfterMs: 300, keepChunks: false });
    await settled();
    tell(conductor, 'p2', 'completed');
    await clock.goTo(600);
    expect(stage.notes.slice(3)).toEqual(['crash p1', 'reset p1', 'prepare p1', 'join p1 at 800']);
    expect(peers[1]!.held.size).toBe(0);
    tell(conductor, 'p1', 'joined');
    tell(conductor, 'p1', 'completed');
    expect((await conductor.ended).ending).toBe('completed');
  });

  it('leaves the planned end of the session as it was', async () => {
    const sessions = [{ joinMs: 0, leave: leave({ afterMs: 1000 }) }];
    const peers = [peerOf(0, {}, [1, 2]), peerOf(1, {}), peerOf(2, { sessions, mustComplete: false })];
    const conductor = conduct(peers);
    for (const name of ['p1', 'p2']) tell(conductor, name, 'joined');
    conductor.crash(peers[2]!, { ...crash, returnAfterMs: 100 });
    await clock.goTo(200);
    tell(conductor, 'p2', 'joined');
    await clock.goTo(1500);
    expect(stage.notes).toContain('leave p2');
  });
});

describe('a fault', () => {
  it('is told as an event of the laboratory, at the earliest when the distribution starts', () => {
    const conductor = conduct([peerOf(0, {})]);
    conductor.tell({ type: 'fault-ended', fault: 'x', occurrence: 1 });
    expect(conductor.events).toEqual([
      { type: 'fault-ended', fault: 'x', occurrence: 1, atMs: 0, peer: 'laboratory' },
    ]);
  });

  it('that fills a disk does not count as the end of the peer; a broken disk does', async () => {
    for (const isDiskFault of [true, false]) {
      const peers = [peerOf(0, {})];
      const outlook = { isDiskFault: () => isDiskFault, isHopeless: () => false };
      const conductor = new Conductor({ clock, stage, outlook }, peers, { timeLimitMs: 10_000, open: false });
      conductor.begin(clock.now());
      tell(conductor, 'p0', 'joined');
      const failed = {
        type: 'node-failed',
        code: 'STORE',
        detail: 'ENOSPC',
        peer: 'p0',
        atMs: clock.now(),
      } as const;
      conductor.hear({ type: 'events', events: [failed] });
      await settled();
      expect(peers[0]!.phase).toBe(isDiskFault ? 'present' : 'over');
    }
  });

  it('by whose condition the run is given up is named', async () => {
    const conductor = conduct([peerOf(0, {})]);
    conductor.end('aborted', 'elapsed > 1s');
    expect(await conductor.ended).toEqual({ ending: 'aborted', atMs: 0, abortedBy: 'elapsed > 1s' });
  });
});
