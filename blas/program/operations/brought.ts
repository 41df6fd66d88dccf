/**
 * The kinds of operations that primitives have brought, apart from those that every program may have, so that a primitive
 * has not all of them in its bundle.
 *
 * @module
 */
import { shared } from "../../shared.ts";
import type { Operation } from "../program.ts";
import type { OperationKind } from "./operator.ts";

/** Kinds by name. */
export type Kinds = { readonly [K in Operation["kind"]]: OperationKind<Extract<Operation, { readonly kind: K }>> };

/** The kinds brought so far. */
export const broughtKinds: Partial<Kinds> = /* @__PURE__ */ shared("kinds of operations", () => ({}));

/** Adds kinds to those in use. */
export function bringKinds(kinds: Partial<Kinds>): void {
  Object.assign(broughtKinds, kinds);
}
