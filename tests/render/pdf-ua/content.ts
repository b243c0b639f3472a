// What is painted by a page or a form: its runs of marked content, what is in none, and the text that each font sets.
import type { Must } from "./conditions.ts";

/** A text as it is set: the bytes of its codes. */
export interface Shown {
  /** The name of its font in the resources. */
  readonly font: string;
  readonly codes: Buffer;
  /** The number of the run that it is in. */
  readonly run: number | null;
  /** What the text within the run is read as. */
  readonly actual: string | null;
}

export interface MarkedContent {
  readonly runs: readonly number[];
  readonly shown: readonly Shown[];
  /** The names of the XObjects that are painted, and whether that is in a run or an artifact. */
  readonly painted: readonly { readonly name: string; readonly inside: boolean }[];
}

const TOKEN = /\((?:[^()\\]|\\.)*\)|<<|>>|<[0-9a-fA-F\s]*>|\[|\]|\/[^\s/<>[\]()]*|[^\s/<>[\]()]+/gs;
const PAINTS = new Set("f F f* S s B B* b b* Tj TJ ' \" Do sh BI".split(" "));
const SHOWS = new Set("Tj TJ ' \"".split(" "));

interface Open {
  readonly kind: "run" | "artifact" | "span";
  readonly run: number | null;
  readonly actual: string | null;
}

/** @param inside the content is of a form that is painted within a run or an artifact */
export function markedContent(content: string, must: Must, where: string, inside = false): MarkedContent {
  const open: Open[] = [];
  const runs: number[] = [];
  const shown: Shown[] = [];
  const painted: { name: string; inside: boolean }[] = [];
  const saved: string[] = [];
  let font = "";
  let before: string[] = [];
  for (const [token] of content.matchAll(TOKEN)) {
    if (!/^[A-Za-z'"][A-Za-z0-9*'"]*$/.test(token)) {
      before.push(token);
      continue;
    }
    const isInside = inside || open.some(({ kind }) => kind !== "span");
    if (token === "BDC" || token === "BMC") {
      const begun = openedBy(before);
      if (begun.kind === "run") runs.push(Number(begun.run));
      if (begun.kind === "artifact") must(!open.some(({ kind }) => kind === "run"), "01-003", where);
      if (begun.kind === "run") must(!open.some(({ kind }) => kind === "artifact"), "01-004", where);
      if (begun.kind === "run") must(!open.some(({ kind }) => kind === "run"), "00", `a run in a run ${where}`);
      open.push(begun);
    } else if (token === "EMC") must(open.pop(), "00", `an end without a beginning ${where}`);
    else if (token === "q") saved.push(font);
    else if (token === "Q") font = saved.pop() ?? font;
    else if (token === "Tf") font = before.at(-2)?.slice(1) ?? "";
    if (PAINTS.has(token)) must(isInside, "01-005", `${token} ${where}`);
    if (token === "Do") painted.push({ name: before.at(-1)?.slice(1) ?? "", inside: isInside });
    if (SHOWS.has(token)) {
      const run = open.findLast(({ kind }) => kind === "run")?.run ?? null;
      const actual = open.findLast((each) => each.actual !== null)?.actual ?? null;
      for (const each of before) if (/^[(<]/.test(each)) shown.push({ font, codes: bytesOf(each), run, actual });
    }
    before = [];
  }
  must(open.length === 0, "00", `a run without an end ${where}`);
  return { runs, shown, painted };
}

function openedBy(operands: readonly string[]): Open {
  const number = operands[operands.indexOf("/MCID") + 1];
  const text = operands[operands.indexOf("/ActualText") + 1];
  const actual = operands.includes("/ActualText") ? textOf(bytesOf(text ?? "")) : null;
  if (operands.includes("/MCID")) return { kind: "run", run: Number(number), actual };
  return { kind: operands[0] === "/Artifact" ? "artifact" : "span", run: null, actual };
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f" };

/** The bytes of a string as it is written. */
export function bytesOf(written: string): Buffer {
  if (written.startsWith("<")) return Buffer.from(written.slice(1, -1).replace(/\s/g, ""), "hex");
  const text = written
    .slice(1, -1)
    .replace(/\\([0-7]{1,3}|\r?\n|.)/gs, (_, escaped: string) =>
      /^[0-7]/.test(escaped)
        ? String.fromCharCode(Number.parseInt(escaped, 8))
        : (ESCAPES[escaped] ?? escaped.replace(/\r?\n/, "")),
    );
  return Buffer.from(text, "latin1");
}

/** A text string (ISO 32000-1, 7.9.2.2), of Latin letters or with a byte order mark. */
export function textOf(bytes: Buffer): string {
  const isUtf16 = bytes[0] === 0xfe && bytes[1] === 0xff;
  return isUtf16 ? Buffer.from(bytes.subarray(2)).swap16().toString("utf16le") : bytes.toString("latin1");
}
