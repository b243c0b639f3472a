/*
 * Reads what arrives: values of forms, JSON, CSV; names the field and the fault where it cannot be read.
 * It knows schemas, and none of a report's in particular.
 * Not here: what a request or a data set must contain (request/, data-set.ts), and spreadsheets (import/).
 */

import { OptionalKind, type TSchema } from "@sinclair/typebox";
import { PATTERN } from "./patterns.ts";
import { parseBand } from "./price-band.ts";

/** What forms, spreadsheets and scenarios leave where nothing was filled in. */
const NOTHING = Symbol("nothing");

type FormValueReader = (value: unknown) => unknown;

/** A schema may have its own reader of a non-empty value under this name, for values with several spellings. */
export const READ: unique symbol = Symbol("form value reader");

const readers = new WeakMap<TSchema, FormValueReader>();

/**
 * A document as its author meant it, before it is checked: the one place where the values of forms become those of the
 * schema, for JSON as for CSV.
 *
 * - Empty is absent: an optional field that is `null`, `""`, blank, the text `null` or `undefined`, or an object in which
 *   nothing is filled in (also as PHP writes it, `[]`), is dropped. A list with no items stays, and so does a `null` that
 *   the schema itself allows.
 * - Texts lose the blanks around them; an empty text in a list of texts is dropped.
 * - Numbers and yes/no may be texts (`"3"`, `"$1,640,000"`, `"yes"`), a postcode may be a number (`800` is `0800`).
 * - A date may have a time of day, which is dropped: the day is the one that is written. `HTTPS://` is `https://`.
 * - A word of a list of words may be in any case and spacing, one or several ("Private treaty"); a list of texts may be
 *   one text with semicolons.
 *
 * Other values are unchanged, for the check to refuse. Copies only what changes.
 */
export function readForm(schema: TSchema, value: unknown): unknown {
  const read = readerOf(schema)(value);
  return read === NOTHING ? value : read;
}

function readerOf(schema: TSchema): FormValueReader {
  let reader = readers.get(schema);
  if (reader === undefined) {
    reader = createReader(schema);
    readers.set(schema, reader);
  }
  return reader;
}

function createReader(schema: TSchema): FormValueReader {
  const own = (schema as { readonly [READ]?: FormValueReader })[READ];
  if (own !== undefined) return orNothing(own);
  const choices = schema.anyOf as readonly TSchema[] | undefined;
  if (choices !== undefined) {
    const some = choices.filter(({ type }) => type !== "null");
    const [only] = some;
    return some.length === 1 && only !== undefined ? readerOf(only) : wordReader(some);
  }
  if ("const" in schema) return wordReader([schema]);
  switch (schema.type) {
    case "object":
      return schema.properties === undefined ? recordReader : objectReader(schema.properties as Properties);
    case "array":
      return listReader(schema.items as TSchema);
    case "string":
      return textReader(schema);
    case "integer":
    case "number":
      return ofText(readNumber);
    case "boolean":
      return (value) => (value === 1 ? true : value === 0 ? false : booleanOrNothing(value));
    default:
      return notBlank;
  }
}

type Properties = Readonly<Record<string, TSchema>>;

function objectReader(properties: Properties): FormValueReader {
  const fields = new Map(
    Object.entries(properties).map(([name, schema]) => [
      name,
      { read: readerOf(schema), optional: OptionalKind in schema, nullable: allowsNull(schema) },
    ]),
  );
  return (value) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return recordReader(value);
    let copy: Record<string, unknown> | null = null;
    let filledIn = false;
    for (const name of Object.keys(value)) {
      const field = fields.get(name);
      if (field === undefined) continue;
      const given = (value as Record<string, unknown>)[name];
      const read = field.read(given);
      if (read !== NOTHING) filledIn = true;
      if (read === given || (given === null && field.nullable)) continue;
      // Spread, which makes a field of "__proto__" and never a prototype.
      copy ??= { ...value };
      if (read !== NOTHING) copy[name] = read;
      else if (field.optional) delete copy[name];
      else if (typeof given === "string") copy[name] = given.trim();
    }
    return filledIn ? (copy ?? value) : NOTHING;
  };
}

/** Also of an object without required fields. PHP writes an empty one as a list. */
function recordReader(value: unknown): unknown {
  return Array.isArray(value) && value.length === 0 ? NOTHING : notBlank(value);
}

function listReader(item: TSchema): FormValueReader {
  const read = readerOf(item);
  const ofTexts = item.type === "string";
  return (value) => {
    const list = ofTexts && typeof value === "string" ? value.split(";") : value;
    if (!Array.isArray(list)) return notBlank(list);
    let copy: unknown[] | null = list === value ? null : [];
    for (let at = 0; at < list.length; at++) {
      const given: unknown = list[at];
      const one = read(given);
      const chosen = one === NOTHING && !ofTexts ? given : one;
      if (copy === null && chosen !== given) copy = list.slice(0, at);
      if (copy !== null && chosen !== NOTHING) copy.push(chosen);
    }
    // Nothing but empty texts was one empty text.
    return copy?.length === 0 && list.length > 0 ? NOTHING : (copy ?? list);
  };
}

