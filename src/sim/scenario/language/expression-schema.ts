/** Keys whose value is a text of a language of its own: sets of peers, conditions, thresholds. */
import { z } from 'zod';
import { readCondition, type ScenarioCondition } from '../expressions/conditions.ts';
import { readPeerSet, type PeerSet, type TextMistake } from '../expressions/peer-sets.ts';
import { thresholdMistake } from '../expressions/thresholds.ts';

function told(
  { at, message, suggestion }: TextMistake,
  input: unknown,
  context: { readonly issues: z.core.$ZodRawIssue[] },
): never {
  context.issues.push({ code: 'custom', input, message, params: { suggestion, offset: at } });
  return z.NEVER;
}

export const peerSet = z.string().transform((text, context): PeerSet => {
  const reading = readPeerSet(text);
  return reading.ok ? reading.set : told(reading, text, context);
});

export const condition = z.string().transform((text, context): ScenarioCondition => {
  const reading = readCondition(text);
  return reading.ok ? reading.condition : told(reading, text, context);
});

/** Read to the end when the peers are known, of which a threshold may speak. */
export const threshold = z.string().transform((text, context): string => {
  const mistake = thresholdMistake(text);
  return mistake === undefined ? text : told(mistake, text, context);
});
