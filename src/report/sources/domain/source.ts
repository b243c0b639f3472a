// Domain as a source of data sets: https://developer.domain.com.au. docs/domain.md describes what it needs and costs.

import { compareText } from "../../../text/text.ts";
import type { DataSet } from "../../data-set.ts";
import { reportDay } from "../../day.ts";
import { suburbKey } from "../../gazetteer/key.ts";
import { findSuburb } from "../../localities/suburbs.ts";
import type { PictureUse } from "../../pictures/picture.ts";
import type { DataSetSource, ReportLocality } from "../source.ts";
import type { Cache } from "./cache-file.ts";
import type { DomainClient } from "./client.ts";
import type { DomainLocality } from "./endpoints.ts";
import { gather } from "./gather.ts";
import { type MappedResponses, type MappingOptions, toDataSet } from "./mapping.ts";
import { complete } from "./merge.ts";
import { notesOnMissing, type Pictures } from "./pictures.ts";

export interface DomainSourceOptions extends MappingOptions {
  readonly client: DomainClient;
  readonly cache: Cache;
  /** What else is known of the suburb, an agency's own sales: completes Domain's data. */
  readonly own?: DataSetSource;
  readonly pictures?: Pictures;
  readonly now?: () => Date;
}

export interface DomainSource extends DataSetSource {
  /** What it would return without a call; null if that is nothing. */
  cached(locality: ReportLocality): Promise<string | null>;
}

/** Raised when data sets are made differently: stored ones are then made again from the stored responses. */
const MAPPING = 2;

/**
 * Data sets of suburbs from Domain; null if it has nothing. A suburb that is requested again within a day costs no call.
 * Its `dataSet` throws as {@link DomainClient.request}.
 */
export function createDomainSource(options: DomainSourceOptions): DomainSource {
  const { client, cache, townhouses, own, pictures, now = () => new Date() } = options;
  /** Written by `dataSet`. */
  const pending = new Map<string, Promise<MappedResponses | null>>();

  async function request(locality: DomainLocality, key: string): Promise<MappedResponses | null> {
    const stored = cache.get(key);
    if (stored !== null) return JSON.parse(stored) as MappedResponses | null;
    const gathered = await gather(client, locality, reportDay(now().toISOString(), locality), now);
    const mapped = gathered === null ? null : toDataSet(gathered.responses, { townhouses });
    cache.put(gathered?.partial === true ? "data_set_partial" : "data_set", key, JSON.stringify(mapped));
    return mapped;
  }

  const keyOf = ({ suburb, state, postcode, region, area }: DomainLocality) => {
    const wider = region || area ? ` ${JSON.stringify([region, area])}` : "";
    return `data set ${MAPPING} ${client.identity} ${townhouses} ${state} ${suburbKey(suburb)} ${postcode ?? ""}${wider}`;
  };

  async function completed(mapped: MappedResponses | null, requested: ReportLocality, of?: "sales" | "rentals") {
    if (mapped === null) return null;
    const dataSet = pictures === undefined ? mapped.dataSet : await withPictures(mapped, pictures);
    const more = (await own?.dataSet(requested, of)) ?? null;
    return JSON.stringify(more === null ? dataSet : complete(dataSet, JSON.parse(more) as DataSet));
  }

  return {
    async cached(requested) {
      const stored = cache.get(keyOf(localityOf(requested)));
      return completed(stored === null ? null : (JSON.parse(stored) as MappedResponses | null), requested);
    },

    async dataSet(requested, of) {
      const locality = localityOf(requested);
      const key = keyOf(locality);
      const question = pending.get(key) ?? request(locality, key).finally(() => pending.delete(key));
      pending.set(key, question);
      return completed(await question, requested, of);
    },
  };
}

function localityOf({ suburb, state, postcode, region = null, area = null }: ReportLocality): DomainLocality {
  return { suburb, state, region, area, postcode: postcode ?? findSuburb({ suburb, state })?.postcode ?? null };
}

/** The number of each, those with most sales first: a report shows no more. */
const MOST_PHOTOS = 24;
const MOST_LOGOS = 16;

async function withPictures({ dataSet, logos, photos }: MappedResponses, pictures: Pictures): Promise<DataSet> {
  const { sales = [], listings = [], rentals = [] } = dataSet;
  const logoOf = new Map(
    busiest([...sales, ...listings, ...rentals].flatMap(({ agency_ids = [] }) => agency_ids)).flatMap((id) =>
      logos[id] === undefined ? [] : [[id, logos[id]] as const],
    ),
  );
  const sellers = [
    ...sales.flatMap(({ agents = [] }) => agents.map(({ id }) => id)),
    ...listings.flatMap(({ agent_ids = [] }) => agent_ids),
  ];
  const photoOf = new Map(
    busiest(sellers).flatMap((id) => (photos[id] === undefined ? [] : [[id, photos[id]] as const])),
  );
  const names = new Map(
    [...(dataSet.agencies ?? []), ...(dataSet.agents ?? [])].map(({ id = "", name }) => [id, name]),
  );
  const requestsOf = (use: PictureUse, addresses: ReadonlyMap<string, string>, most: number) =>
    [...addresses].slice(0, most).map(([id, address]) => ({ address, use, owner: names.get(id) ?? id }));
  const requests = [...requestsOf("logo", logoOf, MOST_LOGOS), ...requestsOf("photo", photoOf, MOST_PHOTOS)];
  const fetched = await pictures.fetchAll(requests);
  const notes = notesOnMissing(requests, fetched);
  const picture = (address: string | undefined) => fetched.found.get(address ?? "") ?? null;
  return {
    ...dataSet,
    agencies: (dataSet.agencies ?? []).map((agency) => ({ ...agency, logo: picture(logoOf.get(agency.id)) })),
    agents: (dataSet.agents ?? []).map((agent) => ({ ...agent, photo: picture(photoOf.get(agent.id ?? "")) })),
    ...(notes.length === 0 ? {} : { notes: [...(dataSet.notes ?? []), ...notes] }),
  };
}

/** Each id once, the most frequent first. */
function busiest(ids: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || compareText(a[0], b[0])).map(([id]) => id);
}
