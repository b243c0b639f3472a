import { Type as t } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { type Caller, seesAll } from "../../../access/caller.ts";
import { calendarOf } from "../../../host/time-zone.ts";
import { monthOf, monthsOf, type UsageMonth, type UsageRange } from "../../../queue/usage.ts";
import { isCalendarDay } from "../../../report/figures/days.ts";
import { errors } from "../../errors.ts";
import { operation, ref } from "../../openapi/operation.ts";
import { defineQuery, type QueryParameter, text } from "../../query.ts";
import { json } from "../../response.ts";
import { TABLE_TYPES, type TableType, tableFile } from "../../table-file.ts";
import type { Shared } from "../shared.ts";

const count = (description: string) => t.Integer({ minimum: 0, description });
const COUNTS = {
  accepted: count("Requests that were accepted"),
  reports: count("Jobs that were completed"),
  documents: count("Documents of those jobs"),
  pages: count("Pages of all of these documents"),
} as const;

/** What clients requested and were given. */
export const UsageView = t.Object({
  from: t.String({ description: "The first month" }),
  to: t.String({ description: "The last month" }),
  time_zone: t.String({ description: "Time zone of the months" }),
  months: t.Array(t.Object({ month: t.String({ examples: ["2026-11"] }), client: t.String(), ...COUNTS }), {
    description: "Latest month first, then by client; empty months are left out",
  }),
  total: t.Object(COUNTS),
});

const COLUMNS = ["month", "client", "accepted", "reports", "documents", "pages"] as const;
const QUERY = defineQuery({
  from: month("First month, such as 2026-01, or a day in it"),
  to: month("Last month, included"),
  client: text("Only this client; without a viewer or admin key always the caller"),
});
type RequestedUsage = ReturnType<typeof QUERY.read>;
/** Months in one response. */
const MOST_MONTHS = 60;
const MONTHS_BACK = 11;

/** Reports by client and month, for invoices: each client's own, and all clients' for a key that sees all. */
export function usageRoutes({ queue, admission, timeZone = "UTC" }: Shared) {
  const { dayOf } = calendarOf(timeZone);

  const read = async (request: Request, caller: Caller) => {
    const given = QUERY.read(request);
    const range = rangeOf(given, monthOf(dayOf(new Date())));
    const client = seesAll(caller) ? given.client : caller.client;
    return { range, months: await queue.usage({ ...range, ...(client !== null && { client }) }) };
  };

  const file = async (type: TableType, request: Request, caller: Caller) => {
    const { range, months } = await read(request, caller);
    async function* rows() {
      for (const month of months) yield COLUMNS.map((name) => month[name]);
    }
    return tableFile(type, { name: `usage-${range.from}-${range.to}`, columns: COLUMNS, rows: rows() });
  };

  return new Elysia()
    .use(admission)
    .get(
      "/api/usage",
      async ({ request, caller }) => {
        if (/\btext\/csv\b/i.test(request.headers.get("accept") ?? "")) return file("csv", request, caller);
        const { range, months } = await read(request, caller);
        const total = months.reduce(add, { accepted: 0, reports: 0, documents: 0, pages: 0 });
        return json<typeof UsageView>({ ...range, time_zone: timeZone, months, total });
      },
      { detail: USAGE },
    )
    .get("/api/usage.csv", ({ request, caller }) => file("csv", request, caller), { detail: fileDetail("csv") })
    .get("/api/usage.xlsx", ({ request, caller }) => file("xlsx", request, caller), { detail: fileDetail("xlsx") });
}

type UsageCounts = Omit<UsageMonth, "month" | "client">;

function add(sum: UsageCounts, each: UsageCounts): UsageCounts {
  return {
    accepted: sum.accepted + each.accepted,
    reports: sum.reports + each.reports,
    documents: sum.documents + each.documents,
    pages: sum.pages + each.pages,
  };
}

/** By default a year that ends with this month. @throws Failure "invalid_request" that names the parameter. */
function rangeOf(given: RequestedUsage, now: string): Pick<UsageRange, "from" | "to"> {
  const to = given.to ?? (given.from !== null && given.from > now ? given.from : now);
  const from = given.from ?? monthsBefore(to, MONTHS_BACK);
  if (from > to) throw errors.notAfter("from", "to", to);
  if (monthsOf({ from, to }).length > MOST_MONTHS) throw errors.mostMonths("from", MOST_MONTHS);
  return { from, to };
}

/** A month, also by one of its days; null where it is absent or empty. */
function month(description: string): QueryParameter<string | null> {
  return {
    description,
    schema: { type: "string", examples: ["2026-01"] },
    read(given, name) {
      if (given === null || given === "") return null;
      const [, found, day = "01"] = /^(\d{4}-(?:0[1-9]|1[0-2]))(?:-(\d{2}))?$/.exec(given) ?? [];
      if (found === undefined || !isCalendarDay(`${found}-${day}`)) throw errors.monthOrDay(name, given);
      return found;
    },
  };
}

function monthsBefore(month: string, months: number): string {
  const [year = 0, number = 0] = month.split("-").map(Number);
  return new Date(Date.UTC(year, number - 1 - months, 1)).toISOString().slice(0, 7);
}

const DESCRIPTION = `Reports are counted when they are completed, so the counts remain when jobs are deleted. A key sees the counts of its client; viewer and admin keys see all. At most ${MOST_MONTHS} months; default: the last twelve.`;
const USAGE = operation({
  operationId: "usage",
  tags: ["Service"],
  summary: "Count reports by client and month, for invoices",
  description: DESCRIPTION,
  parameters: QUERY.parameters,
  responses: {
    200: { description: "The counts", content: { "application/json": ref("Usage"), "text/csv": { type: "string" } } },
  },
  problems: [422],
});

const fileDetail = (type: TableType) =>
  operation({
    operationId: type === "csv" ? "usageAsCsv" : "usageAsWorkbook",
    tags: ["Service"],
    summary: type === "csv" ? "Download the usage as CSV" : "Download the usage as a workbook (XLSX)",
    description: DESCRIPTION,
    parameters: QUERY.parameters,
    responses: { 200: { description: "The counts as a table", content: { [TABLE_TYPES[type]]: { type: "string" } } } },
    problems: [422],
  });
