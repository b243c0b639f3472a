// What people save under a name beside the jobs, for their client's keys or for all: views and territories.
import type { Caller } from "../../access/caller.ts";
import type { RecordKind, Records } from "../../storage/records/records.ts";
import { compareText } from "../../text/text.ts";
import { errors } from "../errors.ts";
import { decoded } from "../path.ts";
import { actorOf } from "./audited.ts";

/** What every record with a name has. */
export interface NamedRecord {
  readonly name: string;
  /** Whether all clients see it. */
  readonly shared: boolean;
  /** Who saved it. */
  readonly by: string;
  readonly saved_at: string;
}

export interface NamedRecords<T extends object> {
  /** Those of a client and those that are shared, by their names. */
  list(client: string): Promise<readonly (NamedRecord & T)[]>;
  /** In place of what had the name. @throws Failure where that is another client's, or there are too many. */
  save(
    request: Request,
    caller: Caller,
    fields: { readonly name: string; readonly shared: boolean } & T,
  ): Promise<NamedRecord & T>;
  /** The caller's own; where there is none, the shared one. @throws Failure where there is none, or it is another client's. */
  remove(caller: Caller, name: string): Promise<NamedRecord & T>;
}

export const LONGEST_NAME = 60;
/** Of one client, and all. */
const MOST = { own: 100, together: 1_000 } as const;
/** In place of a client's name, which cannot be that. */
const ALL_CLIENTS = "*";

/** `noun` is what one is called in sentences, `list` where all are listed. */
export function createNamedRecords<T extends object>(
  records: Records,
  { kind, noun, list }: { readonly kind: RecordKind; readonly noun: string; readonly list: string },
): NamedRecords<T> {
  type Stored = NamedRecord & T & { readonly client: string };
  const recordOf = (owner: string, name: string) => `${owner}/${name.toLowerCase()}`;
  const all = async () =>
    (await records.last(kind, MOST.together)).map(({ name, value }) => ({
      owner: name.slice(0, name.indexOf("/")),
      stored: JSON.parse(value) as Stored,
    }));
  const shown = ({ client: _, ...rest }: Stored): NamedRecord & T => rest as unknown as NamedRecord & T;

  function requireOwner(caller: Caller, { client, name }: Stored): void {
    if (client !== caller.client && caller.scope !== "admin") throw errors.namedOfAnother(noun, name, client);
  }

  return {
    async list(client) {
      const seen = (await all()).filter(({ owner }) => owner === ALL_CLIENTS || owner === client);
      return seen
        .map(({ stored }) => shown(stored))
        .toSorted((a, b) => compareText(a.name.toLowerCase(), b.name.toLowerCase()));
    },

    async save(request, caller, fields) {
      const owner = fields.shared ? ALL_CLIENTS : caller.client;
      const stored = await all();
      const record = recordOf(owner, fields.name);
      const before = stored.find((each) => recordOf(each.owner, each.stored.name) === record);
      if (before !== undefined) requireOwner(caller, before.stored);
      else if (
        stored.length >= MOST.together ||
        stored.filter((each) => each.stored.client === caller.client).length >= MOST.own
      )
        throw errors.tooManyNamed(noun, MOST.own);
      const saved = { ...fields, by: actorOf(caller, request), saved_at: new Date().toISOString() };
      await records.put(kind, record, JSON.stringify({ ...saved, client: caller.client }));
      return saved;
    },

    async remove(caller, name) {
      const stored = await all();
      const of = (owner: string) =>
        stored.find((each) => each.owner === owner && recordOf(owner, each.stored.name) === recordOf(owner, name));
      const found = of(caller.client) ?? of(ALL_CLIENTS);
      if (found === undefined) throw errors.unknownNamed(noun, name, list);
      requireOwner(caller, found.stored);
      await records.remove(kind, recordOf(found.owner, name));
      return shown(found.stored);
    },
  };
}

/** The name in an address. @throws Failure "invalid_request". */
export function nameIn(part: string): string {
  const name = decoded(part).trim().normalize("NFC");
  if (name === "" || name.length > LONGEST_NAME || /[/\p{Cc}]/u.test(name)) throw errors.nameOfRecord(LONGEST_NAME);
  return name;
}

/** The fields of a body with `shared`, which is false by default. @throws Failure that names the field. */
export function fieldsOf<Name extends string>(
  body: unknown,
  names: readonly Name[],
): { readonly [N in Name]?: unknown } & { readonly shared: boolean } {
  const given = (typeof body === "object" && body !== null && !Array.isArray(body) ? body : {}) as Record<
    string,
    unknown
  >;
  const { shared = false } = given;
  if (typeof shared !== "boolean") throw errors.oneOf("shared", ["true", "false"], shared);
  const other = Object.keys(given).find((name) => name !== "shared" && !names.some((known) => known === name));
  if (other !== undefined) throw errors.unknownField(other, [...names, "shared"]);
  return { ...given, shared } as { readonly [N in Name]?: unknown } & { readonly shared: boolean };
}
