import type { Command } from "commander";
import { Failure } from "../../failure.ts";
import { ASKING_SETTINGS, configure, type Flags, withSettings } from "../flags.ts";
import { argument } from "../option.ts";
import { print } from "../terminal.ts";
import { printUsage } from "../usage.ts";

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
      .option("--from <month>", "first month, such as 2026-01; a year back unless given", argument(month))
      .option("--to <month>", "last month, included; this one unless given", argument(month))
      .option("--client <client>", "one client")
      .option("--csv", "print CSV", false)
      .option("--json", "print JSON", false),
    ASKING_SETTINGS,
  ).action(({ from, to, client, json, csv, ...flags }: UsageFlags) => {
    if (json && csv) throw new Failure("usage", "Choose --json or --csv.");
    const range = { ...(from && { from }), ...(to && { to }), ...(client && { client }) };
    return printUsage(range, { config: configure(flags), form: json ? "json" : csv ? "csv" : "table", out: print });
  });
}

function month(text: string): string {
  if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(text.trim())) throw new Error("must be a month such as 2026-11");
  return text.trim();
}
