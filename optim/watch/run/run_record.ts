/**
 * Records of what a run depends on.
 *
 * @module
 */
import { describe } from "../../../blas/describe.ts";
import { currentEngine } from "../../../blas/engines.ts";
import { checkOptions } from "../../../blas/options.ts";
import { VERSION } from "../../../blas/version.ts";
import type { ConfigValue } from "../../../layers/config.ts";
import type { RecordOf, TreeOf } from "../../../autograd/tree/admitted.ts";
import { checkFields, checkSetting } from "../../check_setting.ts";
import { type DigestedLeaf, type DigestedTree, digestOf } from "./digest.ts";

/** What a run depends on: two runs with equal records give the same numbers, to the last bit. */
export type RunRecord = {
  /** The seed of all its random numbers. */
  readonly seed: number;
  /** Its settings. */
  readonly settings: Readonly<Record<string, ConfigValue>>;
  /** The digest of its data; `none` if no data were given. */
  readonly data: string;
  /** The name of the engine that computes. */
  readonly engine: string;
  /** The versions of this library, of the runtime and of its JavaScript engine. */
  readonly versions: Readonly<Record<string, string>>;
  /** The operating system and the processor. */
  readonly platform: string;
};

/** The options of {@link runRecord}, for data and settings of any type. */
export type RunRecordOptions<T = DigestedTree, S = Readonly<Record<string, ConfigValue | undefined>>> = {
  /** The seed of all random numbers. */
  readonly seed: number;
  /** The settings, such as learning rate and number of epochs; those that are `undefined` are left out. */
  readonly settings?: S | undefined;
  /** The data, which `digestOf` takes, or their digest as a string. */
  readonly data?: T | undefined;
};

/**
 * Collects what a run depends on: seed, settings and a digest of the data; and by itself the engine in use, the versions of
 * library and runtime, and the platform.
 *
 * @param options `seed`, `settings`, `data`.
 * @returns A record, which can be written as JSON.
 *
 * @example
 * ```ts
 * import { tensor32 } from "@nanograd/nanograd";
 * import { differences, runRecord } from "@nanograd/nanograd/watch";
 * import { assertEquals } from "@std/assert";
 *
 * const data = tensor32([[1, 2], [3, 4]]);
 * const record = await runRecord({ seed: 1, settings: { learningRate: 0.1 }, data });
 * const later = await runRecord({ seed: 1, settings: { learningRate: 0.2 }, data });
 * assertEquals(differences(record, later), ["settings.learningRate: 0.1 then, 0.2 now"]);
 * ```
 */
export async function runRecord<
  T extends TreeOf<T, DigestedLeaf> = DigestedTree,
  S extends RecordOf<S, ConfigValue | undefined> = Readonly<Record<string, ConfigValue | undefined>>,
>(options: RunRecordOptions<T, S>): Promise<RunRecord> {
  checkOptions("record a run", options, { seed: true, settings: true, data: true });
  const { seed, settings = {}, data } = options;
  checkSetting("a run record", "seed", seed, () => true, "a finite number");
  checkSettings(settings);
  const known = Object.entries(settings).filter((entry): entry is [string, ConfigValue] => entry[1] !== undefined);
  return {
    seed,
    settings: Object.fromEntries(known),
    data: data === undefined ? "none" : typeof data === "string" ? data : await digestOf(data),
    engine: currentEngine().name,
    ...surroundings(),
  };
}

/** What Node, Deno and Bun tell of themselves; browsers have none of it. */
type Process = {
  readonly versions?: Readonly<Record<string, string | undefined>> | undefined;
  readonly platform?: string | undefined;
  readonly arch?: string | undefined;
};

