#include "views/sql/schema.h"

#include "views/sql/texts.h"

namespace stele::views {

std::vector<std::string_view> schema_statements() {
  return {sql_text::kTables,     sql_text::kTriggers,    sql_text::kPublish,       sql_text::kKeys,
          sql_text::kCachedKeys, sql_text::kPublication, sql_text::kKeyPublication};
}

std::vector<std::string_view> role_statements() {
  return {
      R"sql(
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'stele_publishers') THEN
    CREATE ROLE stele_publishers NOLOGIN;
  END IF;
  IF NOT pg_has_role('stele_publishers', 'USAGE') THEN
    EXECUTE format('GRANT stele_publishers TO %I', current_user);
  END IF;
END $$;
)sql",
      R"sql(
GRANT USAGE ON SCHEMA stele, elastic, qdrant TO stele_publishers;
GRANT CREATE ON SCHEMA elastic, qdrant TO stele_publishers;
GRANT USAGE ON SCHEMA redis TO stele_publishers;
GRANT SELECT ON stele.status, stele.key_status TO stele_publishers;
GRANT SELECT ON ALL TABLES IN SCHEMA redis TO stele_publishers;
GRANT SELECT, INSERT, UPDATE, DELETE ON stele.collection, stele.object, stele.key_map TO stele_publishers;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA stele, elastic TO stele_publishers;
)sql",
      R"sql(
DO $$
BEGIN
  EXECUTE format('GRANT CREATE ON DATABASE %I TO stele_publishers', current_database());
  IF (SELECT pubowner::regrole::text FROM pg_catalog.pg_publication WHERE pubname = 'stele') <> 'stele_publishers' THEN
    ALTER PUBLICATION stele OWNER TO stele_publishers;
  END IF;
END $$;
)sql"};
}

}  // namespace stele::views
