import datetime
import sqlite3
import sys

from tides import table

harbour = sys.argv[1] if len(sys.argv) > 1 else None
rows = table.read(harbour)
with sqlite3.connect("/var/cache/tides.db") as store:
    store.execute("create table if not exists tides (day text, metres real)")
    store.executemany("insert into tides values (?, ?)", rows)
    highest = store.execute("select day, max(metres) from tides").fetchone()
day = datetime.date.fromisoformat(highest[0])
print(f"{day:%A}: {highest[1]} m")
