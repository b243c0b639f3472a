import { type Static, type TSchema, Type as t } from "@sinclair/typebox";

/** A value that may be missing, published as null. */
export function nullable<T extends TSchema>(schema: T) {
  return t.Union([schema, t.Null()]);
}

/** A moment, as all of them are written. */
export function time(description: string) {
  return t.String({ format: "date-time", description });
}

/** What a view of this schema returns; `satisfies` checks the two against each other. */
export type Viewed<Schema extends TSchema> = Unchanging<Static<Schema>>;

type Unchanging<T> = T extends object ? { readonly [Key in keyof T]: Unchanging<T[Key]> } : T;
