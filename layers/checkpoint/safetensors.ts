/**
 * The safetensors format: 8 bytes of header length (little-endian), a JSON header of names, element types, shapes and
 * offsets, then the elements, one tensor after another without a gap.
 *
 * Decoding is total: whatever the bytes, it returns a value, and allocates only the tensors that the bytes hold.
 * Encoder and decoder follow the same names and limits: what one writes, the other reads.
 *
 * @see https://github.com/huggingface/safetensors#format
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import { type Either, pipe } from "../../deps.ts";
import * as either from "../../blas/either.ts";
import { BYTES_PER_ELEMENT, DTYPES } from "../../blas/dtype.ts";
import { checkShape, type Shape, sizeOf } from "../../blas/shape.ts";
import { view } from "../../blas/view.ts";
import { tensorData } from "../../autograd/values/read.ts";
import { constantOf, isTensor, type Tensor } from "../../autograd/tensor.ts";
import type { RecordOf } from "../../autograd/tree/admitted.ts";
import { tryShape } from "../make_layer.ts";
import { ELEMENT_TYPES, type ElementType, WRITTEN_AS } from "./element_types.ts";
import { CheckpointError } from "./errors.ts";
import { fieldOf, isRecord, jsonProblem, type JsonRecord, parseJson } from "./json.ts";

/** The contents of a safetensors file. Both records have no prototype, so they have no inherited fields. */
export type Safetensors = {
  /** The tensors by name, as constants. */
  readonly tensors: Readonly<Record<string, Tensor>>;
  /** Additional texts from the writer. */
  readonly metadata: Readonly<Record<string, string>>;
};

/** The longest header that the format allows, in bytes. */
const LONGEST_HEADER = 100_000_000;

/**
 * The maximum number of values in a header. A tensor of two axes is eight of them, which allows some 100,000 tensors.
 */
const MOST_VALUES = 1_000_000;

/** The name of the header's metadata, which are not tensors. */
const METADATA = "__metadata__";

/**
 * Returns what is wrong with the name of a tensor or of metadata. Half a surrogate pair can be written as JSON, but
 * makes other readers of the format refuse the whole file; some names can make careless programs change their own
 * prototypes.
 */
function nameProblem(name: string): string | undefined {
  if (!name.isWellFormed()) return "it must be well-formed Unicode";
  return name === METADATA || name.split(".").includes("__proto__") ? "it has a meaning of its own" : undefined;
}

/**
 * Writes tensors as safetensors, float32 as `F32` and float64 as `F64`. The elements begin at a multiple of 8 bytes,
 * those of float64 first, so that every tensor is aligned.
 *
 * @param tensors The tensors by name.
 * @param metadata Additional texts by name.
 * @throws {CheckpointError} If a name is `__metadata__` or has the part `__proto__`, a text is not well-formed Unicode,
 * or the header becomes too long.
 * @throws {TypeError} If a value is not a tensor.
 *
 * @example
 * ```ts
 * import { decodeSafetensors, encodeSafetensors, tensor32, toList } from "@nanograd/nanograd";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const file = decodeSafetensors(encodeSafetensors({ weight: tensor32([1, 2]) }, { epoch: "3" }));
 * assert(file._tag === "Right");
 * assertEquals(toList(file.right.tensors.weight!), [1, 2]);
 * assertEquals(file.right.metadata.epoch, "3");
 * ```
 */
