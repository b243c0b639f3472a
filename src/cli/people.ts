import { existsSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../failure.ts";
import type { DataSet, Decision } from "../report/data-set.ts";
import { findJoins, type Join } from "../report/identity/identity.ts";
import { type Catalogue, openCatalogue } from "../report/sources/catalogue.ts";
import { domainOf, usesDomain } from "../report/sources/domain/domain.ts";
import { createSourceBreaker } from "../report/sources/http.ts";
import type { ReportLocality } from "../report/sources/source.ts";
import type { Config } from "../settings/config.ts";
import { localityOf } from "./domain.ts";
import { messages } from "./messages.ts";
import { table } from "./table.ts";

interface PeopleOutput {
  readonly json: boolean;
  readonly out: (line: string) => void;
}

interface NamedJoin extends Join {
  readonly locality: string;
  readonly remainingName: string;
  readonly joinedName: string;
}

/**
 * What is joined in the reports of a suburb, or of all that the catalogue has data of, and why; then what people decided.
 * Sends no request: of Domain it reads what is cached.
 */
export async function listPeople(config: Config, words: readonly string[], { json, out }: PeopleOutput): Promise<void> {
  const catalogue = openFor(config);
  const domain = domainOf(config, { breaker: createSourceBreaker(), own: catalogue });
  try {
    const decisions = catalogue.decisions();
    const localities = words.length > 0 ? [localityOf(words)] : localitiesOf(catalogue);
    const joins: NamedJoin[] = [];
    for (const locality of localities) {
      const text = (await domain?.cached(locality)) ?? catalogue.dataSet(locality);
      if (text === null) continue;
      const dataSet = { ...(JSON.parse(text) as DataSet), decisions: [...decisions] };
      const nameOf = namesOf(dataSet);
      for (const join of findJoins(dataSet))
        joins.push({
          ...join,
          locality: `${locality.suburb} ${locality.state}`,
          remainingName: nameOf(join.keep),
          joinedName: nameOf(join.join),
        });
    }
    if (json) return out(JSON.stringify({ joins, decisions }, null, 2));
    if (joins.length === 0) out("Nothing is merged.");
    else
      for (const line of table(
        ["WHERE", "KIND", "STAYS", "JOINED", "WHY"],
        joins.map(({ locality, kind, keep, join, remainingName, joinedName, reason }) => [
          ...[locality, kind, `${remainingName} (${keep})`, `${joinedName} (${join})`, reason],
        ]),
      ))
        out(line);
    if (decisions.length === 0) return;
    out("");
    for (const line of table(
      ["DECISION", "KIND", "IDS"],
      decisions.map(({ decision, kind, ids }) => [decision, kind, ids.join(" ")]),
    ))
      out(line);
  } finally {
    domain?.close();
    catalogue.close();
  }
}

const LISTS = { agency: "agencies", agent: "agents", sale: "sales" } as const;

/**
 * Stores that two are one, or are not; null takes such a decision back. An id that only the operator's own data service can
 * know is noted and taken.
 * @throws Failure "usage" for one id given twice, "unknown_id" for ids that neither the catalogue nor Domain's stored
 *   responses nor an earlier decision has.
 */
export function decidePeople(
  config: Config,
  kind: Decision["kind"],
  ids: readonly [string, string],
  decision: Decision["decision"] | null,
  { json, out, err }: PeopleOutput & { readonly err: (line: string) => void },
): void {
  if (ids[0] === ids[1]) throw new Failure("usage", messages.idTwice(ids[0]));
  const catalogue = openFor(config);
  try {
    const unknown = unknownIds(config, catalogue, kind, ids);
    if (unknown.length > 0 && config.sourceUrl === null)
      throw new Failure("unknown_id", messages.unknownIds(kind, unknown, usesDomain(config)));
    if (unknown.length > 0) err(messages.idsOfDataService(kind, unknown));
    const changed = catalogue.decide(kind, ids, decision);
    const what = decision === null ? messages.rulesDecide : decision === "merge" ? "now one entry" : "now two entries";
    out(
      json
        ? JSON.stringify({ kind, ids, decision, changed })
        : `${kind} ${ids.join(" and ")}: ${what}${changed ? "" : " (no change)"}`,
    );
  } finally {
    catalogue.close();
  }
}

function unknownIds(
  config: Config,
  catalogue: Catalogue,
  kind: Decision["kind"],
  ids: readonly string[],
): readonly string[] {
  const decided = new Set(catalogue.decisions().flatMap((each) => (each.kind === kind ? each.ids : [])));
  const left = ids.filter((id) => !decided.has(id) && catalogue.count({ kind: LISTS[kind], id }) === 0);
  const domain = left.length === 0 ? null : domainOf(config, { breaker: createSourceBreaker() });
  try {
    return left.filter((id) => domain?.names(LISTS[kind], id) !== true);
  } finally {
    domain?.close();
  }
}

function openFor({ dataDir }: Config): Catalogue {
  if (!existsSync(dataDir)) throw new Failure("data_dir", messages.noDataFolder(dataDir));
  return openCatalogue({ path: join(dataDir, "catalogue.db") });
}

function localitiesOf(catalogue: Catalogue): readonly ReportLocality[] {
  const localities: ReportLocality[] = [];
  for (let after: string | null = ""; after !== null; ) {
    const page = catalogue.localities({ limit: 200, ...(after === "" ? {} : { after }) });
    localities.push(...(page.localities as readonly ReportLocality[]));
    after = page.next;
  }
  return localities;
}

function namesOf({ agencies = [], agents = [], sales = [] }: DataSet): (id: string) => string {
  const names = new Map([
    ...sales.map(({ id, address }) => [id, address] as const),
    ...agencies.map(({ id, name }) => [id, name] as const),
    ...agents.flatMap(({ id, name }) => (id === undefined ? [] : [[id, name] as const])),
  ]);
  return (id) => names.get(id) ?? id;
}
