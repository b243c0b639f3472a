/*
 * The page of usage: reports by client and month, for invoices.
 * The same figures as `agentlink usage`.
 * Not here: other pages.
 */

import { at, go, linkTo, type PageProps } from "../address.ts";
import { DocumentIcon } from "../parts/icons.tsx";
import type { ShownUsage } from "../responses.ts";
import { useResponse } from "../use-response.ts";
import { seesAll } from "../viewer.ts";
import { number } from "../words.ts";
import { messages } from "./messages.tsx";

const monthName = new Intl.DateTimeFormat(undefined, { month: "long", year: "numeric", timeZone: "UTC" });

/** Reports by client and month, for invoices. The address contains the months, so that it can be shared. */
export function Page({ query }: PageProps) {
  const [from, to, client] = [query.get("from") ?? "", query.get("to") ?? "", query.get("client") ?? ""];
  const requested = new URLSearchParams(
    Object.entries({ from, to, client }).filter(([, value]) => value !== ""),
  ).toString();
  const { found, refusal } = useResponse<ShownUsage>(`api/usage?${requested}`);
  const narrow = (name: "from" | "to" | "client", value: string) =>
    go(linkTo("usage", { from, to, client, [name]: value.trim() }));
  return (
    <>
      <div class="heading">
        <h1>Usage</h1>
        <div class="actions">
          {(["csv", "xlsx"] as const).map((type) => (
            <a key={type} class="button small" href={at(`api/usage.${type}?${requested}`)} download>
              <DocumentIcon />
              {type === "csv" ? "CSV" : "Excel"}
              <span class="visually-hidden"> of these months</span>
            </a>
          ))}
        </div>
      </div>
      <p class="hint">{messages.aboutUsage(seesAll ? "each client" : "you")}</p>
      <search class="filters form inline">
        <label class="field">
          From
          <input
            type="month"
            value={from || (found?.from ?? "")}
            onChange={({ currentTarget }) => narrow("from", currentTarget.value)}
          />
        </label>
        <label class="field">
          To
          <input
            type="month"
            value={to || (found?.to ?? "")}
            onChange={({ currentTarget }) => narrow("to", currentTarget.value)}
          />
        </label>
        {seesAll && (
          <label class="field">
            Client
            <input
              type="search"
              value={client}
              placeholder="All"
              autocomplete="off"
              spellcheck={false}
              onChange={({ currentTarget }) => narrow("client", currentTarget.value)}
            />
          </label>
        )}
      </search>
      {refusal !== null && (
        <p class="error-text" role="alert">
          {refusal.message}
        </p>
      )}
      {found !== null && refusal === null && <Months usage={found} />}
    </>
  );
}

function Months({ usage }: { readonly usage: ShownUsage }) {
  const { months, total, time_zone: zone } = usage;
  if (months.length === 0) return <p class="empty">{messages.noReports}</p>;
  return (
    <>
      <table class="plain-table usage">
        <caption class="visually-hidden">{messages.caption}</caption>
        <thead>
          <tr>
            <th scope="col">Month</th>
            {seesAll && <th scope="col">Client</th>}
            <Heads />
          </tr>
        </thead>
        <tbody>
          {months.map((each) => (
            <tr key={`${each.month} ${each.client}`}>
              <th scope="row">{monthName.format(new Date(`${each.month}-01T00:00:00Z`))}</th>
              {seesAll && (
                <td class="long">
                  <a href={linkTo("jobs", { client: each.client })}>{each.client}</a>
                </td>
              )}
              <Counts of={each} />
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">Total</th>
            {seesAll && <td class="blank" />}
            <Counts of={total} />
          </tr>
        </tfoot>
      </table>
      <p class="hint">Months of {zone}.</p>
    </>
  );
}

const COUNTS = { reports: "Reports", documents: "Documents", pages: "Pages", accepted: "Requests" } as const;

function Heads() {
  return (
    <>
      {(Object.keys(COUNTS) as (keyof typeof COUNTS)[]).map((name) => (
        <th key={name} scope="col" class="number">
          {COUNTS[name]}
        </th>
      ))}
    </>
  );
}

function Counts({ of }: { readonly of: ShownUsage["total"] }) {
  return (
    <>
      {(Object.keys(COUNTS) as (keyof typeof COUNTS)[]).map((name) => (
        <td key={name} class="number" data-label={COUNTS[name]}>
          {number(of[name])}
        </td>
      ))}
    </>
  );
}
