/** The names of the formats of exports. */
export const exportFormats = ['csv', 'jsonl', 'parquet', 'openmetrics', 'junit', 'perfetto'] as const;

export type ExportFormat = (typeof exportFormats)[number];
