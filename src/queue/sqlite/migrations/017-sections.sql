-- What a job compares, and which sections it has, are shown with it, too.
DROP TRIGGER jobs_requested;
CREATE TRIGGER jobs_requested AFTER UPDATE OF request ON jobs BEGIN
  UPDATE jobs SET requested = (
    SELECT json_group_object(key, json(NEW.request -> fullkey)) FROM json_each(iif(json_valid(NEW.request), NEW.request, '{}'))
    WHERE type <> 'null' AND key IN ('metadata', 'property_types', 'min_bedrooms', 'max_bedrooms', 'min_bathrooms',
      'max_bathrooms', 'min_carspaces', 'max_carspaces', 'min_land_area', 'max_land_area', 'include_surrounding_suburbs',
      'other_suburbs', 'region', 'area', 'home_owner_pricing', 'featured_agent_id', 'featured_agency_id', 'edition', 'sections', 'compare',
      'subject', 'report', 'prepared_for'))
  WHERE seq = NEW.seq;
END;
