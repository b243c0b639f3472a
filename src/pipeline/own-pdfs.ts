import { asFailure, Failure } from "../failure.ts";
import type { RenderSettings } from "./render-again.ts";

/**
 * Looks at the operator's PDFs for complete documents: what cannot be joined is said at the start, and not as a warning of
 * each job. @throws Failure "config" that names the setting.
 */
export async function checkOwnPdfs({
  completeFront,
  completeBack,
}: Pick<RenderSettings, "completeFront" | "completeBack">): Promise<void> {
  const own = { AGENTLINK_COMPLETE_FRONT: completeFront, AGENTLINK_COMPLETE_BACK: completeBack };
  for (const [variable, path] of Object.entries(own)) {
    if (path === null) continue;
    // What joins PDFs is a megabyte of code that most services never need here.
    const { checkPart } = await import("../render/complete.ts");
    await checkPart(path).catch((error) => {
      throw new Failure("config", `${variable}: ${asFailure(error).message}`, { cause: error });
    });
  }
}
