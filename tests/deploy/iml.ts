import { createHmac } from "node:crypto";

/** What the expressions of a scenario may refer to: modules' outputs by their ids. */
export type Scope = Readonly<Record<string, unknown>>;

/** Replaces each {{…}} of a text by its value, as Make does; a text that is one expression alone retains its value's type. */
export function fill(text: string, scope: Scope): unknown {
  const whole = /^\{\{([^{}]*)\}\}$/.exec(text);
  if (whole?.[1] !== undefined) return evaluate(whole[1], scope);
  return text.replace(/\{\{([^{}]*)\}\}/g, (_, expression: string) => String(evaluate(expression, scope) ?? ""));
}

/** The part of Make's language that the scenarios use: references, texts, numbers and functions of them. */
function evaluate(expression: string, scope: Scope): unknown {
  let rest = expression;
  const value = read();
  if (rest.trim() !== "") throw new Error(`cannot read ${expression} from ${rest}`);
  return value;

  function take(pattern: RegExp): RegExpExecArray | null {
    const match = pattern.exec(rest);
    if (match !== null) rest = rest.slice(match[0].length);
    return match;
  }

  function read(): unknown {
    const text = take(/^\s*"([^"]*)"/);
    if (text !== null) return text[1];
    const call = take(/^\s*([a-zA-Z]\w*)\(/);
    if (call !== null) {
      const values: unknown[] = [];
      do values.push(read());
      while (take(/^\s*;/) !== null);
      if (take(/^\s*\)/) === null) throw new Error(`${call[1]} is not closed in ${expression}`);
      const known = FUNCTIONS[call[1] ?? ""];
      if (known === undefined) throw new Error(`${call[1]} is no function of Make that is used here`);
      return known(...values);
    }
    const path = take(/^\s*([\w-]+(?:\.(?:`[^`]+`|\w+))*)/)?.[1];
    if (path === undefined) throw new Error(`cannot read ${rest}`);
    if (path === "now") return new Date();
    if (path === "uuid") return crypto.randomUUID();
    if (/^-?\d+$/.test(path)) return Number(path);
    return path
      .split(".")
      .map((part) => part.replaceAll("`", ""))
      .reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], scope);
  }
}

const FUNCTIONS: Readonly<Record<string, (...values: unknown[]) => unknown>> = {
  get: (list, at) => (list as unknown[])[Number(at) - 1],
  map: (list, key, by, only) =>
    (list as Record<string, unknown>[]).filter((each) => each[String(by)] === only).map((each) => each[String(key)]),
  sha256: (text, encoding, key, keyEncoding) =>
    createHmac("sha256", Buffer.from(String(key), keyEncoding as BufferEncoding))
      .update(String(text))
      .digest(encoding as "base64"),
  parseDate: (text, format) => {
    if (format !== "X") throw new Error(`${format} is not the format of a Unix time`);
    return new Date(Number(text) * 1_000);
  },
  ifempty: (value, instead) => (value === undefined || value === null || value === "" ? instead : value),
  addMinutes: (date, minutes) => new Date((date as Date).getTime() + Number(minutes) * 60_000),
};
