/** Carries out the faults of the plan on the engine's peers and tracker, and knows what they did. */
import type { Clock } from '../../../core/interfaces.ts';
import { isMet, type LiveSwarm } from '../../faults/condition.ts';
import { describeHits } from '../../faults/describe.ts';
import { HitBoard } from '../../faults/hits.ts';
import {
  isPeerEffect,
  occurrencesOf,
  targetsOf,
  TRACKER,
  type Occurrence,
  type PeerEffect,
} from '../../faults/occurrence.ts';
import { isHopeless } from '../../faults/can-complete.ts';
import type { ActiveFault } from '../../faults/peer-faults.ts';
import { FaultSchedule } from '../../faults/schedule.ts';
import type { Condition, Plan } from '../../plan/plan.ts';
import type { FaultRecord } from '../engine.ts';
import type { RunController, Consequences } from './run-controller.ts';
import { stillThere, type PeerState } from './peer-state.ts';

/** What a fault needs of the engine. */
export interface FaultRuntime {
  /** The host at which others see a peer; undefined: the tracker's. */
  hostOf(peer: PeerState | undefined): string;
  beginFault(peer: PeerState, fault: ActiveFault): void;
  endFault(peer: PeerState, id: number): void;
  stopTracker(id: number): void;
  startTrackerAgain(forgets: boolean): void;
  resetTracker(id: number, probability: number): void;
}

export interface FaultInjectorComponents {
  readonly clock: Clock;
  readonly runtime: FaultRuntime;
  readonly controller: RunController;
  readonly live: () => LiveSwarm;
}

interface Course {
  beganMs: number;
  endedMs: number | null;
}

export class FaultInjector implements Consequences {
  readonly hits: HitBoard;
  readonly #plan: Plan;
  readonly #byName: ReadonlyMap<string, PeerState>;
  readonly #occurrences: readonly Occurrence[];
  readonly #courses = new Map<Occurrence, Course>();
  readonly #diskFaults = new Set<string>();
  /** Names of those to whom something can happen inside of them or to their link. */
  readonly #concerned: ReadonlySet<string>;
  /** Begun and not ended. */
  readonly #active = new Map<number, Occurrence>();
  #components: FaultInjectorComponents | undefined;
  #schedule: FaultSchedule | undefined;

  constructor(plan: Plan, peers: readonly PeerState[]) {
    this.#plan = plan;
    this.#byName = new Map(peers.map((peer) => [peer.name, peer]));
    const effects = plan.faults.map(({ effect }) => effect);
    this.#concerned = new Set(effects.filter(isPeerEffect).flatMap(targetsOf));
    this.#occurrences = occurrencesOf(plan);
    this.hits = new HitBoard(this.#occurrences.length);
  }

  /** The distribution starts at `startMs` of the clock. */
  begin(components: FaultInjectorComponents, startMs: number): void {
    this.#components = components;
    const { clock } = components;
    this.#schedule = new FaultSchedule(
      {
        clock,
        actor: {
          begin: (occurrence) => this.#begin(occurrence),
          end: (occurrence) => this.#end(occurrence),
          isMet: (condition) => isMet(condition, components.live()),
        },
      },
      this.#occurrences,
    );
    this.#schedule.begin(startMs);
  }

