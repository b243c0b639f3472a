import type { Bundle } from "./bundle.ts";
import { framed, pathToRoot } from "./frame.ts";
import { html } from "./html.ts";
import { messages } from "./messages.ts";

interface Problem {
  readonly title: string;
  readonly detail: string;
  readonly code: string;
  readonly status: number;
}

/** Whether a response is a problem document. */
export function isProblem(response: Response): boolean {
  return response.headers.get("content-type") === "application/problem+json";
}

/** The same problem as a page for people: what happened, what to do, and where to go from here. */
export async function problemPage(
  request: Request,
  response: Response,
  bundle: Bundle,
  requestId: string | null,
): Promise<Response> {
  const { title, detail, code, status } = (await response.json()) as Problem;
  const toRoot = pathToRoot(request);
  const body = html`<main class="sheet">
<h1>${title}</h1>
<p>${code === "internal" ? messages.internalError : detail}</p>
${
  code === "internal" && requestId !== null
    ? html`<p class="hint">${messages.causeInLog} <code>${requestId}</code>.</p>`
    : ""
}
<p class="actions">
<a class="button" href="${toRoot === "" ? "./" : toRoot}">To the overview</a>
${status === 401 || code === "scope_needed" ? html`<a class="button" href="${toRoot}sign-in">${messages.otherKey}</a>` : ""}
</p>
</main>`;
  const { headers } = response;
  const copied = ["Retry-After", "WWW-Authenticate", "Allow", "Connection"].flatMap((name) => {
    const value = headers.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  return framed(
    { title: `${title} – AgentLink`, body, toRoot, viewer: null },
    bundle,
    status,
    Object.fromEntries(copied),
  );
}
