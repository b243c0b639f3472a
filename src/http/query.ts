import { isCalendarDay } from "../report/figures/days.ts";
import { errors } from "./errors.ts";

/** One parameter of a query: what is published of it, and how its text is read. */
export interface QueryParameter<T> {
  readonly description: string;
  /** As the OpenAPI document has it. */
  readonly schema: Readonly<Record<string, unknown>>;
  /** Its value; `given` is null where the query does not have it. @throws Failure "invalid_request". */
  read(given: string | null, name: string): T;
}

type Parameters = Readonly<Record<string, QueryParameter<unknown>>>;

/** The parameters of one route, defined once: read and published from the same table. */
export interface Query<P extends Parameters> {
  /** For the OpenAPI document. */
  readonly parameters: readonly {
    readonly name: string;
    readonly in: "query";
    readonly description: string;
    readonly schema: Readonly<Record<string, unknown>>;
  }[];
  /** @throws Failure "invalid_request" that names the parameter: one that cannot be read, or is unknown. */
  read(request: Request): QueryValues<P>;
  /** The same, of a query that is in a body. */
  parse(query: URLSearchParams): QueryValues<P>;
}

type QueryValues<P extends Parameters> = {
  readonly [Name in keyof P]: P[Name] extends QueryParameter<infer T> ? T : never;
};

/**
 * A query of these parameters alone: a misspelt filter would return everything. `others: "ignored"` skips
 * unknown parameters, as the old API did.
 */
export function defineQuery<P extends Parameters>(
  table: P,
  { others = "refused" }: { readonly others?: "refused" | "ignored" } = {},
): Query<P> {
  const names = Object.keys(table);
  const parse = (query: URLSearchParams) => {
    const unknown = others === "ignored" ? undefined : query.keys().find((name) => !names.includes(name));
    if (unknown !== undefined) throw errors.unknownParameter(unknown, names);
    const values = Object.entries(table).map(([name, parameter]) => [name, parameter.read(query.get(name), name)]);
    return Object.fromEntries(values) as QueryValues<P>;
  };
  return {
    parameters: Object.entries(table).map(([name, { description, schema }]) => ({
      name,
      in: "query",
      description,
      schema,
    })),
    read: (request) => parse(queryOf(request)),
    parse,
  };
}

/** Any text; null where there is none. */
export function text(
  description: string,
  schema: Readonly<Record<string, unknown>> = {},
): QueryParameter<string | null> {
  return { description, schema: { type: "string", ...schema }, read: (given) => given };
}

/** One of a few words. */
export function choice<const Word extends string>(
  description: string,
  words: readonly Word[],
  usual: NoInfer<Word>,
): QueryParameter<Word> {
  return {
    description,
    schema: { type: "string", enum: words, default: usual },
    read: (given, name) => (given === null ? usual : wordOf(given, name, words)),
  };
}

/** One of a few words; null where it is absent or empty. */
export function optionalChoice<const Word extends string>(
  description: string,
  words: readonly Word[],
): QueryParameter<Word | null> {
  return {
    description,
    schema: { type: "string", enum: words },
    read: (given, name) => (given === null || given === "" ? null : wordOf(given, name, words)),
  };
}

function wordOf<Word extends string>(given: string, name: string, words: readonly Word[]): Word {
  const word = words.find((each) => each === given);
  if (word === undefined) throw errors.oneOf(name, words, given);
  return word;
}

/** A whole number; `usual` where there is none, which is no number where it is null. */
export function integer<Usual extends number | null>(
  description: string,
  { minimum, maximum, usual }: { readonly minimum: number; readonly maximum: number; readonly usual: Usual },
): QueryParameter<number | Usual> {
  return {
    description,
    schema: { type: "integer", minimum, maximum, ...(usual === null ? {} : { default: usual }) },
    read(given, name) {
      if (given === null) return usual;
      const value = /^\d{1,9}$/.test(given) ? Number(given) : Number.NaN;
      if (!(value >= minimum && value <= maximum)) throw errors.wholeNumber(name, minimum, maximum, given);
      return value;
    },
  };
}

/** How many of what are on a page of a list. */
export function pageSize(what: string): QueryParameter<number> {
  return integer(`Maximum number of ${what} on a page`, { minimum: 1, maximum: 200, usual: 50 });
}

/** Yes or no, in usual spellings; no if absent or empty. */
export function flag(description: string): QueryParameter<boolean> {
  const { read, ...published } = optionalFlag(description);
  return { ...published, read: (given, name) => read(given, name) ?? false };
}

/** The same; null where it is absent or empty. */
export function optionalFlag(description: string): QueryParameter<boolean | null> {
  return {
    description,
    schema: { type: "boolean" },
    read(given, name) {
      if (given === null || given === "") return null;
      if (isYes(given)) return true;
      if (/^(false|0|no)$/i.test(given)) return false;
      throw errors.oneOf(name, ["true", "false"], given);
    },
  };
}

/** Whether a {@link flag} was given with a yes. */
export function isYes(given: string | null): boolean {
  return /^(true|1|yes)$/i.test(given ?? "");
}

/** A moment as any client may write it, or a day; null where it is absent or empty. */
export function moment(description: string): QueryParameter<string | null> {
  return {
    description,
    schema: { type: "string" },
    read: (given, name) => (given === null || given === "" ? null : timeOf(given, name)),
  };
}

/** A day of the calendar; null where it is absent or empty. */
export function day(description: string): QueryParameter<string | null> {
  return {
    description,
    schema: { type: "string", format: "date" },
    read(given, name) {
      if (given === null || given === "") return null;
      if (!isCalendarDay(given)) throw errors.day(name, given);
      return given;
    },
  };
}

/** Stores compare times as text, so any way to write one becomes the one way they are stored. @throws Failure "invalid_request". */
export function timeOf(given: string, name: string): string {
  const form = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2}))?$/;
  const time = form.test(given) ? new Date(given) : new Date(Number.NaN);
  // The engine takes the 30th of February for the 2nd of March.
  if (Number.isNaN(time.getTime()) || !isCalendarDay(given.slice(0, 10))) throw errors.timeOrDay(name, given);
  return time.toISOString();
}

/** The request's query as it is. */
export function queryOf(request: Request): URLSearchParams {
  const start = request.url.indexOf("?");
  return new URLSearchParams(start === -1 ? "" : request.url.slice(start + 1));
}
