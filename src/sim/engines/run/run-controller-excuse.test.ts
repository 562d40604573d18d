import { beforeEach, describe, expect, it } from 'vitest';
import type { PlannedLeave, PlannedPeer } from '../../plan/plan.ts';
import {
  NotedController,
  TOTAL_CHUNKS,
  settled,
  clock,
  runtime,
  leave,
  peerOf,
  conduct,
  tell,
  renew,
} from './run-controller-fixture.ts';

beforeEach(renew);

describe('a peer that may be excused', () => {
  const excusable = (sessions: PlannedPeer['sessions'] = [{ joinMs: 0, leave: null }]) =>
    ({ mustComplete: 'unless-gone', sessions }) as const;
  const leavesAt = (afterMs: number, how: PlannedLeave['how'] = 'graceful') =>
    excusable([{ joinMs: 0, leave: leave({ afterMs, how }) }]);
  const gone = (controller: NotedController, peer: string): void => controller.gone(peer, clock.now());

  /** `undefined` while the run is open. */
  async function endOf(controller: NotedController): Promise<string | undefined> {
    const open = settled().then(() => undefined);
    return (await Promise.race([controller.ended, open]))?.ending;
  }

  it('holds the run open although it is to leave later, and ends it by completing', async () => {
    const controller = conduct([peerOf(0, excusable(), [1, 2]), peerOf(1, leavesAt(5000))]);
    tell(controller, 'p0', 'joined', TOTAL_CHUNKS);
    tell(controller, 'p1', 'joined');
    await clock.goTo(4000);
    expect(await endOf(controller)).toBeUndefined();
    tell(controller, 'p1', 'completed');
    expect(await controller.ended).toEqual({ ending: 'completed', atMs: 4000 });
  });

  it('is excused once it is gone, not when it is told to go', async () => {
    const peers = [peerOf(0, excusable(), [1, 2]), peerOf(1, excusable()), peerOf(2, leavesAt(1000))];
    const controller = conduct(peers);
    tell(controller, 'p0', 'joined', TOTAL_CHUNKS);
    tell(controller, 'p1', 'joined');
    tell(controller, 'p2', 'joined');
    tell(controller, 'p1', 'completed');
    await clock.goTo(1000);
    expect(runtime.notes).toContain('leave p2');
    expect(peers[2]!.mustComplete).toBe(true);
    expect(await endOf(controller)).toBeUndefined();
    gone(controller, 'p2');
    expect(await endOf(controller)).toBe('completed');
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
    runtime.crash = (_, onDead) => void (die = onDead);
    const controller = conduct(peers);
    tell(controller, 'p0', 'joined', TOTAL_CHUNKS);
    tell(controller, 'p1', 'joined');
    tell(controller, 'p2', 'joined');
    await clock.goTo(1000);
    tell(controller, 'p1', 'completed');
    expect(await endOf(controller)).toBeUndefined();
    die(clock.now());
    expect(await endOf(controller)).toBe('completed');
    expect(controller.events.at(-1)).toMatchObject({ type: 'peer-crashed', peer: 'p2' });
  });

  it('counts as complete when it left after it had completed', async () => {
    const peers = [peerOf(0, leavesAt(1000)), peerOf(1, excusable())];
    const controller = conduct(peers);
    tell(controller, 'p0', 'joined');
    tell(controller, 'p1', 'joined');
    tell(controller, 'p0', 'completed');
    await clock.goTo(1000);
    gone(controller, 'p0');
    expect(peers[0]).toMatchObject({ mustComplete: true, leftIncomplete: false, complete: true });
    expect(await endOf(controller)).toBeUndefined();
  });

  it('does not hold the run open by a departure that is still to come when all are complete', async () => {
    const controller = conduct([peerOf(0, leavesAt(9000), [1, 2]), peerOf(1, leavesAt(9000))]);
    tell(controller, 'p0', 'joined', TOTAL_CHUNKS);
    tell(controller, 'p1', 'joined');
    tell(controller, 'p1', 'completed');
    expect(await endOf(controller)).toBe('completed');
  });

  it('is not excused by a departure from which it comes back, nor by breaking', async () => {
    const back = excusable([
      { joinMs: 0, leave: leave({ how: 'crash', afterMs: 1000 }) },
      { joinMs: 6000, leave: null },
    ]);
    const peers = [peerOf(0, excusable(), [1, 2]), peerOf(1, back), peerOf(2, excusable())];
    const controller = conduct(peers);
    for (const name of ['p1', 'p2']) tell(controller, name, 'joined');
    tell(controller, 'p0', 'joined', TOTAL_CHUNKS);
    const failed = { type: 'node-failed', code: 'STORE', detail: 'x', peer: 'p2', atMs: 1000 } as const;
    controller.hear(failed);
    gone(controller, 'p2');
    await clock.goTo(5000);
    controller.checkStall();
    expect(await endOf(controller)).toBeUndefined();
    expect(peers.map(({ mustComplete }) => mustComplete)).toEqual([true, true, true]);
    await clock.goTo(6000);
    tell(controller, 'p1', 'joined', 1);
    tell(controller, 'p1', 'completed');
    expect(await endOf(controller)).toBe('stalled');
  });

  it('is not excused when the user says that it must complete', async () => {
    const peers = [peerOf(0, excusable(), [1, 2]), peerOf(1, { ...leavesAt(1000), mustComplete: true })];
    const controller = conduct(peers);
    tell(controller, 'p0', 'joined', TOTAL_CHUNKS);
    tell(controller, 'p1', 'joined');
    await clock.goTo(1000);
    gone(controller, 'p1');
    expect(await endOf(controller)).toBe('stalled');
    expect(peers[1]).toMatchObject({ mustComplete: true, lost: true });
  });

  it('ends the run as stalled, not as completed, when seeders alone are left', async () => {
    const controller = conduct([peerOf(0, excusable(), [1, 2]), peerOf(1, leavesAt(1000, 'crash'))]);
    tell(controller, 'p0', 'joined', TOTAL_CHUNKS);
    tell(controller, 'p1', 'joined');
    await clock.goTo(1000);
    expect(await endOf(controller)).toBe('stalled');
  });

  it('is incomplete at the time limit while it is still there', async () => {
    const peers = [peerOf(0, excusable(), [1, 2]), peerOf(1, leavesAt(50_000))];
    const controller = conduct(peers);
    tell(controller, 'p0', 'joined', TOTAL_CHUNKS);
    tell(controller, 'p1', 'joined');
    await clock.goTo(10_000);
    expect(await controller.ended).toMatchObject({ ending: 'time-limit' });
    expect(peers[1]).toMatchObject({ mustComplete: true, complete: false });
  });
});

