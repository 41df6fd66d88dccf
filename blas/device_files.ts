/**
 * Devices: files that may never end, such as `/dev/zero`.
 *
 * @module
 */

/** What is asked of a file's status. */
type Kind = { readonly isCharacterDevice: () => boolean; readonly isBlockDevice: () => boolean };

/**
 * Throws if a file that is to be read whole is a device.
 *
 * @throws {Error} If it is one.
 */
export function refuseDevice(kind: Kind): void {
  if (kind.isCharacterDevice() || kind.isBlockDevice()) throw new Error("it is a device, which may never end");
}
