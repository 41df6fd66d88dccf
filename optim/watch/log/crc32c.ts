/**
 * The checksum of event files.
 *
 * @module
 */

/** The polynomial of Castagnoli, its bits reversed. */
const POLYNOMIAL = 0x82f63b78;

/** The checksum of a single byte, for each byte. */
const tableOf = (): Uint32Array =>
  Uint32Array.from({ length: 256 }, (_, byte) => {
    let sum = byte;
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ POLYNOMIAL : sum >>> 1;
    return sum;
  });

let table: Uint32Array | undefined;

/** Computes the CRC-32C of bytes, the checksum that SSE 4.2 and iSCSI have, from 0 to 2^32 - 1. */
export function crc32c(bytes: Uint8Array): number {
  const of = table ??= tableOf();
  let sum = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) sum = of[(sum ^ bytes[i]!) & 0xff]! ^ (sum >>> 8);
  return (sum ^ 0xffffffff) >>> 0;
}

/** The constant by which the format masks checksums, so that a checksum of data with checksums inside stays random. */
const MASK = 0xa282ead8;

/** Computes the checksum as event files have it: rotated right by 15 bits, plus a constant. */
export function maskedCrc32c(bytes: Uint8Array): number {
  const sum = crc32c(bytes);
  return (((sum >>> 15) | (sum << 17)) + MASK) >>> 0;
}
