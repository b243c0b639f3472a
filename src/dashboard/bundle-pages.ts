import { basename } from "node:path";
import { sha256 } from "../host/hash.ts";
import { ADDRESSES, type PageName } from "./client/addresses.ts";
import { messages } from "./messages.ts";

/** The scripts of the dashboard: one that begins, one for each page, and what several of them share. */
export interface PageFiles {
  /** The name of the one that begins. */
  readonly script: string;
  readonly pages: Readonly<Record<PageName, readonly string[]>>;
  readonly files: readonly { readonly name: string; readonly text: string }[];
}

/** What Bun reports about an output: the static and the dynamic imports of each are named by their paths. */
interface BundleOutput {
  readonly imports: readonly { readonly path: string; readonly kind: string }[];
  readonly entryPoint?: string;
}

/** A name with a hash of the contents in it. */
export function hashedName(stem: string, extension: string, content: string | Uint8Array): string {
  const hash = sha256(content).slice(0, 12);
  return `${stem.replace(/\..*$/, "")}-${hash}.${extension}`;
}

/**
 * Bundles the main script and what it imports dynamically, each into files of its own, so that the first view loads
 * what it shows and no other page.
 * @throws when the client does not build, or a page is not in a file of its own, which is its folder's page.tsx.
 */
export async function bundlePages(entry: string): Promise<PageFiles> {
  const result = await Bun.build({
    entrypoints: [entry],
    target: "browser",
    format: "esm",
    splitting: true,
    minify: true,
    metafile: true,
    naming: { entry: "[name].[ext]", chunk: "[name]-[hash].[ext]" },
    define: { "process.env.NODE_ENV": '"production"' },
  });
  if (!result.success) throw new AggregateError(result.logs, `${entry} does not build`);
  const outputs = new Map(Object.entries(result.metafile?.outputs ?? {}) as [string, BundleOutput][]);
  const texts = new Map(
    await Promise.all(result.outputs.map(async (output) => [output.path, await output.text()] as const)),
  );
  const names = new Map<string, { readonly name: string; readonly text: string }>();
  /**
   * A file has names of others in it: of those it imports, and the first one of all that it has loaded with a page. Theirs
   * are found first, so that a change of one gives all of these other names.
   */
  const named = (path: string, within: readonly string[] = []): string => {
    const known = names.get(path);
    if (known !== undefined) return known.name;
    if (within.includes(path)) throw new Error(messages.circularFiles(within.join(", ")));
    let text = texts.get(path) ?? "";
    for (const other of texts.keys()) {
      if (other === path || !text.includes(basename(other))) continue;
      text = text.replaceAll(basename(other), named(other, [...within, path]));
    }
    // Bun's own marks of the files depend on the folder that is built in.
    result.outputs.forEach(({ hash }, i) => {
      text = text.replaceAll(`"${hash}"`, `"${i}"`);
    });
    const name = hashedName(basename(path).replace(/(-[a-z0-9]+)?\.js$/, ""), "js", text);
    names.set(path, { name, text });
    return name;
  };
  const begins = [...outputs].find(([, { entryPoint }]) => entryPoint?.endsWith(basename(entry)))?.[0] ?? "";
  const withShared = (path: string): readonly string[] => [
    path,
    ...(outputs.get(path)?.imports ?? [])
      .filter(({ kind }) => kind === "import-statement")
      .flatMap((each) => withShared(each.path)),
  ];
  const filesOf = (page: PageName): readonly string[] => {
    const [own] = [...outputs].find(([, { entryPoint }]) => `/${entryPoint}`.endsWith(`/${page}/page.tsx`)) ?? [];
    if (own === undefined) throw new Error(messages.pageNotSeparate(page));
    const paths = new Set([...withShared(begins), ...withShared(own)]);
    paths.delete(begins);
    return [...paths].map((path) => named(path));
  };
  const script = named(begins);
  const pages = Object.fromEntries(
    Object.keys(ADDRESSES).map((page) => [page, filesOf(page as PageName)]),
  ) as unknown as PageFiles["pages"];
  return { script, pages, files: [...names.values()] };
}
