// Made from the service's OpenAPI document by `bun run client`. Change the service, not this file.

export interface Schemas {
    /** @description An accepted request. The fields after warnings are present if the job ended within Prefer: wait */
    readonly Accepted: {
        readonly attempt_started_at?: string | null;
        /** @description Attempts that count towards the limit: not those that waited for a target, the source or a slot, or that the service's stop ended */
        readonly attempts?: number;
        /** @description The job was cancelled but has not ended yet: an upload to a delivery target may have started */
        readonly cancel_requested?: boolean;
        /** @description The client that submitted the job */
        readonly client?: string;
        /** @description Link of the commission document */
        readonly commission_dropbox_url?: string;
        /** @description File name of the commission document */
        readonly commission_filename?: string;
        /** @description The commission rate as the commission document prints it, such as "1.80-1.98%" */
        readonly commission_rate?: string;
        /** @description File name of the complete document */
        readonly completed_filename?: string;
        /** @description Link of the complete document: all of the job's documents in one */
        readonly completed_pdf_url?: string;
        /**
         * Format: date-time
         * @description When it was accepted
         */
        readonly created_at?: string;
        /** @description The discount as the commission document prints it, such as "$1,250" */
        readonly discount?: string;
        readonly document?: string | null;
        /** @description All rendered documents, the main document first */
        readonly documents?: readonly {
            readonly bytes: number;
            readonly delivered_to: string | null;
            /** @description File name of the delivered and downloaded document */
            readonly filename: string;
            /** @description agents, agents_brief, agency, commission or complete */
            readonly kind: string;
            readonly pages: number;
            /** @description Address of the document at this service */
            readonly pdf_url: string;
            readonly sha256: string;
            readonly url: string | null;
        }[];
        /** @description A draft is not delivered, and its callback not sent, until POST /api/jobs/{id}/send */
        readonly draft?: boolean;
        /** @description Link of the main document once the job is completed, for any target */
        readonly dropbox_url?: string;
        readonly ended_at?: string | null;
        /** @description Why the job failed; "" if it did not fail. The code is in failure */
        readonly error?: string;
        readonly eta_seconds?: number | null;
        readonly failure?: {
            readonly code: string;
            readonly message: string;
        } | null;
        /** @description File name of the main document */
        readonly filename?: string;
        readonly job_id: string;
        readonly metadata?: {
            readonly [key: string]: unknown;
        } | null;
        readonly postcode?: string | null;
        /** priority */
        readonly priority?: number;
        /** @description 10 queued, from 30 gathering, from 45 rendering, from 85 delivering, 100 completed; 0 failed or cancelled */
        readonly progress?: number;
        readonly queue_position?: number | null;
        /** @description Run time of all finished attempts since the job was accepted or retried, without the waits between them */
        readonly ran_seconds?: number;
        /** @description The request without the suburb: filters, neighbours, edition, price band */
        readonly requested?: {
            /** @description An area of Domain; used only by that source */
            readonly area?: string;
            /**
             * @description Ids or names of two to four agents, or of two to four agencies, to compare side by side
             * @example [
             *       "Ada Lovelace",
             *       "Grace Hopper"
             *     ]
             */
            readonly compare?: readonly string[];
            /** @description full: twelve pages; brief: one page with the top five agents */
            readonly edition?: "full" | "brief";
            /** @description Id or name of an agency to highlight; no rank or figure changes */
            readonly featured_agency_id?: string;
            /** @description Id or name of an agent to highlight; no rank or figure changes */
            readonly featured_agent_id?: string;
            /** @description The price band that the home owner expects, in any spelling of the old forms */
            readonly home_owner_pricing?: "Less than $500k" | "$500k-$1m" | "$1m-$1.5m" | "$1.5m-$2m" | "$2m-$2.5m" | "$2.5m-$3m" | "$3m-$3.5m" | "$3.5m-$4m" | "$4m-$6m" | "$6m-$8m" | "$8m-$10m" | "$10m+";
            /** @description Also count sales of the neighbouring suburbs; the report names these suburbs */
            readonly include_surrounding_suburbs?: boolean;
            /** @description Maximum number of bathrooms; unknown values are treated as for the minimum */
            readonly max_bathrooms?: number;
            /** @description Maximum number of bedrooms; unknown values are treated as for the minimum */
            readonly max_bedrooms?: number;
            /** @description Maximum number of car spaces; unknown values are treated as for the minimum */
            readonly max_carspaces?: number;
            /** @description Maximum land area in square metres; unknown values are treated as for the minimum */
            readonly max_land_area?: number;
            /** @description Minimum number of bathrooms; sales for which this is unknown do not count, and the report says how many */
            readonly min_bathrooms?: number;
            /** @description Minimum number of bedrooms; sales for which this is unknown do not count, and the report says how many */
            readonly min_bedrooms?: number;
            /** @description Minimum number of car spaces; sales for which this is unknown do not count, and the report says how many */
            readonly min_carspaces?: number;
            /** @description Minimum land area in square metres; sales for which this is unknown do not count, and the report says how many */
            readonly min_land_area?: number;
            /**
             * @description More suburbs to count in the same report, each optionally with state and postcode: Fairlight NSW 2094
             * @example [
             *       "Fairlight",
             *       "Balgowlah"
             *     ]
             */
            readonly other_suburbs?: readonly string[];
            /** @description Name or id of the agency that requested the report */
            readonly prepared_for?: string;
            /**
             * @description Only sales of these types count; a list, or text separated by commas
             * @example [
             *       "House",
             *       "Townhouse"
             *     ]
             */
            readonly property_types?: readonly ("Acreage" | "AcreageSemiRural" | "Apartment" | "ApartmentUnitFlat" | "Aquaculture" | "BlockOfUnits" | "CarSpace" | "Cropping" | "DairyFarming" | "DevelopmentSite" | "Duplex" | "Equine" | "Farm" | "Farmlet" | "FishingForestry" | "Flat" | "Grazing" | "Horticulture" | "House" | "IrrigationServices" | "Land" | "Livestock" | "MixedFarming" | "NewApartments" | "NewHomeDesigns" | "NewHouseLand" | "NewLand" | "Orchard" | "Penthouse" | "RetirementVillage" | "Rural" | "RuralLifestyle" | "Semi" | "SemiDetached" | "SpecialistFarm" | "Studio" | "Terrace" | "Townhouse" | "Unit" | "VacantLand" | "Villa" | "Viticulture")[];
            /** @description A region of Domain; used only by that source */
            readonly region?: string;
            /** @description The report: agents who sell here, or agencies that let properties. Default: the report of the address; in a batch, "agents" */
            readonly report?: "agents" | "agency";
            /**
             * @description Sections of the full agents report, in addition to verdict and method; default: all
             * @example [
             *       "market",
             *       "agents"
             *     ]
             */
            readonly sections?: readonly ("market" | "agencies" | "agents" | "comparison" | "comparables" | "cards" | "price-bands" | "listings" | "sales")[];
            readonly subject?: {
                /** @example 12 Ocean Road */
                readonly address: string;
                /** @description Printed in the report; does not affect which sales are comparable */
                readonly bathrooms?: number;
                /** @description Comparable sales have the same number, one fewer or one more */
                readonly bedrooms?: number;
                /** @description Printed in the report; does not affect which sales are comparable */
                readonly carspaces?: number;
                /** @description Land area in square metres: comparable sales have half to twice this area */
                readonly land_area?: number;
                /** @description Latitude; requires lon. Comparable sales are near this position */
                readonly lat?: number;
                /** @description Longitude; requires lat */
                readonly lon?: number;
                /** @description Expected price in dollars: comparable sales sold for at most 25% more or less */
                readonly price?: number;
                /** @description Property type of Domain, or a plain word, in any case and spacing; one or several */
                readonly property_type?: "Acreage" | "AcreageSemiRural" | "Apartment" | "ApartmentUnitFlat" | "Aquaculture" | "BlockOfUnits" | "CarSpace" | "Cropping" | "DairyFarming" | "DevelopmentSite" | "Duplex" | "Equine" | "Farm" | "Farmlet" | "FishingForestry" | "Flat" | "Grazing" | "Horticulture" | "House" | "IrrigationServices" | "Land" | "Livestock" | "MixedFarming" | "NewApartments" | "NewHomeDesigns" | "NewHouseLand" | "NewLand" | "Orchard" | "Penthouse" | "RetirementVillage" | "Rural" | "RuralLifestyle" | "Semi" | "SemiDetached" | "SpecialistFarm" | "Studio" | "Terrace" | "Townhouse" | "Unit" | "VacantLand" | "Villa" | "Viticulture";
                /** @description Maximum distance of comparable sales; default: 2 */
                readonly radius_km?: number;
            };
        };
        /** @description The same in words: "houses, 3 bedrooms or more, Manly and 4 neighbours"; empty for a report with defaults */
        readonly requested_text?: string;
        readonly result?: {
            readonly bytes: number;
            readonly delivered_to: string | null;
            readonly pages: number;
            /** @description Address of the PDF at this service */
            readonly pdf_url: string;
            readonly sha256: string;
            readonly url: string | null;
        } | null;
        readonly retry_at?: string | null;
        readonly section?: string | null;
        /** @description "waiting" is between two attempts; the last three are final */
        readonly stage: "queued" | "waiting" | "gathering" | "rendering" | "delivering" | "completed" | "failed" | "cancelled";
        readonly started_at?: string | null;
        readonly state?: string;
        /** @description "processing" until the job is completed, failed or cancelled; the other values only with AGENTLINK_STATUS_CONTRACT=v1, where a cancelled job is "failed" */
        readonly status: "processing" | "fetching_agents_data" | "fetching_agency_data" | "generating_commission_pdf" | "generating_pdf" | "uploading_to_dropbox" | "creating_completed_pdf" | "completed" | "failed" | "cancelled";
        /** @description Poll this address until status is completed, failed or cancelled */
        readonly status_url: string;
        readonly suburb?: string;
        readonly waiting_for?: string | null;
        readonly warnings: readonly string[] & readonly string[];
    };
    readonly AcceptedBatch: {
        readonly jobs: readonly {
            readonly job_id: string;
            /** @description "waiting" is between two attempts; the last three are final */
            readonly stage: "queued" | "waiting" | "gathering" | "rendering" | "delivering" | "completed" | "failed" | "cancelled";
            /** @description "processing" until the job is completed, failed or cancelled; the other values only with AGENTLINK_STATUS_CONTRACT=v1, where a cancelled job is "failed" */
            readonly status: "processing" | "fetching_agents_data" | "fetching_agency_data" | "generating_commission_pdf" | "generating_pdf" | "uploading_to_dropbox" | "creating_completed_pdf" | "completed" | "failed" | "cancelled";
            /** @description Poll this address until status is completed, failed or cancelled */
            readonly status_url: string;
            readonly warnings: readonly string[] & readonly string[];
        }[];
        /** @description Fields of the batch that were ignored */
        readonly warnings: readonly string[];
    };
    readonly AuditList: {
        readonly entries: readonly {
            /**
             * @description An operation of this document, or signIn, signOut, changeSettings, backUp, restore, migrate, decidePeople, nameOffice, rotateCallbackSecret, writeDatabase
             * @example revokeKey
             */
            readonly action: string;
            /**
             * @description The client, followed by (dashboard) for a person in a browser; a user, such as ann (command line); or service
             * @example ops (dashboard)
             */
            readonly actor: string;
            /**
             * Format: date-time
             * @description When the action was made
             */
            readonly at: string;
            readonly detail: string | null;
            /** @description Ids increase with time */
            readonly id: string;
            readonly key_id: string | null;
            readonly subject: string | null;
        }[];
        readonly next_cursor: string | null;
    };
    readonly CatalogueFailedJobs: {
        /** @description Jobs that failed for lack of data that is now available: POST /api/jobs/{id}/retry */
        readonly failed_jobs: readonly {
            readonly job_id: string;
            readonly state: string;
            readonly suburb: string;
        }[];
    };
    readonly DataSet: {
        readonly agencies?: readonly {
            readonly address?: string | null;
            readonly brand?: string | null;
            readonly colour?: string | null;
            readonly for_sale?: number | null;
            readonly id: string;
            readonly logo?: string | null;
            readonly name: string;
            readonly phone?: string | null;
            readonly principal?: string | null;
            readonly source?: string | null;
            readonly url?: string | null;
        }[];
        readonly agents?: readonly {
            readonly agency_id?: string | null;
            readonly email?: string | null;
            readonly hidden?: boolean;
            readonly id?: string;
            readonly name: string;
            readonly phone?: string | null;
            readonly photo?: string | null;
            readonly reviews?: readonly {
                readonly as_of?: string | null;
                readonly count?: number | null;
                readonly provider: string;
                readonly rating?: number | null;
            }[];
            readonly source?: string | null;
            readonly supplied?: {
                readonly median_days_on_market?: number | null;
                readonly median_price?: number | null;
                readonly sales_12m?: number | null;
            };
            readonly title?: string | null;
        }[];
        readonly area_kinds?: readonly {
            readonly id?: string;
            readonly kind: "inner_city" | "suburb" | "rural";
            readonly postcode?: string | null;
            readonly state?: ("ACT" | "NSW" | "NT" | "QLD" | "SA" | "TAS" | "VIC" | "WA") | null;
            readonly suburb?: string | null;
        }[];
        /** @description YYYY-MM-DD */
        readonly as_of?: string;
        readonly commission_rates?: readonly {
            readonly area_kind?: ("inner_city" | "suburb" | "rural") | null;
            /** @description A price band, such as $1m-$1.5m */
            readonly band: string;
            readonly id?: string;
            readonly marketing_from?: number | null;
            readonly marketing_to?: number | null;
            readonly rate_from?: number | null;
            readonly rate_to?: number | null;
            readonly state?: ("ACT" | "NSW" | "NT" | "QLD" | "SA" | "TAS" | "VIC" | "WA") | null;
        }[];
        readonly decisions?: readonly {
            readonly decision: "merge" | "split";
            readonly ids: readonly string[];
            readonly kind: "agency" | "agent" | "sale";
        }[];
        readonly listings?: readonly {
            readonly address: string;
            readonly agency_ids?: readonly string[];
            readonly agent_ids?: readonly string[];
            readonly baths?: number | null;
            readonly beds?: number | null;
            readonly cars?: number | null;
            readonly category: "house" | "unit" | "land" | "other";
            readonly display_price?: string | null;
            readonly id: string;
            readonly land_sqm?: number | null;
            readonly lat?: number | null;
            readonly listed_date?: string | null;
            readonly lon?: number | null;
            readonly property_type?: string | null;
            readonly source?: string | null;
            readonly suburb?: string | null;
        }[];
        readonly market?: readonly {
            readonly bedrooms?: number | null;
            readonly category: "house" | "unit" | "land" | "other";
            readonly series: readonly {
                readonly auctions?: {
                    readonly auctioned?: number | null;
                    readonly passed_in?: number | null;
                    readonly scheduled?: number | null;
                    readonly sold_after?: number | null;
                    readonly sold_at?: number | null;
                    readonly sold_prior?: number | null;
                    readonly unreported?: number | null;
                    readonly withdrawn?: number | null;
                } | null;
                readonly days_on_market?: number | null;
                readonly discount_pct?: number | null;
                readonly median_ask?: number | null;
                readonly median_sold_price?: number | null;
                readonly median_weekly_rent?: number | null;
                readonly number_sold?: number | null;
                readonly p5?: number | null;
                readonly p25?: number | null;
                readonly p75?: number | null;
                readonly p95?: number | null;
                /** @description YYYY-MM-DD */
                readonly period_end: string;
                readonly period_months: number;
                readonly rent_listings?: number | null;
                readonly sale_listings?: number | null;
            }[];
            readonly source?: string | null;
        }[];
        readonly newest?: string | null;
        /** @description Notes on the data, printed under Coverage */
        readonly notes?: readonly string[];
        readonly partners?: readonly {
            readonly agency?: string | null;
            readonly agency_id?: string | null;
            /** @description The agent's name */
            readonly agent: string;
            readonly agent_id?: string | null;
            readonly from?: string | null;
            readonly id?: string;
            readonly logo?: string | null;
            readonly median_price?: number | null;
            readonly photo?: string | null;
            /** @description Suburbs in which the partner is shown, such as Manly NSW or Manly NSW 2095; only a state for all of its suburbs */
            readonly places?: readonly string[];
            readonly rates?: readonly {
                /** @description A price band, such as $1m-$1.5m */
                readonly band: string;
                /** @description Percentage of the price */
                readonly rate_from: number;
                /** @description Percentage of the price */
                readonly rate_to: number;
                readonly state?: "ACT" | "NSW" | "NT" | "QLD" | "SA" | "TAS" | "VIC" | "WA";
            }[];
            readonly sales?: number | null;
            readonly sales_value?: number | null;
            readonly tier?: "featured_plus" | "featured" | "standard";
            readonly to?: string | null;
        }[];
        readonly period?: {
            /** @description YYYY-MM-DD */
            readonly from: string;
            /** @description YYYY-MM-DD */
            readonly to: string;
        };
        readonly rentals?: readonly {
            readonly address: string;
            readonly agency_ids?: readonly string[];
            readonly agent_ids?: readonly string[];
            readonly baths?: number | null;
            readonly beds?: number | null;
            readonly cars?: number | null;
            readonly category: "house" | "unit" | "land" | "other";
            readonly display_price?: string | null;
            readonly id: string;
            readonly land_sqm?: number | null;
            readonly lat?: number | null;
            readonly leased_date?: string | null;
            readonly listed_date?: string | null;
            readonly lon?: number | null;
            readonly property_type?: string | null;
            readonly source?: string | null;
            readonly status?: ("current" | "leased" | "withdrawn") | null;
            readonly suburb?: string | null;
            readonly weekly_rent?: number | null;
        }[];
        readonly sales?: readonly {
            readonly address: string;
            readonly agency_ids?: readonly string[];
            readonly agents?: readonly {
                readonly id: string;
                readonly role?: "lead" | "co";
            }[];
            readonly baths?: number | null;
            readonly beds?: number | null;
            readonly cars?: number | null;
            readonly category: "house" | "unit" | "land" | "other";
            readonly first_ask?: {
                readonly from?: number | null;
                readonly to?: number | null;
            } | null;
            readonly id: string;
            readonly land_sqm?: number | null;
            readonly lat?: number | null;
            readonly listed_date?: string | null;
            readonly lon?: number | null;
            readonly method?: "auction" | "sold_prior" | "sold_after" | "private_treaty" | "eoi" | "tender" | "off_market" | "not_stated";
            readonly outcome?: "sold" | "passed_in" | "withdrawn";
            readonly price?: number | null;
            readonly price_disclosed?: boolean;
            readonly property_type?: string | null;
            readonly sold_date?: string | null;
            readonly source?: string | null;
            readonly suburb?: string | null;
        }[];
        /** @constant */
        readonly schema_version?: 1;
        readonly sources?: readonly {
            readonly coverage_pct?: number | null;
            readonly disclaimer?: string | null;
            readonly id: string;
            readonly lag_days?: number | null;
            readonly licence?: string | null;
            readonly name: string;
            readonly newest?: string | null;
            readonly retrieved_at?: string | null;
            /** @description Synthetic data: every page of the report is labelled as a sample */
            readonly synthetic?: boolean;
        }[];
        readonly suburb?: {
            readonly age?: string | null;
            readonly dwellings?: number | null;
            readonly name: string;
            readonly owner_pct?: number | null;
            readonly population?: number | null;
            readonly postcode?: string | null;
            readonly renter_pct?: number | null;
            readonly state: "ACT" | "NSW" | "NT" | "QLD" | "SA" | "TAS" | "VIC" | "WA";
        };
    };
    /** @description One accepted request for a report */
    readonly Job: {
        readonly attempt_started_at: string | null;
        /** @description Attempts that count towards the limit: not those that waited for a target, the source or a slot, or that the service's stop ended */
        readonly attempts: number;
        /** @description The job was cancelled but has not ended yet: an upload to a delivery target may have started */
        readonly cancel_requested: boolean;
        /** @description The client that submitted the job */
        readonly client: string;
        /** @description Link of the commission document */
        readonly commission_dropbox_url: string;
        /** @description File name of the commission document */
        readonly commission_filename: string;
        /** @description The commission rate as the commission document prints it, such as "1.80-1.98%" */
        readonly commission_rate: string;
        /** @description File name of the complete document */
        readonly completed_filename: string;
        /** @description Link of the complete document: all of the job's documents in one */
        readonly completed_pdf_url: string;
        /**
         * Format: date-time
         * @description When it was accepted
         */
        readonly created_at: string;
        /** @description The discount as the commission document prints it, such as "$1,250" */
        readonly discount: string;
        readonly document: string | null;
        /** @description All rendered documents, the main document first */
        readonly documents: readonly {
            readonly bytes: number;
            readonly delivered_to: string | null;
            /** @description File name of the delivered and downloaded document */
            readonly filename: string;
            /** @description agents, agents_brief, agency, commission or complete */
            readonly kind: string;
            readonly pages: number;
            /** @description Address of the document at this service */
            readonly pdf_url: string;
            readonly sha256: string;
            readonly url: string | null;
        }[];
        /** @description A draft is not delivered, and its callback not sent, until POST /api/jobs/{id}/send */
        readonly draft: boolean;
        /** @description Link of the main document once the job is completed, for any target */
        readonly dropbox_url: string;
        readonly ended_at: string | null;
        /** @description Why the job failed; "" if it did not fail. The code is in failure */
        readonly error: string;
        readonly eta_seconds: number | null;
        readonly failure: {
            readonly code: string;
            readonly message: string;
        } | null;
        /** @description File name of the main document */
        readonly filename: string;
        readonly job_id: string;
        readonly metadata: {
            readonly [key: string]: unknown;
        } | null;
        readonly postcode: string | null;
        /** priority */
        readonly priority: number;
        /** @description 10 queued, from 30 gathering, from 45 rendering, from 85 delivering, 100 completed; 0 failed or cancelled */
        readonly progress: number;
        readonly queue_position: number | null;
        /** @description Run time of all finished attempts since the job was accepted or retried, without the waits between them */
        readonly ran_seconds: number;
        /** @description The request without the suburb: filters, neighbours, edition, price band */
        readonly requested: {
            /** @description An area of Domain; used only by that source */
            readonly area?: string;
            /**
             * @description Ids or names of two to four agents, or of two to four agencies, to compare side by side
             * @example [
             *       "Ada Lovelace",
             *       "Grace Hopper"
             *     ]
             */
            readonly compare?: readonly string[];
            /** @description full: twelve pages; brief: one page with the top five agents */
            readonly edition?: "full" | "brief";
            /** @description Id or name of an agency to highlight; no rank or figure changes */
            readonly featured_agency_id?: string;
            /** @description Id or name of an agent to highlight; no rank or figure changes */
            readonly featured_agent_id?: string;
            /** @description The price band that the home owner expects, in any spelling of the old forms */
            readonly home_owner_pricing?: "Less than $500k" | "$500k-$1m" | "$1m-$1.5m" | "$1.5m-$2m" | "$2m-$2.5m" | "$2.5m-$3m" | "$3m-$3.5m" | "$3.5m-$4m" | "$4m-$6m" | "$6m-$8m" | "$8m-$10m" | "$10m+";
            /** @description Also count sales of the neighbouring suburbs; the report names these suburbs */
            readonly include_surrounding_suburbs?: boolean;
            /** @description Maximum number of bathrooms; unknown values are treated as for the minimum */
            readonly max_bathrooms?: number;
            /** @description Maximum number of bedrooms; unknown values are treated as for the minimum */
            readonly max_bedrooms?: number;
            /** @description Maximum number of car spaces; unknown values are treated as for the minimum */
            readonly max_carspaces?: number;
            /** @description Maximum land area in square metres; unknown values are treated as for the minimum */
            readonly max_land_area?: number;
            /** @description Minimum number of bathrooms; sales for which this is unknown do not count, and the report says how many */
            readonly min_bathrooms?: number;
            /** @description Minimum number of bedrooms; sales for which this is unknown do not count, and the report says how many */
            readonly min_bedrooms?: number;
            /** @description Minimum number of car spaces; sales for which this is unknown do not count, and the report says how many */
            readonly min_carspaces?: number;
            /** @description Minimum land area in square metres; sales for which this is unknown do not count, and the report says how many */
            readonly min_land_area?: number;
            /**
             * @description More suburbs to count in the same report, each optionally with state and postcode: Fairlight NSW 2094
             * @example [
             *       "Fairlight",
             *       "Balgowlah"
             *     ]
             */
            readonly other_suburbs?: readonly string[];
            /** @description Name or id of the agency that requested the report */
            readonly prepared_for?: string;
            /**
             * @description Only sales of these types count; a list, or text separated by commas
             * @example [
             *       "House",
             *       "Townhouse"
             *     ]
             */
            readonly property_types?: readonly ("Acreage" | "AcreageSemiRural" | "Apartment" | "ApartmentUnitFlat" | "Aquaculture" | "BlockOfUnits" | "CarSpace" | "Cropping" | "DairyFarming" | "DevelopmentSite" | "Duplex" | "Equine" | "Farm" | "Farmlet" | "FishingForestry" | "Flat" | "Grazing" | "Horticulture" | "House" | "IrrigationServices" | "Land" | "Livestock" | "MixedFarming" | "NewApartments" | "NewHomeDesigns" | "NewHouseLand" | "NewLand" | "Orchard" | "Penthouse" | "RetirementVillage" | "Rural" | "RuralLifestyle" | "Semi" | "SemiDetached" | "SpecialistFarm" | "Studio" | "Terrace" | "Townhouse" | "Unit" | "VacantLand" | "Villa" | "Viticulture")[];
            /** @description A region of Domain; used only by that source */
            readonly region?: string;
            /** @description The report: agents who sell here, or agencies that let properties. Default: the report of the address; in a batch, "agents" */
            readonly report?: "agents" | "agency";
            /**
             * @description Sections of the full agents report, in addition to verdict and method; default: all
             * @example [
             *       "market",
             *       "agents"
             *     ]
             */
            readonly sections?: readonly ("market" | "agencies" | "agents" | "comparison" | "comparables" | "cards" | "price-bands" | "listings" | "sales")[];
            readonly subject?: {
                /** @example 12 Ocean Road */
                readonly address: string;
                /** @description Printed in the report; does not affect which sales are comparable */
                readonly bathrooms?: number;
                /** @description Comparable sales have the same number, one fewer or one more */
                readonly bedrooms?: number;
                /** @description Printed in the report; does not affect which sales are comparable */
                readonly carspaces?: number;
                /** @description Land area in square metres: comparable sales have half to twice this area */
                readonly land_area?: number;
                /** @description Latitude; requires lon. Comparable sales are near this position */
                readonly lat?: number;
                /** @description Longitude; requires lat */
                readonly lon?: number;
                /** @description Expected price in dollars: comparable sales sold for at most 25% more or less */
                readonly price?: number;
                /** @description Property type of Domain, or a plain word, in any case and spacing; one or several */
                readonly property_type?: "Acreage" | "AcreageSemiRural" | "Apartment" | "ApartmentUnitFlat" | "Aquaculture" | "BlockOfUnits" | "CarSpace" | "Cropping" | "DairyFarming" | "DevelopmentSite" | "Duplex" | "Equine" | "Farm" | "Farmlet" | "FishingForestry" | "Flat" | "Grazing" | "Horticulture" | "House" | "IrrigationServices" | "Land" | "Livestock" | "MixedFarming" | "NewApartments" | "NewHomeDesigns" | "NewHouseLand" | "NewLand" | "Orchard" | "Penthouse" | "RetirementVillage" | "Rural" | "RuralLifestyle" | "Semi" | "SemiDetached" | "SpecialistFarm" | "Studio" | "Terrace" | "Townhouse" | "Unit" | "VacantLand" | "Villa" | "Viticulture";
                /** @description Maximum distance of comparable sales; default: 2 */
                readonly radius_km?: number;
            };
        };
        /** @description The same in words: "houses, 3 bedrooms or more, Manly and 4 neighbours"; empty for a report with defaults */
        readonly requested_text: string;
        readonly result: {
            readonly bytes: number;
            readonly delivered_to: string | null;
            readonly pages: number;
            /** @description Address of the PDF at this service */
            readonly pdf_url: string;
            readonly sha256: string;
            readonly url: string | null;
        } | null;
        readonly retry_at: string | null;
        readonly section: string | null;
        /** @description "waiting" is between two attempts; the last three are final */
        readonly stage: "queued" | "waiting" | "gathering" | "rendering" | "delivering" | "completed" | "failed" | "cancelled";
        readonly started_at: string | null;
        readonly state: string;
        /** @description "processing" until the job is completed, failed or cancelled; the other values only with AGENTLINK_STATUS_CONTRACT=v1, where a cancelled job is "failed" */
        readonly status: "processing" | "fetching_agents_data" | "fetching_agency_data" | "generating_commission_pdf" | "generating_pdf" | "uploading_to_dropbox" | "creating_completed_pdf" | "completed" | "failed" | "cancelled";
        readonly status_url: string;
        readonly suburb: string;
        readonly waiting_for: string | null;
        /** @description Warnings about the request and, once the report is rendered, about its data */
        readonly warnings: readonly string[];
    };
    readonly JobDetail: {
        readonly attempts: readonly {
            readonly ended_at: string | null;
            readonly error: {
                readonly code: string;
                readonly message: string;
            } | null;
            readonly gathered_at: string | null;
            readonly number: number;
            readonly outcome: ("completed" | "failed" | "cancelled" | "crashed" | "released") | null;
            readonly release_reason: ("stopping" | "delivery_busy" | "delivery_closed" | "unclaimed" | "cancelling" | "report_gone") | null;
            readonly rendered_at: string | null;
            /**
             * Format: date-time
             * @description When the attempt began
             */
            readonly started_at: string;
        }[];
        readonly callbacks: readonly {
            readonly attempt_log: readonly {
                readonly error: string | null;
                readonly http_status: number | null;
                readonly ms: number;
                readonly response: string | null;
                /**
                 * Format: date-time
                 * @description When it was sent
                 */
                readonly started_at: string;
            }[];
            readonly attempts: number;
            /** @description webhook-id: the same for all attempts */
            readonly callback_id: string;
            /**
             * Format: date-time
             * @description When the job ended
             */
            readonly created_at: string;
            readonly ended_at: string | null;
            readonly job_id: string;
            /** @description How the job ended */
            readonly job_status: "completed" | "failed" | "cancelled";
            readonly retry_at: string | null;
            readonly status: "pending" | "delivered" | "failed";
            readonly url: string | null;
        }[];
        /** @description The client that submitted the job */
        readonly client: string;
        readonly deliveries: readonly {
            readonly delivered_at: string | null;
            readonly delivered_to: string | null;
            /** @description Kind of the document */
            readonly kind: string;
            /** @description Path of the file within the target */
            readonly path: string;
            readonly target: string;
            readonly url: string | null;
        }[];
        /** @description All changes, oldest first; the first has no from_status */
        readonly history: readonly {
            readonly actor: string | null;
            /**
             * Format: date-time
             * @description When the change was made
             */
            readonly at: string;
            /** @description "operator": a change in the database itself */
            readonly by: "service" | "operator";
            readonly from: ("queued" | "waiting" | "gathering" | "rendering" | "delivering" | "completed" | "failed" | "cancelled") | null;
            readonly id: number;
            /** @description "waiting" is between two attempts; the last three are final */
            readonly to: "queued" | "waiting" | "gathering" | "rendering" | "delivering" | "completed" | "failed" | "cancelled";
        }[];
        readonly job: Schemas["Job"];
        /** @description The request, without the data set */
        readonly request: {
            readonly [key: string]: unknown;
        };
    };
    readonly JobList: {
        readonly jobs: readonly {
            readonly attempt_started_at: string | null;
            /** @description Attempts that count towards the limit: not those that waited for a target, the source or a slot, or that the service's stop ended */
            readonly attempts: number;
            /** @description The job was cancelled but has not ended yet: an upload to a delivery target may have started */
            readonly cancel_requested: boolean;
            readonly client: string;
            /** @description Link of the commission document */
            readonly commission_dropbox_url: string;
            /** @description File name of the commission document */
            readonly commission_filename: string;
            /** @description The commission rate as the commission document prints it, such as "1.80-1.98%" */
            readonly commission_rate: string;
            /** @description File name of the complete document */
            readonly completed_filename: string;
            /** @description Link of the complete document: all of the job's documents in one */
            readonly completed_pdf_url: string;
            /**
             * Format: date-time
             * @description When it was accepted
             */
            readonly created_at: string;
            /** @description The discount as the commission document prints it, such as "$1,250" */
            readonly discount: string;
            readonly document: string | null;
            /** @description All rendered documents, the main document first */
            readonly documents: readonly {
                readonly bytes: number;
                readonly delivered_to: string | null;
                /** @description File name of the delivered and downloaded document */
                readonly filename: string;
                /** @description agents, agents_brief, agency, commission or complete */
                readonly kind: string;
                readonly pages: number;
                /** @description Address of the document at this service */
                readonly pdf_url: string;
                readonly sha256: string;
                readonly url: string | null;
            }[];
            /** @description A draft is not delivered, and its callback not sent, until POST /api/jobs/{id}/send */
            readonly draft: boolean;
            /** @description Link of the main document once the job is completed, for any target */
            readonly dropbox_url: string;
            readonly ended_at: string | null;
            /** @description Why the job failed; "" if it did not fail. The code is in failure */
            readonly error: string;
            readonly eta_seconds: number | null;
            readonly failure: {
                readonly code: string;
                readonly message: string;
            } | null;
            /** @description File name of the main document */
            readonly filename: string;
            readonly job_id: string;
            readonly metadata: {
                readonly [key: string]: unknown;
            } | null;
            readonly postcode: string | null;
            /** priority */
            readonly priority: number;
            /** @description 10 queued, from 30 gathering, from 45 rendering, from 85 delivering, 100 completed; 0 failed or cancelled */
            readonly progress: number;
            readonly queue_position: number | null;
            /** @description Run time of all finished attempts since the job was accepted or retried, without the waits between them */
            readonly ran_seconds: number;
            /** @description The request without the suburb: filters, neighbours, edition, price band */
            readonly requested: {
                /** @description An area of Domain; used only by that source */
                readonly area?: string;
                /**
                 * @description Ids or names of two to four agents, or of two to four agencies, to compare side by side
                 * @example [
                 *       "Ada Lovelace",
                 *       "Grace Hopper"
                 *     ]
                 */
                readonly compare?: readonly string[];
                /** @description full: twelve pages; brief: one page with the top five agents */
                readonly edition?: "full" | "brief";
                /** @description Id or name of an agency to highlight; no rank or figure changes */
                readonly featured_agency_id?: string;
                /** @description Id or name of an agent to highlight; no rank or figure changes */
                readonly featured_agent_id?: string;
                /** @description The price band that the home owner expects, in any spelling of the old forms */
                readonly home_owner_pricing?: "Less than $500k" | "$500k-$1m" | "$1m-$1.5m" | "$1.5m-$2m" | "$2m-$2.5m" | "$2.5m-$3m" | "$3m-$3.5m" | "$3.5m-$4m" | "$4m-$6m" | "$6m-$8m" | "$8m-$10m" | "$10m+";
                /** @description Also count sales of the neighbouring suburbs; the report names these suburbs */
                readonly include_surrounding_suburbs?: boolean;
                /** @description Maximum number of bathrooms; unknown values are treated as for the minimum */
                readonly max_bathrooms?: number;
                /** @description Maximum number of bedrooms; unknown values are treated as for the minimum */
                readonly max_bedrooms?: number;
                /** @description Maximum number of car spaces; unknown values are treated as for the minimum */
                readonly max_carspaces?: number;
                /** @description Maximum land area in square metres; unknown values are treated as for the minimum */
                readonly max_land_area?: number;
                /** @description Minimum number of bathrooms; sales for which this is unknown do not count, and the report says how many */
                readonly min_bathrooms?: number;
                /** @description Minimum number of bedrooms; sales for which this is unknown do not count, and the report says how many */
                readonly min_bedrooms?: number;
                /** @description Minimum number of car spaces; sales for which this is unknown do not count, and the report says how many */
                readonly min_carspaces?: number;
                /** @description Minimum land area in square metres; sales for which this is unknown do not count, and the report says how many */
                readonly min_land_area?: number;
                /**
                 * @description More suburbs to count in the same report, each optionally with state and postcode: Fairlight NSW 2094
                 * @example [
                 *       "Fairlight",
                 *       "Balgowlah"
                 *     ]
                 */
                readonly other_suburbs?: readonly string[];
                /** @description Name or id of the agency that requested the report */
                readonly prepared_for?: string;
                /**
                 * @description Only sales of these types count; a list, or text separated by commas
                 * @example [
                 *       "House",
                 *       "Townhouse"
                 *     ]
                 */
                readonly property_types?: readonly ("Acreage" | "AcreageSemiRural" | "Apartment" | "ApartmentUnitFlat" | "Aquaculture" | "BlockOfUnits" | "CarSpace" | "Cropping" | "DairyFarming" | "DevelopmentSite" | "Duplex" | "Equine" | "Farm" | "Farmlet" | "FishingForestry" | "Flat" | "Grazing" | "Horticulture" | "House" | "IrrigationServices" | "Land" | "Livestock" | "MixedFarming" | "NewApartments" | "NewHomeDesigns" | "NewHouseLand" | "NewLand" | "Orchard" | "Penthouse" | "RetirementVillage" | "Rural" | "RuralLifestyle" | "Semi" | "SemiDetached" | "SpecialistFarm" | "Studio" | "Terrace" | "Townhouse" | "Unit" | "VacantLand" | "Villa" | "Viticulture")[];
                /** @description A region of Domain; used only by that source */
                readonly region?: string;
                /** @description The report: agents who sell here, or agencies that let properties. Default: the report of the address; in a batch, "agents" */
                readonly report?: "agents" | "agency";
                /**
                 * @description Sections of the full agents report, in addition to verdict and method; default: all
                 * @example [
                 *       "market",
                 *       "agents"
                 *     ]
                 */
                readonly sections?: readonly ("market" | "agencies" | "agents" | "comparison" | "comparables" | "cards" | "price-bands" | "listings" | "sales")[];
                readonly subject?: {
                    /** @example 12 Ocean Road */
                    readonly address: string;
                    /** @description Printed in the report; does not affect which sales are comparable */
                    readonly bathrooms?: number;
                    /** @description Comparable sales have the same number, one fewer or one more */
                    readonly bedrooms?: number;
                    /** @description Printed in the report; does not affect which sales are comparable */
                    readonly carspaces?: number;
                    /** @description Land area in square metres: comparable sales have half to twice this area */
                    readonly land_area?: number;
                    /** @description Latitude; requires lon. Comparable sales are near this position */
                    readonly lat?: number;
                    /** @description Longitude; requires lat */
                    readonly lon?: number;
                    /** @description Expected price in dollars: comparable sales sold for at most 25% more or less */
                    readonly price?: number;
                    /** @description Property type of Domain, or a plain word, in any case and spacing; one or several */
                    readonly property_type?: "Acreage" | "AcreageSemiRural" | "Apartment" | "ApartmentUnitFlat" | "Aquaculture" | "BlockOfUnits" | "CarSpace" | "Cropping" | "DairyFarming" | "DevelopmentSite" | "Duplex" | "Equine" | "Farm" | "Farmlet" | "FishingForestry" | "Flat" | "Grazing" | "Horticulture" | "House" | "IrrigationServices" | "Land" | "Livestock" | "MixedFarming" | "NewApartments" | "NewHomeDesigns" | "NewHouseLand" | "NewLand" | "Orchard" | "Penthouse" | "RetirementVillage" | "Rural" | "RuralLifestyle" | "Semi" | "SemiDetached" | "SpecialistFarm" | "Studio" | "Terrace" | "Townhouse" | "Unit" | "VacantLand" | "Villa" | "Viticulture";
                    /** @description Maximum distance of comparable sales; default: 2 */
                    readonly radius_km?: number;
                };
            };
            /** @description The same in words: "houses, 3 bedrooms or more, Manly and 4 neighbours"; empty for a report with defaults */
            readonly requested_text: string;
            readonly result: {
                readonly bytes: number;
                readonly delivered_to: string | null;
                readonly pages: number;
                /** @description Address of the PDF at this service */
                readonly pdf_url: string;
                readonly sha256: string;
                readonly url: string | null;
            } | null;
            readonly retry_at: string | null;
            readonly section: string | null;
            /** @description "waiting" is between two attempts; the last three are final */
            readonly stage: "queued" | "waiting" | "gathering" | "rendering" | "delivering" | "completed" | "failed" | "cancelled";
            readonly started_at: string | null;
            readonly state: string;
            /** @description "processing" until the job is completed, failed or cancelled; the other values only with AGENTLINK_STATUS_CONTRACT=v1, where a cancelled job is "failed" */
            readonly status: "processing" | "fetching_agents_data" | "fetching_agency_data" | "generating_commission_pdf" | "generating_pdf" | "uploading_to_dropbox" | "creating_completed_pdf" | "completed" | "failed" | "cancelled";
            readonly status_url: string;
            readonly suburb: string;
            readonly waiting_for: string | null;
            /** @description Warnings about the request and, once the report is rendered, about its data */
            readonly warnings: readonly string[];
        }[];
        /** @description Cursor of the next page; null on the last page */
        readonly next_cursor: string | null;
    };
    /** @description Progress of a running job */
    readonly JobProgress: {
        readonly document: string | null;
        readonly job_id: string;
        /** @description Progress of the whole job, in percent */
        readonly progress: number;
        readonly section: string | null;
        readonly stage: "gathering" | "rendering" | "delivering";
        readonly waiting_for: string | null;
    };
    readonly JobsCancelled: {
        /** @description Jobs that were cancelled */
        readonly cancelled: number;
        readonly next_cursor: string | null;
        /** @description Jobs that end at their next step, or complete if their report is delivered first */
        readonly requested: number;
        /** @description Jobs that had ended or do not exist */
        readonly unchanged: number;
    };
    readonly JobsCounted: {
        readonly by_status: {
            readonly [key: string]: number;
        };
        /** @description False if more jobs match than are counted */
        readonly complete: boolean;
        /** @description Number of jobs that match */
        readonly count: number;
    };
    readonly JobsDeleted: {
        /** @description Number of deleted jobs; their files are deleted within ten minutes */
        readonly deleted: number;
        readonly next_cursor: string | null;
        /** @description Not deleted: their callback is not delivered yet, or they have an Idempotency-Key of the last 24 hours */
        readonly retained: number;
        /** @description Jobs that have not ended or do not exist */
        readonly unchanged: number;
    };
    readonly JobsPruned: {
        /** @description Number of deleted jobs */
        readonly removed: number;
        /** @description PDFs that could not be deleted; they will be retried */
        readonly reports_left: number;
        /** @description Deleted PDFs, including those left by earlier prunes */
        readonly reports_removed: number;
        /** @description Old jobs that were not deleted: their callback is not delivered yet, or they have an Idempotency-Key of the last 24 hours */
        readonly retained: number;
    };
    readonly JobsRetried: {
        readonly retried: number;
        /** @description With ids: jobs whose status does not allow a retry, that were retried too often, or that do not exist */
        readonly unchanged?: number;
    };
    readonly Overview: {
        /** @description Pauses and resumes of the queue, and imports into this host's catalogue, the latest first */
        readonly actions: readonly {
            readonly action: "paused" | "resumed" | "imported";
            /** @description The client, followed by " (dashboard)" for an action there; "operator": a change in the database */
            readonly actor: string;
            /**
             * Format: date-time
             * @description When the action was made
             */
            readonly at: string;
            readonly detail: string | null;
        }[];
        readonly callbacks: {
            /** @description Callbacks that were given up */
            readonly failed: number;
            /** @description Pending callbacks whose last attempt failed */
            readonly failing: number;
            readonly oldest_failing: {
                readonly attempts: number;
                readonly error: string | null;
                /**
                 * Format: date-time
                 * @description When its attempts began
                 */
                readonly since: string;
            } | null;
            /** @description Callbacks still to be sent, including the failing ones */
            readonly pending: number;
            readonly problem: string | null;
        };
        /** @description The data that this host makes reports from */
        readonly catalogue: {
            readonly localities: number;
            readonly newest: string | null;
            /** @description Whether reports also have another source, so an empty catalogue is sufficient */
            readonly other_source: boolean;
            readonly sales: number;
            /** @description sample: the catalogue has the synthetic sample; stale: its newest sale is older than 92 days */
            readonly state: "empty" | "sample" | "stale" | "current";
        };
        readonly counts: {
            readonly cancelled: number;
            readonly completed: number;
            readonly failed: number;
            readonly queued: number;
            readonly running: number;
            readonly waiting: number;
        };
        readonly deliveries: readonly {
            readonly failing_since: string | null;
            /** @description How many deliveries failed since the last success */
            readonly failures: number;
            readonly last_error: string | null;
            readonly last_failure_at: string | null;
            readonly last_success_at: string | null;
            /** @description Whether the target accepts reports: no known problem, and the latest delivery did not fail */
            readonly ok: boolean;
            readonly problem: string | null;
            readonly target: string;
        }[];
        readonly disk: {
            readonly free_bytes: number;
            readonly total_bytes: number;
        };
        readonly event_loop_lag_ms: number;
        /** @description Jobs that failed in the last 60 minutes, without those that will be retried */
        readonly failed_last_hour: number;
        readonly memory: {
            readonly limit_bytes: number;
            readonly used_bytes: number;
        };
        /**
         * Format: date-time
         * @description The current time of this host's clock
         */
        readonly now: string;
        readonly oldest_queued_at: string | null;
        readonly paused: {
            /** @description The client who paused it */
            readonly by: string;
            /** @description The reason, if the service paused itself: the data folder may be a copy */
            readonly reason?: string;
            /**
             * Format: date-time
             * @description When the queue was paused
             */
            readonly since: string;
        } | null;
        readonly ready: {
            readonly ok: boolean;
            readonly problems: readonly string[];
        };
        readonly running: readonly {
            readonly client: string;
            readonly job_id: string;
            readonly postcode: string | null;
            readonly progress: number;
            readonly section: string | null;
            readonly stage: "gathering" | "rendering" | "delivering";
            readonly started_at: string | null;
            readonly state: string;
            readonly suburb: string;
            readonly waiting_for: string | null;
        }[];
        /**
         * Format: date-time
         * @description When the process began
         */
        readonly started_at: string;
        readonly threads: {
            /** @description Renders in progress */
            readonly busy: number;
            readonly total: number;
        };
        readonly version: string;
    };
    readonly Paused: {
        readonly paused: {
            /** @description The client who paused it */
            readonly by: string;
            /** @description The reason, if the service paused itself: the data folder may be a copy */
            readonly reason?: string;
            /**
             * Format: date-time
             * @description When the queue was paused
             */
            readonly since: string;
        } | null;
    };
    /** @description RFC 9457 problem document */
    readonly Problem: {
        /** @description Stable code for programs */
        readonly code: "bad_host" | "bad_json" | "json_too_deep" | "not_utf8" | "body_cut_short" | "invalid_idempotency_key" | "key_required" | "key_unknown" | "scope_needed" | "access_denied" | "host_not_allowed" | "cross_site" | "not_found" | "unknown_job" | "report_not_ready" | "report_gone" | "unknown_import" | "unknown_cause" | "unknown_key" | "method_not_allowed" | "body_too_slow" | "ambiguous_id" | "first_key_not_admin" | "last_admin_key" | "sample_mixed" | "dropbox_link_expired" | "import_undone" | "import_not_undoable" | "job_not_cancellable" | "no_callback" | "job_retried_too_often" | "job_not_retryable" | "job_not_sendable" | "too_large" | "unsupported_media_type" | "range_not_satisfiable" | "invalid_request" | "unknown_suburb" | "unknown_state" | "postcode_mismatch" | "invalid_data_set" | "bad_cursor" | "bad_header" | "bad_amounts" | "bad_rows" | "unknown_kind" | "bad_workbook" | "bad_sheet" | "bad_zip" | "bad_reaxml" | "dropbox_app" | "dropbox_code" | "dropbox_refused" | "bad_map" | "not_storable" | "idempotency_conflict" | "queue_full" | "quota_reached" | "rate_limited" | "too_many_streams" | "too_many_waits" | "too_many_unread" | "internal" | "bodies_waiting" | "catalogue_busy" | "catalogue_closed" | "database_busy" | "queue_closed" | "dropbox_unreachable" | "checks_failed" | "not_ready" | "redis_unavailable" | "redis_full" | "store_closed" | "store_newer" | "reports_unreachable" | "keys_lost" | "keys_unreadable" | "audit_unavailable" | "records_unavailable" | "sessions_unavailable" | "disk_error" | "database_read_only" | "disk_full";
        /** @description What happened and what to do about it */
        readonly detail: string;
        /** @description Details, such as the nearest suburbs */
        readonly details?: {
            readonly [key: string]: unknown;
        };
        /** @description The requested path */
        readonly instance?: string;
        /** @description All faults, each with its field or row */
        readonly problems?: readonly {
            readonly [key: string]: unknown;
        }[];
        readonly status: number;
        /** @description The same for all problems with this code */
        readonly title: string;
        /** @description urn:agentlink:problem: followed by the code */
        readonly type: string;
    };
    /** @description An optional field that is null, empty or blank counts as absent, and so does an object without any filled-in field. Numbers and yes/no may be text, and a postcode may be a number. Spaces around a text are removed, and so is the time of a date. */
    readonly ReportRequest: {
        /** @description An area of Domain; used only by that source */
        readonly area?: string;
        readonly branding?: {
            /** @description #rrggbb */
            readonly colour?: string;
            readonly contact?: string;
            /** @description PNG, JPEG, GIF or WebP as a data URI; stored upright and in the size that is printed */
            readonly logo?: string;
            readonly name?: string;
        };
        /** @description Notified when the job ends: a signed POST (Standard Webhooks) with the job's status */
        readonly callback_url?: string;
        /**
         * @description Ids or names of two to four agents, or of two to four agencies, to compare side by side
         * @example [
         *       "Ada Lovelace",
         *       "Grace Hopper"
         *     ]
         */
        readonly compare?: readonly string[];
        readonly data?: Schemas["DataSet"];
        readonly delivery?: {
            readonly filename?: string;
            /** @description Folder within the configured target */
            readonly folder?: string;
        };
        /** @description Only render the report. The PDF can be opened; POST /api/jobs/{id}/send delivers it and sends the callback */
        readonly draft?: boolean;
        /** @description full: twelve pages; brief: one page with the top five agents */
        readonly edition?: "full" | "brief";
        /** @description Id or name of an agency to highlight; no rank or figure changes */
        readonly featured_agency_id?: string;
        /** @description Id or name of an agent to highlight; no rank or figure changes */
        readonly featured_agent_id?: string;
        /** @description The price band that the home owner expects, in any spelling of the old forms */
        readonly home_owner_pricing?: "Less than $500k" | "$500k-$1m" | "$1m-$1.5m" | "$1.5m-$2m" | "$2m-$2.5m" | "$2.5m-$3m" | "$3m-$3.5m" | "$3.5m-$4m" | "$4m-$6m" | "$6m-$8m" | "$8m-$10m" | "$10m+";
        /** @description Also count sales of the neighbouring suburbs; the report names these suburbs */
        readonly include_surrounding_suburbs?: boolean;
        /** @description Maximum number of bathrooms; unknown values are treated as for the minimum */
        readonly max_bathrooms?: number;
        /** @description Maximum number of bedrooms; unknown values are treated as for the minimum */
        readonly max_bedrooms?: number;
        /** @description Maximum number of car spaces; unknown values are treated as for the minimum */
        readonly max_carspaces?: number;
        /** @description Maximum land area in square metres; unknown values are treated as for the minimum */
        readonly max_land_area?: number;
        /** @description Returned as sent; at most 16 kB */
        readonly metadata?: {
            readonly [key: string]: unknown;
        };
        /** @description Minimum number of bathrooms; sales for which this is unknown do not count, and the report says how many */
        readonly min_bathrooms?: number;
        /** @description Minimum number of bedrooms; sales for which this is unknown do not count, and the report says how many */
        readonly min_bedrooms?: number;
        /** @description Minimum number of car spaces; sales for which this is unknown do not count, and the report says how many */
        readonly min_carspaces?: number;
        /** @description Minimum land area in square metres; sales for which this is unknown do not count, and the report says how many */
        readonly min_land_area?: number;
        /**
         * @description More suburbs to count in the same report, each optionally with state and postcode: Fairlight NSW 2094
         * @example [
         *       "Fairlight",
         *       "Balgowlah"
         *     ]
         */
        readonly other_suburbs?: readonly string[];
        /** @description Archival standard of the PDF (ISO 19005-2, level A or B). Every document conforms to PDF/UA-1 (ISO 14289-1) by default; if pdf_standard is set, a complete document with a part that does not conform fails */
        readonly pdf_standard?: "PDF/A-2a" | "PDF/A-2b" | "PDF/UA-1";
        /** @description The name of postcode in the old API: send only one of them */
        readonly post_code?: string;
        /** @example 2095 */
        readonly postcode?: string;
        /** @description Name or id of the agency that requested the report */
        readonly prepared_for?: string;
        /** @description 9 is first among the client's own jobs; default: 5 */
        readonly priority?: number;
        /**
         * @description Only sales of these types count; a list, or text separated by commas
         * @example [
         *       "House",
         *       "Townhouse"
         *     ]
         */
        readonly property_types?: readonly ("Acreage" | "AcreageSemiRural" | "Apartment" | "ApartmentUnitFlat" | "Aquaculture" | "BlockOfUnits" | "CarSpace" | "Cropping" | "DairyFarming" | "DevelopmentSite" | "Duplex" | "Equine" | "Farm" | "Farmlet" | "FishingForestry" | "Flat" | "Grazing" | "Horticulture" | "House" | "IrrigationServices" | "Land" | "Livestock" | "MixedFarming" | "NewApartments" | "NewHomeDesigns" | "NewHouseLand" | "NewLand" | "Orchard" | "Penthouse" | "RetirementVillage" | "Rural" | "RuralLifestyle" | "Semi" | "SemiDetached" | "SpecialistFarm" | "Studio" | "Terrace" | "Townhouse" | "Unit" | "VacantLand" | "Villa" | "Viticulture")[];
        /** @description A region of Domain; used only by that source */
        readonly region?: string;
        /** @description The report: agents who sell here, or agencies that let properties. Default: the report of the address; in a batch, "agents" */
        readonly report?: "agents" | "agency";
        /**
         * @description Sections of the full agents report, in addition to verdict and method; default: all
         * @example [
         *       "market",
         *       "agents"
         *     ]
         */
        readonly sections?: readonly ("market" | "agencies" | "agents" | "comparison" | "comparables" | "cards" | "price-bands" | "listings" | "sales")[];
        /**
         * @description State or territory of Australia, abbreviated or in full, in any case; required unless suburb or postcode determines it
         * @example NSW
         */
        readonly state?: string;
        readonly subject?: {
            /** @example 12 Ocean Road */
            readonly address: string;
            /** @description Printed in the report; does not affect which sales are comparable */
            readonly bathrooms?: number;
            /** @description Comparable sales have the same number, one fewer or one more */
            readonly bedrooms?: number;
            /** @description Printed in the report; does not affect which sales are comparable */
            readonly carspaces?: number;
            /** @description Land area in square metres: comparable sales have half to twice this area */
            readonly land_area?: number;
            /** @description Latitude; requires lon. Comparable sales are near this position */
            readonly lat?: number;
            /** @description Longitude; requires lat */
            readonly lon?: number;
            /** @description Expected price in dollars: comparable sales sold for at most 25% more or less */
            readonly price?: number;
            /** @description Property type of Domain, or a plain word, in any case and spacing; one or several */
            readonly property_type?: "Acreage" | "AcreageSemiRural" | "Apartment" | "ApartmentUnitFlat" | "Aquaculture" | "BlockOfUnits" | "CarSpace" | "Cropping" | "DairyFarming" | "DevelopmentSite" | "Duplex" | "Equine" | "Farm" | "Farmlet" | "FishingForestry" | "Flat" | "Grazing" | "Horticulture" | "House" | "IrrigationServices" | "Land" | "Livestock" | "MixedFarming" | "NewApartments" | "NewHomeDesigns" | "NewHouseLand" | "NewLand" | "Orchard" | "Penthouse" | "RetirementVillage" | "Rural" | "RuralLifestyle" | "Semi" | "SemiDetached" | "SpecialistFarm" | "Studio" | "Terrace" | "Townhouse" | "Unit" | "VacantLand" | "Villa" | "Viticulture";
            /** @description Maximum distance of comparable sales; default: 2 */
            readonly radius_km?: number;
        };
        /**
         * @description Suburb name, optionally with state and postcode ("Manly, NSW 2095"), or a postcode that belongs to one suburb
         * @example Manly
         */
        readonly suburb: string;
    };
    readonly Usage: {
        /** @description The first month */
        readonly from: string;
        /** @description Latest month first, then by client; empty months are left out */
        readonly months: readonly {
            /** @description Requests that were accepted */
            readonly accepted: number;
            readonly client: string;
            /** @description Documents of those jobs */
            readonly documents: number;
            /** @example 2026-11 */
            readonly month: string;
            /** @description Pages of all of these documents */
            readonly pages: number;
            /** @description Jobs that were completed */
            readonly reports: number;
        }[];
        /** @description Time zone of the months */
        readonly time_zone: string;
        /** @description The last month */
        readonly to: string;
        readonly total: {
            /** @description Requests that were accepted */
            readonly accepted: number;
            /** @description Documents of those jobs */
            readonly documents: number;
            /** @description Pages of all of these documents */
            readonly pages: number;
            /** @description Jobs that were completed */
            readonly reports: number;
        };
    };
}

