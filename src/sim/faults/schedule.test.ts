import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../engines/virtual/virtual-clock.ts';
import type { Condition, FaultEffect, PlannedFault } from '../plan/plan.ts';
import { occurrencesOf } from './occurrence.ts';
import { FaultSchedule } from './schedule.ts';

const pause: FaultEffect = { kind: 'pause', peers: ['a'] };
const crash: FaultEffect = { kind: 'crash', peers: ['a'], returnAfterMs: null, keepChunks: true };
const condition: Condition = { text: 'half', figure: { kind: 'elapsed' }, comparison: '>', value: 0 };

function fault(changes: Partial<PlannedFault>): PlannedFault {
  return {
    name: 'fault',
    when: { kind: 'time', atMs: 0 },
    forMs: null,
    again: null,
    effect: pause,
    ...changes,
  };
}

/** What happens when, in ms from the start of the distribution, which is at 100 of the clock. */
function world(faults: readonly PlannedFault[]) {
  const clock = new VirtualClock();
  const notes: string[] = [];
  const live = { isMet: false };
  const note = (what: string, name: string, number: number): void => {
    notes.push(`${clock.now() - 100} ${what} ${name} ${number}`);
  };
  const schedule = new FaultSchedule(
    {
      clock,
      actor: {
        begin: (occurrence) => note('begin', occurrence.fault.name, occurrence.number),
        end: (occurrence) => note('end', occurrence.fault.name, occurrence.number),
        isMet: () => live.isMet,
      },
    },
    occurrencesOf({ faults }),
  );
  clock.run(100);
  schedule.begin(100);
  const goTo = (ms: number): void => clock.run(100 + ms);
  return { notes, schedule, live, goTo };
}

describe('a fault', () => {
  it('begins at its time and ends after its duration', () => {
    const { notes, goTo } = world([fault({ when: { kind: 'time', atMs: 1000 }, forMs: 500 })]);
    goTo(5000);
    expect(notes).toEqual(['1000 begin fault 1', '1500 end fault 1']);
  });

  it('at 0 begins before anything else, and without a duration never ends', () => {
    const { notes, goTo } = world([fault({})]);
    expect(notes).toEqual(['0 begin fault 1']);
    goTo(100_000);
    expect(notes).toHaveLength(1);
  });

  it('that is over at once ends when it begins', () => {
    const { notes } = world([fault({ effect: crash })]);
    expect(notes).toEqual(['0 begin fault 1', '0 end fault 1']);
  });

  it('happens again at equal steps from its first time on', () => {
    const when = { kind: 'time', atMs: 100 } as const;
    const { notes, goTo } = world([fault({ when, forMs: 50, again: { everyMs: 200, times: 2 } })]);
    goTo(5000);
    expect(notes.filter((line) => line.includes('begin'))).toEqual([
      '100 begin fault 1',
      '300 begin fault 2',
      '500 begin fault 3',
    ]);
    expect(notes).toHaveLength(6);
  });

  it('that lasts longer than its step is ended when it happens again', () => {
    const { notes, goTo } = world([fault({ forMs: 300, again: { everyMs: 200, times: 1 } })]);
    goTo(5000);
    expect(notes).toEqual(['0 begin fault 1', '200 end fault 1', '200 begin fault 2', '500 end fault 2']);
  });

  it('on a condition begins once it has been seen to hold, after its delay, and only once', () => {
    const when = { kind: 'condition', condition, delayMs: 50 } as const;
    const { notes, goTo, live, schedule } = world([fault({ when, forMs: 10 })]);
    goTo(1000);
    schedule.poll();
    live.isMet = true;
    goTo(1100);
    schedule.poll();
    goTo(1300);
    schedule.poll();
    goTo(9000);
    expect(notes).toEqual(['1150 begin fault 1', '1160 end fault 1']);
  });

  it('neither begins nor ends once the schedule has stopped', () => {
    const { notes, goTo, schedule } = world([
      fault({ forMs: 500 }),
      fault({ name: 'later', when: { kind: 'time', atMs: 800 } }),
    ]);
    goTo(100);
    schedule.stop();
    goTo(5000);
    expect(notes).toEqual(['0 begin fault 1']);
  });
});
