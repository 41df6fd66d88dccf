/**
 * A WebAssembly module, built function by function.
 *
 * @example Adding one
 * ```ts
 * import { i32, ModuleBuilder } from "./mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const builder = new ModuleBuilder();
 * builder.function({ name: "increment", parameters: { x: "i32" }, result: "i32" }, (f, { x }) => f.return(i32.add(x, 1)));
 * const { exports } = new WebAssembly.Instance(new WebAssembly.Module(builder.toBytes()));
 * assertEquals((exports.increment as (x: number) => number)(41), 42);
 * ```
 *
 * @module
 */
import { ByteWriter } from "./byte_writer.ts";
import {
  type ByteList,
  type Bytes,
  name as nameBytes,
  unsigned,
  VALUE_TYPE_BYTES,
  type ValueType,
  vector,
} from "./encoding.ts";
import type { Callable, Local, ResultType } from "./expression.ts";
import { FunctionBuilder } from "./function_builder.ts";

/** Parameters by name, in order. */
export type FunctionParameters = { readonly [name: string]: ValueType };

/** The signature of a function. */
export type Signature<P extends FunctionParameters, R extends ResultType> = {
  /** The name to export it by. Without one it is not exported; see {@link ModuleBuilder.named}. */
  readonly name?: string | undefined;
  /** The types of its parameters by name, in order. */
  readonly parameters: P;
  /** The type of its result. Default `"none"`. */
  readonly result?: R;
};

/** The size of a memory in pages of 65,536 bytes. */
export type MemoryLimits = {
  /** The number of pages at the start. */
  readonly minimum: number;
  /** The number of pages that it may grow to. */
  readonly maximum?: number;
  /** Whether worker threads may share it; if so, it must have a maximum. Default false. */
  readonly shared?: boolean;
};

/** The source of an import: `imports[module][name]`. */
export type ImportName = { readonly module: string; readonly name: string };

const FUNCTION = 0x00, MEMORY = 0x02;

/** The ids of custom sections, which the runtime may ignore, and of the function names in the name section. */
const CUSTOM = 0, FUNCTION_NAMES = 1;

/** Collects the parts of a module and writes its bytes. */
export class ModuleBuilder {
  readonly #types: string[] = [];
  readonly #typeBytes: Bytes[] = [];
  readonly #imports: Bytes[] = [];
  readonly #exports: Bytes[] = [];
  readonly #exported = new Map<string, Callable>();
  readonly #functions: { readonly type: number; readonly body: readonly ByteList[] }[] = [];
  #memory: Bytes | undefined;
  #hasMemory = false;
  readonly #callables = new Set<Callable>();
  /** The name of each function in traps and profiles, imports first; `undefined` if it has none. */
  readonly #names: (string | undefined)[] = [];
  #scope: string | undefined;

  /** Imports a memory. */
  importMemory({ module, name }: ImportName, limits: MemoryLimits): void {
    this.#claimMemory();
    this.#imports.push([...nameBytes(module), ...nameBytes(name), MEMORY, ...limitBytes(limits)]);
  }

  /** Adds a memory to the module itself. */
  memory(limits: MemoryLimits & { readonly name?: string | undefined }): void {
    this.#claimMemory();
    this.#memory = limitBytes(limits);
    if (limits.name !== undefined) this.#exports.push([...nameBytes(limits.name), MEMORY, 0]);
  }

  /**
   * Imports a function.
   *
   * @throws {TypeError} If the module already has a function of its own, since imports are numbered first.
   */
  importFunction<R extends ResultType = "none">(
    { module, name }: ImportName,
    { parameters, result }: Signature<FunctionParameters, R>,
  ): Callable<R> {
    if (this.#functions.length > 0) {
      throw new TypeError(
        `Cannot import ${module}.${name} after a function is built: imports are numbered first; import it earlier`,
      );
    }
    const types = Object.values(parameters), type = this.#type(types, result ?? "none");
    this.#imports.push([...nameBytes(module), ...nameBytes(name), FUNCTION, ...unsigned(type)]);
    return this.#register(types, (result ?? "none") as R, name); // R is "none" where no result is named
  }

  /**
   * Names the functions that are built in `body`: traps and profiles show this name, followed by the exported name of
   * the function.
   *
   * @param name The name, such as `gemm %12`.
   */
  named<A>(name: string, body: () => A): A {
    const outer = this.#scope;
    this.#scope = name;
    try {
      return body();
    } finally {
      this.#scope = outer;
    }
  }

