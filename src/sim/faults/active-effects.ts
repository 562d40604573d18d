import type { CountHit } from './hits.ts';
import type { PeerEffect } from './occurrence.ts';

export type EffectOf<Kind extends PeerEffect['kind']> = Extract<PeerEffect, { readonly kind: Kind }>;

export interface Active<Kind extends PeerEffect['kind']> {
  readonly effect: EffectOf<Kind>;
  readonly count: CountHit;
}

/** The occurrences of one kind that hold for a peer at present; mostly one. */
export class ActiveEffects<Kind extends PeerEffect['kind']> {
  readonly #active = new Map<number, Active<Kind>>();

  add(id: number, active: Active<Kind>): void {
    this.#active.set(id, active);
  }

  delete(id: number): void {
    this.#active.delete(id);
  }

  /** In the order in which they began. */
  all(): readonly Active<Kind>[] {
    return [...this.#active.values()];
  }

  /** The one that hits are counted for. */
  get first(): Active<Kind> | undefined {
    const [first] = this.#active.values();
    return first;
  }
}
