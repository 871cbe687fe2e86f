// Gives Swift the declarations of SQLite.
#pragma once
#include <sqlite3.h>
