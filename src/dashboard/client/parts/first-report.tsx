import { at, linkTo } from "../address.ts";
import { maySubmit, viewer } from "../viewer.ts";
import { Copy } from "./copy.tsx";
import { messages } from "./messages.tsx";

/** Where nothing is yet, what to do first. */
export function FirstReport() {
  const address = `${viewer.publicUrl?.replace(/\/+$/, "") ?? at("").replace(/\/+$/, "")}/api/generate-agents-report`;
  const key = viewer.signedIn ? ` \\\n  -H 'Authorization: Bearer YOUR_KEY'` : "";
  const command = `curl -X POST ${address} \\
  -H 'Content-Type: application/json'${key} \\
  -d '{"suburb": "Manly", "state": "NSW"}'`;
  return (
    <div class="empty">
      <h2>No job yet</h2>
      {maySubmit ? (
        <>
          <p>{messages.oneCall}</p>
          <div class="command">
            <pre>
              <code>{command}</code>
            </pre>
            <Copy text={command} what="command" />
          </div>
          <p>
            {messages.orHere(
              <a href={linkTo("new")}>the form</a>,
              <a href={linkTo("catalogue")}>the catalogue</a>,
              <a href={at("docs")}>the API</a>,
            )}
          </p>
        </>
      ) : (
        <p>{messages.readOnly}</p>
      )}
    </div>
  );
}
