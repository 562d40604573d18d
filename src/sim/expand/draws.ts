/** Draws for the keys of one group or fault: each is kept within its key's range, and what that changed is counted. */
import type { Random } from '../../core/interfaces.ts';
import { knownQuantity, type Limits } from '../scenario/language/key-meta.ts';
import { FAULT_LENGTH, LATENCY, RATE, TIME } from '../scenario/language/limits.ts';
import { durationUnits, rateUnits, type UnitKind } from '../units/quantities.ts';
import { sampleDistribution, type DrawnDistribution } from '../plan/distributions.ts';

/** What is drawn: its name for people, and its range. */
interface DrawnKey {
  readonly one: string;
  readonly many: string;
  readonly limits: Limits;
  readonly kind: UnitKind;
  /** Rates are whole bytes a second; times go to the microsecond, so that a plan stays readable. */
  readonly perUnit: number;
}

const rate = { limits: RATE, kind: rateUnits, perUnit: 1 };
const time = { limits: TIME, kind: durationUnits, perUnit: 1000 };
const latency = { ...time, limits: LATENCY };

const keys = {
  up: { one: 'upload rate', many: 'upload rates', ...rate },
  down: { one: 'download rate', many: 'download rates', ...rate },
  latency: { one: 'latency', many: 'latencies', ...latency },
  changedUp: { one: 'changed upload rate', many: 'changed upload rates', ...rate },
  changedDown: { one: 'changed download rate', many: 'changed download rates', ...rate },
  changedLatency: { one: 'changed latency', many: 'changed latencies', ...latency },
  join: { one: 'time of joining', many: 'times of joining', ...time },
  leave: { one: 'time until leaving', many: 'times until leaving', ...time },
  away: { one: 'time away', many: 'times away', ...time },
  begin: { one: 'beginning', many: 'beginnings', ...time },
  length: { one: 'length', many: 'lengths', ...time, limits: FAULT_LENGTH },
} as const satisfies Record<string, DrawnKey>;

export type DrawnName = keyof typeof keys;

interface Count {
  draws: number;
  raised: number;
  limited: number;
}

export class Draws {
  readonly #owner: string;
  readonly #counts = new Map<DrawnName, Count>();

  /** @param owner for notices: the group, or the fault */
  constructor(owner: string) {
    this.#owner = owner;
  }

  /** One value, in ms or bytes/s, within the range of its key. */
  draw(name: DrawnName, distribution: DrawnDistribution, random: Random): number {
    const { limits, kind, perUnit } = keys[name];
    const drawn = Math.round(sampleDistribution(distribution, random) * perUnit) / perUnit;
    const count = this.#counts.get(name) ?? { draws: 0, raised: 0, limited: 0 };
    this.#counts.set(name, count);
    count.draws++;
    const min = knownQuantity(kind, limits.min);
    const max = knownQuantity(kind, limits.max);
    if (drawn < min) count.raised++;
    if (drawn > max) count.limited++;
    return Math.min(max, Math.max(min, drawn));
  }

  /** `leechers: 3 of 40 latencies were limited to 60 s`, for each key of which some draw was out of range. */
  notices(): readonly string[] {
    return [...this.#counts].flatMap(([name, { draws, raised, limited }]) => {
      const { limits } = keys[name];
      return [
        ...(raised === 0 ? [] : [this.#notice(name, raised, draws, `raised to ${spaced(limits.min)}`)]),
        ...(limited === 0 ? [] : [this.#notice(name, limited, draws, `limited to ${spaced(limits.max)}`)]),
      ];
    });
  }

  #notice(name: DrawnName, some: number, all: number, done: string): string {
    const { one, many } = keys[name];
    const what = all === 1 ? `the ${one}` : `${some} of ${all} ${many}`;
    return `${this.#owner}: ${what} ${some === 1 ? 'was' : 'were'} ${done}`;
  }
}

/** `60s` → `60 s`. */
function spaced(written: string): string {
  return written.replace(/(?<=\d)(?=[A-Za-z])/, ' ');
}
