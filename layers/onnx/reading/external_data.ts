/**
 * Elements of tensors in files beside a model.
 *
 * @module
 */
import { decodeError, quoted } from "../errors.ts";
import { DataLocation, type TensorProto } from "../protobuf.ts";

/** The bytes of files beside the model, by the locations that the model names: a record, or a function. */
export type ExternalData =
  | Readonly<Record<string, Uint8Array>>
  | ((location: string) => Uint8Array | undefined);

/** Where the elements of a tensor lie, if that is another file. */
export function locationOf({ dataLocation, externalData }: TensorProto): string | undefined {
  if (dataLocation !== DataLocation.EXTERNAL) return undefined;
  return externalData.find(({ key }) => key === "location")?.value ?? "";
}

/** A part of a file beside the model. */
export type Part = {
  readonly bytes: Uint8Array;
  /** What tells it from others. */
  readonly place: string;
};

/** The parts of a file that tensors lie in, and the bytes that they take together. */
type Use = { readonly number: number; readonly parts: Set<string>; bytes: number };

/** How many times the bytes of a file its parts may take together: they may overlap, and each becomes a tensor. */
const MOST_OVERLAP = 4;

/**
 * Returns what finds the parts that tensors of one model lie in: nothing for a tensor in the model itself.
 *
 * It throws an {@link OnnxError} if a file is missing, is too short, or has parts that overlap so much that a small model would
 * fill the memory.
 */
export function partReader(
  external: ExternalData | undefined,
): (given: string, proto: TensorProto) => Part | undefined {
  const files = new Map<string, Uint8Array | undefined>(), uses = new Map<Uint8Array, Use>();
  const fileAt = (location: string): Uint8Array | undefined => {
    if (!files.has(location)) files.set(location, fileOf(external, location));
    return files.get(location);
  };
  return (given, proto) => {
    const location = locationOf(proto);
    if (location === undefined) return undefined;
    const file = fileAt(location);
    if (!(file instanceof Uint8Array)) {
      throw decodeError(
        given,
        `its elements are in the file ${quoted(location)}, which is missing`,
        "pass its bytes as externalData, or use readOnnx, which reads the files beside the model",
      );
    }
    // Several locations may be those of one file.
    const use = uses.get(file) ?? { number: uses.size, parts: new Set<string>(), bytes: 0 };
    uses.set(file, use);
    const { offset, length } = rangeOf(given, proto, location, file), place = `${use.number} ${offset} ${length}`;
    if (!use.parts.has(place)) use.bytes += length;
    use.parts.add(place);
    if (use.bytes > MOST_OVERLAP * file.length) {
      throw decodeError(
        given,
        `tensors overlap in the file ${quoted(location)}, and take ${use.bytes} of its ${file.length} bytes`,
      );
    }
    return { bytes: file.subarray(offset, offset + length), place };
  };
}

function fileOf(external: ExternalData | undefined, location: string): Uint8Array | undefined {
  if (typeof external === "function") return external(location);
  return external !== undefined && Object.hasOwn(external, location) ? external[location] : undefined;
}

function rangeOf(given: string, { externalData }: TensorProto, location: string, file: Uint8Array) {
  const field = (name: string, otherwise: number): number => {
    const text = externalData.find(({ key }) => key === name)?.value;
    return text === undefined ? otherwise : Number(text);
  };
  const offset = field("offset", 0), length = field("length", file.length - offset);
  const fits = [offset, length].every((count) => Number.isSafeInteger(count) && count >= 0);
  if (fits && offset + length <= file.length) return { offset, length };
  throw decodeError(
    given,
    `its elements are ${length} bytes from byte ${offset} of ${quoted(location)}, which has ${file.length}`,
  );
}
