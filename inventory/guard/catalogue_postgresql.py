"""The pieces of a PostgreSQL database, from its catalogue.

Any role may read these catalogues. The trace of a row is its xmin, the transaction that
wrote it last: ALTER, DROP and CREATE, GRANT and REVOKE move it for good, while VACUUM,
ANALYZE and the work of the service leave it alone. Names are qualified throughout, and
the queries see nothing but pg_catalog.
"""

from collections.abc import Iterator
from typing import Final

from sqlalchemy import Connection, text

from inventory.guard.pieces import Line
from inventory.guard.rights import described, read_rights
from inventory.guard.roles import DatabaseRole

# Each answers: piece, a line of its content, its trace.
_TABLES: Final = """
    SELECT 'table ' || relname,
           format('%s%s%s owned by %s', relkind, relpersistence,
                  CASE WHEN relrowsecurity OR relforcerowsecurity
                       THEN ' with row security' END,
                  pg_get_userbyid(relowner)),
           format('class %s %s', oid, xmin)
    FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind NOT IN ('i', 'I')
"""
_COLUMNS: Final = """
    SELECT 'table ' || c.relname,
           format('column %I %s%s%s%s%s', a.attname,
                  format_type(a.atttypid, a.atttypmod),
                  CASE WHEN a.attnotnull THEN ' not null' END,
                  ' default ' || pg_get_expr(d.adbin, d.adrelid),
                  ' identity ' || nullif(a.attidentity::text, ''),
                  ' generated ' || nullif(a.attgenerated::text, '')),
           format('column %s %s', a.attnum, a.xmin)
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    LEFT JOIN pg_attrdef d ON (d.adrelid, d.adnum) = (a.attrelid, a.attnum)
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind NOT IN ('i', 'I')
      AND a.attnum > 0 AND NOT a.attisdropped
"""
_CONSTRAINTS: Final = """
    SELECT 'table ' || c.relname,
           format('constraint %I %s', n.conname, pg_get_constraintdef(n.oid)),
           format('constraint %s %s', n.oid, n.xmin)
    FROM pg_constraint n JOIN pg_class c ON c.oid = n.conrelid
    WHERE c.relnamespace = 'public'::regnamespace AND n.contype <> 'n'
"""
_INDEXES: Final = """
    SELECT 'table ' || c.relname,
           pg_get_indexdef(i.indexrelid)
           || CASE WHEN i.indisvalid THEN '' ELSE ' invalid' END,
           ''
    FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
    WHERE c.relnamespace = 'public'::regnamespace
"""
_CHILDREN: Final = """
    SELECT 'table ' || c.relname, format('inherited by %s', i.inhrelid::regclass), ''
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhparent
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind NOT IN ('i', 'I')
"""
_TRIGGERS: Final = """
    SELECT format('trigger %s.%s', c.relname, t.tgname),
           format('%s enabled %s', pg_get_triggerdef(t.oid), t.tgenabled),
           format('trigger %s %s', t.oid, t.xmin)
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE c.relnamespace = 'public'::regnamespace AND NOT t.tgisinternal
"""
_FOREIGN_KEY_TRIGGERS: Final = """
    SELECT 'table ' || c.relname,
           format('%s of %s enabled %s', t.tgfoid::regproc, n.conname, t.tgenabled),
           format('trigger %s %s', t.oid, t.xmin)
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    LEFT JOIN pg_constraint n ON n.oid = t.tgconstraint
    WHERE c.relnamespace = 'public'::regnamespace AND t.tgisinternal
"""
_RULES: Final = """
    SELECT format('rule %s.%s', c.relname, r.rulename),
           format('%s enabled %s', pg_get_ruledef(r.oid), r.ev_enabled),
           format('rule %s %s', r.oid, r.xmin)
    FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
    WHERE c.relnamespace = 'public'::regnamespace
"""
_POLICIES: Final = """
    SELECT format('policy %s.%s', c.relname, p.polname),
           format('%s %s %s %s', p.polcmd, p.polpermissive,
                  pg_get_expr(p.polqual, p.polrelid),
                  pg_get_expr(p.polwithcheck, p.polrelid)),
           format('policy %s %s', p.oid, p.xmin)
    FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
    WHERE c.relnamespace = 'public'::regnamespace
"""
_FUNCTIONS: Final = """
    SELECT format('function %s', p.oid::regprocedure),
           CASE WHEN p.prokind IN ('f', 'p', 'w')
                THEN pg_get_functiondef(p.oid) ELSE 'aggregate' END
           || ' owned by ' || pg_get_userbyid(p.proowner),
           format('function %s %s', p.oid, p.xmin)
    FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
"""
_EVENT_TRIGGERS: Final = """
    SELECT format('event trigger %s', evtname),
           format('on %s %s enabled %s', evtevent, evtfoid::regprocedure, evtenabled),
           format('event trigger %s %s', oid, xmin)
    FROM pg_event_trigger
"""
_ROLES: Final = """
    SELECT 'role ' || rolname,
           format('login %s superuser %s createrole %s createdb %s replication %s '
                  'bypassrls %s', rolcanlogin, rolsuper, rolcreaterole, rolcreatedb,
                  rolreplication, rolbypassrls),
           ''
    FROM pg_roles WHERE rolname = ANY (:roles)
    UNION ALL
    SELECT 'role ' || r.rolname, 'set ' || unnest(s.setconfig), ''
    FROM pg_db_role_setting s JOIN pg_roles r ON r.oid = s.setrole
    JOIN pg_database d ON s.setdatabase IN (0, d.oid)
    WHERE r.rolname = ANY (:roles) AND d.datname = current_database()
    UNION ALL
    SELECT 'role ' || r.rolname, format('member of %s', g.rolname),
           format('member %s %s', m.oid, m.xmin)
    FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member
    JOIN pg_roles g ON g.oid = m.roleid
    WHERE (m.inherit_option OR m.set_option)
      AND (r.rolname = ANY (:roles) OR g.rolname = :owner)
"""
_OUTER_RIGHTS: Final = """
    SELECT 'rights on schema public', '', format('schema %s %s', oid, xmin)
    FROM pg_namespace WHERE nspname = 'public'
    UNION ALL
    SELECT 'rights on database', '', format('database %s %s', oid, xmin)
    FROM pg_database WHERE datname = current_database()
"""
# Who else may change a setting of superusers, such as session_replication_role.
_PARAMETERS: Final = """
    SELECT 'rights on parameters',
           format('%s: %s %s', CASE a.grantee WHEN 0 THEN 'PUBLIC'
                  ELSE pg_get_userbyid(a.grantee) END, a.privilege_type, p.parname),
           format('parameter %s %s', p.oid, p.xmin)
    FROM pg_parameter_acl p CROSS JOIN LATERAL aclexplode(p.paracl) a
    WHERE NOT EXISTS (SELECT FROM pg_roles r WHERE r.oid = a.grantee AND r.rolsuper)
"""
_DEFAULT_RIGHTS: Final = """
    SELECT 'default rights',
           format('%s %s %s: %s', pg_get_userbyid(d.defaclrole), d.defaclobjtype,
                  CASE a.grantee WHEN 0 THEN 'PUBLIC'
                  ELSE pg_get_userbyid(a.grantee) END, a.privilege_type),
           format('default %s %s', d.oid, d.xmin)
    FROM pg_default_acl d CROSS JOIN LATERAL aclexplode(d.defaclacl) a
"""
_ALL: Final = (
    _TABLES,
    _COLUMNS,
    _CONSTRAINTS,
    _INDEXES,
    _CHILDREN,
    _TRIGGERS,
    _FOREIGN_KEY_TRIGGERS,
    _RULES,
    _POLICIES,
    _FUNCTIONS,
    _EVENT_TRIGGERS,
    _OUTER_RIGHTS,
    _PARAMETERS,
    _DEFAULT_RIGHTS,
)


def read(connection: Connection) -> Iterator[Line]:
    """Read every line of every piece."""
    connection.execute(text("SET LOCAL search_path = pg_catalog"))
    for query in _ALL:
        for row in connection.execute(text(query)):
            yield Line(*row)
    names = {"roles": [*DatabaseRole], "owner": DatabaseRole.OWNER.value}
    for row in connection.execute(text(_ROLES), names):
        yield Line(*row)
    for kind, name, line in described(read_rights(connection)):
        # The name of the database is the installation's own.
        of = kind if kind == "database" else f"{kind} {name}"
        yield Line(f"rights on {of}", content=line)
