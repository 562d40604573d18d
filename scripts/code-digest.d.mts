export function codeDigest(root: string, files: readonly string[]): string;
