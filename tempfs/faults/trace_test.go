package faults_test

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs/faults"
)

// everyEvent has each kind, and each form of name, number and error.
func everyEvent() faults.Trace {
	var t faults.Trace
	for _, k := range tempfs.OpKinds() {
		t = append(t, faults.Event{Op: tempfs.Op{Kind: k, Name: "/a/b"}})
	}
	for _, name := range []string{"", " ", "a b", `"`, "a=b", "#", "\n", "\xff\x00", "世界", `back\slash`, "-", "to=x"} {
		t = append(t, faults.Event{Op: tempfs.Op{Kind: tempfs.OpRename, Name: name, NewName: name}})
	}
	for _, err := range []error{syscall.ENOSPC, syscall.EIO, errors.New(""), errors.New(`no "luck"`), errors.New("EIO"), fmt.Errorf("a: %w", syscall.EIO), syscall.Errno(9999)} {
		t = append(t,
			faults.Event{Op: tempfs.Op{Kind: tempfs.OpWrite, Name: "f", Offset: 1 << 40, Len: 3}, Err: err},
			faults.Event{Op: tempfs.Op{Kind: tempfs.OpWrite, Name: "f", Len: 3}, Err: &tempfs.ShortWrite{N: 2, Err: err}})
	}
	return append(t,
		faults.Event{Op: tempfs.Op{Kind: tempfs.OpWrite, Name: "f"}, Err: &tempfs.ShortWrite{}},
		faults.Event{Op: tempfs.Op{Kind: tempfs.OpSeek, Name: "f", Offset: -1, Len: -1}})
}

func TestTraceSurvivesItsText(t *testing.T) {
	trace := everyEvent()
	text := trace.String()
	again, err := faults.ParseTrace(text)
	require.NoError(t, err)
	require.Equal(t, text, again.String())
	require.Len(t, again, len(trace))
	for i, e := range again {
		require.Equal(t, trace[i].Op, e.Op)
		if trace[i].Err == syscall.ENOSPC || trace[i].Err == syscall.EIO {
			require.Equal(t, trace[i].Err, e.Err)
		}
		if trace[i].Err != nil {
			require.EqualError(t, e.Err, trace[i].Err.Error())
		} else {
			require.NoError(t, e.Err)
		}
	}
}

// TestTraceText is what files in testdata of others hold: it must be read for ever.
func TestTraceText(t *testing.T) {
	const text = `create /config.tmp
write /config.tmp at=4096 len=12 err=ENOSPC short=6
rename /config.tmp to="my config" err="no luck"
close ""
`
	trace, err := faults.ParseTrace("# a comment\n\n  " + text)
	require.NoError(t, err)
	require.Equal(t, faults.Trace{
		{Op: tempfs.Op{Kind: tempfs.OpCreate, Name: "/config.tmp"}},
		{Op: tempfs.Op{Kind: tempfs.OpWrite, Name: "/config.tmp", Offset: 4096, Len: 12}, Err: &tempfs.ShortWrite{N: 6, Err: syscall.ENOSPC}},
		{Op: tempfs.Op{Kind: tempfs.OpRename, Name: "/config.tmp", NewName: "my config"}, Err: errors.New("no luck")},
		{Op: tempfs.Op{Kind: tempfs.OpClose}},
	}, trace)
	require.Equal(t, text, trace.String())
}

func TestTextThatIsNoTrace(t *testing.T) {
	for text, want := range map[string]string{
		"read":                            `"" is no word`,
		"\n\nrot f":                       `line 3 of the trace: no kind "rot"`,
		"read a b":                        `"b" is no key and value`,
		"read a  at=1":                    `no key " at"`,
		"read a=b":                        `"a=b" is no word`,
		`read "a`:                         `a word of`,
		`read "a"b`:                       `no space before "b"`,
		"read a at=x":                     "invalid syntax",
		"read a len=99999999999999999999": "value out of range",
		"read a err=ENOTHING":             `no errno "ENOTHING"`,
		"read a short=":                   `"" is no word`,
		"read a color=red":                `no key "color"`,
	} {
		_, err := faults.ParseTrace(text)
		assert.ErrorContains(t, err, want, text)
	}
}

// FuzzParseTrace: what was read is written so that it reads the same.
func FuzzParseTrace(f *testing.F) {
	f.Add(everyEvent().String())
	f.Add("write f err=EIO short=1 short=2 at=1 at=2\n#\nread \"a\\x00\" to=b")
	f.Fuzz(func(t *testing.T, text string) {
		trace, err := faults.ParseTrace(text)
		if err != nil {
			return
		}
		again, err := faults.ParseTrace(trace.String())
		require.NoError(t, err)
		require.Equal(t, trace, again)
	})
}

// TestTraceInTestdata replays what was found once.
func TestTraceInTestdata(t *testing.T) {
	text, err := os.ReadFile("testdata/full.trace")
	require.NoError(t, err)
	trace, err := faults.ParseTrace(string(text))
	require.NoError(t, err)
	tempfs.Each(t, func(t *testing.T, f *tempfs.Fs) {
		t.Helper()
		fsys, err := f.Clone(tempfs.WithHook(trace.Replay()))
		require.NoError(t, err)
		defer fsys.Release()
		require.ErrorIs(t, save(fsys, "config", "new"), syscall.ENOSPC)
		names, err := fsys.IOFS().(interface {
			Glob(string) ([]string, error)
		}).Glob("*")
		require.NoError(t, err)
		require.Empty(t, names)
	})
}
