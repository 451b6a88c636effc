package memfallback_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/memfallback"
)

// The scripts in testdata have behind each command what package os on Linux (ext4) said in a chroot. They run here on memory,
// on any system. Where root may chroot, oracle_linux_test.go runs them on package os again, and with -update rewrites them.

// section is a script that begins with an empty root. Its head is "== title [uid uid]".
type section struct {
	title string
	uids  []int
	lines []string // "command  =>  result", or comments
}

// commands are the lines without results.
func (s *section) commands() string {
	var b strings.Builder
	for _, line := range s.lines {
		command, _, _ := strings.Cut(line, "  =>  ")
		if !strings.HasPrefix(command, "#") {
			b.WriteString(command + "\n")
		}
	}
	return b.String()
}

// expected are the lines with results.
func (s *section) expected() []string {
	var results []string
	for _, line := range s.lines {
		if line != "" && !strings.HasPrefix(line, "#") {
			results = append(results, line)
		}
	}
	return results
}

func scriptFiles(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/script/*.txt")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	return files
}

func readScript(t *testing.T, file string) (sections []*section) {
	t.Helper()
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	for line := range strings.Lines(string(data)) {
		line = strings.TrimRight(line, "\r\n")
		if head, ok := strings.CutPrefix(line, "== "); ok {
			title, users, ok := strings.Cut(strings.TrimSuffix(head, "]"), " [")
			require.True(t, ok, "no users in %q", line)
			s := &section{title: title}
			for uid := range strings.SplitSeq(users, " ") {
				n, err := strconv.Atoi(uid)
				require.NoError(t, err)
				s.uids = append(s.uids, n)
			}
			sections = append(sections, s)
			continue
		}
		require.NotEmpty(t, sections, "%s does not begin with a head", file)
		last := sections[len(sections)-1]
		last.lines = append(last.lines, line)
	}
	return sections
}

// eachSection calls fn for each section and user.
func eachSection(t *testing.T, fn func(t *testing.T, s *section, uid int)) {
	t.Helper()
	for _, file := range scriptFiles(t) {
		for _, s := range readScript(t, file) {
			for _, uid := range s.uids {
				topic := strings.TrimSuffix(filepath.Base(file), ".txt")
				t.Run(fmt.Sprintf("%s/%s/%d", topic, s.title, uid), func(t *testing.T) { fn(t, s, uid) })
			}
		}
	}
}

// newMemory is a filesystem of the user uid, whose clock goes forward with each look at it.
func newMemory(uid int) *memfallback.Fs {
	now := time.Unix(1_700_000_000, 0)
	clock := make(chan time.Time, 1)
	clock <- now
	tick := func() time.Time {
		now := (<-clock).Add(time.Microsecond)
		clock <- now
		return now
	}
	return memfallback.New(memfallback.WithUser(uid, uid), memfallback.WithUmask(0o022), memfallback.WithClock(tick))
}

func memorySession(uid int) *session {
	s := newSession(newMemory(uid))
	s.ctime = memfallback.InfoCtime
	s.owner = func(info fs.FileInfo) string {
		u, g, nlink := memfallback.InfoOwner(info)
		return ownerText(info, uid, u, g, nlink)
	}
	return s
}

// ownerText calls the user "me". Some filesystems count no links to directories.
func ownerText(info fs.FileInfo, me int, uid, gid uint32, nlink int) string {
	name := func(id uint32) string {
		if id == uint32(me) {
			return "me"
		}
		return strconv.FormatUint(uint64(id), 10)
	}
	text := name(uid) + ":" + name(gid)
	if !info.IsDir() && nlink != 1 {
		text += fmt.Sprint(" nlink ", nlink)
	}
	return text
}

func TestScripts(t *testing.T) {
	eachSection(t, func(t *testing.T, s *section, uid int) {
		t.Helper()
		if noFollow == 0 && strings.Contains(s.title, "(unix)") {
			t.Skip("this system has no such flag")
		}
		requireSame(t, s.expected(), memorySession(uid).run(s.commands()))
	})
}

// requireSame shows the lines that differ and no others.
func requireSame(t *testing.T, want, got []string) {
	t.Helper()
	require.Len(t, got, len(want))
	for i, line := range want {
		if line != got[i] {
			t.Errorf("line %d\n want %s\n  got %s", i+1, line, got[i])
		}
	}
}
