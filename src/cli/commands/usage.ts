import type { Command } from "commander";
import type { UsageQuery } from "../../client/client.ts";
import { Failure } from "../../failure.ts";
import { csvNumber, csvText } from "../../text/csv.ts";
import { CALLING_SETTINGS, configure, type Flags, withSettings } from "../flags.ts";
import { messages } from "../messages.ts";
import { argument } from "../option.ts";
import { table } from "../table.ts";
import { print, printError } from "../terminal.ts";
import { type ServiceAddress, withService } from "../with-service.ts";

interface UsageFlags extends Flags {
  readonly from?: string;
  readonly to?: string;
  readonly client?: string;
  readonly json: boolean;
  readonly csv: boolean;
}

/** Reports by client and month, for invoices. */
export function usageCommand(program: Command): void {
  withSettings(
    program
      .command("usage")
      .description("show reports by client and month, for invoices")
      .option("--from <month>", "first month, such as 2026-01; default: a year ago", argument(month))
      .option("--to <month>", "last month, included; default: this month", argument(month))
      .option("--client <client>", "only this client")
      .option("--csv", "print CSV", false)
      .option("--json", "print JSON", false),
    CALLING_SETTINGS,
  ).action(({ from, to, client, json, csv, ...flags }: UsageFlags) => {
    if (json && csv) throw new Failure("usage", messages.jsonOrCsv);
    const range = { ...(from && { from }), ...(to && { to }), ...(client && { client }) };
    return printUsage(range, { config: configure(flags), form: json ? "json" : csv ? "csv" : "table", out: print });
  });
}

function month(text: string): string {
  if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(text.trim())) throw new Error(messages.badMonth);
  return text.trim();
}

interface UsageOptions {
  readonly config: ServiceAddress;
  readonly form: "table" | "csv" | "json";
  readonly out: (line: string) => void;
}

const COUNTS = ["accepted", "reports", "documents", "pages"] as const;

/** Prints what clients requested and were given, by month. */
function printUsage(range: UsageQuery, { config, form, out }: UsageOptions): Promise<void> {
  return withService(config, async (client) => {
    const usage = await client.usage(range);
    const { months, total } = usage;
    if (months.length === 0) {
      const { client: _, ...allClients } = range;
      const others = new Set((await client.usage(allClients)).months.map((each) => each.client));
      printError(messages.noUsage(usage.from, usage.to, range.client, [...others].sort().join(", ")));
    }
    if (form === "json") return out(JSON.stringify(usage));
    if (form === "csv") {
      out(["month", "client", ...COUNTS].join(","));
      for (const each of months)
        out([each.month, csvText(each.client), ...COUNTS.map((name) => csvNumber(each[name]))].join(","));
      return;
    }
    const rows = months.map((each) => [each.month, each.client, ...COUNTS.map((name) => String(each[name]))]);
    const sum = ["total", "", ...COUNTS.map((name) => String(total[name]))];
    for (const line of table(["MONTH", "CLIENT", ...COUNTS.map((name) => name.toUpperCase())], [...rows, sum]))
      out(line);
  });
}