  /** Looks at the conditions; returns the one by which the run is to be given up. */
  poll(): Condition | undefined {
    this.#schedule?.poll();
    const { abortOn } = this.#plan;
    if (abortOn.length === 0 || this.#components === undefined) return undefined;
    const live = this.#components.live();
    return abortOn.find((condition) => isMet(condition, live));
  }

  stop(): void {
    this.#schedule?.stop();
  }

  /** For a peer that is about to be made; undefined: no fault of the plan is about it. */
  activeOf({ name }: PeerState): readonly ActiveFault[] | undefined {
    if (!this.#concerned.has(name)) return undefined;
    return [...this.#active.values()].flatMap(({ id, fault: { effect } }) =>
      isPeerEffect(effect) && targetsOf(effect).includes(name) ? [this.#activeFault(id, effect)] : [],
    );
  }

  /** Whether the tracker has to be ready for faults. */
  get concernsTracker(): boolean {
    return trackerHasFaults(this.#plan);
  }

  isDiskFault({ name }: PeerState): boolean {
    return this.#diskFaults.has(name);
  }

  isHopeless(waitedFor: readonly PeerState[], all: readonly PeerState[]): boolean {
    const lasting = [...this.#active.values()]
      .map(({ fault }) => fault)
      .filter(({ forMs }) => forMs === null);
    return isHopeless(
      waitedFor,
      stillThere(all),
      lasting.map(({ effect }) => effect),
    );
  }

  /** Once every thread has counted what it has to. */
  records(): readonly FaultRecord[] {
    return this.#occurrences.map((occurrence) => {
      const { fault, number, id } = occurrence;
      const course = this.#courses.get(occurrence);
      const { hits, effect } = describeHits(fault.effect, this.hits.counts(id));
      const afterMs = (fault.again?.everyMs ?? 0) * (number - 1);
      return {
        name: fault.name,
        kind: fault.effect.kind,
        occurrence: number,
        targets: targetsOf(fault.effect),
        plannedMs: fault.when.kind === 'time' ? fault.when.atMs + afterMs : null,
        beganMs: course?.beganMs ?? null,
        endedMs: course?.endedMs ?? null,
        hits,
        effect: course === undefined ? 'did not happen: the run was over before' : effect,
      };
    });
  }

  #begin(occurrence: Occurrence): void {
    const { controller } = this.#components!;
    const { fault, number, id } = occurrence;
    this.#courses.set(occurrence, { beganMs: Math.max(0, controller.now()), endedMs: null });
    this.#active.set(id, occurrence);
    controller.tell({
      type: 'fault-began',
      fault: fault.name,
      kind: fault.effect.kind,
      occurrence: number,
      targets: targetsOf(fault.effect),
    });
    this.#carryOut(occurrence);
  }

  #carryOut({ id, fault }: Occurrence): void {
    const { runtime, controller } = this.#components!;
    const { effect, name } = fault;
    if (effect.kind === 'tracker-down') runtime.stopTracker(id);
    else if (effect.kind === 'crash') {
      const { returnAfterMs, keepChunks } = effect;
      const killed = this.#among(effect.peers).filter((peer) =>
        controller.crash(peer, { fault: name, returnAfterMs, keepChunks }),
      );
      this.hits.counter(id)('peersKilled', killed.length);
    } else {
      const active = this.#activeFault(id, effect);
      for (const peer of this.#among(targetsOf(effect))) {
        if (effect.kind === 'disk-full') this.#diskFaults.add(peer.name);
        runtime.beginFault(peer, active);
      }
      if (effect.kind === 'reset' && effect.peers.includes(TRACKER)) {
        runtime.resetTracker(id, effect.probability);
      }
    }
  }

  #end(occurrence: Occurrence): void {
    const { runtime, controller } = this.#components!;
    const { fault, number, id } = occurrence;
    const { effect } = fault;
    this.#active.delete(id);
    this.#courses.get(occurrence)!.endedMs = Math.max(0, controller.now());
    if (effect.kind === 'tracker-down') runtime.startTrackerAgain(effect.forgets);
    else if (isPeerEffect(effect)) {
      for (const peer of this.#among(targetsOf(effect))) runtime.endFault(peer, id);
    }
    controller.tell({ type: 'fault-ended', fault: fault.name, occurrence: number });
  }

  #among(names: readonly string[]): PeerState[] {
    return names.flatMap((name) => this.#byName.get(name) ?? []);
  }

  #activeFault(id: number, effect: PeerEffect): ActiveFault {
    if (effect.kind !== 'partition') return { id, effect, sides: [] };
    const { runtime } = this.#components!;
    const hostsOf = (names: readonly string[]) =>
      names.map((name) => runtime.hostOf(name === TRACKER ? undefined : this.#byName.get(name)));
    return { id, effect, sides: effect.sides.map(hostsOf) };
  }
}

/** Whether a fault of the plan stops the tracker or cuts its connections. */
export function trackerHasFaults({ faults }: Pick<Plan, 'faults'>): boolean {
  return faults.some(({ effect }) => effect.kind !== 'partition' && targetsOf(effect).includes(TRACKER));
}