export function encodeSafetensors<T extends RecordOf<T, Tensor>>(
  tensors: T,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  checkRecord("tensors", tensors, "{ weight: tensor32([1, 2]) }");
  checkRecord("metadata", metadata, '{ epoch: "3" }');
  const named = Object.entries(tensors as Readonly<Record<string, Tensor>>); // the bound says so, for interfaces too
  [...named.map(([name]) => name), ...Object.keys(metadata)].forEach(checkName);
  Object.values(metadata).forEach(checkText);
  named.forEach(([name, t]) => checkTensor(name, t));
  // Wider elements come first, so that all begin at a multiple of their size.
  const ordered = named.toSorted(([, a], [, b]) => BYTES_PER_ELEMENT[b.dtype] - BYTES_PER_ELEMENT[a.dtype]);
  const header: Record<string, unknown> = Object.keys(metadata).length === 0 ? {} : { [METADATA]: metadata };
  let end = 0;
  for (const [name, t] of ordered) {
    const begin = end;
    end += sizeOf(t.shape) * BYTES_PER_ELEMENT[t.dtype];
    header[name] = { dtype: WRITTEN_AS[t.dtype], shape: t.shape, data_offsets: [begin, end] };
  }
  const json = JSON.stringify(header), problem = jsonProblem(json, MOST_VALUES);
  if (problem !== undefined) throw encodeError(`${named.length} tensors`, `the header is too large: ${problem}`);
  const text = new TextEncoder().encode(json), length = Math.ceil(text.length / 8) * 8;
  if (length > LONGEST_HEADER) throw encodeError(`a header of ${length} bytes`, "100,000,000 is the most");
  const bytes = new Uint8Array(8 + length + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(text, 8);
  bytes.fill(0x20, 8 + text.length, 8 + length); // spaces, as the format requires
  let at = 8 + length;
  for (const [, t] of ordered) {
    const data = tensorData(t) as Float32Array | Float64Array; // only its type is read-only; only read here
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

const encodeError = (given: string, problem: string, remedy = "save less in one file"): CheckpointError =>
  new CheckpointError({ action: "encode safetensors", given, problem, remedy });

function checkName(name: string): void {
  const problem = nameProblem(name);
  if (problem !== undefined) throw encodeError(`the name ${quoted(name)}`, problem, "choose another");
}

function checkText(text: string): void {
  if (typeof text === "string" && text.isWellFormed()) return;
  const given = typeof text === "string" ? quoted(text) : describe(text);
  throw encodeError(`the text ${given}`, "it must be well-formed Unicode", "call its toWellFormed()");
}

/** Quotes a name or a text, shortened to one line. */
const quoted = (text: string): string => JSON.stringify(text.slice(0, 80));

function checkRecord(what: string, value: object, example: string): void {
  if (isRecord(value)) return;
  throw new TypeError(
    `Cannot encode safetensors: ${what} is ${describe(value)}: it must be a record by name; pass ${example}`,
  );
}

function checkTensor(name: string, t: Tensor): void {
  if (isTensor(t)) return;
  throw new TypeError(
    `Cannot encode safetensors: ${describe(t)} at ${quoted(name)}: it must be a tensor; pass one`,
  );
}

/**
 * Reads any safetensors file. `F16` and `BF16` are widened to float32, integers and truth values to the dtype that
 * holds them all exactly (of 64-bit integers, those up to 2^53).
 *
 * @param bytes The whole file.
 * @returns The tensors, as constants, and the metadata; or an error if the bytes are not such a file.
 *
 * @example Half precision becomes float32
 * ```ts
 * import { decodeSafetensors, toList } from "@nanograd/nanograd";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const header = '{"h":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}}', halves = Uint8Array.of(0, 0x3c, 0, 0xc0);
 * const bytes = Uint8Array.of(header.length, 0, 0, 0, 0, 0, 0, 0, ...new TextEncoder().encode(header), ...halves);
 * const file = decodeSafetensors(bytes);
 * assert(file._tag === "Right");
 * assertEquals(toList(file.right.tensors.h!), [1, -2]);
 * ```
 */
export function decodeSafetensors(bytes: Uint8Array): Either<CheckpointError, Safetensors> {
  if (!(bytes instanceof Uint8Array)) return bad(typeof bytes, "it must be a Uint8Array", "read the file as bytes");
  // slice of Node's Buffer copies nothing. A buffer that has been transferred away has no bytes, and no views either.
  return decodeBytes(bytes.length === 0 ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
}

function decodeBytes(bytes: Uint8Array): Either<CheckpointError, Safetensors> {
  if (bytes.length < 8) return bad(`${bytes.length} bytes`, "the length of the header takes 8 bytes", "fetch it again");
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length > Math.min(LONGEST_HEADER, bytes.length - 8)) {
    return bad(`a header of ${length} bytes in ${bytes.length}`, "it is longer than the rest", "fetch it again");
  }
  return pipe(
    headerOf(bytes.subarray(8, 8 + length)),
    either.chain((header) => decodeTensors(header, bytes.subarray(8 + length))),
  );
}

function bad(given: string, problem: string, remedy: string): Either<CheckpointError, never> {
  return either.left(new CheckpointError({ action: "decode safetensors", given, problem, remedy }));
}

function headerOf(bytes: Uint8Array): Either<CheckpointError, JsonRecord> {
  const refuse = (problem: string) =>
    bad(`a header of ${bytes.length} bytes`, problem, "fetch or write the file again");
  if (bytes[0] !== 0x7b) return refuse("it must begin with {");
  try {
    const parsed = parseJson(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes), MOST_VALUES);
    if (either.isLeft(parsed)) return refuse(parsed.left);
    return isRecord(parsed.right) ? either.right(parsed.right) : refuse("it must be a record");
  } catch {
    return refuse("it must be UTF-8");
  }
}

/** A tensor's description and its position in the file. */
type Entry = {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: Shape;
  readonly begin: number;
  readonly end: number;
};

function decodeTensors(header: JsonRecord, data: Uint8Array): Either<CheckpointError, Safetensors> {
  const metadata = metadataOf(fieldOf(header, METADATA) ?? {});
  if (either.isLeft(metadata)) return metadata;
  const entries: Entry[] = [];
  for (const [name, value] of Object.entries(header)) {
    if (name === METADATA) continue;
    const entry = entryOf(name, value);
    if (either.isLeft(entry)) return entry;
    entries.push(entry.right);
  }
  // Tensors follow one another without gaps, so none overlaps another or extends beyond the data.
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let end = 0;
  for (const entry of entries) {
    if (entry.begin !== end) {
      const given = `${quoted(entry.name)} at bytes ${entry.begin} to ${entry.end}`;
      return bad(given, `it must begin where the one before ends, at ${end}`, "write the file again");
    }
    end = entry.end;
  }
  if (end !== data.length) {
    return bad(`${data.length} bytes of elements`, `the header describes ${end}`, "fetch or write the file again");
  }
  const tensors: Record<string, Tensor> = Object.create(null);
  for (const entry of entries) {
    const t = tensorOf(entry, data);
    if (either.isLeft(t)) return t;
    tensors[entry.name] = t.right;
  }
  return either.right({ tensors, metadata: metadata.right });
}

function metadataOf(value: unknown): Either<CheckpointError, Safetensors["metadata"]> {
  const refuse = (problem: string) => bad(METADATA, problem, "write the file again");
  if (!isRecord(value)) return refuse("it must be a record");
  const metadata: Record<string, string> = Object.create(null);
  for (const [name, text] of Object.entries(value)) {
    const problem = nameProblem(name);
    if (problem !== undefined) return refuse(`the name ${quoted(name)} is forbidden: ${problem}`);
    if (typeof text !== "string") return refuse(`${quoted(name)} must be a string`);
    if (!text.isWellFormed()) return refuse(`${quoted(name)} must be well-formed Unicode`);
    metadata[name] = text;
  }
  return either.right(metadata);
}

function entryOf(name: string, value: unknown): Either<CheckpointError, Entry> {
  const refuse = (problem: string) => bad(`the tensor ${quoted(name)}`, problem, "write the file again");
  const wrong = nameProblem(name);
  if (wrong !== undefined) return refuse(`its name is forbidden: ${wrong}`);
  if (!isRecord(value)) return refuse("its description must be a record");
  const dtype = fieldOf(value, "dtype"), shape = fieldOf(value, "shape"), offsets = fieldOf(value, "data_offsets");
  const type = typeof dtype === "string" ? ELEMENT_TYPES.get(dtype) : undefined;
  if (type === undefined) {
    return refuse(`its dtype ${shown(dtype)} must be one of ${[...ELEMENT_TYPES.keys()].join(", ")}`);
  }
  if (!isCounts(shape)) return refuse(`its shape ${shown(shape)} must be a list of whole numbers`);
  if (!isCounts(offsets) || offsets.length !== 2) {
    return refuse(`its offsets ${shown(offsets)} must be two whole numbers`);
  }
  // Two numbers, as checked above.
  const [begin, end] = offsets as readonly [number, number], size = sizeOf(shape) * type.size;
  if (end - begin !== size) return refuse(`it has ${end - begin} bytes, but its shape and dtype need ${size}`);
  const bounded = tryShape(() => checkShape("safetensors", shape));
  if (either.isLeft(bounded)) return refuse(`its shape is wrong: ${bounded.left.problem}`);
  return either.right({ name, type, shape: Object.freeze([...shape]), begin, end });
}

/** Describes what was found, shortened to one line. */
const shown = (value: unknown): string => {
  const text = Array.isArray(value) ? `a list of ${value.length}` : typeof value === "string" ? value : describe(value);
  return JSON.stringify(text.slice(0, 40));
};

const isCounts = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every((x) => Number.isSafeInteger(x) && x >= 0 && !Object.is(x, -0));

function tensorOf({ name, type, shape, begin, end }: Entry, data: Uint8Array): Either<CheckpointError, Tensor> {
  const elements = type.read(data.slice(begin, end).buffer); // slice copies to a new buffer
  if (type.dtype === "float64" && type.size === 8 && elements instanceof Float64Array && !allExact(type, elements)) {
    return bad(`the tensor ${quoted(name)}`, "it holds integers beyond 2^53", "save it as floating point");
  }
  const { Data } = DTYPES[type.dtype], values = elements instanceof Data ? elements : new Data(elements);
  return either.right(constantOf(view(values, shape)));
}

/** Tells whether 64-bit integers were converted exactly. */
const allExact = (type: ElementType, elements: Float64Array): boolean =>
  type === ELEMENT_TYPES.get("F64") || elements.every(Number.isSafeInteger);
