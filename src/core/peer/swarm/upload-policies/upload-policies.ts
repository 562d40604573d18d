import { leastServed } from './least-served.ts';
import { titForTat } from './tit-for-tat.ts';
import type { UploadPolicy } from './upload-policy.ts';

/** Every upload policy, under the name by which scenarios and plans choose it. */
export const uploadPolicies = {
  'tit-for-tat': titForTat,
  'least-served': leastServed,
} as const satisfies Readonly<Record<string, UploadPolicy>>;

export type UploadPolicyName = keyof typeof uploadPolicies;

export const uploadPolicyNames = Object.keys(uploadPolicies) as [UploadPolicyName, ...UploadPolicyName[]];
