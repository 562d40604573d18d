/**
 * Round trips between regions of a public cloud.
 *
 * Source: the table "Inter-region latency" of IBM Cloud VPC, mean of 28 September to 27 October 2024, as the provider
 * publishes it (github.com/ibm-cloud-docs/vpc, _include-segments/network-latency.md). The page says "average latency
 * (ms)" and not in so many words that it means there and back. It must: Washington to London, 5,900 km, is given as
 * 75 ms, and light in fibre (2/3 of c) needs 30 ms one way. So the table is read as round trips.
 *
 * The published table has both directions, which differ by up to 4 ms; here is the mean of the two. Within a region
 * stands the mean between the zones of Dallas, the first that the page lists, for all.
 */

export interface RegionPreset {
  readonly source: string;
  /** Each pair once; a region with itself too. */
  readonly roundTripMs: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

const WITHIN_MS = 2.2;

const cloud: RegionPreset = {
  source: 'IBM Cloud VPC, inter-region latency, mean of 28 September to 27 October 2024',
  roundTripMs: {
    dallas: {
      dallas: WITHIN_MS,
      toronto: 34,
      washington: 31,
      frankfurt: 123,
      london: 113.5,
      madrid: 119,
      osaka: 150,
      sydney: 184.5,
      tokyo: 142,
      'sao-paulo': 144,
    },
    toronto: {
      toronto: WITHIN_MS,
      washington: 19,
      frankfurt: 92.5,
      london: 84,
      madrid: 107.5,
      osaka: 170,
      sydney: 214,
      tokyo: 163,
      'sao-paulo': 131,
    },
    washington: {
      washington: WITHIN_MS,
      frankfurt: 91,
      london: 76,
      madrid: 89.5,
      osaka: 175.5,
      sydney: 213.5,
      tokyo: 168,
      'sao-paulo': 119,
    },
    frankfurt: {
      frankfurt: WITHIN_MS,
      london: 13,
      madrid: 29,
      osaka: 233,
      sydney: 250,
      tokyo: 231,
      'sao-paulo': 197.5,
    },
    london: {
      london: WITHIN_MS,
      madrid: 27,
      osaka: 244.5,
      sydney: 261,
      tokyo: 242.5,
      'sao-paulo': 188,
    },
    madrid: { madrid: WITHIN_MS, osaka: 259, sydney: 275, tokyo: 256, 'sao-paulo': 206.5 },
    osaka: { osaka: WITHIN_MS, sydney: 122, tokyo: 9, 'sao-paulo': 291.5 },
    sydney: { sydney: WITHIN_MS, tokyo: 115, 'sao-paulo': 327.5 },
    tokyo: { tokyo: WITHIN_MS, 'sao-paulo': 285 },
    'sao-paulo': { 'sao-paulo': WITHIN_MS },
  },
};

/** By the name that `regions.preset` takes. */
export const regionPresets = { cloud } as const;
