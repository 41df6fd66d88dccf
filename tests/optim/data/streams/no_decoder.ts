/** A module without a decoder, for the tests of workers. */
export const decode = 1;
