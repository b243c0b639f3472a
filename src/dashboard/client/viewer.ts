import type { Viewer } from "../pages.ts";

/** The viewer, as the service wrote it into the page. */
export const viewer = JSON.parse(document.documentElement.dataset.viewer ?? "") as Viewer;

/** The service's own switches are for administrators. */
export const mayOperate = viewer.scope === "admin";

/** Its figures, and all clients' jobs, also for viewers, who see all and change nothing. */
export const seesAll = mayOperate || viewer.scope === "viewer";

/** A viewer is offered nothing else. */
export const maySubmit = mayOperate || viewer.scope === "submit";
