/**
 * What has no machine code.
 *
 * @module
 */

/** Says that an expression has no machine code, so that WebAssembly computes it. */
export class NoMachineCode extends Error {
  /** @param what What the expression needs. */
  constructor(what: string) {
    super(`Cannot write machine code for ${what}: WebAssembly must compute it; lower the instruction there`);
    this.name = "NoMachineCode";
  }
}
