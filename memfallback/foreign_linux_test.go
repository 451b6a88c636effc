package memfallback_test

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/memfallback"
)

// Here a tree that root made goes to a user who owns little of it: files of others and of groups, sticky directories,
// set-id bits. Package os on a thread that drops its rights is asked the same.

const foreignUID, foreignGID, foreignGroup = 1234, 1235, 1236

// foreignSetup makes files of the user, of root, and of others in groups that the user is and is not in.
func foreignSetup(r *rand.Rand) string {
	g := generator{r}
	var b strings.Builder
	b.WriteString("chmod / 777\n")
	for _, name := range []string{"a", "a/b", "c", "f", "a/f", "a/b/g", "s"} {
		switch name {
		case "s":
			fmt.Fprintf(&b, "symlink %s s\n", g.pick("a/f", "a", "c", "f"))
		case "a", "a/b", "c":
			fmt.Fprintf(&b, "mkdir %s 755\n", name)
		default:
			fmt.Fprintf(&b, "put %s text\n", name)
		}
	}
	for _, name := range []string{"a", "a/b", "c", "f", "a/f", "a/b/g", "s"} {
		ids := fmt.Sprintf("%s %s", g.pick("1234", "1234", "0", "77"), g.pick("1235", "1236", "0", "77"))
		fmt.Fprintf(&b, "lchown %s %s\n", name, ids)
		if name != "s" {
			mode := g.pick("755", "777", "1777", "1777", "3777", "2775", "1775", "6755", "2744", "711", "750", "70", "7", "664", "2666")
			fmt.Fprintf(&b, "chmod %s %s\n", name, mode)
		}
	}
	return b.String()
}

// foreignScript touches each file of the setup three times, in any order, before a random script makes the tree the user's own.
func foreignScript(r *rand.Rand) string {
	g := generator{r}
	var b strings.Builder
	names := []string{"a", "a/b", "c", "f", "a/f", "a/b/g", "s"}
	for _, i := range r.Perm(3 * len(names)) {
		name := names[i%len(names)]
		fmt.Fprintf(&b, g.pick(
			"remove %s\n", "remove %s\n", "rename %s x\n", "put x one\nrename x %s\n", "put %s one\n", "cat %s\n", "ls %s\n",
			"chmod %s 2755\n", "chmod %s 6711\n", "chown %s -1 1236\n", "chown %s -1 77\n", "chown %s -1 -1\n", "chown %s -1 -1\n", "lchown %s 1234 1235\n",
			"chtimes %s 1 2\n", "truncate %s 1\n", "open h %s RW|TRUNC\nwrite h x\n", "open h %s R|APPEND\n", "mkdir %s/n 7777\n", "removeall %s\n",
		), name)
		b.WriteString("lstat " + name + "\n")
	}
	return b.String() + "tree\n"
}

// dropRights changes the thread alone.
func dropRights() error {
	groups := []uint32{foreignGroup}
	for _, call := range [][4]uintptr{
		{syscall.SYS_SETGROUPS, 1, uintptr(unsafe.Pointer(&groups[0])), 0},
		{syscall.SYS_SETRESGID, foreignGID, foreignGID, foreignGID},
		{syscall.SYS_SETRESUID, foreignUID, foreignUID, foreignUID},
	} {
		if _, _, errno := syscall.RawSyscall(call[0], call[1], call[2], call[3]); errno != 0 {
			return errno
		}
	}
	runtime.KeepAlive(groups)
	return nil
}

// withoutProtected drops the commands that a setting of proc(5), which memory does not have, may refuse.
func withoutProtected(t *testing.T, script string) string {
	t.Helper()
	refused := map[string][]string{"protected_hardlinks": {"link "}, "protected_regular": {"put ", "open "}, "protected_symlinks": {"symlink "}}
	for setting, commands := range refused {
		value, err := os.ReadFile(filepath.Join("/proc/sys/fs", setting))
		require.NoError(t, err)
		if strings.TrimSpace(string(value)) == "0" {
			continue
		}
		script = strings.Join(slices.DeleteFunc(strings.Split(script, "\n"), func(line string) bool {
			return slices.ContainsFunc(commands, func(c string) bool { return strings.HasPrefix(line, c) })
		}), "\n")
	}
	return script
}

func TestForeignFilesOnHost(t *testing.T) {
	probe, err := os.Create(filepath.Join(t.TempDir(), "probe"))
	require.NoError(t, err)
	defer probe.Close()
	for seed := *firstSeed; seed < *firstSeed+*seeds; seed++ {
		r := rand.New(rand.NewPCG(seed, 99))
		setup, script := foreignSetup(r), foreignScript(r)+randomScript(r, 60)
		script = strings.ReplaceAll(script, "65534", "1236")
		script = strings.ReplaceAll(script, "\nchmod / 700", "\nchmod / 777")
		script = withoutProtected(t, script)
		var host []string
		inChroot(t, 0, func() {
			hostSession(foreignUID, probe).run(setup)
			if err := dropRights(); err != nil {
				panic(err)
			}
			host = hostSession(foreignUID, probe).run(script)
		})
		require.Equal(t, host, foreignMemory(setup, script), "seed %d after\n%s", seed, setup)
	}
}

func foreignMemory(setup, script string) []string {
	sys := newMemory(0)
	s := newSession(sys)
	s.run(setup)
	memfallback.ActAs(sys, foreignUID, foreignGID, foreignGroup)
	s.ctime = memfallback.InfoCtime
	s.owner = func(info fs.FileInfo) string {
		u, g, nlink := memfallback.InfoOwner(info)
		return ownerText(info, foreignUID, u, g, nlink)
	}
	return s.run(script)
}
