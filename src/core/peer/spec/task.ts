import type { Address } from '../../interfaces.ts';
import type { Fetch } from './fetch.ts';

/** Who holds a chunk, as the tracker says. */
export interface Holder {
  readonly address: Address;
  readonly key: string;
}

/** A chunk to be fetched. */
export interface Task {
  readonly index: number;
  readonly hash: string | undefined;
  readonly holders: readonly Holder[];
  readonly offeredMs: number;
}

/** A chunk on its way; `holder` is the key of an address. */
export interface Running {
  readonly index: number;
  readonly fetch: Fetch;
  readonly holder: string;
  readonly begunMs: number;
}
