import { useEffect, useState } from "preact/hooks";
import { get } from "../api.ts";
import { dayWords, kindTitle, price } from "../catalogue/words.ts";
import { notifyError } from "../parts/notices.tsx";
import type { ShownLocalityRows } from "../responses.ts";
import { number } from "../words.ts";

const PAGE = "10";

interface RowsProps {
  /** Of the locality in the API. */
  readonly path: string;
  /** The locality's postcode, where the name is not enough. */
  readonly of: string | null;
  readonly kind: "sales" | "listings" | "rentals";
  readonly total: number;
}

type ShownLocalityRow = ShownLocalityRows["rows"][number];

/** Sales, listings or rentals of a locality, the newest first, page by page. */
export function Rows({ path, of, kind, total }: RowsProps) {
  const [rows, setRows] = useState<readonly ShownLocalityRow[]>([]);
  const [next, setNext] = useState<string | null>(null);
  const load = (after: string, before: readonly ShownLocalityRow[], signal?: AbortSignal) => {
    const query = new URLSearchParams({ limit: PAGE, after, ...(of === null ? {} : { postcode: of }) });
    return get<ShownLocalityRows>(`${path}/${kind}?${query}`, signal).then(
      (page) => {
        setRows([...before, ...page.rows]);
        setNext(page.next);
      },
      (error) => {
        if (signal?.aborted !== true) notifyError(error);
      },
    );
  };
  useEffect(() => {
    const controller = new AbortController();
    setRows([]);
    if (total > 0) void load("0", [], controller.signal);
    return () => controller.abort();
  }, [path, of, kind, total]);
  if (total === 0 && kind === "rentals") return null;
  const title = kindTitle(kind);
  return (
    <section class="panel" aria-labelledby={kind}>
      <h2 id={kind}>
        {title}
        {total > 0 && <span class="count">{number(total)}</span>}
      </h2>
      {total === 0 ? (
        <p class="hint">None.</p>
      ) : (
        <table class="plain-table locality-rows" aria-labelledby={kind}>
          <thead>
            <tr>
              <th scope="col">{kind === "sales" ? "Sold" : "Listed"}</th>
              <th scope="col">Address</th>
              <th scope="col" class="number">
                {kind === "rentals" ? "Rent a week" : "Price"}
              </th>
              <th scope="col" class="wide">
                Agents and agencies
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((each) => (
              <tr key={each.id}>
                <td>{dayOf(each)}</td>
                <th scope="row">
                  {String(each.row.address ?? "–")}
                  <span class="second below">{propertyOf(each)}</span>
                </th>
                <td class="number">{priceOf(each, kind)}</td>
                <td class="wide second">{[...each.agents, ...each.agencies].join(", ") || "–"}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {next !== null && (
        <button type="button" class="button small" onClick={() => void load(next, rows)}>
          Show more {kind}
        </button>
      )}
    </section>
  );
}

function dayOf({ row }: ShownLocalityRow): string {
  const day = row.sold_date ?? row.listed_date ?? row.leased_date;
  return typeof day === "string" ? dayWords(day) : "–";
}

function propertyOf({ row }: ShownLocalityRow): string {
  const features = row.features as Readonly<Record<string, unknown>> | undefined;
  const beds = row.beds ?? features?.beds;
  const outcome = row.outcome === undefined || row.outcome === "sold" ? [] : [String(row.outcome).replaceAll("_", " ")];
  return [
    String(row.category ?? ""),
    ...(typeof beds === "number" ? [beds === 0 ? "studio" : `${beds} bed`] : []),
    ...outcome,
  ]
    .filter((part) => part !== "")
    .join(" · ");
}

function priceOf({ row }: ShownLocalityRow, kind: RowsProps["kind"]): string {
  if (kind === "rentals") return price(row.weekly_rent);
  if (kind === "listings") return typeof row.display_price === "string" ? row.display_price : "–";
  const undisclosed = row.price_disclosed === false;
  if (typeof row.price !== "number") return undisclosed ? "not disclosed" : "–";
  return undisclosed ? `${price(row.price)} (not disclosed)` : price(row.price);
}