function textReader({ pattern }: TSchema): FormValueReader {
  const isPostcode = pattern === PATTERN.postcode;
  const respell = RESPELL[String(pattern)];
  return (value) => {
    const text = isPostcode && typeof value === "number" ? String(value) : notBlank(value);
    return typeof text === "string" && respell !== undefined ? respell(text) : text;
  };
}

/** The matching word (or number), in any case. */
function wordReader(choices: readonly TSchema[]): FormValueReader {
  const words: readonly unknown[] = choices.map((choice) => choice.const);
  const bySpelling = new Map(words.map((word) => [foldWord(String(word)), word]));
  return (value) => {
    if (words.includes(value)) return value;
    const text = notBlank(value);
    return typeof text === "string" ? (bySpelling.get(foldWord(text)) ?? text) : text;
  };
}

/** What the spellings of one word share: "Semi-detached", "semi detached" and "SemiDetached". */
export function foldWord(word: string): string {
  return word
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "")
    .replace(/s$/, "");
}

/**
 * Reads a list of words from any form of it: a list, one text with commas, semicolons or line ends, or a
 * list as JSON text; each word once.
 */
export function listOfWords(words: readonly string[]): FormValueReader {
  const read = wordReader(words.map((word) => ({ const: word }) as unknown as TSchema));
  const split = (text: string) => text.split(/[,;\n|]/);
  return (value) => {
    if (typeof value === "object" && !Array.isArray(value)) return value;
    const given = typeof value === "string" ? (jsonList(value) ?? split(value)) : [value].flat();
    const each = given.flatMap((item) => (typeof item === "string" ? split(item) : [item])).map(read);
    const filledIn = each.filter((item) => item !== NOTHING);
    return filledIn.length === 0 ? NOTHING : [...new Set(filledIn)];
  };
}

/** Reads a list of texts in the same way; "Fairlight, NSW 2094" in one text is two, so a list of such needs semicolons. */
export function listOfTexts(value: unknown): unknown {
  if (typeof value === "object" && !Array.isArray(value)) return value;
  const given = typeof value === "string" ? (jsonList(value) ?? value.split(/[;\n|]/)) : [value].flat();
  const each = given.map(notBlank).filter((item) => item !== NOTHING);
  return each.length === 0 ? NOTHING : [...new Set(each)];
}

function jsonList(text: string): readonly unknown[] | null {
  if (!text.startsWith("[")) return null;
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list : null;
  } catch {
    return null;
  }
}

function orNothing(parse: FormValueReader): FormValueReader {
  return (value) => {
    const given = notBlank(value);
    return given === NOTHING ? given : parse(given);
  };
}

/** For a parser of texts: other values are unchanged. */
function ofText(parse: (text: string) => unknown): FormValueReader {
  return orNothing((value) => (typeof value === "string" ? parse(value) : value));
}

/** The value, a text without the blanks around it; NOTHING where there is none. */
function notBlank(value: unknown): unknown {
  if (value === null) return NOTHING;
  if (typeof value !== "string") return value;
  const text = value.trim();
  return text === "" || /^(null|undefined)$/i.test(text) ? NOTHING : text;
}

/** "1,640,000" and "$1640000" are numbers; other text is unchanged, and the check refuses it. */
export function readNumber(text: string): number | string {
  const plain = text.replace(/^\$\s*/, "").replace(/,(?=\d{3}(\D|$))/g, "");
  const number = /^-?\d+(\.\d+)?$/.test(plain) ? Number(plain) : Number.NaN;
  return Number.isFinite(number) ? number : text;
}

const booleanOrNothing = ofText((text) => {
  if (/^(true|yes|y|on|1)$/i.test(text)) return true;
  return /^(false|no|n|off|0)$/i.test(text) ? false : text;
});

const DATE_TIME =
  /^(\d{4}-\d{2}-\d{2})[T ](?:[01]\d|2[0-4]):[0-5]\d(?::[0-6]\d(?:[.,]\d+)?)?\s?(?:Z|[+-]\d{2}(?::?\d{2})?)?$/i;

/** The one spelling of texts that have several. */
const RESPELL: Readonly<Record<string, (text: string) => string>> = {
  // Spreadsheets and numbers lose the zero that those of the Northern Territory (0800) and some others begin with.
  // What has been a number on its way to a text may also have decimals ("2095.0").
  [PATTERN.postcode]: (text) => text.replace(/^(\d{3,4})\.0+$/, "$1").replace(/^\d{3}$/, "0$&"),
  // The day of an ISO-8601 date-time.
  [PATTERN.date]: (text) => DATE_TIME.exec(text)?.[1] ?? text,
  [PATTERN.band]: (text) => parseBand(text)?.label ?? text,
  [PATTERN.address]: (text) => text.replace(/^https?:/i, (scheme) => scheme.toLowerCase()),
};

function allowsNull(schema: TSchema): boolean {
  return ((schema.anyOf ?? []) as readonly TSchema[]).some(({ type }) => type === "null");
}
