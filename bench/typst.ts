import { createInterface } from "node:readline";

/**
 * A process of its own that sets a document with the typst of the folder that the first argument names, in the faces of the
 * second. Its first line is the document; then each line is a number of reports, and {ms, bytes} is printed when they are
 * done, as plain.ts does. What typst caches of a document for the next one is discarded.
 */
const [folder = "", fonts = ""] = process.argv.slice(2);
interface Compiler {
  pdf(source: { readonly mainFileContent: string }): Uint8Array;
  evictCache(age: number): void;
}
const { NodeCompiler } = (await import(Bun.resolveSync("@myriaddreamin/typst-ts-node-compiler", folder))) as {
  readonly NodeCompiler: { create(options: { readonly fontArgs: readonly object[] }): Compiler };
};
const compiler = NodeCompiler.create({ fontArgs: [{ fontPaths: [fonts] }] });
const input = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const document = JSON.parse((await input.next()).value ?? "") as string;
for await (const line of input) {
  const reports = Number(line);
  const before = process.cpuUsage();
  let bytes = 0;
  for (let index = 0; index < reports; index++) {
    compiler.evictCache(0);
    bytes = compiler.pdf({ mainFileContent: document }).byteLength;
  }
  const { user, system } = process.cpuUsage(before);
  console.log(JSON.stringify({ ms: (user + system) / 1_000 / reports, bytes }));
}
