#include "server/doctor_checks.h"

#include <array>

namespace stele::server {

namespace {

constexpr std::array kChecks = {
    DoctorCheck{
        "version",
        "SELECT CASE WHEN current_setting('server_version_num')::int >= 140000 THEN 'ok' ELSE 'fail' END,"
        " 'PostgreSQL ' || current_setting('server_version')",
        "Stele follows the log by protocol version 2, which PostgreSQL speaks since 14."},
    DoctorCheck{
        "primary",
        "SELECT CASE WHEN pg_is_in_recovery() THEN 'fail' ELSE 'ok' END,"
        " CASE WHEN pg_is_in_recovery() THEN 'this server is a standby' ELSE 'this server takes writes' END",
        "Name the primary: a standby before PostgreSQL 16 cannot decode its log."},
    DoctorCheck{"encoding",
                "SELECT CASE WHEN current_setting('server_encoding') = 'UTF8' THEN 'ok' ELSE 'fail' END,"
                " 'the database is encoded in ' || current_setting('server_encoding')",
                "Documents are UTF-8: use a database created WITH ENCODING 'UTF8'."},
    DoctorCheck{
        "wal_level",
        "SELECT CASE WHEN current_setting('wal_level') = 'logical' THEN 'ok' ELSE 'fail' END,"
        " 'wal_level is ' || current_setting('wal_level')",
        "ALTER SYSTEM SET wal_level = logical, then restart. Amazon RDS: rds.logical_replication = 1; "
        "Cloud SQL: cloudsql.logical_decoding = on."},
    DoctorCheck{
        "replication role",
        "SELECT CASE WHEN bool_or(rolreplication OR rolsuper) THEN 'ok' ELSE 'fail' END,"
        " 'role ' || current_user || CASE WHEN bool_or(rolreplication OR rolsuper) THEN ' may replicate'"
        " ELSE ' has no REPLICATION attribute' END"
        " FROM pg_roles r WHERE r.rolname = current_user OR (r.rolname = 'rds_replication'"
        " AND pg_has_role(current_user, r.oid, 'MEMBER'))",
        "ALTER ROLE ... REPLICATION (Amazon RDS: GRANT rds_replication TO ...)."},
    DoctorCheck{
        "replication slots",
        "SELECT CASE WHEN used < max THEN 'ok' ELSE 'fail' END, used || ' of ' || max || ' slots are in use'"
        " FROM (SELECT count(*) AS used, current_setting('max_replication_slots')::int AS max"
        " FROM pg_replication_slots) s",
        "Raise max_replication_slots (restart needed): each node takes one, and one more while it copies."},
    DoctorCheck{
        "WAL senders",
        "SELECT CASE WHEN used < max THEN 'ok' ELSE 'fail' END, used || ' of ' || max || ' WAL senders run'"
        " FROM (SELECT count(*) AS used, current_setting('max_wal_senders')::int AS max"
        " FROM pg_stat_replication) s",
        "Raise max_wal_senders (restart needed)."},
    DoctorCheck{
        "kept WAL",
        "SELECT CASE WHEN current_setting('max_slot_wal_keep_size') = '-1' THEN 'warn' ELSE 'ok' END,"
        " 'max_slot_wal_keep_size is ' || current_setting('max_slot_wal_keep_size')",
        "Without a limit, a node that is gone holds the log until the disk is full. Set one (10 % of the "
        "disk): a node that loses its slot copies anew by itself."},
    DoctorCheck{
        "slots behind",
        "SELECT CASE WHEN bool_or(wal_status = 'lost') THEN 'warn' ELSE 'ok' END,"
        " coalesce(string_agg(slot_name || ': ' || wal_status || ', '"
        " || pg_size_pretty(pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn)) || ' behind', '; '),"
        " 'no slot of Stele yet') FROM pg_replication_slots WHERE slot_name LIKE 'stele%'",
        "SELECT pg_drop_replication_slot(...) for nodes that will not come back."},
    DoctorCheck{
        "create in database",
        "SELECT CASE WHEN has_database_privilege(current_database(), 'CREATE') THEN 'ok' ELSE 'fail' END,"
        " 'role ' || current_user || CASE WHEN has_database_privilege(current_database(), 'CREATE')"
        " THEN ' may create schemas and publications in ' ELSE ' may not create in ' END || "
        "current_database()",
        "GRANT CREATE ON DATABASE ... TO ..."},
    DoctorCheck{
        "publishers",
        "SELECT CASE WHEN EXISTS (SELECT FROM pg_roles WHERE rolname = 'stele_publishers'"
        " AND pg_has_role(current_user, oid, 'MEMBER')) THEN 'ok' WHEN (SELECT rolcreaterole OR rolsuper FROM"
        " pg_roles WHERE rolname = current_user) THEN 'ok' ELSE 'warn' END,"
        " 'role stele_publishers ' || CASE WHEN EXISTS (SELECT FROM pg_roles WHERE rolname ="
        " 'stele_publishers') THEN 'exists' ELSE 'is created at the first start' END",
        "Without it only Stele's own role can publish tables, and only its own. An administrator creates it: "
        "CREATE ROLE stele_publishers NOLOGIN; GRANT stele_publishers TO the role of Stele and table "
        "owners."},
    DoctorCheck{
        "synchronous_commit",
        "SELECT CASE WHEN current_setting('synchronous_commit') IN ('off') THEN 'warn' ELSE 'ok' END,"
        " 'synchronous_commit is ' || current_setting('synchronous_commit')",
        "The log is decoded once it is flushed: with \"off\" views follow only after wal_writer_delay."},
    DoctorCheck{"synchronous standbys",
                "SELECT CASE WHEN current_setting('synchronous_standby_names') = ''"
                " OR pg_has_role(current_user, 'pg_monitor', 'MEMBER') THEN 'ok' ELSE 'warn' END,"
                " CASE WHEN current_setting('synchronous_standby_names') = '' THEN 'none are configured'"
                " ELSE 'configured: ' || current_setting('synchronous_standby_names') END",
                "GRANT pg_monitor TO the role of Stele: views may else show commits before SQL does."},
    DoctorCheck{"tables without identity",
                "SELECT CASE WHEN count(*) = 0 THEN 'ok' ELSE 'warn' END, CASE WHEN count(*) = 0 THEN"
                " 'every table has a primary key' ELSE count(*) || ' without a primary key: '"
                " || string_agg(c.oid::regclass::text, ', ' ORDER BY c.oid) END"
                " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p')"
                " AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'stele') AND NOT EXISTS"
                " (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary)",
                "A table needs a primary key to be published."},
};

}  // namespace

std::span<const DoctorCheck> doctor_checks() {
  return kChecks;
}

}  // namespace stele::server
