import type { ApiAuditEntry } from "../client/client.ts";
import { visibleLine } from "../text/visible-text.ts";
import type { TimePrinter } from "./clock.ts";
import { messages } from "./messages.ts";
import { table } from "./table.ts";
import { type ServiceAddress, withService } from "./with-service.ts";

export interface AuditOptions {
  readonly config: ServiceAddress;
  readonly clock: TimePrinter;
  readonly filter: {
    readonly actor?: string;
    readonly action?: string;
    readonly since?: string;
    readonly until?: string;
  };
  readonly limit: number;
  readonly json: boolean;
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
  /** Of the terminal; lines are not cut where there is none. */
  readonly columns?: number | undefined;
}

const PAGE = 200;

/** Prints who did what, the latest first: a table, or with `json` an entry a line. */
export function listAudit({ config, clock, filter, limit, json, out, err, columns }: AuditOptions): Promise<void> {
  return withService(config, async (client) => {
    const entries: ApiAuditEntry[] = [];
    for (let cursor: string | null = ""; cursor !== null && entries.length < limit; ) {
      const query = { ...filter, limit: Math.min(PAGE, limit - entries.length) };
      const page = await client.audit({ ...query, ...(cursor === "" ? {} : { cursor }) });
      entries.push(...page.entries);
      cursor = page.next_cursor;
    }
    if (json) for (const entry of entries) out(JSON.stringify(entry));
    else if (entries.length === 0) err(messages.noAuditEntry);
    else
      for (const line of table(
        HEADS,
        entries.map((entry) => row(entry, clock)),
        { width: columns ?? Infinity },
      ))
        out(line);
  });
}

const HEADS = ["AT", "WHO", "DID", "TO", ""] as const;

function row({ at, actor, action, subject, detail }: ApiAuditEntry, clock: TimePrinter): readonly string[] {
  return [clock(at), actor, action, visibleLine(subject ?? "-"), detail ?? ""];
}
