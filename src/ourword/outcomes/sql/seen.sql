-- The events of contacts that had happened by the moment asked about; one without a time keeps its place in the order.
SELECT
  e.*,
  CASE g.grouped_by
    WHEN 'lineage.prompt' THEN e.version_prompt
    WHEN 'lineage.model' THEN e.version_model
    ELSE e.version_contract
  END AS version
FROM events AS e
CROSS JOIN given AS g
WHERE e.contact IS NOT NULL AND (e.at IS NULL OR e.at <= g.as_of)