function surroundings(): Pick<RunRecord, "versions" | "platform"> {
  // Where the runtime has them.
  const { process = {}, navigator } = globalThis as {
    readonly process?: Process | undefined;
    readonly navigator?: Navigator | undefined;
  };
  const { versions = {}, platform, arch } = process;
  const runtime = ["deno", "bun", "node"].find((name) => versions[name] !== undefined);
  const own = [runtime, versions.v8 === undefined ? undefined : "v8"].flatMap((name) =>
    name === undefined ? [] : [[name, String(versions[name])] as const]
  );
  return {
    versions: {
      nanograd: VERSION,
      ...own.length > 0 ? Object.fromEntries(own) : { browser: navigator?.userAgent ?? "unknown" },
    },
    platform: platform === undefined ? "browser" : `${platform} ${arch}`,
  };
}

/**
 * Lists how two records differ, one line for each difference, such as `seed: 1 then, 2 now`.
 *
 * Different seeds, settings or data make different runs. Another engine, version or platform may round differently.
 */
export function differences(then: RunRecord, now: RunRecord): readonly string[] {
  for (const record of [then, now]) checkRecord("compare", record);
  const flat = ({ settings, versions, ...rest }: RunRecord): Readonly<Record<string, unknown>> => ({
    ...rest,
    ...Object.fromEntries(Object.entries(settings).map(([name, value]) => [`settings.${name}`, value])),
    ...Object.fromEntries(Object.entries(versions).map(([name, value]) => [`versions.${name}`, value])),
  });
  const before = flat(then), after = flat(now), names = new Set([...Object.keys(before), ...Object.keys(after)]);
  const shown = (value: unknown): string => value === undefined ? "nothing" : JSON.stringify(value);
  return [...names].filter((name) => shown(before[name]) !== shown(after[name]))
    .map((name) => `${name}: ${shown(before[name])} then, ${shown(after[name])} now`);
}

/** The fields of a record. */
export const RUN_FIELDS = ["seed", "settings", "data", "engine", "versions", "platform"] as const;

/** Throws if a value is not the record of a run: it lacks fields, or has some that are not of their kind. */
export function checkRecord(action: string, record: RunRecord): void {
  checkFields(`${action} the record of a run,`, record, RUN_FIELDS, "what runRecord returned");
  if (isRunRecord(record)) return;
  throw new TypeError(
    `Cannot ${action} the record of a run, ${
      describe(record)
    }: its seed must be a finite number, its settings and versions records of what JSON holds, the rest texts; pass what ` +
      "runRecord returned",
  );
}

/** Tells whether a value is the record of a run, with all its fields, each of its kind. */
export function isRunRecord(value: unknown): value is RunRecord {
  if (typeof value !== "object" || value === null) return false;
  // Any of the fields may be there.
  const { seed, settings, data, engine, versions, platform } = value as { readonly [K in keyof RunRecord]?: unknown };
  return Number.isFinite(seed) && isSettings(settings) && isSettings(versions) &&
    [data, engine, platform, ...Object.values(versions)].every((text) => typeof text === "string");
}

const isSettings = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && isPlain(value) &&
  Object.values(value).every((setting) => setting === undefined || isConfigValue(setting));

/** Throws if settings hold what JSON does not, which would be lost or changed when the record is saved. */
function checkSettings(settings: object): void {
  if (typeof settings !== "object" || settings === null || !isPlain(settings)) {
    throw new TypeError(
      `Cannot record a run with settings ${
        describe(settings)
      }: they must be a record; pass such as { learningRate: 0.1 }`,
    );
  }
  for (const [name, value] of Object.entries(settings)) {
    if (value === undefined || isConfigValue(value)) continue;
    throw new TypeError(
      `Cannot record a run with the setting "${name}" ${
        describe(value)
      }: settings must be what JSON holds, that is strings, ` +
        "finite numbers, booleans, null, arrays and records of them, at most 100 deep; write others as strings",
    );
  }
}

/** How deep settings may be; this bounds the recursion, also for those that contain themselves. */
const DEEPEST = 100;

const isConfigValue = (value: unknown, depth = 0): boolean => {
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object" || value === null) {
    return ["string", "boolean"].includes(typeof value) || value === null;
  }
  return depth < DEEPEST && (Array.isArray(value) || isPlain(value)) &&
    Object.values(value).every((part) => part === undefined || isConfigValue(part, depth + 1));
};

const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};
