/**
 * ZIP archives.
 *
 * @module
 */
import type { Either } from "../../../deps.ts";
import * as either from "../../../blas/either.ts";
import { describe } from "../../../blas/describe.ts";
import { DataError, inBytes, problemOf } from "../data_error.ts";
import { unzipSync } from "../packages.ts";
import {
  type ArchiveEntry,
  type ArchiveLimits,
  MOST_FILES,
  mostBytes,
  nameProblem,
  plainName,
} from "./archive_entry.ts";

/** The most bytes that one deflated byte can stand for. */
const MOST_INFLATION = 1032;

/**
 * Unpacks the files of a ZIP archive. What they claim to take is added up first: an archive that claims more than
 * `maxBytes`, or more than its bytes can hold, is refused before anything is unpacked.
 *
 * @param wanted Tells which files to unpack.
 * @returns The files in the order of the archive, folders left out. One that takes more than it claims is cut off there.
 */
export function unzip(
  bytes: Uint8Array,
  wanted: (name: string) => boolean,
  { maxBytes = mostBytes(bytes.length) }: ArchiveLimits = {},
): Either<DataError, readonly ArchiveEntry[]> {
  const sizes = new Map<string, number>(), names = new Set<string>();
  let total = 0;
  const refuse = (problem: string, remedy: string, cause?: unknown): DataError =>
    new DataError({ action: "unpack a ZIP archive", given: inBytes(bytes.length), problem, remedy }, { cause });
  const check = (name: string, packed: number, size: number): void => {
    const problem = nameProblem(name);
    if (problem !== undefined) throw refuse(`the file ${describe(name)}: ${problem}`, "do not trust this archive");
    total += size;
    if (size > MOST_INFLATION * packed + 64) {
      throw refuse(`${describe(name)} claims ${size} bytes in ${packed}`, "do not trust this archive");
    }
    if (total > maxBytes || sizes.size >= MOST_FILES) {
      const allowed = `at most ${maxBytes} bytes in ${MOST_FILES} files`;
      throw refuse(`it must unpack to ${allowed}`, "pass a larger maxBytes if you trust it");
    }
    if (names.has(plainName(name))) throw refuse(`the file ${describe(name)} occurs twice`, "pack it again");
    names.add(plainName(name));
    sizes.set(name, size);
  };
  try {
    // The first pass unpacks nothing: it adds up what the second one will take.
    unzipSync(bytes, {
      filter: ({ name, size, originalSize }) => {
        if (!name.endsWith("/") && wanted(name)) check(name, size, originalSize);
        return false;
      },
    });
    const files = unzipSync(bytes, { filter: ({ name }) => sizes.has(name) });
    return either.right(
      Object.entries(files).map(([name, own]) => {
        if (own.length === sizes.get(name)) return { name, bytes: own };
        throw refuse(
          `${describe(name)} has ${own.length} bytes, and claims ${sizes.get(name)}`,
          "fetch the archive again",
        );
      }),
    );
  } catch (cause) {
    return either.left(cause instanceof DataError ? cause : refuse(problemOf(cause), "fetch the archive again", cause));
  }
}
