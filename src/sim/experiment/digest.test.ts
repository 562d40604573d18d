import { expect, it } from 'vitest';
import { measuredSmallSwarm } from '../measure/fixture.ts';
import { digestRun, GROUPS_MAX } from './digest.ts';

const { result } = measuredSmallSwarm();

it('keeps the figures of the swarm, then those of its groups, as the result has them', () => {
  const { otherFigures, groupsLeftOut } = digestRun(result, 'run');
  expect(groupsLeftOut).toBeUndefined();
  const names = Object.keys(otherFigures!);
  const firstOfGroup = names.findIndex((name) => name.startsWith('leecher.'));
  expect(names.indexOf('bound')).toBeLessThan(firstOfGroup);
  expect(otherFigures!['leecher.completed']).toBe(1);
  expect(otherFigures!['leecher.completion.max']).toBe(
    Math.max(...result.peers.filter(({ group }) => group === 'leecher').map((peer) => peer.completionMs!)),
  );
});

it('keeps those of the first groups of very many, and how many it leaves out', () => {
  const [group] = result.groups;
  const groups = Array.from({ length: 20 }, (_, at) => ({ ...group!, name: `g${at}` }));
  const { otherFigures, groupsLeftOut } = digestRun({ ...result, groups }, 'run');
  expect(groupsLeftOut).toBe(20 - GROUPS_MAX);
  const kept = new Set(Object.keys(otherFigures!).flatMap((name) => /^(g\d+)\./.exec(name)?.[1] ?? []));
  expect([...kept]).toEqual(['g0', 'g1', 'g2', 'g3', 'g4', 'g5']);
});