describe('a crash by a fault', () => {
  const crash = { fault: 'kill', returnAfterMs: null, keepChunks: true };

  it('ends the stay for good, is told with its name, and the run does not wait for the peer', async () => {
    const peers = [peerOf(0, {}, [1, 2]), peerOf(1, {})];
    const controller = conduct(peers);
    tell(controller, 'p0', 'joined', 2);
    tell(controller, 'p1', 'joined');
    await clock.goTo(500);
    expect(controller.crash(peers[1]!, crash)).toBe(true);
    await settled();
    expect((await controller.ended).ending).toBe('stalled');
    expect(controller.events).toContainEqual({ type: 'peer-crashed', peer: 'p1', atMs: 500, fault: 'kill' });
  });

  it('excuses a peer that may be excused once it is dead, but not one that had completed', async () => {
    const peers = [1, 2, 3].map((position) => peerOf(position, { mustComplete: 'unless-gone' }));
    const controller = conduct(peers);
    for (const name of ['p1', 'p2', 'p3']) tell(controller, name, 'joined');
    tell(controller, 'p2', 'completed');
    controller.crash(peers[0]!, crash);
    controller.crash(peers[1]!, crash);
    expect(peers[0]!.mustComplete).toBe(true);
    await settled();
    expect(peers.map(({ mustComplete }) => mustComplete)).toEqual([false, true, true]);
    tell(controller, 'p3', 'completed');
    expect((await controller.ended).ending).toBe('completed');
  });

  it('of a peer that is not in the swarm does nothing', () => {
    const peers = [peerOf(0, {})];
    const controller = conduct(peers);
    expect(controller.crash(peers[0]!, crash)).toBe(false);
    expect(runtime.notes).toEqual(['join p0 at 0']);
  });

  it('makes the run wait for a peer that comes back, complete or not', async () => {
    const peers = [peerOf(0, {}, [1, 2]), peerOf(1, {}), peerOf(2, {})];
    const controller = conduct(peers);
    for (const [name, held] of [
      ['p0', 2],
      ['p1', 0],
      ['p2', 0],
    ] as const)
      tell(controller, name, 'joined', held);
    tell(controller, 'p1', 'completed');
    await clock.goTo(500);
    controller.crash(peers[1]!, { ...crash, returnAfterMs: 300, keepChunks: false });
    await settled();
    tell(controller, 'p2', 'completed');
    await clock.goTo(600);
    expect(runtime.notes.slice(3)).toEqual(['crash p1', 'reset p1', 'prepare p1', 'join p1 at 800']);
    expect(peers[1]!.held.size).toBe(0);
    tell(controller, 'p1', 'joined');
    tell(controller, 'p1', 'completed');
    expect((await controller.ended).ending).toBe('completed');
  });

  it('leaves the planned end of the session as it was', async () => {
    const sessions: PlannedPeer['sessions'] = [{ joinMs: 0, leave: leave({ afterMs: 1000 }) }];
    const peers = [peerOf(0, {}, [1, 2]), peerOf(1, {}), peerOf(2, { sessions, mustComplete: false })];
    const controller = conduct(peers);
    for (const name of ['p1', 'p2']) tell(controller, name, 'joined');
    controller.crash(peers[2]!, { ...crash, returnAfterMs: 100 });
    await clock.goTo(200);
    tell(controller, 'p2', 'joined');
    await clock.goTo(1500);
    expect(runtime.notes).toContain('leave p2');
  });
});

