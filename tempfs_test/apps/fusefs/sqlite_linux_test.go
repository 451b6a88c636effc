package fusefs_test

import (
	"fmt"
	"testing"

	"github.com/aferotemp/go/tempfs_test/apps/trial"
)

// TestSQLite: the locks are the kernel's, the memory that WAL shares between processes is a file of the mount, and each process sees what the other wrote.
func TestSQLite(t *testing.T) {
	trial.Program(t, "sqlite3")
	eachMount(t, "FUSE: sqlite3", func(t *testing.T, checks *trial.Checks, dir string) {
		for _, mode := range []string{"delete", "truncate", "persist", "wal"} {
			create := fmt.Sprintf("PRAGMA journal_mode=%s; CREATE TABLE t(who, n, pad); CREATE INDEX byn ON t(n)", mode)
			runAll(t, checks, dir, []script{
				{mode + ": create", fmt.Sprintf(`test "$(sqlite3 %s.db '%s')" = %s`, mode, create, mode)},
				{mode + ": two write at once", fmt.Sprintf(writers, mode)},
				{mode + ": a transaction that is rolled back", fmt.Sprintf(`sqlite3 %s.db 'BEGIN; DELETE FROM t; ROLLBACK'; test "$(sqlite3 %[1]s.db 'SELECT count(*) FROM t')" = 200`, mode)},
				{mode + ": killed in a transaction", fmt.Sprintf(killed, mode)},
				{mode + ": integrity_check and vacuum", fmt.Sprintf(`sqlite3 %s.db 'DELETE FROM t WHERE n %% 2; VACUUM'; test "$(sqlite3 %[1]s.db 'PRAGMA integrity_check; SELECT count(*) FROM t')" = $'ok\n100'`, mode)},
				{mode + ": no journal stays", fmt.Sprintf(`test "$(ls | grep -c '^%s.db-\(journal\|wal\|shm\)$')" -le %d`, mode, map[string]int{"persist": 1}[mode])},
			})
		}
		runAll(t, checks, dir, []script{
			{"dump and backup", `sqlite3 wal.db .dump | sqlite3 dumped.db; sqlite3 wal.db '.backup copy.db'; test "$(sqlite3 dumped.db 'SELECT sum(n) FROM t')" = "$(sqlite3 copy.db 'SELECT sum(n) FROM t')"`},
		})
	})
}

// writers are two processes with a hundred transactions each.
const writers = `
writer() { for i in $(seq 100); do echo "INSERT INTO t VALUES('$1', $i, zeroblob(3000));"; done | sqlite3 -bail -cmd '.timeout 60000' %[1]s.db; }
writer a & first=$!
writer b & second=$!
wait $first; wait $second
test "$(sqlite3 %[1]s.db 'SELECT who, count(*), sum(n) FROM t GROUP BY who')" = $'a|100|5050\nb|100|5050'`

// killed ends a process that has written much of what it did not commit.
const killed = `
mkfifo "$TMPDIR/fifo.$$"
sqlite3 -cmd 'PRAGMA cache_size=5' %[1]s.db <"$TMPDIR/fifo.$$" >"$TMPDIR/out.$$" & pid=$!
exec 3>"$TMPDIR/fifo.$$"
echo "BEGIN; UPDATE t SET pad = zeroblob(5000), n = -1; SELECT 'written';" >&3
until grep -q written "$TMPDIR/out.$$"; do kill -0 $pid; done
kill -9 $pid; wait $pid || true
rm "$TMPDIR/fifo.$$" "$TMPDIR/out.$$"
test "$(sqlite3 -cmd '.timeout 60000' %[1]s.db 'PRAGMA integrity_check; SELECT count(*), sum(n) FROM t')" = $'ok\n200|10100'`
