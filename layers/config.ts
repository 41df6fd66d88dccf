/**
 * Settings of layers as JSON.
 *
 * @module
 */

/** What a setting can be. */
export type ConfigValue =
  | string
  | number
  | boolean
  | null
  | readonly ConfigValue[]
  | { readonly [name: string]: ConfigValue };
