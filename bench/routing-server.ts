import { Type as t } from "@sinclair/typebox";
import { TypeCompiler } from "@sinclair/typebox/compiler";
import { Elysia } from "elysia";

/*
 * The three kinds of routes that a router matters for, written for Elysia and for Bun.serve: a body that is checked, an
 * address that does not know the method, a stream of events. Argument: the way. Prints its address.
 */

const checked = TypeCompiler.Compile(
  t.Object({ suburb: t.String({ minLength: 1 }), priority: t.Optional(t.Integer()) }),
);
const problem = (status: number, title: string, headers: Record<string, string> = {}) =>
  Response.json({ status, title }, { status, headers: { "Content-Type": "application/problem+json", ...headers } });

async function post(request: Request): Promise<Response> {
  const body: unknown = await request.json();
  if (checked.Check(body)) return Response.json({ accepted: true }, { status: 202 });
  return problem(422, [...checked.Errors(body)].map(({ path, message }) => `${path} ${message}`).join("; "));
}

const job = (id: string) => Response.json({ job_id: id });

function events(): Response {
  const stream = new ReadableStream({
    start(controller) {
      for (let id = 1; id <= 3; id++) controller.enqueue(new TextEncoder().encode(`id: ${id}\ndata: {}\n\n`));
      controller.close();
    },
  });
  return new Response(stream, { headers: { "Content-Type": "text/event-stream" } });
}

function byElysia(): (request: Request) => Response | Promise<Response> {
  const app = new Elysia()
    .onError(({ code, request, path, error }) => {
      if (code !== "NOT_FOUND") return problem(400, String(error));
      const fitting = app.routes.filter(({ path: pattern }) =>
        new RegExp(`^${pattern.replace(/:\w+/g, "[^/]+")}$`).test(path),
      );
      if (fitting.length === 0) return problem(404, "There is nothing here.");
      const allowed = fitting.map(({ method }) => method).join(", ");
      return problem(405, `${path} does not support ${request.method}. Use ${allowed}.`, { Allow: allowed });
    })
    // It would read the body itself, whatever its size.
    .post("/jobs", ({ request }) => post(request), { parse: () => null })
    .get("/jobs/:id", ({ params }) => job(params.id))
    .get("/events", () => events());
  app.compile();
  return app.fetch;
}

type Handler = (request: Request, params: Readonly<Record<string, string>>) => Response | Promise<Response>;

const TABLE: Readonly<Record<string, Readonly<Record<string, Handler>>>> = {
  "/jobs": { POST: (request) => post(request) },
  "/jobs/:id": { GET: (_, { id = "" }) => job(id) },
  "/events": { GET: () => events() },
};

/** Each path has one handler, which knows its methods: Bun itself returns 404 to the method that is not there. */
function byBun() {
  return Object.fromEntries(
    Object.entries(TABLE).map(([pattern, handlers]) => {
      const allowed = Object.keys(handlers).join(", ");
      return [
        pattern,
        (request: Bun.BunRequest) => {
          // A GET stands for HEAD, too (RFC 9110, 9.3.2); Elysia knows that.
          const handler = handlers[request.method === "HEAD" ? "GET" : request.method];
          if (handler !== undefined) return handler(request, request.params);
          const { pathname } = new URL(request.url);
          const detail = `${pathname} does not support ${request.method}. Use ${allowed}.`;
          return problem(405, detail, { Allow: allowed });
        },
      ];
    }),
  );
}

export const WAYS = ["Elysia", "Bun.serve"] as const;
export type Way = (typeof WAYS)[number];

export function serve(way: Way): Bun.Server<undefined> {
  const listen = { hostname: "127.0.0.1", port: 0 };
  if (way === "Elysia") return Bun.serve({ ...listen, fetch: byElysia() });
  return Bun.serve({
    ...listen,
    routes: byBun(),
    fetch: () => problem(404, "There is nothing here."),
    error: (error) => problem(400, String(error)),
  });
}

if (import.meta.main) console.log(serve(WAYS.find((way) => way === process.argv[2]) ?? "Elysia").url.origin);
