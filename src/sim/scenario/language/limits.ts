/** Ranges that several keys of the language share. */
import type { Limits } from './key-meta.ts';

export const PEERS_MAX = 10_000;
export const CHUNKS_MAX = 1_000_000;
export const TABLE_ROWS_MAX = 10_000;
export const TIME: Limits = { min: '0s', max: '24h' };
/** A fault lasts, however short its time is. */
export const FAULT_LENGTH: Limits = { min: '1ms', max: '24h' };
export const LATENCY: Limits = { min: '0ms', max: '60s' };
export const RATE: Limits = { min: '1kbit/s', max: '100Gbit/s' };
export const SHARE: Limits = { min: '0%', max: '100%' };

/** Names become file names and columns, and `tracker`, `all` and `rest` have a meaning of their own. */
export const GROUP_NAME = /^(?!(tracker|all|rest)$)[A-Za-z][A-Za-z0-9_-]{0,39}$/;
