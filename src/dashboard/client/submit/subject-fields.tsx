import { Field } from "../parts/field.tsx";
import { messages } from "./messages.ts";

const FIELDS = [
  ["address", "Address", "text", messages.addressHint],
  ["property_type", "Property type", "text", "Such as House."],
  ["bedrooms", "Bedrooms", "number", messages.bedroomsHint],
  ["bathrooms", "Bathrooms", "number", undefined],
  ["carspaces", "Car spaces", "number", undefined],
  ["land_area", "Land, m²", "number", messages.areaHint],
  ["price", "Expected price, $", "number", messages.priceHint],
  ["lat", "Latitude", "number", undefined],
  ["lon", "Longitude", "number", undefined],
  ["radius_km", "Within, km", "number", messages.radiusHint],
] as const;

interface SubjectFieldsProps {
  /** What is wrong with a field of the request. */
  readonly errorOf: (path: string) => string | undefined;
}

/** A property whose comparable sales the report shows. */
export function SubjectFields({ errorOf }: SubjectFieldsProps) {
  return (
    <details class="more">
      <summary>{messages.subject}</summary>
      {FIELDS.map(([name, label, type, hint]) => (
        <Field
          key={name}
          label={label}
          {...(hint === undefined ? {} : { hint })}
          optional={name !== "address"}
          error={errorOf(`/subject/${name}`) ?? (name === "address" ? errorOf("/subject") : undefined)}
        >
          {(attributes) =>
            type === "number" ? (
              <input {...attributes} name={`subject_${name}`} type="number" step="any" autocomplete="off" />
            ) : (
              <input {...attributes} name={`subject_${name}`} type="text" autocomplete="off" />
            )
          }
        </Field>
      ))}
    </details>
  );
}
