/**
 * Lists of what PyTorch has and this library does not have yet, so that nothing is left out unnoticed.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import * as nanograd from "../../mod.ts";

/** The exports whose arrival makes a recorded case testable. */
export type AwaitedExports = { readonly names: readonly string[]; readonly arrived: () => boolean };

const exported = (name: string): boolean => name in nanograd;

/** Testable as soon as one of these exists. */
export const whenAny = (...names: readonly string[]): AwaitedExports => ({
  names,
  arrived: () => names.some(exported),
});

/** Fails if something still listed as awaited has arrived: then its cases are to be tested, not listed. */
export function assertStillAwaited(awaited: Readonly<Record<string, AwaitedExports>>): void {
  for (const [name, { names, arrived }] of Object.entries(awaited)) {
    assert(!arrived(), `${name} awaits ${names.join(", ")}, which is exported now: test its cases, and delete it here`);
  }
}

/** Fails unless the lists, taken together, name everything that was recorded exactly once, and nothing else. */
export function assertAccountsFor(recorded: readonly string[], ...lists: readonly (readonly string[])[]): void {
  assertEquals(lists.flat().toSorted(), [...new Set(recorded)].toSorted());
}
