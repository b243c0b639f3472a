import type { RegisteredRoute } from "../openapi/document.ts";

/** Which of the routes a request is for. */
export interface Route {
  /** As it is written, such as "/api/jobs/:id"; "other" for an address nothing is at. */
  readonly pattern: string;
  /** The job it names. */
  readonly jobId: string | undefined;
}

export type RouteOf = (request: Request) => Route;

const OTHER: Route = { pattern: "other", jobId: undefined };

/** Finds routes by addresses, for the log and what is measured: whatever the address, there are few results. */
export function createRouteOf(routes: readonly Pick<RegisteredRoute, "path">[]): RouteOf {
  const paths = [...new Set(routes.map(({ path }) => path))];
  const plain = new Map(
    paths.filter((path) => !path.includes(":")).map((path) => [path, { pattern: path, jobId: undefined }]),
  );
  const named = paths.filter((path) => path.includes(":")).map((path) => [path, expressionOf(path)] as const);
  return ({ url }) => {
    const start = url.indexOf("/", url.indexOf("://") + 3);
    const query = url.indexOf("?", start);
    const path = url.slice(start, query === -1 ? undefined : query);
    const exact = plain.get(path);
    if (exact !== undefined) return exact;
    for (const [pattern, expression] of named) {
      const match = expression.exec(path);
      if (match !== null) return { pattern, jobId: match.groups?.id };
    }
    return OTHER;
  };
}

function expressionOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(".", "\\.").replace(/:(\w+)/g, "(?<$1>[^/]+)")}$`);
}
