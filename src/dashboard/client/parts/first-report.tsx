import { at, linkTo } from "../address.ts";
import { maySubmit, viewer } from "../viewer.ts";
import { Copy } from "./copy.tsx";

/** Where nothing is yet, what to do first. */
export function FirstReport() {
  const address = `${viewer.publicUrl?.replace(/\/+$/, "") ?? at("").replace(/\/+$/, "")}/api/generate-agents-report`;
  const key = viewer.signedIn ? ` \\\n  -H 'Authorization: Bearer YOUR_KEY'` : "";
  const command = `curl -X POST ${address} \\\n  -H 'Content-Type: application/json'${key} \\\n  -d '{"suburb": "Manly", "state": "NSW"}'`;
  return (
    <div class="empty">
      <h2>No job yet</h2>
      {maySubmit ? (
        <>
          <p>A program requests a report with one call. This one is for Manly; run it in a shell:</p>
          <div class="command">
            <pre>
              <code>{command}</code>
            </pre>
            <Copy text={command} what="command" />
          </div>
          <p>
            Or request one here: <a href={linkTo("new")}>the form</a> follows the job to its PDF. Put your data into{" "}
            <a href={linkTo("catalogue")}>the catalogue</a> first, or send it with the request;{" "}
            <a href={at("docs")}>the API</a> says how.
          </p>
        </>
      ) : (
        <p>Your key can only read. Jobs of its client appear here as soon as one is accepted.</p>
      )}
    </div>
  );
}
