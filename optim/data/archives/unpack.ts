/**
 * Archives of any supported format.
 *
 * @module
 */
import type { Either } from "../../../deps.ts";
import * as either from "../../../blas/either.ts";
import { DataError, inBytes } from "../data_error.ts";
import type { ArchiveEntry, ArchiveLimits } from "./archive_entry.ts";
import { untar } from "./tar.ts";
import { unzip } from "./zip.ts";

const isZip = ([p, k, a, b]: Uint8Array): boolean =>
  p === 0x50 && k === 0x4b && ((a === 3 && b === 4) || (a === 5 && b === 6));

/** Whether the word `ustar` stands where TAR headers have it. */
const isTar = (bytes: Uint8Array): boolean => String.fromCharCode(...bytes.subarray(257, 262)) === "ustar";

/** Unpacks a ZIP or TAR archive, which may be gzipped; its first bytes tell which it is. */
export async function unpack(
  bytes: Uint8Array,
  wanted: (name: string) => boolean,
  limits: ArchiveLimits = {},
): Promise<Either<DataError, readonly ArchiveEntry[]>> {
  if (isZip(bytes)) return unzip(bytes, wanted, limits);
  if (isTar(bytes) || (bytes[0] === 0x1f && bytes[1] === 0x8b)) return await untar(bytes, wanted, limits);
  return either.left(
    new DataError({
      action: "unpack an archive",
      given: inBytes(bytes.length),
      problem: "it must be a ZIP or TAR archive, or a gzipped TAR archive",
      remedy: "pass one, or a folder",
    }),
  );
}
