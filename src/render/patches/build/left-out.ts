// Why: packages bring what no path of the service reaches: pdf-lib a parser and the colours of SVG, and the metrics of the
// fonts that every viewer has; nodemailer the types of attachments; prom-client a client of OpenTelemetry; pdfkit a cipher.
// With their bytecode they take 1.3 MB of the binary. What is left out throws where it is called, and is not called: PDFs
// are joined page by page and have no password, mails are one text, and metrics have no exemplars.
// Pinned by: the names of these modules in @cantoo/pdf-lib 2.11.1, nodemailer 10.6.1, prom-client 15.1.3 and pdfkit 0.19.1.
// The build fails where one of them is not met. tests/release/build.test.ts counts what the binary has of them.
import type { BunPlugin } from "bun";

const absent = (name: string) => `() => { throw new Error("the binary has no ${name}"); }`;

interface OmittedModule {
  readonly module: RegExp;
  readonly instead: string;
}

/** By the names that their importers have for them. */
const LEFT_OUT: readonly OmittedModule[] = [
  // Made when its importer is loaded, called for a colour in SVG.
  { module: /^culori$/, instead: `export const converter = () => ${absent("culori")};` },
  {
    module: /^node-html-better-parser$/,
    instead: `export const parse = ${absent("node-html-better-parser")}; export const NodeType = {};`,
  },
  { module: /\/(Courier|Helvetica|Times|Symbol|ZapfDingbats)[-\w]*\.compressed\.json$/, instead: 'export default "";' },
  {
    module: /^(\.\/|\.\.\/mime-funcs\/)mime-types\.js$/,
    instead: `export const detectMimeType = ${absent("mime-types")}, detectExtension = detectMimeType;`,
  },
  {
    module: /^@opentelemetry\/api$/,
    instead: `export const trace = { getSpan: ${absent("@opentelemetry/api")} }, context = { active: trace.getSpan };`,
  },
  // Its tables are made when it is loaded: 1.3 MB in each render thread, which then collects as much later.
  {
    module: /^@noble\/ciphers\/aes$/,
    instead: `export const cbc = ${absent("@noble/ciphers")}, ecb = cbc;`,
  },
];

/** Leaves out what nothing calls. */
export function unusedIsLeftOut(): BunPlugin {
  return {
    name: "unused-is-left-out",
    setup(builder) {
      const unmet = new Set(LEFT_OUT);
      for (const [at, each] of LEFT_OUT.entries())
        builder.onResolve({ filter: each.module }, () => {
          unmet.delete(each);
          return { path: String(at), namespace: "left-out" };
        });
      builder.onLoad({ filter: /./, namespace: "left-out" }, ({ path }) => ({
        contents: LEFT_OUT[Number(path)]?.instead ?? "",
        loader: "js",
      }));
      builder.onEnd(() => {
        for (const { module } of unmet) throw new Error(`${module} was not part of the build: has it moved?`);
      });
    },
  };
}
