import type { Api } from "./api.ts";

/** Streams that have no end. */
const ENDLESS = new Set(["/api/events", "/api/jobs/{id}/events"]);

interface Paths {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** One call of an operation. */
export interface Call {
  readonly route: string;
  readonly method: string;
  readonly target: string;
}

/** What a request shows a key by. */
export function withKey(secret: string | null): RequestInit {
  return secret === null ? {} : { headers: { Authorization: `Bearer ${secret}` } };
}

/** Every operation of the OpenAPI document that ends, also one that comes later, as calls that name these jobs and this view. */
export async function callsOf(
  api: Api,
  secret: string,
  jobs: readonly string[],
  view: string,
): Promise<readonly Call[]> {
  const { paths } = (await (await api.request("/openapi.json", withKey(secret))).json()) as Paths;
  return Object.entries(paths).flatMap(([path, operations]) =>
    ENDLESS.has(path)
      ? []
      : Object.keys(operations).flatMap((method) =>
          (path.includes("{id}") ? jobs : jobs.slice(0, 1)).map((id) => {
            const values: Readonly<Record<string, string>> = {
              ...{ id: path.startsWith("/api/jobs") || path.includes("job-status") ? id : "1" },
              ...{ kind: "sales", state: "NSW", suburb: "Manly", target: "folder", name: view, file: "agents.pdf" },
            };
            const target = path.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? name);
            const query = path.endsWith("reports.zip") ? `?ids=${jobs.join(",")}` : "";
            return { route: `${method.toUpperCase()} ${path}`, method: method.toUpperCase(), target: target + query };
          }),
        ),
  );
}
