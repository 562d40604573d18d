/** What lies between the regions of a plan: for each ordered pair one rate that everything on that way shares. */
import { LinkRate } from '../../../network/link-rate.ts';
import type { PlannedLink, PlannedRegions } from '../../../plan/plan.ts';
import { PacedLink } from './fluid-pacer.ts';

export class RegionLinks {
  readonly #regions: PlannedRegions | null;
  readonly #linkOf: (host: string) => PlannedLink | undefined;
  readonly #links = new Map<string, PacedLink>();

  constructor(regions: PlannedRegions | null, linkOf: (host: string) => PlannedLink | undefined) {
    this.#regions = regions;
    this.#linkOf = linkOf;
  }

  /** From one host to another; undefined where nothing limits them together. */
  between(from: string, to: string): PacedLink | undefined {
    const { names, capacityBytesPerSec } = this.#regions ?? {};
    if (names === undefined || capacityBytesPerSec === undefined) return undefined;
    const row = names.indexOf(this.#linkOf(from)?.region ?? '');
    const column = names.indexOf(this.#linkOf(to)?.region ?? '');
    const bytesPerSec = capacityBytesPerSec[row]?.[column] ?? null;
    if (bytesPerSec === null) return undefined;
    const key = `${row} ${column}`;
    const link = this.#links.get(key) ?? new PacedLink(new LinkRate(bytesPerSec));
    this.#links.set(key, link);
    return link;
  }
}
