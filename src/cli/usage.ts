import type { UsageRange } from "../client/client.ts";
import { csvNumber, csvText } from "../host/csv.ts";
import { table } from "./table.ts";
import { type ServiceAddress, withService } from "./with-service.ts";

interface UsageOptions {
  readonly config: ServiceAddress;
  readonly form: "table" | "csv" | "json";
  readonly out: (line: string) => void;
}

const COUNTS = ["accepted", "reports", "documents", "pages"] as const;

/** Prints what clients asked for and were given, by month. */
export function printUsage(range: UsageRange, { config, form, out }: UsageOptions): Promise<void> {
  return withService(config, async (client) => {
    const usage = await client.usage(range);
    const { months, total } = usage;
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
