/** What is counted of each peer and of the tracker during a run, wherever the numbers lie. */
import type { ShapingTotals, TrafficTotals } from '../../network/totals.ts';

export const trafficFields = [
  'payloadSentBytes',
  'payloadReceivedBytes',
  'controlSentBytes',
  'controlReceivedBytes',
  'messagesSent',
  'messagesReceived',
  'connectionsOpened',
  'connectionsAccepted',
] as const satisfies readonly (keyof TrafficTotals)[];

export const shapingFields = [
  'bytesPacedUp',
  'bytesPacedDown',
  'bytesDelayed',
  'lateMsTotal',
  'lateMsMax',
  'releases',
  'stalls',
  'windowWaits',
  'otherWindowWaits',
  'upChanges',
  'downChanges',
  'latencyChanges',
] as const satisfies readonly (keyof ShapingTotals)[];

export const nodeFields = [...trafficFields, ...shapingFields, 'usefulBytes'] as const;

/** Of a peer or the tracker. */
export type NodeCounters = Record<(typeof nodeFields)[number], number>;

/** All 0, in ordinary memory. */
export function emptyCounters(): NodeCounters {
  return Object.fromEntries(nodeFields.map((field) => [field, 0])) as NodeCounters;
}

/** A copy of some of them, in ordinary memory. */
export function copyFields<Field extends keyof NodeCounters>(
  from: NodeCounters,
  fields: readonly Field[],
): Pick<NodeCounters, Field> {
  return Object.fromEntries(fields.map((field) => [field, from[field]])) as Pick<NodeCounters, Field>;
}
