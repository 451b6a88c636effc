# The locks are the kernel's, the memory that WAL shares between processes is a file of the mount, and each process sees what the other wrote.
create() { test "$(sqlite3 $1.db "PRAGMA journal_mode=$1; CREATE TABLE t(who, n, pad); CREATE INDEX byn ON t(n)")" = $1; }

# Two processes, with a hundred transactions each.
writer() { for i in $(seq 100); do echo "INSERT INTO t VALUES('$2', $i, zeroblob(3000));"; done | sqlite3 -bail -cmd '.timeout 60000' $1.db; }
writers() {
	writer $1 a & local first=$!
	writer $1 b & local second=$!
	wait $first
	wait $second
	test "$(sqlite3 $1.db 'SELECT who, count(*), sum(n) FROM t GROUP BY who')" = $'a|100|5050\nb|100|5050'
}

rolled_back() { sqlite3 $1.db 'BEGIN; DELETE FROM t; ROLLBACK'; test "$(sqlite3 $1.db 'SELECT count(*) FROM t')" = 200; }

# A process ends that has written much of what it did not commit.
killed() {
	mkfifo $HOST/$1.fifo
	sqlite3 -cmd 'PRAGMA cache_size=5' $1.db <$HOST/$1.fifo >$HOST/$1.out & local pid=$!
	exec 3>$HOST/$1.fifo
	echo "BEGIN; UPDATE t SET pad = zeroblob(5000), n = -1; SELECT 'written';" >&3
	until grep -q written $HOST/$1.out; do kill -0 $pid; done
	kill -9 $pid
	wait $pid || true
	test "$(sqlite3 -cmd '.timeout 60000' $1.db 'PRAGMA integrity_check; SELECT count(*), sum(n) FROM t')" = $'ok\n200|10100'
}

vacuumed() { sqlite3 $1.db 'DELETE FROM t WHERE n % 2; VACUUM'; test "$(sqlite3 $1.db 'PRAGMA integrity_check; SELECT count(*) FROM t')" = $'ok\n100'; }

## delete: create
create delete

## delete: two write at once
writers delete

## delete: a transaction that is rolled back
rolled_back delete

## delete: killed in a transaction
killed delete

## delete: vacuum
vacuumed delete
fails test -e delete.db-journal

## truncate: create
create truncate

## truncate: two write at once
writers truncate

## truncate: a transaction that is rolled back
rolled_back truncate

## truncate: killed in a transaction
killed truncate

## truncate: vacuum
vacuumed truncate

## persist: create
create persist

## persist: two write at once
writers persist

## persist: a transaction that is rolled back
rolled_back persist

## persist: killed in a transaction
killed persist

## persist: vacuum
vacuumed persist

## wal: create
create wal

## wal: two write at once
writers wal

## wal: a transaction that is rolled back
rolled_back wal

## wal: killed in a transaction
killed wal

## wal: vacuum
vacuumed wal
fails test -e wal.db-wal
fails test -e wal.db-shm

## dump and backup
sqlite3 wal.db .dump | sqlite3 dumped.db
sqlite3 wal.db '.backup copy.db'
test "$(sqlite3 dumped.db 'SELECT sum(n) FROM t')" = "$(sqlite3 copy.db 'SELECT sum(n) FROM t')"
