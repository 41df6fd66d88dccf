/** What the examples use of cli-progress; the declarations on npm depend on those of Node. */
declare module "cli-progress" {
  namespace cliProgress {
    type Options = {
      readonly stream?: NodeJS.WritableStream;
      readonly format?: (options: Options, params: Params, payload: never) => string;
      readonly barsize?: number;
      readonly barCompleteChar?: string;
      readonly barIncompleteChar?: string;
      readonly linewrap?: boolean;
      readonly hideCursor?: boolean;
      readonly clearOnComplete?: boolean;
      readonly fps?: number;
    };
    type Params = { readonly progress: number; readonly maxWidth: number };
    class SingleBar {
      constructor(options: Options);
      readonly isActive: boolean;
      start(total: number, value: number, payload?: object): void;
      update(value: number, payload?: object): void;
      stop(): void;
    }
    const Format: { BarFormat(progress: number, options: Options): string };
  }
  export default cliProgress;
}
