/** `share`: 0 to 1. `count`: whole things. `number`: anything else without a unit, such as copies or requests/s. */
export type MetricUnit = 'ms' | 'bytes' | 'bytes/s' | 'share' | 'count' | 'number';
