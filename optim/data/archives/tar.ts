/**
 * TAR archives, as they are or gzipped.
 *
 * @module
 */
import type { Either } from "../../../deps.ts";
import * as either from "../../../blas/either.ts";
import { describe } from "../../../blas/describe.ts";
import { DataError, inBytes, problemOf } from "../data_error.ts";
import { unpackTar } from "../packages.ts";
import { type ArchiveEntry, type ArchiveLimits, MOST_BYTES, MOST_FILES, nameProblem } from "./archive_entry.ts";
import { gunzip } from "./gunzip.ts";

/**
 * Unpacks the files of a TAR archive; a gzipped one is inflated first, up to `maxBytes`.
 *
 * @param wanted Tells which files to unpack.
 * @returns The files in the order of the archive; folders and links are left out.
 */
export async function untar(
  bytes: Uint8Array,
  wanted: (name: string) => boolean,
  { maxBytes = MOST_BYTES }: ArchiveLimits = {},
): Promise<Either<DataError, readonly ArchiveEntry[]>> {
  const refuse = (problem: string, remedy: string, cause?: unknown): DataError =>
    new DataError({ action: "unpack a TAR archive", given: inBytes(bytes.length), problem, remedy }, { cause });
  let count = 0;
  try {
    const inflated = bytes[0] === 0x1f && bytes[1] === 0x8b ? await gunzip(bytes, maxBytes) : bytes;
    if (inflated === undefined) {
      throw refuse(`it must unpack to at most ${maxBytes} bytes`, "pass a larger maxBytes if you trust it");
    }
    const entries = await unpackTar(inflated, {
      strict: true,
      filter: ({ type, name, size }) => {
        if ((type !== undefined && type !== "file") || !wanted(name)) return false;
        const problem = nameProblem(name);
        if (problem !== undefined) throw refuse(`the file ${describe(name)}: ${problem}`, "do not trust this archive");
        if (size > inflated.length) throw refuse(`${describe(name)} claims ${size} bytes`, "fetch the archive again");
        if (++count > MOST_FILES) {
          throw refuse(`it must have at most ${MOST_FILES} files`, "pack it in several archives");
        }
        return true;
      },
    });
    return either.right(entries.map(({ header: { name, size }, data }) => {
      if (data?.length === size) return { name, bytes: data };
      throw refuse(`${describe(name)} is cut off`, "fetch the archive again");
    }));
  } catch (cause) {
    return either.left(cause instanceof DataError ? cause : refuse(problemOf(cause), "fetch the archive again", cause));
  }
}
