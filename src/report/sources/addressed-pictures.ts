// Photos and logos that a data set names by their addresses: fetched once through the guard for outside addresses, drawn by
// the one rule for pictures, and stored by content. An unavailable one fails no report.
import type { DataSet } from "../data-set.ts";
import { PATTERN } from "../input/patterns.ts";
import { hasPictureAddresses } from "../pictures/pictures.ts";
import { createPictures, notesOnMissing, type PictureRequest, type PicturesOptions } from "./domain/pictures.ts";
import { createPictureCache } from "./picture-cache.ts";

export interface AddressedPictures {
  /**
   * The data set, as JSON text, with the pictures themselves in place of their addresses. One that cannot be downloaded or
   * drawn is left out, with a note in the data set.
   */
  fetchInto(dataSet: string): Promise<string>;
}

/** More of each kind than any report shows: of those with most sales. */
const MOST = 100;
const IS_ADDRESS = new RegExp(PATTERN.address);

export function createAddressedPictures(options: Pick<PicturesOptions, "outbound" | "draw">): AddressedPictures {
  const fetcher = createPictures({ ...options, cache: createPictureCache() });
  return {
    async fetchInto(text) {
      if (!hasPictureAddresses(text)) return text;
      const dataSet = JSON.parse(text) as DataSet;
      const requests = addressesIn(dataSet);
      const pictures = await fetcher.fetchAll(requests);
      for (const { address, use, row } of requests) row[use] = pictures.found.get(address) ?? null;
      const notes = notesOnMissing(requests, pictures);
      return JSON.stringify(notes.length === 0 ? dataSet : { ...dataSet, notes: [...(dataSet.notes ?? []), ...notes] });
    },
  };
}

type Row = { photo?: string | null; logo?: string | null };

interface Addressed extends PictureRequest {
  /** What it is a field of. */
  readonly row: Row;
}

function addressesIn({ agents = [], agencies = [], partners = [], sales = [], rentals = [] }: DataSet) {
  const ofAgents = counts(sales.flatMap(({ agents: of = [] }) => of.map(({ id }) => id)));
  const ofAgencies = counts([...sales, ...rentals].flatMap(({ agency_ids = [] }) => agency_ids));
  const shown = agents.filter(({ hidden }) => hidden !== true);
  return [
    ...addressed(busiestFirst(shown, ofAgents), "photo", ({ name }) => name),
    ...addressed(busiestFirst(agencies, ofAgencies), "logo", ({ name }) => name),
    ...addressed(partners, "photo", ({ agent }) => agent),
    ...addressed(partners, "logo", ({ agent }) => agent),
  ];
}

function addressed<Of extends Row>(
  rows: readonly Of[],
  use: PictureRequest["use"],
  nameOf: (row: Of) => string,
): readonly Addressed[] {
  const found = rows.flatMap((row): readonly Addressed[] => {
    const address = row[use];
    return address != null && IS_ADDRESS.test(address) ? [{ address, use, row, owner: nameOf(row) }] : [];
  });
  return found.slice(0, MOST);
}

function counts(ids: readonly string[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const id of ids) found.set(id, (found.get(id) ?? 0) + 1);
  return found;
}

function busiestFirst<Of extends { readonly id?: string }>(
  rows: readonly Of[],
  counted: ReadonlyMap<string, number>,
): readonly Of[] {
  const count = ({ id = "" }: Of) => counted.get(id) ?? 0;
  return rows.toSorted((one, other) => count(other) - count(one));
}