/** The queries of operations. */
export interface Queries {
  readonly listAudit: {
    /** Part of the actor's name, in any case */
    readonly actor?: string;
    /** Action, such as revokeKey; several separated by commas */
    readonly action?: string;
    /** At or after this time or day (UTC) */
    readonly since?: string;
    /** Before this time or day (UTC) */
    readonly until?: string;
    /** Maximum number of actions on a page */
    readonly limit?: number;
    /** next_cursor of the previous page */
    readonly cursor?: string;
  };
  readonly listJobs: {
    /** Status: queued, running, waiting (together: processing), completed, failed or cancelled; several separated by commas */
    readonly status?: string;
    /** Search words. Each matches the beginning or end of a job id, the beginning of a word in the suburb, state or postcode, or a part of the client's name. The name of a delivered file finds its job */
    readonly q?: string;
    /** Suburb of the report */
    readonly suburb?: string;
    /** State or territory of the report */
    readonly state?: string;
    /** Client that submitted the job; without an admin or viewer key always the caller */
    readonly client?: string;
    /** Accepted after this time or day (UTC) */
    readonly created_after?: string;
    /** Accepted before this time or day (UTC) */
    readonly created_before?: string;
    /** Ended at or after this time or day (UTC) */
    readonly ended_after?: string;
    /** Ended before this time or day (UTC) */
    readonly ended_before?: string;
    /** Complete error code of the last failure */
    readonly error_code?: string;
    /** Part of the error message of the last failure, in any case */
    readonly error?: string;
    /** Delivery target that does not have the report: folder, dropbox or s3; several separated by commas */
    readonly undelivered?: string;
    /** Part of the name of the agency that the report is prepared for, in any case */
    readonly prepared_for?: string;
    /** Part of the file name of one of its documents, in any case */
    readonly filename?: string;
    /** Has a document of this kind */
    readonly document?: "agents" | "agents_brief" | "agency" | "commission" | "complete";
    /** Part of the metadata as JSON text, in any case */
    readonly metadata?: string;
    /** true: only drafts that were not sent; false: all other jobs */
    readonly draft?: boolean;
    /** created: newest first; ended: only ended jobs, the latest end first; duration: only ended jobs, the longest first */
    readonly order?: "created" | "ended" | "duration";
    /** Maximum number of jobs on a page */
    readonly limit?: number;
    /** next_cursor of the previous page */
    readonly cursor?: string;
  };
  readonly usage: {
    /** First month, such as 2026-01, or a day in it */
    readonly from?: string;
    /** Last month, included */
    readonly to?: string;
    /** Only this client; without a viewer or admin key always the caller */
    readonly client?: string;
  };
}

/** Fields of a job that are shown as they are, each with its title. */
export const JOB_FACTS = {
  priority: "priority",
} as const;
