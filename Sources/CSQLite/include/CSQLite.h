// Gives Swift the declarations of SQLite.
#pragma once
#include <sqlite3.h>

/// Lets the last connection close without moving the write-ahead log into the database: sqlite3_db_config is variadic.
static inline int sampan_sqlite_keep_log_on_close(sqlite3 *database) {
    return sqlite3_db_config(database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)0);
}
