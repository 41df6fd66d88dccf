/**
 * Pictures in folders and archives, a class for each sub-folder.
 *
 * @module
 */
import type { Either, TaskEither } from "../../../deps.ts";
import * as either from "../../../blas/either.ts";
import { absolutePath } from "../../../blas/absolute_path.ts";
import { describe } from "../../../blas/describe.ts";
import { checkOptions } from "../../../blas/options.ts";
import type { ArchiveEntry, ArchiveLimits } from "../archives/archive_entry.ts";
import { unpack } from "../archives/unpack.ts";
import { checkLimit } from "../check_limit.ts";
import { DataError, orThrow } from "../data_error.ts";
import { pathError, readFile } from "../read_file.ts";
import { filesBelow } from "./files_below.ts";

/** A picture that has not been read yet. */
export type ImageFile = {
  /** Its path from the folder or in the archive, such as `"cat/1.png"`. */
  readonly name: string;
  /** The index of its class in `classes`. */
  readonly label: number;
  /** Reads the bytes of the file; throws a {@link DataError} if they cannot be read. */
  readonly read: () => Promise<Uint8Array>;
};

/** Pictures and their classes. */
export type ImageFiles = {
  /** The names of the sub-folders, in the order of their code points. */
  readonly classes: readonly string[];
  /** The pictures, in the order of their names. */
  readonly files: readonly ImageFile[];
};

/**
 * Where pictures come from: the path or URL of a folder or an archive, the bytes of an archive, or files, as a page gets
 * them from its user.
 */
export type ImageSource = string | URL | Uint8Array | readonly ArchiveEntry[];

const ACTION = "list pictures", LAYOUT = "pictures must be in a sub-folder for each class, such as cat/1.png";

const isImage = (name: string): boolean => /\.(png|jpe?g)$/i.test(name) && !/(^|\/)(\.(?![./])|__MACOSX\/)/.test(name);

/**
 * Lists the pictures of a folder or an archive (ZIP, TAR, gzipped TAR): the names of the sub-folders are the classes.
 *
 * Files in a folder are read when they are asked for; those of an archive are unpacked at once, still as PNG and JPEG.
 * Other files are left out, as are hidden ones. Of several with one name in a TAR archive, the last one counts. If all of
 * an archive lies in one folder, that counts as the archive.
 *
 * @param source A path or URL, the bytes of an archive, or files `{ name, bytes }`. Paths need `--allow-read` in Deno.
 * @param limits `maxBytes`: the most that an archive may unpack to; by default 32 times its own size, but not less than
 * 64 MiB nor more than 1 GiB.
 * @returns A task, for `await imageFiles(source)()`, that gives the list: the same for the same files, in any order.
 * @throws {TypeError} If the source is none of these.
 * @throws {RangeError} If `maxBytes` is not a number of 0 or more.
 *
 * @example
 * ```ts
 * import { imageFiles } from "@nanograd/nanograd/data";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const bytes = new Uint8Array(); // of a file
 * const listed = await imageFiles([{ name: "dog/2.jpg", bytes }, { name: "cat/1.png", bytes }])();
 * assert(listed._tag === "Right");
 * assertEquals(listed.right.classes, ["cat", "dog"]);
 * assertEquals(listed.right.files.map(({ name, label }) => [name, label]), [["cat/1.png", 0], ["dog/2.jpg", 1]]);
 * ```
 */
export function imageFiles(source: ImageSource, limits: ArchiveLimits = {}): TaskEither<DataError, ImageFiles> {
  checkOptions(ACTION, limits, { maxBytes: true });
  checkLimit(ACTION, limits, "maxBytes", "2 ** 30 for 1 GiB");
  const isPath = typeof source === "string" || source instanceof URL;
  if (!isPath && !(source instanceof Uint8Array) && !Array.isArray(source)) {
    throw new TypeError(
      `Cannot ${ACTION} of ${
        describe(source)
      }: the source must be a path, a URL, the bytes of an archive, or an array of ` +
        "{ name, bytes }; pass one of them",
    );
  }
  if (Array.isArray(source)) source.forEach(checkEntry);
  return async () => {
    if (Array.isArray(source)) return listed(inMemory(source), "the files");
    if (source instanceof Uint8Array) return await fromArchive(source, "the archive", limits);
    return await fromPath(source as string | URL, limits); // no other kind is left
  };
}

/** Throws if something is not a file in memory. */
function checkEntry(entry: unknown, k: number): void {
  const { name, bytes } = (entry ?? {}) as Partial<ArchiveEntry>; // checked here
  if (typeof name === "string" && bytes instanceof Uint8Array) return;
  throw new TypeError(
    `Cannot ${ACTION} of ${describe(entry)} at ${k}: it must be a record of a name and bytes; pass { name, bytes }`,
  );
}

type Found = { readonly name: string; readonly read: () => Promise<Uint8Array> };

const inMemory = (entries: readonly ArchiveEntry[]): readonly Found[] =>
  entries.map(({ name, bytes }) => ({ name, read: () => Promise.resolve(bytes) }));

async function fromPath(given: string | URL, limits: ArchiveLimits): Promise<Either<DataError, ImageFiles>> {
  const path = absolutePath(given); // files are read later, when the process may be in another folder
  let names: readonly string[] | undefined;
  try {
    names = await filesBelow(path, isImage);
  } catch (cause) {
    return either.left(pathError(ACTION, given, cause));
  }
  if (names === undefined) {
    const bytes = await readFile(ACTION, path);
    return either.isLeft(bytes) ? bytes : await fromArchive(bytes.right, String(given), limits);
  }
  const folder = path instanceof URL ? path.href.replace(/\/?$/, "/") : path.replace(/\/?$/, "/");
  const pathTo = (name: string): string | URL =>
    path instanceof URL ? new URL(name.split("/").map(encodeURIComponent).join("/"), folder) : folder + name;
  return listed(
    names.map((name) => ({ name, read: async () => orThrow(await readFile("read a picture", pathTo(name))) })),
    String(given),
  );
}

async function fromArchive(
  bytes: Uint8Array,
  given: string,
  limits: ArchiveLimits,
): Promise<Either<DataError, ImageFiles>> {
  const unpacked = await unpack(bytes, isImage, limits);
  if (either.isLeft(unpacked)) return unpacked;
  const found = inMemory(unpacked.right.map(({ name, bytes }) => ({ name: name.replace(/^(\.\/)+/, ""), bytes })));
  const [first = ""] = found.map(({ name }) => `${name.split("/")[0]}/`);
  const wrapped = found.every(({ name }) => name.startsWith(first) && name.split("/").length > 2);
  return listed(wrapped ? found.map(({ name, read }) => ({ name: name.slice(first.length), read })) : found, given);
}

function listed(found: readonly Found[], given: string): Either<DataError, ImageFiles> {
  const refuse = (problem: string) =>
    either.left(new DataError({ action: ACTION, given, problem, remedy: "sort them into folders" }));
  const images = found.filter(({ name }) => isImage(name));
  if (images.length === 0) return refuse(`it has no PNG or JPEG files; ${LAYOUT}`);
  const astray = images.find(({ name }) => !name.includes("/"));
  if (astray !== undefined) return refuse(`${describe(astray.name)} is not in a sub-folder; ${LAYOUT}`);
  const classOf = ({ name }: Found): string => name.slice(0, name.indexOf("/"));
  const classes = [...new Set(images.map(classOf))].sort(), place = new Map(classes.map((name, k) => [name, k]));
  const files = images.map((file) => ({ ...file, label: place.get(classOf(file))! }))
    .sort((a, b) => a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
  return either.right({ classes, files });
}
