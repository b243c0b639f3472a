import type { Viewer } from "../pages.ts";

/** Who looks, as the service wrote it into the page. */
export const viewer = JSON.parse(document.documentElement.dataset.viewer ?? "") as Viewer;

/** The service's own figures and switches are for administrators. */
export const mayOperate = viewer.scope === "admin";

/** Who may only read is offered nothing else. */
export const maySubmit = viewer.scope !== "read";