describe('a fault', () => {
  it('is told as an event of the laboratory, at the earliest when the distribution starts', () => {
    const controller = conduct([peerOf(0, {})]);
    controller.tell({ type: 'fault-ended', fault: 'x', occurrence: 1 });
    expect(controller.events).toEqual([
      { type: 'fault-ended', fault: 'x', occurrence: 1, atMs: 0, peer: 'laboratory' },
    ]);
  });

  it('that fills a disk does not count as the end of the peer; a broken disk does', async () => {
    for (const isDiskFault of [true, false]) {
      const peers = [peerOf(0, {})];
      const consequences = { isDiskFault: () => isDiskFault, isHopeless: () => false };
      const controller = new NotedController(
        peers,
        { timeLimitMs: 10_000, stallMs: 2000, open: false, until: 'complete' },
        consequences,
      );
      controller.begin(clock.now());
      tell(controller, 'p0', 'joined');
      const failed = {
        type: 'node-failed',
        code: 'STORE',
        detail: 'ENOSPC',
        peer: 'p0',
        atMs: clock.now(),
      } as const;
      controller.hear(failed);
      await settled();
      expect(peers[0]!.phase).toBe(isDiskFault ? 'present' : 'failed');
    }
  });

  it('by whose condition the run is given up is named', async () => {
    const controller = conduct([peerOf(0, {})]);
    controller.end('aborted', 'elapsed > 1s');
    expect(await controller.ended).toEqual({ ending: 'aborted', atMs: 0, abortedBy: 'elapsed > 1s' });
  });
});
