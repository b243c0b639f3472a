import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { bundlePages, hashedName } from "./bundle-pages.ts";
import type { PageName } from "./client/addresses.ts";

/** One file of the dashboard, as browsers get it. */
export interface Asset {
  /** With a hash of its contents in it, so that it may be stored for ever. */
  readonly name: string;
  readonly type: string;
  /** The bytes in base64: the list is written into the binary as text. */
  readonly plain: string;
  /** Compressed, where that makes it smaller. */
  readonly brotli: string | null;
  readonly gzip: string | null;
}

export interface Bundle {
  /** What the page names: its script, the one that sets the theme before anything is drawn, its styles and its icon. */
  readonly script: string;
  readonly theme: string;
  readonly styles: string;
  readonly icon: string;
  /** By page what its view loads with the script: its own file, and those that it and the script share with others. */
  readonly pages: Readonly<Record<PageName, readonly string[]>>;
  readonly assets: readonly Asset[];
}

const CLIENT = join(import.meta.dir, "client");

/** The faces of the reports; a browser loads those it needs. The styles name them without their hash. */
const FONTS: Readonly<Record<string, string>> = {
  "text.woff2": "@fontsource-variable/hanken-grotesk/files/hanken-grotesk-latin-wght-normal.woff2",
  "text-ext.woff2": "@fontsource-variable/hanken-grotesk/files/hanken-grotesk-latin-ext-wght-normal.woff2",
  "figures.woff2": "@fontsource/newsreader/files/newsreader-latin-400-normal.woff2",
};

const TYPES = {
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml",
  woff2: "font/woff2",
} as const;

/**
 * Bundles the dashboard for browsers. From source that is done when the page is first requested; build.ts puts the
 * result of this very function in place of this module, so a binary has nothing to bundle.
 * @throws when the client does not build.
 */
export async function bundleDashboard(): Promise<Bundle> {
  const fonts = await Promise.all(
    Object.entries(FONTS).map(async ([name, path]) => {
      const file = Bun.file(Bun.resolveSync(path, import.meta.dir));
      return [name, await asset(name, "woff2", await file.bytes())] as const;
    }),
  );
  const [theme, sheet] = await Promise.all(["theme-first.ts", "styles/all.css"].map(built));
  const styles = fonts.reduce((text, [name, font]) => text.replace(name, font.name), sheet ?? "");
  const { script, pages, files } = await bundlePages(join(CLIENT, "main.tsx"));
  const named = {
    theme: await asset("theme", "js", theme ?? ""),
    styles: await asset("styles", "css", styles),
    icon: await asset("icon", "svg", await Bun.file(join(CLIENT, "icon.svg")).text()),
  };
  return {
    script,
    theme: named.theme.name,
    styles: named.styles.name,
    icon: named.icon.name,
    pages,
    assets: [
      ...(await Promise.all(files.map(({ name, text }) => compressed(name, "js", text)))),
      ...Object.values(named),
      ...fonts.map(([, font]) => font),
    ],
  };
}

async function built(entry: string): Promise<string> {
  const result = await Bun.build({
    entrypoints: [join(CLIENT, entry)],
    target: "browser",
    // A plain script shares no name with another.
    format: "iife",
    minify: true,
    // Left as they are named: Bun would write them into the styles, which the page's policy forbids.
    external: ["*.woff2"],
    define: { "process.env.NODE_ENV": '"production"' },
  });
  const [output] = result.outputs;
  if (!result.success || output === undefined) throw new AggregateError(result.logs, `${entry} does not build`);
  return output.text();
}

async function asset(stem: string, extension: keyof typeof TYPES, content: string | Uint8Array): Promise<Asset> {
  return compressed(hashedName(stem, extension, content), extension, content);
}

async function compressed(name: string, extension: keyof typeof TYPES, content: string | Uint8Array): Promise<Asset> {
  const type = TYPES[extension];
  const plain = Buffer.from(content);
  // A font is compressed already.
  if (extension === "woff2") return { name, type, plain: plain.toString("base64"), brotli: null, gzip: null };
  const [brotli, gzipped] = await Promise.all([
    promisify(brotliCompress)(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } }),
    promisify(gzip)(plain, { level: constants.Z_BEST_COMPRESSION }),
  ]);
  const base64 = (bytes: Buffer) => bytes.toString("base64");
  return { name, type, plain: base64(plain), brotli: base64(brotli), gzip: base64(gzipped) };
}
