/**
 * Errors of files and configurations.
 *
 * @module
 */
import { detailsOf, isMarked, mark, say } from "../../blas/errors.ts";

/** The parts of an error. */
export type ErrorDetails = {
  /** The action that failed, such as `"decode a checkpoint"`. */
  readonly action: string;
  /** What was found, such as `"a header of 12 bytes"`. */
  readonly given: string;
  /** What is wrong with it. */
  readonly problem: string;
  /** What to do about it. */
  readonly remedy: string;
};

function messageOf(error: string, details: ErrorDetails): string {
  const { action, given, problem, remedy } = detailsOf(error, details);
  return say`Cannot ${action}: ${given}: ${problem}; ${remedy}`;
}

/**
 * Thrown for a checkpoint that cannot be read or written.
 *
 * @example
 * ```ts
 * import { CheckpointError, decodeSafetensors } from "@nanograd/nanograd";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const file = decodeSafetensors(new Uint8Array(3));
 * assert(file._tag === "Left" && file.left instanceof CheckpointError);
 * assertEquals([file.left.given, file.left.remedy], ["3 bytes", "fetch it again"]);
 * ```
 */
export class CheckpointError extends Error implements ErrorDetails {
  /** `"CheckpointError"` */
  override readonly name = "CheckpointError";
  /** The action that failed. */
  declare readonly action: string;
  /** What was found. */
  declare readonly given: string;
  /** What is wrong with it. */
  declare readonly problem: string;
  /** What to do about it. */
  declare readonly remedy: string;

  /** Makes the message from its parts. */
  constructor(details: ErrorDetails, options?: ErrorOptions) {
    super(messageOf("CheckpointError", details), options);
    const { action, given, problem, remedy } = details;
    mark(this, "CheckpointError", { action, given, problem, remedy });
  }

  /** Knows the errors of all copies of this version of the library. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return isMarked(this, CheckpointError, "CheckpointError", value);
  }
}

/**
 * Thrown for a configuration that does not describe a layer, or a layer that a configuration cannot describe.
 *
 * @example
 * ```ts
 * import { ConfigError, layerFromConfig } from "@nanograd/nanograd";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const layer = layerFromConfig({ kind: "dense" });
 * assert(layer._tag === "Left" && layer.left instanceof ConfigError);
 * assertEquals(layer.left.problem, "its name must be a text");
 * ```
 */
export class ConfigError extends Error implements ErrorDetails {
  /** `"ConfigError"` */
  override readonly name = "ConfigError";
  /** The action that failed. */
  declare readonly action: string;
  /** What was found. */
  declare readonly given: string;
  /** What is wrong with it. */
  declare readonly problem: string;
  /** What to do about it. */
  declare readonly remedy: string;

  /** Makes the message from its parts. */
  constructor(details: ErrorDetails, options?: ErrorOptions) {
    super(messageOf("ConfigError", details), options);
    const { action, given, problem, remedy } = details;
    mark(this, "ConfigError", { action, given, problem, remedy });
  }

  /** Knows the errors of all copies of this version of the library. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return isMarked(this, ConfigError, "ConfigError", value);
  }
}
