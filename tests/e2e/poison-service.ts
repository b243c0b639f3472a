import { join } from "node:path";
import { pino } from "pino";
import { renderForParent } from "../../src/render/threads/isolated.ts";
import { startService } from "../../src/service.ts";
import { readConfig } from "../../src/settings/settings.ts";

/** The service as it is, with a render thread that can be poisoned. */
const workerFile = join(import.meta.dir, "../render/poisonous-worker.ts");

if (process.argv[2] === "render-isolated") await renderForParent({ workerFile });
else {
  const renderCommand = [process.execPath, import.meta.path, "render-isolated"];
  const log = pino({ level: "warn" });
  const service = await startService(readConfig(process.env, {}), log, renderCommand, null, workerFile);
  console.log(`agentlink is up at ${service.url}`);
  process.once("SIGTERM", () => void service.stop().then(() => process.exit(0)));
}
