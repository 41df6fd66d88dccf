/**
 * A program that loads the library and uses nothing of it.
 *
 * @module
 */
import "../../mod.ts";
