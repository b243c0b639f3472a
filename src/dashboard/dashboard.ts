/*
 * What people see in a browser: the dashboard, the sign-in, and pages instead of problem documents.
 * client/ runs in the browser, the other files serve it; the router receives them as one function.
 * Not here: the API's routes and the queue; in client/ anything of the service except types and what the client shows of a job.
 */

import { Elysia } from "elysia";
import type { PageParts, Pages } from "../http/http.ts";
import { type Bundle, bundleDashboard } from "./bundle.ts";
import { closedPage, wantsClosedPage } from "./closed-page.ts";
import { isNavigation } from "./frame.ts";
import { pageRoutes } from "./pages.ts";
import { isProblem, problemPage } from "./problem-page.ts";
import { setupRoutes } from "./setup-page.ts";
import { signInRoutes, toSignIn, wantsToSignIn } from "./sign-in.ts";

/** Everything that a person's browser is shown; {@link createDashboard} makes it for the router. */
export function createDashboard(parts: PageParts): Pages {
  const bundle = once(bundleDashboard);
  return {
    routes: () =>
      new Elysia()
        .use(signInRoutes({ ...parts, bundle }))
        .use(setupRoutes({ ...parts, bundle }))
        .use(pageRoutes({ ...parts, bundle })),
    refusal(request, error) {
      if (wantsToSignIn(request, error)) return toSignIn(request);
      if (wantsClosedPage(request, error))
        return bundle().then((files) => closedPage(request, error, files, parts.setup?.open() ?? false));
      return null;
    },
    async forPeople(request, response, requestId) {
      // A response to HEAD has no body to make a page of.
      const page = request.method !== "HEAD" && isNavigation(request) && isProblem(response);
      return page ? problemPage(request, response, await bundle(), requestId) : response;
    },
  };
}

/** The first call does the work, later ones return the same; a failure is retried. */
function once(work: () => Promise<Bundle>): () => Promise<Bundle> {
  /** Written by what `once` returns. */
  let done: Promise<Bundle> | undefined;
  return () => {
    done ??= work().catch((error) => {
      done = undefined;
      throw error;
    });
    return done;
  };
}
