import { Copy } from "../parts/copy.tsx";

/** What was asked for, as it was sent; without the data set, which can be long. */
export function Request({ request }: { readonly request: Readonly<Record<string, unknown>> }) {
  const text = JSON.stringify(request, shortened, 2);
  return (
    <section class="panel" aria-labelledby="request">
      <h2 id="request">
        Request
        <Copy text={JSON.stringify(request, null, 2)} what="request" />
      </h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long line is scrolled with the keys, too */}
      <pre class="source" tabIndex={0}>
        <code>{text}</code>
      </pre>
    </section>
  );
}

const SHOWN = 200;

/** A logo is a hundred thousand letters that nobody wants to read. */
function shortened(_: string, value: unknown): unknown {
  return typeof value === "string" && value.length > SHOWN
    ? `${value.slice(0, SHOWN)}… (${value.length} characters)`
    : value;
}
