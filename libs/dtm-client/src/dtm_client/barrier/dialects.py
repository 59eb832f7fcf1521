"""The barrier's SQL, each dialect beside the other.

Both must count affected rows as 1 for an inserted and 0 for an existing row, which rules out any form of upsert. Texts
compare byte by byte: MariaDB's default collation takes ``A`` for ``a`` and would skip a branch of another gid.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dialect:
    """One database's statements; a placeholder is ``?`` in each of them, and nothing else is.

    * ``table``: creates the table; part of the service's migrations.
    * ``insert``: trans_type, gid, branch_id, op, barrier_id, reason; affects 1 row, or 0 if the key is there.
    * ``reasons``: (op, reason) of two operations of one branch; gid, branch_id, barrier_id, op, op. It waits for a
      transaction that is about to write one of them.
    """

    name: str
    table: str
    insert: str
    reasons: str


SQLITE = Dialect(
    name="sqlite",
    table="""
        create table if not exists barrier (
            id integer primary key,
            trans_type text not null,
            gid text not null,
            branch_id text not null,
            op text not null,
            barrier_id text not null,
            reason text not null,
            create_time text not null default current_timestamp,
            unique (gid, branch_id, op, barrier_id)
        )
    """,
    insert="insert into barrier (trans_type, gid, branch_id, op, barrier_id, reason) values (?, ?, ?, ?, ?, ?)"
    " on conflict (gid, branch_id, op, barrier_id) do nothing",
    reasons="select op, reason from barrier where gid = ? and branch_id = ? and barrier_id = ? and op in (?, ?)",
)

# Sizes are those of DTM's own table; `insert ignore` would cut longer values silently, hence the check of gids.
MYSQL = Dialect(
    name="mysql",
    table="""
        create table if not exists barrier (
            id bigint not null auto_increment primary key,
            trans_type varchar(45) not null,
            gid varchar(128) not null,
            branch_id varchar(128) not null,
            op varchar(45) not null,
            barrier_id varchar(45) not null,
            reason varchar(45) not null,
            create_time datetime not null default current_timestamp,
            unique key uniq_barrier (gid, branch_id, op, barrier_id),
            key create_time (create_time)
        ) engine = InnoDB character set utf8mb4 collate utf8mb4_bin
    """,
    insert="insert ignore into barrier (trans_type, gid, branch_id, op, barrier_id, reason) values (?, ?, ?, ?, ?, ?)",
    reasons="select op, reason from barrier where gid = ? and branch_id = ? and barrier_id = ? and op in (?, ?)"
    " lock in share mode",
)
