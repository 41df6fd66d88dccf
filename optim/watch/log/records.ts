/**
 * Event files: records with checksums.
 *
 * @module
 */
import { maskedCrc32c } from "./crc32c.ts";

/**
 * Frames data as a record: its length in 8 bytes, their checksum, the data, its checksum. All numbers are little-endian.
 */
export function recordOf(data: Uint8Array): Uint8Array {
  const record = new Uint8Array(data.length + 16), numbers = new DataView(record.buffer);
  numbers.setBigUint64(0, BigInt(data.length), true);
  numbers.setUint32(8, maskedCrc32c(record.subarray(0, 8)), true);
  record.set(data, 12);
  numbers.setUint32(12 + data.length, maskedCrc32c(data), true);
  return record;
}
