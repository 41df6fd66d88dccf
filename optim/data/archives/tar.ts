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
import {
  type ArchiveEntry,
  type ArchiveLimits,
  MOST_FILES,
  mostBytes,
  nameProblem,
  plainName,
} from "./archive_entry.ts";
import { gunzip } from "./gunzip.ts";

/**
 * Unpacks the files of a TAR archive; a gzipped one is inflated first, up to `maxBytes`.
 *
 * Of files with the same name, the last one counts, as for `tar`, which adds a newer file to the end of an archive.
 *
 * @param wanted Tells which files to unpack.
 * @returns The files in the order of the archive; folders and links are left out.
 */
export async function untar(
  bytes: Uint8Array,
  wanted: (name: string) => boolean,
  { maxBytes = mostBytes(bytes.length) }: ArchiveLimits = {},
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
    const files = new Map<string, ArchiveEntry>();
    for (const { header: { name, size }, data } of entries) {
      if (data?.length !== size) throw refuse(`${describe(name)} is cut off`, "fetch the archive again");
      const own = plainName(name);
      files.delete(own); // so that the place is that of the last one, too
      files.set(own, { name, bytes: data });
    }
    return either.right([...files.values()]);
  } catch (cause) {
    return either.left(cause instanceof DataError ? cause : refuse(problemOf(cause), "fetch the archive again", cause));
  }
}
