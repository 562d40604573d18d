/** Some programs put the length of a chunk before it, which the spec protocol does not do. */

export const PREFIX_BYTES = 4;

/** Whether these four bytes say how many bytes follow: in either byte order, or as decimal digits. */
export function saysLength(prefix: Uint8Array, followingBytes: number): boolean {
  if (prefix.length !== PREFIX_BYTES) return false;
  const view = new DataView(prefix.buffer, prefix.byteOffset, PREFIX_BYTES);
  const digits = String.fromCharCode(...prefix);
  return (
    view.getUint32(0, false) === followingBytes ||
    view.getUint32(0, true) === followingBytes ||
    (/^[ \d]{4}$/.test(digits) && Number(digits) === followingBytes)
  );
}
