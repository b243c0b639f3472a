import { relative } from "node:path";
import type { BunPlugin } from "bun";

/**
 * Replaces one text of one file of a package while the binary is built; the build fails when the file or the text is not
 * there, or twice.
 */
export function replaced(name: string, file: RegExp, text: string, by: (path: string) => string): BunPlugin {
  return {
    name,
    setup(builder) {
      let met = false;
      builder.onLoad({ filter: file }, async ({ path }) => {
        met = true;
        const source = await Bun.file(path).text();
        if (source.split(text).length !== 2) throw new Error(`${relative(process.cwd(), path)} has changed: ${text}`);
        return { contents: source.replace(text, () => by(path)), loader: "js" };
      });
      builder.onEnd(() => {
        if (!met) throw new Error(`${name}: the file was not part of the build: has it moved?`);
      });
    },
  };
}
