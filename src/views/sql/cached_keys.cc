#include "views/sql/texts.h"

namespace stele::views::sql_text {

// Keys that are read through: what their prefix' statement answers, kept until one of its tables changes.
// Only the owner of the schema may say so, since the node runs the statement as itself.
const std::string_view kCachedKeys = R"sql(
CREATE TABLE IF NOT EXISTS stele.key_cache (
  prefix text PRIMARY KEY CHECK (octet_length(prefix) BETWEEN 1 AND 255),
  query text NOT NULL,
  options jsonb NOT NULL DEFAULT '{}',
  created timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE stele.key_cache REPLICA IDENTITY FULL;

-- {"oid": …, "key": …, "type": …} of an element of "tables"; the table's changes come by the stream from now on.
CREATE OR REPLACE FUNCTION stele.cached_table(given jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  source regclass := (CASE jsonb_typeof(given) WHEN 'string' THEN given #>> '{}' ELSE given->>'table' END)::regclass;
  key_column text := CASE jsonb_typeof(given) WHEN 'object' THEN given->>'key' END;
  t record;
  key_type oid;
BEGIN
  SELECT relkind, relreplident INTO t FROM pg_catalog.pg_class WHERE oid = source;
  IF t.relkind IS DISTINCT FROM 'r' THEN
    RAISE feature_not_supported USING MESSAGE = format('%s is no ordinary table', coalesce(source::text, 'nothing'));
  END IF;
  IF t.relreplident = 'n' OR t.relreplident = 'd'
     AND NOT EXISTS (SELECT FROM pg_catalog.pg_index WHERE indrelid = source AND indisprimary) THEN
    RAISE object_not_in_prerequisite_state USING MESSAGE = format('%s has no replica identity', source),
      HINT = format('Give it a primary key, or ALTER TABLE %s REPLICA IDENTITY FULL.', source);
  END IF;
  IF key_column IS NOT NULL THEN
    SELECT atttypid INTO key_type FROM pg_catalog.pg_attribute
     WHERE attrelid = source AND attname = key_column AND attnum > 0 AND NOT attisdropped;
    IF key_type IS NULL THEN
      RAISE undefined_column USING MESSAGE = format('%s has no column "%s"', source, key_column);
    END IF;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_publication_rel r JOIN pg_catalog.pg_publication p ON p.oid = r.prpubid
                  WHERE p.pubname = 'stele' AND r.prrelid = source) THEN
    EXECUTE format('ALTER PUBLICATION stele ADD TABLE %s', source);
  END IF;
  RETURN jsonb_build_object('oid', source::oid::bigint, 'key', coalesce(key_column, ''),
                            'type', coalesce(key_type, 0)::bigint);
END $$;

CREATE OR REPLACE FUNCTION stele.cache_keys(prefix text, query text, options jsonb DEFAULT '{}') RETURNS text
LANGUAGE plpgsql AS $$
#variable_conflict use_variable
DECLARE
  given jsonb := coalesce(options, '{}');
  statement text := regexp_replace(query, '[;\s]+$', '');
  other text;
  wanted integer;
BEGIN
  IF jsonb_typeof(given) <> 'object' THEN
    RAISE invalid_parameter_value USING MESSAGE = 'the options of stele.cache_keys are a JSON object';
  END IF;
  SELECT key INTO other FROM jsonb_each(given)
   WHERE NOT (key IN ('ttl', 'negative_ttl', 'on_set') AND jsonb_typeof(value) = 'string'
              OR key IN ('tables', 'tags', 'tag_columns') AND jsonb_typeof(value) = 'array') LIMIT 1;
  IF other IS NOT NULL THEN
    RAISE invalid_parameter_value USING MESSAGE = format('unknown option of stele.cache_keys: "%s"', other),
      HINT = 'There are "ttl" and "negative_ttl" (intervals), "tables", "tags" and "tag_columns" (arrays), "on_set" (SQL).';
  END IF;
  SELECT m.prefix INTO other FROM (SELECT k.prefix FROM stele.key_map k UNION ALL
                                   SELECT k.prefix FROM stele.key_cache k WHERE k.prefix <> prefix) m
   WHERE starts_with(m.prefix, prefix) OR starts_with(prefix, m.prefix) LIMIT 1;
  IF other IS NOT NULL THEN
    RAISE duplicate_object USING MESSAGE = format('the prefix "%s" is taken already', other);
  END IF;
  IF EXISTS (SELECT FROM redis.key k
              WHERE substring(k.name FROM 1 FOR octet_length(prefix)) = convert_to(prefix, 'UTF8')) THEN
    RAISE object_not_in_prerequisite_state USING
      MESSAGE = format('there are keys that begin with "%s"', prefix),
      HINT = 'They are values of their own: remove or rename them first.';
  END IF;
  FOR other, wanted IN SELECT statement, 1 UNION ALL SELECT given->>'on_set', 2 WHERE given ? 'on_set' LOOP
    EXECUTE 'PREPARE stele_check AS ' || other;
    IF (SELECT cardinality(parameter_types) FROM pg_catalog.pg_prepared_statements WHERE name = 'stele_check')
       <> wanted THEN
      EXECUTE 'DEALLOCATE stele_check';
      RAISE invalid_parameter_value USING
        MESSAGE = format('%s parameters are wanted: $1 is the rest of the key%s', wanted,
                         CASE wanted WHEN 2 THEN ', $2 the value' ELSE '' END);
    END IF;
    EXECUTE 'DEALLOCATE stele_check';
  END LOOP;
  given := given || jsonb_build_object(
    'ttl_ms', (extract(epoch FROM coalesce(given->>'ttl', '5 minutes')::interval) * 1000)::bigint,
    'negative_ttl_ms', (extract(epoch FROM coalesce(given->>'negative_ttl', '5 seconds')::interval) * 1000)::bigint,
    'tables', (SELECT coalesce(jsonb_agg(stele.cached_table(e)), '[]')
                 FROM jsonb_array_elements(coalesce(given->'tables', '[]')) e));
  IF (given->>'ttl_ms')::bigint NOT BETWEEN 1 AND 31536000000
     OR (given->>'negative_ttl_ms')::bigint NOT BETWEEN 0 AND 31536000000 THEN
    RAISE invalid_parameter_value USING MESSAGE = 'a ttl is at least a millisecond and at most a year';
  END IF;
  INSERT INTO stele.key_cache (prefix, query, options) VALUES (prefix, statement, given)
    ON CONFLICT ON CONSTRAINT key_cache_pkey DO UPDATE SET query = EXCLUDED.query, options = EXCLUDED.options;
  RETURN prefix;
END $$;

CREATE OR REPLACE FUNCTION stele.uncache_keys(prefix text) RETURNS text
LANGUAGE plpgsql AS $$
#variable_conflict use_variable
BEGIN
  DELETE FROM stele.key_cache m WHERE m.prefix = prefix;
  IF NOT FOUND THEN
    RAISE undefined_object USING MESSAGE = format('the prefix "%s" is not cached', prefix);
  END IF;
  RETURN prefix;
END $$;
)sql";

}  // namespace stele::views::sql_text
