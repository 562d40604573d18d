import { shuffled } from '../../../random.ts';
import type { Random } from '../../../interfaces.ts';
import type {
  ChokeCandidate,
  ChokeChoice,
  ChokeSituation,
  UploadPolicy,
} from '../upload-policies/upload-policy.ts';

/**
 * Whom to serve until the next round: all who want to be served, and where slots are scarce those whom the policy
 * chooses. Those who rest get only slots that nobody else wants: who cannot be reached gets least of all, and would
 * otherwise keep its slot for ever.
 */
export function chooseUnchoked(
  policy: UploadPolicy,
  candidates: readonly ChokeCandidate[],
  situation: ChokeSituation,
  random: Random,
): ChokeChoice {
  const interested = shuffled(
    candidates.filter((candidate) => candidate.interested),
    random,
  );
  const awake = interested.filter(({ resting }) => !resting);
  if (awake.length <= situation.slots) {
    const resting = interested.filter((candidate) => candidate.resting);
    const served = [...awake, ...resting].slice(0, situation.slots);
    return { unchoked: new Set(served.map(({ id }) => id)), optimistic: undefined };
  }
  return policy(awake, situation, random);
}
