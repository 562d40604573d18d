import type { Missing } from '../shared/charts.ts';
import type { SwarmStory } from './swarm-story.ts';

const noEvents: Missing = {
  missing: 'The events of the chunks were not kept (record.events), so this cannot be shown.',
};

/** Without it, what happened to each chunk cannot be told; null: it can. */
export function lacksEvents({ seenShare }: SwarmStory): Missing | null {
  return seenShare < 1 ? noEvents : null;
}

/** `once`, `12 times`. */
export function times(number: number): string {
  return number === 1 ? 'once' : count(number, 'time');
}

/** `1 peer`, `12 peers`, `12,000 peers`. */
export function count(number: number, what: string): string {
  return `${number.toLocaleString('en-US')} ${what}${number === 1 ? '' : 's'}`;
}
