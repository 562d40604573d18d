/** What must hold at every moment of a run in virtual time, whatever its plan says. */
import { LocalProtocolError } from '../../../../core/errors.ts';
import type { SwarmEvent, SwarmEventType } from '../../../../core/events.ts';
import { SECOND_MS } from '../../../../core/units.ts';

export interface Invariant {
  /** The types of the events that it has to see. */
  readonly sees?: readonly SwarmEventType[];
  /** Each event of these types, as it happens. @throws {InvariantError} */
  see?(event: SwarmEvent): void;
  /** Once a second of virtual time, or more often. @throws {InvariantError} */
  look?(nowMs: number): void;
  /** The run is over, and nothing has been taken down yet. @throws {InvariantError} */
  end?(nowMs: number): void;
}

export interface Breach {
  /** The invariant, as a sentence. */
  readonly invariant: string;
  /** Of virtual time. */
  readonly atMs: number;
  /** Whom it concerns, by name. */
  readonly peers: readonly string[];
  /** What was found instead, with its figures. */
  readonly found: string;
  /** What happened at that moment; undefined: nothing that has an event. */
  readonly event?: SwarmEvent | undefined;
}

/** A run did what no swarm may do: a defect of the laboratory, or of the peers and the tracker in it. */
export class InvariantError extends LocalProtocolError {
  readonly invariant: string;

  constructor({ invariant, atMs, peers, found, event }: Breach) {
    const where = `at ${(atMs / SECOND_MS).toFixed(3)} s, ${peers.join(' and ')}`;
    const what = event === undefined ? '' : `; event: ${JSON.stringify(event)}`;
    super(`invariant broken (${invariant}) ${where}: ${found}${what}`);
    this.invariant = invariant;
  }
}
