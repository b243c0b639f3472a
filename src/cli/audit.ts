import type { AuditEntry } from "../client/client.ts";
import { visibleLine } from "../host/visible-text.ts";
import { table } from "./table.ts";
import { type ServiceAddress, withService } from "./with-service.ts";

export interface AuditOptions {
  readonly config: ServiceAddress;
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
export function listAudit({ config, filter, limit, json, out, err, columns }: AuditOptions): Promise<void> {
  return withService(config, async (client) => {
    const entries: AuditEntry[] = [];
    for (let cursor: string | null = ""; cursor !== null && entries.length < limit; ) {
      const wanted = { ...filter, limit: Math.min(PAGE, limit - entries.length) };
      const page = await client.audit({ ...wanted, ...(cursor === "" ? {} : { cursor }) });
      entries.push(...page.entries);
      cursor = page.next_cursor;
    }
    if (json) for (const entry of entries) out(JSON.stringify(entry));
    else if (entries.length === 0) err("the audit list has no such entries");
    else for (const line of table(["AT (UTC)", "WHO", "DID", "TO", ""], entries.map(row), columns)) out(line);
  });
}

function row({ at, actor, action, subject, detail }: AuditEntry): readonly string[] {
  return [`${at.slice(0, 10)} ${at.slice(11, 19)}`, actor, action, visibleLine(subject ?? "-"), detail ?? ""];
}
