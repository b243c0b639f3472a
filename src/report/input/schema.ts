import { Kind, type TSchema } from "@sinclair/typebox";
import { ValueErrorType } from "@sinclair/typebox/errors";
import { shownValue } from "../../text/visible-text.ts";
import { messages } from "../messages.ts";
import { patternSentence } from "./patterns.ts";

/** What is wrong with a document, and where: a JSON pointer and a sentence's end ("must be …"). */
export interface SchemaViolation {
  readonly path: string;
  readonly message: string;
}

interface SchemaError {
  readonly type: number;
  readonly path: string;
  readonly value: unknown;
  readonly schema: TSchema;
  readonly errors: Iterable<SchemaError>[];
}

const MAX_UNKNOWN = 20;

/**
 * The fields of a value its schema does not know, as JSON pointers, at most 20. A field that every row of a list has
 * is named once, at its first row.
 */
export function unknownFields(schema: TSchema, value: unknown): string[] {
  const found: string[] = [];
  const named = new Map<TSchema, Set<string>>();
  const walk = (part: TSchema, inside: unknown, path: () => string): void => {
    if (found.length >= MAX_UNKNOWN) return;
    const plain = withoutNull(part);
    if (Array.isArray(inside)) {
      const items = plain.items as TSchema | undefined;
      if (items && isContainer(items))
        for (const [index, item] of inside.entries()) walk(items, item, () => `${path()}/${index}`);
      return;
    }
    const properties = plain.properties as Record<string, TSchema> | undefined;
    if (!properties || typeof inside !== "object" || inside === null) return;
    for (const key in inside) {
      const property = Object.hasOwn(properties, key) ? properties[key] : undefined;
      if (property === undefined) {
        const already = named.get(plain) ?? new Set();
        named.set(plain, already);
        if (!already.has(key) && found.length < MAX_UNKNOWN) found.push(`${path()}/${pointerToken(key)}`);
        already.add(key);
      } else if (isContainer(property))
        walk(property, (inside as Record<string, unknown>)[key], () => `${path()}/${key}`);
    }
  };
  walk(schema, value, () => "");
  return found;
}

/**
 * The value without the fields its schema does not know: what is not used is not stored either, so that it costs
 * nothing later. Copies only what changes.
 */
export function knownFields(schema: TSchema, value: unknown): unknown {
  const plain = withoutNull(schema);
  if (Array.isArray(value)) {
    const items = plain.items as TSchema | undefined;
    if (!items || !isContainer(items)) return value;
    const known = value.map((item) => knownFields(items, item));
    return known.some((item, index) => item !== value[index]) ? known : value;
  }
  const properties = plain.properties as Record<string, TSchema> | undefined;
  if (!properties || typeof value !== "object" || value === null) return value;
  let changed = false;
  const known: [string, unknown][] = [];
  for (const [key, inside] of Object.entries(value)) {
    const property = Object.hasOwn(properties, key) ? properties[key] : undefined;
    const part = property && isContainer(property) ? knownFields(property, inside) : inside;
    if (property) known.push([key, part]);
    changed ||= property === undefined || part !== inside;
  }
  return changed ? Object.fromEntries(known) : value;
}

/** An error of the schema library in words for the document's author. */
export function explain(error: SchemaError): SchemaViolation {
  const inner = innerError(error);
  return { path: inner.path, message: describe(inner) };
}

/** For "this or null" the error is that of this, not that no choice fits. */
function innerError(error: SchemaError): SchemaError {
  if (error.type !== ValueErrorType.Union) return error;
  const choices = error.schema.anyOf as readonly TSchema[];
  if (!choices.some(isNull)) return error;
  for (const [index, choice] of choices.entries()) {
    if (isNull(choice)) continue;
    for (const inner of error.errors[index] ?? []) return innerError(inner);
  }
  return error;
}

function describe({ type, schema, value }: SchemaError): string {
  const found = shownValue(value);
  switch (type) {
    case ValueErrorType.ObjectRequiredProperty:
      return "is required";
    case ValueErrorType.StringPattern:
      return `${patternSentence(String(schema.pattern))}, not ${found}`;
    case ValueErrorType.StringMaxLength:
      return messages.tooLong(shown(schema.maxLength));
    case ValueErrorType.StringMinLength:
      return messages.notEmpty;
    case ValueErrorType.ArrayMinItems:
      return messages.tooFew(schema.minItems, Array.isArray(value) ? value.length : "fewer");
    case ValueErrorType.ArrayMaxItems:
      return messages.tooMany(schema.maxItems, Array.isArray(value) ? value.length : "more");
    case ValueErrorType.NumberMinimum:
    case ValueErrorType.IntegerMinimum:
      return messages.tooSmall(shown(schema.minimum), found);
    case ValueErrorType.NumberExclusiveMinimum:
      return messages.notMore(schema.exclusiveMinimum, found);
    case ValueErrorType.NumberMaximum:
    case ValueErrorType.IntegerMaximum:
      return messages.tooLarge(shown(schema.maximum), found);
    case ValueErrorType.Union:
      return notOneOf(schema, found);
    case ValueErrorType.Boolean:
      return messages.notBoolean(found);
    default:
      return `must be ${nameOf(schema)}, not ${found}`;
  }
}

/** "1,000,000": a limit as people read it. */
function shown(limit: unknown): string {
  return typeof limit === "number" ? limit.toLocaleString("en-AU") : String(limit);
}

function nameOf(schema: TSchema): string {
  if ("const" in schema) return JSON.stringify(schema.const);
  const kind = String(schema.type ?? schema[Kind]).toLowerCase();
  const name = kind === "integer" ? "whole number" : kind === "string" ? "text" : kind === "array" ? "list" : kind;
  return name === "text" ? "text" : /^[aeiou]/.test(name) ? `an ${name}` : `a ${name}`;
}

/** The words that a field allows, or, for any text or list, the kind of value. */
function notOneOf(schema: TSchema, found: string): string {
  const choices = ((schema.anyOf ?? []) as readonly TSchema[]).filter((choice) => !isNull(choice));
  const words = choices.flatMap((choice) => ("const" in choice ? [wordOf(choice.const)] : []));
  if (words.length === 0) return `must be ${choices.map(nameOf).join(" or ")}, not ${found}`;
  return words.length === 2
    ? `must be ${words.join(" or ")}, not ${found}`
    : messages.notOneOf(words.join(", "), found);
}

/** A word as it is; a mark such as a comma would be lost among others. */
function wordOf(value: unknown): string {
  return /^[\w-]+$/.test(String(value)) ? String(value) : JSON.stringify(value);
}

function withoutNull(schema: TSchema): TSchema {
  const choices = schema.anyOf as readonly TSchema[] | undefined;
  if (choices?.length !== 2) return schema;
  return (choices.some(isNull) && choices.find((choice) => !isNull(choice))) || schema;
}

function isNull(schema: TSchema): boolean {
  return schema.type === "null";
}

function isContainer(schema: TSchema): boolean {
  const { type } = withoutNull(schema);
  return type === "object" || type === "array";
}

function pointerToken(key: string): string {
  return key.slice(0, 100).replaceAll("~", "~0").replaceAll("/", "~1");
}
