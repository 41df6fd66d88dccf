/**
 * What the tests use of `playwright-core`. The package itself, of 3 MB, is named by `config.json` alone, so that nothing but
 * these tests fetches it.
 *
 * @module
 */
type Timeout = { readonly timeout?: number };

/** How a page is shown. */
export type BrowserContextOptions = {
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly deviceScaleFactor?: number;
  readonly colorScheme?: "light" | "dark";
  readonly reducedMotion?: "reduce";
  readonly hasTouch?: boolean;
  readonly isMobile?: boolean;
};

/** Elements of a page. */
export type Locator = {
  first(): Locator;
  last(): Locator;
  nth(index: number): Locator;
  count(): Promise<number>;
  waitFor(): Promise<void>;
  click(): Promise<void>;
  tap(): Promise<void>;
  check(): Promise<void>;
  focus(): Promise<void>;
  fill(text: string): Promise<void>;
  selectOption(value: string): Promise<string[]>;
  innerText(): Promise<string>;
  inputValue(): Promise<string>;
  isVisible(): Promise<boolean>;
  getAttribute(name: string): Promise<string | null>;
  scrollIntoViewIfNeeded(): Promise<void>;
  boundingBox(): Promise<
    { readonly x: number; readonly y: number; readonly width: number; readonly height: number } | null
  >;
};

/** A page. */
export type Page = {
  goto(url: string): Promise<unknown>;
  on(event: "console", f: (message: { type(): string; text(): string }) => void): void;
  on(event: "pageerror", f: (error: Error) => void): void;
  evaluate<T>(script: string): Promise<T>;
  waitForFunction(script: string, argument?: undefined, options?: Timeout): Promise<unknown>;
  waitForTimeout(milliseconds: number): Promise<void>;
  emulateMedia(options: { readonly colorScheme: "light" | "dark" }): Promise<void>;
  locator(selector: string): Locator;
  getByLabel(text: string): Locator;
  getByText(text: string): Locator;
  getByRole(role: "button", options: { readonly name: string; readonly exact?: boolean }): Locator;
  readonly mouse: {
    move(x: number, y: number, options: { readonly steps: number }): Promise<void>;
    down(): Promise<void>;
    up(): Promise<void>;
  };
  readonly keyboard: { press(key: string): Promise<void> };
};

/** A browser. */
export type Browser = {
  newContext(options: BrowserContextOptions): Promise<{ newPage(): Promise<Page>; close(): Promise<void> }>;
  close(): Promise<void>;
};

/** The kind of browser that is started. */
export const chromium: {
  launch(options: { readonly executablePath: string; readonly args: readonly string[] }): Promise<Browser>;
};
