import type { Plan } from '../plan/plan.ts';

/**
 * With how many peers of the same mixture a plan that does not fit would fit: of each group as large a part. A swarm
 * needs two.
 *
 * @param check what stands in the way of a plan
 * @returns 0 when fewer peers do not help
 */
export function peersThatFit(plan: Plan, check: (plan: Plan) => readonly unknown[]): number {
  const all = plan.peers.length;
  const fits = (count: number): boolean => {
    const peers = Array.from({ length: count }, (_, at) => plan.peers[Math.floor((at * all) / count)]!);
    return check({ ...plan, peers }).length === 0;
  };
  let [most, tooMany] = [1, all];
  while (tooMany - most > 1) {
    const middle = Math.floor((most + tooMany) / 2);
    if (fits(middle)) most = middle;
    else tooMany = middle;
  }
  return most < 2 ? 0 : most;
}