  /**
   * Builds a function.
   *
   * @param signature Its name, parameters and result.
   * @param body Emits the code; it receives the builder, and the parameters as locals.
   * @returns The function, to be passed to `call`.
   * @throws {TypeError} If the code is ill-typed.
   */
  function<P extends FunctionParameters, R extends ResultType = "none">(
    { name, parameters, result }: Signature<P, R>,
    body: (f: FunctionBuilder, parameters: { readonly [K in keyof P]: Local<P[K]> }) => void,
  ): Callable<R> {
    const types = Object.values(parameters), returned = (result ?? "none") as R; // R is "none" where no result is named
    const builder = new FunctionBuilder(types, returned, { hasMemory: this.#hasMemory, callables: this.#callables });
    const locals = Object.fromEntries(Object.keys(parameters).map((key, i) => [key, builder.parameter(i)]));
    body(builder, locals as { readonly [K in keyof P]: Local<P[K]> }); // a local for each parameter
    this.#functions.push({ type: this.#type(types, returned), body: builder.finish() });
    const label = name === undefined || this.#scope === undefined ? name ?? this.#scope : `${this.#scope} ${name}`;
    const callable = this.#register(types, returned, label);
    if (name !== undefined) {
      this.#exports.push([...nameBytes(name), FUNCTION, ...unsigned(callable.index)]);
      this.#exported.set(name, callable);
    }
    return callable;
  }

  /** Returns the exported function of a name; `undefined` if there is none. */
  exported(name: string): Callable | undefined {
    return this.#exported.get(name);
  }

  /** Writes the module, ready for `new WebAssembly.Module`. */
  toBytes(): Uint8Array<ArrayBuffer> {
    const code: ByteList[] = [unsigned(this.#functions.length)];
    for (let i = 0; i < this.#functions.length; i++) {
      const { body } = this.#functions[i]!;
      code.push(unsigned(lengthOf(body)), ...body);
    }
    const sections: (readonly [number, readonly ByteList[]])[] = [
      [1, [vector(this.#typeBytes)]],
      [2, [vector(this.#imports)]],
      [3, [vector(this.#functions.map(({ type }) => unsigned(type)))]],
      [5, [vector(this.#memory === undefined ? [] : [this.#memory])]],
      [7, [vector(this.#exports)]],
      [10, code],
    ];
    const writer = new ByteWriter();
    writer.bytes([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]);
    for (const [id, content] of sections) {
      if (content[0]![0] === 0) continue; // it is empty
      writer.byte(id);
      writer.bytes(unsigned(lengthOf(content)));
      for (let i = 0; i < content.length; i++) writer.bytes(content[i]!);
    }
    writeNames(writer, this.#names);
    return writer.written();
  }

  #register<R extends ResultType>(parameters: readonly ValueType[], result: R, name: string | undefined): Callable<R> {
    const callable: Callable<R> = { index: this.#callables.size, parameters, result };
    this.#callables.add(callable);
    this.#names.push(name);
    return callable;
  }

  #claimMemory(): void {
    if (this.#hasMemory) throw new TypeError("Cannot add a second memory: a module has one; remove this one");
    this.#hasMemory = true;
  }

  /** Returns the number of a function type; equal types share one. */
  #type(parameters: readonly ValueType[], result: ResultType): number {
    const key = `${parameters} -> ${result}`, known = this.#types.indexOf(key);
    if (known >= 0) return known;
    const list = (types: readonly ValueType[]): Bytes => vector(types.map((type) => [VALUE_TYPE_BYTES[type]]));
    this.#typeBytes.push([0x60, ...list(parameters), ...list(result === "none" ? [] : [result])]);
    return this.#types.push(key) - 1;
  }
}

const lengthOf = (parts: readonly ByteList[]): number => parts.reduce((sum, part) => sum + part.length, 0);

function limitBytes({ minimum, maximum, shared = false }: MemoryLimits): Bytes {
  if (maximum === undefined) {
    if (shared) {
      throw new TypeError("Cannot share a memory without a maximum: shared memory cannot move; pass a maximum");
    }
    return [0x00, ...unsigned(minimum)];
  }
  return [shared ? 0x03 : 0x01, ...unsigned(minimum), ...unsigned(maximum)];
}

/** Writes the custom section that names functions, if any has a name. Source: the specification, appendix 7.4. */
function writeNames(writer: ByteWriter, names: readonly (string | undefined)[]): void {
  const entries = new ByteWriter();
  let count = 0;
  for (let index = 0; index < names.length; index++) {
    const text = names[index];
    if (text === undefined) continue;
    entries.bytes(unsigned(index));
    entries.bytes(nameBytes(text));
    count++;
  }
  if (count === 0) return;
  const section = nameBytes("name"), counted = unsigned(count), bytes = counted.length + entries.length;
  const size = unsigned(bytes);
  writer.byte(CUSTOM);
  writer.bytes(unsigned(section.length + 1 + size.length + bytes));
  writer.bytes(section);
  writer.byte(FUNCTION_NAMES);
  writer.bytes(size);
  writer.bytes(counted);
  writer.bytes(entries.written());
}
