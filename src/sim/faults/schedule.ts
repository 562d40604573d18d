/** When faults begin and end: pure, on a clock. What they do is up to the actor. */
import type { Clock, Timer } from '../../core/interfaces.ts';
import type { Condition, PlannedFault } from '../plan/plan.ts';
import { isInstant, type Occurrence } from './occurrence.ts';

export interface FaultActor {
  begin(occurrence: Occurrence): void;
  end(occurrence: Occurrence): void;
  isMet(condition: Condition): boolean;
}

export interface FaultScheduleComponents {
  readonly clock: Clock;
  readonly actor: FaultActor;
}

/**
 * An occurrence that is to happen while the one before still lasts ends that one first. Conditions are looked at when
 * `poll` is called; each triggers once, and repetitions count from there.
 */
export class FaultSchedule {
  readonly #clock: Clock;
  readonly #actor: FaultActor;
  readonly #byFault = new Map<PlannedFault, Occurrence[]>();
  readonly #waiting = new Set<PlannedFault>();
  readonly #timers = new Set<Timer>();
  readonly #active = new Map<
    PlannedFault,
    { readonly occurrence: Occurrence; readonly end: Timer | undefined }
  >();
  #stopped = false;

  constructor({ clock, actor }: FaultScheduleComponents, occurrences: readonly Occurrence[]) {
    this.#clock = clock;
    this.#actor = actor;
    for (const occurrence of occurrences) {
      const others = this.#byFault.get(occurrence.fault) ?? [];
      this.#byFault.set(occurrence.fault, [...others, occurrence]);
    }
  }

  /** Times of the plan count from `startMs` of the clock; what is due by then begins at once. */
  begin(startMs: number): void {
    for (const fault of this.#byFault.keys()) {
      if (fault.when.kind === 'condition') this.#waiting.add(fault);
      else if (fault.when.atMs === 0) this.#trigger(fault, 0);
      else this.#trigger(fault, startMs + fault.when.atMs - this.#clock.now());
    }
  }

  /** Looks at the conditions. To be called about ten times a second. */
  poll(): void {
    for (const fault of [...this.#waiting]) {
      if (this.#stopped) return;
      if (fault.when.kind !== 'condition' || !this.#actor.isMet(fault.when.condition)) continue;
      this.#waiting.delete(fault);
      this.#trigger(fault, fault.when.delayMs);
    }
  }

  /** Nothing begins or ends any more. Idempotent. */
  stop(): void {
    this.#stopped = true;
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
    this.#waiting.clear();
    for (const { end } of this.#active.values()) end?.cancel();
  }

  #trigger(fault: PlannedFault, inMs: number): void {
    const everyMs = fault.again?.everyMs ?? 0;
    this.#byFault.get(fault)!.forEach((occurrence, at) => {
      this.#at(inMs + at * everyMs, () => this.#start(occurrence));
    });
  }

  #at(delayMs: number, action: () => void): void {
    if (delayMs <= 0) {
      action();
      return;
    }
    const timer = this.#clock.setTimer(delayMs, () => {
      this.#timers.delete(timer);
      action();
    });
    this.#timers.add(timer);
  }

  #start(occurrence: Occurrence): void {
    const { fault } = occurrence;
    this.#finish(fault);
    this.#actor.begin(occurrence);
    if (this.#stopped) return;
    if (isInstant(fault.effect)) this.#actor.end(occurrence);
    else {
      const end =
        fault.forMs === null ? undefined : this.#clock.setTimer(fault.forMs, () => this.#finish(fault));
      this.#active.set(fault, { occurrence, end });
    }
  }

  #finish(fault: PlannedFault): void {
    const active = this.#active.get(fault);
    if (active === undefined) return;
    this.#active.delete(fault);
    active.end?.cancel();
    this.#actor.end(active.occurrence);
  }
}
