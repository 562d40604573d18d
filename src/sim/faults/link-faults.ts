import type { LinkControl, LinkTotals } from '../network/link-control.ts';
import type { CountHit } from './hits.ts';
import type { EffectOf } from './active-effects.ts';

export type LinkEffect = EffectOf<'partition' | 'slow-down' | 'latency-spike' | 'reset' | 'black-hole'>;

interface ActiveLinkFault {
  readonly effect: LinkEffect;
  /** Of a partition: the hosts of each side. */
  readonly sides: readonly (readonly string[])[];
  readonly count: CountHit;
  counted: LinkTotals;
}

/** What faults do to one peer's link. Several may hold at a time: factors multiply, delays add, any block blocks. */
export class LinkFaults {
  readonly #control: LinkControl;
  readonly #ownHost: string;
  readonly #active = new Map<number, ActiveLinkFault>();

  constructor(control: LinkControl, { ownHost }: { readonly ownHost: string }) {
    this.#control = control;
    this.#ownHost = ownHost;
  }

  begin(id: number, effect: LinkEffect, sides: readonly (readonly string[])[], count: CountHit): void {
    if (effect.kind === 'reset') {
      count('connectionsCut', this.#control.resetConnections(effect.probability));
      return;
    }
    this.#active.set(id, { effect, sides, count, counted: this.#control.totals() });
    this.#apply(effect.kind);
  }

  end(id: number): void {
    const fault = this.#active.get(id);
    if (fault === undefined) return;
    this.#active.delete(id);
    this.#apply(fault.effect.kind);
    this.#publish(fault);
  }

  /** Counts what has been hit since the last time. */
  publish(): void {
    for (const fault of this.#active.values()) this.#publish(fault);
  }

  #publish(fault: ActiveLinkFault): void {
    const totals = this.#control.totals();
    const since = (field: keyof LinkTotals): number => totals[field] - fault.counted[field];
    switch (fault.effect.kind) {
      case 'partition':
        fault.count('messagesHeld', since('messagesHeld'));
        fault.count('connectsHeld', since('connectsHeld'));
        break;
      case 'slow-down':
        fault.count('bytesSlowed', since('bytesSlowed'));
        break;
      case 'latency-spike':
        fault.count('messagesDelayed', since('messagesDelayed'));
        break;
      case 'black-hole':
        fault.count('messagesSwallowed', since('messagesSwallowed'));
        fault.count('bytesSwallowed', since('bytesSwallowed'));
        fault.count('connectsHeld', since('connectsHeld'));
        fault.count('connectionsCut', since('connectionsReset'));
        break;
      case 'reset':
        break;
    }
    fault.counted = totals;
  }

  #apply(kind: LinkEffect['kind']): void {
    const active = [...this.#active.values()];
    const effects = active.map(({ effect }) => effect);
    if (kind === 'slow-down') {
      this.#control.setRateFactor(
        effects.reduce((product, effect) => (effect.kind === kind ? product * effect.factor : product), 1),
      );
    } else if (kind === 'latency-spike') {
      this.#control.setExtraLatencyMs(
        effects.reduce((sum, effect) => (effect.kind === kind ? sum + effect.addMs : sum), 0),
      );
    } else if (kind === 'black-hole') {
      this.#control.setBlackHole(effects.some((effect) => effect.kind === kind));
    } else if (kind === 'partition') {
      this.#block(active);
    }
  }

  #block(active: readonly ActiveLinkFault[]): void {
    const blocked = { in: new Set<string>(), out: new Set<string>() };
    for (const { effect, sides } of active) {
      if (effect.kind !== 'partition') continue;
      const own = sides.findIndex((side) => side.includes(this.#ownHost));
      sides.forEach((side, at) => {
        if (at === own) return;
        for (const host of side) {
          if (!effect.oneWay || own === 0) blocked.out.add(host);
          if (!effect.oneWay || at === 0) blocked.in.add(host);
        }
      });
    }
    const isParted = blocked.in.size + blocked.out.size > 0;
    this.#control.block(isParted ? (host, direction) => blocked[direction].has(host) : null);
  }
}
