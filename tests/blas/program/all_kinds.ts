/**
 * Puts all kinds of operations to use, for tests of programs that no primitive has traced.
 *
 * @module
 */
import { bringAllKinds } from "../../../blas/program/operations/all.ts";

bringAllKinds();
